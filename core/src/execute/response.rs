//! What a response says, whether it was asked for whole or as a stream.

use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use super::Run;
use super::failure::Failure;
use crate::client::Prepared;
use crate::dialects;
use crate::dialects::response_headers::{request_id, retry_after};
use crate::dialects::service::ServiceOperation;
use crate::error::{Error, Result, Stage};
use crate::types::operation::Answer;
use crate::types::service::ServiceReply;

/// The answer to the request, or to a piece of it that has so many `inputs`.
pub(super) fn decode(
    run: &Run<'_>,
    prepared: &Prepared,
    inputs: Option<usize>,
    response: (StatusCode, &HeaderMap, &Bytes),
) -> Result<Answer> {
    let answer = decode_as_spoken(run, prepared, inputs, response)?;
    Ok(match (answer, &prepared.over_chat) {
        (Answer::Chat(completion), Some(over)) => over.answer(completion),
        (answer, _) => answer,
    })
}

/// The same in the words that the target was asked in: of what a chat stands for, a chat.
pub(super) fn decode_as_spoken(
    run: &Run<'_>,
    prepared: &Prepared,
    inputs: Option<usize>,
    (status, headers, body): (StatusCode, &HeaderMap, &Bytes),
) -> Result<Answer> {
    let of_response = |mut error: Error| {
        error.stage = Some(Stage::Answered);
        error.status = Some(status.as_u16());
        error.request_id = error.request_id.take().or_else(|| request_id(headers));
        error
    };
    let request = prepared.asked.as_deref().unwrap_or(&run.call.request);
    let target = &prepared.chosen.target;
    let quirks = &target.provider.quirks;
    let mut answer = match dialects::declared::wire(quirks, request.operation(), &target.model) {
        Some(wire) => wire.decode(request, body, &target.model),
        None => dialects::decode(prepared.dialect, request, body, &target.model),
    }
    .map_err(of_response)?;
    prepared.tool_names.restore_answer(&mut answer);
    if let Answer::Chat(completion) = &mut answer {
        completion.fill_created(unix_seconds());
    }
    if let Answer::Speech(speech) = &mut answer
        && let Some(said) = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok())
        && speech.content_type.is_empty()
    {
        said.clone_into(&mut speech.content_type);
    }
    answer.check(inputs).map_err(of_response)?;
    Ok(answer)
}

/// The answer of a declared operation.
pub(super) fn of_service(
    service: &ServiceOperation,
    (status, headers, body): (StatusCode, &HeaderMap, &Bytes),
) -> Result<Answer, Failure> {
    let read = service.reading.read(status, headers, body);
    let data = read.map_err(|error| with_response(error, status, headers))?;
    let status = status.as_u16();
    Ok(Answer::Service(ServiceReply { data, status, ..ServiceReply::default() }))
}

/// The error that a response of another status than 2xx says.
pub(super) fn refused(prepared: &Prepared, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Failure {
    with_response(prepared.dialect.decode_error(status, headers, body), status, headers)
}

fn with_response(mut error: Error, status: StatusCode, headers: &HeaderMap) -> Failure {
    error.stage = Some(Stage::Answered);
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

/// Whole seconds since 1970.
pub(super) fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
