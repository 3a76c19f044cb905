//! A value in a path.

use crate::error::{Error, Result};

/// A part of the model name `name` as one segment of a path, percent-encoded, so that it can
/// never reach another method of the service.
///
/// Errors: `BadRequest`, where it is empty or dots.
pub fn segment(part: &str, name: &str) -> Result<String> {
    if is_step(part) {
        let message = format!("`{name}` is no model name: a part of it is empty or dots");
        return Err(Error::bad_request("model", message));
    }
    Ok(percent_encoded(part))
}

/// An id that is asked for as one segment of a path, as [`segment`].
///
/// Errors: `BadRequest`, where it is empty or dots.
pub fn id_segment(id: &str) -> Result<String> {
    if is_step(id) {
        return Err(Error::bad_request("id", format!("id: `{id}` is none: it is empty or dots")));
    }
    Ok(percent_encoded(id))
}

/// Whether a segment is none, but a step within the path: even encoded, dots are (WHATWG URL,
/// "double-dot URL path segment").
#[must_use]
pub fn is_step(segment: &str) -> bool {
    ["", ".", ".."].contains(&segment)
}

/// A text within a segment of a path.
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
