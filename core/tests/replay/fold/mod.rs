//! Folds a raw stream into the plain response that the same wire would have sent.
//!
//! Written from the raw text: naive splitting on blank lines, `serde_json`
//! values, no framing and no type of ours.

mod anthropic;
mod bedrock;
mod gemini;
mod openai;

pub use gemini::add_part;
use serde_json::{Map, Value};

use crate::cases::Wire;

/// What a stream comes to.
#[derive(Debug)]
pub enum Folded {
    Response(Value),
    /// An error event in the stream, and the response before it.
    Error {
        event: Value,
        before: Value,
    },
}

pub fn stream(wire: Wire, body: &[u8]) -> Folded {
    if wire == Wire::Bedrock {
        return bedrock::fold(&bedrock::events(body));
    }
    let events = events(body);
    match wire {
        Wire::OpenAi => openai::fold(&events),
        Wire::Anthropic => anthropic::fold(&events),
        Wire::Gemini | Wire::Bedrock => gemini::fold(&events),
    }
}

/// The exact text of each call's arguments, where a stream has a text that the plain form has not.
pub fn arguments(wire: Wire, body: &[u8]) -> Vec<String> {
    match wire {
        Wire::Anthropic => anthropic::arguments(&events(body)),
        Wire::Bedrock => bedrock::arguments(&bedrock::events(body)),
        Wire::OpenAi | Wire::Gemini => Vec::new(),
    }
}

/// The JSON of every event's data, in order; OpenAI's `[DONE]` is left out.
pub fn events(body: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(body).expect("text");
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split("\n\n")
        .map(|block| {
            let lines = block.lines().filter_map(|line| line.strip_prefix("data:"));
            lines.map(|data| data.strip_prefix(' ').unwrap_or(data)).collect::<Vec<_>>().join("\n")
        })
        .filter(|data| !data.trim().is_empty() && data.trim() != "[DONE]")
        .map(|data| serde_json::from_str(&data).unwrap_or_else(|e| panic!("event is no JSON: {e}: {data}")))
        .collect()
}

/// Appends `more` to the text at `key`.
fn append(fields: &mut Map<String, Value>, key: &str, more: &str) {
    let before = fields.get(key).and_then(Value::as_str).unwrap_or_default();
    let joined = format!("{before}{more}");
    fields.insert(key.to_owned(), Value::String(joined));
}

/// The last value that is not null stands.
fn replace(fields: &mut Map<String, Value>, key: &str, value: &Value) {
    if !value.is_null() || !fields.contains_key(key) {
        fields.insert(key.to_owned(), value.clone());
    }
}

/// The fields of an object that comes in several events.
fn merge(fields: &mut Map<String, Value>, key: &str, value: &Value) {
    let sum = object(fields.entry(key.to_owned()).or_insert(Value::Null));
    for (key, value) in value.as_object().into_iter().flatten() {
        replace(sum, key, value);
    }
}

fn extend(fields: &mut Map<String, Value>, key: &str, more: &[Value]) {
    let sum = fields.entry(key.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
    if sum.is_null() {
        *sum = Value::Array(Vec::new());
    }
    sum.as_array_mut().expect("a list").extend_from_slice(more);
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().expect("an object")
}
