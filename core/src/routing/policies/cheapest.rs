//! `cheapest`: the target where this request is expected to cost least. One
//! without a known price comes last, and the trace says so.

use super::{Choice, Pick, Then, best};
use crate::routing::draw::Draw;
use crate::routing::terms::{Targets, Term};
use crate::types::strategy::ToleranceOptions;

#[derive(Clone, Debug)]
pub(super) struct Cheapest {
    tolerance: f64,
}

impl Cheapest {
    pub(super) const fn new(options: ToleranceOptions) -> Self {
        Self { tolerance: options.tolerance }
    }

    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        let costs = choice.left.iter().map(|index| choice.targets.term(*index, Term::ExpectedCostUsd));
        best::lowest(choice, then, draw, self.tolerance, costs)
    }
}
