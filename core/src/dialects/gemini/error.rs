//! Errors of Google's APIs: `{"error": {code, message, status, details}}`.
//!
//! The kind comes from `status` (google.rpc.Code) and from the typed `details`
//! (google.rpc.ErrorInfo, QuotaFailure, RetryInfo); the text of the message is
//! read only for the overflow of the context window, for which there is no code.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// `google.api.ErrorReason`s that mean the credential itself was refused.
const CREDENTIAL_REASONS: [&str; 6] = [
    "API_KEY_INVALID",
    "API_KEY_EXPIRED",
    "ACCESS_TOKEN_EXPIRED",
    "ACCESS_TOKEN_TYPE_UNSUPPORTED",
    "CREDENTIALS_MISSING",
    "ACCOUNT_STATE_INVALID",
];

pub(super) fn decode_error(status: StatusCode, body: &Bytes) -> Error {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => from_body(Some(status.as_u16()), value),
        Err(_) => {
            let text = String::from_utf8_lossy(body).into_owned();
            let mut error = Error::new(
                ErrorKind::from_status(status.as_u16()),
                if text.trim().is_empty() { format!("the service answered {status}") } else { text.clone() },
            );
            error.status = Some(status.as_u16());
            error.body = Some(Value::String(text));
            error
        }
    }
}

/// The error that a body says; `status` where there was an HTTP status of an error.
pub(super) fn from_body(status: Option<u16>, body: Value) -> Error {
    // A stream without `alt=sse` wraps its error in a list.
    let outer = body.as_array().and_then(|list| list.first()).unwrap_or(&body);
    let inner = outer.get("error").unwrap_or(outer);
    let field = |name: &str| inner.get(name).and_then(Value::as_str);
    let message = field("message").or_else(|| inner.as_str()).map(str::to_owned);
    let name = field("status").unwrap_or("");
    let code = inner.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let status = status.or(code);
    let details: &[Value] = inner.get("details").and_then(Value::as_array).map_or(&[], Vec::as_slice);
    let reason = detail(details, "ErrorInfo").and_then(|info| info.get("reason")).and_then(Value::as_str);
    let kind = kind(status, name, reason, details, message.as_deref().unwrap_or(""));
    let retry_after = detail(details, "RetryInfo")
        .and_then(|info| info.get("retryDelay"))
        .and_then(Value::as_str)
        .and_then(|delay| delay.strip_suffix('s'))
        .and_then(|seconds| seconds.parse::<f64>().ok())
        .filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
    let code = reason.map(str::to_owned).or_else(|| code.map(|code| code.to_string()));
    let error_type = (!name.is_empty()).then(|| name.to_owned());
    let mut error = Error::new(
        kind,
        message.unwrap_or_else(|| match status {
            Some(status) => format!("the service answered {status} without a message"),
            None => "the service sent an error without a message".to_owned(),
        }),
    );
    error.code = code;
    error.error_type = error_type;
    error.status = status;
    error.retry_after = retry_after;
    error.body = Some(body);
    error
}

/// The first detail of a type, such as `type.googleapis.com/google.rpc.RetryInfo`.
fn detail<'a>(details: &'a [Value], name: &str) -> Option<&'a Value> {
    details.iter().find(|detail| {
        detail.get("@type").and_then(Value::as_str).and_then(|kind| kind.rsplit('.').next()) == Some(name)
    })
}

fn kind(
    status: Option<u16>,
    name: &str,
    reason: Option<&str>,
    details: &[Value],
    message: &str,
) -> ErrorKind {
    if reason.is_some_and(|reason| CREDENTIAL_REASONS.contains(&reason)) {
        return ErrorKind::Authentication;
    }
    match name {
        "UNAUTHENTICATED" => ErrorKind::Authentication,
        "PERMISSION_DENIED" => ErrorKind::PermissionDenied,
        // "Gemini API free tier is not available in your country. Please enable billing"
        // (ai.google.dev, troubleshooting): about the account, not about the request.
        "FAILED_PRECONDITION" => ErrorKind::PermissionDenied,
        "INVALID_ARGUMENT" | "OUT_OF_RANGE" if exceeds_context(message) => ErrorKind::ContextWindowExceeded,
        "INVALID_ARGUMENT" | "OUT_OF_RANGE" => ErrorKind::BadRequest,
        "NOT_FOUND" => ErrorKind::NotFound,
        "RESOURCE_EXHAUSTED" if daily_quota(details) => ErrorKind::QuotaExceeded,
        "RESOURCE_EXHAUSTED" => ErrorKind::RateLimit,
        "UNAVAILABLE" => ErrorKind::Overloaded,
        "INTERNAL" | "UNKNOWN" | "DATA_LOSS" => ErrorKind::InternalServer,
        "DEADLINE_EXCEEDED" => ErrorKind::ApiTimeout,
        _ => match status {
            Some(400 | 413 | 422) if exceeds_context(message) => ErrorKind::ContextWindowExceeded,
            Some(status) => ErrorKind::from_status(status),
            None => ErrorKind::InternalServer,
        },
    }
}

/// "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
fn exceeds_context(message: &str) -> bool {
    message.contains("input token count") && message.contains("exceeds the maximum")
}

/// A violated quota that refills by the day, such as
/// `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. The short `retryDelay`
/// that such an answer carries beside it does not help.
fn daily_quota(details: &[Value]) -> bool {
    detail(details, "QuotaFailure")
        .and_then(|failure| failure.get("violations"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|violation| violation.get("quotaId").and_then(Value::as_str))
        .any(|quota| quota.contains("PerDay"))
}

/// The prompt itself was refused: there is no answer, only why.
///
/// An error and not an empty reply, because nothing was generated and another
/// target may be allowed to answer; recorded from Vertex AI's Model Armor.
pub(super) fn prompt_blocked(reason: &str, feedback: &Value, body: Value) -> Error {
    let message = match feedback.get("blockReasonMessage").and_then(Value::as_str) {
        Some(message) => format!("the service refused the prompt ({reason}): {message}"),
        None => format!("the service refused the prompt ({reason})"),
    };
    let mut error = Error::new(ErrorKind::ContentPolicy, message).with_body(body);
    error.code = Some(reason.to_owned());
    error
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
