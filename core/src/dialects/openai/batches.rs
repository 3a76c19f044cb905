//! Batches: a file of requests, what is made of it, and a file of their results.
//!
//! Facts: specs/openai.json CreateBatchRequest, Batch and ListBatchesResponse; recordings/openai
//! (`openai.batches`, and a file's content); platform.openai.com/docs/guides/batch for the lines of both
//! files, which no schema has: `custom_id`, `method`, `url`, `body`, and `custom_id`, `response`, `error`.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::{OpenAi, decode as chats, encode};
use crate::dialects::batches::{self, item_error};
use crate::dialects::body::object;
use crate::dialects::path::id_segment;
use crate::dialects::{BodyForm, Dialect, EncodeContext, EncodedRequest, ToolNames};
use crate::error::{Error, ErrorKind, Result};
use crate::types::batches::{Batch, BatchCounts, BatchItem, BatchStatus, BatchStep, BatchesRequest};
use crate::types::chat::ChatCompletion;
use crate::types::operation::{Answer, Operation};
use crate::types::upload::Upload;

/// What a line asks, and the batch as a whole.
const ENDPOINT: &str = "/v1/chat/completions";

pub(super) fn encode(request: &BatchesRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let get = |path: String| EncodedRequest { path, reads: true, ..EncodedRequest::default() };
    Ok(match &request.step {
        BatchStep::Create(create) => return upload(&create.requests, context),
        BatchStep::Start { file, metadata } => {
            let mut body = Map::from_iter([
                ("input_file_id".to_owned(), Value::from(file.as_str())),
                ("endpoint".to_owned(), ENDPOINT.into()),
                // The only one there is.
                ("completion_window".to_owned(), "24h".into()),
            ]);
            if let Some(metadata) = metadata {
                body.insert("metadata".to_owned(), metadata.clone().into());
            }
            EncodedRequest { path: "/batches".to_owned(), body, ..EncodedRequest::default() }
        }
        BatchStep::Retrieve { id, .. } => get(format!("/batches/{}", id_segment(id)?)),
        BatchStep::Cancel { id } => EncodedRequest {
            path: format!("/batches/{}/cancel", id_segment(id)?),
            ..EncodedRequest::default()
        },
        BatchStep::List(list) => {
            let limit = list.limit.map(|limit| ("limit".into(), limit.to_string()));
            let after = list.after.as_ref().map(|after| ("after".into(), after.clone()));
            EncodedRequest { query: limit.into_iter().chain(after).collect(), ..get("/batches".to_owned()) }
        }
        BatchStep::Results { id, file } => {
            get(format!("/files/{}/content", id_segment(file.as_deref().unwrap_or(id))?))
        }
    })
}

/// The file of the requests, a line each.
fn upload(items: &[BatchItem], context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let (mut file, mut translation) = (Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        let named = ToolNames::refuse(&item.chat, super::OpenAi.tool_name_rule(Operation::Chat));
        let encoded = named
            .and_then(|()| encode::encode(&item.chat, context))
            .map_err(|error| item_error(error, index))?;
        let line = json!({
            "custom_id": item.custom_id, "method": "POST", "url": ENDPOINT, "body": encoded.body,
        });
        serde_json::to_writer(&mut file, &line).map_err(|error| {
            Error::new(ErrorKind::Internal, "the request cannot be written").with_source(error)
        })?;
        file.push(b'\n');
        if index == 0 {
            translation = encoded.translation;
        }
    }
    Ok(EncodedRequest {
        path: "/files".to_owned(),
        body: Map::from_iter([("purpose".to_owned(), Value::from("batch"))]),
        form: BodyForm::Multipart(vec![(
            "file".to_owned(),
            Upload::bytes(Some("requests.jsonl".to_owned()), file),
        )]),
        translation,
        ..EncodedRequest::default()
    })
}

