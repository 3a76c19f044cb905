//! Bedrock: `ConverseStreamOutput` events to one `ConverseResponse`.

use serde_json::{Map, Value, json};

use super::{Folded, append, object};

/// Every message's event type and payload, read the plain way: a message is its length
/// and its headers' length (4 bytes each), a checksum, headers, payload, a checksum; a
/// header is a name, the type of a text, and the text, each with its length.
pub fn events(mut body: &[u8]) -> Vec<(String, Value)> {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
    let mut events = Vec::new();
    while !body.is_empty() {
        let (message, rest) = body.split_at(number(body));
        let (mut headers, payload) = message[12..message.len() - 4].split_at(number(&message[4..]));
        let mut name = String::new();
        while !headers.is_empty() {
            let (key, rest) = headers[1..].split_at(usize::from(headers[0]));
            assert_eq!(rest[0], 7, "a text");
            let (value, rest) = rest[3..].split_at(usize::from(rest[1]) << 8 | usize::from(rest[2]));
            if [&b":event-type"[..], b":exception-type"].contains(&key) {
                name = String::from_utf8(value.to_vec()).unwrap();
            }
            headers = rest;
        }
        events.push((name, serde_json::from_slice(payload).expect("JSON")));
        body = rest;
    }
    events
}

pub fn fold(events: &[(String, Value)]) -> Folded {
    let mut whole = Map::new();
    let mut role = Value::Null;
    let mut blocks: Vec<Value> = Vec::new();
    let mut inputs: Vec<String> = Vec::new();
    for (name, event) in events {
        let index = event["contentBlockIndex"].as_u64().unwrap_or_default() as usize;
        if name.starts_with("contentBlock") && blocks.len() == index {
            blocks.push(Value::Null);
            inputs.push(String::new());
        }
        match name.as_str() {
            "messageStart" => role = event["role"].clone(),
            "contentBlockStart" => blocks[index] = event["start"].clone(),
            "contentBlockDelta" => add_delta(&mut blocks[index], &event["delta"], &mut inputs[index]),
            "contentBlockStop" => {
                let block = object(&mut blocks[index]);
                if let Some(call) = block.get_mut("toolUse") {
                    let input = if inputs[index].is_empty() { "{}" } else { &inputs[index] };
                    call["input"] = serde_json::from_str(input).expect("input is JSON");
                }
            }
            "messageStop" | "metadata" => {
                // `p` is padding against guesses from an event's length.
                let fields = event.as_object().expect("an object").iter().filter(|(key, _)| *key != "p");
                whole.extend(fields.map(|(key, value)| (key.clone(), value.clone())));
            }
            name if name.ends_with("Exception") => {
                let before = finish(whole, role, blocks);
                return Folded::Error { event: event.clone(), before };
            }
            other => panic!("an event of another type: {other}"),
        }
    }
    Folded::Response(finish(whole, role, blocks))
}

fn finish(mut whole: Map<String, Value>, role: Value, blocks: Vec<Value>) -> Value {
    whole.insert("output".to_owned(), json!({ "message": { "role": role, "content": blocks } }));
    Value::Object(whole)
}

/// The text of each call's input, as the pieces spell it.
pub fn arguments(events: &[(String, Value)]) -> Vec<String> {
    let mut texts: Vec<(u64, String)> = Vec::new();
    for (_, event) in events {
        let index = event["contentBlockIndex"].as_u64().unwrap_or_default();
        let start = &event["start"]["toolUse"];
        if start.is_object() && start["type"] != "server_tool_use" {
            texts.push((index, String::new()));
        } else if let Some((_, text)) = texts.iter_mut().find(|(of, _)| *of == index) {
            text.push_str(event["delta"]["toolUse"]["input"].as_str().unwrap_or_default());
        }
    }
    texts.into_iter().map(|(_, text)| if text.is_empty() { "{}".to_owned() } else { text }).collect()
}

/// A block of cited text is `citationsContent` in the plain form.
fn add_delta(block: &mut Value, delta: &Value, input: &mut String) {
    let (kind, more) = delta.as_object().and_then(|delta| delta.iter().next()).expect("a delta");
    match kind.as_str() {
        "citation" => {
            let cited = object(block).entry("citationsContent").or_insert_with(|| json!({ "content": [] }));
            let citations = object(cited).entry("citations").or_insert_with(|| json!([]));
            citations.as_array_mut().unwrap().push(more.clone());
        }
        "text" if block.get("citationsContent").is_some() => {
            let content = block["citationsContent"]["content"].as_array_mut().unwrap();
            if content.is_empty() {
                content.push(json!({}));
            }
            append(object(&mut content[0]), "text", more.as_str().unwrap());
        }
        "text" => append(object(block), "text", more.as_str().unwrap()),
        "toolUse" => input.push_str(more["input"].as_str().unwrap()),
        "toolResult" => {
            let content = object(&mut block["toolResult"]).entry("content").or_insert_with(|| json!([]));
            content.as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
        }
        "reasoningContent" => {
            let (kind, more) = more.as_object().and_then(|more| more.iter().next()).expect("a piece");
            let reasoning = object(object(block).entry("reasoningContent").or_insert(Value::Null));
            if kind == "redactedContent" {
                assert!(!reasoning.contains_key(kind), "one piece in every recording");
                reasoning.insert(kind.clone(), more.clone());
            } else {
                let text = object(reasoning.entry("reasoningText").or_insert(Value::Null));
                append(text, kind, more.as_str().unwrap());
            }
        }
        other => panic!("a delta of another kind: {other}"),
    }
}
