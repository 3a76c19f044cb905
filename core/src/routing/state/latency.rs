//! How long a target is expected to take.
//!
//! Of streams the time to the first token is kept, of plain calls the whole time:
//! that is when their first content comes. Each is a peak EWMA, as in Finagle's load
//! balancer (twitter/finagle, `PeakEwma.scala`): a slower observation counts in full
//! at once, a faster one by the time since the last (`w = exp(-elapsed ÷ decay)`;
//! weights for unevenly spaced series, eckner.com/papers/ts_alg.pdf). So it is quick
//! to leave a target that slows down, and slow to trust it again. Time per output
//! token of streams is a plain EWMA by time.
//!
//! A target that answered in the one way only is guessed in the other: by the whole
//! time of its streams for plain calls, and for streams by that of its plain calls,
//! which is as late as a first token can come. The first own observation replaces
//! the guess. A failure says as much of the one as of the other.
//!
//! Of a target never seen nothing is expected while it is idle: one request tries it
//! at once, and until that one ends the configured guess keeps the others away. This
//! is Finagle's way, too: a cost of 0 until something was seen, and a penalty while
//! the first probe is out.
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
    /// Time to the first token, or of a whole plain call, at a target never seen, while
    /// its first request is there; an idle one is tried at once. Default 1 s, about
    /// what hosted models take until the first token.
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

/// How an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// As a stream: its first token is the first content.
    Streamed,
    /// At once: its end is the first content.
    Plain,
}

/// A peak EWMA. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// As of `seen_at`.
    pub seconds: f64,
    /// When the last observation was made; none where the target is new.
    pub seen_at: Option<Duration>,
}

/// What is expected of one target, as far as a choice needs it. Times are in
/// seconds. Reading it takes one exponential function at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatencyView {
    /// Time to first token of streams.
    pub streamed: Peak,
    /// Whole time of plain calls.
    pub plain: Peak,
    /// Whether `streamed` is of streams, and not guessed from plain calls.
    pub has_streamed: bool,
    /// Of streams.
    pub per_token: f64,
    /// The decay, in seconds.
    pub decay: f64,
}

impl LatencyView {
    /// Seconds to the first content at `now`, with `in_flight` requests there: of a
    /// stream to the first token, of a plain call to its end.
    #[must_use]
    pub fn first_token(&self, now: Duration, delivery: Delivery, in_flight: u32) -> f64 {
        let Peak { seconds, seen_at } = match delivery {
            Delivery::Streamed => self.streamed,
            Delivery::Plain => self.plain,
        };
        match seen_at {
            _ if in_flight > 0 => seconds,
            Some(at) => seconds * (-now.saturating_sub(at).as_secs_f64() / self.decay).exp(),
            // As Finagle's `PeakEwma.scala` (`Metric.get`): nothing seen and nothing
            // pending costs nothing, so that it is tried, by one request at a time.
            None => 0.0,
        }
    }

    /// Seconds per token after the first content. None after a plain answer, which is
    /// whole; and none at an idle target that has not streamed yet, for it to be tried:
    /// a guess would not fade.
    #[must_use]
    pub const fn per_token(&self, delivery: Delivery, in_flight: u32) -> f64 {
        match delivery {
            Delivery::Streamed if self.has_streamed || in_flight > 0 => self.per_token,
            Delivery::Streamed | Delivery::Plain => 0.0,
        }
    }

    /// Seconds to the end of an answer of `output_tokens`, × (`in_flight` + 1):
    /// the load that one more request would see. Zero `output_tokens` rank by
    /// the first content alone.
    #[must_use]
    pub fn load(&self, now: Duration, delivery: Delivery, in_flight: u32, output_tokens: u32) -> f64 {
        let first = self.first_token(now, delivery, in_flight);
        let one = self.per_token(delivery, in_flight).mul_add(f64::from(output_tokens), first);
        one * (f64::from(in_flight) + 1.0)
    }
}

/// What was seen of one target's speed.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    config: LatencyConfig,
    streamed: Estimate,
    plain: Estimate,
    per_token: f64,
    paced_at: Option<Duration>,
    failed_at: Option<Duration>,
}

impl Latency {
    #[must_use]
    pub const fn new(config: LatencyConfig) -> Self {
        let new = Estimate::new(&config);
        let per_token = config.per_token.as_secs_f64();
        Self { config, streamed: new, plain: new, per_token, paced_at: None, failed_at: None }
    }

