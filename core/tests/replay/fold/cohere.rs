//! Cohere: the events of specs/cohere.json (`…V2ChatStreamResponse`) to one response.

use serde_json::{Map, Value, json};

use super::{Folded, append, object};

pub fn fold(events: &[Value]) -> Folded {
    let mut whole = Map::new();
    let mut message = json!({ "role": "assistant" });
    for event in events {
        let said = &event["delta"]["message"];
        let index = event["index"].as_u64().unwrap_or_default() as usize;
        match event["type"].as_str().unwrap_or_default() {
            "message-start" => drop(whole.insert("id".to_owned(), event["id"].clone())),
            "content-start" => entry(&mut message, "content", index, said["content"].clone()),
            "content-delta" => {
                for kind in ["text", "thinking"] {
                    if let Some(text) = said["content"][kind].as_str() {
                        append(object(&mut message["content"][index]), kind, text);
                    }
                }
            }
            "tool-plan-delta" => {
                append(object(&mut message), "tool_plan", said["tool_plan"].as_str().unwrap())
            }
            "tool-call-start" => entry(&mut message, "tool_calls", index, said["tool_calls"].clone()),
            "tool-call-delta" => {
                let more = said["tool_calls"]["function"]["arguments"].as_str().unwrap();
                append(object(&mut message["tool_calls"][index]["function"]), "arguments", more);
            }
            "citation-start" => {
                let index = message["citations"].as_array().map_or(0, Vec::len);
                entry(&mut message, "citations", index, said["citations"].clone());
            }
            "message-end" if event["delta"].get("error").is_some() => {
                whole.insert("message".to_owned(), message);
                return Folded::Error { event: event.clone(), before: Value::Object(whole) };
            }
            "message-end" => {
                for (key, value) in event["delta"].as_object().unwrap() {
                    whole.insert(key.clone(), value.clone());
                }
            }
            "content-end" | "tool-call-end" | "citation-end" => {}
            other => panic!("an event of another type: {other}"),
        }
    }
    whole.insert("message".to_owned(), message);
    Folded::Response(Value::Object(whole))
}

fn entry(message: &mut Value, key: &str, index: usize, value: Value) {
    let list = message[key].take();
    let mut list = if list.is_null() { Vec::new() } else { list.as_array().unwrap().clone() };
    assert_eq!(list.len(), index, "{key} come in order");
    list.push(value);
    message[key] = list.into();
}
