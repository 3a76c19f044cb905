//! Takes secrets out of what others say: services echo credentials in their errors.

use serde_json::Value;

use super::Secret;
use crate::error::ErrorDetails;

/// Takes `secret` out of every text of an error.
pub fn scrub(error: &mut ErrorDetails, secret: &Secret) {
    scrub_text(&mut error.message, secret);
    for text in
        [&mut error.source, &mut error.code, &mut error.error_type, &mut error.param].into_iter().flatten()
    {
        scrub_text(text, secret);
    }
    if let Some(body) = &mut error.body {
        scrub_value(body, secret);
    }
}

/// Takes `secret` out of a text.
pub fn scrub_text(text: &mut String, secret: &Secret) {
    let key = secret.expose();
    // Shorter ones are placeholders of local servers and would blot out words.
    if key.len() >= 8 && text.contains(key) {
        *text = text.replace(key, "***");
    }
}

fn scrub_value(value: &mut Value, secret: &Secret) {
    match value {
        Value::String(text) => scrub_text(text, secret),
        Value::Array(items) => items.iter_mut().for_each(|item| scrub_value(item, secret)),
        Value::Object(fields) => fields.values_mut().for_each(|field| scrub_value(field, secret)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
