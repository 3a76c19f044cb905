//! From the wire's message to the canonical one, for replies and deltas alike.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::content;
use super::wire::{self, Scalar, non_empty, text_or_empty};
use super::wire_usage::{UsageField, WireUsage};
use crate::error::Error;
use crate::types::chat::{ChatCompletionChunk, Delta, ReasoningDetail};
use crate::types::placed;

/// In front of a field that has our name and not our form: one object cannot
/// say both, and a reply must be readable as what it is written as.
pub(super) const UPSTREAM: &str = "upstream_";

/// A message's fields, with what replies and deltas treat differently apart.
pub(super) struct MessageFields {
    /// Without tool calls and native blocks.
    pub delta: Delta,
    pub tool_calls: Vec<wire::ToolCall>,
    /// The content's list, where it came as one.
    pub parts: Option<Vec<Value>>,
}

/// Reads a message or a delta.
pub(super) fn read_message(message: wire::Message) -> MessageFields {
    let mut rest = without_our_names(message.extra, &["native_blocks"]);
    let (mut content, mut parts, mut thinking) = (None, None, None);
    match message.content {
        Some(Scalar::Text(text)) => content = Some(text),
        Some(Scalar::Other(Value::Array(list))) => {
            let plain = content::plain(&list);
            (content, thinking) = (plain.text, plain.reasoning);
            parts = Some(list);
        }
        Some(Scalar::Other(other)) => {
            rest.insert(format!("{UPSTREAM}content"), other);
        }
        None => {}
    }
    // `reasoning` is the same field under another name; the row's quirk says
    // under which name a service takes it back.
    let mut reasoning_content = take_text(&mut rest, "reasoning_content", message.reasoning_content);
    let reasoning = take_text(&mut rest, "reasoning", message.reasoning);
    match (&reasoning_content, reasoning) {
        (None, reasoning) => reasoning_content = reasoning,
        (Some(text), Some(reasoning)) if text.is_empty() => reasoning_content = Some(reasoning),
        (Some(text), Some(reasoning)) if *text != reasoning => {
            rest.insert("reasoning".to_owned(), reasoning.into());
        }
        _ => {}
    }
    if reasoning_content.as_deref().is_none_or(str::is_empty) && thinking.is_some() {
        reasoning_content = thinking;
    }
    let delta = Delta {
        role: non_empty(message.role),
        content,
        refusal: non_empty(message.refusal),
        reasoning_content,
        reasoning_details: typed(&mut rest, "reasoning_details", message.reasoning_details),
        tool_calls: None,
        annotations: typed(&mut rest, "annotations", message.annotations),
        audio: typed(&mut rest, "audio", message.audio),
        images: typed(&mut rest, "images", message.images),
        native_blocks: None,
        provider_fields: rest,
    };
    MessageFields { delta, tool_calls: message.tool_calls.unwrap_or_default(), parts }
}

fn take_text(rest: &mut Map<String, Value>, name: &str, field: Option<Scalar>) -> Option<String> {
    match field? {
        Scalar::Text(text) => Some(text),
        Scalar::Other(value) => {
            rest.insert(format!("{UPSTREAM}{name}"), value);
            None
        }
    }
}

/// The text of reasoning that a service sends in blocks alone.
pub(super) fn text_of_details(details: Option<&[ReasoningDetail]>) -> Option<String> {
    let texts = details.into_iter().flatten().flat_map(|detail| [&detail.text, &detail.summary]);
    let text: String = texts.flatten().map(String::as_str).collect();
    (!text.is_empty()).then_some(text)
}

/// Reads a rare field; what has another form than ours is kept in `rest`.
pub(super) fn typed<T: DeserializeOwned>(
    rest: &mut Map<String, Value>,
    name: &str,
    value: Option<Value>,
) -> Option<T> {
    let value = value?;
    match placed::read(value.clone()) {
        Ok(typed) => Some(typed),
        Err(_) => {
            rest.insert(format!("{UPSTREAM}{name}"), value);
            None
        }
    }
}

/// Unknown fields, those under names that the canonical type has for its own marked.
pub(in crate::dialects) fn without_our_names(
    mut fields: Map<String, Value>,
    ours: &[&str],
) -> Map<String, Value> {
    for name in ours {
        if let Some(value) = fields.shift_remove(*name) {
            fields.insert(format!("{UPSTREAM}{name}"), value);
        }
    }
    fields
}

/// What a reply and a chunk have alike, read into a chunk without choices.
/// The wire's choices and in-band error are given back for the caller to read.
pub(super) fn read_envelope<C>(
    reply: wire::Reply<C>,
    model: &str,
) -> (ChatCompletionChunk, Option<Vec<C>>, Option<Value>) {
    let mut provider_fields = without_our_names(reply.extra, &["route"]);
    // One service puts a stream's usage beside its own fields.
    let usage = match reply.usage {
        Some(UsageField::Object(usage)) => Some(super::usage::read(*usage)),
        other => {
            let of_groq = provider_fields.get("x_groq").and_then(|fields| fields.get("usage"));
            let usage = of_groq
                .filter(|usage| usage.is_object())
                .and_then(|usage| placed::read::<WireUsage>(usage.clone()).ok())
                .map(super::usage::read);
            match other {
                Some(UsageField::Other(other)) if usage.is_none() && !other.is_null() => {
                    provider_fields.insert(format!("{UPSTREAM}usage"), other);
                }
                _ => {}
            }
            usage
        }
    };
    let chunk = ChatCompletionChunk {
        id: text_or_empty(reply.id),
        created: reply.created.map_or(0, Scalar::into_seconds),
        model: non_empty(reply.model).unwrap_or_else(|| model.to_owned()),
        usage,
        service_tier: non_empty(reply.service_tier),
        system_fingerprint: non_empty(reply.system_fingerprint),
        provider_fields,
        ..ChatCompletionChunk::default()
    };
    (chunk, reply.choices, reply.error.filter(|error| !error.is_null()))
}

/// The error for bytes that are not what this wire promises; the body is kept.
pub(super) fn not_promised<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Error {
    let text = || Value::String(String::from_utf8_lossy(bytes).into_owned());
    let (body, reason) = match serde_json::from_slice::<Value>(bytes) {
        Ok(body) => {
            let reason = match placed::read::<T>(body.clone()) {
                Err(error) => error.to_string(),
                Ok(_) => "not readable".to_owned(),
            };
            (body, reason)
        }
        Err(error) => (text(), error.to_string()),
    };
    Error::new(crate::error::ErrorKind::ResponseDecode, format!("{what} is not a chat completion: {reason}"))
        .with_body(body)
}
