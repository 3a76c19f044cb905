//! A view that notes what was read of another.

use std::cell::RefCell;

use super::target_set::TargetSet;
use super::terms::{Shortage, Targets, Term};
use crate::types::routing_trace::Reading;

const _: () = assert!(Term::ALL.len() <= u16::BITS as usize, "a bit for each term");

/// Hands through to `inner`, and notes each value as it is read.
///
/// Bounded: values above `most` are counted, not kept, and a record with any of
/// those cannot be replayed.
pub struct Recording<'a, T> {
    inner: &'a T,
    most: usize,
    noted: RefCell<Noted>,
}

#[derive(Default)]
struct Noted {
    read: Vec<Reading>,
    /// Of each target the terms that were read, a bit each.
    seen: Vec<u16>,
    unrecorded: u64,
}

impl<'a, T: Targets> Recording<'a, T> {
    pub fn of(inner: &'a T, most: usize) -> Self {
        Self { inner, most, noted: RefCell::default() }
    }

    /// What was read, each value once, in the order of the first reading; and
    /// how many readings did not fit.
    #[must_use]
    pub fn finish(self) -> (Vec<Reading>, u64) {
        let noted = self.noted.into_inner();
        (noted.read, noted.unrecorded)
    }

    fn note(&self, target: u32, term: Term, value: f64) {
        let mut noted = self.noted.borrow_mut();
        if noted.seen.len() <= target as usize {
            // Once, for all targets.
            noted.seen.resize(self.inner.count().max(target as usize + 1), 0);
        }
        let bit = 1 << term as u16;
        if let Some(seen) = noted.seen.get_mut(target as usize).filter(|seen| **seen & bit == 0) {
            *seen |= bit;
            if noted.read.len() < self.most {
                noted.read.push(Reading { target, term, value: (!value.is_nan()).then_some(value) });
            } else {
                noted.unrecorded += 1;
            }
        }
    }
}

impl<T: Targets> Targets for Recording<'_, T> {
    fn count(&self) -> usize {
        self.inner.count()
    }

    fn term(&self, index: u32, term: Term) -> f64 {
        let value = self.inner.term(index, term);
        self.note(index, term, value);
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
