//! One decision: which targets, in which order, and why.
//!
//! [`decide`] filters; [`Decision::next`] then takes one target at a time, so
//! that a request which succeeds at once has ranked nothing else. What was
//! looked at is noted as it goes, in places and numbers; names and sentences are
//! made when the [trace](Decision::trace) is asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draw::Draw;
use super::filter::{exclusion, survivors};
use super::policies::{Chance, Pick, Ranking, Strategy, propensity, sampled};
use super::recording::{Readings, Recording};
use super::request_facts::RequestFacts;
use super::stable_hash::stable_hash;
use super::target_set::TargetSet;
use super::target_table::TargetTable;
use super::terms::{Shortage, Targets};
use crate::types::routing_trace::{Candidate, Reading, RoutingTrace, Step};
use crate::types::strategy::StrategyConfig;

/// Whether what strategies read is kept, so that the decision can be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    No,
    /// At most so many values for each target taken.
    UpTo(usize),
}

impl Record {
    /// Enough for every strategy among 1,000 targets.
    pub const ALL: Self = Self::UpTo(16_384);
}

/// What is asked of a decision.
#[derive(Clone, Debug)]
pub struct Question {
    pub table: Arc<TargetTable>,
    pub strategy: Arc<Strategy>,
    /// Those of tiers that have another one, in the order of the tiers; empty: none has.
    pub tier_strategies: Arc<[Option<Arc<Strategy>>]>,
    pub request: RequestFacts,
    /// Seconds since 1970.
    pub now: f64,
    /// Of every random choice.
    pub seed: u64,
    pub record: Record,
}

impl Question {
    /// What ranks the tier `number`, counted from 1 in the order of use.
    fn strategy_of(&self, number: usize) -> &Strategy {
        let own = number.checked_sub(1).and_then(|index| self.tier_strategies.get(index));
        own.and_then(Option::as_ref).unwrap_or(&self.strategy)
    }

    /// A hash of all that ranks.
    #[must_use]
    pub fn policy_version(&self) -> u64 {
        self.tier_strategies.iter().fold(self.strategy.version(), |version, own| match own {
            Some(own) => stable_hash(&own.version().to_le_bytes(), version),
            None => version,
        })
    }

    fn tier_configs(&self) -> BTreeMap<u32, StrategyConfig> {
        let numbers = self.table.tier_numbers();
        let own = numbers.zip(&*self.tier_strategies);
        own.filter_map(|(tier, own)| Some((tier, own.as_ref()?.config().clone()))).collect()
    }
}

/// A decision being taken.
#[derive(Clone, Debug)]
pub struct Decision {
    question: Question,
    draw: Draw,
    /// Those that can serve the request in principle.
    eligible: TargetSet,
    /// Of those, the ones that cannot now, ascending.
    short: Vec<(u32, Shortage)>,
    /// Those not given up that can serve now; of the tiers not begun yet.
    available: TargetSet,
    next_tier: usize,
    ranking: Ranking,
    given_up: Vec<u32>,
    last_resort: bool,
    steps: Vec<Noted>,
    unrecorded: u64,
}

/// A step as it is noted; its readings are cheap to keep.
#[derive(Clone, Debug)]
enum Noted {
    Picked(Pick, Readings),
    LeftOut(Vec<u32>, String),
    OrderFailed(String),
    LastResort,
}

/// Filters the targets, by what they are and by what they have room for.
pub fn decide(question: Question, targets: &impl Targets) -> Decision {
    let eligible = survivors(&question.table, &question.request, question.now);
    let mut short = Vec::new();
    targets.shortages(&eligible, &mut short);
    let mut available = eligible.clone();
    short.iter().for_each(|(index, _)| available.remove(*index));
    Decision {
        draw: Draw::seeded(question.seed),
        question,
        eligible,
        short,
        available,
        next_tier: 0,
        ranking: Ranking::default(),
        given_up: Vec::new(),
        last_resort: false,
        steps: Vec::new(),
        unrecorded: 0,
    }
}

impl Decision {
    /// Takes the next target; `None` where none is left. A lower tier is begun
    /// when nothing of the higher ones is left.
    pub fn next(&mut self, targets: &impl Targets) -> Option<Pick> {
        while self.ranking.left().is_empty() {
            let tier = self.question.table.tiers().get(self.next_tier)?;
            self.next_tier += 1;
            let left = self.available.and(tier).to_vec();
            if !left.is_empty() {
                self.ranking = Ranking::new(left, self.eligible.and(tier));
            }
        }
        let Question { request, record, .. } = &self.question;
        let strategy = self.question.strategy_of(self.next_tier);
        let (pick, read) = match *record {
            Record::No => (self.ranking.next(strategy, targets, request, &mut self.draw)?, Readings::NONE),
            Record::UpTo(most) => {
                let recording = Recording::of(targets, most);
                let pick = self.ranking.next(strategy, &recording, request, &mut self.draw)?;
                let (read, unrecorded) = recording.finish();
                self.unrecorded += unrecorded;
                (pick, read)
            }
        };
        self.steps.push(Noted::Picked(pick, read));
        Some(pick)
    }

