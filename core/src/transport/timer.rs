//! The limits `first_byte`, `idle` and `total` of one exchange, with one timer.
//!
//! A timer for each chunk would cost more than the chunk. One is made with the
//! request and is moved only when it fires too early or stands too late: a chunk
//! that is ready costs nothing, and a wait costs a look at the clock.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Limits;
use crate::error::{Error, ErrorKind, Result, TimeLimit};

/// Watches one exchange from its start.
pub(super) struct Timer {
    started: Instant,
    limits: Limits,
    total: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
    /// Since when the reader waits for the next read, if it does. The time that
    /// the reader itself takes between two reads is not the server's idleness.
    waiting_since: Option<Instant>,
}

impl Timer {
    pub(super) fn new(limits: Limits) -> Self {
        let started = Instant::now();
        let total = limits.total.and_then(|total| started.checked_add(total));
        Self { started, limits, total, sleep: None, waiting_since: None }
    }

    /// Whether the response's head is late.
    pub(super) fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<TimeLimit> {
        let first_byte = self.limits.first_byte.and_then(|limit| self.started.checked_add(limit));
        self.poll_deadline(first_byte, TimeLimit::FirstByte, context)
    }

    /// Whether the next read is late.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<TimeLimit> {
        if self.limits.idle.is_none() && self.total.is_none() {
            return Poll::Pending;
        }
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        let idle = self.limits.idle.and_then(|limit| since.checked_add(limit));
        self.poll_deadline(idle, TimeLimit::Idle, context)
    }

    /// Whether `total` is over although reads are always ready.
    fn is_total_over(&self) -> bool {
        self.total.is_some_and(|total| Instant::now() >= total)
    }

    fn poll_deadline(
        &mut self,
        step: Option<Instant>,
        step_limit: TimeLimit,
        context: &mut Context<'_>,
    ) -> Poll<TimeLimit> {
        let (deadline, limit) = match (step, self.total) {
            (Some(step), Some(total)) if total < step => (total, TimeLimit::Total),
            (Some(step), _) => (step, step_limit),
            (None, Some(total)) => (total, TimeLimit::Total),
            (None, None) => return Poll::Pending,
        };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        loop {
            ready!(sleep.as_mut().poll(context));
            // It may have been set for an earlier wait that ended in time.
            if Instant::now() >= deadline {
                return Poll::Ready(limit);
            }
            sleep.as_mut().reset(deadline);
        }
    }

    /// The error for `limit` at `place`.
    pub(super) fn expired(&self, limit: TimeLimit, place: &str) -> Error {
        timed_out(
            limit,
            match limit {
                TimeLimit::Connect => self.limits.connect,
                TimeLimit::FirstByte => self.limits.first_byte,
                TimeLimit::Idle => self.limits.idle,
                TimeLimit::Total => self.limits.total,
            },
            place,
        )
    }
}

/// The error for a limit that ran out at `place`, a URL without secrets.
pub(super) fn timed_out(limit: TimeLimit, value: Option<Duration>, place: &str) -> Error {
    let what = match limit {
        TimeLimit::Connect => "no connection to",
        TimeLimit::FirstByte => "no response from",
        TimeLimit::Idle => "no further byte of the response from",
        TimeLimit::Total => "no complete response from",
    };
    let value = value.unwrap_or_default();
    let name = match limit {
        TimeLimit::Connect => "connect",
        TimeLimit::FirstByte => "first_byte",
        TimeLimit::Idle => "idle",
        TimeLimit::Total => "total",
    };
    Error::new(ErrorKind::ApiTimeout, format!("{what} `{place}` within {value:?} (time limit `{name}`)"))
        .with_limit(limit)
}

/// A body under its time limits. Ends after its first error, and lets go of the
/// connection there.
pub(super) struct TimedBody<S, M> {
    body: Option<S>,
    timer: Timer,
    failure: M,
}

impl<S, E, M> TimedBody<S, M>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    M: Fn(Cause<'_, E>) -> Error + Unpin,
{
    /// `failure` words what ended the body early.
    pub(super) fn new(body: S, timer: Timer, failure: M) -> Self {
        Self { body: Some(body), timer, failure }
    }

    fn expire(&mut self, limit: TimeLimit) -> Error {
        self.body = None;
        (self.failure)(Cause::Late(&self.timer, limit))
    }
}

/// Why a body ended early.
pub(super) enum Cause<'a, E> {
    Late(&'a Timer, TimeLimit),
    Broken(E),
}

impl<S, E, M> Stream for TimedBody<S, M>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    M: Fn(Cause<'_, E>) -> Error + Unpin,
{
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        match Pin::new(body).poll_next(context) {
            Poll::Ready(Some(Ok(bytes))) => {
                this.timer.waiting_since = None;
                if this.timer.is_total_over() {
                    return Poll::Ready(Some(Err(this.expire(TimeLimit::Total))));
                }
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.body = None;
                Poll::Ready(Some(Err((this.failure)(Cause::Broken(error)))))
            }
            Poll::Ready(None) => {
                this.body = None;
                Poll::Ready(None)
            }
            Poll::Pending => {
                let limit = ready!(this.timer.poll_read(context));
                Poll::Ready(Some(Err(this.expire(limit))))
            }
        }
    }
}

#[cfg(test)]
mod tests;
