//! Errors, in the many bodies that services of this wire give them.
//!
//! The kind comes from a code or type where one is known, then from the status;
//! a message's text is looked at last, for one kind alone (`error_codes`).

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::error_codes::{kind_of_base_response, kind_of_code, says_context_overflow};
use crate::dialects::body::said;
use crate::dialects::response_headers;
use crate::error::{Error, ErrorKind};

/// A body that is not JSON is shown in a message up to here; `body` has it whole.
const SHOWN_CHARACTERS: usize = 500;

/// The error that a response of another status than 2xx says.
pub(super) fn decode(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
    let value = said(body);
    let found = value.as_ref().map(Found::read).unwrap_or_default();
    let message = found.message.clone().unwrap_or_else(|| match status.canonical_reason() {
        Some(reason) => format!("HTTP {} {reason}", status.as_u16()),
        None => format!("HTTP {}", status.as_u16()),
    });
    let mut error = found.into_error(message, Some(status.as_u16()));
    error.status = Some(status.as_u16());
    error.request_id = response_headers::request_id(headers);
    error.retry_after = response_headers::retry_after_delay(headers);
    error.body = value;
    error
}

/// The error that a body or an event under status 200 says, if it says one.
pub(super) fn in_band(value: &Value) -> Option<Error> {
    let choice_error = || {
        value
            .get("choices")?
            .as_array()?
            .iter()
            .find_map(|choice| choice.get("error").filter(|error| says(error)))
    };
    let has_choices =
        value.get("choices").and_then(Value::as_array).is_some_and(|choices| !choices.is_empty());
    let found = if value.get("error").is_some_and(says) {
        Found::read(value)
    } else if let Some(error) = choice_error() {
        Found::read_error(error)
    } else if has_choices {
        return None;
    } else {
        // One service has its errors in `base_resp`, where 0 is success.
        let base = value.get("base_resp");
        match base.and_then(|response| response.get("status_code")).and_then(Value::as_i64) {
            Some(code) if code != 0 => {
                Found { kind: kind_of_base_response(code), ..base.map(Found::read_error).unwrap_or_default() }
            }
            _ => {
                let found = Found::read(value);
                let says_so =
                    found.code.is_some() || found.error_type.is_some() || value.get("detail").is_some();
                if found.message.is_none() || !says_so {
                    return None;
                }
                found
            }
        }
    };
    let message = found
        .message
        .clone()
        .unwrap_or_else(|| "the provider reported an error without a message".to_owned());
    let status = found.code.as_deref().or(found.status.as_deref()).and_then(|code| code.parse::<u16>().ok());
    let status = status.filter(|status| (400..=599).contains(status));
    Some(found.into_error(message, status).with_body(value.clone()))
}

