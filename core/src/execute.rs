//! The loop that awaits: asks resilience what comes next, does it, reports back.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::{HeaderMap, StatusCode, header};

use crate::catalogue::estimate_tokens;
use crate::client::{
    Asking, Budgets, ChatCall, ChatReply, ChatReplyStream, Clock, Full, Permits, Prepared, RawResponse,
    Recorder, Room, Route, Selection, Watch, prepare, scrub,
};
use crate::config::Settings;
use crate::dialects::response_headers::{rate_limits, request_id, retry_after};
use crate::error::{Error, ErrorKind, Result, TimeLimit};
use crate::resilience::{AttemptPolicy, Attempts, RetryPolicy, Step};
use crate::routing::RequestFacts;
use crate::transport::{Body, HttpRequest, HttpResponse, Transport, collect};
use crate::types::chat::ChatCompletion;
use crate::types::trace::Cause;

/// One request and all that its attempts need.
pub(crate) struct Run<'a> {
    pub transport: &'a dyn Transport,
    pub settings: &'a Settings,
    pub call: &'a ChatCall,
    pub route: &'a Route,
    pub budgets: &'a Arc<Budgets>,
    pub room: &'a Room,
    pub clock: Clock,
    pub stream: bool,
}

/// A failed exchange, and the provider's word on trying again.
struct Failure {
    error: Error,
    should_retry: Option<bool>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, should_retry: None }
    }
}

/// What an attempt answers with.
trait Answer: Send {
    fn prepared(&mut self) -> &mut Prepared;
    fn status(&self) -> u16;
}

/// A whole reply, and the attempt that it came from.
struct Whole {
    reply: ChatReply,
    prepared: Prepared,
}

impl Answer for Whole {
    fn prepared(&mut self) -> &mut Prepared {
        &mut self.prepared
    }
    fn status(&self) -> u16 {
        self.reply.raw.status
    }
}

impl Answer for ChatReplyStream {
    fn prepared(&mut self) -> &mut Prepared {
        self.prepared_mut()
    }
    fn status(&self) -> u16 {
        self.raw().status
    }
}

/// Sends a request until it is answered or given up.
pub(crate) async fn chat(run: &Run<'_>) -> Result<ChatReply> {
    let (Whole { mut reply, prepared }, attempt, mut recorder) =
        until_answered(run, |request, prepared, permit| Box::pin(exchange(run, request, prepared, permit)))
            .await?;
    recorder.succeeded(attempt, &prepared.target, reply.completion.usage.as_ref());
    reply.completion.route = Some(recorder.finish());
    Ok(reply)
}

/// Sends a request until the first content of its stream, or gives up.
pub(crate) async fn chat_stream(run: &Run<'_>) -> Result<ChatReplyStream> {
    let (mut stream, attempt, recorder) =
        until_answered(run, |request, prepared, permit| Box::pin(open(run, request, prepared, permit)))
            .await?;
    stream.answer(recorder, attempt);
    Ok(stream)
}

/// An attempt on its way: its number for the machine, and in the trace.
struct Running<'a, T> {
    attempt: usize,
    recorded: usize,
    target: u32,
    exchange: BoxFuture<'a, Result<T, Failure>>,
}

