//! A body, or the data of an event: as JSON, as one object, as an object a line, and as what an error keeps of it.
//!
//! What the fields mean belongs to the dialects.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};

/// What an event is that cannot be read.
pub(super) const MISREAD: &str = "an event of the stream is not what the wire promises";

/// As JSON, else as text: nothing that came is lost in an error.
pub(super) fn raw(data: &[u8]) -> Value {
    serde_json::from_slice(data).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(data).into_owned()))
}

/// As [`raw`], if there is anything.
pub(super) fn said(data: &[u8]) -> Option<Value> {
    Some(data).filter(|data| !data.trim_ascii().is_empty()).map(raw)
}

/// Reads it as a `T`. `misread` is the message of the error where it is none.
///
/// Errors: `ResponseDecode` with the body.
pub(super) fn read<'a, T: Deserialize<'a>>(data: &'a [u8], misread: &str) -> Result<T> {
    serde_json::from_slice(data).map_err(|error| {
        Error::new(ErrorKind::ResponseDecode, misread).with_source(error).with_body(raw(data))
    })
}

/// The object that a body is. `what` it is to be, for the error.
///
/// Errors: `ResponseDecode` with the body.
pub(super) fn object(data: &[u8], what: &str) -> Result<Map<String, Value>> {
    read(data, &format!("the response is not what was promised of {what}"))
}

/// The objects that the lines of a body are; empty lines are none.
///
/// Errors: `ResponseDecode` naming the line that is no object, with it.
pub(super) fn lines(data: &[u8]) -> Result<Vec<Map<String, Value>>> {
    let lines = data.split(|byte| *byte == b'\n').zip(1_u64..);
    let filled = lines.filter(|(line, _)| !line.trim_ascii().is_empty());
    filled
        .map(|(line, number)| read(line, &format!("line {number} of the response is no JSON object")))
        .collect()
}
