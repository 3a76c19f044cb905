//! `weighted`: each in turn as often as its weight says, evenly spread.

use super::{Choice, Credit, Pick, Then};
use crate::routing::terms::{Targets, Term};
use crate::types::routing_trace::Why;

pub(super) fn pick<T: Targets>(choice: Choice<'_, T>, then: Then<'_>) -> Option<Pick> {
    let owed = |index| choice.targets.term(index, Term::Credit);
    let (index, deadline) = Credit::choose(choice.left, |index| choice.weight(index), owed)?;
    choice.targets.charge(choice.left, index, true);
    Some(then.took(index, Why::Turn, deadline))
}
