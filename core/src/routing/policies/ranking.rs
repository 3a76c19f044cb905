//! A ranking, taken one by one: each target is read only when it is compared.

use super::{Choice, Pick, Strategy};
use crate::routing::draw::Draw;
use crate::routing::request_facts::RequestFacts;
use crate::routing::target_set::TargetSet;
use crate::routing::terms::Targets;

/// What is left to take of a set of targets.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    left: Vec<u32>,
    eligible: TargetSet,
}

impl Ranking {
    /// `left`, ascending, can be taken; `eligible` could be if they had room,
    /// `left` included.
    #[must_use]
    pub const fn new(left: Vec<u32>, eligible: TargetSet) -> Self {
        Self { left, eligible }
    }

    /// Those not taken yet, ascending.
    #[must_use]
    pub fn left(&self) -> &[u32] {
        &self.left
    }

    /// Takes the next one.
    pub fn next<T: Targets>(
        &mut self,
        strategy: &Strategy,
        targets: &T,
        request: &RequestFacts,
        draw: &mut Draw,
    ) -> Option<Pick> {
        let choice = Choice { targets, left: &self.left, eligible: &self.eligible, request };
        let pick = strategy.pick(choice, draw)?;
        if let Ok(at) = self.left.binary_search(&pick.index) {
            self.left.remove(at);
        }
        Some(pick)
    }

    /// Gives up those of which `gone` is true; which they were.
    pub fn give_up(&mut self, gone: impl Fn(u32) -> bool) -> Vec<u32> {
        let given_up = self.left.iter().copied().filter(|index| gone(*index)).collect();
        self.left.retain(|index| !gone(*index));
        given_up
    }
}
