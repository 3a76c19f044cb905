//! `priority`: in the order in which the route lists its targets.

use super::{Choice, Pick, Then};
use crate::types::routing_trace::Why;

pub(super) fn pick<T>(choice: Choice<'_, T>, then: Then<'_>) -> Option<Pick> {
    Some(then.took(*choice.left.first()?, Why::Declared, f64::NAN))
}
