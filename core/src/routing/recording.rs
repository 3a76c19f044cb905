//! A view that notes what was read of another.

use std::cell::{Cell, RefCell};

use super::target_set::TargetSet;
use super::terms::{Shortage, Targets, Term};
use crate::types::routing_trace::Reading;

/// Hands through to `inner`, and notes each value as it is read.
///
/// Bounded: values above `most` are counted, not kept, and a record with any of
/// those cannot be replayed.
pub struct Recording<'a, T> {
    inner: &'a T,
    most: usize,
    read: RefCell<Vec<Reading>>,
    unrecorded: Cell<u64>,
}

impl<'a, T: Targets> Recording<'a, T> {
    pub fn of(inner: &'a T, most: usize) -> Self {
        Self { inner, most, read: RefCell::default(), unrecorded: Cell::new(0) }
    }

    /// What was read, each value once, in the order of the first reading; and
    /// how many readings did not fit.
    #[must_use]
    pub fn finish(self) -> (Vec<Reading>, u64) {
        let mut seen = std::collections::HashSet::new();
        let mut read = self.read.into_inner();
        read.retain(|reading| seen.insert((reading.target, reading.term)));
        (read, self.unrecorded.get())
    }
}

impl<T: Targets> Targets for Recording<'_, T> {
    fn count(&self) -> usize {
        self.inner.count()
    }

    fn term(&self, index: u32, term: Term) -> f64 {
        let value = self.inner.term(index, term);
        let mut read = self.read.borrow_mut();
        if read.len() < self.most {
            read.push(Reading { target: index, term, value: (!value.is_nan()).then_some(value) });
        } else {
            self.unrecorded.set(self.unrecorded.get() + 1);
        }
        value
    }

    fn key(&self, index: u32) -> u64 {
        self.inner.key(index)
    }

    fn region(&self, index: u32) -> u64 {
        self.inner.region(index)
    }

    fn shortage(&self, index: u32) -> Option<Shortage> {
        self.inner.shortage(index)
    }

    fn shortages(&self, among: &TargetSet, found: &mut Vec<(u32, Shortage)>) {
        self.inner.shortages(among, found);
    }

    fn charge(&self, among: &[u32], picked: u32, by_weight: bool) {
        self.inner.charge(among, picked, by_weight);
    }
}
