//! How a policy sees the targets: numbers asked for by name, one at a time.
//!
//! A policy reads a target through [`Targets`] alone. So production can read its
//! counters where they are (two targets of a thousand where two are compared), a
//! record can stand in for them, and a test can give plain numbers. What a view
//! returns may not depend on what was asked before.

pub use crate::types::routing_trace::{Shortage, Term};

use super::target_set::TargetSet;

/// The targets of a route, as they are for one request at one instant.
pub trait Targets {
    /// How many there are; indices are below it.
    fn count(&self) -> usize;

    /// The value of `term`; NaN where it is not known.
    fn term(&self, index: u32, term: Term) -> f64;

    /// A stable hash of the target's name: [`stable_hash`](super::stable_hash) with seed 0.
    fn key(&self, index: u32) -> u64;

    /// A stable hash of its region's name; 0 where it is not known.
    fn region(&self, index: u32) -> u64;

    /// Why the target cannot take this request now.
    fn shortage(&self, _index: u32) -> Option<Shortage> {
        None
    }

    /// Adds each shortage among `among` to `found`, in ascending order. To be
    /// overridden where a view knows without asking each.
    fn shortages(&self, among: &TargetSet, found: &mut Vec<(u32, Shortage)>) {
        found.extend(among.iter().filter_map(|index| Some((index, self.shortage(index)?))));
    }

    /// A strategy that shares in turn chose `picked` of `among`, by their
    /// weights or evenly: a view that keeps [`Credit`](super::policies::Credit)s
    /// books it here. By default nothing is booked, as for an explanation.
    fn charge(&self, _among: &[u32], _picked: u32, _by_weight: bool) {}
}
