//! What is known of one target while the client lives, for many threads.
//!
//! The machines of `resilience` and `routing::state` are plain; here is the one
//! lock around a target's, held for moments and never across an await. What a
//! choice among many reads is published beside it in atomics.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::room::Room;
use crate::error::{ErrorDetails, ErrorKind};
use crate::resilience::{
    Breaker, BreakerConfig, BreakerPermit, BreakerState, CallResult, Cooldown, CooldownConfig, Health,
    LearnedLimits, Quota, QuotaConfig, QuotaRefusal, allowed_at, verdict,
};
use crate::routing::state::{
    Counters, Latency, LatencyConfig, LatencyView, PercentileWindow, Percentiles, Used,
};
use crate::types::limits::{Demand, ToldLimit};

/// The settings that a target's state is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TargetSettings {
    pub breaker: BreakerConfig,
    pub cooldown: CooldownConfig,
    pub latency: LatencyConfig,
    pub quota: QuotaConfig,
}

/// The state of one target.
pub(crate) struct TargetState {
    scope: Scope,
    in_flight: AtomicU32,
    /// Nanoseconds since the client's start: breaker, cooldown and limits of requests.
    available_at: AtomicU64,
    /// Bits of seconds.
    first_token: AtomicU64,
    per_token: AtomicU64,
    /// Nanoseconds since the client's start; `u64::MAX` where nothing was seen.
    seen_at: AtomicU64,
    decay: f64,
    /// Whether limits are set, whose room only a look at them can tell.
    has_limits: bool,
    room: Arc<Room>,
    inner: Mutex<Inner>,
}

struct Inner {
    breaker: Breaker,
    cooldown: Cooldown,
    latency: Latency,
    quota: Quota,
    learned: LearnedLimits,
    counters: Counters,
    first_tokens: PercentileWindow,
    totals: PercentileWindow,
}

/// What is told of a target's state, for people and programs that watch.
pub(crate) struct StateView {
    pub counters: Counters,
    pub breaker: BreakerState,
    /// Until when it is left alone, if it is.
    pub unavailable_until: Option<Duration>,
    pub first_token: Option<Percentiles>,
    pub total: Option<Percentiles>,
    pub latency: LatencyView,
    pub quota_left: Vec<crate::resilience::QuotaLeft>,
    pub learned: Vec<crate::resilience::LearnedLeft>,
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

/// Why a target cannot be asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Breaker {
        until: Duration,
    },
    Cooldown {
        until: Duration,
    },
    /// By a limit that the provider's responses told.
    Told {
        wait: Duration,
    },
    /// By a limit that the user set.
    Quota(QuotaRefusal),
}

