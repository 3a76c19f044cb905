//! A plain response.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::blocks::{self, PlainFields};
use super::model::Family;
use super::usage;
use crate::dialects::anthropic::choice_fields;
use crate::dialects::{DialectName, body};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{ChatCompletion, ChatMessage, Choice, NativeBlocks};

pub(super) fn decode_chat(data: &Bytes, model: &str) -> Result<ChatCompletion> {
    let value: Value = body::read(data, "the response is not JSON")?;
    let Value::Object(mut response) = value else { return Err(no_message(value)) };
    let Some(content) = take_content(&mut response) else {
        return Err(no_message(Value::Object(response)));
    };
    let stop_reason = match response.shift_remove("stopReason") {
        Some(Value::String(reason)) => Some(reason),
        _ => None,
    };
    let usage = match response.shift_remove("usage") {
        Some(Value::Object(native)) => Some(usage::decode(native)),
        _ => None,
    };
    let family = Family::of(model);
    Ok(ChatCompletion {
        model: model.to_owned(),
        choices: vec![choice(content, stop_reason.as_deref(), family)],
        usage,
        service_tier: take_tier(&mut response),
        provider_fields: unknown_fields(response),
        ..ChatCompletion::default()
    })
}

/// The blocks of `output.message`. What else stands there stays.
fn take_content(response: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let output = response.get_mut("output")?.as_object_mut()?;
    let message = output.get_mut("message")?.as_object_mut()?;
    let content = match message.get_mut("content")? {
        Value::Array(content) => std::mem::take(content),
        _ => return None,
    };
    message.shift_remove("content");
    message.shift_remove("role");
    if message.is_empty() {
        output.shift_remove("message");
    }
    if output.is_empty() {
        response.shift_remove("output");
    }
    Some(content)
}

fn choice(content: Vec<Value>, stop_reason: Option<&str>, family: Family) -> Choice {
    let fields = PlainFields::of(&content, family);
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
            images: fields.images,
            ..ChatMessage::default()
        },
        provider_fields: choice_fields(fields.other_json_answers),
        ..Choice::default()
    }
}

/// The blocks for an exact second turn, where the plain fields do not suffice.
///
/// None where the reserved JSON tool answered: handed back as a call, it would
/// need a result that nobody has; as text it needs none.
pub(super) fn native_blocks(content: Vec<Value>, json_answer: bool) -> Option<NativeBlocks> {
    (!json_answer && !blocks::plain_is_exact(&content))
        .then(|| NativeBlocks { dialect: DialectName::Bedrock.as_str().to_owned(), blocks: content })
}

/// `serviceTier: {type}`; a tier that says more stays among the provider's fields.
pub(super) fn take_tier(response: &mut Map<String, Value>) -> Option<String> {
    let tier = response.get("serviceTier")?.as_object()?;
    let name = tier.get("type")?.as_str()?.to_owned();
    if tier.len() == 1 {
        response.shift_remove("serviceTier");
    }
    Some(name)
}

/// What is left once the known fields are taken.
pub(super) fn unknown_fields(mut fields: Map<String, Value>) -> Map<String, Value> {
    fields.retain(|_, value| !value.is_null());
    fields
}

fn no_message(body: Value) -> Error {
    Error::new(
        ErrorKind::ResponseDecode,
        "the response has no message: `output.message.content` is not a list",
    )
    .with_body(body)
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
