use http::StatusCode;
use serde_json::{Value, json};

use super::*;

fn decode(status: u16, body: &Value) -> Error {
    decode_error(StatusCode::from_u16(status).unwrap(), &Bytes::from(body.to_string()))
}

fn wire(code: u16, status: &str, message: &str, details: Value) -> Value {
    json!({ "error": { "code": code, "message": message, "status": status, "details": details } })
}

#[test]
fn statuses_have_kinds() {
    for (code, status, kind) in [
        (401, "UNAUTHENTICATED", ErrorKind::Authentication),
        (403, "PERMISSION_DENIED", ErrorKind::PermissionDenied),
        (400, "FAILED_PRECONDITION", ErrorKind::PermissionDenied),
        (400, "INVALID_ARGUMENT", ErrorKind::BadRequest),
        (404, "NOT_FOUND", ErrorKind::NotFound),
        (429, "RESOURCE_EXHAUSTED", ErrorKind::RateLimit),
        (503, "UNAVAILABLE", ErrorKind::Overloaded),
        (500, "INTERNAL", ErrorKind::InternalServer),
        (504, "DEADLINE_EXCEEDED", ErrorKind::ApiTimeout),
        (418, "SOMETHING_NEW", ErrorKind::BadRequest),
    ] {
        let error = decode(code, &wire(code, status, "m", json!([])));
        assert_eq!(error.kind, kind, "{status}");
        assert_eq!(error.error_type.as_deref(), Some(status));
        assert_eq!(error.code.as_deref(), Some(code.to_string().as_str()));
    }
}

/// The shape as published in reports of the Gemini API's quotas.
#[test]
fn a_daily_quota_is_exhausted_and_one_by_the_minute_passes() {
    let details = |quota: &str| {
        json!([
            { "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{ "quotaId": quota }] },
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s" },
        ])
    };
    let daily = details("GenerateRequestsPerDayPerProjectPerModel-FreeTier");
    assert_eq!(decode(429, &wire(429, "RESOURCE_EXHAUSTED", "m", daily)).kind, ErrorKind::QuotaExceeded);
    let minute = details("GenerateRequestsPerMinutePerProjectPerModel-FreeTier");
    let error = decode(429, &wire(429, "RESOURCE_EXHAUSTED", "m", minute));
    assert_eq!((error.kind, error.retry_after), (ErrorKind::RateLimit, Some(34.07)));
}

#[test]
fn an_overflow_is_told_from_other_bad_requests() {
    let message = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
    let error = decode(400, &wire(400, "INVALID_ARGUMENT", message, json!([])));
    assert_eq!(error.kind, ErrorKind::ContextWindowExceeded);
}

#[test]
fn a_list_of_one_error_is_that_error() {
    let error = decode(404, &json!([wire(404, "NOT_FOUND", "no such model", json!([]))]));
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NotFound, "no such model"));
}

#[test]
fn a_body_that_is_no_json_keeps_its_text() {
    let error = decode_error(StatusCode::BAD_GATEWAY, &Bytes::from_static(b"<html>bad gateway</html>"));
    assert_eq!(error.kind, ErrorKind::InternalServer);
    assert_eq!(error.body, Some(json!("<html>bad gateway</html>")));
    let empty = decode_error(StatusCode::SERVICE_UNAVAILABLE, &Bytes::new());
    assert_eq!(empty.kind, ErrorKind::Overloaded);
}
