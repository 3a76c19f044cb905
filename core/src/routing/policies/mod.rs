//! The strategies: each takes one target of those left. A ranking is taking
//! again among the rest.
//!
//! A strategy that finds several equally good, or knows nothing of any, leaves
//! the choice to the one declared as its `then`, else to chance. So strategies
//! compose from the strictest to the least strict. Everything here is a function
//! of what it is handed: what was learned of targets is read through
//! [`Targets`], chance comes from the [`Draw`], and nothing is kept.

mod balanced;
mod bandit;
mod best;
mod ceilings;
mod cheapest;
mod credit;
mod custom;
mod fastest_output;
mod least_busy;
mod least_latency;
mod priority;
mod random;
mod ranking;
mod region;
mod round_robin;
mod sticky;
mod weighted;

pub use bandit::{Posterior, propensities, propensity, sampled};
pub use credit::Credit;
pub use custom::{OrderFault, check_order};
pub use ranking::Ranking;

use super::draw::Draw;
use super::request_facts::RequestFacts;
use super::stable_hash::stable_hash;
use super::target_set::TargetSet;
use super::terms::{Targets, Term};
use crate::types::routing_trace::Why;
use crate::types::strategy::{
    BanditOptions, Ceilings, StickyKey, StrategyConfig, StrategyName, StrategyOptions,
};

/// Raised with every change of this code that can change a choice.
const CODE_VERSION: u64 = 1;

/// A target that was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    pub index: u32,
    /// The strategy that had the last word.
    pub by: StrategyName,
    pub why: Why,
    /// What was compared; NaN where nothing was.
    pub score: f64,
    pub chance: Chance,
}

/// How likely the pick was, given what was read for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chance {
    /// Nothing was drawn, or nobody asks how likely what was drawn was.
    Untold,
    Known(f64),
    /// As likely as the posteriors say of those whose rewards were read; costly
    /// to reckon, hence not before it is asked for.
    Sampled,
}

/// What there is to choose from.
pub struct Choice<'a, T> {
    pub targets: &'a T,
    /// Those that can be taken, ascending.
    pub left: &'a [u32],
    /// Those that could be taken if they had room and had not been tried, `left`
    /// included.
    pub eligible: &'a TargetSet,
    pub request: &'a RequestFacts,
}

impl<T> Clone for Choice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Choice<'_, T> {}

impl<T: Targets> Choice<'_, T> {
    fn weight(&self, index: u32) -> f64 {
        known_or(self.targets.term(index, Term::Weight), 1.0)
    }

    fn in_flight(&self, index: u32) -> f64 {
        known_or(self.targets.term(index, Term::InFlight), 0.0)
    }

    /// Expected seconds of the whole answer: the first token's, and each further
    /// one's. NaN where either is not known.
    fn total_seconds(&self, index: u32) -> f64 {
        self.targets.term(index, Term::FirstTokenSeconds)
            + self.targets.term(index, Term::TokenSeconds) * self.request.expected_output()
    }
}

fn known_or(value: f64, otherwise: f64) -> f64 {
    if value.is_nan() { otherwise } else { value }
}

/// A declared strategy, made ready.
#[derive(Clone, Debug)]
pub struct Strategy {
    config: StrategyConfig,
    policy: Policy,
    at_most: Option<Ceilings>,
    then: Option<Box<Strategy>>,
    version: u64,
}

#[derive(Clone, Debug)]
enum Policy {
    Priority,
    RoundRobin,
    Weighted,
    Random(random::Random),
    LeastLatency(least_latency::LeastLatency),
    LeastBusy,
    Cheapest(cheapest::Cheapest),
    FastestOutput(fastest_output::FastestOutput),
    Balanced(balanced::Balanced),
    Region(region::Region),
    Sticky(sticky::Sticky),
    Bandit(bandit::Bandit),
    Custom,
}

impl Strategy {
    #[must_use]
    pub fn new(config: StrategyConfig) -> Self {
        let policy = match &config.options {
            StrategyOptions::Priority => Policy::Priority,
            StrategyOptions::RoundRobin => Policy::RoundRobin,
            StrategyOptions::Weighted => Policy::Weighted,
            StrategyOptions::Random(options) => Policy::Random(random::Random::new(*options)),
            StrategyOptions::LeastLatency(options) => {
                Policy::LeastLatency(least_latency::LeastLatency::new(*options))
            }
            StrategyOptions::LeastBusy => Policy::LeastBusy,
            StrategyOptions::Cheapest(options) => Policy::Cheapest(cheapest::Cheapest::new(*options)),
            StrategyOptions::FastestOutput(options) => {
                Policy::FastestOutput(fastest_output::FastestOutput::new(*options))
            }
            StrategyOptions::Balanced(options) => Policy::Balanced(balanced::Balanced::new(*options)),
            StrategyOptions::Region(options) => Policy::Region(region::Region::new(options)),
            StrategyOptions::Sticky(options) => Policy::Sticky(sticky::Sticky::new(*options)),
            StrategyOptions::Bandit(options) => Policy::Bandit(bandit::Bandit::new(*options)),
            StrategyOptions::Custom(_) => Policy::Custom,
        };
        let then = config.then.as_deref().cloned().map(Self::new).map(Box::new);
        let text = serde_json::to_string(&config).unwrap_or_default();
        let version = stable_hash(text.as_bytes(), CODE_VERSION);
        Self { policy, at_most: config.at_most, then, version, config }
    }

