//! Whether and when the same target is tried again.
//!
//! The one place that retries: neither transport nor dialects do, so that
//! retries never multiply. What may be tried again is said by the error table
//! ([`verdict`]); whether the client as a whole may still afford it, by the
//! [retry budget](super::RetryBudget).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::verdict::{SameTarget, verdict};
use crate::error::{ErrorDetails, Result};
use crate::types::fields::{require, seconds};

/// How often and how fast to try again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts after the first.
    pub max_retries: u32,
    pub backoff: Backoff,
}

/// How long to wait before trying again. Durations are seconds.
///
/// Decorrelated jitter, of "Exponential Backoff And Jitter" in the AWS
/// Architecture Blog: `wait = min(longest_wait, uniform(first_wait, 3 × previous
/// wait))`, the previous of the first being `first_wait`. It grows on average by
/// half and more with each wait and spreads the clients that one failure hit,
/// which a common exponential with a little jitter does not.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Backoff {
    /// The shortest wait. Default 0.5 s, the first wait of OpenAI's SDKs.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub first_wait: Duration,
    /// The longest wait. Default 8 s, as in OpenAI's SDKs.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub longest_wait: Duration,
    /// A provider that asks for a longer wait than this is not waited for.
    /// Default 60 s, as in OpenAI's SDKs.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub longest_retry_after: Duration,
}

impl Backoff {
    /// The defaults, where a constant is needed.
    pub const DEFAULT: Self = Self {
        first_wait: Duration::from_millis(500),
        longest_wait: Duration::from_secs(8),
        longest_retry_after: Duration::from_secs(60),
    };

    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        require(
            self.longest_wait >= self.first_wait,
            place,
            "longest_wait",
            "a number of seconds of at least `first_wait`",
        )
    }

    /// The wait that follows `previous`.
    fn next(&self, previous: Option<Duration>, random: &mut fastrand::Rng) -> Duration {
        let most = previous.unwrap_or(self.first_wait).saturating_mul(3).max(self.first_wait);
        let wait = self.first_wait + (most - self.first_wait).mul_f64(random.f64());
        wait.min(self.longest_wait)
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl RetryPolicy {
    #[must_use]
    pub const fn new(max_retries: u32) -> Self {
        Self { max_retries, backoff: Backoff::DEFAULT }
    }

    /// Decides after failure number `failures` (1 is the first).
    ///
    /// `should_retry` is the provider's own word (`x-should-retry`) and stands
    /// above the error table. `previous_wait` is the wait before the attempt
    /// that failed, if there was one. The wait is never shorter than the
    /// provider's `Retry-After`.
    pub fn decide(
        &self,
        error: &ErrorDetails,
        should_retry: Option<bool>,
        failures: u32,
        previous_wait: Option<Duration>,
        random: &mut fastrand::Rng,
    ) -> Decision {
        let can_help = verdict(error).same_target != SameTarget::Never;
        if failures > self.max_retries || !should_retry.unwrap_or(can_help) {
            return Decision::GiveUp;
        }
        let floor = error
            .retry_after
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .unwrap_or_default();
        if floor > self.backoff.longest_retry_after {
            return Decision::GiveUp;
        }
        Decision::Retry { wait: self.backoff.next(previous_wait, random).max(floor) }
    }
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// Try the same target again after this wait.
    Retry {
        wait: Duration,
    },
    GiveUp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind, TimeLimit};

    fn decide(error: &Error, failures: u32) -> Decision {
        RetryPolicy::new(2).decide(error, None, failures, None, &mut fastrand::Rng::with_seed(1))
    }

    #[test]
    fn each_wait_lies_between_the_first_and_three_times_the_one_before() {
        let error = Error::new(ErrorKind::Overloaded, "busy");
        let mut sums = [0.0; 6];
        for seed in 0..1000 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut previous = None;
            for (failures, sum) in (1..).zip(&mut sums) {
                let decision = RetryPolicy::new(9).decide(&error, None, failures, previous, &mut random);
                let Decision::Retry { wait } = decision else { panic!("{decision:?}") };
                let most = (previous.map_or(1.5, |wait: Duration| wait.as_secs_f64() * 3.0)).min(8.0);
                assert!((0.5..=most).contains(&wait.as_secs_f64()), "{failures}: {wait:?} of {most}");
                previous = Some(wait);
                *sum += wait.as_secs_f64();
            }
        }
        assert!(sums.windows(2).all(|pair| pair[1] > pair[0] * 1.05), "the waits grow: {sums:?}");
        assert!((sums[0] / 1000.0 - 1.0).abs() < 0.02, "the first is a second on average: {sums:?}");
    }

    #[test]
    fn the_same_seed_waits_the_same() {
        let error = Error::new(ErrorKind::Overloaded, "busy");
        assert_eq!(decide(&error, 1), decide(&error, 1));
    }

    #[test]
    fn retry_after_is_a_floor_and_a_long_one_ends_it() {
        let mut error = Error::new(ErrorKind::RateLimit, "slow down");
        error.retry_after = Some(7.0);
        assert_eq!(decide(&error, 1), Decision::Retry { wait: Duration::from_secs(7) });
        error.retry_after = Some(61.0);
        assert_eq!(decide(&error, 1), Decision::GiveUp);
    }

    #[test]
    fn retries_end_after_the_most() {
        let error = Error::new(ErrorKind::ApiConnection, "reset");
        assert!(matches!(decide(&error, 2), Decision::Retry { .. }));
        assert_eq!(decide(&error, 3), Decision::GiveUp);
    }

    #[test]
    fn errors_that_a_retry_cannot_mend_are_given_up() {
        for kind in ErrorKind::ALL {
            let retried = matches!(decide(&Error::new(kind, "x"), 1), Decision::Retry { .. });
            let expected = matches!(
                kind,
                ErrorKind::RateLimit
                    | ErrorKind::Overloaded
                    | ErrorKind::InternalServer
                    | ErrorKind::ApiConnection
                    | ErrorKind::ApiTimeout
            );
            assert_eq!(retried, expected, "{kind:?}");
        }
        let spent = Error::new(ErrorKind::ApiTimeout, "late").with_limit(TimeLimit::Total);
        assert_eq!(decide(&spent, 1), Decision::GiveUp);
    }

    #[test]
    fn the_provider_has_the_word() {
        let mut random = fastrand::Rng::with_seed(1);
        let refused = Error::new(ErrorKind::BadRequest, "no");
        let policy = RetryPolicy::new(2);
        assert!(matches!(policy.decide(&refused, Some(true), 1, None, &mut random), Decision::Retry { .. }));
        let busy = Error::new(ErrorKind::Overloaded, "busy");
        assert_eq!(policy.decide(&busy, Some(false), 1, None, &mut random), Decision::GiveUp);
    }

    #[test]
    fn a_longest_wait_below_the_first_is_refused() {
        let read: Backoff = serde_json::from_value(serde_json::json!({"longest_wait": 0.25})).unwrap();
        let error = read.validate("retry").unwrap_err();
        assert_eq!(error.param.as_deref(), Some("retry.longest_wait"));
        assert!(Backoff::default().validate("retry").is_ok());
    }
}
