//! What the requests of images, audio and moderation have in common: their checks.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Errors: `BadRequest` naming a parameter that must be there and is not.
pub(super) fn required(fields: &Map<String, Value>, names: &[&str]) -> Result<()> {
    match names.iter().find(|name| !fields.contains_key(**name)) {
        Some(name) => Err(Error::bad_request(*name, format!("missing required parameter `{name}`"))),
        None => Ok(()),
    }
}

/// Errors: `BadRequest`, where `text`, the parameter `name`, says nothing, none of something is asked
/// for, or a stream: these answers come whole.
pub(super) fn check(text: &str, name: &str, n: Option<u64>, extra: &Map<String, Value>) -> Result<()> {
    if text.is_empty() {
        return Err(Error::bad_request(name, format!("{name}: must not be empty")));
    }
    if n == Some(0) {
        return Err(Error::bad_request("n", "n: must be at least 1"));
    }
    whole(extra)
}

/// Errors: `BadRequest`, where the answer is asked for as a stream of events.
pub(super) fn whole(extra: &Map<String, Value>) -> Result<()> {
    let asked = |name: &str, value: &Value| extra.get(name) == Some(value);
    for (name, value) in [("stream", Value::Bool(true)), ("stream_format", Value::from("sse"))] {
        if asked(name, &value) {
            let message = format!("{name}: this operation is answered whole; leave `{name}` out");
            return Err(Error::bad_request(name, message));
        }
    }
    Ok(())
}
