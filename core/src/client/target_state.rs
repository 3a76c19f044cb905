//! What is known of one target while the client lives, for many threads.
//!
//! The machines of `resilience` and `routing::state` are plain; here is the one
//! lock around a target's, held for moments and never across an await. What a
//! choice among many reads is published beside it in atomics.

mod health;
mod permit;
mod published;
mod refused;
mod view;

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use health::Checks;
pub(crate) use permit::Permit;
use published::PublishedLatency;
pub(crate) use refused::Refused;
pub(crate) use view::StateView;

use super::clock::Clock;
use super::distance::Distance;
use super::line::Line;
use super::lock::lock;
use crate::error::{ErrorDetails, ErrorKind};
use crate::resilience::{
    AdaptiveConcurrency, Breaker, BreakerConfig, ConcurrencyConfig, Cooldown, CooldownConfig, Health,
    LearnedLimits, QueueConfig, Quota, QuotaConfig, allowed_at, verdict,
};
use crate::routing::state::{Counters, Delivery, Latency, LatencyConfig, LatencyView, PercentileWindow};
use crate::types::limits::Demand;

/// The settings that a target's state is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TargetSettings {
    pub breaker: BreakerConfig,
    pub cooldown: CooldownConfig,
    pub latency: LatencyConfig,
    pub quota: QuotaConfig,
    pub queue: QueueConfig,
    /// Of a target: how many requests at a time is found out, if so.
    pub concurrency: Option<ConcurrencyConfig>,
}

/// The state of one target.
pub(crate) struct TargetState {
    scope: Scope,
    /// How far its address is.
    distance: Arc<Distance>,
    in_flight: AtomicU32,
    /// Nanoseconds since the client's start: breaker, cooldown and limits of requests.
    available_at: AtomicU64,
    latency: PublishedLatency,
    /// Whether there are limits, whose room only a look at them can tell.
    has_limits: bool,
    /// Who waits for it; of a provider.
    line: Line,
    /// How many wait for it; of a target.
    wanted: AtomicUsize,
    inner: Mutex<Inner>,
}

struct Inner {
    breaker: Breaker,
    cooldown: Cooldown,
    latency: Latency,
    quota: Quota,
    learned: LearnedLimits,
    concurrency: Option<AdaptiveConcurrency>,
    /// Of a provider that is checked in the background.
    health: Option<Checks>,
    counters: Counters,
    /// Of streams, whose first token comes long before the end.
    first_tokens: PercentileWindow,
    /// Of plain calls, which have theirs at the end.
    plain_answers: PercentileWindow,
    totals: PercentileWindow,
}

/// What a state is of: failures say different things of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A model at a provider.
    Target,
    /// A provider with its key: what fails whatever the model.
    Provider,
}