/// Whether a field that reports an error reports one.
fn says(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

/// What a body says about the error.
#[derive(Debug, Default)]
struct Found {
    message: Option<String>,
    code: Option<String>,
    error_type: Option<String>,
    param: Option<String>,
    /// A status inside the body.
    status: Option<String>,
    /// Codes and types of the services behind this one.
    inner_codes: Vec<String>,
    is_moderation: bool,
    /// Where the form alone says what its code means.
    kind: Option<ErrorKind>,
}

impl Found {
    fn read(body: &Value) -> Self {
        match body {
            // A list with one error object: the form of one compatibility endpoint.
            Value::Array(list) => {
                list.iter().find(|item| item.is_object()).map(Self::read).unwrap_or_default()
            }
            Value::Object(fields) => match fields.get("error") {
                Some(error @ Value::Object(_)) => Self::read_error(error),
                Some(Value::String(error)) => {
                    let mut found = Self::read_fields(fields);
                    if found.message.is_none() {
                        found.message = Some(error.clone());
                    } else if found.code.is_none() {
                        found.code = Some(error.clone());
                    }
                    found
                }
                _ => Self::read_fields(fields),
            },
            Value::String(text) => Self { message: shown(text), ..Self::default() },
            _ => Self::default(),
        }
    }

    /// Reads the object that has message and code.
    fn read_error(error: &Value) -> Self {
        match error {
            Value::Object(fields) => Self::read_fields(fields),
            other => Self::read(other),
        }
    }

    fn read_fields(fields: &Map<String, Value>) -> Self {
        let text = |names: &[&str]| names.iter().find_map(|name| scalar(fields.get(*name)?));
        let mut found = Self {
            message: text(&["message", "msg", "error_message", "status_msg"]),
            code: text(&["code", "error_code"]),
            error_type: text(&["type", "error_type"]),
            param: text(&["param"]),
            status: text(&["status_code", "status", "raw_status_code"]),
            ..Self::default()
        };
        // `status` is a word, such as `INVALID_ARGUMENT`, where it is no number.
        if found.error_type.is_none()
            && found.status.as_ref().is_some_and(|status| status.parse::<u16>().is_err())
        {
            found.error_type = found.status.take();
        }
        if let Some(detail) = fields.get("detail").or_else(|| fields.get("details"))
            && found.message.is_none()
        {
            found.read_detail(detail);
        }
        for inner in ["innererror", "inner_error"] {
            found.inner_codes.extend(fields.get(inner).and_then(|inner| scalar(inner.get("code")?)));
        }
        if let Some(metadata) = fields.get("metadata") {
            found.read_metadata(metadata);
        }
        found
    }

    /// FastAPI's `detail`: a text, an object, or a list of what is wrong where.
    fn read_detail(&mut self, detail: &Value) {
        match detail {
            Value::String(text) => self.message = shown(text),
            Value::Object(fields) => {
                let inner = Self::read_fields(fields);
                self.message = inner.message;
                self.code = self.code.take().or(inner.code);
                self.error_type = self.error_type.take().or(inner.error_type);
            }
            Value::Array(problems) => {
                let places: Vec<_> = problems.iter().map(place).collect();
                let texts = problems.iter().zip(&places).filter_map(|(problem, place)| {
                    let text = scalar(problem.get("msg")?)?;
                    Some(if place.is_empty() { text } else { format!("{place}: {text}") })
                });
                self.message = Some(texts.collect::<Vec<_>>().join("; ")).filter(|text| !text.is_empty());
                self.param =
                    self.param.take().or(places.into_iter().next()).filter(|place| !place.is_empty());
            }
            _ => {}
        }
    }

    /// A gateway's word on the service behind it.
    fn read_metadata(&mut self, metadata: &Value) {
        self.inner_codes.extend(metadata.get("error_type").and_then(scalar));
        self.inner_codes.extend(metadata.get("provider_code").and_then(scalar));
        // Present when the gateway's moderation flagged the input (OpenRouter's error guide).
        self.is_moderation = metadata.get("flagged_input").is_some() || metadata.get("reasons").is_some();
        let Some(raw) = metadata.get("raw").filter(|raw| says(raw)) else {
            return;
        };
        let parsed = raw.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let inner = Self::read(parsed.as_ref().unwrap_or(raw));
        self.inner_codes.extend(inner.code);
        self.inner_codes.extend(inner.error_type);
        self.inner_codes.extend(inner.inner_codes);
        self.message = match (self.message.take(), inner.message) {
            (Some(outer), Some(inner)) => Some(format!("{outer}: {inner}")),
            (outer, inner) => outer.or(inner),
        };
    }

    fn into_error(self, message: String, status: Option<u16>) -> Error {
        let codes = self.code.iter().chain(&self.inner_codes).chain(&self.error_type);
        let by_code = codes.map(String::as_str).find_map(kind_of_code);
        let by_moderation = self.is_moderation.then_some(ErrorKind::ContentPolicy);
        // `server_error` says less than a status such as 503 does.
        let by_code =
            by_code.filter(|kind| *kind != ErrorKind::InternalServer || status.is_none_or(|s| s < 500));
        let mut kind = self.kind.or(by_code).or(by_moderation).unwrap_or_else(|| {
            // An error under status 200 that says no status: the service failed.
            status.map_or(ErrorKind::InternalServer, ErrorKind::from_status)
        });
        if kind == ErrorKind::BadRequest && says_context_overflow(&message) {
            kind = ErrorKind::ContextWindowExceeded;
        }
        let mut error = Error::new(kind, message);
        error.code = self.code;
        error.error_type = self.error_type;
        error.param = self.param;
        error
    }
}

/// A text or number as text; empty ones say nothing.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `messages[0].content` from FastAPI's `["body", "messages", 0, "content"]`.
fn place(problem: &Value) -> String {
    let mut place = String::new();
    for step in problem.get("loc").and_then(Value::as_array).into_iter().flatten() {
        match step {
            Value::Number(index) => place.push_str(&format!("[{index}]")),
            Value::String(name) if name == "body" && place.is_empty() => {}
            Value::String(name) => {
                if !place.is_empty() {
                    place.push('.');
                }
                place.push_str(name);
            }
            _ => {}
        }
    }
    place
}

/// A text for people: a page's title rather than its markup, and not all of a long one.
fn shown(text: &str) -> Option<String> {
    let text = text.trim();
    if text.starts_with('<') {
        let (_, after) = text.split_once("<title>")?;
        let (title, _) = after.split_once("</title>")?;
        return Some(title.trim().to_owned()).filter(|title| !title.is_empty());
    }
    let mut shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    Some(shown).filter(|shown| !shown.is_empty())
}
