//! When a second attempt is started beside one that is slow to answer.
//!
//! Hedging buys a shorter tail with duplicate work ("The Tail at Scale", Dean
//! and Barroso, 2013: after the 95th percentile of latency, about five per cent
//! more load). Here each duplicate costs money, so that three things bound it:
//! the target's own percentile, from enough samples; the client's retry budget;
//! and a share of what is spent. Only before the first token: after it, the
//! answer is on its way. Streams are measured by streams and plain calls, which have
//! their first token at the end, by plain calls. Off by default.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::retry_budget::RetryBudget;
use crate::error::Result;
use crate::rotating::Rotating;
use crate::types::fields::{is_share, require, seconds};

/// The settings of a [`Hedging`].
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HedgeConfig {
    /// Default false: it sends, and pays for, what was not asked for.
    pub enabled: bool,
    /// Times to the first token of the target from which on its 95th percentile
    /// is believed. Default 50: below that, it is the second or third worst seen.
    pub minimum_samples: u64,
    /// Never hedged before, in seconds. Default 0.1.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub shortest_wait: Duration,
    /// The share of the last hour's spending that may go into hedges, from 0 to
    /// 1, or null for no such cap. Default 0.05. While it is set, a request of
    /// unknown price is not hedged.
    pub money_share: Option<f64>,
}

impl Default for HedgeConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            minimum_samples: 50,
            shortest_wait: Duration::from_millis(100),
            money_share: Some(0.05),
        }
    }
}

impl HedgeConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        require(self.minimum_samples > 0, place, "minimum_samples", "at least 1")?;
        let share = self.money_share.is_none_or(is_share);
        require(share, place, "money_share", "a number from 0 to 1, or null")
    }
}

/// Whether a hedge is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hedge {
    Start,
    /// The first token has come.
    TokensFlow,
    /// The client has used up its retries and hedges.
    NoRetryBudget,
    /// It would pass the share of spending.
    NoMoney,
    /// A share of spending is set, and this request's price is not known.
    PriceUnknown,
}

/// US dollars spent in a slice of the last hour.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    all: f64,
    hedges: f64,
}

const HOUR: Duration = Duration::from_secs(3600);

/// Decides on hedges; one for the client.
#[derive(Clone, Debug)]
pub struct Hedging {
    config: HedgeConfig,
    spent: Rotating<Spent, 12>,
}

impl Hedging {
    #[must_use]
    pub fn new(config: HedgeConfig) -> Self {
        Self { config, spent: Rotating::new(HOUR) }
    }

    /// How long after an attempt's start a hedge is to be thought of: after the
    /// 95th percentile of its target's time to first token. None where hedging
    /// is off or too little is known of the target. Reads the configuration
    /// alone: no lock is needed.
    #[must_use]
    pub fn after(&self, samples: u64, p95: Option<Duration>) -> Option<Duration> {
        if !self.config.enabled || samples < self.config.minimum_samples {
            return None;
        }
        p95.map(|p95| p95.max(self.config.shortest_wait))
    }

    /// Decides once that time has passed; a hedge that is started has been taken
    /// from `budget`, and `cost` reckoned as spent. `cost` is what the hedge is
    /// expected to cost in US dollars, if its price is known.
    pub fn decide(
        &mut self,
        now: Duration,
        first_token_came: bool,
        cost: Option<f64>,
        budget: &mut RetryBudget,
    ) -> Hedge {
        if first_token_came {
            return Hedge::TokensFlow;
        }
        if let Some(share) = self.config.money_share {
            let Some(cost) = cost.filter(|cost| cost.is_finite()) else { return Hedge::PriceUnknown };
            let (mut all, mut hedges) = (0.0, 0.0);
            for slice in self.spent.recent(now) {
                all += slice.all;
                hedges += slice.hedges;
            }
            // What costs nothing is within any share.
            if cost > 0.0 && hedges + cost > share * (all + cost) {
                return Hedge::NoMoney;
            }
        }
        if !budget.try_withdraw(now) {
            return Hedge::NoRetryBudget;
        }
        self.spend(now, cost.unwrap_or(0.0), true);
        Hedge::Start
    }

    /// What was no hedge cost so many US dollars. A caller that adds them up
    /// elsewhere, so as not to lock for each request, may hand in sums, every few
    /// seconds.
    pub fn spent(&mut self, now: Duration, cost: f64) {
        self.spend(now, cost, false);
    }

    /// A hedge that was expected to cost `expected` did cost `actual`. A loser
    /// that was cancelled is paid for all the same, up to where it was cut.
    pub fn settle(&mut self, now: Duration, expected: Option<f64>, actual: Option<f64>) {
        self.spend(now, actual.or(expected).unwrap_or(0.0) - expected.unwrap_or(0.0), true);
    }

