//! When a breaker opens, for how long, and what closes it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::types::fields::{is_share, optional_seconds, require, seconds};

/// The settings of a [`Breaker`](super::Breaker). Durations are seconds; a
/// trigger set to null is off.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BreakerConfig {
    /// Failures in a row that open it. Default 5, as in Envoy. From `minimum_calls` in the
    /// window on the run must be longer at a target that fails now and then: so long that
    /// its share of failures would make it by chance less than once in ten windows (9 in
    /// a row at one failure in five and 40,000 calls a window).
    pub consecutive_failures: Option<u32>,
    /// Share of the window's calls whose failure opens it, above 0 and up to 1.
    /// Default 0.5, as in Hystrix.
    pub failure_share: Option<f64>,
    /// How long a call is slow, in seconds. Default null: what is slow depends
    /// on the model, and one that reasons for minutes is not ill.
    #[serde(with = "optional_seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub slow_call: Option<Duration>,
    /// Share of the window's calls whose slowness opens it, above 0 and up to 1.
    /// Default 0.9.
    pub slow_share: f64,
    /// The shares are looked at from so many calls in the window on. Default 20,
    /// as in Hystrix.
    pub minimum_calls: u32,
    /// How long a call counts for the shares. Default 60 s: calls to models take
    /// seconds, where Hystrix' window of 10 s would see but a few.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub window: Duration,
    /// How long it is open the first time. Default 5 s, as in Hystrix: most
    /// failures are short, and a probe costs one request.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub open_for: Duration,
    /// How many times longer it is open when it opens again. Default 2.
    pub growth: f64,
    /// The longest it is open. Default 300 s, as in Envoy.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub longest_open: Duration,
    /// Calls in flight while half-open. Default 2.
    pub probes: u32,
    /// Successes that close it again. Default 2: one may be luck.
    pub successes_to_close: u32,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self {
            consecutive_failures: Some(5),
            failure_share: Some(0.5),
            slow_call: None,
            slow_share: 0.9,
            minimum_calls: 20,
            window: Duration::from_secs(60),
            open_for: Duration::from_secs(5),
            growth: 2.0,
            longest_open: Duration::from_secs(300),
            probes: 2,
            successes_to_close: 2,
        }
    }
}

impl BreakerConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        const SHARE: &str = "a number above 0 and up to 1";
        let share = |number: f64| is_share(number) && number > 0.0;
        let positive = "a positive number of seconds";
        require(self.consecutive_failures != Some(0), place, "consecutive_failures", "at least 1, or null")?;
        require(self.failure_share.is_none_or(share), place, "failure_share", SHARE)?;
        require(self.slow_call != Some(Duration::ZERO), place, "slow_call", positive)?;
        require(share(self.slow_share), place, "slow_share", SHARE)?;
        require(self.minimum_calls > 0, place, "minimum_calls", "at least 1")?;
        require(!self.window.is_zero(), place, "window", positive)?;
        require(!self.open_for.is_zero(), place, "open_for", positive)?;
        require((1.0..=100.0).contains(&self.growth), place, "growth", "a number from 1 to 100")?;
        require(
            self.longest_open >= self.open_for,
            place,
            "longest_open",
            "a number of seconds of at least `open_for`",
        )?;
        require(self.probes > 0, place, "probes", "at least 1")?;
        require(self.successes_to_close > 0, place, "successes_to_close", "at least 1")
    }
}
