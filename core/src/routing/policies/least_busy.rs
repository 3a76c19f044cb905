//! `least_busy`: the target with the fewest requests in flight.
//!
//! All are compared: what is in flight is counted here and exact, so that no
//! herd follows an outdated number.

use super::{Choice, Pick, Then, best};
use crate::routing::draw::Draw;
use crate::routing::terms::Targets;

pub(super) fn pick<T: Targets>(choice: Choice<'_, T>, then: Then<'_>, draw: &mut Draw) -> Option<Pick> {
    best::lowest(choice, then, draw, 0.0, choice.left.iter().map(|index| choice.in_flight(*index)))
}
