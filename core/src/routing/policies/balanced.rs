//! `balanced`: the best by declared weights over cost, latency, quality and health.
//!
//! Each aspect is a number from 0 to 1 relative to the best of those left:
//! lowest cost / own cost, shortest time / own time (with what is in flight, as
//! in `least_latency`), own quality / highest quality, and the share of requests
//! that succeed as it is. The score is their weighted mean. A ratio, unlike a
//! place between worst and best, does not blow up small differences.
//!
//! Unknown cost or quality counts as the worst that is known: neither becomes
//! known by use. Unknown time or health counts as the best: both do.

use super::{Choice, Pick, Then, best, known_or};
use crate::routing::draw::Draw;
use crate::routing::terms::{Targets, Term};
use crate::types::strategy::BalancedOptions;

#[derive(Clone, Debug)]
pub(super) struct Balanced {
    weights: BalancedOptions,
}

impl Balanced {
    pub(super) const fn new(weights: BalancedOptions) -> Self {
        Self { weights }
    }

    /// The score is the weighted mean, 0 to 1.
    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        let BalancedOptions { cost, latency, quality, health } = self.weights;
        let sum = cost + latency + quality + health;
        let mut sums = vec![0.0; choice.left.len()];
        let mut add = |weight: f64, aspect: Vec<f64>| {
            sums.iter_mut().zip(aspect).for_each(|(sum_of, value)| *sum_of += weight / sum * value);
        };
        let read =
            |term| choice.left.iter().map(|index| choice.targets.term(*index, term)).collect::<Vec<_>>();
        if cost > 0.0 {
            add(cost, lower_is_better(read(Term::ExpectedCostUsd), Unknown::Worst));
        }
        if latency > 0.0 {
            add(latency, lower_is_better(times(choice), Unknown::Best));
        }
        if quality > 0.0 {
            add(quality, higher_is_better(read(Term::Quality)));
        }
        if health > 0.0 {
            let mut rates = read(Term::SuccessRate);
            rates.iter_mut().for_each(|rate| *rate = known_or(*rate, 1.0).clamp(0.0, 1.0));
            add(health, rates);
        }
        let pick = best::lowest(choice, then, draw, 0.0, sums.iter().map(|sum| -sum))?;
        Some(if pick.by == then.by { Pick { score: -pick.score, ..pick } } else { pick })
    }
}

/// What one more request would see at each. No time at all is expected of an idle
/// target never seen: it is taken to be as fast as the fastest, for as the lowest time
/// it would make all others equally bad for as long as nobody tries it.
fn times<T: Targets>(choice: Choice<'_, T>) -> Vec<f64> {
    let alone: Vec<f64> = choice.left.iter().map(|index| choice.total_seconds(*index)).collect();
    let fastest = alone.iter().copied().filter(|time| *time > 0.0).fold(f64::NAN, f64::min);
    let busy = |(index, time): (&u32, f64)| {
        let time = if time <= 0.0 { fastest } else { time };
        time * (choice.in_flight(*index) + 1.0)
    };
    choice.left.iter().zip(alone).map(busy).collect()
}

#[derive(Clone, Copy)]
enum Unknown {
    Best,
    Worst,
}

fn lower_is_better(mut values: Vec<f64>, unknown: Unknown) -> Vec<f64> {
    let lowest = values.iter().copied().fold(f64::NAN, f64::min);
    let highest = values.iter().copied().fold(f64::NAN, f64::max);
    for value in &mut values {
        let known = match unknown {
            Unknown::Best => known_or(*value, lowest),
            Unknown::Worst => known_or(*value, highest),
        };
        // Nothing is known of any, or all are free: all are equally good.
        *value = if known <= lowest || known.is_nan() { 1.0 } else { lowest / known };
    }
    values
}

fn higher_is_better(mut values: Vec<f64>) -> Vec<f64> {
    let lowest = values.iter().copied().fold(f64::NAN, f64::min);
    let highest = values.iter().copied().fold(f64::NAN, f64::max);
    for value in &mut values {
        let known = known_or(*value, lowest);
        *value = if known >= highest || known.is_nan() { 1.0 } else { (known / highest).max(0.0) };
    }
    values
}
