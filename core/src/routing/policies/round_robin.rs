//! `round_robin`: each in turn. It is `weighted` with equal weights, so that it
//! stays fair while targets come and go, where a counter would give the turn of
//! a missing one to its neighbour.

use super::{Choice, Credit, Pick, Then};
use crate::routing::terms::{Targets, Term};
use crate::types::routing_trace::Why;

pub(super) fn pick<T: Targets>(choice: Choice<'_, T>, then: Then<'_>) -> Option<Pick> {
    let owed = |index| choice.targets.term(index, Term::Credit);
    let (index, deadline) = Credit::choose(choice.left, |_| 1.0, owed)?;
    choice.targets.charge(choice.left, index, false);
    Some(then.took(index, Why::Turn, deadline))
}
