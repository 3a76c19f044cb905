//! What a chat answered, as a message.

use serde_json::{Map, Value, json};

use super::synthesis::MessageSynthesis;
use crate::dialects::responses::carried;
use crate::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk, FinishReason, Usage};
use crate::types::messages::MessageReply;

/// What a message says beside the chat's answer: a number for its ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageOverChat {
    number: u64,
}

impl MessageOverChat {
    /// `number` is in the id that is made where the chat has none; it should be another one each time.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self { number }
    }

    /// The whole answer as a message.
    #[must_use]
    pub fn message(self, completion: ChatCompletion) -> MessageReply {
        // A whole answer is a stream of one chunk, whose events nobody reads.
        let mut synthesis = MessageSynthesis::silent(self);
        let mut sum = Accumulator::new();
        let chunk = ChatCompletionChunk::from(completion);
        sum.add(&chunk);
        synthesis.chunk(&chunk, &mut Vec::new());
        synthesis.finish(sum.completion(), &mut Vec::new())
    }

    /// The message that has only begun.
    pub(super) fn begun(self, model: &str) -> Value {
        json!({
            "id": carried::item_id("msg", self.number, 0),
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            // The wire has the counts here already; those of a chat come last.
            "usage": { "input_tokens": 0, "output_tokens": 0 },
        })
    }

    /// The fields of the whole message that no event says.
    pub(super) fn rest(completion: &ChatCompletion, fields: &mut Map<String, Value>) {
        // What has no place of its own here keeps its name; the chat's id is how the provider knows it.
        let mut others = completion.provider_fields.clone();
        for (name, value) in [
            ("completion_id", Some(&completion.id).filter(|id| !id.is_empty())),
            ("system_fingerprint", completion.system_fingerprint.as_ref()),
            ("native_finish_reason", completion.choices.first().and_then(|one| one.native_finish_reason.as_ref())),
        ] {
            if let Some(value) = value {
                others.insert(name.to_owned(), value.as_str().into());
            }
        }
        for (name, value) in others {
            fields.entry(name).or_insert(value);
        }
    }
}

/// Why the answer ended, in the wire's words.
pub(super) fn stop_reason(completion: &ChatCompletion) -> &'static str {
    let choice = completion.choices.first();
    let calls = choice.is_some_and(|choice| choice.message.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty()));
    match choice.and_then(|choice| choice.finish_reason.as_ref()) {
        Some(FinishReason::Length) => "max_tokens",
        Some(FinishReason::ContentFilter) => "refusal",
        _ if calls => "tool_use",
        _ => "end_turn",
    }
}

/// Counts in the wire's words: cached input is counted apart.
pub(super) fn usage(usage: &Usage) -> Value {
    let details = usage.prompt_tokens_details.as_ref();
    let read = details.and_then(|details| details.cached_tokens);
    let written = details.and_then(|details| details.cache_write_tokens);
    let apart = read.unwrap_or_default().saturating_add(written.unwrap_or_default());
    let mut fields = Map::new();
    fields.insert("input_tokens".to_owned(), usage.prompt_tokens.saturating_sub(apart).into());
    fields.insert("output_tokens".to_owned(), usage.completion_tokens.into());
    let thinking = usage.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
    for (name, count) in [("cache_read_input_tokens", read), ("cache_creation_input_tokens", written)] {
        if let Some(count) = count {
            fields.insert(name.to_owned(), count.into());
        }
    }
    if let Some(thinking) = thinking {
        fields.insert("output_tokens_details".to_owned(), json!({ "thinking_tokens": thinking }));
    }
    if usage.estimated {
        fields.insert("estimated".to_owned(), true.into());
    }
    for (name, value) in &usage.provider_fields {
        fields.entry(name.as_str()).or_insert_with(|| value.clone());
    }
    Value::Object(fields)
}
