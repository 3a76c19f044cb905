//! What a chat answered, as a message.

use serde_json::{Map, Value, json};

use super::synthesis::MessageSynthesis;
use crate::dialects::over_chat::carried;
use crate::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk, FinishReason, Usage};
use crate::types::messages::{MessageReply, MessagesRequest};

/// What a message says beside the chat's answer: a number for its ids, and where it was to stop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageOverChat {
    number: u64,
    stop_sequences: Vec<String>,
}

impl MessageOverChat {
    /// `number` is in the id that is made; it should be another one each time.
    #[must_use]
    pub fn new(request: &MessagesRequest, number: u64) -> Self {
        Self { number, stop_sequences: request.stop_sequences.clone().unwrap_or_default() }
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
    pub(super) fn begun(&self, model: &str) -> Value {
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

    /// Why the answer ended, in the wire's words, and the text that it stopped at where that was told.
    pub(super) fn stopped(&self, completion: &ChatCompletion) -> Value {
        let Some(choice) = completion.choices.first() else {
            return json!({ "stop_reason": null, "stop_sequence": null });
        };
        let calls = choice.message.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty());
        // `matched_stop` is in recordings/venice, where it is a token; that it is the text where one was given,
        // and that vLLM's `stop_reason` is, is unverified. Only a text that was asked for is believed.
        let mut names = ["stop_sequence", "stop_reason", "matched_stop"].into_iter();
        let told = names.find_map(|name| choice.provider_fields.get(name)?.as_str());
        let told = told.filter(|text| self.stop_sequences.iter().any(|stop| stop == text));
        let native = choice.native_finish_reason.as_deref().unwrap_or_default();
        let reason = match &choice.finish_reason {
            None => return json!({ "stop_reason": null, "stop_sequence": null }),
            Some(FinishReason::Length) => "max_tokens",
            Some(FinishReason::ContentFilter) => "refusal",
            _ if calls => "tool_use",
            _ if told.is_some() || native.eq_ignore_ascii_case("stop_sequence") => "stop_sequence",
            _ => "end_turn",
        };
        json!({ "stop_reason": reason, "stop_sequence": told })
    }

    /// The fields of the whole message that no event says.
    pub(super) fn rest(completion: &ChatCompletion, fields: &mut Map<String, Value>) {
        let choice = completion.choices.first();
        // What has no place of its own here keeps its name; the chat's id is how the provider knows it.
        let mut others = completion.provider_fields.clone();
        for (name, value) in [
            ("completion_id", Some(&completion.id).filter(|id| !id.is_empty())),
            ("system_fingerprint", completion.system_fingerprint.as_ref()),
            ("service_tier", completion.service_tier.as_ref()),
            ("native_finish_reason", choice.and_then(|choice| choice.native_finish_reason.as_ref())),
        ] {
            if let Some(value) = value {
                others.insert(name.to_owned(), value.as_str().into());
            }
        }
        if let Some(audio) = choice.and_then(|choice| choice.message.audio.as_ref()) {
            others.insert("audio".to_owned(), json!(audio));
        }
        for (name, value) in others {
            fields.entry(name).or_insert(value);
        }
    }
}

/// Counts in the wire's words: cached input is counted apart. What nobody told stays out.
pub(super) fn usage(usage: &Usage) -> Value {
    let input = usage.prompt_tokens_details.as_ref();
    let read = input.and_then(|details| details.cached_tokens);
    let written = input.and_then(|details| details.cache_write_tokens);
    let apart = read.unwrap_or_default().saturating_add(written.unwrap_or_default());
    let thinking = usage.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
    let mut fields = Map::new();
    for (name, value) in [
        ("input_tokens", Some(usage.prompt_tokens.saturating_sub(apart).into())),
        ("cache_creation_input_tokens", written.map(Value::from)),
        ("cache_read_input_tokens", read.map(Value::from)),
        ("output_tokens", Some(usage.completion_tokens.into())),
        ("output_tokens_details", thinking.map(|tokens| json!({ "thinking_tokens": tokens }))),
        ("estimated", usage.estimated.then(|| true.into())),
    ] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    }
    for (name, value) in &usage.provider_fields {
        fields.entry(name.as_str()).or_insert_with(|| value.clone());
    }
    Value::Object(fields)
}
