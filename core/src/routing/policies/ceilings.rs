//! Ceilings: targets above one come after all those below.

use super::Choice;
use crate::routing::terms::{Targets, Term};
use crate::types::strategy::Ceilings;

/// Those left that are below every ceiling; `None` where that is all or none.
pub(super) fn below<T: Targets>(choice: &Choice<'_, T>, ceilings: &Ceilings) -> Option<Vec<u32>> {
    let fits = |index: u32| {
        let within = |most: Option<f64>, value: &dyn Fn() -> f64, unknown: bool| {
            most.is_none_or(|most| {
                let value = value();
                if value.is_nan() { unknown } else { value <= most }
            })
        };
        let cost = || choice.targets.term(index, Term::ExpectedCostUsd);
        let first_token = || choice.targets.term(index, Term::FirstTokenSeconds);
        let total = || choice.total_seconds(index);
        // Costs stay unknown however often a target is used; times do not.
        within(ceilings.expected_cost_usd, &cost, false)
            && within(ceilings.first_token_seconds, &first_token, true)
            && within(ceilings.total_seconds, &total, true)
    };
    let below: Vec<u32> = choice.left.iter().copied().filter(|index| fits(*index)).collect();
    (!below.is_empty() && below.len() < choice.left.len()).then_some(below)
}
