//! `region`: the nearest target, by a declared order of regions or by the
//! measured round trip. In one region, or at one distance, `then` chooses.

use super::{Choice, Pick, Then, best};
use crate::routing::draw::Draw;
use crate::routing::plain::region_key;
use crate::routing::terms::{Targets, Term};
use crate::types::strategy::RegionOptions;

#[derive(Clone, Debug)]
pub(super) struct Region {
    /// Hashes of the regions' names, nearest first; empty: by round trip.
    order: Vec<u64>,
    tolerance: f64,
}

impl Region {
    pub(super) fn new(options: &RegionOptions) -> Self {
        let order = options.order.iter().map(|region| region_key(Some(region))).collect();
        Self { order, tolerance: options.tolerance }
    }

    /// The score is the place in the order, or seconds.
    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        if self.order.is_empty() {
            let trips = choice.left.iter().map(|index| choice.targets.term(*index, Term::RoundTripSeconds));
            return best::lowest(choice, then, draw, self.tolerance, trips);
        }
        let places = choice.left.iter().map(|index| {
            let region = choice.targets.region(*index);
            let place = self.order.iter().position(|listed| *listed == region);
            // A region that is not listed comes after all that are; an unknown one last.
            match place {
                Some(place) => place as f64,
                None if region != 0 => self.order.len() as f64,
                None => self.order.len() as f64 + 1.0,
            }
        });
        best::lowest(choice, then, draw, 0.0, places)
    }
}