/// The loop of attempts. Gives the answer, its number in the trace, and the trace.
async fn until_answered<'a, T: Answer>(
    run: &'a Run<'a>,
    begin: impl Fn(HttpRequest, Prepared, Permits) -> BoxFuture<'a, Result<T, Failure>>,
) -> Result<(T, usize, Recorder)> {
    let Run { call, route, budgets, clock, .. } = *run;
    let mut recorder = Recorder::new(&call.request.model, clock);
    let mut random = fastrand::Rng::new();
    let mut selection = run.selection();
    let total = run.total();
    let began = clock.now();
    ask_for_order(run, &mut selection).await;
    let policy = AttemptPolicy {
        retry: RetryPolicy { max_retries: run.max_retries(), backoff: run.settings.resilience.retry },
        max_fallbacks: route.max_fallbacks,
        content_policy_fallback: route.content_policy_fallback,
        deadline: total.map(|total| began.saturating_add(total)),
    };
    let mut attempts = Attempts::new(policy);
    budgets.deposit(began);
    let mut running: Vec<Running<'a, T>> = Vec::new();
    let mut last = None;
    let mut step = attempts.begin(began, &mut selection);
    loop {
        step = match step {
            Step::Start { attempt, target, cause } => {
                match start(run, &mut recorder, target, cause, total, &selection) {
                    Ok((recorded, request, prepared, permit)) => {
                        let exchange = begin(request, prepared, permit);
                        running.push(Running { attempt, recorded, target, exchange });
                        attempts.wait(clock.now(), &mut selection)
                    }
                    Err(NotSent::Refused) => {
                        selection.not_asked(target);
                        attempts.not_sent(clock.now(), attempt, &mut selection)
                    }
                    Err(NotSent::Unfit(error)) => {
                        selection.unfit(target);
                        last = last.or(Some((error, target)));
                        attempts.not_sent(clock.now(), attempt, &mut selection)
                    }
                }
            }
            Step::Wait { until } => match next(&mut running, until.map(|until| clock.at(until))).await {
                None => attempts.tick(clock.now(), &mut selection),
                Some((Running { recorded, .. }, Ok(mut answer))) => {
                    for loser in running.drain(..) {
                        recorder.cancelled(loser.recorded);
                    }
                    let status = answer.status();
                    recorder.answers(recorded, answer.prepared(), status);
                    recorder.decided(route.name.as_deref(), selection.trace());
                    return Ok((answer, recorded, recorder));
                }
                Some((Running { attempt, recorded, target, .. }, Err(Failure { error, should_retry }))) => {
                    recorder.failed(recorded, &error);
                    selection.failed(target, &error, should_retry);
                    let now = clock.now();
                    let step =
                        attempts.failed(now, attempt, (&error, should_retry), &mut random, &mut selection);
                    if let Step::Wait { until: Some(until) } = step
                        && running.is_empty()
                    {
                        recorder.waits(until.saturating_sub(now));
                    }
                    last = Some((error, target));
                    step
                }
            },
            Step::GiveUp => {
                let watch = run.room.watch();
                match selection.full(clock.now()) {
                    Some(full) if recorder.attempts() == 0 => {
                        wait_for_room(run, &full, watch, policy.deadline, began).await?;
                        selection.renew();
                        attempts = Attempts::new(policy);
                        attempts.begin(clock.now(), &mut selection)
                    }
                    _ => {
                        recorder.decided(route.name.as_deref(), selection.trace());
                        return Err(gave_up(run, &recorder, &selection, last));
                    }
                }
            }
        }
    }
}

/// Asks the functions of the user's that order targets, where there are any, each
/// for as long as it may take.
pub(crate) async fn ask_for_order(run: &Run<'_>, selection: &mut Selection<'_>) {
    for Asking { orders, question } in selection.askings(&run.call.request.model) {
        // At most half of the request's own time: the request is to go on without it.
        let most = run.total().map_or(orders.limit, |total| orders.limit.min(total / 2));
        let late = |_| Err(format!("it gave no order within {} s", most.as_secs_f64()));
        let order = orders.function.function.order(question);
        let answer = tokio::time::timeout(most, order).await.unwrap_or_else(late);
        selection.ordered(orders, answer);
    }
}

/// Why an attempt was not sent.
enum NotSent {
    /// The target cannot be asked this.
    Unfit(Error),
    /// It cannot be asked now.
    Refused,
}

impl From<Error> for NotSent {
    fn from(error: Error) -> Self {
        Self::Unfit(error)
    }
}

/// Translates the call for a target and takes leave to ask it.
fn start(
    run: &Run<'_>,
    recorder: &mut Recorder,
    target: u32,
    cause: Cause,
    total: Option<Duration>,
    selection: &Selection<'_>,
) -> Result<(usize, HttpRequest, Prepared, Permits), NotSent> {
    let Some(chosen) = run.route.targets.get(target as usize) else {
        return Err(Error::new(ErrorKind::Internal, "a target was chosen that is not there").into());
    };
    let changed = match chosen.parameters.is_empty() {
        true => None,
        false => Some(run.call.with_parameters(&chosen.parameters)?),
    };
    let call = changed.as_ref().unwrap_or(run.call);
    let (mut request, prepared) = prepare(run.settings, call, &chosen.target, run.stream)?;
    // One limit for the whole request, shared by all attempts.
    if let Some(total) = total {
        let left = total.saturating_sub(recorder.elapsed());
        if left.is_zero() {
            return Err(out_of_time(total).into());
        }
        request.limits.total = Some(left);
    }
    let permit =
        chosen.begin(run.clock, selection.demand, selection.last_resort).map_err(|_| NotSent::Refused)?;
    let permit = if run.route.hedges { permit.paid_from(run.budgets) } else { permit };
    Ok((recorder.begin(&chosen.target, cause), request, prepared, permit))
}

