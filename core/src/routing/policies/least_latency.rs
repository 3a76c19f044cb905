//! `least_latency`: the target expected to answer first.
//!
//! Its score is (seconds to the first token + expected tokens × seconds per
//! token) × (requests in flight + 1): what is already waiting there counts. Of a
//! plain call the first is the whole time, and the second zero.
//! Among more than eight targets two are drawn and compared, since a thousand
//! clients that all take the best one make it the worst (Mitzenmacher, "The
//! power of two choices in randomized load balancing", IEEE TPDS 12, 2001).
//!
//! A target whose times are unknown is taken to be as fast as the fastest of
//! those compared: so it is tried, and no more than its requests in flight allow.

use super::{Chance, Choice, Pick, Then, best, known_or};
use crate::routing::draw::Draw;
use crate::routing::terms::Targets;
use crate::types::strategy::LeastLatencyOptions;

/// Up to so many targets, all are compared.
const COMPARE_ALL: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct LeastLatency {
    choices: usize,
}

impl LeastLatency {
    pub(super) fn new(options: LeastLatencyOptions) -> Self {
        Self { choices: (options.choices as usize).clamp(2, COMPARE_ALL) }
    }

    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        if choice.left.len() <= COMPARE_ALL {
            return compare(choice, then, draw);
        }
        let mut drawn = [0_u32; COMPARE_ALL];
        let mut count = 0;
        while count < self.choices {
            let candidate = *choice.left.get(draw.below(choice.left.len() as u32) as usize)?;
            if !drawn.iter().take(count).any(|other| *other == candidate)
                && let Some(slot) = drawn.get_mut(count)
            {
                *slot = candidate;
                count += 1;
            }
        }
        let pick = compare(Choice { left: drawn.get(..count)?, ..choice }, then, draw)?;
        // How likely these were to be compared at all is not told.
        Some(Pick { chance: Chance::Untold, ..pick })
    }
}

/// The best of all that are left, which are at most `COMPARE_ALL`.
fn compare<T: Targets>(choice: Choice<'_, T>, then: Then<'_>, draw: &mut Draw) -> Option<Pick> {
    let mut times = [f64::NAN; COMPARE_ALL];
    for (time, index) in times.iter_mut().zip(choice.left) {
        *time = choice.total_seconds(*index);
    }
    let fastest = times.iter().copied().fold(f64::NAN, f64::min);
    // Where nothing is known, what is in flight decides.
    let unknown = if fastest.is_nan() { 1.0 } else { fastest };
    let scores = choice.left.iter().zip(times).map(|(index, time)| {
        let time = known_or(time, unknown);
        time * (choice.in_flight(*index) + 1.0)
    });
    best::lowest(choice, then, draw, 0.0, scores)
}
