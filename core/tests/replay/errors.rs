//! Every error response: kind from its code or type, body kept, message said.

use roocode::ErrorKind;
use roocode::dialects::Dialect;
use serde_json::Value;

use crate::cases::{self, Exchange, Payload, Wire};
use crate::drive::dialect;
use crate::expected::{report, short};

#[test]
fn every_error_response_gives_its_kind_and_keeps_its_body() {
    let exchanges = cases::replayed().into_iter().map(|(_, exchange, wire)| (exchange, dialect(wire)));
    check_errors("error responses", 59, exchanges);
}

/// Has each recorded error read by the dialect beside it, and compares with what its JSON and headers say.
pub fn check_errors(
    what: &str,
    least: usize,
    exchanges: impl Iterator<Item = (&'static Exchange, &'static dyn Dialect)>,
) {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for (exchange, dialect) in exchanges.filter(|(exchange, _)| exchange.is_error()) {
        let body = match &exchange.payload {
            Payload::Json(body) => body.clone(),
            Payload::Text(text) => Value::String(text.clone()),
            Payload::Binary(_) => continue,
        };
        checked += 1;
        let wire = Wire::ALL.into_iter().find(|wire| wire.name() == dialect.name().as_str()).unwrap();
        let error = dialect.decode_error(exchange.status, &exchange.headers, &exchange.body());
        let mut find = |line: String| findings.push(format!("{}: {line}", exchange.name));
        let status = exchange.status.as_u16();
        let header = |name: &str| exchange.headers.get(name).and_then(|value| value.to_str().ok());
        let said_type = header("x-amzn-errortype").and_then(|said| said.split(':').next());
        said(wire, status, &body, said_type).differences(&error).into_iter().for_each(&mut find);
        if error.body.as_ref() != Some(&body) {
            find(format!("body: expected {}, got {}", short(&body), short(&error.body)));
        }
        if error.status != Some(status) {
            find(format!("status: expected {status}, got {:?}", error.status));
        }
        let ids = ["x-request-id", "request-id", "x-amzn-requestid"];
        if let Some(id) = ids.into_iter().find_map(header)
            && error.request_id.as_deref() != Some(id)
        {
            find(format!("request id: expected {id}, got {:?}", error.request_id));
        }
        if let Some(seconds) = header("retry-after").and_then(|value| value.parse::<f64>().ok())
            && error.retry_after != Some(seconds)
        {
            find(format!("retry after: expected {seconds}, got {:?}", error.retry_after));
        }
    }
    report(what, checked, least, &findings);
}

/// What an error's JSON says.
pub struct Said {
    kind: ErrorKind,
    message: String,
    code: Option<String>,
    error_type: Option<String>,
}

impl Said {
    pub fn differences(&self, error: &roocode::Error) -> Vec<String> {
        let mut out = Vec::new();
        if error.kind != self.kind {
            out.push(format!("kind: expected {:?}, got {:?}", self.kind, error.kind));
        }
        if self.message.is_empty() || !error.message.contains(&self.message) {
            out.push(format!("message: expected {:?}, got {:?}", self.message, error.message));
        }
        if self.code.is_some() && error.code != self.code {
            out.push(format!("code: expected {:?}, got {:?}", self.code, error.code));
        }
        if self.error_type.is_some() && error.error_type != self.error_type {
            out.push(format!("type: expected {:?}, got {:?}", self.error_type, error.error_type));
        }
        out
    }
}

