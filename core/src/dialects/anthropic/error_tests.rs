use super::*;
use http::HeaderValue;
use serde_json::json;

fn decode(status: u16, body: &str) -> Error {
    let status = StatusCode::from_u16(status).unwrap();
    decode_error(status, &HeaderMap::new(), &Bytes::copy_from_slice(body.as_bytes()))
}

#[test]
fn the_type_says_the_kind() {
    for (error_type, status, kind) in [
        ("authentication_error", 401, ErrorKind::Authentication),
        ("permission_error", 403, ErrorKind::PermissionDenied),
        ("not_found_error", 404, ErrorKind::NotFound),
        ("rate_limit_error", 429, ErrorKind::RateLimit),
        ("overloaded_error", 529, ErrorKind::Overloaded),
        ("api_error", 500, ErrorKind::InternalServer),
        ("billing_error", 402, ErrorKind::QuotaExceeded),
        ("timeout_error", 504, ErrorKind::ApiTimeout),
        ("request_too_large", 413, ErrorKind::BadRequest),
        ("invalid_request_error", 400, ErrorKind::BadRequest),
        ("of_the_future", 503, ErrorKind::Overloaded),
    ] {
        let body =
            json!({"type": "error", "error": {"type": error_type, "message": "m"}, "request_id": "req_1"});
        let error = decode(status, &body.to_string());
        assert_eq!(error.kind, kind, "{error_type}");
        assert_eq!(error.error_type.as_deref(), Some(error_type));
        assert_eq!(error.message, "m");
        assert_eq!(error.request_id.as_deref(), Some("req_1"));
        assert_eq!(error.status, Some(status));
        assert_eq!(error.body, Some(body));
        // Inside a stream there is no status, and the type must do.
        if error_type != "of_the_future" {
            let event = json!({"type": "error", "error": {"type": error_type, "message": "m"}});
            assert_eq!(in_band(event).kind, kind, "{error_type}");
        }
    }
}

#[test]
fn the_header_tells_the_request_id() {
    let mut headers = HeaderMap::new();
    headers.insert("request-id", HeaderValue::from_static("req_header"));
    let error = decode_error(StatusCode::BAD_GATEWAY, &headers, &Bytes::new());
    assert_eq!(error.request_id.as_deref(), Some("req_header"));
    assert_eq!(error.kind, ErrorKind::InternalServer);
    assert!(error.message.contains("502"), "{}", error.message);
}

#[test]
fn recognised_bodies() {
    for (message, kind) in [
        ("prompt is too long: 208310 tokens > 200000 maximum", ErrorKind::ContextWindowExceeded),
        ("input length and `max_tokens` exceed context limit: 1 + 2 > 3", ErrorKind::ContextWindowExceeded),
        ("Your credit balance is too low to access the Anthropic API.", ErrorKind::QuotaExceeded),
        ("Output blocked by content filtering policy", ErrorKind::ContentPolicy),
        ("max_tokens: must be positive", ErrorKind::BadRequest),
    ] {
        let body = json!({"type": "error", "error": {"type": "invalid_request_error", "message": message}});
        assert_eq!(decode(400, &body.to_string()).kind, kind, "{message}");
    }
}

#[test]
fn other_shapes_give_a_usable_error() {
    let llama = decode(
        400,
        r#"{"error":{"code":400,"message":"too big","type":"exceed_context_size_error","n_ctx":512}}"#,
    );
    assert_eq!(llama.kind, ErrorKind::ContextWindowExceeded);
    assert_eq!((llama.message.as_str(), llama.code.as_deref()), ("too big", Some("400")));

    let loading =
        decode(503, r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#);
    assert_eq!(loading.kind, ErrorKind::Overloaded);

    let google = decode(404, r#"[{"error":{"code":404,"message":"no model","status":"NOT_FOUND"}}]"#);
    assert_eq!((google.kind, google.message.as_str()), (ErrorKind::NotFound, "no model"));

    assert_eq!(decode(400, r#"{"message":"bedrock"}"#).message, "bedrock");
    assert_eq!(decode(400, r#"{"error":"a text"}"#).message, "a text");
    let html = decode(502, "<html>bad gateway</html>");
    assert_eq!(html.body, Some(json!("<html>bad gateway</html>")));
    assert_eq!(html.kind, ErrorKind::InternalServer);
    assert!(decode(500, "").message.contains("500"));
}
