//! Reading a count of tokens, on any wire: each dialect says where the number stands.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::body::raw;
use super::openai::without_our_names;
use crate::error::{Error, ErrorKind, Result};
use crate::types::tokens::TokenCount;

/// The count at the first of `places` that is there: a number, or a list of the tokens.
///
/// Errors: `ResponseDecode` with the body.
pub(super) fn decode(body: &Bytes, model: &str, places: &[&str]) -> Result<TokenCount> {
    let value = raw(body);
    let number = |value: &Value| match value {
        Value::Array(tokens) => Some(tokens.len() as u64),
        other => other.as_u64(),
    };
    let found = places.iter().find_map(|place| Some((place, number(value.pointer(place)?)?)));
    let (Some((place, tokens)), Value::Object(mut fields)) = (found, value.clone()) else {
        let message = "the response has no count of tokens";
        return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(value));
    };
    fields.shift_remove(place.trim_start_matches('/'));
    let provider_fields = without_our_names(fields, &OURS);
    Ok(TokenCount { provider_fields, ..TokenCount::counted(tokens, model) })
}

/// A request in wire form with `kept` of its body alone: what a count is asked with.
pub(super) fn keep(body: &mut Map<String, Value>, kept: &[&str]) {
    body.retain(|name, _| kept.contains(&name.as_str()));
}

const OURS: [&str; 5] = ["estimated", "method", "model", "request_id", "route"];
