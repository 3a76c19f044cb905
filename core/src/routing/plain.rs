//! Targets as plain numbers: for records made to run again, for simulations and tests.

use std::cell::RefCell;

use super::policies::Credit;
use super::stable_hash::stable_hash;
use super::terms::{Shortage, Targets, Term};
use crate::types::routing::TargetFacts;

const TERMS: usize = Term::ALL.len();

/// Targets whose every value is given.
#[derive(Clone, Debug, Default)]
pub struct PlainTargets {
    keys: Vec<u64>,
    regions: Vec<u64>,
    terms: Vec<[f64; TERMS]>,
    shortages: Vec<Option<Shortage>>,
    /// Kept up to date by [`Targets::charge`], where they are kept.
    credits: Option<RefCell<Vec<Credit>>>,
}

impl PlainTargets {
    /// Targets of which nothing is known but their facts.
    #[must_use]
    pub fn new<'a>(facts: impl IntoIterator<Item = &'a TargetFacts>) -> Self {
        let mut targets = Self::default();
        for facts in facts {
            targets.keys.push(stable_hash(facts.name.as_bytes(), 0));
            targets.regions.push(region_key(facts.region.as_deref()));
            targets.terms.push([f64::NAN; TERMS]);
            targets.shortages.push(None);
        }
        targets
    }

    /// With credits that start at 0 and are kept from decision to decision.
    #[must_use]
    pub fn with_credits(mut self) -> Self {
        self.credits = Some(RefCell::new(vec![Credit::default(); self.keys.len()]));
        self
    }

    /// Sets what `term` reads; a target that is not there is let be.
    pub fn set(&mut self, index: u32, term: Term, value: f64) {
        if let Some(slot) = self.terms.get_mut(index as usize).and_then(|row| row.get_mut(term as usize)) {
            *slot = value;
        }
    }

    pub fn set_shortage(&mut self, index: u32, shortage: Option<Shortage>) {
        if let Some(slot) = self.shortages.get_mut(index as usize) {
            *slot = shortage;
        }
    }
}

/// What [`Targets::region`] gives for a region of this name.
#[must_use]
pub fn region_key(region: Option<&str>) -> u64 {
    region.map_or(0, |region| stable_hash(region.as_bytes(), 0).max(1))
}

impl Targets for PlainTargets {
    fn count(&self) -> usize {
        self.keys.len()
    }

    fn term(&self, index: u32, term: Term) -> f64 {
        if let (Term::Credit, Some(credits)) = (term, &self.credits) {
            return credits.borrow().get(index as usize).map_or(f64::NAN, |credit| credit.owed());
        }
        self.terms.get(index as usize).and_then(|row| row.get(term as usize)).copied().unwrap_or(f64::NAN)
    }

    fn key(&self, index: u32) -> u64 {
        self.keys.get(index as usize).copied().unwrap_or(0)
    }

    fn region(&self, index: u32) -> u64 {
        self.regions.get(index as usize).copied().unwrap_or(0)
    }

    fn shortage(&self, index: u32) -> Option<Shortage> {
        self.shortages.get(index as usize).copied().flatten()
    }

    fn charge(&self, among: &[u32], picked: u32, by_weight: bool) {
        if let Some(credits) = &self.credits {
            let weight = |index| if by_weight { self.term(index, Term::Weight) } else { 1.0 };
            Credit::charge(&mut credits.borrow_mut(), among, weight, picked);
        }
    }
}