/// Waits until a target that is at a limit of the user's may have room.
///
/// Errors: `NoTargetAvailable` at once where that would be too late.
async fn wait_for_room(
    run: &Run<'_>,
    full: &Full<'_>,
    watch: Watch<'_>,
    deadline: Option<Duration>,
    began: Duration,
) -> Result<()> {
    let longest = began.saturating_add(run.settings.resilience.queue.longest_wait);
    let latest = deadline.map_or(longest, |deadline| deadline.min(longest));
    let now = run.clock.now();
    if now >= latest || full.until.is_some_and(|until| until >= latest) {
        let wait = full.until.unwrap_or(latest).saturating_sub(now).as_secs_f64();
        let mut error = Error::new(
            ErrorKind::NoTargetAvailable,
            format!(
                "every target is at a limit of its `quota`; `{}` has room in {wait:.1} s, which is too late",
                full.target.target.provider.name
            ),
        );
        error.retry_after = Some(wait);
        return Err(error);
    }
    // Room comes with time, or when another request ends.
    let until = run.clock.at(full.until.unwrap_or(latest));
    drop(tokio::time::timeout_at(until, watch.ended()).await);
    Ok(())
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

/// The error that ends a request: the last failure, with what is known around it.
fn gave_up(
    run: &Run<'_>,
    recorder: &Recorder,
    selection: &Selection<'_>,
    last: Option<(Error, u32)>,
) -> Error {
    let Some((mut error, target)) = last else {
        let reasons = selection.reasons().join("; ");
        let message = format!("no target can serve this request: {reasons}");
        let mut error = Error::new(ErrorKind::NoTargetAvailable, message);
        error.route = Some(Box::new((*recorder.trace()).clone()));
        return error;
    };
    if let Some(chosen) = run.route.targets.get(target as usize) {
        let target = &chosen.target;
        error.provider = Some(target.provider.name.clone());
        error.model = Some(target.model.clone());
        if recorder.attempts() > 0 {
            error.target = Some(target.name());
        }
    }
    if recorder.attempts() > 0 {
        error.attempts = recorder.attempts();
        error.route = Some(Box::new((*recorder.trace()).clone()));
    }
    error
}

impl Run<'_> {
    /// The limit of the whole request, all attempts together.
    fn total(&self) -> Option<Duration> {
        self.route.targets.first().and_then(|first| {
            crate::client::limits(self.settings, &first.target, &self.call.options, self.stream).total
        })
    }

    /// The choices of this request.
    pub fn selection(&self) -> Selection<'_> {
        let ChatCall { request, options } = self.call;
        let mut facts = RequestFacts::of(request, &options.routing, self.stream, estimate_tokens(request));
        if self.route.uses_prompt_key() {
            facts = facts.with_prompt_key(request);
        }
        let seed = options.routing.seed.unwrap_or_else(|| fastrand::u64(..));
        Selection::new(self.route, self.budgets, self.clock, facts, seed)
    }

    fn max_retries(&self) -> u32 {
        let of_provider = self.route.targets.first().and_then(|first| first.target.provider.max_retries);
        self.call.options.max_retries.or(of_provider).unwrap_or(self.settings.max_retries)
    }
}

/// One plain exchange.
async fn exchange(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: Prepared,
    mut permit: Permits,
) -> Result<Whole, Failure> {
    match whole(run, request, &prepared, &mut permit).await {
        Ok(reply) => {
            let used = reply.completion.usage.as_ref().map(|usage| prepared.target.used(usage));
            permit.succeeded(run.clock.now(), used);
            Ok(Whole { reply, prepared })
        }
        Err(failure) => Err(failed(run, permit, &prepared, failure)),
    }
}

