//! What a client knows of its targets, put together for whoever asks.

use std::time::Duration;

use serde_json::Value;

use super::clock::Clock;
use super::states::States;
use super::target_state::StateView;
use crate::resilience::LearnedLeft;
use crate::routing::state::Delivery;
use crate::types::stats::{LimitLeft, TargetStats};

/// Every target that was asked, by name: a list of [`TargetStats`].
pub(super) fn stats(states: &States, clock: Clock) -> Value {
    let now = clock.now();
    let known = states.all();
    // One without a model was asked for the list of its models, and is no target.
    let mut targets: Vec<_> = known.iter().filter(|(name, _)| !name.ends_with('/')).collect();
    targets.sort_unstable_by_key(|(name, _)| *name);
    targets
        .into_iter()
        .map(|(name, state)| {
            let in_flight = state.in_flight();
            let mut stats = one(name, state.view(now), now, in_flight);
            stats.round_trip_s = state.distance().least();
            if let Some(provider) = states.provider_of(name) {
                stats.health_check = provider.health();
                // The limits that the user set are those of the provider.
                stats.quota_left = provider.view(now).quota_left;
            }
            serde_json::to_value(stats).unwrap_or_default()
        })
        .collect()
}

fn one(name: &str, view: StateView, now: Duration, in_flight: u32) -> TargetStats {
    let left = |until: Duration| until.saturating_sub(now).as_secs_f64();
    let counters = view.counters;
    // Nothing in flight: without a stream so far there is only what a new target starts with.
    let per_token = view.latency.per_token(Delivery::Streamed, 0);
    TargetStats {
        target: name.to_owned(),
        requests: counters.requests,
        successes: counters.successes,
        cancelled: counters.cancelled,
        errors: counters.errors.by_class(),
        in_flight: counters.in_flight,
        input_tokens: counters.input_tokens,
        output_tokens: counters.output_tokens,
        cost: counters.cost,
        unpriced: counters.unpriced,
        success_rate: counters.success_rate(),
        breaker: view.breaker,
        health_check: None,
        // Without an end while the probes of a breaker are in flight.
        unavailable_for_s: view.unavailable_until.filter(|until| *until != Duration::MAX).map(left),
        time_to_first_token_s: view.first_token,
        total_s: view.total,
        expected_first_token_s: view.latency.first_token(now, Delivery::Streamed, in_flight),
        expected_output_tokens_per_s: (per_token > 0.0).then(|| 1.0 / per_token),
        round_trip_s: None,
        quota_left: view.quota_left,
        concurrency_limit: view.concurrency,
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
