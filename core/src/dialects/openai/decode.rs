//! Decoding of a whole reply.

use bytes::Bytes;
use serde_json::Value;

use super::reply::{not_promised, read_envelope, read_message, text_of_details, typed};
use super::tool_calls::{self, Answer};
use super::wire::{self, Scalar, non_empty};
use super::{content, error, finish_reason};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{ChatCompletion, ChatMessage, Choice};

type WireReply = wire::Reply<wire::Choice>;

pub(super) fn decode(body: &Bytes, model: &str) -> Result<ChatCompletion> {
    let Ok(reply) = serde_json::from_slice::<WireReply>(body) else {
        // Some services send errors of every shape under status 200.
        if let Ok(value) = serde_json::from_slice::<Value>(body)
            && let Some(error) = error::in_band(&value)
        {
            return Err(error);
        }
        return Err(not_promised::<WireReply>("the response", body));
    };
    let has_choices = reply.choices.as_ref().is_some_and(|choices| !choices.is_empty());
    let says_error = reply.error.as_ref().is_some_and(|error| !error.is_null())
        || reply
            .choices
            .iter()
            .flatten()
            .any(|choice| choice.error.as_ref().is_some_and(|error| !error.is_null()));
    if (says_error || !has_choices)
        && let Ok(value) = serde_json::from_slice::<Value>(body)
    {
        if let Some(error) = error::in_band(&value) {
            return Err(error);
        }
        if reply.choices.is_none() {
            return Err(
                Error::new(ErrorKind::ResponseDecode, "the response has no `choices`").with_body(value)
            );
        }
    }
    let (envelope, choices, _) = read_envelope(reply, model);
    let mut provider_fields = envelope.provider_fields;
    let request_id = match provider_fields.shift_remove("request_id") {
        Some(Value::String(id)) => Some(id),
        Some(Value::Null) | None => None,
        Some(other) => Some(other.to_string()),
    };
    Ok(ChatCompletion {
        created: envelope.created,
        model: envelope.model,
        choices: choices
            .unwrap_or_default()
            .into_iter()
            .zip(0..)
            .map(|(choice, position)| read_choice(choice, position, &envelope.id))
            .collect(),
        id: envelope.id,
        usage: envelope.usage,
        service_tier: envelope.service_tier,
        system_fingerprint: envelope.system_fingerprint,
        request_id,
        provider_fields,
        ..ChatCompletion::default()
    })
}

fn read_choice(choice: wire::Choice, position: u32, reply_id: &str) -> Choice {
    let index = choice.index.unwrap_or(position);
    let mut provider_fields = choice.extra;
    let fields = read_message(choice.message.unwrap_or_default());
    let (finish_reason, native_finish_reason) = finish_reason::read(
        choice.finish_reason.map(Scalar::into_text),
        non_empty(choice.native_finish_reason),
    );
    let delta = fields.delta;
    let defaults = ChatMessage::default();
    let message = ChatMessage {
        role: delta.role.unwrap_or(defaults.role),
        content: delta.content,
        refusal: delta.refusal,
        reasoning_content: match delta.reasoning_content {
            Some(text) if !text.is_empty() => Some(text),
            empty => text_of_details(delta.reasoning_details.as_deref()).or(empty),
        },
        reasoning_details: delta.reasoning_details,
        tool_calls: tool_calls::read_all(fields.tool_calls, Answer { reply_id, choice: index }),
        annotations: delta.annotations,
        audio: delta.audio,
        images: delta.images,
        native_blocks: fields
            .parts
            .filter(|parts| !content::plain(parts).is_text_alone)
            .map(content::native_blocks),
        provider_fields: delta.provider_fields,
    };
    Choice {
        index,
        message,
        finish_reason,
        native_finish_reason,
        logprobs: typed(&mut provider_fields, "logprobs", choice.logprobs),
        provider_fields,
    }
}
