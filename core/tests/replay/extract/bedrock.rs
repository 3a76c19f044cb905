//! Bedrock Converse: shape `ConverseResponse`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{list, signatures, text};
use crate::expected::{Answer, Call, Reply, Tokens};

pub fn reply(raw: &Value, asked: &str) -> Reply {
    Reply {
        id: String::new(),
        model: asked.to_owned(),
        created: 0,
        choices: vec![answer(raw)],
        usage: raw.get("usage").filter(|usage| usage.is_object()).map(tokens),
    }
}

fn answer(raw: &Value) -> Answer {
    let content = &raw["output"]["message"]["content"];
    let blocks = list(content);
    let mut found = BTreeSet::new();
    signatures(content, &mut found);
    let said: String = blocks
        .iter()
        .map(|block| {
            let cited = list(&block["citationsContent"]["content"]).iter();
            text(&block["text"]) + &cited.map(|part| text(&part["text"])).collect::<String>()
        })
        .collect();
    let native = raw["stopReason"].as_str().map(str::to_owned);
    let finish = native.as_deref().map(canonical_finish);
    let redacted = blocks.iter().filter_map(|block| block["reasoningContent"]["redactedContent"].as_str());
    Answer {
        index: 0,
        text: said,
        reasoning: blocks
            .iter()
            .map(|block| text(&block["reasoningContent"]["reasoningText"]["text"]))
            .collect(),
        signatures: found,
        encrypted: redacted.map(str::to_owned).collect(),
        tool_calls: blocks
            .iter()
            .filter_map(|block| block.get("toolUse"))
            // The service runs its own tools itself.
            .filter(|call| call["type"] != "server_tool_use")
            .map(call)
            .collect(),
        native_finish: native.filter(|native| Some(native) != finish.as_ref()),
        finish,
        refusal: String::new(),
    }
}

fn call(call: &Value) -> Call {
    Call {
        id: Some(text(&call["toolUseId"])),
        name: text(&call["name"]),
        arguments: call["input"].clone(),
        arguments_text: None,
    }
}

/// `StopReason`, in OpenAI's words.
fn canonical_finish(native: &str) -> String {
    match native {
        "end_turn" | "stop_sequence" => "stop",
        "max_tokens" | "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "guardrail_intervened" | "content_filtered" => "content_filter",
        other => other,
    }
    .to_owned()
}

/// `TokenUsage`: in every recording input, read, written and output add up to the total.
fn tokens(usage: &Value) -> Tokens {
    let count = |name: &str| usage[name].as_u64();
    let (read, written) = (count("cacheReadInputTokens"), count("cacheWriteInputTokens"));
    let completion = count("outputTokens").unwrap_or_default();
    let total = count("totalTokens").unwrap_or_default();
    Tokens {
        prompt: total - completion,
        completion,
        total,
        cached: read,
        cache_write: written,
        ..Tokens::default()
    }
}
