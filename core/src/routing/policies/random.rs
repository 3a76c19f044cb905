//! `random`: by lot, each alike or by weight. Without weight a target is drawn
//! only where none has any.

use super::{Chance, Choice, Pick, Then};
use crate::routing::draw::Draw;
use crate::routing::terms::Targets;
use crate::types::routing_trace::Why;
use crate::types::strategy::RandomOptions;

#[derive(Clone, Debug)]
pub(super) struct Random {
    weighted: bool,
}

impl Random {
    pub(super) const fn new(options: RandomOptions) -> Self {
        Self { weighted: options.weighted }
    }

    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        if self.weighted {
            let total: f64 = choice.left.iter().map(|index| choice.weight(*index)).sum();
            if total > 0.0 {
                let pick = by_weight(choice, then, draw.unit() * total)?;
                return Some(Pick { chance: Chance::Known(pick.score / total), ..pick });
            }
        }
        let count = choice.left.len() as u32;
        let index = *choice.left.get(draw.below(count) as usize)?;
        let chance = Chance::Known(1.0 / f64::from(count));
        Some(Pick { chance, ..then.took(index, Why::Drawn, f64::NAN) })
    }

    /// How likely each is to be drawn.
    pub(super) fn chances<T: Targets>(&self, choice: &Choice<'_, T>) -> Vec<f64> {
        let total: f64 = choice.left.iter().map(|index| choice.weight(*index)).sum();
        let by_weight = self.weighted && total > 0.0;
        let even = 1.0 / choice.left.len() as f64;
        let chance = |index: &u32| if by_weight { choice.weight(*index) / total } else { even };
        choice.left.iter().map(chance).collect()
    }
}

/// The target in whose part of the sum of weights `point` lies.
fn by_weight<T: Targets>(choice: Choice<'_, T>, then: Then<'_>, point: f64) -> Option<Pick> {
    let (mut passed, mut last) = (0.0, None);
    for index in choice.left.iter().copied() {
        let weight = choice.weight(index);
        if weight > 0.0 {
            passed += weight;
            last = Some((index, weight));
            if point < passed {
                break;
            }
        }
    }
    let (index, weight) = last?;
    Some(then.took(index, Why::Drawn, weight))
}
