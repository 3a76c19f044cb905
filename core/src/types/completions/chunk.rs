//! Chunks of a text on the path that streams of chats take.
//!
//! One path knows how streams begin, break, go on and end; a piece of a text goes along it as a chunk of
//! a chat whose content is the text, and is a text again where it is handed out. Nothing is lost on the
//! way: what a chat's choice has no place for stands among its provider's fields.

use serde_json::Value;

use super::{Completion, CompletionChoice};
use crate::types::chat::{ChatCompletionChunk, ChunkChoice, Delta};

/// Where the log probabilities of a text are on the way: a chat's have another form.
const LOGPROBS: &str = "logprobs_of_text";

impl From<Completion> for ChatCompletionChunk {
    fn from(text: Completion) -> Self {
        let choice = |choice: CompletionChoice| {
            let mut provider_fields = choice.provider_fields;
            if let Some(logprobs) = choice.logprobs {
                provider_fields.insert(LOGPROBS.to_owned(), Value::Object(logprobs));
            }
            ChunkChoice {
                index: choice.index,
                delta: Delta { content: Some(choice.text), ..Delta::default() },
                finish_reason: choice.finish_reason,
                native_finish_reason: choice.native_finish_reason,
                provider_fields,
                ..ChunkChoice::default()
            }
        };
        Self {
            id: text.id,
            created: text.created,
            model: text.model,
            choices: text.choices.into_iter().map(choice).collect(),
            usage: text.usage,
            system_fingerprint: text.system_fingerprint,
            route: text.route,
            provider_fields: text.provider_fields,
            ..Self::default()
        }
    }
}

impl From<ChatCompletionChunk> for Completion {
    fn from(chunk: ChatCompletionChunk) -> Self {
        let choice = |choice: ChunkChoice| {
            let mut provider_fields = choice.provider_fields;
            let logprobs = match provider_fields.shift_remove(LOGPROBS) {
                Some(Value::Object(logprobs)) => Some(logprobs),
                _ => None,
            };
            CompletionChoice {
                index: choice.index,
                text: choice.delta.content.unwrap_or_default(),
                finish_reason: choice.finish_reason,
                native_finish_reason: choice.native_finish_reason,
                logprobs,
                provider_fields,
            }
        };
        Self {
            id: chunk.id,
            created: chunk.created,
            model: chunk.model,
            choices: chunk.choices.into_iter().map(choice).collect(),
            usage: chunk.usage,
            system_fingerprint: chunk.system_fingerprint,
            route: chunk.route,
            provider_fields: chunk.provider_fields,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::chat::{FinishReason, Usage};

    #[test]
    fn a_text_is_the_same_after_the_way() {
        let text = Completion {
            id: "cmpl-1".to_owned(),
            created: 5,
            model: "m".to_owned(),
            choices: vec![CompletionChoice {
                index: 1,
                text: " a".to_owned(),
                finish_reason: Some(FinishReason::Stop),
                native_finish_reason: Some("eos".to_owned()),
                logprobs: json!({ "tokens": [" a"] }).as_object().cloned(),
                provider_fields: json!({ "seed": 3 }).as_object().unwrap().clone(),
            }],
            usage: Some(Usage { prompt_tokens: 2, ..Usage::default() }),
            system_fingerprint: Some("fp".to_owned()),
            provider_fields: json!({ "more": true }).as_object().unwrap().clone(),
            ..Completion::default()
        };
        assert_eq!(Completion::from(ChatCompletionChunk::from(text.clone())), text);
    }
}
