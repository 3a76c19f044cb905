//! What crosses: requests in, replies, chunks and errors out, all as JSON.
//!
//! Nothing here waits or decides.

use roocode::client::RawResponse;
use roocode::{Error, ErrorKind};
use serde::Serialize;
use serde_json::Value;

/// A request as JavaScript hands it over.
pub struct Input {
    /// The request's fields, JSON.
    pub body: String,
    /// The options of this call, JSON.
    pub options: Option<String>,
    /// Long strings taken out of `body`, for V8's and serde's escaping of a
    /// megabyte costs ten times its copy. Each stands there as `mark` + index.
    pub long: Option<Long>,
}

pub struct Long {
    pub mark: String,
    pub strings: Vec<String>,
}

impl Input {
    /// # Errors
    /// `BadRequest` where a text is not JSON that Rust can hold.
    pub fn read(self) -> Result<(Value, Value), Error> {
        let mut body = parse(&self.body)?;
        if let Some(mut long) = self.long {
            put_back(&mut body, &mut long);
        }
        let options = match self.options {
            Some(text) => parse(&text)?,
            None => Value::Null,
        };
        Ok((body, options))
    }
}

/// # Errors
/// `BadRequest` where it is not JSON, which JavaScript's own writer only makes
/// of too deep a nesting and of a lone surrogate in a key.
pub fn parse(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(ErrorKind::BadRequest, format!("the request cannot be written as JSON: {error}"))
    })
}

fn put_back(value: &mut Value, long: &mut Long) {
    match value {
        Value::String(text) => {
            let index = text.strip_prefix(&long.mark).and_then(|index| index.parse::<usize>().ok());
            if let Some(string) = index.and_then(|index| long.strings.get_mut(index)) {
                *text = std::mem::take(string);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| put_back(item, long)),
        Value::Object(fields) => fields.values_mut().for_each(|item| put_back(item, long)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The fields of an error, and the sentence that shows it.
#[derive(Serialize)]
struct Failure<'a> {
    text: String,
    #[serde(flatten)]
    details: &'a roocode::error::ErrorDetails,
}

/// An error as JSON. It cannot fail: a body that cannot be written is left out.
pub fn failure(error: &Error) -> Vec<u8> {
    let text = error.to_string();
    serde_json::to_vec(&Failure { text: text.clone(), details: error.details() }).unwrap_or_else(|_| {
        let plain = serde_json::json!({ "kind": error.kind, "text": text, "message": error.message });
        plain.to_string().into_bytes()
    })
}

/// `value` as JSON.
///
/// # Errors
/// `Internal`: our own types can always be written.
pub fn json(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut text = Vec::with_capacity(512);
    serde_json::to_writer(&mut text, value).map_err(unwritten)?;
    Ok(text)
}

/// The same as a text.
pub fn text(value: &impl Serialize) -> Result<String, Error> {
    String::from_utf8(json(value)?).map_err(unwritten)
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Internal, "cannot write a reply as JSON").with_source(error)
}

/// Between the parts of a head. No header may hold it, and JSON need not escape it.
const SEPARATOR: char = '\u{7f}';

/// The head of a response as one string that JavaScript takes apart only when
/// asked: status, request id, then name and value of each header.
pub fn head(raw: &RawResponse) -> String {
    let mut text = raw.status.to_string();
    let mut part = |item: &str| {
        text.push(SEPARATOR);
        text.push_str(item);
    };
    part(raw.request_id.as_deref().unwrap_or_default());
    for (name, value) in raw.header_texts() {
        part(name);
        part(value);
    }
    text
}

#[derive(Serialize)]
pub struct Reply<'a, T> {
    pub head: String,
    pub data: &'a T,
    /// Whether `take_bytes` has what it holds beside.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bytes: bool,
}
