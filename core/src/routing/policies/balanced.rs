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
        let mut sums = vec![0.0; choice.left.len()];
        let sum = self.weights.cost + self.weights.latency + self.weights.quality + self.weights.health;
        let mut add = |weight: f64, goodness: &dyn Fn(&mut Vec<f64>)| {
            if weight > 0.0 {
                let mut values = Vec::with_capacity(sums.len());
                goodness(&mut values);
                for (sum_of, value) in sums.iter_mut().zip(values) {
                    *sum_of += weight / sum * value;
                }
            }
        };
        let term = |term, values: &mut Vec<f64>| {
            values.extend(choice.left.iter().map(|index| choice.targets.term(*index, term)));
        };
        add(self.weights.cost, &|values| {
            term(Term::ExpectedCostUsd, values);
            lower_is_better(values, Unknown::Worst);
        });
        add(self.weights.latency, &|values| {
            let busy = |index| choice.total_seconds(index) * (choice.in_flight(index) + 1.0);
            values.extend(choice.left.iter().map(|index| busy(*index)));
            lower_is_better(values, Unknown::Best);
        });
        add(self.weights.quality, &|values| {
            term(Term::Quality, values);
            higher_is_better(values);
        });
        add(self.weights.health, &|values| {
            term(Term::SuccessRate, values);
            values.iter_mut().for_each(|value| *value = known_or(*value, 1.0).clamp(0.0, 1.0));
        });
        let badness = |index: u32| {
            let at = choice.left.binary_search(&index).ok();
            at.and_then(|at| sums.get(at)).map_or(f64::NAN, |sum| -sum)
        };
        let pick = best::lowest(choice, then, draw, 0.0, badness)?;
        Some(if pick.by == then.by { Pick { score: -pick.score, ..pick } } else { pick })
    }
}

#[derive(Clone, Copy)]
enum Unknown {
    Best,
    Worst,
}

fn lower_is_better(values: &mut [f64], unknown: Unknown) {
    let lowest = values.iter().copied().fold(f64::NAN, f64::min);
    let highest = values.iter().copied().fold(f64::NAN, f64::max);
    for value in values.iter_mut() {
        let known = match unknown {
            Unknown::Best => known_or(*value, lowest),
            Unknown::Worst => known_or(*value, highest),
        };
        // Nothing is known of any, or all are free: all are equally good.
        *value = if known <= lowest || known.is_nan() { 1.0 } else { lowest / known };
    }
}

fn higher_is_better(values: &mut [f64]) {
    let lowest = values.iter().copied().fold(f64::NAN, f64::min);
    let highest = values.iter().copied().fold(f64::NAN, f64::max);
    for value in values.iter_mut() {
        let known = known_or(*value, lowest);
        *value = if known >= highest || known.is_nan() { 1.0 } else { (known / highest).max(0.0) };
    }
}
