//! When a target that fails is left alone, and how it comes back.
//!
//! One type for all levels: a key, a model at an endpoint, a provider. What is
//! a failure is said by the error table ([`Health`]): a 429 or a wrong request
//! is none.
//!
//! ```text
//!                failures in a row, share of failures,
//!                or share of slow calls
//!      Closed ------------------------------------------> Open
//!        ^                                                |  ^
//!        |                          its time has passed,  |  |  one failed or
//!        | `successes_to_close`     a call asks           |  |  slow probe
//!        |  probes succeeded                              v  |
//!        +--------------------------------------------- HalfOpen
//!                                               at most `probes` in flight
//! ```
//!
//! A run of failures is no news at a target that fails now and then and is asked
//! often: at one failure in five, every second of a thousand calls holds a run
//! of four. From [`BreakerConfig::minimum_calls`] on a run must therefore be one that
//! the target's own share of failures would hardly make: see [`hardly_chance`].
//!
//! Calls that began before the last change of state say nothing about the
//! present one: their results are ignored. The figures follow Hystrix (20 calls,
//! half of them failed), Envoy's outlier detection (five failures in a row;
//! the time grows with each ejection, up to 300 s) and Resilience4j (slow calls,
//! a bounded number of calls in the half-open state).

use std::time::Duration;

use super::breaker_config::BreakerConfig;
use super::verdict::Health;
use crate::rotating::Rotating;
pub use crate::types::stats::BreakerState;

/// The pieces in which the window moves on.
const SLICES: usize = 10;

/// Leave for one call. It must be handed back with [`Breaker::record`], whatever
/// became of the call: a lost one keeps a probe's place for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "hand it back with `Breaker::record`"]
pub struct BreakerPermit {
    generation: u64,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// Answered; `took` is what [`BreakerConfig::slow_call`] is compared with.
    Success { took: Duration },
    /// Failed in a way that counts against health.
    Failure,
    /// Says nothing of the target: cancelled, a wrong request, rate limited.
    Ignored,
}

impl From<Health> for CallResult {
    /// What a failure is for the breaker, by the error table.
    fn from(health: Health) -> Self {
        match health {
            Health::Counts => Self::Failure,
            Health::CoolsDown | Health::CoolsDownLong | Health::Ignored => Self::Ignored,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    all: u32,
    failed: u32,
    slow: u32,
}

/// What a state needs to remember.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed { failures_in_a_row: u32 },
    Open { until: Duration },
    HalfOpen { in_flight: u32, succeeded: u32 },
}

/// A circuit breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    config: BreakerConfig,
    phase: Phase,
    calls: Rotating<Calls, SLICES>,
    /// Counts the changes of state, to know a call of an earlier one.
    generation: u64,
    /// How long it was or is to be open the last time; zero where it never was.
    last_open: Duration,
    /// When it closed the last time.
    closed_at: Duration,
}

impl Breaker {
    #[must_use]
    pub fn new(config: BreakerConfig) -> Self {
        Self {
            phase: Phase::Closed { failures_in_a_row: 0 },
            calls: Rotating::new(config.window),
            generation: 0,
            last_open: Duration::ZERO,
            closed_at: Duration::ZERO,
            config,
        }
    }

