//! What a raw plain response says, read from its JSON and the published schemas alone.

mod anthropic;
mod bedrock;
mod gemini;
mod openai;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cases::Wire;
use crate::expected::Reply;

/// `asked`: the model that was asked for, which Bedrock's wire does not say again.
pub fn reply(wire: Wire, raw: &Value, asked: &str) -> Reply {
    match wire {
        Wire::OpenAi => openai::reply(raw),
        Wire::Anthropic => anthropic::reply(raw),
        Wire::Gemini => gemini::reply(raw),
        Wire::Bedrock => bedrock::reply(raw, asked),
    }
}

/// The reason for which a Gemini prompt was blocked: a plain response without any candidate.
pub fn blocked(wire: Wire, raw: &Value) -> Option<&str> {
    let feedback = &raw["promptFeedback"];
    let blocked = wire == Wire::Gemini && list(&raw["candidates"]).is_empty();
    feedback["blockReasonMessage"].as_str().or(feedback["blockReason"].as_str()).filter(|_| blocked)
}

/// Every signature under `value`, whatever the wire calls it.
pub fn signatures(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text)
                        if matches!(key.as_str(), "signature" | "thought_signature" | "thoughtSignature") =>
                    {
                        if !text.is_empty() {
                            found.insert(text.clone());
                        }
                    }
                    // Arguments are the model's text; a field there may have any name.
                    _ if matches!(key.as_str(), "arguments" | "args" | "input") => {}
                    _ => signatures(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| signatures(value, found)),
        _ => {}
    }
}

/// The counts by modality in `…_tokens_details`: what is left when the other parts are out.
pub fn modalities(details: &Value) -> BTreeMap<String, u64> {
    const OTHERS: [&str; 5] =
        ["cached", "cache_write", "reasoning", "accepted_prediction", "rejected_prediction"];
    let fields = details.as_object().into_iter().flatten();
    fields
        .filter_map(|(name, count)| Some((name.strip_suffix("_tokens")?, count.as_u64()?)))
        .filter(|(name, _)| !OTHERS.contains(name))
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
