//! Gemini generateContent: schema `GenerateContentResponse` of the Gemini API
//! and of Vertex.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{list, seconds, signatures, text};
use crate::expected::{Answer, Call, Reply, Tokens};

pub fn reply(raw: &Value) -> Reply {
    Reply {
        id: text(&raw["responseId"]),
        model: text(&raw["modelVersion"]),
        created: raw["createTime"].as_str().map(seconds).unwrap_or_default(),
        choices: list(&raw["candidates"]).iter().map(answer).collect(),
        usage: raw.get("usageMetadata").filter(|usage| !usage.is_null()).map(tokens),
    }
}

fn answer(candidate: &Value) -> Answer {
    let parts = list(&candidate["content"]["parts"]);
    let texts = |thought: bool| {
        parts
            .iter()
            .filter(move |part| part["thought"].as_bool().unwrap_or_default() == thought)
            .map(|part| text(&part["text"]))
            .collect::<String>()
    };
    let tool_calls: Vec<Call> = parts.iter().filter_map(|part| part.get("functionCall")).map(call).collect();
    let mut found = BTreeSet::new();
    signatures(&candidate["content"], &mut found);
    let native = match &candidate["finishReason"] {
        Value::Null => None,
        Value::String(reason) => Some(reason.clone()),
        number => Some(number.to_string()),
    };
    let finish = native.as_deref().map(|native| canonical_finish(native, !tool_calls.is_empty()));
    Answer {
        index: candidate["index"].as_u64().unwrap_or_default(),
        text: texts(false),
        reasoning: texts(true),
        signatures: found,
        encrypted: Vec::new(),
        tool_calls,
        native_finish: native.filter(|native| Some(native) != finish.as_ref()),
        finish,
        refusal: String::new(),
    }
}

fn call(call: &Value) -> Call {
    Call {
        id: call["id"].as_str().map(str::to_owned),
        name: text(&call["name"]),
        arguments: call.get("args").cloned().unwrap_or_else(|| json!({})),
        arguments_text: None,
    }
}

/// Enum `FinishReason`, in OpenAI's words. One recorded client asked for enums as
/// numbers, which we never do: a number is a value we do not know.
fn canonical_finish(native: &str, called: bool) -> String {
    match native {
        "STOP" if called => "tool_calls",
        "STOP" => "stop",
        "MAX_TOKENS" => "length",
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY"
        | "LANGUAGE" => "content_filter",
        other => other,
    }
    .to_owned()
}

/// `UsageMetadata`: `promptTokenCount` includes cached content; `candidatesTokenCount`
/// leaves out thoughts, and results of the provider's own tools are counted apart:
/// in every recording the four add up to `totalTokenCount`.
fn tokens(usage: &Value) -> Tokens {
    let count = |name: &str| usage[name].as_u64();
    // `ModalityTokenCount`s; those of the provider's own tools are input like the prompt's.
    let by_modality = |lists: &[&str]| {
        let mut sum = BTreeMap::new();
        for detail in lists.iter().flat_map(|name| list(&usage[*name])) {
            let modality = match &detail["modality"] {
                Value::String(name) => name.to_lowercase(),
                number => number.to_string(),
            };
            *sum.entry(modality).or_default() += detail["tokenCount"].as_u64().unwrap_or_default();
        }
        sum
    };
    let sum = |one: &str, other: &str| count(one).unwrap_or_default() + count(other).unwrap_or_default();
    let prompt = sum("promptTokenCount", "toolUsePromptTokenCount");
    let completion = sum("candidatesTokenCount", "thoughtsTokenCount");
    Tokens {
        prompt,
        completion,
        total: count("totalTokenCount").unwrap_or(prompt + completion),
        cached: count("cachedContentTokenCount"),
        cache_write: None,
        reasoning: count("thoughtsTokenCount"),
        input: by_modality(&["promptTokensDetails", "toolUsePromptTokensDetails"]),
        output: by_modality(&["candidatesTokensDetails"]),
    }
}
