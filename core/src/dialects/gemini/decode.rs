//! A whole response.

use bytes::Bytes;
use serde_json::Value;

use super::assemble::Assembly;
use super::wire::Response;
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{Accumulator, ChatCompletion};

pub(super) fn decode_chat(body: &Bytes, model: &str) -> Result<ChatCompletion> {
    let response: Response = serde_json::from_slice(body).map_err(|error| not_promised(body, &error))?;
    let raw = || raw_json(body);
    let mut assembly = Assembly::new(model, false);
    let mut sum = Accumulator::new();
    sum.add(&assembly.piece(response, raw)?);
    if !assembly.has_candidates() {
        let message = "the response has no candidates and no reason for it";
        return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(raw()));
    }
    if let Some(chunk) = assembly.last_chunk() {
        sum.add(&chunk);
    }
    Ok(sum.into_completion())
}

/// The error for bytes that are no response of this wire.
pub(super) fn not_promised(body: &[u8], error: &serde_json::Error) -> Error {
    // A list of one error is what a stream without `alt=sse` sends.
    let value = raw_json(body);
    let first = value.as_array().and_then(|list| list.first()).unwrap_or(&value);
    if first.get("error").is_some() {
        return super::error::from_body(None, value);
    }
    Error::new(ErrorKind::ResponseDecode, "the response is not what this method promises")
        .with_source(error)
        .with_body(value)
}

/// A body for an error: as JSON, else as text.
pub(super) fn raw_json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}
