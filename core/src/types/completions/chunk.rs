//! Chunks of a text on the path that streams of chats take.
//!
//! One path knows how streams begin, break, go on and end; a piece of a text goes along it as a chunk of
//! a chat whose content is the text, and is a text again where it is handed out. Nothing is lost on the
//! way: log probabilities, which have another form than a chat's, stand among the fields that a provider
//! may add to a chat's, whose lists grow with every piece.

use serde_json::Value;

use super::{Completion, CompletionChoice};
use crate::error::Result as Checked;
use crate::types::chat::{
    Accumulator, ChatCompletion, ChatCompletionChunk, Choice, ChunkChoice, Delta, Logprobs,
};

impl From<Completion> for ChatCompletionChunk {
    fn from(text: Completion) -> Self {
        let logprobs = |provider_fields| Logprobs { provider_fields, ..Logprobs::default() };
        let choice = |choice: CompletionChoice| ChunkChoice {
            index: choice.index,
            delta: Delta { content: Some(choice.text), ..Delta::default() },
            finish_reason: choice.finish_reason,
            native_finish_reason: choice.native_finish_reason,
            logprobs: choice.logprobs.map(logprobs),
            provider_fields: choice.provider_fields,
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
        let choice = |choice: ChunkChoice| CompletionChoice {
            index: choice.index,
            text: choice.delta.content.unwrap_or_default(),
            finish_reason: choice.finish_reason,
            native_finish_reason: choice.native_finish_reason,
            logprobs: choice.logprobs.map(|logprobs| logprobs.provider_fields),
            provider_fields: choice.provider_fields,
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

/// The sum of the chunks that a text went as.
impl From<ChatCompletion> for Completion {
    fn from(sum: ChatCompletion) -> Self {
        let choice = |choice: Choice| CompletionChoice {
            index: choice.index,
            text: choice.message.content.unwrap_or_default(),
            finish_reason: choice.finish_reason,
            native_finish_reason: choice.native_finish_reason,
            logprobs: choice.logprobs.map(|logprobs| logprobs.provider_fields),
            provider_fields: choice.provider_fields,
        };
        Self {
            id: sum.id,
            created: sum.created,
            model: sum.model,
            choices: sum.choices.into_iter().map(choice).collect(),
            usage: sum.usage,
            system_fingerprint: sum.system_fingerprint,
            request_id: sum.request_id,
            route: sum.route,
            provider_fields: sum.provider_fields,
            ..Self::default()
        }
    }
}

impl Completion {
    /// Reads a completion, or a piece of one, from what it was written as.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_value(text: Value) -> Checked<Self> {
        crate::types::from_value(text)
    }

    /// The sum of the pieces of a streamed completion: the one that the plain form would have been.
    #[must_use]
    pub fn sum(pieces: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Accumulator::new();
        for piece in pieces {
            sum.add(&piece.into());
        }
        sum.into_completion().into()
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
        assert_eq!(Completion::sum([text.clone()]), text);
    }

    #[test]
    fn pieces_add_up_with_their_log_probabilities() {
        let piece = |text: &str, finish_reason| Completion {
            choices: vec![CompletionChoice {
                text: text.to_owned(),
                finish_reason,
                logprobs: json!({ "tokens": [text], "content": [1] }).as_object().cloned(),
                ..CompletionChoice::default()
            }],
            ..Completion::default()
        };
        let sum = Completion::sum([piece("a", None), piece("b", Some(FinishReason::Length))]);
        let [choice] = sum.choices.as_slice() else { panic!("{sum:?}") };
        assert_eq!((choice.text.as_str(), &choice.finish_reason), ("ab", &Some(FinishReason::Length)));
        let logprobs = json!({ "tokens": ["a", "b"], "content": [1, 1] });
        assert_eq!(choice.logprobs.clone().map(serde_json::Value::Object), Some(logprobs));
    }
}
