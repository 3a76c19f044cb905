//! How often what happened: counts of one target, route or variant.
//!
//! Sums only, so that those of several targets can be put together.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::error::ErrorKind;

const KINDS: usize = ErrorKind::ALL.len();

/// How often each kind of error was seen. Serialises to an object of those that
/// were, by class name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCounts([u64; KINDS]);

impl Default for ErrorCounts {
    fn default() -> Self {
        Self([0; KINDS])
    }
}

impl ErrorCounts {
    /// How often `kind` was seen.
    #[must_use]
    pub fn of(&self, kind: ErrorKind) -> u64 {
        self.0.get(kind as usize).copied().unwrap_or(0)
    }

    /// Those that were seen, in the order of [`ErrorKind::ALL`].
    pub fn seen(&self) -> impl Iterator<Item = (ErrorKind, u64)> {
        ErrorKind::ALL.into_iter().zip(self.0).filter(|(_, count)| *count > 0)
    }

    /// Those that occurred, by the name of the error's class.
    #[must_use]
    pub fn by_class(&self) -> BTreeMap<String, u64> {
        self.seen().map(|(kind, count)| (kind.class_name().to_owned(), count)).collect()
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    fn add(&mut self, kind: ErrorKind, count: u64) {
        if let Some(known) = self.0.get_mut(kind as usize) {
            *known += count;
        }
    }
}

impl Serialize for ErrorCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (kind, count) in self.seen() {
            map.serialize_entry(kind.class_name(), &count)?;
        }
        map.end()
    }
}

/// Tokens and cost of one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Used {
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// US dollars; none where the price is not known.
    pub cost: Option<f64>,
}

impl Used {
    /// Of both; a cost is known where both are.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            cost: self.cost.zip(other.cost).map(|(one, other)| one + other),
        }
    }
}

/// The counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Counters {
    /// Attempts begun.
    pub requests: u64,
    /// Attempts answered.
    pub successes: u64,
    /// Attempts left by the caller, or lost to a hedge.
    pub cancelled: u64,
    /// Attempts that failed.
    pub errors: ErrorCounts,
    /// Attempts begun and not ended.
    pub in_flight: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// US dollars, of what has a known price.
    pub cost: f64,
    /// Attempts with usage whose price is not known: `cost` is too low by them.
    pub unpriced: u64,
}

impl Counters {
    /// An attempt begins. Ends with exactly one of [`succeeded`](Self::succeeded),
    /// [`failed`](Self::failed) and [`cancelled`](Self::cancelled).
    pub const fn began(&mut self) {
        self.requests += 1;
        self.in_flight += 1;
    }

    /// An attempt that had begun was not sent after all.
    pub const fn never_sent(&mut self) {
        self.requests = self.requests.saturating_sub(1);
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// An attempt was answered; without `used` where the provider told no usage.
    pub fn succeeded(&mut self, used: Option<Used>) {
        self.end(used);
        self.successes += 1;
    }

    /// An attempt failed. A stream that broke has used what it delivered.
    pub fn failed(&mut self, kind: ErrorKind, used: Option<Used>) {
        self.end(used);
        self.errors.add(kind, 1);
    }

    /// An attempt was left.
    pub fn cancelled(&mut self, used: Option<Used>) {
        self.end(used);
        self.cancelled += 1;
    }

    fn end(&mut self, used: Option<Used>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let Some(used) = used else { return };
        self.input_tokens = self.input_tokens.saturating_add(used.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(used.output_tokens);
        match used.cost {
            Some(cost) => self.cost += cost,
            None => self.unpriced += 1,
        }
    }

    /// The share of ended attempts that were answered, cancelled ones left out;
    /// none before the first.
    #[must_use]
    pub fn success_rate(&self) -> Option<f64> {
        let ended = self.successes + self.errors.total();
        (ended > 0).then(|| self.successes as f64 / ended as f64)
    }

    /// Counts what another counted.
    pub fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.successes += other.successes;
        self.cancelled += other.cancelled;
        self.in_flight += other.in_flight;
        for (kind, count) in other.errors.seen() {
            self.errors.add(kind, count);
        }
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.cost += other.cost;
        self.unpriced += other.unpriced;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_has_its_own_place() {
        for (index, kind) in ErrorKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
            let mut counters = Counters::default();
            counters.began();
            counters.failed(kind, None);
            assert_eq!(counters.errors.of(kind), 1);
            assert_eq!(counters.errors.seen().collect::<Vec<_>>(), [(kind, 1)]);
        }
    }

    #[test]
    fn counts_and_serialises() {
        let mut counters = Counters::default();
        assert_eq!(counters.success_rate(), None);
        for _ in 0..5 {
            counters.began();
        }
        counters.succeeded(Some(Used { input_tokens: 100, output_tokens: 20, cost: Some(0.25) }));
        counters.succeeded(Some(Used { input_tokens: 1, output_tokens: 2, cost: None }));
        counters.failed(ErrorKind::RateLimit, None);
        counters.cancelled(Some(Used { input_tokens: 10, output_tokens: 1, cost: Some(0.5) }));
        assert_eq!(counters.success_rate(), Some(2.0 / 3.0));
        let expected = json!({
            "requests": 5, "successes": 2, "cancelled": 1, "errors": {"RateLimitError": 1}, "in_flight": 1,
            "input_tokens": 111, "output_tokens": 23, "cost": 0.75, "unpriced": 1,
        });
        assert_eq!(serde_json::to_value(counters).unwrap(), expected);
    }

    /// Counted apart and put together is as counted together.
    #[test]
    fn merges_to_the_whole() {
        for seed in 0..500 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut parts = [Counters::default(); 3];
            let mut whole = Counters::default();
            for _ in 0..100 {
                let part = &mut parts[random.usize(0..3)];
                let used = random.bool().then(|| Used {
                    input_tokens: random.u64(0..1000),
                    output_tokens: random.u64(0..1000),
                    cost: random.bool().then(|| f64::from(random.u32(0..100)) / 64.0),
                });
                let what = random.u8(0..4);
                for counters in [part, &mut whole] {
                    counters.began();
                    match what {
                        0 => counters.succeeded(used),
                        1 => counters.failed(ErrorKind::ALL[usize::from(what) + 3], used),
                        2 => counters.cancelled(used),
                        _ => {}
                    }
                }
            }
            let mut merged = Counters::default();
            parts.iter().for_each(|part| merged.merge(part));
            assert_eq!(merged, whole, "seed {seed}");
            let ended = whole.successes + whole.cancelled + whole.errors.total();
            assert_eq!(whole.requests, ended + whole.in_flight);
        }
    }
}
