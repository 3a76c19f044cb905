//! The neutral form of what our types say.

use std::collections::BTreeSet;

use roocode::types::chat::{ChatCompletion, Choice, ReasoningDetailType, Usage};
use serde_json::Value;

use crate::expected::{Answer, Call, Reply, Tokens, parse_arguments};
use crate::extract::{modalities, signatures};

pub fn reply(completion: &ChatCompletion) -> Reply {
    Reply {
        id: completion.id.clone(),
        model: completion.model.clone(),
        created: completion.created,
        choices: completion.choices.iter().map(answer).collect(),
        usage: completion.usage.as_ref().map(tokens),
    }
}

fn answer(choice: &Choice) -> Answer {
    let message = &choice.message;
    let details = message.reasoning_details.as_deref().unwrap_or_default();
    let mut found = BTreeSet::new();
    signatures(&serde_json::to_value(message).unwrap(), &mut found);
    let finish = choice
        .finish_reason
        .as_ref()
        .map(|reason| reason.as_str().to_owned())
        .filter(|reason| !reason.is_empty());
    Answer {
        index: u64::from(choice.index),
        text: message.content.clone().unwrap_or_default(),
        reasoning: message.reasoning_content.clone().unwrap_or_default(),
        encrypted: details
            .iter()
            .filter(|detail| detail.detail_type == ReasoningDetailType::Encrypted)
            .filter_map(|detail| detail.data.clone())
            // Gemini's signature of a part is handed out as an encrypted block too.
            .filter(|data| !found.contains(data))
            .collect(),
        signatures: found,
        tool_calls: message.tool_calls.iter().flatten().map(call).collect(),
        native_finish: choice.native_finish_reason.clone().filter(|native| Some(native) != finish.as_ref()),
        finish,
        refusal: message.refusal.clone().unwrap_or_default(),
    }
}

fn call(call: &roocode::types::chat::ToolCall) -> Call {
    Call {
        id: Some(call.id.clone()).filter(|id| !id.is_empty()),
        name: call.function.name.clone(),
        arguments: parse_arguments(&call.function.arguments),
        arguments_text: Some(call.function.arguments.clone()),
    }
}

fn tokens(usage: &Usage) -> Tokens {
    let prompt = usage.prompt_tokens_details.clone().unwrap_or_default();
    let completion = usage.completion_tokens_details.clone().unwrap_or_default();
    Tokens {
        prompt: usage.prompt_tokens,
        completion: usage.completion_tokens,
        total: usage.total_tokens,
        cached: prompt.cached_tokens,
        cache_write: prompt.cache_write_tokens,
        reasoning: completion.reasoning_tokens,
        input: modalities(&serde_json::to_value(&prompt).unwrap()),
        output: modalities(&serde_json::to_value(&completion).unwrap()),
    }
}

/// Our reply as JSON, for looking for what it holds.
pub fn json(completion: &ChatCompletion) -> Value {
    serde_json::to_value(completion).unwrap()
}

/// Written as JSON and read again, a reply is the same; two fields of one name would show here.
pub fn round_trip(completion: &ChatCompletion) -> Option<String> {
    let text = serde_json::to_string(completion).unwrap();
    match serde_json::from_str::<ChatCompletion>(&text) {
        Ok(again) if again == *completion => None,
        Ok(_) => Some("read back from its JSON it is another".to_owned()),
        Err(error) => Some(format!("its JSON cannot be read back: {error}")),
    }
}
