//! What a client knows of its targets, as plain data for people and dashboards.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::clock::Clock;
use super::route::States;
use super::target_state::StateView;
use crate::resilience::{BreakerState, LearnedLeft, QuotaLeft};
use crate::routing::state::{Counters, Percentiles};
use crate::types::limits::LimitUnit;

/// One target. Times are seconds, money is US dollars.
#[derive(Debug, Serialize)]
struct TargetStats {
    /// `provider/model`.
    target: String,
    #[serde(flatten)]
    counters: Counters,
    /// The share of ended attempts that were answered.
    success_rate: Option<f64>,
    breaker: BreakerState,
    /// For how long it is still left alone, by its breaker or a cooldown.
    unavailable_for_s: Option<f64>,
    /// Of the last five minutes.
    time_to_first_token_s: Option<Percentiles>,
    /// From the attempt's start to its end, of the last five minutes.
    total_s: Option<Percentiles>,
    /// What routing expects of the next request.
    expected_first_token_s: f64,
    expected_output_tokens_per_s: Option<f64>,
    quota_left: Vec<QuotaLeft>,
    /// What the provider's responses said is left.
    limits_left: Vec<LimitLeft>,
}

#[derive(Debug, Serialize)]
struct LimitLeft {
    unit: LimitUnit,
    window_s: Option<f64>,
    limit: Option<u64>,
    remaining: u64,
    resets_in_s: f64,
}

/// Every target that was asked, by name.
pub(super) fn stats(states: &States, clock: Clock) -> Value {
    let now = clock.now();
    let known = states.all();
    let mut targets: Vec<_> = known.iter().collect();
    targets.sort_unstable_by_key(|(name, _)| *name);
    targets
        .into_iter()
        .map(|(name, state)| {
            let in_flight = state.in_flight();
            serde_json::to_value(one(name, state.view(now), now, in_flight)).unwrap_or_default()
        })
        .collect()
}

fn one(name: &str, view: StateView, now: Duration, in_flight: u32) -> TargetStats {
    let left = |until: Duration| until.saturating_sub(now).as_secs_f64();
    TargetStats {
        target: name.to_owned(),
        success_rate: view.counters.success_rate(),
        counters: view.counters,
        breaker: view.breaker,
        // Without an end while the probes of a breaker are in flight.
        unavailable_for_s: view.unavailable_until.filter(|until| *until != Duration::MAX).map(left),
        time_to_first_token_s: view.first_token,
        total_s: view.total,
        expected_first_token_s: view.latency.first_token(now, in_flight),
        expected_output_tokens_per_s: (view.latency.per_token > 0.0).then(|| 1.0 / view.latency.per_token),
        quota_left: view.quota_left,
        limits_left: view.learned.into_iter().map(|learned| limit(learned, now)).collect(),
    }
}

fn limit(learned: LearnedLeft, now: Duration) -> LimitLeft {
    LimitLeft {
        unit: learned.unit,
        window_s: learned.window.map(|window| window.as_secs_f64()),
        limit: learned.limit,
        remaining: learned.remaining,
        resets_in_s: learned.reset_at.saturating_sub(now).as_secs_f64(),
    }
}
