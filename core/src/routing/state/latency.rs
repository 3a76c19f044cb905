//! How long a target is expected to take.
//!
//! Time to first token is a peak EWMA, as in Finagle's load balancer
//! (`PeakEwma.scala`): a slower observation counts in full at once, a faster one
//! by the time since the last (`w = exp(-elapsed ÷ decay)`; weights for unevenly
//! spaced series, eckner.com/papers/ts_alg.pdf). So it is quick to leave a
//! target that slows down, and slow to trust it again. Time per output token is
//! a plain EWMA by time.
//!
//! Where models differ from the services that Finagle balances:
//!
//! - An idle target's estimate fades away, so that a slow one is tried again;
//!   but only while nothing is in flight there. As soon as one request tries it,
//!   the others see what was last known: no herd follows a faded estimate.
//! - A failure is a slow observation, never a fast one: a quick 429 must not
//!   attract load. Failures in a row double it.
//! - A cancelled request took at least the time that it took; whether it would
//!   have been quick, nobody knows.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::types::fields::{require, seconds};

/// The settings of a [`Latency`]. Durations are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LatencyConfig {
    /// After this time an observation counts for 37 % (1 ÷ e). Default 30 s:
    /// Finagle's 10 s is for calls of milliseconds. A target that took ten times
    /// as long as its peers is tried again after about 70 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub decay: Duration,
    /// Time to first token of a target never seen. Default 1 s, about what hosted
    /// models take: it gets its share, neither all of the load nor none.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub first_token: Duration,
    /// Time per output token of a target never seen. Default 0.02 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub per_token: Duration,
    /// What a failure counts as, where it or twice the estimate is not longer.
    /// Default 10 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub failure: Duration,
    /// What failures in a row count as at most, unless they took longer. Default
    /// 120 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub longest_failure: Duration,
}

impl Default for LatencyConfig {
    fn default() -> Self {
        Self {
            decay: Duration::from_secs(30),
            first_token: Duration::from_secs(1),
            per_token: Duration::from_millis(20),
            failure: Duration::from_secs(10),
            longest_failure: Duration::from_secs(120),
        }
    }
}

impl LatencyConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        let positive = "a positive number of seconds";
        for (name, value) in [
            ("decay", self.decay),
            ("first_token", self.first_token),
            ("per_token", self.per_token),
            ("failure", self.failure),
        ] {
            require(!value.is_zero(), place, name, positive)?;
        }
        let longest = "a number of seconds of at least `failure`";
        require(self.longest_failure >= self.failure, place, "longest_failure", longest)
    }
}

/// What is expected of one target, as far as a choice needs it. Times are in
/// seconds. Reading it takes one exponential function at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatencyView {
    /// Time to first token as of `seen_at`.
    pub first_token: f64,
    pub per_token: f64,
    /// When the last observation was made; none where the target is new.
    pub seen_at: Option<Duration>,
    /// The decay, in seconds.
    pub decay: f64,
}

impl LatencyView {
    /// Seconds to the first token at `now`, with `in_flight` requests there.
    #[must_use]
    pub fn first_token(&self, now: Duration, in_flight: u32) -> f64 {
        match self.seen_at {
            Some(seen_at) if in_flight == 0 => {
                self.first_token * (-now.saturating_sub(seen_at).as_secs_f64() / self.decay).exp()
            }
            _ => self.first_token,
        }
    }

    /// Seconds to the end of an answer of `output_tokens`, × (`in_flight` + 1):
    /// the load that one more request would see. Zero `output_tokens` rank by
    /// the first token alone.
    #[must_use]
    pub fn load(&self, now: Duration, in_flight: u32, output_tokens: u32) -> f64 {
        let one = self.per_token.mul_add(f64::from(output_tokens), self.first_token(now, in_flight));
        one * (f64::from(in_flight) + 1.0)
    }
}

/// What was seen of one target's speed.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    config: LatencyConfig,
    view: LatencyView,
    paced_at: Option<Duration>,
    failed_at: Option<Duration>,
}

impl Latency {
    #[must_use]
    pub fn new(config: LatencyConfig) -> Self {
        let view = LatencyView {
            first_token: config.first_token.as_secs_f64(),
            per_token: config.per_token.as_secs_f64(),
            seen_at: None,
            decay: config.decay.as_secs_f64(),
        };
        Self { config, view, paced_at: None, failed_at: None }
    }

    /// What a choice reads.
    #[must_use]
    pub const fn view(&self) -> LatencyView {
        self.view
    }

    /// The first token came after `took`.
    pub fn first_token(&mut self, now: Duration, took: Duration) {
        self.observe(now, took.as_secs_f64());
    }

    /// After the first token, `tokens` came in `took`. None are no observation.
    pub fn generated(&mut self, now: Duration, tokens: u64, took: Duration) {
        if tokens == 0 {
            return;
        }
        let pace = took.as_secs_f64() / tokens as f64;
        let weight = self.paced_at.map_or(0.0, |at| self.weight(now, at));
        self.view.per_token = self.view.per_token.mul_add(weight, pace * (1.0 - weight));
        self.paced_at = Some(self.paced_at.map_or(now, |at| at.max(now)));
    }

    /// The attempt failed after `took`, in a way that says something of the
    /// target (its `Health` in the error table is not `Ignored`): that counts as
    /// slow. It doubles the estimate, save where it began before the last failure:
    /// what is in flight fails together, of one cause.
    pub fn failed(&mut self, now: Duration, took: Duration) {
        let together = self.failed_at.is_some_and(|at| now.saturating_sub(took) < at);
        let doubles = self.view.seen_at.is_some() && !together;
        let doubled = if doubles { self.view.first_token * 2.0 } else { 0.0 };
        self.failed_at = Some(self.failed_at.map_or(now, |at| at.max(now)));
        let least = self.config.failure.as_secs_f64();
        let counts = doubled.max(least).min(self.config.longest_failure.as_secs_f64());
        self.observe(now, counts.max(took.as_secs_f64()));
    }

    /// A request waits, or waited until it was cancelled, for its first token
    /// since `waited`: it takes at least that.
    pub fn took_at_least(&mut self, now: Duration, waited: Duration) {
        let waited = waited.as_secs_f64();
        if waited > self.view.first_token {
            self.observe(now, waited);
        }
    }

    fn observe(&mut self, now: Duration, took: f64) {
        let view = self.view;
        let estimate = match view.seen_at {
            Some(at) if took <= view.first_token => {
                let weight = self.weight(now, at);
                view.first_token.mul_add(weight, took * (1.0 - weight))
            }
            _ => took,
        };
        self.view.first_token = estimate;
        self.view.seen_at = Some(view.seen_at.map_or(now, |at| at.max(now)));
    }

    /// What the past still counts for.
    fn weight(&self, now: Duration, at: Duration) -> f64 {
        (-now.saturating_sub(at).as_secs_f64() / self.view.decay).exp()
    }
}

#[cfg(test)]
#[path = "latency_tests.rs"]
mod tests;
