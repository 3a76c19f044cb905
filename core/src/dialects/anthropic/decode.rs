//! A plain response.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::blocks::{self, PlainFields};
use super::{error, usage};
use crate::dialects::{DialectName, body};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{ChatCompletion, ChatMessage, Choice, NativeBlocks};

pub(super) fn decode_chat(data: &Bytes, model: &str) -> Result<ChatCompletion> {
    let value: Value = body::read(data, "the response is not JSON")?;
    let Value::Object(mut message) = value else { return Err(no_message(value)) };
    // Some servers of this wire report a failure under status 200.
    if message.get("error").is_some_and(|inner| !inner.is_null()) {
        return Err(error::in_band(Value::Object(message)));
    }
    let content = match message.shift_remove("content") {
        Some(Value::Array(content)) => content,
        Some(other) => {
            message.insert("content".to_owned(), other);
            return Err(no_message(Value::Object(message)));
        }
        None => return Err(no_message(Value::Object(message))),
    };

    let stop_reason = take_text(&mut message, "stop_reason");
    let id = take_text(&mut message, "id").unwrap_or_default();
    let model = take_text(&mut message, "model").unwrap_or_else(|| model.to_owned());
    let usage = match message.shift_remove("usage") {
        Some(Value::Object(native)) => Some(usage::decode(native)),
        _ => None,
    };
    Ok(ChatCompletion {
        id,
        model,
        choices: vec![choice(content, stop_reason.as_deref())],
        usage,
        provider_fields: unknown_fields(message),
        ..ChatCompletion::default()
    })
}

fn choice(content: Vec<Value>, stop_reason: Option<&str>) -> Choice {
    let fields = PlainFields::of(&content);
    let (finish_reason, native_finish_reason) =
        blocks::finish(stop_reason, fields.json_answer && fields.tool_calls.is_none());
    Choice {
        index: 0,
        finish_reason,
        native_finish_reason,
        message: ChatMessage {
            native_blocks: native_blocks(content, fields.json_answer),
            content: fields.content,
            reasoning_content: fields.reasoning,
            reasoning_details: fields.reasoning_details,
            tool_calls: fields.tool_calls,
            annotations: fields.annotations,
            ..ChatMessage::default()
        },
        provider_fields: blocks::choice_fields(fields.other_json_answers),
        ..Choice::default()
    }
}

/// The blocks for an exact second turn, where the plain fields do not suffice.
///
/// None where the reserved JSON tool answered: handed back as a call, it would
/// need a result that nobody has; as text it needs none.
pub(super) fn native_blocks(content: Vec<Value>, json_answer: bool) -> Option<NativeBlocks> {
    (!json_answer && !blocks::plain_is_exact(&content))
        .then(|| NativeBlocks { dialect: DialectName::Anthropic.as_str().to_owned(), blocks: content })
}

/// What is left of a message once the known fields are taken.
pub(super) fn unknown_fields(mut message: Map<String, Value>) -> Map<String, Value> {
    message.retain(|key, value| !value.is_null() && key != "type" && key != "role");
    message
}

fn take_text(message: &mut Map<String, Value>, key: &str) -> Option<String> {
    match message.shift_remove(key) {
        Some(Value::String(text)) => Some(text),
        Some(Value::Null) | None => None,
        Some(other) => {
            message.insert(key.to_owned(), other);
            None
        }
    }
}

fn no_message(body: Value) -> Error {
    Error::new(ErrorKind::ResponseDecode, "the response is not a message: `content` is not a list")
        .with_body(body)
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
