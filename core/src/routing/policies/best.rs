//! The choice common to all strategies that give each target a number.

use super::{Choice, Pick, Then};
use crate::routing::draw::Draw;
use crate::routing::terms::Targets;
use crate::types::routing_trace::Why;

/// Takes the target with the lowest of `scores`, which are in the order of `choice.left`. One whose score is NaN is taken only
/// where all are: what is not known comes last. Scores up to `tolerance` times
/// the lowest above it count as equal.
pub(super) fn lowest<T: Targets>(
    choice: Choice<'_, T>,
    then: Then<'_>,
    draw: &mut Draw,
    tolerance: f64,
    scores: impl Iterator<Item = f64>,
) -> Option<Pick> {
    if tolerance > 0.0 || then.strategy.is_some() {
        return among_equals(choice, then, draw, tolerance, scores);
    }
    // One pass, each target asked once. Of k equals each is kept with chance 1/k
    // (reservoir sampling).
    let (mut best, mut lowest, mut equals) = (None, f64::INFINITY, 0);
    for (index, score) in choice.left.iter().copied().zip(scores) {
        if score < lowest || (equals == 0 && score == lowest) {
            (best, lowest, equals) = (Some(index), score, 1);
        } else if score == lowest {
            equals += 1;
            if draw.below(equals) == 0 {
                best = Some(index);
            }
        }
    }
    match best {
        Some(index) => Some(then.took(index, if equals > 1 { Why::Tie } else { Why::Best }, lowest)),
        None => then.choose(choice, choice.left, Why::Unknown, f64::NAN, draw),
    }
}

fn among_equals<T: Targets>(
    choice: Choice<'_, T>,
    then: Then<'_>,
    draw: &mut Draw,
    tolerance: f64,
    scores: impl Iterator<Item = f64>,
) -> Option<Pick> {
    let scores: Vec<f64> = scores.collect();
    let lowest = scores.iter().copied().fold(f64::NAN, f64::min);
    if lowest.is_nan() {
        return then.choose(choice, choice.left, Why::Unknown, f64::NAN, draw);
    }
    let bound = lowest + lowest.abs() * tolerance;
    let equals: Vec<u32> = choice
        .left
        .iter()
        .zip(&scores)
        .filter(|(_, score)| **score <= bound)
        .map(|(index, _)| *index)
        .collect();
    let why = if equals.len() > 1 { Why::Tie } else { Why::Best };
    then.choose(choice, &equals, why, lowest, draw)
}
