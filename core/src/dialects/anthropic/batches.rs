//! Message batches: `/messages/batches`.
//!
//! Facts: specs/anthropic.json CreateMessageBatchParams, MessageBatch and ListResponse[MessageBatch];
//! platform.claude.com/docs "Batch processing" and "Retrieve Message Batch results" for the lines of the
//! results: `custom_id`, and a `result` of type `succeeded`, `errored`, `canceled` or `expired`.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::{Anthropic, decode as chats, encode};
use crate::dialects::batches::{self, item_error};
use crate::dialects::body::object;
use crate::dialects::openai::without_our_names;
use crate::dialects::path::id_segment;
use crate::dialects::response_headers::rfc3339;
use crate::dialects::{Dialect, EncodeContext, EncodedRequest, ToolNames};
use crate::error::{Error, ErrorKind, Result};
use crate::types::batches::{Batch, BatchCounts, BatchItem, BatchStatus, BatchStep, BatchesRequest};
use crate::types::chat::ChatCompletion;
use crate::types::operation::{Answer, Operation};

pub(super) fn encode(request: &BatchesRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let of = |id: &str, what: &str| -> Result<String> {
        Ok(format!("/messages/batches/{}{what}", id_segment(id)?))
    };
    let get = |path: String| EncodedRequest { path, reads: true, ..EncodedRequest::default() };
    Ok(match &request.step {
        BatchStep::Create(create) => return whole(&create.requests, context),
        // It is one already.
        BatchStep::Start { .. } => {
            return Err(Error::new(ErrorKind::Internal, "a batch of this wire starts as it is made"));
        }
        BatchStep::Retrieve { id, .. } => get(of(id, "")?),
        BatchStep::Cancel { id } => EncodedRequest { path: of(id, "/cancel")?, ..EncodedRequest::default() },
        BatchStep::Results { id, .. } => get(of(id, "/results")?),
        BatchStep::List(list) => {
            let limit = list.limit.map(|limit| ("limit".into(), limit.to_string()));
            let after = list.after.as_ref().map(|after| ("after_id".into(), after.clone()));
            EncodedRequest {
                query: limit.into_iter().chain(after).collect(),
                ..get("/messages/batches".to_owned())
            }
        }
    })
}

fn whole(items: &[BatchItem], context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut batch = EncodedRequest { path: "/messages/batches".to_owned(), ..EncodedRequest::default() };
    let mut requests = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let named = ToolNames::refuse(&item.chat, super::Anthropic.tool_name_rule(Operation::Chat));
        let encoded = named
            .and_then(|()| encode::encode_chat(&item.chat, context))
            .map_err(|error| item_error(error, index))?;
        requests.push(json!({ "custom_id": item.custom_id, "params": encoded.body }));
        for header in encoded.headers {
            add(&mut batch.headers, header);
        }
        if index == 0 {
            batch.translation = encoded.translation;
        }
    }
    batch.body.insert("requests".to_owned(), requests.into());
    Ok(batch)
}

/// One that another request asks for already is not said twice.
fn add(headers: &mut Vec<(Cow<'static, str>, String)>, header: (Cow<'static, str>, String)) {
    if !headers.contains(&header) {
        headers.push(header);
    }
}

pub(super) fn decode(request: &BatchesRequest, body: &Bytes, model: &str) -> Result<Answer> {
    match &request.step {
        BatchStep::List(_) => batches::page(body, read),
        BatchStep::Results { .. } => batches::results(body, |line| answered(line, model)),
        _ => Ok(Answer::Batch(read(object(body, "a batch")?))),
    }
}

fn read(mut fields: Map<String, Value>) -> Batch {
    fields.retain(|_, value| !value.is_null());
    fields.shift_remove("type");
    let mut text = |name: &str| match fields.shift_remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (id, processing) = (text("id"), text("processing_status"));
    let time = |text: &str| {
        let since = rfc3339(text)?.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    };
    let [created_at, ended_at, expires_at] =
        ["created_at", "ended_at", "expires_at"].map(|name| time(&text(name)));
    let counts = fields.shift_remove("request_counts").unwrap_or_default();
    let count = |name: &str| counts.get(name).and_then(Value::as_u64).unwrap_or(0);
    let mut request_counts = BatchCounts {
        total: 0,
        processing: count("processing"),
        succeeded: count("succeeded"),
        failed: count("errored"),
        cancelled: count("canceled"),
        expired: count("expired"),
    };
    let BatchCounts { processing: left, succeeded, failed, cancelled, expired, .. } = request_counts;
    request_counts.total = left + succeeded + failed + cancelled + expired;
    let status = match processing.as_str() {
        "in_progress" => BatchStatus::InProgress,
        "canceling" => BatchStatus::Cancelling,
        // How it ended is said by its requests alone.
        "ended" if cancelled > 0 && fields.contains_key("cancel_initiated_at") => BatchStatus::Cancelled,
        "ended" if expired > 0 => BatchStatus::Expired,
        "ended" => BatchStatus::Completed,
        other => BatchStatus::from(other),
    };
    Batch {
        native_status: Some(processing).filter(|native| native != status.as_str()),
        ended: status.has_ended(),
        status,
        request_counts,
        created_at: created_at.unwrap_or(0),
        ended_at,
        expires_at,
        native_id: id,
        provider_fields: without_our_names(
            fields,
            &["provider", "route", "request_id", "ended", "status", "model", "errors", "metadata"],
        ),
        ..Batch::default()
    }
}

/// What one line of the results answers.
fn answered(line: &Map<String, Value>, model: &str) -> Result<ChatCompletion> {
    let result = line.get("result").unwrap_or(&Value::Null);
    let word = result.get("type").and_then(Value::as_str).unwrap_or_default();
    let bytes = |name: &str| Bytes::from(result.get(name).cloned().unwrap_or_default().to_string());
    match word {
        "succeeded" => chats::decode_chat(&bytes("message"), model),
        // Its type says the kind; there is no status.
        "errored" => {
            let error = bytes("error");
            let mut error = Anthropic.decode_error(StatusCode::BAD_REQUEST, &HeaderMap::new(), &error);
            error.status = None;
            Err(error)
        }
        other => {
            let mut error = Error::new(ErrorKind::Cancelled, format!("the request was {other}"));
            error.error_type = Some(other.to_owned());
            Err(error.with_body(result.clone()))
        }
    }
}