    /// Gives up those of the targets left of which `gone` is true, because of how
    /// an attempt ended: those with too small a window, or with the same refused key.
    pub fn leave_out(&mut self, why: impl Into<String>, gone: impl Fn(u32) -> bool) {
        let mut targets = self.ranking.give_up(&gone);
        let begun = self.question.table.tiers().get(..self.next_tier).unwrap_or_default();
        let waiting = |index: u32| !begun.iter().any(|tier| tier.contains(index));
        targets.extend(self.available.iter().filter(|index| waiting(*index) && gone(*index)));
        targets.extend(self.short.iter().map(|(index, _)| *index).filter(|index| gone(*index)));
        targets.sort_unstable();
        targets.dedup();
        targets.retain(|index| !self.given_up.contains(index));
        targets.iter().for_each(|index| self.available.remove(*index));
        self.given_up.extend(&targets);
        self.steps.push(Noted::LeftOut(targets, why.into()));
    }

    /// Notes that the caller's function gave no order that can be used.
    pub fn order_failed(&mut self, why: impl Into<String>) {
        self.steps.push(Noted::OrderFailed(why.into()));
    }

    /// Where nothing is left: begins again with those that only our guess about
    /// their health spoke against. Limits that were declared stay in force.
    /// Whether there are any; at most once for a decision.
    pub fn last_resort(&mut self) -> bool {
        let guesses = self.short.iter().filter(|(_, shortage)| shortage.is_guess());
        let again: Vec<u32> =
            guesses.map(|(index, _)| *index).filter(|index| !self.given_up.contains(index)).collect();
        if again.is_empty() || self.last_resort {
            return false;
        }
        self.available = TargetSet::none(self.question.table.count());
        again.into_iter().for_each(|index| self.available.insert(index));
        self.next_tier = 0;
        self.last_resort = true;
        self.steps.push(Noted::LastResort);
        true
    }

    /// Those left in the tier that is being used, ascending.
    #[must_use]
    pub fn left(&self) -> &[u32] {
        self.ranking.left()
    }

    /// Those that could serve the request if they had room.
    #[must_use]
    pub const fn eligible(&self) -> &TargetSet {
        &self.eligible
    }

    /// Those that could serve the request, and cannot now.
    #[must_use]
    pub fn shortages(&self) -> &[(u32, Shortage)] {
        &self.short
    }

    /// When the first of the shortages ends, in seconds since 1970, where one is
    /// known to: how long waiting in a queue can be worth while.
    #[must_use]
    pub fn earliest(&self) -> Option<f64> {
        self.short.iter().filter_map(|(_, shortage)| shortage.until()).min_by(f64::total_cmp)
    }

    /// What ranks the tier that is being used.
    #[must_use]
    pub fn strategy(&self) -> &Strategy {
        self.question.strategy_of(self.next_tier)
    }

    #[must_use]
    pub const fn question(&self) -> &Question {
        &self.question
    }

    /// The record of it, so far.
    #[must_use]
    pub fn trace(&self) -> RoutingTrace {
        let Question { table, strategy, request, now, seed, record, .. } = &self.question;
        let candidate = |index: u32, member: &super::Member| {
            let excluded = match self.eligible.contains(index) {
                true => None,
                false => exclusion(&member.facts, request, *now),
            };
            let short = self.short.iter().find(|(other, _)| *other == index).map(|(_, short)| *short);
            let why = excluded.as_ref().map(ToString::to_string);
            let why = why.or_else(|| short.as_ref().map(ToString::to_string));
            Candidate { facts: member.facts.clone(), tier: member.tier, excluded, short, why }
        };
        RoutingTrace {
            path: Vec::new(),
            policy_version: self.question.policy_version(),
            strategy: strategy.config().clone(),
            tier_strategies: self.question.tier_configs(),
            seed: *seed,
            now: *now,
            request: request.record(),
            candidates: (0..).zip(table.members()).map(|(index, member)| candidate(index, member)).collect(),
            steps: self.steps.iter().map(|noted| noted.step(&self.question)).collect(),
            last_resort: self.last_resort,
            recorded: *record != Record::No,
            unrecorded: self.unrecorded,
        }
    }
}

/// Of more targets the propensity is not reckoned with every trace, for it costs
/// more than the choice: some microseconds for few, a millisecond for a thousand.
const MOST_SAMPLED: usize = 32;

fn propensity_of(pick: &Pick, read: &[Reading], question: &Question) -> Option<f64> {
    match pick.chance {
        Chance::Untold => None,
        Chance::Known(chance) => Some(chance),
        Chance::Sampled => {
            let tier = question.table.tiers().iter().position(|tier| tier.contains(pick.index))?;
            let all = sampled(question.strategy_of(tier + 1).bandit()?, read);
            if all.len() > MOST_SAMPLED {
                return None;
            }
            let (_, chosen) = *all.iter().find(|(target, _)| *target == pick.index)?;
            let others: Vec<_> =
                all.iter().filter(|(target, _)| *target != pick.index).map(|(_, other)| *other).collect();
            Some(propensity(chosen, &others))
        }
    }
}

impl Noted {
    fn step(&self, question: &Question) -> Step {
        match self {
            Self::Picked(pick, read) => {
                let read = read.to_list();
                Step::Picked {
                    target: pick.index,
                    by: pick.by,
                    why: pick.why,
                    score: (!pick.score.is_nan()).then_some(pick.score),
                    propensity: propensity_of(pick, &read, question),
                    read,
                }
            }
            Self::LeftOut(targets, why) => Step::LeftOut { targets: targets.clone(), why: why.clone() },
            Self::OrderFailed(why) => Step::OrderFailed { why: why.clone() },
            Self::LastResort => Step::LastResort,
        }
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
