//! A whole response, or a stream's pieces in one list.

use bytes::Bytes;

use super::assemble::Assembly;
use super::wire::Response;
use crate::dialects::body::raw;
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{Accumulator, ChatCompletion};

pub(super) fn decode_chat(body: &Bytes, model: &str) -> Result<ChatCompletion> {
    let misread = |error| not_promised(body, &error);
    // A stream that nobody asked to come as events (`alt=sse`) is one list of its pieces.
    let is_list = body.trim_ascii_start().starts_with(b"[");
    let pieces: Vec<Response> = if is_list {
        serde_json::from_slice(body).map_err(misread)?
    } else {
        vec![serde_json::from_slice(body).map_err(misread)?]
    };
    let whole = || raw(body);
    let mut assembly = Assembly::new(model, is_list);
    let mut sum = Accumulator::new();
    for piece in pieces {
        sum.add(&assembly.piece(piece, whole)?);
    }
    if !assembly.has_candidates() {
        let message = "the response has no candidates and no reason for it";
        return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(whole()));
    }
    if let Some(chunk) = assembly.last_chunk() {
        sum.add(&chunk);
    }
    Ok(sum.into_completion())
}

/// The error for bytes that are no response of this wire.
pub(super) fn not_promised(body: &[u8], error: &serde_json::Error) -> Error {
    // A list of one error is what a stream without `alt=sse` sends.
    let value = raw(body);
    let first = value.as_array().and_then(|list| list.first()).unwrap_or(&value);
    if first.get("error").is_some() {
        return super::error::from_body(None, value);
    }
    Error::new(ErrorKind::ResponseDecode, "the response is not what this method promises")
        .with_source(error)
        .with_body(value)
}