    /// What a choice reads.
    #[must_use]
    pub const fn view(&self) -> LatencyView {
        LatencyView {
            streamed: self.streamed.peak,
            plain: self.plain.peak,
            has_streamed: self.streamed.own,
            per_token: self.per_token,
            decay: self.config.decay.as_secs_f64(),
        }
    }

    /// The first token of a stream came after `took`.
    pub fn first_token(&mut self, now: Duration, took: Duration) {
        self.streamed.observe(now, took);
    }

    /// A whole answer came after `took`.
    pub fn answered(&mut self, now: Duration, delivery: Delivery, took: Duration) {
        match delivery {
            Delivery::Streamed => self.plain.guess(now, took),
            Delivery::Plain => {
                self.plain.observe(now, took);
                self.streamed.guess(now, took);
            }
        }
    }

    /// After the first token of a stream, `tokens` came in `took`. None are no
    /// observation.
    pub fn generated(&mut self, now: Duration, tokens: u64, took: Duration) {
        if tokens == 0 {
            return;
        }
        let pace = took.as_secs_f64() / tokens as f64;
        let decay = self.config.decay.as_secs_f64();
        let weight = self.paced_at.map_or(0.0, |at| weight(now, at, decay));
        self.per_token = self.per_token.mul_add(weight, pace * (1.0 - weight));
        self.paced_at = Some(self.paced_at.map_or(now, |at| at.max(now)));
    }

    /// The attempt failed after `took`, in a way that says something of the
    /// target (its `Health` in the error table is not `Ignored`): that counts as
    /// slow, however the answer was to come. It doubles the estimates, save where it
    /// began before the last failure: what is in flight fails together, of one cause.
    pub fn failed(&mut self, now: Duration, delivery: Delivery, took: Duration) {
        let together = self.failed_at.is_some_and(|at| now.saturating_sub(took) < at);
        self.failed_at = Some(self.failed_at.map_or(now, |at| at.max(now)));
        let least = self.config.failure.as_secs_f64();
        let most = self.config.longest_failure.as_secs_f64();
        for (of, estimate) in [(Delivery::Streamed, &mut self.streamed), (Delivery::Plain, &mut self.plain)] {
            let doubles = estimate.peak.seen_at.is_some() && !together;
            let doubled = if doubles { estimate.peak.seconds * 2.0 } else { 0.0 };
            let counts = doubled.max(least).min(most);
            // How long a plain call was waited for says nothing of a first token.
            let waited = if of == delivery { took.as_secs_f64() } else { 0.0 };
            estimate.add(now, counts.max(waited));
            estimate.own |= of == delivery;
        }
    }

    /// A request waits, or waited until it was cancelled, for its first content
    /// since `waited`: it takes at least that. A target never seen is from then on
    /// taken to need what the configuration guesses, if that is longer: it was tried.
    pub fn took_at_least(&mut self, now: Duration, delivery: Delivery, waited: Duration) {
        let estimate = match delivery {
            Delivery::Streamed => &mut self.streamed,
            Delivery::Plain => &mut self.plain,
        };
        let waited = waited.as_secs_f64();
        if waited > estimate.peak.seconds || estimate.peak.seen_at.is_none() {
            estimate.add(now, waited.max(estimate.peak.seconds));
        }
    }
}

/// A peak that may be guessed until something of its own was seen.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    peak: Peak,
    decay: f64,
    /// Whether an answer or a failure of its own kind was seen.
    own: bool,
}

impl Estimate {
    const fn new(config: &LatencyConfig) -> Self {
        let peak = Peak { seconds: config.first_token.as_secs_f64(), seen_at: None };
        Self { peak, decay: config.decay.as_secs_f64(), own: false }
    }

    fn observe(&mut self, now: Duration, took: Duration) {
        if !self.own {
            self.own = true;
            self.peak.seconds = 0.0;
        }
        self.add(now, took.as_secs_f64());
    }

    fn guess(&mut self, now: Duration, took: Duration) {
        if !self.own {
            self.add(now, took.as_secs_f64());
        }
    }

    fn add(&mut self, now: Duration, took: f64) {
        let Peak { seconds, seen_at } = self.peak;
        self.peak.seconds = match seen_at {
            Some(at) if took <= seconds => {
                let weight = weight(now, at, self.decay);
                seconds.mul_add(weight, took * (1.0 - weight))
            }
            _ => took,
        };
        self.peak.seen_at = Some(seen_at.map_or(now, |at| at.max(now)));
    }
}

/// What the past still counts for.
fn weight(now: Duration, at: Duration, decay: f64) -> f64 {
    (-now.saturating_sub(at).as_secs_f64() / decay).exp()
}

#[cfg(test)]
#[path = "latency_tests.rs"]
mod tests;
