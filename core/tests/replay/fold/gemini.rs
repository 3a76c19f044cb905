//! Gemini: the stream's `GenerateContentResponse`s to one.
//!
//! Parts are strung together; neighbouring texts that differ in nothing but
//! their text are one part, as the plain form has them.

use serde_json::{Map, Value, json};

use super::{Folded, append, merge, object, replace};

pub fn fold(events: &[Value]) -> Folded {
    let mut whole = Map::new();
    let mut candidates: Vec<Value> = Vec::new();
    for event in events {
        if event.get("error").is_some() {
            return Folded::Error { event: event.clone(), before: finish(whole, candidates) };
        }
        for (key, value) in event.as_object().expect("an object") {
            match key.as_str() {
                "candidates" => {
                    for piece in value.as_array().into_iter().flatten() {
                        add_candidate(&mut candidates, piece);
                    }
                }
                "usageMetadata" => add_usage(&mut whole, value),
                _ => replace(&mut whole, key, value),
            }
        }
    }
    Folded::Response(finish(whole, candidates))
}

/// Each event's counts are the sum so far, so the last ones stand as a whole: in one
/// recording they start again with each step of the service's own tool, and only the
/// last event's add up to its `totalTokenCount`. Fields that count nothing add up.
fn add_usage(whole: &mut Map<String, Value>, usage: &Value) {
    let is_count = |key: &str| key.contains("Token");
    let counts =
        |usage: &Value| usage.as_object().is_some_and(|fields| fields.keys().any(|key| is_count(key)));
    if counts(usage)
        && let Some(Value::Object(before)) = whole.get_mut("usageMetadata")
    {
        before.retain(|key, _| !is_count(key));
    }
    merge(whole, "usageMetadata", usage);
}

fn finish(mut whole: Map<String, Value>, candidates: Vec<Value>) -> Value {
    whole.insert("candidates".to_owned(), Value::Array(candidates));
    Value::Object(whole)
}

fn add_candidate(candidates: &mut Vec<Value>, piece: &Value) {
    let index = piece["index"].as_u64().unwrap_or_default();
    let same = |candidate: &Value| candidate["index"].as_u64().unwrap_or_default() == index;
    let position = match candidates.iter().position(same) {
        Some(position) => position,
        None => {
            candidates.push(json!({"content": {"parts": []}}));
            candidates.len() - 1
        }
    };
    let candidate = object(&mut candidates[position]);
    for (key, value) in piece.as_object().into_iter().flatten() {
        if key != "content" {
            replace(candidate, key, value);
            continue;
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            let content = object(&mut candidate["content"]);
            match value {
                Value::Array(parts) if key == "parts" => {
                    let sum = content["parts"].as_array_mut().expect("parts");
                    parts.iter().for_each(|part| add_part(sum, part));
                }
                other => replace(content, key, other),
            }
        }
    }
}

/// Appends a part, or joins it to the one before. An empty text, as last events
/// have it, says nothing.
pub fn add_part(parts: &mut Vec<Value>, part: &Value) {
    if is_plain_text(part) && part["text"] == "" {
        return;
    }
    if let Some(last) = parts.last_mut()
        && is_plain_text(last)
        && is_plain_text(part)
        && last["thought"] == part["thought"]
    {
        append(object(last), "text", part["text"].as_str().unwrap_or_default());
        return;
    }
    parts.push(part.clone());
}

fn is_plain_text(part: &Value) -> bool {
    part["text"].is_string()
        && part.as_object().is_some_and(|fields| fields.keys().all(|key| key == "text" || key == "thought"))
}
