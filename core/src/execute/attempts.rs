//! The loop of attempts: one for plain calls and streams.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_core::future::BoxFuture;

use super::Run;
use super::continuation::Beginning;
use super::failure::{Failure, gave_up};
use super::room::wait_for_room;
use super::start::{NotSent, Started, start};
use crate::client::{Asking, Permits, Prepared, Recorder, Selection};
use crate::error::{Error, Result};
use crate::resilience::{Attempts, Step};
use crate::transport::{HttpRequest, Limits};

/// What an attempt answers with.
pub(super) trait Answered: Send {
    fn prepared(&mut self) -> &mut Prepared;
    fn status(&self) -> u16;
}

/// How far a request has come; beside it goes the trace.
pub(super) struct Progress {
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
    /// The attempt that answered, by its number for the machine, and its target.
    answering: Option<(usize, u32)>,
    /// What is to be gone on with, after a stream broke.
    beginning: Option<Beginning>,
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
        run.budgets.deposit(began);
        Self {
            selection: run.selection(),
            attempts: Attempts::new(run.policy(deadline)),
            random: fastrand::Rng::new(),
            limits,
            began,
            deadline,
            last: None,
            answering: None,
            beginning: None,
        }
    }

    /// The first step.
    pub async fn begin(&mut self, run: &Run<'_>) -> Step {
        if !run.route.functions.is_empty() {
            // Boxed, so that a request without any is no larger for it.
            Box::pin(ask_for_order(run, &mut self.selection)).await;
        }
        self.attempts.begin(self.began, &mut self.selection)
    }

    /// The stream of the attempt that answered broke: the next step, to go on with it.
    pub fn broke(
        &mut self,
        run: &Run<'_>,
        recorder: &mut Recorder,
        cause: &Error,
        beginning: Beginning,
    ) -> Step {
        let Some((attempt, target)) = self.answering.take() else { return Step::GiveUp };
        self.beginning = Some(beginning);
        self.selection.failed(target, cause, None);
        let now = run.clock.now();
        let step = self.attempts.broke(now, attempt, cause, &mut self.random, &mut self.selection);
        waits(recorder, now, step);
        self.last = Some((cause.clone(), target));
        step
    }

    /// Makes attempts until one answers. Gives the answer and its number in the trace.
    pub async fn until_answered<'a, T: Answered>(
        &mut self,
        run: &'a Run<'a>,
        recorder: &mut Recorder,
        mut step: Step,
        begin: impl Fn(HttpRequest, Prepared, Permits) -> BoxFuture<'a, Result<T, Failure>>,
    ) -> Result<(T, usize)> {
        let Self { selection, attempts, random, limits, deadline, last, .. } = self;
        let clock = run.clock;
        let mut running: Vec<Running<'a, T>> = Vec::new();
        loop {
            step = match step {
                Step::Start { attempt, target, cause } => {
                    let beginning = self.beginning.as_ref();
                    match start(run, recorder, (target, cause), limits, selection, beginning) {
                        Ok(Started { recorded, request, prepared, permit }) => {
                            selection.has_begun();
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
                    Some((Running { attempt, recorded, target, .. }, Ok(mut answer))) => {
                        attempts.answered(attempt);
                        for loser in running.drain(..) {
                            recorder.cancelled(loser.recorded);
                        }
                        let status = answer.status();
                        recorder.answers(recorded, answer.prepared(), status);
                        self.answering = Some((attempt, target));
                        return Ok((answer, recorded));
                    }
                    Some((Running { attempt, recorded, target, .. }, Err(failure))) => {
                        let Failure { error, should_retry } = failure;
                        recorder.failed(recorded, &error);
                        selection.failed(target, &error, should_retry);
                        let now = clock.now();
                        let step = attempts.failed(now, attempt, (&error, should_retry), random, selection);
                        if let Some(why) = attempts.held_back() {
                            recorder.not_repeated(recorded, why);
                        }
                        if running.is_empty() {
                            waits(recorder, now, step);
                        }
                        *last = Some((error, target));
                        step
                    }
                },
                Step::GiveUp => {
                    if recorder.attempts() > 0 || !wait_for_room(run, recorder, selection, *deadline).await? {
                        recorder.decided(run.dispatch, selection.trace());
                        return Err(gave_up(run, recorder, selection, last.take(), attempts.may_be_done()));
                    }
                    *attempts = Attempts::new(run.policy(*deadline));
                    attempts.begin(clock.now(), selection)
                }
            }
        }
    }

    /// Writes the decision as it stands into the trace.
    pub fn decided(&self, run: &Run<'_>, recorder: &mut Recorder) {
        recorder.decided(run.dispatch, self.selection.trace());
    }

    /// The same, where nothing more is decided.
    pub fn end(self, run: &Run<'_>, recorder: &mut Recorder) {
        recorder.decided(run.dispatch, self.selection.into_trace());
    }
}

/// Asks the functions of the user's that order targets, where there are any, each
/// for as long as it may take.
pub(crate) async fn ask_for_order(run: &Run<'_>, selection: &mut Selection) {
    let total = run.limits().total;
    for Asking { orders, question } in selection.askings(run.route, run.call.request.model()) {
        // At most half of the request's own time: the request is to go on without it.
        let most = total.map_or(orders.limit, |total| orders.limit.min(total / 2));
        let late = |_| Err(format!("it gave no order within {} s", most.as_secs_f64()));
        let order = orders.function.function.order(question);
        let answer = tokio::time::timeout(most, order).await.unwrap_or_else(late);
        selection.ordered(orders, answer);
    }
}

/// Notes what is waited before the next attempt.
fn waits(recorder: &mut Recorder, now: Duration, step: Step) {
    if let Step::Wait { until: Some(until) } = step {
        recorder.waits(until.saturating_sub(now));
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
