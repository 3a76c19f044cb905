//! Writes the trace of one request while it runs.

use std::sync::Arc;
use std::time::Duration;

use super::Target;
use super::clock::Clock;
use super::dispatch::Dispatch;
use super::prepare::Prepared;
use super::spent::Spent;
use super::variants::Exposed;
use crate::error::Error;
use crate::routing::state::Used;
use crate::types::deferred::Deferred;
use crate::types::routing_trace::RoutingTrace;
use crate::types::trace::{Attempt, AttemptError, AttemptUsage, Cause, Outcome, Trace};

/// The trace so far and the clock it is told by.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    clock: Clock,
    start: Duration,
    trace: Trace,
    /// Of all attempts together.
    used: Option<Used>,
    /// The variants that the request belongs to.
    exposed: Option<Arc<Exposed>>,
}

impl Recorder {
    pub fn new(requested_model: &str, clock: Clock, exposed: Option<Arc<Exposed>>) -> Self {
        let requested_model = requested_model.to_owned();
        let trace = Trace { id: fastrand::u64(..), requested_model, ..Trace::default() };
        Self { clock, start: clock.now(), trace, used: None, exposed }
    }

    /// Time since the request's start.
    pub fn elapsed(&self) -> Duration {
        self.clock.now().saturating_sub(self.start)
    }

    fn now_ms(&self) -> f64 {
        self.elapsed().as_secs_f64() * 1e3
    }

    pub fn attempts(&self) -> u32 {
        u32::try_from(self.trace.attempts.len()).unwrap_or(u32::MAX)
    }

    /// An attempt begins; its number in the trace.
    pub fn begin(&mut self, target: &Target, cause: Cause) -> usize {
        let started_ms = self.now_ms();
        self.trace.attempts.push(Attempt {
            target: target.name(),
            cause,
            started_ms,
            first_token_ms: None,
            ended_ms: None,
            outcome: Outcome::Pending,
            status: None,
            error: None,
            usage: None,
            waited_s: None,
            not_repeated: None,
        });
        self.trace.attempts.len() - 1
    }

    fn attempt(&mut self, number: usize) -> Option<&mut Attempt> {
        self.trace.attempts.get_mut(number)
    }

    /// The attempt failed.
    pub fn failed(&mut self, number: usize, error: &Error) {
        let now = self.now_ms();
        if let Some(attempt) = self.attempt(number) {
            attempt.ended_ms = Some(now);
            attempt.outcome = Outcome::Failure;
            attempt.status = attempt.status.or(error.status);
            attempt.error = Some(AttemptError { kind: error.kind, message: error.message.clone() });
        }
        self.trace.total_ms = Some(now);
    }

    /// Why the attempt that failed is not repeated where it could help.
    pub fn not_repeated(&mut self, number: usize, why: &str) {
        if let Some(attempt) = self.attempt(number) {
            attempt.not_repeated = Some(why.to_owned());
        }
    }

    /// It waited in line for so long.
    pub fn queued(&mut self, wait: Duration) {
        *self.trace.queued_ms.get_or_insert_default() += wait.as_secs_f64() * 1e3;
    }

    /// What comes before the next attempt.
    pub fn waits(&mut self, wait: Duration) {
        if let Some(attempt) = self.trace.attempts.last_mut() {
            attempt.waited_s = Some(wait.as_secs_f64());
        }
    }

    /// How the target was chosen.
    pub fn decided(&mut self, dispatch: &Dispatch, routing: Option<Deferred<RoutingTrace>>) {
        self.trace.route = dispatch.asked_route().map(str::to_owned);
        self.trace.path.clone_from(&dispatch.path);
        self.trace.routing = routing;
    }

    /// Another attempt was faster.
    pub fn cancelled(&mut self, number: usize) {
        let now = self.now_ms();
        if let Some(attempt) = self.attempt(number) {
            attempt.ended_ms = Some(now);
            attempt.outcome = Outcome::Cancelled;
        }
    }

    /// This attempt answers: its first content came just now. After another one whose
    /// stream broke, it goes on with it.
    pub fn answers(&mut self, number: usize, prepared: &mut Prepared, status: u16) {
        let now = self.now_ms();
        if let Some(attempt) = self.attempt(number) {
            attempt.status = Some(status);
            attempt.first_token_ms = Some(now);
        }
        let target = &prepared.chosen.target;
        self.trace.provider = Some(target.provider.name.clone());
        self.trace.kind = Some(target.provider.kind.clone());
        self.trace.model = Some(target.model.clone());
        self.trace.target = Some(target.name());
        self.trace.degraded |= prepared.chosen.degraded;
        self.trace.translation.append(&mut prepared.translation);
        if self.trace.time_to_first_token_ms.is_none() {
            self.trace.time_to_first_token_ms = Some(now);
            if let Some(exposed) = &self.exposed {
                exposed.first_token();
            }
        }
    }

    /// The attempt gave the whole answer; `spent` where the provider said what it took.
    pub fn succeeded(&mut self, number: usize, spent: Option<Spent>) {
        let now = self.now_ms();
        if let Some(attempt) = self.attempt(number) {
            attempt.ended_ms = Some(now);
            attempt.outcome = Outcome::Success;
        }
        self.trace.total_ms = Some(now);
        self.paid(number, spent);
        if let Some(exposed) = &self.exposed {
            exposed.succeeded(self.used);
        }
    }

    /// The request failed for its caller.
    pub fn ended(&self, error: &Error) {
        if let Some(exposed) = &self.exposed {
            exposed.failed(error.kind, self.used);
        }
    }

    /// What the attempt took, answered or broken; the request's cost is the sum.
    pub fn paid(&mut self, number: usize, spent: Option<Spent>) {
        let Some(Spent { used, estimated, cost }) = spent else { return };
        self.used = Some(self.used.map_or(used, |before| before.and(used)));
        if let Some(attempt) = self.attempt(number) {
            attempt.usage = Some(AttemptUsage {
                input_tokens: used.input_tokens,
                output_tokens: used.output_tokens,
                cost_usd: used.cost,
                estimated,
            });
        }
        let Some(cost) = cost else { return };
        match &mut self.trace.cost {
            Some(sum) => sum.add(&cost),
            none => *none = Some(cost),
        }
    }

    pub fn trace(&self) -> Arc<Trace> {
        Arc::new(self.trace.clone())
    }

    /// The trace, where nothing more is written to it.
    pub fn finish(self) -> Arc<Trace> {
        Arc::new(self.trace)
    }
}
