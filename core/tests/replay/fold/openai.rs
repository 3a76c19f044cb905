//! OpenAI: `CreateChatCompletionStreamResponse` chunks to one `CreateChatCompletionResponse`.

use serde_json::{Map, Value, json};

use super::{Folded, append, extend, merge, object, replace};

pub fn fold(events: &[Value]) -> Folded {
    let mut whole = Map::new();
    let mut choices: Vec<Value> = Vec::new();
    for event in events {
        let failed = event.get("error").is_some_and(|error| !error.is_null());
        for (key, value) in event.as_object().expect("a chunk is an object") {
            match key.as_str() {
                "choices" => {
                    for piece in value.as_array().into_iter().flatten() {
                        add_choice(&mut choices, piece);
                    }
                }
                "error" if failed => {}
                // Groq's first chunk says one thing here and its last another.
                "x_groq" => merge(&mut whole, key, value),
                _ => replace(&mut whole, key, value),
            }
        }
        // The chunk that brings the error may bring usage as well.
        if failed {
            return Folded::Error { event: event.clone(), before: finish(whole, choices) };
        }
    }
    Folded::Response(finish(whole, choices))
}

fn finish(mut whole: Map<String, Value>, choices: Vec<Value>) -> Value {
    whole.insert("object".to_owned(), json!("chat.completion"));
    whole.insert("choices".to_owned(), Value::Array(choices));
    Value::Object(whole)
}

fn add_choice(choices: &mut Vec<Value>, piece: &Value) {
    let index = piece["index"].as_u64().unwrap_or_default();
    let position = match choices.iter().position(|choice| choice["index"] == index) {
        Some(position) => position,
        None => {
            choices.push(json!({"index": index, "message": {"role": "assistant"}, "finish_reason": null}));
            choices.len() - 1
        }
    };
    let choice = object(&mut choices[position]);
    for (key, value) in piece.as_object().into_iter().flatten() {
        match key.as_str() {
            "index" => {}
            "delta" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    add_to_message(object(&mut choice["message"]), key, value);
                }
            }
            // Perplexity and Writer repeat the answer so far beside the delta.
            "message" => {}
            "logprobs" if value.is_object() => {
                let sum = object(choice.entry("logprobs").or_insert(Value::Null));
                for (key, value) in value.as_object().into_iter().flatten() {
                    match value {
                        Value::Array(more) => extend(sum, key, more),
                        other => replace(sum, key, other),
                    }
                }
            }
            // Azure's filters speak up when they are done, each on its own.
            "content_filter_results" => merge(choice, key, value),
            _ => replace(choice, key, value),
        }
    }
}

fn add_to_message(message: &mut Map<String, Value>, key: &str, value: &Value) {
    match (key, value) {
        (_, Value::Null) => replace(message, key, value),
        ("content", Value::Array(chunks)) => chunks.iter().for_each(|chunk| add_chunk(message, chunk)),
        ("content", Value::String(text)) if message.get("content").is_some_and(Value::is_array) => {
            add_chunk(message, &json!({"type": "text", "text": text}));
        }
        ("content" | "refusal" | "reasoning" | "reasoning_content", Value::String(text)) => {
            append(message, key, text);
        }
        ("tool_calls", Value::Array(calls)) => calls.iter().for_each(|call| add_call(message, call)),
        ("reasoning_details", Value::Array(details)) => {
            details.iter().for_each(|detail| add_detail(message, detail));
        }
        ("annotations" | "images", Value::Array(more)) => extend(message, key, more),
        _ => replace(message, key, value),
    }
}

/// Mistral's content in chunks: neighbours of one type are one.
fn add_chunk(message: &mut Map<String, Value>, chunk: &Value) {
    let before = message.get("content").and_then(Value::as_str).map(str::to_owned);
    if !message.get("content").is_some_and(Value::is_array) {
        let first = before.filter(|text| !text.is_empty());
        let first = first.map(|text| json!({"type": "text", "text": text}));
        message.insert("content".to_owned(), Value::Array(first.into_iter().collect()));
    }
    let chunks = message["content"].as_array_mut().expect("a list");
    if chunk["type"] == "text" && chunk["text"] == "" {
        return;
    }
    match chunks.last_mut() {
        Some(last) if last["type"] == "text" && chunk["type"] == "text" => {
            append(object(last), "text", chunk["text"].as_str().unwrap_or_default());
        }
        Some(last) if last["type"] == "thinking" && chunk["type"] == "thinking" => {
            let more: String = chunk["thinking"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|t| t["text"].as_str())
                .collect();
            append(object(&mut last["thinking"][0]), "text", &more);
            for (key, value) in chunk.as_object().into_iter().flatten() {
                if key != "thinking" {
                    replace(object(last), key, value);
                }
            }
        }
        _ => chunks.push(chunk.clone()),
    }
}

fn add_call(message: &mut Map<String, Value>, piece: &Value) {
    let sum = message.entry("tool_calls").or_insert(Value::Null);
    if sum.is_null() {
        *sum = json!([]);
    }
    let calls = sum.as_array_mut().expect("a list");
    let position = piece["index"].as_u64().map_or(calls.len(), |index| index as usize);
    while calls.len() <= position {
        calls.push(json!({"id": "", "type": "function", "function": {"name": "", "arguments": ""}}));
    }
    let call = object(&mut calls[position]);
    for (key, value) in piece.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("index", _) | (_, Value::Null) => {}
            ("id" | "type", Value::String(text)) if text.is_empty() => {}
            ("function", Value::Object(function)) => {
                let sum = object(&mut call["function"]);
                for (key, value) in function {
                    match value {
                        Value::String(text) if key == "name" || key == "arguments" => append(sum, key, text),
                        Value::Null => {}
                        other => replace(sum, key, other),
                    }
                }
            }
            _ => replace(call, key, value),
        }
    }
}

/// Pieces of one block share type, index and id (the id may come on one alone).
fn add_detail(message: &mut Map<String, Value>, piece: &Value) {
    let sum = message.entry("reasoning_details").or_insert(Value::Null);
    if sum.is_null() {
        *sum = json!([]);
    }
    let details = sum.as_array_mut().expect("a list");
    let same = details.iter_mut().rev().find(|detail| {
        detail["type"] == piece["type"]
            && detail["index"] == piece["index"]
            && (detail["id"] == piece["id"] || detail["id"].is_null() || piece["id"].is_null())
    });
    let Some(detail) = same else {
        details.push(piece.clone());
        return;
    };
    for (key, value) in piece.as_object().into_iter().flatten() {
        match value {
            Value::String(text) if matches!(key.as_str(), "text" | "summary" | "data") => {
                append(object(detail), key, text);
            }
            other => replace(object(detail), key, other),
        }
    }
}
