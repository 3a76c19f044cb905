//! Whether and when the same target is tried again.
//!
//! The one place that retries: neither transport nor dialects do, so that
//! retries never multiply.

use std::time::Duration;

use crate::error::{ErrorDetails, ErrorKind, TimeLimit};

/// How often and how fast to try again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts after the first.
    pub max_retries: u32,
    /// The first wait, before jitter. It doubles with each retry.
    pub first_wait: Duration,
    /// The longest wait, before jitter.
    pub longest_wait: Duration,
    /// A provider that asks for a longer wait than this is not waited for.
    pub longest_retry_after: Duration,
}

impl RetryPolicy {
    /// The waits are those of OpenAI's SDKs: 0.5 s doubling to 8 s.
    #[must_use]
    pub const fn new(max_retries: u32) -> Self {
        Self {
            max_retries,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            longest_retry_after: Duration::from_secs(60),
        }
    }

    /// Decides after failure number `failures` (1 is the first).
    ///
    /// `should_retry` is the provider's own word (`x-should-retry`). The wait is
    /// exponential with up to a quarter taken off by chance, and never shorter
    /// than the provider's `Retry-After`.
    pub fn decide(
        &self,
        error: &ErrorDetails,
        should_retry: Option<bool>,
        failures: u32,
        random: &mut fastrand::Rng,
    ) -> Decision {
        if failures > self.max_retries || !should_retry.unwrap_or_else(|| can_help(error)) {
            return Decision::GiveUp;
        }
        let doublings = failures.saturating_sub(1).min(16);
        let wait = self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait);
        let wait = wait.mul_f64(1.0 - 0.25 * random.f64());
        let floor = error
            .retry_after
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .unwrap_or_default();
        if floor > self.longest_retry_after {
            return Decision::GiveUp;
        }
        Decision::Retry { wait: wait.max(floor) }
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

/// Whether the same target may answer when asked again: the error table.
fn can_help(error: &ErrorDetails) -> bool {
    match error.kind {
        ErrorKind::RateLimit
        | ErrorKind::Overloaded
        | ErrorKind::InternalServer
        | ErrorKind::ApiConnection => true,
        // The whole time is used up: nothing is left to retry in.
        ErrorKind::ApiTimeout => error.limit != Some(TimeLimit::Total),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn decide(error: &Error, failures: u32) -> Decision {
        RetryPolicy::new(2).decide(error, None, failures, &mut fastrand::Rng::with_seed(1))
    }

    #[test]
    fn waits_double_and_shrink_by_at_most_a_quarter() {
        let error = Error::new(ErrorKind::Overloaded, "busy");
        for seed in 0..100 {
            let mut random = fastrand::Rng::with_seed(seed);
            for (failures, wait) in [(1, 0.5), (2, 1.0), (3, 2.0), (6, 8.0)] {
                let decision = RetryPolicy::new(9).decide(&error, None, failures, &mut random);
                let Decision::Retry { wait: got } = decision else { panic!("{decision:?}") };
                assert!((wait * 0.75..=wait).contains(&got.as_secs_f64()), "{failures}: {got:?}");
            }
        }
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
        assert!(matches!(policy.decide(&refused, Some(true), 1, &mut random), Decision::Retry { .. }));
        let busy = Error::new(ErrorKind::Overloaded, "busy");
        assert_eq!(policy.decide(&busy, Some(false), 1, &mut random), Decision::GiveUp);
    }
}
