//! What an error says: `{"id", "message"}`, recorded; there are no codes.
//!
//! Statuses and texts are those of the documentation's list (fern/pages/cohere-api/errors.mdx) and of
//! Cohere's own SDK (src/cohere/errors).

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::dialects::Dialect;
use crate::dialects::openai::OpenAi;
use crate::error::{Error, ErrorKind};

/// Beginnings of texts of status 400 by which the prompt does not fit. "too many tokens: max tokens
/// must be …" is about the answer and is none of them.
const TOO_LONG: [&str; 4] = [
    "too many tokens: total number of tokens",
    "too many tokens: size limit exceeded",
    "too many tokens: multi-hop prompt",
    "too many tokens: minimal context",
];

/// The reader of OpenAI's many forms knows this one, too; what is Cohere's own is added.
pub(super) fn decode(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
    let mut error = OpenAi.decode_error(status, headers, body);
    error.kind = match status.as_u16() {
        400 if TOO_LONG.iter().any(|text| error.message.starts_with(text)) => {
            ErrorKind::ContextWindowExceeded
        }
        // "Request Cancelled": "try the request again".
        499 => ErrorKind::InternalServer,
        _ => error.kind,
    };
    if error.request_id.is_none() {
        let id = error.body.as_ref().and_then(|body| body.get("id")).and_then(Value::as_str);
        error.request_id = id.map(str::to_owned);
    }
    error
}

/// The error that an event of a stream says, as recorded in the `delta` of its last:
/// `{"finish_reason": "ERROR", "error": "…", "error_type": "INVALID_TOOL_GENERATION", "usage": {}}`.
///
/// Status 200 came before it, and what is known of these failures is the model's doing: the request
/// may be asked again, of another target, too.
pub(super) fn in_stream(event: Value) -> Error {
    let said = event.get("delta").unwrap_or(&event);
    let text = |key: &str| said.get(key).and_then(Value::as_str).map(str::to_owned);
    let message = text("error")
        .or_else(|| text("message"))
        .unwrap_or_else(|| "the service ended the stream with an error".to_owned());
    let mut error = Error::new(ErrorKind::InternalServer, message);
    error.error_type = text("error_type");
    error.body = Some(event);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, message: &str) -> ErrorKind {
        let body = Bytes::from(serde_json::json!({ "id": "e-1", "message": message }).to_string());
        let error = decode(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), &body);
        assert_eq!((error.message.as_str(), error.request_id.as_deref()), (message, Some("e-1")));
        error.kind
    }

    #[test]
    fn kinds_follow_the_documented_list() {
        let too_long =
            "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.";
        assert_eq!(kind(400, too_long), ErrorKind::ContextWindowExceeded);
        let answer = "too many tokens: max tokens must be less than or equal to 4096, the maximum output";
        assert_eq!(kind(400, answer), ErrorKind::BadRequest);
        assert_eq!(kind(401, "invalid api token"), ErrorKind::Authentication);
        assert_eq!(kind(402, "Maximum billing reached for this API key"), ErrorKind::QuotaExceeded);
        assert_eq!(kind(404, "model 'xyz' not found"), ErrorKind::NotFound);
        assert_eq!(kind(429, "You are past the per minute request limit"), ErrorKind::RateLimit);
        assert_eq!(kind(499, "request cancelled"), ErrorKind::InternalServer);
        assert_eq!(kind(500, "internal server error"), ErrorKind::InternalServer);
        assert_eq!(kind(503, "service unavailable"), ErrorKind::Overloaded);
    }
}
