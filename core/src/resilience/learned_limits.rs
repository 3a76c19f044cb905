//! Limits learned from the provider's own words, response by response.
//!
//! Each response replaces what the one before told. Between two responses,
//! requests that are on their way are taken off what was left: the provider may
//! not have counted them yet. Nothing told is believed past its reset.

use std::time::Duration;

use super::quota::Quota;
use crate::types::limits::{Demand, LimitUnit, Refill, ToldLimit};

/// The most limits kept: every unit in several windows. More are not told by
/// anyone, and a strange server shall not fill the memory.
const MOST: usize = 16;

/// What was told of one limit, with times since the client's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Learned {
    unit: LimitUnit,
    window: Option<Duration>,
    limit: Option<u64>,
    remaining: u64,
    /// What comes back evenly from `told_at` to `reset_at`; zero where all of it
    /// comes back at the reset.
    coming: u64,
    told_at: Duration,
    reset_at: Duration,
}

/// What is left of a learned limit, for people and programs that watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearnedLeft {
    pub unit: LimitUnit,
    pub window: Option<Duration>,
    pub limit: Option<u64>,
    pub remaining: u64,
    pub reset_at: Duration,
}

/// The limits of one key (or of one model with it, where a provider tells them
/// apart), as its responses told them.
///
/// Responses may overtake each other, and then the older one is believed until
/// the next: off by what was between them, which requests on their way
/// outweigh. A 429 that follows all the same is the [cooldown](super::Cooldown)'s.
#[derive(Clone, Debug, Default)]
pub struct LearnedLimits {
    learned: Vec<Learned>,
    /// What requests on their way were estimated to take.
    on_the_way: Demand,
}

impl LearnedLimits {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A request is sent. Ends with [`answered`](Self::answered).
    pub fn sent(&mut self, demand: &Demand) {
        let sum = &mut self.on_the_way;
        sum.requests = sum.requests.saturating_add(demand.requests);
        sum.input_tokens = sum.input_tokens.saturating_add(demand.input_tokens);
        sum.output_tokens = sum.output_tokens.saturating_add(demand.output_tokens);
    }

    /// The head of the response is in, or the request failed: it is no longer on
    /// its way. `told` is what the headers said; the provider has counted this
    /// request in it. What they did not mention is taken off by the estimate.
    pub fn answered(&mut self, now: Duration, demand: &Demand, told: &[ToldLimit]) {
        let sum = &mut self.on_the_way;
        sum.requests = sum.requests.saturating_sub(demand.requests);
        sum.input_tokens = sum.input_tokens.saturating_sub(demand.input_tokens);
        sum.output_tokens = sum.output_tokens.saturating_sub(demand.output_tokens);
        self.learned.retain(|known| known.reset_at > now);
        for known in &mut self.learned {
            known.remaining = known.remaining.saturating_sub(demand.in_units(known.unit));
        }
        for limit in told {
            let same = |known: &Learned| (known.unit, known.window) == (limit.unit, limit.window);
            self.learned.retain(|known| !same(known));
            if let Some(learned) = learn(now, limit)
                && self.learned.len() < MOST
            {
                self.learned.push(learned);
            }
        }
    }

    /// From when on a request of `demand` may go by all that was told, if
    /// nothing else is sent. It may lie in the past, and does not depend on the
    /// present: it can be published for readers without a lock. It moves with
    /// [`sent`](Self::sent) and [`answered`](Self::answered) alone.
    #[must_use]
    pub fn available_at(&self, demand: &Demand) -> Duration {
        let at = |known: &Learned| {
            known.available_at(demand.in_units(known.unit), self.on_the_way.in_units(known.unit))
        };
        self.learned.iter().map(at).max().unwrap_or_default()
    }

    /// How long a request of `demand` has to wait; zero where nothing is known.
    #[must_use]
    pub fn wait(&self, now: Duration, demand: &Demand) -> Duration {
        self.available_at(demand).saturating_sub(now)
    }

    /// What is believed to be left, of the limits that are not past their reset.
    pub fn left(&self, now: Duration) -> impl Iterator<Item = LearnedLeft> {
        self.learned.iter().filter(move |known| known.reset_at > now).map(move |known| LearnedLeft {
            unit: known.unit,
            window: known.window,
            limit: known.limit,
            remaining: known.remaining_at(now),
            reset_at: known.reset_at,
        })
    }
}

/// From when on a request of `demand` may go by what the user set and what the
/// provider told: the tighter of the two.
#[must_use]
pub fn allowed_at(quota: &Quota, learned: &LearnedLimits, demand: &Demand) -> Duration {
    quota.available_at(demand).max(learned.available_at(demand))
}

/// What can be used of what was told: how much is left, and until when.
fn learn(now: Duration, told: &ToldLimit) -> Option<Learned> {
    // Without a reset the whole window is the most that it can take.
    let (after, refill) = match told.reset_after {
        Some(after) => (after, told.refill),
        None => (told.window?, Refill::AtReset),
    };
    let remaining = told.remaining?;
    let coming = match refill {
        Refill::Continuous => told.limit.map_or(0, |limit| limit.saturating_sub(remaining)),
        Refill::AtReset => 0,
    };
    Some(Learned {
        unit: told.unit,
        window: told.window,
        limit: told.limit,
        remaining,
        coming,
        told_at: now,
        reset_at: now.saturating_add(after),
    })
}

impl Learned {
    fn available_at(&self, cost: u64, on_the_way: u64) -> Duration {
        let wanted = cost.saturating_add(on_the_way);
        if cost == 0 || wanted <= self.remaining {
            return Duration::ZERO;
        }
        // More than is ever allowed at once goes when everything is given back.
        let missing = wanted - self.remaining;
        if missing >= self.coming {
            return self.reset_at;
        }
        let span = (self.reset_at - self.told_at).as_nanos();
        let wait = u128::from(missing).saturating_mul(span).div_ceil(u128::from(self.coming));
        self.told_at + Duration::from_nanos(u64::try_from(wait).unwrap_or(u64::MAX))
    }

    fn remaining_at(&self, now: Duration) -> u64 {
        let span = (self.reset_at - self.told_at).as_nanos().max(1);
        let passed = now.saturating_sub(self.told_at).as_nanos().min(span);
        let back = u128::from(self.coming).saturating_mul(passed) / span;
        self.remaining.saturating_add(u64::try_from(back).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
#[path = "learned_limits_tests.rs"]
mod tests;