    fn spend(&mut self, now: Duration, cost: f64, hedge: bool) {
        if cost.is_finite() {
            self.spent.update(now, |slice| {
                slice.all += cost;
                slice.hedges += if hedge { cost } else { 0.0 };
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::RetryBudgetConfig;
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn hedging(config: serde_json::Value) -> Hedging {
        let config: HedgeConfig = serde_json::from_value(config).unwrap();
        config.validate("hedge").unwrap();
        Hedging::new(config)
    }

    #[test]
    fn waits_for_the_targets_own_percentile() {
        let on = hedging(json!({"enabled": true}));
        assert_eq!(on.after(50, Some(at(3))), Some(at(3)));
        assert_eq!(on.after(49, Some(at(3))), None, "too few samples");
        assert_eq!(on.after(50, None), None);
        assert_eq!(on.after(50, Some(Duration::from_millis(3))), Some(Duration::from_millis(100)));
        assert_eq!(hedging(json!({})).after(5000, Some(at(3))), None, "off by default");
    }

    #[test]
    fn keeps_to_its_share_of_the_last_hours_money() {
        let mut hedging = hedging(json!({"enabled": true}));
        let mut budget = RetryBudget::default();
        assert_eq!(hedging.decide(at(0), false, Some(0.01), &mut budget), Hedge::NoMoney);
        for second in 0..100 {
            hedging.spent(at(second), 0.01);
        }
        let started = (0..20)
            .filter(|_| hedging.decide(at(100), false, Some(0.01), &mut budget) == Hedge::Start)
            .count();
        assert_eq!(started, 5, "a dollar was spent, five cents of it and of themselves may be hedges");
        // One was cut early and cost less: there is room again.
        hedging.settle(at(101), Some(0.01), Some(0.001));
        assert_eq!(hedging.decide(at(101), false, Some(0.009), &mut budget), Hedge::Start);
        assert_eq!(hedging.decide(at(101), false, Some(0.009), &mut budget), Hedge::NoMoney);
        assert_eq!(hedging.decide(at(101), false, Some(0.0), &mut budget), Hedge::Start, "free of charge");
        assert_eq!(hedging.decide(at(3700), false, Some(0.01), &mut budget), Hedge::NoMoney, "long ago");
    }

    #[test]
    fn a_hedge_is_part_of_what_is_spent() {
        let mut hedging = hedging(json!({"enabled": true, "money_share": 0.5}));
        let mut budget = RetryBudget::default();
        hedging.spent(at(0), 1.0);
        assert_eq!(hedging.decide(at(0), false, Some(1.01), &mut budget), Hedge::NoMoney);
        assert_eq!(hedging.decide(at(0), false, Some(1.0), &mut budget), Hedge::Start, "half of two dollars");
    }

    #[test]
    fn an_unknown_price_is_not_zero() {
        let mut capped = hedging(json!({"enabled": true}));
        let mut budget = RetryBudget::default();
        assert_eq!(capped.decide(at(0), false, None, &mut budget), Hedge::PriceUnknown);
        assert_eq!(capped.decide(at(0), false, Some(f64::NAN), &mut budget), Hedge::PriceUnknown);
        let mut free = hedging(json!({"enabled": true, "money_share": null}));
        assert_eq!(free.decide(at(0), false, None, &mut budget), Hedge::Start);
    }

    #[test]
    fn takes_from_the_retry_budget() {
        let mut hedging = hedging(json!({"enabled": true, "money_share": null}));
        let config = RetryBudgetConfig { floor_per_second: 0.1, ..RetryBudgetConfig::default() };
        let mut budget = RetryBudget::new(&config);
        assert_eq!(hedging.decide(at(0), true, None, &mut budget), Hedge::TokensFlow);
        assert_eq!(hedging.decide(at(0), false, None, &mut budget), Hedge::Start);
        assert_eq!(hedging.decide(at(0), false, None, &mut budget), Hedge::NoRetryBudget);
        assert_eq!(hedging.decide(at(10), false, None, &mut budget), Hedge::Start);
    }

    #[test]
    fn names_what_is_wrong() {
        for (given, field) in
            [(json!({"minimum_samples": 0}), "minimum_samples"), (json!({"money_share": 2}), "money_share")]
        {
            let config: HedgeConfig = serde_json::from_value(given).unwrap();
            assert_eq!(config.validate("hedge").unwrap_err().param, Some(format!("hedge.{field}")));
        }
    }
}