    /// The state as of the last call; an open breaker whose time has passed is
    /// open until a call asks.
    #[must_use]
    pub const fn state(&self) -> BreakerState {
        match self.phase {
            Phase::Closed { .. } => BreakerState::Closed,
            Phase::Open { .. } => BreakerState::Open,
            Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// From when on [`try_acquire`](Self::try_acquire) gives leave, if nothing
    /// else happens: zero for now, [`Duration::MAX`] while all probes are in
    /// flight. One number that can be published for readers without a lock;
    /// it changes only in the calls that take `&mut self`.
    #[must_use]
    pub const fn available_at(&self) -> Duration {
        match self.phase {
            Phase::Closed { .. } => Duration::ZERO,
            Phase::Open { until } => until,
            Phase::HalfOpen { in_flight, .. } if in_flight < self.config.probes => Duration::ZERO,
            Phase::HalfOpen { .. } => Duration::MAX,
        }
    }

    /// Leave for a call, if the state allows one.
    pub fn try_acquire(&mut self, now: Duration) -> Option<BreakerPermit> {
        if let Phase::Open { until } = self.phase
            && now >= until
        {
            self.enter(Phase::HalfOpen { in_flight: 0, succeeded: 0 });
        }
        match &mut self.phase {
            Phase::Closed { .. } => {}
            Phase::HalfOpen { in_flight, .. } if *in_flight < self.config.probes => *in_flight += 1,
            Phase::Open { .. } | Phase::HalfOpen { .. } => return None,
        }
        Some(BreakerPermit { generation: self.generation })
    }

    /// Leave for a call whatever the state: a try of last resort, when nothing
    /// else is left. Its result counts where the state is closed or half-open.
    pub fn acquire_anyway(&mut self, now: Duration) -> BreakerPermit {
        if let Some(permit) = self.try_acquire(now) {
            return permit;
        }
        if let Phase::HalfOpen { in_flight, .. } = &mut self.phase {
            *in_flight = in_flight.saturating_add(1);
        }
        BreakerPermit { generation: self.generation }
    }

    /// Takes a permit back with what became of the call.
    pub fn record(&mut self, now: Duration, permit: BreakerPermit, result: CallResult) {
        if permit.generation != self.generation {
            return;
        }
        let slow = match (result, self.config.slow_call) {
            (CallResult::Success { took }, Some(limit)) => took > limit,
            _ => false,
        };
        match self.phase {
            Phase::Closed { failures_in_a_row } => self.record_closed(now, result, slow, failures_in_a_row),
            Phase::HalfOpen { in_flight, succeeded } => {
                let in_flight = in_flight.saturating_sub(1);
                let succeeded = match result {
                    CallResult::Ignored => succeeded,
                    CallResult::Success { .. } if !slow => succeeded + 1,
                    CallResult::Success { .. } | CallResult::Failure => return self.open(now),
                };
                if succeeded >= self.config.successes_to_close {
                    self.closed_at = now;
                    self.calls.clear();
                    self.enter(Phase::Closed { failures_in_a_row: 0 });
                } else {
                    self.phase = Phase::HalfOpen { in_flight, succeeded };
                }
            }
            // A try of last resort: only a probe closes.
            Phase::Open { .. } => {}
        }
    }

    fn record_closed(&mut self, now: Duration, result: CallResult, slow: bool, failures_in_a_row: u32) {
        let failed = match result {
            CallResult::Ignored => return,
            CallResult::Success { .. } => false,
            CallResult::Failure => true,
        };
        self.calls.update(now, |calls| {
            calls.all += 1;
            calls.failed += u32::from(failed);
            calls.slow += u32::from(slow);
        });
        let failures_in_a_row = if failed { failures_in_a_row.saturating_add(1) } else { 0 };
        let seen = self.calls.recent(now).fold(Calls::default(), |sum, slice| Calls {
            all: sum.all + slice.all,
            failed: sum.failed + slice.failed,
            slow: sum.slow + slice.slow,
        });
        let config = &self.config;
        let enough = seen.all >= config.minimum_calls;
        let reached = |count: u32, share: f64| count > 0 && f64::from(count) >= share * f64::from(seen.all);
        let run = config.consecutive_failures.is_some_and(|most| failures_in_a_row >= most)
            && hardly_chance(config, seen, failures_in_a_row);
        if run
            || (enough && config.failure_share.is_some_and(|share| reached(seen.failed, share)))
            || (enough && reached(seen.slow, config.slow_share))
        {
            // Failing again soon after it closed: it had not recovered.
            if now.saturating_sub(self.closed_at) > self.last_open {
                self.last_open = Duration::ZERO;
            }
            self.open(now);
        } else {
            self.phase = Phase::Closed { failures_in_a_row };
        }
    }

    fn open(&mut self, now: Duration) {
        let longer = self.last_open.as_secs_f64() * self.config.growth;
        let longer = Duration::try_from_secs_f64(longer).unwrap_or(self.config.longest_open);
        self.last_open = longer.max(self.config.open_for).min(self.config.longest_open);
        self.enter(Phase::Open { until: now.saturating_add(self.last_open) });
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.generation += 1;
    }
}

/// How many windows may pass until chance alone makes a run that opens.
const WINDOWS_UNTIL_CHANCE: f64 = 10.0;

/// Whether a run of failures says more than that the target fails now and then.
///
/// Among n calls that each fail with the chance p, runs of k failures are at most
/// n·pᵏ in expectation (each begins at one of the calls); k must make that less than
/// one in [`WINDOWS_UNTIL_CHANCE`] windows. p and n are the window's calls before the run,
/// p at most the share that opens anyway. True while those calls are fewer than shares
/// are looked at: the length alone counts then.
fn hardly_chance(config: &BreakerConfig, seen: Calls, run: u32) -> bool {
    let before = seen.all.saturating_sub(run);
    if before < config.minimum_calls {
        return true;
    }
    let failed = f64::from(seen.failed.saturating_sub(run));
    let highest = config.failure_share.unwrap_or(0.5);
    let share = (failed / f64::from(before)).min(highest);
    f64::from(before) * share.powf(f64::from(run)) * WINDOWS_UNTIL_CHANCE < 1.0
}

/// Whether a group is so short of available members that all are used, whatever
/// their breakers say: ejection never empties a group.
///
/// True where the available share is below `threshold`, and always where
/// nothing is available. Envoy's "panic threshold", which is 0.5 there, for
/// pools of many equal hosts that must share a load. Here the default is 0
/// ([`PANIC_THRESHOLD`]): in a group of three providers the one that works
/// should get the traffic.
#[must_use]
pub fn panics(members: usize, ejected: usize, threshold: f64) -> bool {
    let available = members.saturating_sub(ejected);
    members > 0 && (available == 0 || (available as f64) < threshold * members as f64)
}

/// The default of [`panics`]' threshold.
pub const PANIC_THRESHOLD: f64 = 0.0;

#[cfg(test)]
#[path = "breaker_tests.rs"]
mod tests;
