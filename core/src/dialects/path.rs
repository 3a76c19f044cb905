//! A model's name in a path.

use crate::error::{Error, Result};

/// A part of the model name `name` as one segment of a path, percent-encoded, so that it can
/// never reach another method of the service.
///
/// Errors: `BadRequest`, where it is empty or dots: even encoded, those are a step (WHATWG URL,
/// "double-dot URL path segment").
pub fn segment(part: &str, name: &str) -> Result<String> {
    if ["", ".", ".."].contains(&part) {
        let message = format!("`{name}` is no model name: a part of it is empty or dots");
        return Err(Error::bad_request("model", message));
    }
    let mut encoded = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(encoded)
}
