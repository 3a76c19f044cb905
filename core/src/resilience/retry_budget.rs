//! How many retries and hedges the client as a whole may afford.
//!
//! A limit of retries per request does not keep a failing provider from getting
//! three times its load: a share of all traffic does. Modelled on Finagle's
//! `RetryBudget` (a leaky bucket: deposits and withdrawals both expire), with
//! its defaults. One budget for the client, shared by retries and hedges.
//! Falling over to another target is no retry and takes nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::rotating::Rotating;
use crate::types::fields::{require, seconds};

/// The pieces in which the window moves on.
const SLICES: usize = 10;

/// One retry, in the unit of the account: shares of it stay whole numbers.
const ONE: i64 = 1_000_000;

/// How much may be spent on retries and hedges.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetryBudgetConfig {
    /// Retries and hedges per request. Default 0.2: at most a fifth more load.
    pub share: f64,
    /// Retries and hedges per second allowed beside the share. Default 10, for
    /// clients that have just started or send little: the share of few requests
    /// is less than one retry.
    pub floor_per_second: f64,
    /// How long a request counts, in seconds, from 1 to 60. Default 10.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub window: Duration,
}

impl Default for RetryBudgetConfig {
    fn default() -> Self {
        Self { share: 0.2, floor_per_second: 10.0, window: Duration::from_secs(10) }
    }
}

impl RetryBudgetConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        let window = self.window.as_secs_f64();
        require((0.0..=1000.0).contains(&self.share), place, "share", "a number from 0 to 1000")?;
        require(
            (0.0..=1e6).contains(&self.floor_per_second),
            place,
            "floor_per_second",
            "a number from 0 to 1000000",
        )?;
        require((1.0..=60.0).contains(&window), place, "window", "a number of seconds from 1 to 60")
    }
}

/// The account. What it holds is what happened in the last window, so its
/// memory is bounded: ten sums.
///
/// At each retry that it allows, the retries of the window so far are at most
/// `share` × the requests of the window + `floor_per_second` × `window`.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    per_request: i64,
    reserve: i64,
    /// Deposits less withdrawals.
    account: Rotating<i64, SLICES>,
}

impl RetryBudget {
    #[must_use]
    pub fn new(config: &RetryBudgetConfig) -> Self {
        Self {
            per_request: whole(config.share),
            reserve: whole(config.floor_per_second * config.window.as_secs_f64()),
            account: Rotating::new(config.window),
        }
    }

    /// Requests began: each once, however often it is tried. A caller that counts
    /// them elsewhere, so as not to lock for each, may hand them in together, at
    /// least ten times per window.
    pub fn deposit(&mut self, now: Duration, requests: u32) {
        let amount = self.per_request.saturating_mul(i64::from(requests));
        self.account.update(now, |sum| *sum = sum.saturating_add(amount));
    }

    /// Whether one more retry or hedge may be made; if so, it is taken.
    pub fn try_withdraw(&mut self, now: Duration) -> bool {
        let allowed = self.left(now) >= ONE;
        if allowed {
            self.account.update(now, |sum| *sum = sum.saturating_sub(ONE));
        }
        allowed
    }

    /// Retries and hedges that may be made now.
    #[must_use]
    pub fn balance(&self, now: Duration) -> u64 {
        u64::try_from(self.left(now) / ONE).unwrap_or(0)
    }

    fn left(&self, now: Duration) -> i64 {
        self.account.recent(now).fold(self.reserve, |sum, slice| sum.saturating_add(*slice))
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(&RetryBudgetConfig::default())
    }
}

/// Retries in the unit of the account.
#[allow(clippy::cast_possible_truncation, reason = "validated far below the range of i64; `as` saturates")]
fn whole(retries: f64) -> i64 {
    (retries * ONE as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn taken(budget: &mut RetryBudget, now: Duration, wanted: u32) -> u32 {
        (0..wanted).map(|_| u32::from(budget.try_withdraw(now))).sum()
    }

    #[test]
    fn a_fifth_of_the_traffic_and_the_floor() {
        let mut budget = RetryBudget::default();
        assert_eq!(taken(&mut budget, at(0), 1000), 100, "the floor of ten seconds, at once");
        for millisecond in 1..=1000 {
            budget.deposit(at(millisecond), 1);
        }
        assert_eq!(budget.balance(at(1000)), 200);
        assert_eq!(taken(&mut budget, at(1000), 1000), 200);
        // Each second is forgotten whole, ten seconds after its start: first the
        // hundred retries of second 0 and the requests that paid for those of second 1.
        assert_eq!(taken(&mut budget, at(10_999), 1), 0);
        assert_eq!(taken(&mut budget, at(11_000), 1000), 100);
    }

    #[test]
    fn without_a_floor_five_requests_pay_for_one_retry() {
        let config: RetryBudgetConfig = serde_json::from_value(json!({"floor_per_second": 0})).unwrap();
        let mut budget = RetryBudget::new(&config);
        for request in 0..4 {
            budget.deposit(at(request), 1);
            assert!(!budget.try_withdraw(at(request)));
        }
        budget.deposit(at(4), 1);
        assert!(budget.try_withdraw(at(4)) && !budget.try_withdraw(at(4)));
        // What a request pays in is gone with its window.
        budget.deposit(at(20_000), 5);
        assert_eq!(budget.balance(at(29_999)), 1);
        assert_eq!(budget.balance(at(30_000)), 0);
    }

    /// Whatever is asked, what was allowed in any window keeps to the rule.
    #[test]
    fn never_more_than_the_share_and_the_floor() {
        for seed in 0..500 {
            let mut random = fastrand::Rng::with_seed(seed);
            let config = RetryBudgetConfig {
                share: f64::from(random.u32(0..=4)) / 4.0,
                floor_per_second: f64::from(random.u32(0..=2)),
                window: Duration::from_secs(random.u64(1..=10)),
            };
            let mut budget = RetryBudget::new(&config);
            let slice = config.window / 10;
            let number = |at: Duration| at.as_nanos() / slice.as_nanos();
            let (mut requests, mut retries) = (Vec::new(), Vec::new());
            let mut now = Duration::ZERO;
            for _ in 0..120 {
                now += Duration::from_millis(random.u64(0..300));
                let in_window = |events: &[Duration]| {
                    events.iter().filter(|at| number(now) - number(**at) < 10).count() as f64
                };
                if random.u8(0..10) < 6 {
                    budget.deposit(now, 1);
                    requests.push(now);
                    continue;
                }
                let floor = config.floor_per_second * config.window.as_secs_f64();
                let most = config.share * in_window(&requests) + floor;
                let fits = in_window(&retries) + 1.0 <= most + 1e-9;
                assert_eq!(budget.try_withdraw(now), fits, "seed {seed} at {now:?}");
                if fits {
                    retries.push(now);
                }
            }
        }
    }

    #[test]
    fn names_what_is_wrong() {
        for (given, place) in [
            (json!({"share": -0.1}), "retry_budget.share"),
            (json!({"floor_per_second": -1}), "retry_budget.floor_per_second"),
            (json!({"window": 0.5}), "retry_budget.window"),
            (json!({"window": 61}), "retry_budget.window"),
        ] {
            let config: RetryBudgetConfig = serde_json::from_value(given).unwrap();
            assert_eq!(config.validate("retry_budget").unwrap_err().param.as_deref(), Some(place));
        }
        assert!(RetryBudgetConfig::default().validate("retry_budget").is_ok());
        assert!(serde_json::from_value::<RetryBudgetConfig>(json!({"windw": 1})).is_err());
    }
}
