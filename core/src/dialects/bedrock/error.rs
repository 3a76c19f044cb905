//! What an error says: `{"message"}` with its type in a header, or in the body.
//!
//! Types are those of the service model (`ThrottlingException` …) and AWS's common ones
//! (docs.aws.amazon.com/bedrock "Troubleshooting Amazon Bedrock API Error Codes"). In a
//! stream an exception is a message of its own, named by its member of
//! `ConverseStreamOutput`.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::dialects::body::said;
use crate::error::{Error, ErrorKind};

pub(super) fn decode_error(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
    let value = said(body);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let by_status = ErrorKind::from_status(status.as_u16());
    let mut error = from_body(header("x-amzn-errortype"), value, by_status);
    if error.message.is_empty() {
        error.message = format!("the provider answered with status {status}");
    }
    error.status = Some(status.as_u16());
    error.request_id = header("x-amzn-requestid").map(str::to_owned);
    error
}

/// An exception or error inside a stream: a frame named `exception:TYPE` or `error:TYPE`.
pub(super) fn in_band(name: &str, data: &Bytes) -> Error {
    let mut error = from_body(Some(name), said(data), ErrorKind::InternalServer);
    if error.message.is_empty() {
        error.message = format!("the provider reported `{name}` inside its stream");
    }
    error
}

fn from_body(said_type: Option<&str>, body: Option<Value>, by_status: ErrorKind) -> Error {
    let field = |keys: [&str; 2]| {
        let body = body.as_ref()?;
        keys.iter().find_map(|key| body.get(key).and_then(Value::as_str)).map(str::to_owned)
    };
    let error_type = said_type.map(str::to_owned).or_else(|| field(["__type", "code"]));
    let error_type = error_type.map(|name| bare_type(&name).to_owned()).filter(|name| !name.is_empty());
    let message = field(["message", "Message"])
        .or_else(|| body.as_ref().and_then(Value::as_str).map(str::to_owned))
        .unwrap_or_default();
    let kind = error_type.as_deref().and_then(|name| kind(name, &message)).unwrap_or(by_status);
    let mut error = Error::new(kind, message);
    error.error_type = error_type;
    error.body = body;
    error
}

/// `Name:http://…` of a header (recorded), `namespace#Name` of a body.
fn bare_type(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or(name);
    name.rsplit('#').next().unwrap_or(name)
}

/// A type's kind. Statuses are the service model's. In a stream the first letter is small.
fn kind(error_type: &str, message: &str) -> Option<ErrorKind> {
    let is = |name: &str| {
        error_type.eq_ignore_ascii_case(name)
            || error_type.len() == name.len() + "Exception".len()
                && error_type.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && error_type.ends_with("Exception")
    };
    let any = |names: &[&str]| names.iter().any(|name| is(name));
    Some(if any(&["Throttling", "TooManyRequests", "RequestLimitExceeded"]) {
        ErrorKind::RateLimit
    } else if any(&["ServiceQuotaExceeded"]) {
        ErrorKind::QuotaExceeded
    } else if any(&["ServiceUnavailable", "ModelNotReady"]) {
        // 429 and not a quota: "not ready to serve"; the SDKs try it again.
        ErrorKind::Overloaded
    } else if any(&["InternalServer", "InternalFailure", "ModelError", "ModelStreamError"]) {
        // The last two come as 424: the model failed, not the request.
        ErrorKind::InternalServer
    } else if any(&["ModelTimeout"]) {
        ErrorKind::ApiTimeout
    } else if any(&["ResourceNotFound"]) {
        ErrorKind::NotFound
    } else if any(&["AccessDenied"]) {
        ErrorKind::PermissionDenied
    } else if any(&[
        // 403 all of them, and each says that it is the credential that is wrong.
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    ]) {
        ErrorKind::Authentication
    } else if any(&["Validation", "ValidationError"]) {
        recognised(message).unwrap_or(ErrorKind::BadRequest)
    } else {
        return None;
    })
}

/// `ValidationException` carries no code that says more, so the text must do. Claude's and
/// Nova's words; none is in recorded traffic.
fn recognised(message: &str) -> Option<ErrorKind> {
    let message = message.to_ascii_lowercase();
    ["input is too long for requested model", "prompt is too long", "input tokens exceeded"]
        .iter()
        .any(|text| message.contains(text))
        .then_some(ErrorKind::ContextWindowExceeded)
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
