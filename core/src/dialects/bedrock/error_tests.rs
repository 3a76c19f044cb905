use super::*;
use serde_json::json;

fn decoded(status: u16, header: Option<&str>, body: &str) -> Error {
    let mut headers = HeaderMap::new();
    headers.insert("x-amzn-requestid", "id-1".parse().unwrap());
    if let Some(name) = header {
        headers.insert("x-amzn-errortype", name.parse().unwrap());
    }
    decode_error(StatusCode::from_u16(status).unwrap(), &headers, &Bytes::from(body.to_owned()))
}

#[test]
fn the_type_is_in_a_header_or_in_the_body() {
    let expired = "ExpiredTokenException:http://internal.amazon.com/coral/com.amazon.coral.service/";
    let error = decoded(403, Some(expired), r#"{"message": "expired"}"#);
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Authentication, "expired"));
    assert_eq!(error.error_type.as_deref(), Some("ExpiredTokenException"));
    assert_eq!((error.request_id.as_deref(), error.status), (Some("id-1"), Some(403)));

    let body =
        r#"{"__type": "com.amazon.coral.service#UnrecognizedClientException", "Message": "bad token"}"#;
    let error = decoded(403, None, body);
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Authentication, "bad token"));
}

#[test]
fn every_exception_of_the_service_has_its_kind() {
    for (status, name, kind) in [
        (403, "AccessDeniedException", ErrorKind::PermissionDenied),
        (500, "InternalServerException", ErrorKind::InternalServer),
        (424, "ModelErrorException", ErrorKind::InternalServer),
        (429, "ModelNotReadyException", ErrorKind::Overloaded),
        (408, "ModelTimeoutException", ErrorKind::ApiTimeout),
        (404, "ResourceNotFoundException", ErrorKind::NotFound),
        (400, "ServiceQuotaExceededException", ErrorKind::QuotaExceeded),
        (503, "ServiceUnavailableException", ErrorKind::Overloaded),
        (429, "ThrottlingException", ErrorKind::RateLimit),
        (400, "ValidationException", ErrorKind::BadRequest),
        (403, "InvalidSignatureException", ErrorKind::Authentication),
        (418, "OfTheFutureException", ErrorKind::BadRequest),
    ] {
        assert_eq!(decoded(status, Some(name), r#"{"message": "m"}"#).kind, kind, "{name}");
    }
    let long = r#"{"message": "Input is too long for requested model."}"#;
    assert_eq!(decoded(400, Some("ValidationException"), long).kind, ErrorKind::ContextWindowExceeded);
}

#[test]
fn any_body_gives_a_usable_error() {
    for (body, message) in [
        ("", "the provider answered with status 503 Service Unavailable"),
        ("<html>", "<html>"),
        ("[]", "the provider answered with status 503 Service Unavailable"),
        (r#"{"message": null}"#, "the provider answered with status 503 Service Unavailable"),
    ] {
        let error = decoded(503, None, body);
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Overloaded, message));
    }
}

#[test]
fn exceptions_in_a_stream_are_named_by_their_member() {
    let said = |name: &str, data: &'static str| in_band(name, &Bytes::from_static(data.as_bytes()));
    let error = said("throttlingException", r#"{"message": "slow down"}"#);
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::RateLimit, "slow down"));
    assert_eq!(error.body, Some(json!({"message": "slow down"})));
    let error = said("modelStreamErrorException", r#"{"originalStatusCode": 500}"#);
    assert_eq!(error.kind, ErrorKind::InternalServer);
    assert!(error.message.contains("modelStreamErrorException"));
    let error = said("InternalFailure", "broken");
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::InternalServer, "broken"));
    assert_eq!(said("ofTheFutureException", "").kind, ErrorKind::InternalServer);
}