pub(super) fn decode(request: &BatchesRequest, body: &Bytes, model: &str) -> Result<Answer> {
    match &request.step {
        BatchStep::Create(_) => {
            let mut file = object(body, "an uploaded file")?;
            let Some(Value::String(id)) = file.shift_remove("id") else {
                let message = "the uploaded file has no `id`";
                return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(file.into()));
            };
            Ok(Answer::Batch(Batch { native_id: id, is_uploaded: true, ..Batch::default() }))
        }
        BatchStep::List(_) => batches::page(body, read),
        BatchStep::Results { .. } => batches::results(body, |line| answered(line, model)),
        BatchStep::Start { .. } | BatchStep::Retrieve { .. } | BatchStep::Cancel { .. } => {
            Ok(Answer::Batch(read(object(body, "a batch")?)))
        }
    }
}

fn read(mut fields: Map<String, Value>) -> Batch {
    fields.shift_remove("object");
    fields.retain(|_, value| !value.is_null());
    let mut text = |name: &str| match fields.get(name) {
        Some(Value::String(_)) => match fields.shift_remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        },
        _ => None,
    };
    let (id, model) = (text("id").unwrap_or_default(), text("model"));
    let status = text("status").map_or(BatchStatus::Validating, |status| BatchStatus::from(status.as_str()));
    let files = ["output_file_id", "error_file_id"].iter().filter_map(|name| {
        let id = fields.get(*name)?.as_str()?;
        Some(id.to_owned())
    });
    let files = files.filter(|id| !id.is_empty()).collect();
    let time = |name: &str| fields.get(name).and_then(Value::as_i64);
    let ended_at =
        ["completed_at", "failed_at", "expired_at", "cancelled_at"].iter().find_map(|name| time(name));
    let (created_at, expires_at) = (time("created_at").unwrap_or(0), time("expires_at"));
    let counted = |name: &str| fields.get("request_counts").and_then(|counts| counts.get(name)?.as_u64());
    let (total, succeeded, failed) =
        (counted("total").unwrap_or(0), counted("completed").unwrap_or(0), counted("failed").unwrap_or(0));
    let left = total.saturating_sub(succeeded + failed);
    let mut request_counts = BatchCounts { total, succeeded, failed, ..BatchCounts::default() };
    // Those that were never begun are in no count of the service's.
    match status {
        BatchStatus::Cancelled => request_counts.cancelled = left,
        BatchStatus::Expired => request_counts.expired = left,
        _ => request_counts.processing = left,
    }
    let errors = fields.shift_remove("errors");
    let metadata = match fields.shift_remove("metadata") {
        Some(Value::Object(metadata)) => Some(metadata),
        _ => None,
    };
    for name in ["created_at", "expires_at", "request_counts"] {
        fields.shift_remove(name);
    }
    Batch {
        ended: status.has_ended(),
        status,
        model,
        request_counts,
        created_at,
        ended_at,
        expires_at,
        errors,
        metadata,
        files: Some(files),
        native_id: id,
        provider_fields: super::without_our_names(fields, &["provider", "route", "request_id", "ended"]),
        ..Batch::default()
    }
}

/// What one line of a file of results answers.
fn answered(line: &Map<String, Value>, model: &str) -> Result<ChatCompletion> {
    let response = line.get("response").filter(|response| !response.is_null());
    let status = response.and_then(|response| u16::try_from(response.get("status_code")?.as_u64()?).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let body = response.and_then(|response| response.get("body"));
    let bytes = Bytes::from(body.unwrap_or_default().to_string());
    let answered = match (status, body) {
        (Some(status), Some(_)) if status.is_success() => chats::decode(&bytes, model),
        (Some(status), Some(_)) => Err(OpenAi.decode_error(status, &HeaderMap::new(), &bytes)),
        // It never was asked: expired, or cancelled.
        _ => {
            let error = line.get("error").cloned().unwrap_or_default();
            let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
            let message = text("message").unwrap_or_else(|| "the request was not answered".to_owned());
            let code = text("code");
            let mut failure = Error::new(ErrorKind::Cancelled, message).with_body(error.clone());
            failure.error_type.clone_from(&code);
            failure.code = code;
            Err(failure)
        }
    };
    let request_id = response.and_then(|response| response.get("request_id")?.as_str()).map(str::to_owned);
    match answered {
        Ok(mut completion) => {
            completion.request_id = request_id.or(completion.request_id);
            Ok(completion)
        }
        Err(mut error) => {
            error.request_id = request_id.or(error.request_id.take());
            Err(error)
        }
    }
}
