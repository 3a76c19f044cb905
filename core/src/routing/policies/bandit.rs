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

use super::{Chance, Choice, Pick, Then, known_or};
use crate::routing::draw::Draw;
use crate::routing::normal::{density, distribution, quantile, quantile_at_most};
use crate::routing::terms::{Targets, Term};
use crate::types::routing_trace::{Reading, Why};
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

    pub(super) const fn options(&self) -> &BanditOptions {
        &self.options
    }

    pub(super) fn posterior(&self, targets: &impl Targets, index: u32) -> Posterior {
        let count = targets.term(index, Term::RewardCount);
        Posterior::of(&self.options, targets.term(index, Term::RewardMean), count)
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
        let (index, sampled) = best?;
        Some(Pick { chance: Chance::Sampled, ..then.took(index, Why::Sampled, sampled) })
    }
}

impl Posterior {
    /// After rewards of this mean, worth this many; NaN: none.
    ///
    /// mean = (prior mean × prior count + rewards' mean × count) / (prior count +
    /// count); deviation = noise / √(prior count + count).
    #[must_use]
    pub fn of(options: &BanditOptions, mean: f64, count: f64) -> Self {
        let BanditOptions { prior_mean, prior_count, noise, .. } = *options;
        let count = known_or(count, 0.0).max(0.0);
        let mean = known_or(mean, prior_mean);
        let weight = prior_count + count;
        Self { mean: (prior_mean * prior_count + mean * count) / weight, deviation: noise / weight.sqrt() }
    }
}

/// The targets whose rewards were read for a pick, which are those that were
/// sampled: no other strategy reads rewards.
#[must_use]
pub fn sampled(options: &BanditOptions, read: &[Reading]) -> Vec<(u32, Posterior)> {
    let value = |target: u32, term: Term| {
        let found = read.iter().find(|reading| reading.target == target && reading.term == term);
        found.and_then(|reading| reading.value).unwrap_or(f64::NAN)
    };
    let counts = read.iter().filter(|reading| reading.term == Term::RewardCount);
    counts
        .map(|reading| {
            let (count, mean) = (reading.value.unwrap_or(f64::NAN), value(reading.target, Term::RewardMean));
            (reading.target, Posterior::of(options, mean, count))
        })
        .collect()
}

/// Beyond so many deviations nothing is left of a double.
const REACH: f64 = 8.5;

/// How likely `chosen` is to be sampled higher than all `others`: ∫ φ(z) ∏ⱼ
/// Fⱼ(μ + σz) dz, exact for one other. Costs some microseconds, and more the
/// further the deviations are apart and the more others there are.
#[must_use]
pub fn propensity(chosen: Posterior, others: &[Posterior]) -> f64 {
    match others {
        [] => return 1.0,
        [other] => {
            return distribution((chosen.mean - other.mean) / chosen.deviation.hypot(other.deviation));
        }
        _ => {}
    }
    /// Bounds the work for deviations that differ by orders of magnitude.
    const MOST_STEPS: f64 = 20_000.0;
    let Posterior { mean, deviation } = chosen;
    let smallest = others.iter().map(|other| other.deviation).fold(deviation, f64::min);
    // Below the highest of the others' lower ends, one of them is surely higher.
    let lowest = others.iter().map(|other| other.mean - REACH * other.deviation).fold(f64::NAN, f64::max);
    let from = ((lowest - mean) / deviation).max(-REACH);
    if from >= REACH {
        return 0.0;
    }
    let steps = ((REACH - from) / (0.4 * smallest / deviation)).ceil().clamp(40.0, MOST_STEPS);
    let width = (REACH - from) / steps;
    let mut sum = 0.0;
    for step in 0..=steps as u32 {
        let z = from + width * f64::from(step);
        let mut product = density(z);
        for other in others {
            let at = (mean + deviation * z - other.mean) / other.deviation;
            if at < REACH {
                product *= distribution(at);
            }
            if product < 1e-18 {
                break;
            }
        }
        sum += product;
    }
    (sum * width).clamp(0.0, 1.0)
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
