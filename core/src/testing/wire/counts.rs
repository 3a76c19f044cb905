//! Counts of tokens, wherever services have them: words of the conversation.
//!
//! The shapes are those of recorded replies of Anthropic, Gemini, Cohere and OpenAI; of Bedrock's, vLLM's,
//! Moonshot's and Z.AI's of their documentation.

use serde_json::{Value, json};

use super::super::incoming::Incoming;
use super::super::reply::{Reply, count_words};

/// The reply to a request to count.
pub(in super::super) fn count(incoming: &Incoming, reply: &Reply) -> Value {
    let body = incoming.body.clone().unwrap_or_default();
    let tokens = reply.usage.map_or_else(|| words(&body), |usage| usage.prompt_tokens);
    let path = incoming.path.as_str();
    if path.ends_with(":countTokens") {
        return json!({"totalTokens": tokens, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": tokens}]});
    }
    if path.ends_with("/count-tokens") {
        return json!({"inputTokens": tokens});
    }
    if let Some(text) = body.get("text").and_then(Value::as_str) {
        let pieces: Vec<&str> = text.split_whitespace().collect();
        let ids: Vec<usize> = (0..pieces.len()).collect();
        return json!({"tokens": ids, "token_strings": pieces, "meta": {"api_version": {"version": "1"}}});
    }
    if path.ends_with("/tokenize") {
        let ids: Vec<u64> = (0..tokens).collect();
        return json!({"count": tokens, "max_model_len": 4096, "tokens": ids});
    }
    if path.ends_with("/estimate-token-count") {
        return json!({"data": {"total_tokens": tokens}});
    }
    if path.ends_with("/tokenizer") {
        return json!({"id": "mock", "usage": {"prompt_tokens": tokens, "total_tokens": tokens}});
    }
    if path.ends_with("/responses/input_tokens") {
        return json!({"object": "response.input_tokens", "input_tokens": tokens});
    }
    json!({"input_tokens": tokens})
}

/// Words of all texts, wherever in the request they are.
fn words(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if ["content", "system", "text"].contains(&name.as_str()) => {
                    count_words(text)
                }
                other => words(other),
            })
            .sum(),
        Value::Array(items) => items.iter().map(words).sum(),
        _ => 0,
    }
}
