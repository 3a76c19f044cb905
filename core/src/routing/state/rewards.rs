//! The rewards that the user reported for the targets of one route.
//!
//! Plain: `now` is handed in, in seconds on any steady clock. What is remembered
//! of single reports is bounded; no request, no answer and no name of a route may
//! go in here.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// So many reports are remembered one by one, so that a second one of the same
/// reply takes the place of the first.
const REMEMBERED: usize = 4096;

/// The rewards of one target, fading with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    count: f64,
    sum: f64,
    /// The instant that `count` and `sum` are of, in seconds on any steady clock.
    at: f64,
}

impl Arm {
    /// Adds a reward reported at `now`.
    pub fn observe(&mut self, reward: f64, now: f64, half_life_seconds: f64) {
        let kept = self.kept(now, half_life_seconds);
        *self = Self { count: self.count * kept + 1.0, sum: self.sum * kept + reward, at: self.at.max(now) };
    }

    /// A reward that was observed at `observed` should have been another: what is
    /// left of it is exchanged. How much it counts stays.
    pub fn correct(&mut self, difference: f64, observed: f64, half_life_seconds: f64) {
        self.sum += difference * (-(self.at - observed).max(0.0) / half_life_seconds).exp2();
    }

    /// The mean of the rewards; NaN without any. [`Term::RewardMean`].
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.count
    }

    /// How many rewards the mean is worth at `now`. [`Term::RewardCount`].
    #[must_use]
    pub fn count(&self, now: f64, half_life_seconds: f64) -> f64 {
        self.count * self.kept(now, half_life_seconds)
    }

    fn kept(&self, now: f64, half_life_seconds: f64) -> f64 {
        (-(now - self.at).max(0.0) / half_life_seconds).exp2()
    }
}

/// One report.
#[derive(Clone, Debug)]
struct Report {
    target: Box<str>,
    reward: f64,
    at: f64,
}

/// The rewards of a route's targets, by their names.
#[derive(Clone, Debug, Default)]
pub struct Rewards {
    arms: HashMap<Box<str>, Arm>,
    reports: HashMap<u64, Report>,
    /// The ids in the order of their first report.
    order: VecDeque<u64>,
}

impl Rewards {
    /// Takes in a reward for `target` that is reported at `now`; `id` is that of
    /// the reply it is for, where it is for one. A further report of the same
    /// reply takes the place of the earlier one and counts from when that was
    /// made. A late report counts from now on, like any other.
    ///
    /// Gives the target's rewards. Errors: `BadRequestError` for a reward that is
    /// not within 0 and 1, and for a reply that was another target's.
    pub fn report(
        &mut self,
        id: Option<u64>,
        target: &str,
        reward: f64,
        now: f64,
        half_life_seconds: f64,
    ) -> Result<Arm> {
        if !(0.0..=1.0).contains(&reward) {
            return Err(Error::bad_request(
                "reward",
                format!("reward: must be a number from 0 to 1, got {reward}"),
            ));
        }
        if let Some(report) = id.and_then(|id| self.reports.get_mut(&id)) {
            if &*report.target != target {
                let message = format!("target: this reply was reported as one of `{}` before", report.target);
                return Err(Error::bad_request("target", message));
            }
            let arm = self.arms.entry(target.into()).or_default();
            arm.correct(reward - report.reward, report.at, half_life_seconds);
            report.reward = reward;
            return Ok(*arm);
        }
        if let Some(id) = id {
            if self.order.len() >= REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.reports.remove(&oldest);
            }
            self.order.push_back(id);
            self.reports.insert(id, Report { target: target.into(), reward, at: now });
        }
        let arm = self.arms.entry(target.into()).or_default();
        arm.observe(reward, now, half_life_seconds);
        Ok(*arm)
    }

    /// The rewards of one target; none reported: an empty one.
    #[must_use]
    pub fn of(&self, target: &str) -> Arm {
        self.arms.get(target).copied().unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "rewards_tests.rs"]
mod tests;
