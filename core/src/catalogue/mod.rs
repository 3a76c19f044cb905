//! What is known of models: limits, modalities, features, prices, dates.
//!
//! A table of text in the library (`core/data/catalogue.txt`, made by `make
//! catalogue`), read where it lies: a lookup finds its row by halving and reads
//! that row alone. Nothing is loaded, kept or unpacked, so who never asks pays
//! nothing; compressed it would be a fifth of the size and cost everyone who
//! asks half a megabyte of memory. Whoever needs facts per request keeps them.
//!
//! Never guesses: a name is in the table, or is another spelling that a service
//! documents, or is unknown. No rule shortens a name to one that looks like it.

mod alias;
mod estimate;
mod row;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::OnceLock;

pub use estimate::{count_tokens, estimate_around, estimate_request, estimate_text, estimate_tokens};

use crate::types::model::ModelFacts;

static TEXT: &str = include_str!("../../data/catalogue.txt");

/// The built-in facts.
#[derive(Debug)]
pub struct Catalogue {
    text: &'static str,
    /// Each kind and where its rows are, by name of kind.
    kinds: Vec<(&'static str, Range<usize>)>,
}

/// The built-in catalogue. The first call notes where each kind begins.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::of(TEXT))
}

impl Catalogue {
    fn of(text: &'static str) -> Self {
        let mut kinds: Vec<(&'static str, Range<usize>)> = Vec::new();
        for at in memchr::memmem::find_iter(text.as_bytes(), b"\n[") {
            let Some((name, _)) = text.get(at + 2..).and_then(|rest| rest.split_once("]\n")) else {
                continue;
            };
            if let Some((_, rows)) = kinds.last_mut() {
                rows.end = at + 1;
            }
            let start = at + name.len() + 4;
            kinds.push((name, start..text.len()));
        }
        Self { text, kinds }
    }

    /// The day its facts are of, as `2026-11-20`.
    #[must_use]
    pub fn date(&self) -> &'static str {
        let head = self.text.lines().next().unwrap_or_default();
        head.rsplit(' ').next().unwrap_or_default()
    }

    /// The facts of a model, by the name that the service's API takes.
    ///
    /// Case does not matter, for no two names of a kind differ in case alone.
    /// `None`: unknown.
    #[must_use]
    pub fn model(&self, kind: &str, model: &str) -> Option<ModelFacts> {
        let rows = self.rows(kind)?;
        let line = find(rows, model).or_else(|| alias::of(kind, model).and_then(|name| find(rows, name)));
        line.and_then(row::read).map(|(_, facts)| facts)
    }

    /// The kinds that have models, in the order of names.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.iter().map(|(name, _)| *name)
    }

    /// Every model of a kind and its facts, in the order of names.
    pub fn models(&self, kind: &str) -> impl Iterator<Item = (&'static str, ModelFacts)> {
        self.rows(kind).unwrap_or_default().lines().filter_map(row::read)
    }

    fn rows(&self, kind: &str) -> Option<&'static str> {
        let at = self.kinds.binary_search_by(|(name, _)| (*name).cmp(kind)).ok()?;
        self.text.get(self.kinds.get(at)?.1.clone())
    }
}

/// The row of a name, in rows sorted by their names in lower case.
fn find<'a>(rows: &'a str, name: &str) -> Option<&'a str> {
    let bytes = rows.as_bytes();
    let (mut low, mut high) = (0, rows.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', bytes.get(low..middle)?).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(b'\n', bytes.get(middle..high)?).map_or(high, |at| middle + at);
        let line = rows.get(start..end)?;
        match order(line.split('|').next().unwrap_or_default(), name) {
            Ordering::Equal => return Some(line),
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    None
}

fn order(one: &str, other: &str) -> Ordering {
    one.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests;
