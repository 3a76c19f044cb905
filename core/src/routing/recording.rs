//! A view that notes what was read of another.
//!
//! Noting must cost less than reading: a strategy that compares a thousand targets reads
//! thousands of values for each request, and few of these records are ever looked
//! at. So each term read is a column of numbers, and names come when somebody looks.

use std::cell::RefCell;

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
    noted: RefCell<Noted>,
}

struct Noted {
    readings: Readings,
    kept: usize,
    unrecorded: u64,
}

/// What was read, each value once.
#[derive(Clone, Debug)]
pub enum Readings {
    /// Up to [`FEW`], in the order in which they were read: three targets, or two of a
    /// thousand.
    Few(Vec<Reading>),
    Many(Columns),
}

/// A list as long as this is searched faster than a column is made.
const FEW: usize = 32;

/// A column of all targets' values for each term that was read.
#[derive(Clone, Debug)]
pub struct Columns {
    targets: usize,
    /// Which column a term has, by its number.
    of_term: [u8; Term::ALL.len()],
    cells: Vec<f64>,
}

const NO_COLUMN: u8 = u8::MAX;
/// Two payloads of NaN that no arithmetic makes: never read, and read when the record was full.
const UNREAD: f64 = f64::from_bits(0x7FF8_0000_0000_5EE0);
const FULL: f64 = f64::from_bits(0x7FF8_0000_0000_5EE1);

const fn is(value: f64, mark: f64) -> bool {
    value.to_bits() == mark.to_bits()
}

fn reading(target: u32, term: Term, value: f64) -> Reading {
    Reading { target, term, value: (!value.is_nan()).then_some(value) }
}

impl Readings {
    pub const NONE: Self = Self::Few(Vec::new());

    /// In the order of the targets, and of each in the order of [`Term::ALL`].
    #[must_use]
    pub fn to_list(&self) -> Vec<Reading> {
        match self {
            Self::Few(list) => {
                let mut list = list.clone();
                list.sort_by_key(|reading| (reading.target, reading.term as usize));
                list
            }
            Self::Many(columns) => columns.list().collect(),
        }
    }
}

impl Columns {
    fn of(targets: usize, few: &[Reading]) -> Self {
        let mut columns = Self { targets, of_term: [NO_COLUMN; Term::ALL.len()], cells: Vec::new() };
        for reading in few {
            if let Some(cell) = columns.cell(reading.target, reading.term) {
                *cell = reading.value.unwrap_or(f64::NAN);
            }
        }
        columns
    }

    /// The place of a value; its column is made where it is the first of its term.
    fn cell(&mut self, target: u32, term: Term) -> Option<&mut f64> {
        let column = self.of_term.get_mut(term as usize)?;
        if *column == NO_COLUMN {
            *column = u8::try_from(self.cells.len() / self.targets.max(1)).ok()?;
            self.cells.resize(self.cells.len() + self.targets, UNREAD);
        }
        let row = Some(target as usize).filter(|row| *row < self.targets)?;
        self.cells.get_mut(usize::from(*column) * self.targets + row)
    }

    fn list(&self) -> impl Iterator<Item = Reading> {
        let terms = Term::ALL.iter().zip(&self.of_term).filter(|(_, column)| **column != NO_COLUMN);
        (0_u32..).take(self.targets).flat_map(move |target| {
            terms.clone().filter_map(move |(term, column)| {
                let value = *self.cells.get(usize::from(*column) * self.targets + target as usize)?;
                (!is(value, UNREAD) && !is(value, FULL)).then(|| reading(target, *term, value))
            })
        })
    }
}

impl<'a, T: Targets> Recording<'a, T> {
    pub fn of(inner: &'a T, most: usize) -> Self {
        Self { inner, most, noted: RefCell::new(Noted { readings: Readings::NONE, kept: 0, unrecorded: 0 }) }
    }

    /// What was read, and how many values did not fit.
    #[must_use]
    pub fn finish(self) -> (Readings, u64) {
        let Noted { readings, unrecorded, .. } = self.noted.into_inner();
        (readings, unrecorded)
    }

    fn note(&self, target: u32, term: Term, value: f64) {
        let mut noted = self.noted.borrow_mut();
        let Noted { readings, kept, unrecorded } = &mut *noted;
        if let Readings::Few(list) = readings {
            if list.iter().any(|noted| noted.target == target && noted.term == term) {
                return;
            }
            if list.len() < FEW.min(self.most) {
                list.push(reading(target, term, value));
                *kept += 1;
                return;
            }
            *readings = Readings::Many(Columns::of(self.inner.count(), list));
        }
        let Readings::Many(columns) = readings else { return };
        let Some(cell) = columns.cell(target, term).filter(|cell| is(**cell, UNREAD)) else { return };
        if *kept < self.most {
            *kept += 1;
            *cell = value;
        } else {
            *unrecorded += 1;
            *cell = FULL;
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    struct Numbers(usize);

    impl Targets for Numbers {
        fn count(&self) -> usize {
            self.0
        }

        fn term(&self, index: u32, term: Term) -> f64 {
            if index % 5 == 4 { f64::NAN } else { f64::from(index) + term as u8 as f64 / 100.0 }
        }

        fn key(&self, _: u32) -> u64 {
            0
        }

        fn region(&self, _: u32) -> u64 {
            0
        }
    }

    proptest! {
        /// However much is read, each value is there once, in order; what is above the bound is counted once.
        #[test]
        fn each_value_is_kept_once_up_to_the_bound(
            reads in prop::collection::vec((0_u32..40, 0_usize..Term::ALL.len()), 0..300),
            most in 0_usize..200,
        ) {
            let targets = Numbers(40);
            let recording = Recording::of(&targets, most);
            let mut kept = BTreeMap::new();
            let mut over = std::collections::BTreeSet::new();
            for (target, term) in reads {
                let value = recording.term(target, Term::ALL[term]);
                prop_assert_eq!(value.to_bits(), targets.term(target, Term::ALL[term]).to_bits());
                if kept.len() < most {
                    kept.insert((target, term), value);
                } else if !kept.contains_key(&(target, term)) {
                    over.insert((target, term));
                }
            }
            let (readings, unrecorded) = recording.finish();
            let expected: Vec<Reading> = kept
                .into_iter()
                .map(|((target, term), value)| reading(target, Term::ALL[term], value))
                .collect();
            prop_assert_eq!(readings.to_list(), expected);
            prop_assert_eq!(unrecorded, over.len() as u64);
        }
    }
}
