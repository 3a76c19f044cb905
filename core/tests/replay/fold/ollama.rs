//! Ollama: the lines of a stream (schema `ChatStreamEvent`) to one `ChatResponse`.

use serde_json::{Map, Value};

use super::{Folded, append, extend, object, replace};

pub fn fold(text: &str) -> Folded {
    let mut whole = Map::new();
    whole.insert("message".to_owned(), Value::Null);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("line is no JSON: {e}: {line}"));
        if line.get("error").is_some() {
            return Folded::Error { event: line, before: Value::Object(whole) };
        }
        for (key, value) in line.as_object().expect("an object") {
            match key.as_str() {
                "message" => add(object(&mut whole["message"]), value),
                // Each line has its own; an answer has one, its beginning.
                "created_at" if whole.contains_key(key) => {}
                _ => replace(&mut whole, key, value),
            }
        }
    }
    Folded::Response(Value::Object(whole))
}

fn add(message: &mut Map<String, Value>, piece: &Value) {
    for (key, value) in piece.as_object().expect("a message") {
        match value {
            Value::String(text) if key == "content" || key == "thinking" => append(message, key, text),
            Value::Array(more) => extend(message, key, more),
            _ => replace(message, key, value),
        }
    }
}
