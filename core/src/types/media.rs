//! What requests that carry media have in common: checks, and what a document is.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Endings of the names of files that are plain text.
pub(crate) const TEXT_ENDINGS: [&str; 5] = ["txt", "text", "md", "csv", "log"];

/// Whether a document that travels in the request is plain text: its `data:` URL says so, or the name
/// beside its bare base64. One at an address is not told apart from others.
pub(crate) fn is_text(data: &str, filename: Option<&str>) -> bool {
    let starts = |start: &str| data.get(..start.len()).is_some_and(|given| given.eq_ignore_ascii_case(start));
    if starts("data:") {
        // Without a type it is text (RFC 2397).
        return ["data:text/", "data:,", "data:;"].into_iter().any(starts);
    }
    let ending = filename.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    let of_text = |known: &&str| ending.is_some_and(|ending| ending.eq_ignore_ascii_case(known));
    !data.contains("://") && TEXT_ENDINGS.iter().any(|known| of_text(&known))
}

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
