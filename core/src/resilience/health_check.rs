//! When a target is asked in the background whether it works, and what follows.
//!
//! Nobody is asked unasked: a check may cost money. The thresholds are HAProxy's (`fall
//! 3`, `rise 2`). What a check is (an endpoint, a tiny request) and how it is
//! sent is the caller's; this says when, and takes the results. What requests
//! themselves show of a target's health is the [breaker](super::Breaker)'s.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::types::fields::{require, seconds};

/// The settings of a [`HealthCheck`]. Durations are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HealthCheckConfig {
    /// From the start of a check to the start of the next. Default 30 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub interval: Duration,
    /// After which a check has failed; at most `interval`. Default 10 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub timeout: Duration,
    /// Failures in a row after which the target is unhealthy. Default 3.
    pub unhealthy_after: u32,
    /// Successes in a row after which it is healthy again. Default 2.
    pub healthy_after: u32,
}

impl Default for HealthCheckConfig {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(10),
            unhealthy_after: 3,
            healthy_after: 2,
        }
    }
}

impl HealthCheckConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        let positive = "a positive number of seconds";
        require(!self.interval.is_zero(), place, "interval", positive)?;
        let timeout = !self.timeout.is_zero() && self.timeout <= self.interval;
        require(timeout, place, "timeout", "a positive number of seconds of at most `interval`")?;
        require(self.unhealthy_after > 0, place, "unhealthy_after", "at least 1")?;
        require(self.healthy_after > 0, place, "healthy_after", "at least 1")
    }
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextCheck {
    /// Start check `number`; its result goes into [`HealthCheck::finished`].
    Start { number: u64 },
    /// The check `number` ran out of time and has failed: stop it, then ask again.
    TimedOut { number: u64 },
    /// Nothing before this time.
    At(Duration),
}

/// The checks of one target.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    config: HealthCheckConfig,
    next_at: Duration,
    /// The number of the check that runs, and when it runs out of time.
    running: Option<(u64, Duration)>,
    number: u64,
    /// A target is healthy until found otherwise.
    healthy: bool,
    /// Results in a row that are unlike `healthy`.
    against: u32,
}

impl HealthCheck {
    /// The first check comes at a random time within the interval, so that a
    /// thousand targets are not all asked at once.
    #[must_use]
    pub fn new(config: HealthCheckConfig, now: Duration, random: &mut fastrand::Rng) -> Self {
        let next_at = now + config.interval.mul_f64(random.f64());
        Self { config, next_at, running: None, number: 0, healthy: true, against: 0 }
    }

    /// What to do at `now`. Ask again after each answer but `At`.
    pub fn next(&mut self, now: Duration) -> NextCheck {
        if let Some((number, until)) = self.running {
            if now < until {
                return NextCheck::At(until);
            }
            self.finished(number, false);
            return NextCheck::TimedOut { number };
        }
        if now < self.next_at {
            return NextCheck::At(self.next_at);
        }
        // Checks that were missed, as while the process slept, are not made up for.
        self.next_at = now.saturating_add(self.config.interval);
        self.number += 1;
        self.running = Some((self.number, now.saturating_add(self.config.timeout)));
        NextCheck::Start { number: self.number }
    }

    /// Check `number` ended. The result of one that has timed out is ignored.
    pub fn finished(&mut self, number: u64, succeeded: bool) {
        if self.running.is_none_or(|(running, _)| running != number) {
            return;
        }
        self.running = None;
        if succeeded == self.healthy {
            self.against = 0;
            return;
        }
        self.against += 1;
        let enough = if self.healthy { self.config.unhealthy_after } else { self.config.healthy_after };
        if self.against >= enough {
            self.healthy = !self.healthy;
            self.against = 0;
        }
    }

    /// The check that runs, if one does, was left: it says nothing.
    pub const fn abandon(&mut self) {
        self.running = None;
    }

    /// Whether the target passes for healthy: one bit that can be published for
    /// readers without a lock. It changes in [`next`](Self::next), by a timeout,
    /// and [`finished`](Self::finished).
    #[must_use]
    pub const fn healthy(&self) -> bool {
        self.healthy
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A check whose first is due at second 0.
    fn check() -> HealthCheck {
        let mut check =
            HealthCheck::new(HealthCheckConfig::default(), at(0), &mut fastrand::Rng::with_seed(1));
        check.next_at = at(0);
        check
    }

    fn run(check: &mut HealthCheck, now: Duration, succeeds: bool) {
        let NextCheck::Start { number } = check.next(now) else { panic!("none is due at {now:?}") };
        check.finished(number, succeeds);
    }

    #[test]
    fn three_failures_make_it_unhealthy_and_two_successes_healthy() {
        let mut check = check();
        let results = [false, false, true, false, false, false, true, false, true, true];
        let healthy = [true, true, true, true, true, false, false, false, false, true];
        for (index, (succeeds, healthy)) in (0..).zip(results.into_iter().zip(healthy)) {
            run(&mut check, at(30 * index), succeeds);
            assert_eq!(check.healthy(), healthy, "after check {index}");
            assert_eq!(check.next(at(30 * index + 29)), NextCheck::At(at(30 * index + 30)));
        }
    }

    #[test]
    fn a_check_that_hangs_has_failed_after_its_time() {
        let mut check = check();
        for number in 1..=3 {
            let start = at(30 * (number - 1));
            assert_eq!(check.next(start), NextCheck::Start { number });
            assert_eq!(check.next(start + at(9)), NextCheck::At(start + at(10)));
            assert!(check.healthy());
            assert_eq!(check.next(start + at(10)), NextCheck::TimedOut { number });
            check.finished(number, true);
            assert_eq!(check.next(start + at(10)), NextCheck::At(start + at(30)));
        }
        assert!(!check.healthy(), "what came after the timeout was ignored");
    }

    #[test]
    fn one_that_was_left_counts_neither_way() {
        let mut check = check();
        run(&mut check, at(0), false);
        run(&mut check, at(30), false);
        assert_eq!(check.next(at(60)), NextCheck::Start { number: 3 });
        check.abandon();
        check.finished(3, false);
        assert_eq!(check.next(at(75)), NextCheck::At(at(90)));
        assert!(check.healthy());
    }

    #[test]
    fn missed_checks_are_not_made_up_for() {
        let mut check = check();
        run(&mut check, at(1000), true);
        assert_eq!(check.next(at(1000)), NextCheck::At(at(1030)));
    }

    #[test]
    fn the_first_checks_of_many_are_spread() {
        let mut random = fastrand::Rng::with_seed(1);
        let config = HealthCheckConfig::default();
        let mut due = [0_u32; 30];
        for _ in 0..3000 {
            let NextCheck::At(first) = HealthCheck::new(config, at(50), &mut random).next(at(50)) else {
                continue;
            };
            due[usize::try_from(first.as_secs() - 50).unwrap()] += 1;
        }
        assert!(due.iter().all(|count| (50..160).contains(count)), "{due:?}");
    }

    #[test]
    fn names_what_is_wrong() {
        for (given, field) in [
            (json!({"interval": 0}), "interval"),
            (json!({"timeout": 0}), "timeout"),
            (json!({"timeout": 31}), "timeout"),
            (json!({"unhealthy_after": 0}), "unhealthy_after"),
            (json!({"healthy_after": 0}), "healthy_after"),
        ] {
            let config: HealthCheckConfig = serde_json::from_value(given).unwrap();
            assert_eq!(
                config.validate("health_check").unwrap_err().param,
                Some(format!("health_check.{field}"))
            );
        }
    }
}
