//! Anthropic: `MessageStreamEvent`s to one `Message`.

use serde_json::{Map, Value};

use super::{Folded, append, extend, merge, object, replace};

pub fn fold(events: &[Value]) -> Folded {
    let mut message = Value::Null;
    // Pieces of a tool's input are JSON only once they are together.
    let mut inputs: Map<String, Value> = Map::new();
    for event in events {
        let block = event["index"].as_u64().unwrap_or_default() as usize;
        match event["type"].as_str().unwrap_or_default() {
            "error" => return Folded::Error { event: event.clone(), before: message },
            "message_start" => message = event["message"].clone(),
            "content_block_start" => {
                let blocks = message["content"].as_array_mut().expect("content");
                assert_eq!(blocks.len(), block, "blocks come in order");
                blocks.push(event["content_block"].clone());
            }
            "content_block_delta" => {
                add_delta(object(&mut message["content"][block]), &event["delta"], &mut inputs, block);
            }
            "content_block_stop" => {
                if let Some(Value::String(input)) = inputs.remove(&block.to_string())
                    && !input.is_empty()
                {
                    message["content"][block]["input"] = serde_json::from_str(&input).expect("input is JSON");
                }
            }
            "message_delta" => add_message_delta(object(&mut message), event),
            _ => {}
        }
    }
    Folded::Response(message)
}

/// The text of each `tool_use` block's input, as the pieces spell it.
pub fn arguments(events: &[Value]) -> Vec<String> {
    let mut texts: Vec<(u64, String)> = Vec::new();
    for event in events {
        let index = event["index"].as_u64().unwrap_or_default();
        if event["content_block"]["type"] == "tool_use" {
            texts.push((index, String::new()));
        } else if let Some((_, text)) = texts.iter_mut().find(|(of, _)| *of == index) {
            text.push_str(event["delta"]["partial_json"].as_str().unwrap_or_default());
        }
    }
    texts.into_iter().map(|(_, text)| if text.is_empty() { "{}".to_owned() } else { text }).collect()
}

fn add_delta(block: &mut Map<String, Value>, delta: &Value, inputs: &mut Map<String, Value>, index: usize) {
    match delta["type"].as_str().unwrap_or_default() {
        "text_delta" => append(block, "text", delta["text"].as_str().unwrap()),
        "thinking_delta" => append(block, "thinking", delta["thinking"].as_str().unwrap()),
        "signature_delta" => append(block, "signature", delta["signature"].as_str().unwrap()),
        "input_json_delta" => append(inputs, &index.to_string(), delta["partial_json"].as_str().unwrap()),
        "citations_delta" => extend(block, "citations", std::slice::from_ref(&delta["citation"])),
        other => panic!("a delta of another type: {other}"),
    }
}

/// Its `delta` has fields of the message, its `usage` is cumulative.
fn add_message_delta(message: &mut Map<String, Value>, event: &Value) {
    for (key, value) in event["delta"].as_object().into_iter().flatten() {
        replace(message, key, value);
    }
    for (key, value) in event.as_object().into_iter().flatten() {
        match key.as_str() {
            "type" | "delta" => {}
            "usage" => merge(message, key, value),
            _ => replace(message, key, value),
        }
    }
}
