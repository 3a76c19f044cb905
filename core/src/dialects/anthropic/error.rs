//! What an error body says.
//!
//! Shape: `{"type": "error", "error": {"type", "message"}, "request_id"}`
//! (schema `ErrorResponse`). Servers that only imitate this wire answer in
//! OpenAI's shape, so any body must give a usable error.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::dialects::body::said;
use crate::error::{Error, ErrorKind};

pub(super) fn decode_error(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
    let mut error = from_body(said(body), ErrorKind::from_status(status.as_u16()));
    if error.message.is_empty() {
        error.message = format!("the provider answered with status {status}");
    }
    error.status = Some(status.as_u16());
    if let Some(id) = headers.get("request-id").and_then(|id| id.to_str().ok()) {
        error.request_id = Some(id.to_owned());
    }
    error
}

/// An error inside a response of status 200: an event of a stream, or a body.
pub(super) fn in_band(body: Value) -> Error {
    let mut error = from_body(Some(body), ErrorKind::InternalServer);
    if error.message.is_empty() {
        error.message = "the provider reported an error inside its response".to_owned();
    }
    error
}

fn from_body(body: Option<Value>, by_status: ErrorKind) -> Error {
    let Some(body) = body else { return Error::new(by_status, "") };
    // Google's front end wraps an error body in a list.
    let outer = match &body {
        Value::Array(list) => list.first().unwrap_or(&body),
        other => other,
    };
    let inner = outer.get("error").unwrap_or(outer);
    let field = |key: &str| inner.get(key).and_then(Value::as_str).map(str::to_owned);
    let message = field("message")
        .or_else(|| inner.as_str().map(str::to_owned))
        .or_else(|| outer.get("message").and_then(Value::as_str).map(str::to_owned))
        .unwrap_or_default();
    let error_type = field("type").filter(|word| word != "error");
    let code = match inner.get("code") {
        Some(Value::String(code)) => Some(code.clone()),
        Some(Value::Number(code)) => Some(code.to_string()),
        _ => None,
    };
    let kind = kind(error_type.as_deref(), &message, by_status);

    let mut error = Error::new(kind, message);
    error.error_type = error_type;
    error.code = code;
    error.request_id = outer.get("request_id").and_then(Value::as_str).map(str::to_owned);
    error.body = Some(body);
    error
}

fn kind(error_type: Option<&str>, message: &str, by_status: ErrorKind) -> ErrorKind {
    match error_type {
        Some("authentication_error") => ErrorKind::Authentication,
        Some("permission_error") => ErrorKind::PermissionDenied,
        Some("not_found_error") => ErrorKind::NotFound,
        Some("rate_limit_error") => ErrorKind::RateLimit,
        Some("overloaded_error") => ErrorKind::Overloaded,
        Some("api_error") => ErrorKind::InternalServer,
        Some("billing_error") => ErrorKind::QuotaExceeded,
        Some("timeout_error") => ErrorKind::ApiTimeout,
        Some("request_too_large") => ErrorKind::BadRequest,
        // llama.cpp's word (tools/server/server-task.cpp).
        Some("exceed_context_size_error") => ErrorKind::ContextWindowExceeded,
        Some("invalid_request_error") => recognised(message).unwrap_or(ErrorKind::BadRequest),
        _ => by_status,
    }
}

/// `invalid_request_error` carries no code that says more, so the text must do.
/// None of these texts is in recorded traffic.
fn recognised(message: &str) -> Option<ErrorKind> {
    let message = message.to_ascii_lowercase();
    let has = |text: &str| message.contains(text);
    if has("prompt is too long") || has("exceed context limit") {
        Some(ErrorKind::ContextWindowExceeded)
    } else if has("credit balance is too low") {
        Some(ErrorKind::QuotaExceeded)
    } else if has("blocked by content filtering policy") {
        Some(ErrorKind::ContentPolicy)
    } else {
        None
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
