//! What was seen of each variant of a split, and of copies: numbers that stand apart.
//!
//! Counted by requests, not by attempts: what a variant is judged by is what its
//! callers saw.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::clock::Clock;
use super::lock::lock;
use super::named::Named;
use crate::error::ErrorKind;
use crate::routing::state::{Counters, PercentileWindow, Used};
use crate::types::stats::VariantStats;

/// The variant that copies of a route's requests are.
const SHADOW: &str = "shadow";

/// Every variant that had a request, or a copy to be sent.
#[derive(Default)]
pub(super) struct Variants(Named<Variant>);

/// One variant of one route.
pub(super) struct Variant {
    route: String,
    /// None: the copies of the route's requests.
    split: Option<String>,
    name: String,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    counters: Counters,
    /// Copies that were never sent.
    dropped: u64,
    first_tokens: PercentileWindow,
    totals: PercentileWindow,
}

impl Variants {
    /// The copies of a route's requests.
    pub fn copies(&self, route: &str) -> Arc<Variant> {
        self.of(route, None, SHADOW)
    }

    /// `split`: none for copies.
    pub fn of(&self, route: &str, split: Option<&str>, name: &str) -> Arc<Variant> {
        let make = || Variant {
            route: route.to_owned(),
            split: split.map(str::to_owned),
            name: name.to_owned(),
            seen: Mutex::default(),
        };
        // No name of a route holds a control character.
        let key = format!("{route}\n{}\n{name}", split.unwrap_or("\n"));
        self.0.get_or_make(&key, make)
    }

    /// By route, split and name: a list of [`VariantStats`].
    pub fn stats(&self, now: Duration) -> Value {
        let all = self.0.all();
        let mut known: Vec<_> = all.values().collect();
        known.sort_unstable_by_key(|one| (&one.route, &one.split, &one.name));
        known.into_iter().map(|one| serde_json::to_value(one.stats(now)).unwrap_or_default()).collect()
    }
}

impl Variant {
    fn stats(&self, now: Duration) -> VariantStats {
        let seen = lock(&self.seen);
        let counters = &seen.counters;
        VariantStats {
            route: self.route.clone(),
            split: self.split.clone(),
            variant: self.name.clone(),
            requests: counters.requests,
            successes: counters.successes,
            cancelled: counters.cancelled,
            errors: counters
                .errors
                .seen()
                .map(|(kind, count)| (kind.class_name().to_owned(), count))
                .collect(),
            in_flight: counters.in_flight,
            input_tokens: counters.input_tokens,
            output_tokens: counters.output_tokens,
            cost: counters.cost,
            unpriced: counters.unpriced,
            success_rate: counters.success_rate(),
            dropped: seen.dropped,
            time_to_first_token_s: seen.first_tokens.recent(now).percentiles(),
            total_s: seen.totals.recent(now).percentiles(),
        }
    }
}

/// A copy that was drawn and not sent yet. Dropped so, it counts as that.
pub(super) struct Unsent(Option<Arc<Variant>>);

impl Unsent {
    pub const fn new(copies: Arc<Variant>) -> Self {
        Self(Some(copies))
    }

    /// It is sent now.
    pub fn sent(mut self) {
        self.0 = None;
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        if let Some(copies) = &self.0 {
            lock(&copies.seen).dropped += 1;
        }
    }
}

/// One request of one or more variants. Dropped without a word on its end, it
/// counts as cancelled.
pub(crate) struct Exposed {
    variants: Vec<Arc<Variant>>,
    clock: Clock,
    began: Duration,
    ended: AtomicBool,
}

impl Exposed {
    /// None where there is no variant.
    pub(super) fn begin(variants: Vec<Arc<Variant>>, clock: Clock) -> Option<Arc<Self>> {
        if variants.is_empty() {
            return None;
        }
        variants.iter().for_each(|one| lock(&one.seen).counters.began());
        Some(Arc::new(Self { variants, clock, began: clock.now(), ended: AtomicBool::new(false) }))
    }

    /// The first content came.
    pub fn first_token(&self) {
        let now = self.clock.now();
        let took = now.saturating_sub(self.began);
        self.variants.iter().for_each(|one| lock(&one.seen).first_tokens.record(now, took));
    }

    /// The whole answer came.
    pub fn succeeded(&self, used: Option<Used>) {
        let now = self.clock.now();
        let took = now.saturating_sub(self.began);
        self.end(|seen| {
            seen.totals.record(now, took);
            seen.counters.succeeded(used);
        });
    }

    /// The request failed for its caller.
    pub fn failed(&self, kind: ErrorKind, used: Option<Used>) {
        self.end(|seen| seen.counters.failed(kind, used));
    }

    /// Once, whoever tells first.
    fn end(&self, record: impl Fn(&mut Seen)) {
        if !self.ended.swap(true, Ordering::AcqRel) {
            self.variants.iter().for_each(|one| record(&mut lock(&one.seen)));
        }
    }
}

impl Drop for Exposed {
    fn drop(&mut self) {
        self.end(|seen| seen.counters.cancelled(None));
    }
}

impl fmt::Debug for Exposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.variants.iter().map(|one| &one.name);
        f.debug_list().entries(names).finish()
    }
}
