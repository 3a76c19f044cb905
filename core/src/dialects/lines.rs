//! JSON in a body: one object, or one to a line.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};

/// The object that a body is. `what` it is to be, for the error.
///
/// Errors: `ResponseDecode` with the body.
pub(super) fn object(body: &Bytes, what: &str) -> Result<Map<String, Value>> {
    let value = serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    match value {
        Value::Object(fields) => Ok(fields),
        other => {
            let message = format!("the response is not what was promised of {what}");
            Err(Error::new(ErrorKind::ResponseDecode, message).with_body(other))
        }
    }
}

/// The objects that the lines of a body are; empty lines are none.
///
/// Errors: `ResponseDecode` naming the line that is no object, with it.
pub(super) fn lines(body: &Bytes) -> Result<Vec<Map<String, Value>>> {
    let lines = body.split(|byte| *byte == b'\n').zip(1_u64..);
    let filled = lines.filter(|(line, _)| !line.trim_ascii().is_empty());
    filled
        .map(|(line, number)| match serde_json::from_slice(line) {
            Ok(Value::Object(fields)) => Ok(fields),
            _ => {
                let message = format!("line {number} of the response is no JSON object");
                let line = Value::String(String::from_utf8_lossy(line).into_owned());
                Err(Error::new(ErrorKind::ResponseDecode, message).with_body(line))
            }
        })
        .collect()
}