/// Takes the target's key out of a failure and lets its state know.
fn failed(run: &Run<'_>, permit: Permits, prepared: &Prepared, mut failure: Failure) -> Failure {
    scrub(&mut failure.error, &prepared.target);
    permit.failed(run.clock.now(), &failure.error, None);
    failure
}

async fn whole(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: &Prepared,
    permit: &mut Permits,
) -> Result<ChatReply, Failure> {
    let HttpResponse { status, headers, body } = run.transport.send(request).await?;
    permit.answered(run.clock.now(), &rate_limits(&headers, SystemTime::now()));
    let body = collect(body, prepared.limits.max_response_bytes).await?;
    if !status.is_success() {
        return Err(refused(prepared, status, &headers, &body));
    }
    let mut completion = decode(prepared, status, &headers, &body)?;
    let raw = RawResponse::new(status.as_u16(), headers, body);
    completion.request_id.clone_from(&raw.request_id);
    Ok(ChatReply { completion, raw })
}

/// Opens a stream and waits for its first content.
async fn open(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: Prepared,
    mut permit: Permits,
) -> Result<ChatReplyStream, Failure> {
    let opened = match head(run, request, &prepared, &mut permit).await {
        Ok(opened) => opened,
        Err(failure) => return Err(failed(run, permit, &prepared, failure)),
    };
    let (raw, content) = opened;
    let mut stream = ChatReplyStream::new(prepared, raw, permit, run.clock, unix_seconds());
    match content {
        Opened::Stream(body) => stream.read_from(body),
        Opened::Whole(completion) => stream.deliver(*completion),
    }
    Ok(stream.commit().await?)
}

/// What a request for a stream was answered with.
enum Opened {
    Stream(Body),
    Whole(Box<ChatCompletion>),
}

/// The response's head is in, its body is to come.
async fn head(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: &Prepared,
    permit: &mut Permits,
) -> Result<(RawResponse, Opened), Failure> {
    let HttpResponse { status, headers, body } = run.transport.send(request).await?;
    permit.answered(run.clock.now(), &rate_limits(&headers, SystemTime::now()));
    let most = prepared.limits.max_response_bytes;
    if !status.is_success() {
        return Err(refused(prepared, status, &headers, &collect(body, most).await?));
    }
    if !is_plain_json(&headers) {
        return Ok((RawResponse::new(status.as_u16(), headers, Bytes::new()), Opened::Stream(body)));
    }
    // A service may answer a request for a stream plainly, with an error or with
    // the whole reply.
    let body = collect(body, most).await?;
    let completion = decode(prepared, status, &headers, &body)?;
    let raw = RawResponse::new(status.as_u16(), headers, Bytes::new());
    Ok((raw, Opened::Whole(Box::new(completion))))
}

fn decode(
    prepared: &Prepared,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<ChatCompletion> {
    match prepared.dialect.decode_chat(body, &prepared.target.model) {
        Ok(mut completion) => {
            completion.fill_created(unix_seconds());
            Ok(completion)
        }
        Err(mut error) => {
            error.status = Some(status.as_u16());
            error.request_id = error.request_id.take().or_else(|| request_id(headers));
            Err(error)
        }
    }
}

/// Whole seconds since 1970.
fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The error that a response of another status than 2xx says.
fn refused(prepared: &Prepared, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Failure {
    let mut error = prepared.dialect.decode_error(status, headers, body);
    error.status = Some(status.as_u16());
    error.request_id = error.request_id.take().or_else(|| request_id(headers));
    error.retry_after = retry_after(headers, SystemTime::now()).or(error.retry_after);
    let should_retry = match headers.get("x-should-retry").map(http::HeaderValue::as_bytes) {
        Some(b"true") => Some(true),
        Some(b"false") => Some(false),
        _ => None,
    };
    Failure { error, should_retry }
}

fn is_plain_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("application/json"))
}

fn out_of_time(total: Duration) -> Error {
    Error::new(ErrorKind::ApiTimeout, format!("no answer within {} s (limit `total`)", total.as_secs_f64()))
        .with_limit(TimeLimit::Total)
}