/// Reads an error body or an error event. `status` is that of the response; an
/// event under status 200 may carry its own. `said_type`: the type in a header of AWS's.
pub fn said(wire: Wire, status: u16, body: &Value, said_type: Option<&str>) -> Said {
    let error = match (&body["error"], &body["delta"]) {
        (error @ Value::Object(_), _) => error,
        // The last event of a stream of Cohere's.
        (_, delta @ Value::Object(_)) if wire == Wire::Cohere => delta,
        _ => body,
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let message = text(&error["message"])
        .or_else(|| text(&error["detail"]))
        .or_else(|| text(&error["error"]))
        .unwrap_or_default();
    let own =
        error["status_code"].as_u64().or_else(|| error["code"].as_u64()).and_then(|n| u16::try_from(n).ok());
    let status = if status == 200 { own.unwrap_or(status) } else { status };
    let (code, error_type) = match wire {
        // Google's `code` repeats the HTTP status; `status` says it in words, a detail's `reason` more exactly.
        Wire::Gemini => (reason(error), text(&error["status"])),
        Wire::Bedrock => (None, said_type.map(str::to_owned)),
        Wire::Cohere => (None, text(&error["error_type"])),
        _ => (text(&error["code"]), text(&error["type"])),
    };
    let kind = match wire {
        Wire::OpenAi => openai_kind(code.as_deref(), error_type.as_deref()),
        Wire::Anthropic => error_type.as_deref().and_then(anthropic_kind),
        Wire::Gemini => gemini_kind(error),
        Wire::Bedrock => error_type.as_deref().and_then(bedrock_kind),
        // Neither has codes; the status says the kind.
        Wire::Cohere | Wire::Ollama => None,
    };
    let kind = kind.unwrap_or_else(|| by_status(status));
    Said { kind, message, code, error_type }
}

/// <https://platform.openai.com/docs/guides/error-codes>, and Azure's codes.
fn openai_kind(code: Option<&str>, error_type: Option<&str>) -> Option<ErrorKind> {
    match (code, error_type) {
        (Some("invalid_api_key"), _) | (_, Some("authentication_error")) => Some(ErrorKind::Authentication),
        (Some("model_not_found" | "DeploymentNotFound"), _) => Some(ErrorKind::NotFound),
        (Some("context_length_exceeded"), _) => Some(ErrorKind::ContextWindowExceeded),
        (Some("content_filter" | "content_policy_violation"), _) => Some(ErrorKind::ContentPolicy),
        (Some("insufficient_quota"), _) => Some(ErrorKind::QuotaExceeded),
        _ => None,
    }
}

/// <https://docs.anthropic.com/en/api/errors>
fn anthropic_kind(error_type: &str) -> Option<ErrorKind> {
    Some(match error_type {
        "invalid_request_error" | "request_too_large" => ErrorKind::BadRequest,
        "authentication_error" => ErrorKind::Authentication,
        "billing_error" => ErrorKind::QuotaExceeded,
        "permission_error" => ErrorKind::PermissionDenied,
        "not_found_error" => ErrorKind::NotFound,
        "rate_limit_error" => ErrorKind::RateLimit,
        "timeout_error" => ErrorKind::ApiTimeout,
        "overloaded_error" => ErrorKind::Overloaded,
        "api_error" => ErrorKind::InternalServer,
        _ => return None,
    })
}

/// <https://ai.google.dev/gemini-api/docs/troubleshooting>; a wrong key comes
/// as 400 `INVALID_ARGUMENT` with the reason `API_KEY_INVALID`.
fn gemini_kind(error: &Value) -> Option<ErrorKind> {
    if reason(error).as_deref() == Some("API_KEY_INVALID") {
        return Some(ErrorKind::Authentication);
    }
    Some(match error["status"].as_str()? {
        "INVALID_ARGUMENT" | "FAILED_PRECONDITION" | "OUT_OF_RANGE" => ErrorKind::BadRequest,
        "UNAUTHENTICATED" => ErrorKind::Authentication,
        "PERMISSION_DENIED" => ErrorKind::PermissionDenied,
        "NOT_FOUND" => ErrorKind::NotFound,
        "RESOURCE_EXHAUSTED" => ErrorKind::RateLimit,
        "INTERNAL" | "UNKNOWN" => ErrorKind::InternalServer,
        "UNAVAILABLE" => ErrorKind::Overloaded,
        "DEADLINE_EXCEEDED" => ErrorKind::ApiTimeout,
        _ => return None,
    })
}

/// docs.aws.amazon.com/bedrock "Troubleshooting Amazon Bedrock API Error Codes".
fn bedrock_kind(error_type: &str) -> Option<ErrorKind> {
    Some(match error_type {
        "ExpiredTokenException" | "UnrecognizedClientException" => ErrorKind::Authentication,
        "AccessDeniedException" => ErrorKind::PermissionDenied,
        "ResourceNotFoundException" => ErrorKind::NotFound,
        "ThrottlingException" => ErrorKind::RateLimit,
        "ValidationException" => ErrorKind::BadRequest,
        _ => return None,
    })
}

/// The reason in the details of a Google error: `google.rpc.ErrorInfo`.
fn reason(error: &Value) -> Option<String> {
    let mut details = error["details"].as_array().into_iter().flatten();
    details.find_map(|detail| detail["reason"].as_str().map(str::to_owned))
}

/// The table of the design, for what says nothing more exact.
fn by_status(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Authentication,
        402 => ErrorKind::QuotaExceeded,
        403 => ErrorKind::PermissionDenied,
        404 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::ApiTimeout,
        429 => ErrorKind::RateLimit,
        503 | 529 => ErrorKind::Overloaded,
        400..=499 => ErrorKind::BadRequest,
        _ => ErrorKind::InternalServer,
    }
}
