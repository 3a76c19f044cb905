//! Anthropic messages: schema `Message`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{list, signatures, text};
use crate::expected::{Answer, Call, Reply, Tokens};

pub fn reply(raw: &Value) -> Reply {
    Reply {
        id: text(&raw["id"]),
        model: text(&raw["model"]),
        created: 0,
        choices: vec![answer(raw)],
        usage: raw.get("usage").filter(|usage| usage.is_object()).map(tokens),
    }
}

fn answer(raw: &Value) -> Answer {
    let blocks = list(&raw["content"]);
    let of_type = |kind: &'static str| blocks.iter().filter(move |block| block["type"] == kind);
    let mut found = BTreeSet::new();
    signatures(&raw["content"], &mut found);
    let native = raw["stop_reason"].as_str().map(str::to_owned);
    let finish = native.as_deref().map(canonical_finish);
    Answer {
        index: 0,
        text: of_type("text").map(|block| text(&block["text"])).collect(),
        reasoning: of_type("thinking").map(|block| text(&block["thinking"])).collect(),
        signatures: found,
        encrypted: of_type("redacted_thinking").map(|block| text(&block["data"])).collect(),
        tool_calls: of_type("tool_use").map(call).collect(),
        native_finish: native.filter(|native| Some(native) != finish.as_ref()),
        finish,
        refusal: String::new(),
    }
}

fn call(block: &Value) -> Call {
    Call {
        id: Some(text(&block["id"])),
        name: text(&block["name"]),
        arguments: block["input"].clone(),
        arguments_text: None,
    }
}

/// Schema `StopReason`, in OpenAI's words.
fn canonical_finish(native: &str) -> String {
    match native {
        "end_turn" | "stop_sequence" => "stop",
        "max_tokens" | "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        other => other,
    }
    .to_owned()
}

/// Schema `Usage`: "Total input tokens in a request is the summation of
/// `input_tokens`, `cache_creation_input_tokens`, and `cache_read_input_tokens`."
fn tokens(usage: &Value) -> Tokens {
    let count = |name: &str| usage[name].as_u64();
    let written = count("cache_creation_input_tokens");
    let read = count("cache_read_input_tokens");
    let prompt =
        count("input_tokens").unwrap_or_default() + written.unwrap_or_default() + read.unwrap_or_default();
    let completion = count("output_tokens").unwrap_or_default();
    Tokens {
        prompt,
        completion,
        total: prompt + completion,
        cached: read,
        cache_write: written,
        reasoning: usage["output_tokens_details"]["thinking_tokens"].as_u64(),
        ..Tokens::default()
    }
}
