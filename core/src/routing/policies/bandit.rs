//! `bandit`: learns from a reward that the caller reports.
//!
//! Thompson sampling: from each target's posterior of its mean reward one value
//! is sampled, and the highest is taken; so a target is asked as often as it is
//! probably the best. Rewards are taken as normal with a declared spread, the
//! prior is normal, hence so is the posterior (Agrawal and Goyal, "Further
//! optimal regret bounds for Thompson sampling", AISTATS 2013, with its variance
//! of 1/(k+1) scaled by the spread and the prior's worth). Old rewards fade with
//! a half-life, so that a change is noticed (Raj and Kalyani, "Taming
//! non-stationary bandits: a Bayesian approach", 2017).

use serde::{Deserialize, Serialize};

use super::{Choice, Pick, Then, known_or};
use crate::error::{Error, Result};
use crate::routing::draw::Draw;
use crate::routing::normal::{density, distribution, quantile, quantile_at_most};
use crate::routing::terms::{Targets, Term};
use crate::types::routing_trace::Why;
use crate::types::strategy::BanditOptions;

#[derive(Clone, Debug)]
pub(super) struct Bandit {
    options: BanditOptions,
}

/// What is believed of a target's mean reward: a normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    pub mean: f64,
    pub deviation: f64,
}

impl Bandit {
    pub(super) const fn new(options: BanditOptions) -> Self {
        Self { options }
    }

    /// mean = (prior mean × prior count + rewards' mean × count) / (prior count +
    /// count); deviation = noise / √(prior count + count).
    pub(super) fn posterior(&self, targets: &impl Targets, index: u32) -> Posterior {
        let BanditOptions { prior_mean, prior_count, noise, .. } = self.options;
        let count = known_or(targets.term(index, Term::RewardCount), 0.0).max(0.0);
        let mean = known_or(targets.term(index, Term::RewardMean), prior_mean);
        let weight = prior_count + count;
        Posterior {
            mean: (prior_mean * prior_count + mean * count) / weight,
            deviation: noise / weight.sqrt(),
        }
    }

    /// The score is the sampled reward.
    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        let mut best: Option<(u32, f64)> = None;
        for index in choice.left.iter().copied() {
            let Posterior { mean, deviation } = self.posterior(choice.targets, index);
            let (point, highest) = (draw.inside(), best.map_or(f64::NEG_INFINITY, |(_, highest)| highest));
            // Of most targets this is enough to know.
            if best.is_some() && mean + deviation * quantile_at_most(point) <= highest {
                continue;
            }
            let sampled = mean + deviation * quantile(point);
            if best.is_none() || sampled > highest {
                best = Some((index, sampled));
            }
        }
        best.map(|(index, sampled)| then.took(index, Why::Sampled, sampled))
    }
}

/// The rewards of one target, fading with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    count: f64,
    sum: f64,
    /// The instant that `count` and `sum` are of, in seconds on any steady clock.
    at: f64,
}

impl Arm {
    /// Adds a reward reported at `now`. Errors: `BadRequestError` where it is not finite.
    pub fn observe(&mut self, reward: f64, now: f64, half_life_seconds: f64) -> Result<()> {
        if !reward.is_finite() {
            return Err(Error::bad_request(
                "reward",
                format!("reward: must be a finite number, got {reward}"),
            ));
        }
        let kept = self.kept(now, half_life_seconds);
        *self = Self { count: self.count * kept + 1.0, sum: self.sum * kept + reward, at: self.at.max(now) };
        Ok(())
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

/// How likely each is to be sampled highest: exact for two, else by quadrature
/// of ∫ fᵢ ∏ⱼ≠ᵢ Fⱼ. They sum to 1. Not for the hot path.
///
/// The trapezoidal rule converges exponentially on such integrands (Trefethen
/// and Weideman, SIAM Review 56, 2014): with a step of 0.4 of the smallest
/// deviation its error is far below a double's.
#[must_use]
pub fn propensities(posteriors: &[Posterior]) -> Vec<f64> {
    match posteriors {
        [] => return Vec::new(),
        [_] => return vec![1.0],
        [a, b] => {
            let first = distribution((a.mean - b.mean) / a.deviation.hypot(b.deviation));
            return vec![first, 1.0 - first];
        }
        _ => {}
    }
    /// Beyond so many deviations nothing is left of a double.
    const REACH: f64 = 8.5;
    /// Bounds the work for deviations that differ by orders of magnitude.
    const MOST_STEPS: f64 = 200_000.0;
    let over = |value: fn(&Posterior) -> f64| posteriors.iter().map(value).fold(f64::NAN, f64::max);
    // Below the highest of the lower ends, one of them is surely higher.
    let from = over(|posterior| posterior.mean - REACH * posterior.deviation);
    let to = over(|posterior| posterior.mean + REACH * posterior.deviation);
    let smallest = posteriors.iter().map(|posterior| posterior.deviation).fold(f64::NAN, f64::min);
    let steps = ((to - from) / (0.4 * smallest)).ceil().clamp(200.0, MOST_STEPS);
    let mut sums = vec![0.0; posteriors.len()];
    for step in 0..=steps as u32 {
        let x = from + (to - from) * f64::from(step) / steps;
        let at = |posterior: &Posterior| (x - posterior.mean) / posterior.deviation;
        let all: f64 = posteriors.iter().map(|posterior| distribution(at(posterior))).product();
        if all <= 0.0 {
            continue;
        }
        for (sum, posterior) in sums.iter_mut().zip(posteriors) {
            // All but its own: divided out, since `all` is above 0.
            *sum += all / distribution(at(posterior)) * density(at(posterior)) / posterior.deviation;
        }
    }
    let total: f64 = sums.iter().sum();
    sums.iter().map(|sum| sum / total).collect()
}

#[cfg(test)]
#[path = "bandit_tests.rs"]
mod tests;