impl Scope {
    fn health(self, error: &ErrorDetails) -> Health {
        let health = verdict(error).health;
        match (self, error.kind) {
            (Self::Target, _)
            | (
                Self::Provider,
                ErrorKind::Authentication | ErrorKind::QuotaExceeded | ErrorKind::ApiConnection,
            ) => health,
            // Another model of the same provider may well answer.
            (Self::Provider, _) => Health::Ignored,
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl TargetState {
    pub fn new(scope: Scope, settings: &TargetSettings, distance: Arc<Distance>) -> Self {
        let latency = Latency::new(settings.latency);
        let quota = Quota::new(&settings.quota);
        Self {
            scope,
            distance,
            latency: PublishedLatency::new(&latency.view()),
            has_limits: !quota.is_unlimited() || settings.concurrency.is_some(),
            in_flight: AtomicU32::new(0),
            available_at: AtomicU64::new(0),
            line: Line::new(settings.queue),
            wanted: AtomicUsize::new(0),
            inner: Mutex::new(Inner {
                breaker: Breaker::new(settings.breaker),
                cooldown: Cooldown::new(settings.cooldown),
                latency,
                quota,
                learned: LearnedLimits::new(),
                concurrency: settings.concurrency.map(AdaptiveConcurrency::new),
                health: None,
                counters: Counters::default(),
                first_tokens: PercentileWindow::new(),
                plain_answers: PercentileWindow::new(),
                totals: PercentileWindow::new(),
            }),
        }
    }

    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// From when on a request may go, as far as needs no look at its size.
    pub fn available_at(&self) -> Duration {
        Duration::from_nanos(self.available_at.load(Ordering::Relaxed))
    }

    /// How far its address is.
    pub const fn distance(&self) -> &Arc<Distance> {
        &self.distance
    }

    /// Who waits for a provider.
    pub const fn line(&self) -> &Line {
        &self.line
    }

    /// One more, or one less, waits for this target.
    pub fn waited_for(&self, more: bool) {
        if more {
            self.wanted.fetch_add(1, Ordering::AcqRel);
        } else {
            self.wanted.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Whether some wait for this target.
    pub fn is_waited_for(&self) -> bool {
        self.wanted.load(Ordering::Acquire) > 0
    }

    /// Whether limits are set by the user, or found out at the user's wish.
    pub const fn has_limits(&self) -> bool {
        self.has_limits
    }

    /// Torn at worst by one observation, which a choice can bear.
    pub fn latency(&self) -> LatencyView {
        self.latency.read()
    }

    /// Seconds per token of output, once some were seen.
    pub fn measured_token_seconds(&self) -> Option<f64> {
        let inner = lock(&self.inner);
        let seen = inner.counters.output_tokens > 0;
        seen.then(|| inner.latency.view().per_token).filter(|seconds| *seconds > 0.0)
    }

    /// The answered share of what ended.
    pub fn success_rate(&self) -> Option<f64> {
        lock(&self.inner).counters.success_rate()
    }

    /// Why a request of `demand` may not go now, if so.
    pub fn check(&self, now: Duration, demand: &Demand) -> Result<(), Refused> {
        lock(&self.inner).check(now, demand)
    }

    /// The 95th percentile of the time to the first content of answers that came in this
    /// way, and of how many.
    pub fn first_content_p95(&self, now: Duration, delivery: Delivery) -> (u64, Option<Duration>) {
        let recent = lock(&self.inner).first_contents(delivery).recent(now);
        (recent.count(), recent.percentile(0.95))
    }

    /// Begins a request. `anyway`: a try of last resort, although breaker or
    /// cooldown speak against it; the limits that the user set always hold.
    pub fn begin(
        self: &Arc<Self>,
        clock: Clock,
        demand: Demand,
        delivery: Delivery,
        anyway: bool,
    ) -> Result<Permit, Refused> {
        let now = clock.now();
        let mut inner = lock(&self.inner);
        match inner.check(now, &demand) {
            Ok(()) => {}
            Err(refused) if anyway && refused.is_guess() => {}
            Err(refused) => return Err(refused),
        }
        let breaker = if anyway {
            inner.breaker.acquire_anyway(now)
        } else {
            inner.breaker.try_acquire(now).ok_or(Refused::Breaker { until: Duration::MAX })?
        };
        inner.quota.take(now, &demand);
        inner.learned.sent(&demand);
        let in_flight = inner.concurrency.as_mut().map(AdaptiveConcurrency::on_start);
        inner.counters.began();
        self.publish(&inner);
        drop(inner);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(Permit::new(Arc::clone(self), (breaker, in_flight), (demand, delivery), now, clock))
    }

    fn publish(&self, inner: &Inner) {
        let smallest = Demand::of(0, 0);
        let available = match inner.is_unhealthy() {
            true => Duration::MAX,
            false => inner.breaker.available_at().max(inner.cooldown.available_at()).max(allowed_at(
                &inner.quota,
                &inner.learned,
                &smallest,
            )),
        };
        self.available_at.store(nanos(available), Ordering::Relaxed);
        self.latency.publish(&inner.latency.view());
    }
}
