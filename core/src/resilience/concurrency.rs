//! How many requests a target gets at a time, found out by trying.
//!
//! Two algorithms, both from Netflix' concurrency-limits and, before it, from
//! TCP's congestion control:
//!
//! - `aimd` (`AIMDLimit`; RFC 5681 for the step): one more for each round of
//!   successes, a share less after a request that was dropped. For services
//!   that refuse when they are full.
//! - `gradient` (`Gradient2Limit`): compares each latency with its long average,
//!   and shrinks before anything is refused. For servers that queue, as those
//!   that one runs oneself do. Latency must then be one that does not depend on
//!   the length of the answer: time to first token.
//!
//! Drops of one round count once: requests in flight fail together, and fifty
//! times nine tenths is nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, Result};
use crate::types::fields::{is_share, require};

/// How the limit is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConcurrencyAlgorithm {
    #[default]
    Aimd,
    Gradient,
}

/// The settings of an [`AdaptiveConcurrency`].
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ConcurrencyConfig {
    /// Default `aimd`.
    pub algorithm: ConcurrencyAlgorithm,
    /// Requests at a time in the beginning. Default 20, as in Netflix' library.
    pub initial: u32,
    /// The least. Default 1: a local server may serve no more.
    pub least: u32,
    /// The most. Default 1000; the connection pools of clients are of that order.
    pub most: u32,
    /// For `aimd`: what is left of the limit after a drop, from 0.1 to below 1.
    /// Default 0.9, as in Netflix' library.
    pub decrease: f64,
    /// For `gradient`: how many times the long average a latency may be before
    /// the limit shrinks, at least 1. Default 1.5, as in Netflix' library.
    pub tolerance: f64,
    /// For `gradient`: how fast the limit follows, above 0 and up to 1. Default
    /// 0.2, as in Netflix' library.
    pub smoothing: f64,
    /// For `gradient`: requests that may queue at the target, by which the limit
    /// grows while latency holds. Default 4, as in Netflix' library.
    pub queue: u32,
}

impl Default for ConcurrencyConfig {
    fn default() -> Self {
        Self {
            algorithm: ConcurrencyAlgorithm::default(),
            initial: 20,
            least: 1,
            most: 1000,
            decrease: 0.9,
            tolerance: 1.5,
            smoothing: 0.2,
            queue: 4,
        }
    }
}

impl ConcurrencyConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        require(self.least > 0, place, "least", "at least 1")?;
        require(self.most >= self.least, place, "most", "at least `least`")?;
        let initial = (self.least..=self.most).contains(&self.initial);
        require(initial, place, "initial", "from `least` to `most`")?;
        require((0.1..1.0).contains(&self.decrease), place, "decrease", "a number from 0.1 to below 1")?;
        require((1.0..=100.0).contains(&self.tolerance), place, "tolerance", "a number from 1 to 100")?;
        let smoothing = is_share(self.smoothing) && self.smoothing > 0.0;
        require(smoothing, place, "smoothing", "a number above 0 and up to 1")
    }
}

/// A request in flight; it must be handed back with
/// [`AdaptiveConcurrency::on_end`].
#[derive(Clone, Copy, Debug)]
#[must_use = "hand it back with `AdaptiveConcurrency::on_end`"]
pub struct InFlight {
    /// The number of decreases before it.
    decreases: u64,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    Success,
    /// Too much for the target: 429, overloaded, out of time.
    Drop,
    /// Says nothing of its load: cancelled, a wrong request, no connection.
    Ignored,
}

impl From<ErrorKind> for EndedBy {
    /// Which failures speak of load: the target refused for it, or was too slow.
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::RateLimit | ErrorKind::Overloaded | ErrorKind::ApiTimeout => Self::Drop,
            _ => Self::Ignored,
        }
    }
}

/// Samples of the long average, and those of them that are a plain mean at the
/// start; both as in Netflix' library.
const LONG_SAMPLES: f64 = 600.0;
const FIRST_SAMPLES: u32 = 10;

/// The limit of one target.
#[derive(Clone, Debug)]
pub struct AdaptiveConcurrency {
    config: ConcurrencyConfig,
    limit: f64,
    in_flight: u32,
    decreases: u64,
    /// The long average of latencies, in seconds, and its samples.
    average: f64,
    samples: u32,
}

impl AdaptiveConcurrency {
    #[must_use]
    pub fn new(config: ConcurrencyConfig) -> Self {
        Self {
            limit: f64::from(config.initial),
            in_flight: 0,
            decreases: 0,
            average: 0.0,
            samples: 0,
            config,
        }
    }

    /// Requests that may be in flight at a time. It can be published for readers
    /// without a lock; it changes only in [`on_end`](Self::on_end).
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "kept between `least` and `most`, which are u32"
    )]
    pub const fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// Requests in flight.
    #[must_use]
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// Whether one more may be sent.
    #[must_use]
    pub const fn has_room(&self) -> bool {
        self.in_flight < self.limit()
    }

    /// A request is sent, whether or not there is room.
    pub const fn on_start(&mut self) -> InFlight {
        self.in_flight = self.in_flight.saturating_add(1);
        InFlight { decreases: self.decreases }
    }

    /// A request ended, after `latency`.
    pub fn on_end(&mut self, request: InFlight, latency: Duration, ended: EndedBy) {
        // Not grown while it is not used: nothing was tried.
        let in_use = f64::from(self.in_flight) >= self.limit / 2.0;
        self.in_flight = self.in_flight.saturating_sub(1);
        let wanted = match (ended, self.config.algorithm) {
            (EndedBy::Ignored, _) => return,
            (EndedBy::Drop, algorithm) => {
                if request.decreases != self.decreases {
                    return;
                }
                self.decreases += 1;
                // The gradient's library leaves drops out; half is its steepest step.
                self.limit
                    * match algorithm {
                        ConcurrencyAlgorithm::Aimd => self.config.decrease,
                        ConcurrencyAlgorithm::Gradient => {
                            0.5_f64.mul_add(self.config.smoothing, 1.0 - self.config.smoothing)
                        }
                    }
            }
            (EndedBy::Success, ConcurrencyAlgorithm::Aimd) if in_use => {
                self.limit + 1.0 / self.limit.max(1.0)
            }
            (EndedBy::Success, ConcurrencyAlgorithm::Aimd) => return,
            (EndedBy::Success, ConcurrencyAlgorithm::Gradient) => {
                let gradient = self.gradient(latency.as_secs_f64());
                if !in_use {
                    return;
                }
                let new = self.limit.mul_add(gradient, f64::from(self.config.queue));
                self.limit.mul_add(1.0 - self.config.smoothing, new * self.config.smoothing)
            }
        };
        self.limit = wanted.clamp(f64::from(self.config.least), f64::from(self.config.most));
    }

    /// `max(0.5, min(1, tolerance × long average ÷ latency))`, after the latency
    /// has gone into the average.
    fn gradient(&mut self, latency: f64) -> f64 {
        self.samples = self.samples.saturating_add(1);
        let weight = if self.samples <= FIRST_SAMPLES {
            1.0 / f64::from(self.samples)
        } else {
            2.0 / (LONG_SAMPLES + 1.0)
        };
        self.average += (latency - self.average) * weight;
        if latency <= 0.0 {
            return 1.0;
        }
        let gradient = (self.config.tolerance * self.average / latency).clamp(0.5, 1.0);
        // Back to normal after a long while of load: do not wait for the average.
        if self.average > 2.0 * latency {
            self.average *= 0.95;
        }
        gradient
    }
}

#[cfg(test)]
#[path = "concurrency_tests.rs"]
mod tests;
