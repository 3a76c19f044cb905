//! The loop that awaits: asks resilience what comes next, does it, reports back.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use crate::client::{ChatReply, ChatReplyStream, Prepared, RawResponse, Recorder, SharedPlan, scrub};
use crate::dialects::response_headers::{request_id, retry_after};
use crate::error::{Error, ErrorKind, Result, TimeLimit};
use crate::resilience::Decision;
use crate::transport::framing::framing;
use crate::transport::{Body, HttpResponse, Transport, collect};
use crate::types::chat::ChatCompletion;

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

/// Sends a request until it is answered or given up.
pub(crate) async fn chat(transport: &dyn Transport, prepared: &Prepared) -> Result<ChatReply> {
    let mut recorder = Recorder::new(prepared);
    let mut random = fastrand::Rng::new();
    let mut waited = None;
    loop {
        let failure = match exchange(transport, prepared, &mut recorder).await {
            Ok(mut reply) => {
                recorder.succeeded(prepared, reply.completion.usage.as_ref());
                reply.completion.route = Some(recorder.trace());
                return Ok(reply);
            }
            Err(failure) => failure,
        };
        wait_or_give_up(prepared, &mut recorder, failure, &mut waited, &mut random).await?;
    }
}

/// Sends a request until the first content of its stream, or gives up.
pub(crate) async fn chat_stream(transport: &dyn Transport, plan: SharedPlan) -> Result<ChatReplyStream> {
    let mut recorder = Recorder::new(&plan);
    let mut random = fastrand::Rng::new();
    let mut waited = None;
    loop {
        let failure = match open(transport, &plan, &mut recorder).await {
            Ok((raw, body)) => {
                let framing = framing(plan.dialect.framing(), plan.request.limits.max_frame_bytes);
                let machine = plan.dialect.chat_stream(&plan.target.model);
                let mut stream =
                    ChatReplyStream::new(Arc::clone(&plan), raw, framing, machine, recorder, unix_seconds());
                match body {
                    Opened::Stream(body) => stream.read_from(body),
                    Opened::Whole(completion) => stream.deliver(*completion),
                }
                match stream.commit().await {
                    Ok(stream) => return Ok(stream),
                    Err((error, back)) => {
                        recorder = back;
                        Failure::from(error)
                    }
                }
            }
            Err(failure) => failure,
        };
        wait_or_give_up(&plan, &mut recorder, failure, &mut waited, &mut random).await?;
    }
}

/// One plain exchange.
async fn exchange(
    transport: &dyn Transport,
    prepared: &Prepared,
    recorder: &mut Recorder,
) -> Result<ChatReply, Failure> {
    let response = send(transport, prepared, recorder).await?;
    let (status, headers) = (response.status, response.headers);
    let body = collect(response.body, prepared.request.limits.max_response_bytes).await?;
    if !status.is_success() {
        return Err(refused(prepared, status, &headers, &body));
    }
    let mut completion = decode(prepared, status, &headers, &body)?;
    let raw = RawResponse::new(status.as_u16(), headers, body);
    completion.request_id.clone_from(&raw.request_id);
    recorder.first_content();
    Ok(ChatReply { completion, raw })
}

/// Opens a stream: the response's head is in, its body is to come.
async fn open(
    transport: &dyn Transport,
    plan: &SharedPlan,
    recorder: &mut Recorder,
) -> Result<(RawResponse, Opened), Failure> {
    let response = send(transport, plan, recorder).await?;
    let (status, headers) = (response.status, response.headers);
    if !status.is_success() {
        let body = collect(response.body, plan.request.limits.max_response_bytes).await?;
        return Err(refused(plan, status, &headers, &body));
    }
    if !is_plain_json(&headers) {
        let raw = RawResponse::new(status.as_u16(), headers, Bytes::new());
        return Ok((raw, Opened::Stream(response.body)));
    }
    // A service may answer a request for a stream plainly, with an error or with
    // the whole reply.
    let body = collect(response.body, plan.request.limits.max_response_bytes).await?;
    let completion = decode(plan, status, &headers, &body)?;
    let raw = RawResponse::new(status.as_u16(), headers, Bytes::new());
    Ok((raw, Opened::Whole(Box::new(completion))))
}

/// What a request for a stream was answered with.
enum Opened {
    Stream(Body),
    Whole(Box<ChatCompletion>),
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

async fn send(
    transport: &dyn Transport,
    prepared: &Prepared,
    recorder: &mut Recorder,
) -> Result<HttpResponse, Failure> {
    let mut request = prepared.request.clone();
    // One limit for the whole request, shared by all attempts.
    if let Some(total) = request.limits.total {
        let left = total.saturating_sub(recorder.elapsed());
        if left.is_zero() {
            return Err(out_of_time(total).into());
        }
        request.limits.total = Some(left);
    }
    recorder.begin();
    let response = transport.send(request).await?;
    recorder.status(response.status.as_u16());
    Ok(response)
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

/// Waits for the next attempt, or returns the error that ends the request.
async fn wait_or_give_up(
    prepared: &Prepared,
    recorder: &mut Recorder,
    failure: Failure,
    waited: &mut Option<Duration>,
    random: &mut fastrand::Rng,
) -> Result<()> {
    let Failure { mut error, should_retry } = failure;
    scrub(&mut error, &prepared.target);
    let decision = prepared.retry.decide(&error, should_retry, recorder.attempts(), *waited, random);
    if let Decision::Retry { wait } = decision
        && prepared.request.limits.total.is_none_or(|total| recorder.elapsed() + wait < total)
    {
        recorder.failed(&error, Some(wait));
        *waited = Some(wait);
        tokio::time::sleep(wait).await;
        return Ok(());
    }
    recorder.failed(&error, None);
    let target = &prepared.target;
    error.provider = Some(target.provider.name.clone());
    error.model = Some(target.model.clone());
    error.target = Some(target.name());
    error.attempts = recorder.attempts();
    error.route = Some(Box::new((*recorder.trace()).clone()));
    Err(error)
}

fn out_of_time(total: Duration) -> Error {
    Error::new(ErrorKind::ApiTimeout, format!("no answer within {} s (limit `total`)", total.as_secs_f64()))
        .with_limit(TimeLimit::Total)
}
