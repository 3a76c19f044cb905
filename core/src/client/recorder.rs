//! Writes the trace of one request while it runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::prepare::Prepared;
use crate::error::Error;
use crate::observe::cost;
use crate::types::chat::Usage;
use crate::types::trace::{Attempt, AttemptError, Outcome, Trace};

/// The trace so far and the clock it is told by.
#[derive(Debug)]
pub(crate) struct Recorder {
    start: Instant,
    trace: Trace,
}

impl Recorder {
    pub fn new(prepared: &Prepared) -> Self {
        let target = &prepared.target;
        Self {
            start: Instant::now(),
            trace: Trace {
                requested_model: prepared.requested_model.clone(),
                provider: Some(target.provider.name.clone()),
                kind: Some(target.provider.kind.clone()),
                model: Some(target.model.clone()),
                target: Some(target.name()),
                translation: prepared.translation.clone(),
                ..Trace::default()
            },
        }
    }

    /// Time since the request's start.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn now_ms(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1e3
    }

    pub fn attempts(&self) -> u32 {
        u32::try_from(self.trace.attempts.len()).unwrap_or(u32::MAX)
    }

    pub fn begin(&mut self) {
        let started_ms = self.now_ms();
        self.trace.attempts.push(Attempt {
            target: self.trace.target.clone().unwrap_or_default(),
            started_ms,
            ended_ms: None,
            outcome: Outcome::Pending,
            status: None,
            error: None,
            waited_s: None,
        });
    }

    pub fn status(&mut self, status: u16) {
        if let Some(attempt) = self.trace.attempts.last_mut() {
            attempt.status = Some(status);
        }
    }

    pub fn first_content(&mut self) {
        self.trace.time_to_first_token_ms = Some(self.now_ms());
    }

    /// The attempt failed; `wait` is what comes before the next one.
    pub fn failed(&mut self, error: &Error, wait: Option<Duration>) {
        let now = self.now_ms();
        if let Some(attempt) = self.trace.attempts.last_mut() {
            attempt.ended_ms = Some(now);
            attempt.outcome = Outcome::Failure;
            attempt.error = Some(AttemptError { kind: error.kind, message: error.message.clone() });
            attempt.waited_s = wait.map(|wait| wait.as_secs_f64());
        }
        self.trace.total_ms = Some(now);
    }

    pub fn succeeded(&mut self, prepared: &Prepared, usage: Option<&Usage>) {
        let now = self.now_ms();
        if let Some(attempt) = self.trace.attempts.last_mut() {
            attempt.ended_ms = Some(now);
            attempt.outcome = Outcome::Success;
        }
        self.trace.total_ms = Some(now);
        let target = &prepared.target;
        self.trace.cost =
            usage.zip(target.provider.price(&target.model)).map(|(usage, price)| cost(usage, price));
    }

    pub fn trace(&self) -> Arc<Trace> {
        Arc::new(self.trace.clone())
    }
}
