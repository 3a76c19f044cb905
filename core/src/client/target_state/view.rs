//! What is told of a target's state, for people and programs that watch.

use std::time::Duration;

use super::TargetState;
use crate::client::lock::lock;
use crate::resilience::{AdaptiveConcurrency, BreakerState, LearnedLeft, QuotaLeft};
use crate::routing::state::{Counters, LatencyView, Percentiles};

/// What is told of a target's state, for people and programs that watch.
pub(crate) struct StateView {
    pub counters: Counters,
    pub breaker: BreakerState,
    /// Until when it is left alone, if it is.
    pub unavailable_until: Option<Duration>,
    pub first_token: Option<Percentiles>,
    pub total: Option<Percentiles>,
    pub latency: LatencyView,
    pub quota_left: Vec<QuotaLeft>,
    pub learned: Vec<LearnedLeft>,
    /// Requests at a time, where that is found out.
    pub concurrency: Option<u32>,
}

impl TargetState {
    pub fn view(&self, now: Duration) -> StateView {
        let inner = lock(&self.inner);
        let mut first_contents = inner.first_tokens.recent(now);
        first_contents.merge(&inner.plain_answers.recent(now));
        let until = inner.breaker.available_at().max(inner.cooldown.available_at());
        StateView {
            counters: inner.counters,
            breaker: inner.breaker.state(),
            unavailable_until: (until > now).then_some(until),
            first_token: first_contents.percentiles(),
            total: inner.totals.recent(now).percentiles(),
            latency: inner.latency.view(),
            quota_left: inner.quota.left(now),
            learned: inner.learned.left(now).collect(),
            concurrency: inner.concurrency.as_ref().map(AdaptiveConcurrency::limit),
        }
    }
}
