//! OpenAI chat completions: schema `CreateChatCompletionResponse`, and what the
//! recorded services add to it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{list, modalities, signatures, text};
use crate::expected::{Answer, Call, Reply, Tokens, parse_arguments};

pub fn reply(raw: &Value) -> Reply {
    Reply {
        id: text(&raw["id"]),
        model: text(&raw["model"]),
        created: raw["created"].as_i64().unwrap_or_default(),
        choices: list(&raw["choices"]).iter().map(answer).collect(),
        // Groq's older streams say it in a field of their own.
        usage: [&raw["usage"], &raw["x_groq"]["usage"]]
            .into_iter()
            .find(|usage| usage.is_object())
            .map(tokens),
    }
}

fn answer(choice: &Value) -> Answer {
    let message = &choice["message"];
    let mut found = BTreeSet::new();
    signatures(message, &mut found);
    // Snowflake sends an empty text, which is no reason.
    let native = choice["finish_reason"].as_str().filter(|native| !native.is_empty());
    let finish = native.map(canonical_finish);
    let native = choice["native_finish_reason"].as_str().or(native).map(str::to_owned);
    Answer {
        index: choice["index"].as_u64().unwrap_or_default(),
        text: answer_text(&message["content"]),
        reasoning: reasoning(message),
        signatures: found,
        encrypted: list(&message["reasoning_details"])
            .iter()
            .filter(|detail| detail["type"] == "reasoning.encrypted")
            .filter_map(|detail| detail["data"].as_str().map(str::to_owned))
            .collect(),
        tool_calls: list(&message["tool_calls"]).iter().map(call).collect(),
        native_finish: native.filter(|native| Some(native) != finish.as_ref()),
        finish,
        refusal: text(&message["refusal"]),
    }
}

/// Mistral's content may be a list of `text` and `thinking` chunks.
fn answer_text(content: &Value) -> String {
    match content {
        Value::Array(chunks) => {
            chunks.iter().filter(|chunk| chunk["type"] == "text").map(|chunk| text(&chunk["text"])).collect()
        }
        content => text(content),
    }
}

/// In the first of these fields that says something.
fn reasoning(message: &Value) -> String {
    let thinking: String = list(&message["content"])
        .iter()
        .flat_map(|chunk| list(&chunk["thinking"]))
        .map(|inner| text(&inner["text"]))
        .collect();
    let details: String = list(&message["reasoning_details"])
        .iter()
        .map(|detail| text(&detail["text"]) + &text(&detail["summary"]))
        .collect();
    [text(&message["reasoning_content"]), text(&message["reasoning"]), thinking, details]
        .into_iter()
        .find(|reasoning| !reasoning.is_empty())
        .unwrap_or_default()
}

fn call(call: &Value) -> Call {
    // A custom tool's call: schema `ChatCompletionMessageCustomToolCall`.
    let (function, arguments) =
        if call["type"] == "custom" { ("custom", "input") } else { ("function", "arguments") };
    let arguments = text(&call[function][arguments]);
    Call {
        id: call["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned),
        name: text(&call[function]["name"]),
        arguments: parse_arguments(&arguments),
        arguments_text: Some(arguments),
    }
}

/// `eos` is Together's word for the model's own end.
fn canonical_finish(native: &str) -> String {
    match native {
        "eos" => "stop",
        "model_length" => "length",
        other => other,
    }
    .to_owned()
}

/// Schema `CompletionUsage`. Services that have no `…_details` say the same beside
/// the totals: Mistral, Together, DeepSeek and Vercel's gateway what was cached,
/// Copilot what was reasoning.
fn tokens(usage: &Value) -> Tokens {
    let prompt = &usage["prompt_tokens_details"];
    let completion = &usage["completion_tokens_details"];
    let count = |name: &str| usage[name].as_u64();
    let input = count("prompt_tokens").unwrap_or_default();
    let mut output = count("completion_tokens").unwrap_or_default();
    let total = count("total_tokens").unwrap_or_default();
    let reasoning = completion["reasoning_tokens"].as_u64().or_else(|| count("reasoning_tokens"));
    // xAI counts reasoning beside the completion; its total shows it.
    if let Some(reasoning) = reasoning
        && input + output + reasoning == total
    {
        output += reasoning;
    }
    Tokens {
        prompt: input,
        completion: output,
        total,
        cached: prompt["cached_tokens"]
            .as_u64()
            .or_else(|| count("cached_tokens"))
            .or_else(|| count("num_cached_tokens"))
            .or_else(|| count("prompt_cache_hit_tokens"))
            .or_else(|| count("cache_read_input_tokens")),
        cache_write: prompt["cache_write_tokens"].as_u64().or_else(|| count("cache_creation_input_tokens")),
        reasoning,
        input: modalities(prompt),
        output: modalities(completion),
    }
}