    #[must_use]
    pub const fn config(&self) -> &StrategyConfig {
        &self.config
    }

    #[must_use]
    pub const fn name(&self) -> StrategyName {
        self.config.options.name()
    }

    /// A hash of the declaration and of the version of this code.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether it reads the hash of the prompt's start, which costs a pass over it.
    #[must_use]
    pub fn uses_prompt_key(&self) -> bool {
        self.any(&|strategy| match &strategy.policy {
            Policy::Sticky(sticky) => sticky.key() != StickyKey::Session,
            _ => false,
        })
    }

    /// Whether it keeps credits, so that a view has to book what was chosen.
    #[must_use]
    pub fn keeps_credits(&self) -> bool {
        self.any(&|strategy| matches!(strategy.policy, Policy::RoundRobin | Policy::Weighted))
    }

    /// Whether it needs the order that a function of the caller's gives.
    #[must_use]
    pub fn needs_order(&self) -> bool {
        self.any(&|strategy| matches!(strategy.policy, Policy::Custom))
    }

    /// Whether each choice of its own is drawn by chances that can be told.
    const fn draws(&self) -> bool {
        matches!(self.policy, Policy::Random(_) | Policy::Bandit(_))
    }

    /// The options of the strategy in the chain that learns from rewards.
    #[must_use]
    pub fn bandit(&self) -> Option<&BanditOptions> {
        match &self.policy {
            Policy::Bandit(bandit) => Some(bandit.options()),
            _ => self.then.as_ref()?.bandit(),
        }
    }

    fn any(&self, holds: &dyn Fn(&Self) -> bool) -> bool {
        holds(self) || self.then.as_ref().is_some_and(|then| then.any(holds))
    }

    /// How likely each of `choice.left` is to be taken, where this strategy
    /// itself draws by known chances. Not for the hot path.
    #[must_use]
    pub fn propensities<T: Targets>(&self, choice: Choice<'_, T>) -> Vec<(u32, f64)> {
        let below = self.at_most.and_then(|ceilings| ceilings::below(&choice, &ceilings));
        let choice = Choice { left: below.as_deref().unwrap_or(choice.left), ..choice };
        let chances = match &self.policy {
            Policy::Bandit(bandit) => {
                let of = |index: &u32| bandit.posterior(choice.targets, *index);
                propensities(&choice.left.iter().map(of).collect::<Vec<_>>())
            }
            Policy::Random(random) => random.chances(&choice),
            _ => return Vec::new(),
        };
        choice.left.iter().copied().zip(chances).collect()
    }

    /// Takes one of `choice.left`; `None` where it is empty.
    pub fn pick<T: Targets>(&self, choice: Choice<'_, T>, draw: &mut Draw) -> Option<Pick> {
        match choice.left {
            [] => return None,
            [only] => {
                let chance = if self.draws() { Chance::Known(1.0) } else { Chance::Untold };
                return Some(Pick { index: *only, by: self.name(), why: Why::Only, score: f64::NAN, chance });
            }
            _ => {}
        }
        if let Some(below) = self.at_most.and_then(|ceilings| ceilings::below(&choice, &ceilings)) {
            return self.decide(Choice { left: &below, ..choice }, draw);
        }
        self.decide(choice, draw)
    }

    fn decide<T: Targets>(&self, choice: Choice<'_, T>, draw: &mut Draw) -> Option<Pick> {
        let then = Then { strategy: self.then.as_deref(), by: self.name() };
        match &self.policy {
            Policy::Priority => priority::pick(choice, then),
            Policy::RoundRobin => round_robin::pick(choice, then),
            Policy::Weighted => weighted::pick(choice, then),
            Policy::Random(random) => random.pick(choice, then, draw),
            Policy::LeastLatency(latency) => latency.pick(choice, then, draw),
            Policy::LeastBusy => least_busy::pick(choice, then, draw),
            Policy::Cheapest(cheapest) => cheapest.pick(choice, then, draw),
            Policy::FastestOutput(fastest) => fastest.pick(choice, then, draw),
            Policy::Balanced(balanced) => balanced.pick(choice, then, draw),
            Policy::Region(region) => region.pick(choice, then, draw),
            Policy::Sticky(sticky) => sticky.pick(choice, then, draw),
            Policy::Bandit(bandit) => bandit.pick(choice, then, draw),
            Policy::Custom => custom::pick(choice, then, draw),
        }
    }
}

/// What to do where a strategy has no opinion.
#[derive(Clone, Copy)]
struct Then<'a> {
    strategy: Option<&'a Strategy>,
    /// The strategy that has none.
    by: StrategyName,
}

impl Then<'_> {
    const fn took(self, index: u32, why: Why, score: f64) -> Pick {
        Pick { index, by: self.by, why, score, chance: Chance::Untold }
    }

    /// Lets `then` choose among `open`, or else draws; `why` says why it is open.
    fn choose<T: Targets>(
        self,
        choice: Choice<'_, T>,
        open: &[u32],
        why: Why,
        score: f64,
        draw: &mut Draw,
    ) -> Option<Pick> {
        if let ([_, _, ..], Some(then)) = (open, self.strategy) {
            let eligible = open.iter().copied().collect();
            return then.pick(Choice { left: open, eligible: &eligible, ..choice }, draw);
        }
        let at = if open.len() > 1 { draw.below(open.len() as u32) } else { 0 };
        Some(self.took(*open.get(at as usize)?, why, score))
    }
}

#[cfg(test)]
mod tests;