impl Inner {
    fn check(&self, now: Duration, demand: &Demand) -> Result<(), Refused> {
        self.quota.check(now, demand).map_err(Refused::Quota)?;
        let cooldown = self.cooldown.available_at();
        if cooldown > now {
            return Err(Refused::Cooldown { until: cooldown });
        }
        let until = self.breaker.available_at();
        if until > now {
            return Err(Refused::Breaker { until });
        }
        match self.learned.wait(now, demand) {
            Duration::ZERO => Ok(()),
            wait => Err(Refused::Told { wait }),
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl TargetState {
    pub fn new(scope: Scope, settings: &TargetSettings, room: Arc<Room>) -> Self {
        let latency = Latency::new(settings.latency);
        let view = latency.view();
        let quota = Quota::new(&settings.quota);
        Self {
            scope,
            first_token: AtomicU64::new(view.first_token.to_bits()),
            per_token: AtomicU64::new(view.per_token.to_bits()),
            seen_at: AtomicU64::new(u64::MAX),
            decay: view.decay,
            has_limits: !quota.is_unlimited(),
            in_flight: AtomicU32::new(0),
            available_at: AtomicU64::new(0),
            room,
            inner: Mutex::new(Inner {
                breaker: Breaker::new(settings.breaker),
                cooldown: Cooldown::new(settings.cooldown),
                latency,
                quota,
                learned: LearnedLimits::new(),
                counters: Counters::default(),
                first_tokens: PercentileWindow::new(),
                totals: PercentileWindow::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in it is left half done by a panic: each call is one step.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// From when on a request may go, as far as needs no look at its size.
    pub fn available_at(&self) -> Duration {
        Duration::from_nanos(self.available_at.load(Ordering::Relaxed))
    }

    /// Whether limits are set by the user.
    pub const fn has_limits(&self) -> bool {
        self.has_limits
    }

    /// Torn at worst by one observation, which a choice can bear.
    pub fn latency(&self) -> LatencyView {
        let seen_at = self.seen_at.load(Ordering::Relaxed);
        LatencyView {
            first_token: f64::from_bits(self.first_token.load(Ordering::Relaxed)),
            per_token: f64::from_bits(self.per_token.load(Ordering::Relaxed)),
            seen_at: (seen_at != u64::MAX).then(|| Duration::from_nanos(seen_at)),
            decay: self.decay,
        }
    }

    /// Seconds per token of output, once some were seen.
    pub fn measured_token_seconds(&self) -> Option<f64> {
        let inner = self.lock();
        let seen = inner.counters.output_tokens > 0;
        seen.then(|| inner.latency.view().per_token).filter(|seconds| *seconds > 0.0)
    }

    /// The answered share of what ended.
    pub fn success_rate(&self) -> Option<f64> {
        self.lock().counters.success_rate()
    }

    /// Why a request of `demand` may not go now, if so.
    pub fn check(&self, now: Duration, demand: &Demand) -> Result<(), Refused> {
        self.lock().check(now, demand)
    }

    /// The 95th percentile of the time to the first token, and of how many.
    pub fn first_token_p95(&self, now: Duration) -> (u64, Option<Duration>) {
        let recent = self.lock().first_tokens.recent(now);
        (recent.count(), recent.percentile(0.95))
    }

    /// Begins a request. `anyway`: a try of last resort, although breaker or
    /// cooldown speak against it; the limits that the user set always hold.
    pub fn begin(self: &Arc<Self>, clock: Clock, demand: Demand, anyway: bool) -> Result<Permit, Refused> {
        let now = clock.now();
        let mut inner = self.lock();
        match inner.check(now, &demand) {
            Ok(()) => {}
            Err(Refused::Breaker { .. } | Refused::Cooldown { .. } | Refused::Told { .. }) if anyway => {}
            Err(refused) => return Err(refused),
        }
        let breaker = if anyway {
            inner.breaker.acquire_anyway(now)
        } else {
            inner.breaker.try_acquire(now).ok_or(Refused::Breaker { until: Duration::MAX })?
        };
        inner.quota.take(now, &demand);
        inner.learned.sent(&demand);
        inner.counters.began();
        self.publish(&inner);
        drop(inner);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(Permit {
            state: Arc::clone(self),
            breaker,
            demand,
            began: now,
            first_token: None,
            answered: false,
            ended: false,
            clock,
        })
    }

    fn publish(&self, inner: &Inner) {
        let smallest = Demand::of(0, 0);
        let available = inner.breaker.available_at().max(inner.cooldown.available_at()).max(allowed_at(
            &inner.quota,
            &inner.learned,
            &smallest,
        ));
        self.available_at.store(nanos(available), Ordering::Relaxed);
        let view = inner.latency.view();
        self.first_token.store(view.first_token.to_bits(), Ordering::Relaxed);
        self.per_token.store(view.per_token.to_bits(), Ordering::Relaxed);
        self.seen_at.store(view.seen_at.map_or(u64::MAX, nanos), Ordering::Relaxed);
    }

    pub fn view(&self, now: Duration) -> StateView {
        let inner = self.lock();
        let until = inner.breaker.available_at().max(inner.cooldown.available_at());
        StateView {
            counters: inner.counters,
            breaker: inner.breaker.state(),
            unavailable_until: (until > now).then_some(until),
            first_token: inner.first_tokens.recent(now).percentiles(),
            total: inner.totals.recent(now).percentiles(),
            latency: inner.latency.view(),
            quota_left: inner.quota.left(now),
            learned: inner.learned.left(now).collect(),
        }
    }
}

/// A request on its way to one target. It ends with one of the three words
/// below; dropped without one, it counts as cancelled.
pub(crate) struct Permit {
    state: Arc<TargetState>,
    breaker: BreakerPermit,
    demand: Demand,
    began: Duration,
    first_token: Option<Duration>,
    answered: bool,
    ended: bool,
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
    /// Another one refused it: as if it had not been asked for.
    pub fn never_sent(mut self) {
        self.ended = true;
        let now = self.clock.now();
        let mut inner = self.state.lock();
        inner.learned.answered(now, &self.demand, &[]);
        inner.breaker.record(now, self.breaker, CallResult::Ignored);
        inner.quota.settle(now, &self.demand, &Demand::default());
        inner.counters.never_sent();
        self.state.publish(&inner);
        drop(inner);
        self.state.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.state.room.ended();
    }

    /// The head of the response is in; `told` is what it says of limits.
    pub fn answered(&mut self, now: Duration, told: &[ToldLimit]) {
        if !self.answered {
            self.answered = true;
            let mut inner = self.state.lock();
            inner.learned.answered(now, &self.demand, told);
            self.state.publish(&inner);
        }
    }

    /// The first content is in.
    pub fn first_token(&mut self, now: Duration) {
        if self.first_token.is_none() {
            let took = now.saturating_sub(self.began);
            self.first_token = Some(now);
            let mut inner = self.state.lock();
            inner.latency.first_token(now, took);
            inner.first_tokens.record(now, took);
            self.state.publish(&inner);
        }
    }

    /// The whole answer is in.
    pub fn succeeded(mut self, now: Duration, used: Option<Used>) {
        self.first_token(now);
        let took = now.saturating_sub(self.began);
        self.end(now, CallResult::Success { took }, used, |inner, first_token| {
            inner.cooldown.succeeded(now);
            inner.totals.record(now, took);
            if let (Some(used), Some(first)) = (used, first_token)
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
        let took = now.saturating_sub(self.began);
        self.end(now, result, used, |inner, _| {
            inner.cooldown.failed(now, health, error.retry_after);
            // A fast refusal must not look like a fast answer.
            if health != Health::Ignored {
                inner.latency.failed(now, took);
            }
            inner.counters.failed(error.kind, used);
        });
    }

    /// The caller left, or another attempt was faster.
    fn leave(&mut self, now: Duration, used: Option<Used>) {
        let (began, first_token) = (self.began, self.first_token);
        self.end(now, CallResult::Ignored, used, |inner, _| {
            if first_token.is_none() {
                inner.latency.took_at_least(now, now.saturating_sub(began));
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
        let mut inner = self.state.lock();
        inner.breaker.record(now, self.breaker, result);
        let actual = used.map_or(self.demand, |used| Demand::of(used.input_tokens, used.output_tokens));
        inner.quota.settle(now, &self.demand, &actual);
        record(&mut inner, self.first_token);
        self.state.publish(&inner);
        drop(inner);
        self.state.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.state.room.ended();
    }
}
