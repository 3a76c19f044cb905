//! The loop of attempts: one for plain calls and streams.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_core::future::BoxFuture;

use super::Run;
use super::failure::{Failure, gave_up};
use super::room::wait_for_room;
use super::start::{NotSent, Started, start};
use crate::client::{Permits, Prepared, Recorder, Selection};
use crate::error::{Error, Result};
use crate::resilience::{Attempts, Step};
use crate::transport::{HttpRequest, Limits};

/// What an attempt answers with.
pub(super) trait Answer: Send {
    fn prepared(&mut self) -> &mut Prepared;
    fn status(&self) -> u16;
}

/// How far a request has come.
pub(super) struct Progress {
    recorder: Recorder,
    selection: Selection,
    attempts: Attempts,
    random: fastrand::Rng,
    /// Of an attempt at the first target; `total` is that of the whole request.
    limits: Limits,
    /// Since the client's start.
    began: Duration,
    deadline: Option<Duration>,
    /// The last failure, and the target that it was at.
    last: Option<(Error, u32)>,
}

/// An attempt on its way: its number for the machine, and in the trace.
struct Running<'a, T> {
    attempt: usize,
    recorded: usize,
    target: u32,
    exchange: BoxFuture<'a, Result<T, Failure>>,
}

impl Progress {
    pub fn new(run: &Run<'_>) -> Self {
        let (limits, began) = (run.limits(), run.clock.now());
        let deadline = limits.total.map(|total| began.saturating_add(total));
        Self {
            recorder: Recorder::new(&run.call.request.model, run.clock),
            selection: run.selection(),
            attempts: Attempts::new(run.policy(deadline)),
            random: fastrand::Rng::new(),
            limits,
            began,
            deadline,
            last: None,
        }
    }

    /// Makes attempts until one answers. Gives the answer and its number in the trace.
    pub async fn until_answered<'a, T: Answer>(
        &mut self,
        run: &'a Run<'a>,
        begin: impl Fn(HttpRequest, Prepared, Permits) -> BoxFuture<'a, Result<T, Failure>>,
    ) -> Result<(T, usize)> {
        run.budgets.deposit(self.began);
        let Self { recorder, selection, attempts, random, limits, began, deadline, last } = self;
        let clock = run.clock;
        let mut running: Vec<Running<'a, T>> = Vec::new();
        let mut step = attempts.begin(*began, selection);
        loop {
            step = match step {
                Step::Start { attempt, target, cause } => {
                    match start(run, recorder, target, cause, limits, selection) {
                        Ok(Started { recorded, request, prepared, permit }) => {
                            let exchange = begin(request, prepared, permit);
                            running.push(Running { attempt, recorded, target, exchange });
                            attempts.wait(clock.now(), selection)
                        }
                        Err(NotSent::Refused) => {
                            selection.not_asked(target);
                            attempts.not_sent(clock.now(), attempt, selection)
                        }
                        Err(NotSent::Unfit(error)) => {
                            selection.unfit(target);
                            last.get_or_insert((error, target));
                            attempts.not_sent(clock.now(), attempt, selection)
                        }
                    }
                }
                Step::Wait { until } => match next(&mut running, until.map(|until| clock.at(until))).await {
                    None => attempts.tick(clock.now(), selection),
                    Some((Running { recorded, .. }, Ok(mut answer))) => {
                        for loser in running.drain(..) {
                            recorder.cancelled(loser.recorded);
                        }
                        let status = answer.status();
                        recorder.answers(recorded, answer.prepared(), status);
                        return Ok((answer, recorded));
                    }
                    Some((Running { attempt, recorded, target, .. }, Err(failure))) => {
                        let Failure { error, should_retry } = failure;
                        recorder.failed(recorded, &error);
                        selection.failed(target, &error, should_retry);
                        let now = clock.now();
                        let step = attempts.failed(now, attempt, (&error, should_retry), random, selection);
                        if let Step::Wait { until: Some(until) } = step
                            && running.is_empty()
                        {
                            recorder.waits(until.saturating_sub(now));
                        }
                        *last = Some((error, target));
                        step
                    }
                },
                Step::GiveUp => {
                    let watch = run.room.watch();
                    match selection.full(clock.now()) {
                        Some(full) if recorder.attempts() == 0 => {
                            wait_for_room(run, &full, watch, *deadline, *began).await?;
                            selection.renew();
                            *attempts = Attempts::new(run.policy(*deadline));
                            attempts.begin(clock.now(), selection)
                        }
                        _ => {
                            recorder.decided(run.route.name.as_deref(), selection.trace());
                            return Err(gave_up(run, recorder, selection, last.take()));
                        }
                    }
                }
            }
        }
    }

    /// The trace, with the decision as it stands.
    pub fn into_recorder(mut self, run: &Run<'_>) -> Recorder {
        self.recorder.decided(run.route.name.as_deref(), self.selection.into_trace());
        self.recorder
    }
}

/// The next attempt that ends, or `None` when it is `until`.
async fn next<'a, T>(
    running: &mut Vec<Running<'a, T>>,
    until: Option<tokio::time::Instant>,
) -> Option<(Running<'a, T>, Result<T, Failure>)> {
    let ended = poll_fn(|context| {
        for (number, attempt) in running.iter_mut().enumerate() {
            if let Poll::Ready(result) = attempt.exchange.as_mut().poll(context) {
                return Poll::Ready((number, result));
            }
        }
        Poll::Pending
    });
    let (number, result) = match until {
        None => ended.await,
        Some(until) => {
            let mut ended = pin!(ended);
            let mut due = pin!(tokio::time::sleep_until(until));
            poll_fn(|context| {
                if let Poll::Ready(ended) = ended.as_mut().poll(context) {
                    return Poll::Ready(Some(ended));
                }
                due.as_mut().poll(context).map(|()| None)
            })
            .await?
        }
    };
    Some((running.swap_remove(number), result))
}
