//! A request on its way to one target: what its events teach the target's state.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Inner, TargetState};
use crate::client::clock::Clock;
use crate::client::lock::lock;
use crate::error::ErrorDetails;
use crate::resilience::{BreakerPermit, CallResult, EndedBy, Health, InFlight};
use crate::routing::state::{Delivery, PercentileWindow, Used};
use crate::types::limits::{Demand, ToldLimit};

/// A request on its way to one target. It ends with one of the three words
/// below; dropped without one, it counts as cancelled.
pub(crate) struct Permit {
    state: Arc<TargetState>,
    breaker: BreakerPermit,
    /// Where the limit of requests at a time is found out.
    in_flight: Option<InFlight>,
    demand: Demand,
    delivery: Delivery,
    began: Duration,
    first_token: Option<Duration>,
    answered: bool,
    ended: bool,
    /// Whether its time and limits are of another operation.
    apart: bool,
    clock: Clock,
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.ended {
            self.leave(self.clock.now(), None);
        }
    }
}

impl Permit {
    pub(super) const fn new(
        state: Arc<TargetState>,
        (breaker, in_flight): (BreakerPermit, Option<InFlight>),
        (demand, delivery): (Demand, Delivery),
        began: Duration,
        clock: Clock,
    ) -> Self {
        Self {
            state,
            breaker,
            in_flight,
            demand,
            delivery,
            began,
            first_token: None,
            answered: false,
            ended: false,
            apart: false,
            clock,
        }
    }

    /// See [`Permits::apart`](crate::client::Permits::apart).
    pub const fn apart(&mut self) {
        self.apart = true;
    }

    /// Another one refused it: as if it had not been asked for.
    pub fn never_sent(mut self) {
        self.ended = true;
        let now = self.clock.now();
        let mut inner = lock(&self.state.inner);
        inner.learned.answered(now, &self.demand, &[]);
        inner.breaker.record(now, self.breaker, CallResult::Ignored);
        inner.release(self.in_flight, Duration::ZERO, EndedBy::Ignored);
        inner.quota.settle(now, &self.demand, &Demand::default());
        inner.counters.never_sent();
        self.state.publish(&inner);
        drop(inner);
        self.state.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.state.line.advance(now, &self.state);
    }

    /// The head of the response is in; `told` is what it says of limits.
    pub fn answered(&mut self, now: Duration, told: &[ToldLimit]) {
        if !self.answered {
            self.answered = true;
            let told = if self.apart { &[] } else { told };
            let mut inner = lock(&self.state.inner);
            inner.learned.answered(now, &self.demand, told);
            self.state.publish(&inner);
        }
    }

    /// The first content is in.
    pub fn first_token(&mut self, now: Duration) {
        if self.first_token.is_none() {
            let took = now.saturating_sub(self.began);
            self.first_token = Some(now);
            if self.apart {
                return;
            }
            let mut inner = lock(&self.state.inner);
            // A plain answer has no first token before its end.
            if self.delivery == Delivery::Streamed {
                inner.latency.first_token(now, took);
            }
            inner.first_contents(self.delivery).record(now, took);
            self.state.publish(&inner);
        }
    }

    /// The whole answer is in.
    pub fn succeeded(mut self, now: Duration, used: Option<Used>) {
        self.first_token(now);
        let (began, delivery, in_flight, apart) = (self.began, self.delivery, self.in_flight, self.apart);
        let took = now.saturating_sub(began);
        self.end(now, CallResult::Success { took }, used, |inner, first_token| {
            inner.cooldown.succeeded(now);
            if apart {
                inner.release(in_flight, Duration::ZERO, EndedBy::Ignored);
                inner.counters.succeeded(used);
                return;
            }
            inner.totals.record(now, took);
            // Not the whole time, which is longer where the answer is.
            let latency = first_token.unwrap_or(now).saturating_sub(began);
            inner.release(in_flight, latency, EndedBy::Success);
            inner.latency.answered(now, delivery, took);
            if let (Delivery::Streamed, Some(used), Some(first)) = (delivery, used, first_token)
                && now > first
            {
                inner.latency.generated(now, used.output_tokens, now.saturating_sub(first));
            }
            inner.counters.succeeded(used);
        });
    }

    /// The attempt failed.
    pub fn failed(mut self, now: Duration, error: &ErrorDetails, used: Option<Used>) {
        let health = self.state.scope.health(error);
        let result = if health == Health::Counts { CallResult::Failure } else { CallResult::Ignored };
        let (took, delivery) = (now.saturating_sub(self.began), self.delivery);
        let (in_flight, apart) = (self.in_flight, self.apart);
        self.end(now, result, used, |inner, _| {
            inner.release(in_flight, took, EndedBy::from(error.kind));
            inner.cooldown.failed(now, health, error.retry_after);
            // A fast refusal must not look like a fast answer.
            if health != Health::Ignored && !apart {
                inner.latency.failed(now, delivery, took);
            }
            inner.counters.failed(error.kind, used);
        });
    }

    /// The caller left, or another attempt was faster.
    fn leave(&mut self, now: Duration, used: Option<Used>) {
        let (waited, delivery) = (now.saturating_sub(self.began), self.delivery);
        let (first_token, in_flight, apart) = (self.first_token, self.in_flight, self.apart);
        self.end(now, CallResult::Ignored, used, |inner, _| {
            inner.release(in_flight, Duration::ZERO, EndedBy::Ignored);
            if first_token.is_none() && !apart {
                inner.latency.took_at_least(now, delivery, waited);
            }
            inner.counters.cancelled(used);
        });
    }

    fn end(
        &mut self,
        now: Duration,
        result: CallResult,
        used: Option<Used>,
        record: impl FnOnce(&mut Inner, Option<Duration>),
    ) {
        self.ended = true;
        self.answered(now, &[]);
        let mut inner = lock(&self.state.inner);
        inner.breaker.record(now, self.breaker, result);
        let actual = used.map_or(self.demand, |used| Demand::of(used.input_tokens, used.output_tokens));
        inner.quota.settle(now, &self.demand, &actual);
        record(&mut inner, self.first_token);
        self.state.publish(&inner);
        drop(inner);
        self.state.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.state.line.advance(now, &self.state);
    }
}

impl Inner {
    pub(super) const fn first_contents(&mut self, delivery: Delivery) -> &mut PercentileWindow {
        match delivery {
            Delivery::Streamed => &mut self.first_tokens,
            Delivery::Plain => &mut self.plain_answers,
        }
    }

    fn release(&mut self, in_flight: Option<InFlight>, latency: Duration, ended: EndedBy) {
        if let (Some(concurrency), Some(in_flight)) = (&mut self.concurrency, in_flight) {
            concurrency.on_end(in_flight, latency, ended);
        }
    }
}
