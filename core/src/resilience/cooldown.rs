//! How long a target that asked for fewer requests is left alone.
//!
//! A 429 is no failure of the target: it works, and says when it wants to be
//! asked again. Where it does not say, the time doubles with each 429 that
//! follows a cooldown, and a success starts anew.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::verdict::Health;
use crate::error::Result;
use crate::types::fields::{require, seconds};

/// The settings of a [`Cooldown`]. Durations are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CooldownConfig {
    /// After the first 429 without a `Retry-After`. Default 1 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub first: Duration,
    /// The longest after 429s without a `Retry-After`. Default 60 s: the limits
    /// of providers are mostly per minute.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub longest: Duration,
    /// After the first error that says the account is used up. Default 300 s:
    /// someone has to pay, or a day has to end.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub quota_first: Duration,
    /// The longest after such errors, and the longest `Retry-After` that is
    /// believed. Default 3600 s: one request in an hour tells whether it has ended.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub quota_longest: Duration,
}

impl Default for CooldownConfig {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            quota_first: Duration::from_secs(300),
            quota_longest: Duration::from_secs(3600),
        }
    }
}

impl CooldownConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        let positive = "a positive number of seconds";
        require(!self.first.is_zero(), place, "first", positive)?;
        let longest = "a number of seconds of at least `first`";
        require(self.longest >= self.first, place, "longest", longest)?;
        require(!self.quota_first.is_zero(), place, "quota_first", positive)?;
        let longest = "a number of seconds of at least `quota_first` and `longest`";
        let most = self.quota_first.max(self.longest);
        require(self.quota_longest >= most, place, "quota_longest", longest)
    }
}

/// The cooldown of one key, or of one model with it.
#[derive(Clone, Debug)]
pub struct Cooldown {
    config: CooldownConfig,
    until: Duration,
    /// Cooldowns in a row, of either sort.
    in_a_row: u32,
}

impl Cooldown {
    #[must_use]
    pub const fn new(config: CooldownConfig) -> Self {
        Self { config, until: Duration::ZERO, in_a_row: 0 }
    }

    /// A request failed. `retry_after` is in seconds, as in an error. Failures
    /// that do not ask for a cooldown are ignored.
    ///
    /// Many requests in flight fail together: those that fail while it is
    /// cooling down already are of the same cause. They can make this cooldown
    /// longer, by what they say, but not the next ones.
    pub fn failed(&mut self, now: Duration, health: Health, retry_after: Option<f64>) {
        let (first, longest) = match health {
            Health::CoolsDown => (self.config.first, self.config.longest),
            Health::CoolsDownLong => (self.config.quota_first, self.config.quota_longest),
            Health::Counts | Health::Ignored => return,
        };
        if now >= self.until {
            self.in_a_row = self.in_a_row.saturating_add(1);
        }
        // A wait of zero says no more than none: believed, it would be a tight loop.
        let said = retry_after
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .filter(|wait| !wait.is_zero())
            .map(|wait| wait.min(self.config.quota_longest));
        let doublings = self.in_a_row.saturating_sub(1).min(31);
        let grown = first.saturating_mul(1 << doublings).min(longest);
        let wait = match health {
            // An account that is used up may come with a hint meant for its rate limits.
            Health::CoolsDownLong => said.unwrap_or_default().max(grown),
            _ => said.unwrap_or(grown),
        };
        self.until = self.until.max(now.saturating_add(wait));
    }

    /// A request succeeded. One that succeeds during a cooldown was begun
    /// before it, and changes nothing.
    pub const fn succeeded(&mut self, now: Duration) {
        if now.as_nanos() >= self.until.as_nanos() {
            self.in_a_row = 0;
        }
    }

    /// From when on it may be asked again: one number that can be published for
    /// readers without a lock. It changes only in [`failed`](Self::failed).
    #[must_use]
    pub const fn available_at(&self) -> Duration {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn doubles_from_a_second_to_a_minute_and_starts_anew_after_a_success() {
        let mut cooldown = Cooldown::new(CooldownConfig::default());
        let mut now = at(0);
        for expected in [1, 2, 4, 8, 16, 32, 60, 60] {
            cooldown.failed(now, Health::CoolsDown, None);
            assert_eq!(cooldown.available_at() - now, at(expected * 1000));
            now = cooldown.available_at();
        }
        cooldown.succeeded(now);
        cooldown.failed(now, Health::CoolsDown, None);
        assert_eq!(cooldown.available_at() - now, at(1000));
    }

    #[test]
    fn requests_that_fail_together_are_one_cause() {
        let mut cooldown = Cooldown::new(CooldownConfig::default());
        for millisecond in 0..50 {
            cooldown.failed(at(millisecond), Health::CoolsDown, None);
        }
        assert_eq!(cooldown.available_at(), at(1049));
        // Begun before, succeeded within: no reason to ask sooner, or to forget.
        cooldown.succeeded(at(500));
        assert_eq!(cooldown.available_at(), at(1049));
        cooldown.failed(at(1049), Health::CoolsDown, None);
        assert_eq!(cooldown.available_at(), at(3049));
    }

    #[test]
    fn retry_after_is_taken_as_given_up_to_an_hour() {
        for (said, expected) in
            [(0.25, 250), (7.0, 7000), (86_400.0, 3_600_000), (0.0, 1000), (-1.0, 1000), (f64::NAN, 1000)]
        {
            let mut cooldown = Cooldown::new(CooldownConfig::default());
            cooldown.failed(at(0), Health::CoolsDown, Some(said));
            assert_eq!(cooldown.available_at(), at(expected), "{said}");
        }
        let mut cooldown = Cooldown::new(CooldownConfig::default());
        cooldown.failed(at(0), Health::CoolsDown, Some(10.0));
        cooldown.failed(at(1000), Health::CoolsDown, Some(2.0));
        assert_eq!(cooldown.available_at(), at(10_000), "a shorter word does not shorten it");
    }

    #[test]
    fn a_used_up_account_cools_down_long() {
        let mut cooldown = Cooldown::new(CooldownConfig::default());
        let mut now = at(0);
        for expected in [300, 600, 1200, 2400, 3600, 3600] {
            cooldown.failed(now, Health::CoolsDownLong, Some(1.0));
            assert_eq!(cooldown.available_at() - now, at(expected * 1000));
            now = cooldown.available_at();
        }
    }

    #[test]
    fn other_failures_are_the_breakers() {
        let mut cooldown = Cooldown::new(CooldownConfig::default());
        cooldown.failed(at(5), Health::Counts, Some(9.0));
        cooldown.failed(at(5), Health::Ignored, Some(9.0));
        assert_eq!(cooldown.available_at(), at(0));
    }

    #[test]
    fn names_what_is_wrong() {
        for (given, field) in [
            (json!({"first": 0}), "first"),
            (json!({"longest": 0.5}), "longest"),
            (json!({"quota_first": 0}), "quota_first"),
            (json!({"quota_longest": 299}), "quota_longest"),
        ] {
            let config: CooldownConfig = serde_json::from_value(given).unwrap();
            assert_eq!(config.validate("cooldown").unwrap_err().param, Some(format!("cooldown.{field}")));
        }
        assert!(CooldownConfig::default().validate("cooldown").is_ok());
    }
}
