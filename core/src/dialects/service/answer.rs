//! What a response of a declared operation says: its answer, or an error.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::{Map, Value};

use super::condition::{Condition, Seen, seen_headers};
use crate::error::{Error, ErrorKind, Result};

/// Where something stands in a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A JSON pointer (RFC 6901) into the body.
    Body(String),
    Header(HeaderName),
}

/// Statuses from one to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(pub Vec<(u16, u16)>);

impl Statuses {
    #[must_use]
    pub fn contain(&self, status: u16) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&status))
    }
}

/// Which responses are errors, and what they say. What an entry does not say is said by the next one
/// that holds.
#[derive(Clone, Debug)]
pub struct ErrorRule {
    pub statuses: Option<Statuses>,
    pub when: Option<Condition>,
    pub kind: Option<ErrorKind>,
    pub message: Option<Source>,
    pub code: Option<Source>,
    pub not_done: Option<bool>,
}

impl ErrorRule {
    /// Whether it makes an error of a response whose status is no error.
    const fn is_conditional(&self) -> bool {
        self.statuses.is_some() || self.when.is_some()
    }

    fn holds(&self, status: u16, seen: &Seen, is_success: bool) -> bool {
        (self.is_conditional() || !is_success)
            && self.statuses.as_ref().is_none_or(|statuses| statuses.contain(status))
            && self.when.as_ref().is_none_or(|when| when.holds(seen))
    }
}

/// How responses of an operation are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// None: the whole body.
    pub answer: Option<Vec<(String, Source)>>,
    pub success: Statuses,
    pub errors: Vec<ErrorRule>,
}

impl Reading {
    /// The answer's data.
    ///
    /// Errors: the error that the response says, with its body; `ResponseDecode`.
    pub fn read(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Result<Value> {
        let (status, parsed) = (status.as_u16(), json(body));
        let is_success = self.success.contain(status);
        if !is_success || self.errors.iter().any(ErrorRule::is_conditional) {
            let text = || String::from_utf8_lossy(body).into_owned();
            let content = match &parsed {
                Some(value) => value.clone(),
                None if body.is_empty() => Value::Null,
                None => Value::String(text()),
            };
            let seen = Seen { status: Value::from(status), body: content, headers: seen_headers(headers) };
            let rules: Vec<&ErrorRule> =
                self.errors.iter().filter(|rule| rule.holds(status, &seen, is_success)).collect();
            if !is_success || !rules.is_empty() {
                return Err(error(&rules, status, is_success, headers, seen.body));
            }
        }
        self.data(headers, body, parsed)
    }

    fn data(&self, headers: &HeaderMap, body: &Bytes, parsed: Option<Value>) -> Result<Value> {
        let Some(fields) = &self.answer else {
            return Ok(match parsed {
                Some(value) => value,
                None if body.is_empty() => Value::Null,
                None => Value::String(String::from_utf8_lossy(body).into_owned()),
            });
        };
        let reads_body = fields.iter().any(|(_, source)| matches!(source, Source::Body(_)));
        if reads_body && parsed.is_none() {
            let body = Value::String(String::from_utf8_lossy(body).into_owned());
            let message = "the body is no JSON, which `answer` reads";
            return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(body));
        }
        let parsed = parsed.unwrap_or_default();
        let field = |(name, source): &(String, Source)| {
            (name.clone(), source.find(headers, &parsed).unwrap_or_default())
        };
        Ok(Value::Object(fields.iter().map(field).collect::<Map<_, _>>()))
    }
}

impl Source {
    fn find(&self, headers: &HeaderMap, body: &Value) -> Option<Value> {
        match self {
            Self::Body(pointer) => body.pointer(pointer).cloned(),
            Self::Header(name) => Some(Value::String(headers.get(name)?.to_str().ok()?.to_owned())),
        }
    }

    fn text(&self, headers: &HeaderMap, body: &Value) -> Option<String> {
        match self.find(headers, body)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }
}

fn json(body: &Bytes) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

fn error(rules: &[&ErrorRule], status: u16, is_success: bool, headers: &HeaderMap, body: Value) -> Error {
    let kind = rules.iter().find_map(|rule| rule.kind).unwrap_or_else(|| match is_success {
        // A rule says that it is an error, and nobody says which.
        true => ErrorKind::InternalServer,
        false => ErrorKind::from_status(status),
    });
    let said =
        |of: fn(&ErrorRule) -> Option<&Source>| rules.iter().find_map(|rule| of(rule)?.text(headers, &body));
    let message = said(|rule| rule.message.as_ref());
    let message = message.unwrap_or_else(|| format!("the service answered with status {status}"));
    let mut error = Error::new(kind, message);
    error.code = said(|rule| rule.code.as_ref());
    error.not_done = rules.iter().find_map(|rule| rule.not_done);
    if !body.is_null() {
        error.body = Some(body);
    }
    error
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
