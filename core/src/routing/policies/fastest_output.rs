//! `fastest_output`: the target that writes the most tokens per second. One that
//! was never measured comes last.

use super::{Choice, Pick, Then, best};
use crate::routing::draw::Draw;
use crate::routing::terms::{Targets, Term};
use crate::types::strategy::ToleranceOptions;

#[derive(Clone, Debug)]
pub(super) struct FastestOutput {
    tolerance: f64,
}

impl FastestOutput {
    pub(super) const fn new(options: ToleranceOptions) -> Self {
        Self { tolerance: options.tolerance }
    }

    /// The score is the speed.
    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        let slowness =
            choice.left.iter().map(|index| -choice.targets.term(*index, Term::OutputTokensPerSecond));
        let pick = best::lowest(choice, then, draw, self.tolerance, slowness)?;
        Some(if pick.by == then.by { Pick { score: -pick.score, ..pick } } else { pick })
    }
}
