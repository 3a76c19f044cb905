use http::{HeaderMap, StatusCode};

use super::*;
use crate::error::{Error, ErrorKind};

fn error(status: u16, body: &str) -> Error {
    OpenAi.decode_error(
        StatusCode::from_u16(status).unwrap(),
        &HeaderMap::new(),
        &Bytes::from(body.to_owned()),
    )
}

#[test]
fn codes_and_types_come_before_the_status() {
    for (status, body, kind) in [
        (400, json!({ "code": "context_length_exceeded" }), ErrorKind::ContextWindowExceeded),
        (400, json!({ "code": 400, "type": "exceed_context_size_error" }), ErrorKind::ContextWindowExceeded),
        (
            429,
            json!({ "code": "insufficient_quota", "type": "insufficient_quota" }),
            ErrorKind::QuotaExceeded,
        ),
        (429, json!({ "code": "rate_limit_exceeded", "type": "requests" }), ErrorKind::RateLimit),
        (429, json!({ "type": "engine_overloaded_error" }), ErrorKind::Overloaded),
        (
            401,
            json!({ "code": "invalid_request_error", "type": "authentication_error" }),
            ErrorKind::Authentication,
        ),
        (400, json!({ "code": "invalid_api_key" }), ErrorKind::Authentication),
        (400, json!({ "code": "model_not_found" }), ErrorKind::NotFound),
        (404, json!({ "code": "DeploymentNotFound", "type": "invalid_request_error" }), ErrorKind::NotFound),
        (400, json!({ "code": "content_filter" }), ErrorKind::ContentPolicy),
        (
            400,
            json!({ "code": "x", "innererror": { "code": "ResponsibleAIPolicyViolation" } }),
            ErrorKind::ContentPolicy,
        ),
        (
            403,
            json!({ "code": 403, "metadata": { "reasons": ["violence"], "flagged_input": "…" } }),
            ErrorKind::ContentPolicy,
        ),
        (
            400,
            json!({ "code": 400, "metadata": { "raw": "{\"error\":{\"code\":\"context_length_exceeded\"}}" } }),
            ErrorKind::ContextWindowExceeded,
        ),
        (503, json!({ "code": 503, "type": "unavailable_error" }), ErrorKind::Overloaded),
        (402, json!({ "code": 402 }), ErrorKind::QuotaExceeded),
        (422, json!({ "type": "invalid_request_error" }), ErrorKind::BadRequest),
        (500, json!({}), ErrorKind::InternalServer),
    ] {
        let found = error(status, &json!({ "error": body }).to_string());
        assert_eq!((found.kind, found.status), (kind, Some(status)), "{body}");
    }
}

#[test]
fn a_phrase_is_looked_at_last_and_for_bad_requests_alone() {
    let vllm = json!({ "object": "error", "message": "This model's maximum context length is 4096 tokens.", "type": "BadRequestError", "code": 400 });
    assert_eq!(error(400, &vllm.to_string()).kind, ErrorKind::ContextWindowExceeded);
    assert_eq!(error(500, &vllm.to_string()).kind, ErrorKind::InternalServer);
    let known = json!({ "error": { "code": "model_not_found", "message": "no maximum context length" } });
    assert_eq!(error(404, &known.to_string()).kind, ErrorKind::NotFound);
}

#[test]
fn reads_every_shape_of_body() {
    for (body, message) in [
        (r#"{"error":"Specified model not found"}"#, "Specified model not found"),
        (r#"{"error":"not_found","message":"No such model"}"#, "No such model"),
        (r#"{"detail":"Invalid API Key"}"#, "Invalid API Key"),
        (r#"{"message":"Logprobs are not enabled","code":"3051"}"#, "Logprobs are not enabled"),
        (
            r#"{"detail":[{"loc":["body","messages",0,"content"],"msg":"field required","type":"missing"}]}"#,
            "messages[0].content: field required",
        ),
        (r#"[{"error":{"code":400,"message":"Bad","status":"INVALID_ARGUMENT"}}]"#, "Bad"),
        (
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"upstream is busy"}}}"#,
            "Provider returned error: upstream is busy",
        ),
        ("<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
        ("<html></html>", "HTTP 400 Bad Request"),
        ("upstream connect error", "upstream connect error"),
        ("", "HTTP 400 Bad Request"),
        ("null", "HTTP 400 Bad Request"),
    ] {
        assert_eq!(error(400, body).message, message, "{body}");
    }
    assert_eq!(error(400, "plain").body, Some(json!("plain")));
    assert_eq!(error(400, "").body, None);
    let long = "é".repeat(2000);
    let found = error(500, &long);
    assert_eq!((found.message.chars().count(), found.body.clone()), (501, Some(json!(long))));
}

#[test]
fn fills_every_field() {
    let headers = [("x-request-id", "req_1"), ("retry-after-ms", "1500")];
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let body = json!({ "error": { "message": "no", "type": "t", "param": "stop", "code": 7 } });
    let found = OpenAi.decode_error(StatusCode::TOO_MANY_REQUESTS, &headers, &Bytes::from(body.to_string()));
    assert_eq!(found.kind, ErrorKind::RateLimit);
    assert_eq!(
        (found.code.as_deref(), found.error_type.as_deref(), found.param.as_deref()),
        (Some("7"), Some("t"), Some("stop"))
    );
    assert_eq!(
        (found.request_id.as_deref(), found.retry_after, found.body.clone()),
        (Some("req_1"), Some(1.5), Some(body))
    );
    let place = error(422, r#"{"detail":[{"loc":["body","top_p"],"msg":"too big"}]}"#);
    assert_eq!(place.param.as_deref(), Some("top_p"));
}
