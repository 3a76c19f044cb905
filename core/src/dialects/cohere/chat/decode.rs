//! A plain response.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{message, usage};
use crate::dialects::body::{raw, read};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{ChatCompletion, Choice, Logprobs, TokenLogprob};

pub(in super::super) fn decode(body: &Bytes, model: &str) -> Result<ChatCompletion> {
    let not_promised = |why: &str| Error::new(ErrorKind::ResponseDecode, why).with_body(raw(body));
    let mut fields: Map<String, Value> = read(body, "the response is not what Cohere's chat promises")?;
    let said = match fields.shift_remove("message") {
        Some(Value::Object(native)) => message::read(native),
        _ => None,
    };
    let said = said.ok_or_else(|| not_promised("the response is no reply: `message` is no message"))?;
    let (finish_reason, native_finish_reason) = message::finish(take_text(&mut fields, "finish_reason"));
    let id = take_text(&mut fields, "id").unwrap_or_default();
    let usage = match fields.shift_remove("usage") {
        Some(Value::Object(native)) => usage::decode(native),
        _ => None,
    };
    let logprobs = match fields.shift_remove("logprobs") {
        Some(Value::Array(items)) => logprobs(items),
        _ => None,
    };
    fields.retain(|_, value| !value.is_null());
    Ok(ChatCompletion {
        id,
        model: model.to_owned(),
        choices: vec![Choice {
            message: said,
            finish_reason,
            native_finish_reason,
            logprobs,
            ..Choice::default()
        }],
        usage,
        provider_fields: fields,
        ..ChatCompletion::default()
    })
}

/// An item is a piece of text with the tokens that it is made of; each token is one here, the first
/// with the text. Not in recorded traffic: from the published type alone.
pub(super) fn logprobs(items: Vec<Value>) -> Option<Logprobs> {
    let mut content = Vec::new();
    for item in items {
        let text = message::text_of(&item, "text").to_owned();
        let numbers = item.get("logprobs").and_then(Value::as_array).cloned().unwrap_or_default();
        let ids = item.get("token_ids").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut ids = ids.into_iter();
        for (position, number) in numbers.iter().filter_map(Value::as_f64).enumerate() {
            let mut provider_fields = Map::new();
            if let Some(id) = ids.next() {
                provider_fields.insert("token_id".to_owned(), id);
            }
            content.push(TokenLogprob {
                token: if position == 0 { text.clone() } else { String::new() },
                logprob: number,
                bytes: None,
                top_logprobs: Vec::new(),
                provider_fields,
            });
        }
    }
    (!content.is_empty()).then(|| Logprobs { content: Some(content), ..Logprobs::default() })
}

pub(super) fn take_text(fields: &mut Map<String, Value>, key: &str) -> Option<String> {
    match fields.shift_remove(key) {
        Some(Value::String(text)) => Some(text),
        Some(Value::Null) | None => None,
        Some(other) => {
            fields.insert(key.to_owned(), other);
            None
        }
    }
}
