//! Each recorded request, said in the common shape, encodes to what was recorded.
//!
//! The reverse translation below is the test's own. What may differ, and why:
//! - an empty list of tools is left out;
//! - `stream: false` and `disable_parallel_tool_use: false` are the wire's defaults
//!   and left out;
//! - a lone text block of an assistant is sent as a string, which means the same;
//! - `anthropic_version` and the model are put where the service wants them by its row.

use roocode::types::chat::ChatRequest;
use serde_json::{Map, Value, json};

use crate::recordings::{Exchange, exchanges};
use crate::responses::decode;
use crate::schema::{assert_valid, encode, validator};

/// The recorded request in the common shape.
fn reversed(native: &Value) -> Value {
    let mut request = Map::new();
    let mut messages = Vec::new();
    request.insert("model".to_owned(), json!("m"));
    for (key, value) in native.as_object().unwrap() {
        match key.as_str() {
            "model" | "stream" | "anthropic_version" => {}
            "messages" => {
                value.as_array().unwrap().iter().for_each(|turn| messages.extend(reversed_turn(turn)))
            }
            "system" => messages.insert(0, json!({"role": "system", "content": value})),
            "stop_sequences" => drop(request.insert("stop".to_owned(), value.clone())),
            "metadata" => drop(request.insert("user".to_owned(), value["user_id"].clone())),
            "tools" => {
                let tools = value.as_array().unwrap().iter().map(reversed_tool).collect();
                request.insert("tools".to_owned(), Value::Array(tools));
            }
            "tool_choice" => {
                let choice = match value["type"].as_str().unwrap() {
                    "any" => json!("required"),
                    "tool" => json!({"type": "function", "function": {"name": value["name"]}}),
                    other => json!(other),
                };
                request.insert("tool_choice".to_owned(), choice);
            }
            "output_config" => {
                let mut config = value.as_object().unwrap().clone();
                if let Some(format) = config.shift_remove("format") {
                    let schema = json!({"name": "n", "strict": true, "schema": format["schema"]});
                    let format = json!({"type": "json_schema", "json_schema": schema});
                    request.insert("response_format".to_owned(), format);
                }
                if !config.is_empty() {
                    request.insert("output_config".to_owned(), Value::Object(config));
                }
            }
            // The same name and meaning in both, or a field of the wire's own.
            _ => drop(request.insert(key.clone(), value.clone())),
        }
    }
    request.insert("messages".to_owned(), Value::Array(messages));
    Value::Object(request)
}

fn reversed_tool(tool: &Value) -> Value {
    if tool.get("type").is_some() {
        return tool.clone();
    }
    let mut outer = json!({"type": "function"});
    for (key, value) in tool.as_object().unwrap() {
        match key.as_str() {
            "input_schema" => outer["function"]["parameters"] = value.clone(),
            "name" | "description" | "strict" => outer["function"][key] = value.clone(),
            _ => outer[key] = value.clone(),
        }
    }
    outer
}

fn reversed_turn(turn: &Value) -> Vec<Value> {
    let role = turn["role"].as_str().unwrap();
    let Some(blocks) = turn["content"].as_array() else { return vec![turn.clone()] };
    if role == "assistant" {
        return vec![reversed_assistant(blocks)];
    }
    let mut messages = Vec::new();
    let mut parts = Vec::new();
    for block in blocks {
        if block["type"] == "tool_result" {
            let mut message = json!({
                "role": "tool",
                "tool_call_id": block["tool_use_id"],
                "content": match &block["content"] {
                    Value::Array(blocks) => blocks.iter().map(reversed_part).collect(),
                    text => text.clone(),
                },
            });
            for key in ["is_error", "cache_control"] {
                if let Some(value) = block.get(key) {
                    message[key] = value.clone();
                }
            }
            messages.push(message);
        } else {
            parts.push(reversed_part(block));
        }
    }
    if !parts.is_empty() {
        messages.push(json!({"role": "user", "content": parts}));
    }
    messages
}

/// What a reply with these blocks would have been, its breakpoint moved to the message.
fn reversed_assistant(blocks: &[Value]) -> Value {
    let mut blocks = blocks.to_vec();
    let cache_control =
        blocks.last_mut().and_then(|block| block.as_object_mut().unwrap().shift_remove("cache_control"));
    let reply = decode(&json!({"content": blocks}));
    let mut message = serde_json::to_value(&reply.choices[0].message).unwrap();
    if let Some(cache_control) = cache_control {
        message["cache_control"] = cache_control;
    }
    message
}

fn reversed_part(block: &Value) -> Value {
    let source = &block["source"];
    let mut part = match (block["type"].as_str().unwrap(), source["type"].as_str()) {
        ("text", _) => return block.clone(),
        ("image", Some("url")) => json!({"type": "image_url", "image_url": {"url": source["url"]}}),
        ("image", Some("file")) => json!({"type": "image_url", "image_url": {"url": source["file_id"]}}),
        ("image", Some("base64")) => {
            json!({"type": "image_url", "image_url": {"url": data_url(source)}})
        }
        ("document", Some("base64")) => json!({"type": "file", "file": {"file_data": data_url(source)}}),
        ("document", Some("file")) => json!({"type": "file", "file": {"file_id": source["file_id"]}}),
        ("document", Some("url")) => json!({"type": "document_url", "document_url": source["url"]}),
        ("document", Some("text")) => {
            let text = source["data"].as_str().unwrap().replace('%', "%25");
            json!({"type": "file", "file": {"file_data": format!("data:text/plain,{text}")}})
        }
        _ => return json!({"type": "native", "block": block}),
    };
    for key in ["cache_control", "citations", "context"] {
        if let Some(value) = block.get(key) {
            part[key] = value.clone();
        }
    }
    if let Some(title) = block.get("title") {
        let place =
            if part["type"] == "file" { &mut part["file"]["filename"] } else { &mut part["document_name"] };
        *place = title.clone();
    }
    part
}

fn data_url(source: &Value) -> String {
    format!("data:{};base64,{}", source["media_type"].as_str().unwrap(), source["data"].as_str().unwrap())
}

/// The recorded request without what may differ.
fn expected(native: &Value) -> Value {
    let mut body = native.clone();
    let fields = body.as_object_mut().unwrap();
    fields.shift_remove("model");
    fields.shift_remove("anthropic_version");
    fields.shift_remove("tool_choice").into_iter().for_each(|mut choice| {
        if choice["disable_parallel_tool_use"] == false {
            choice.as_object_mut().unwrap().shift_remove("disable_parallel_tool_use");
        }
        fields.insert("tool_choice".to_owned(), choice);
    });
    if fields.get("tools") == Some(&json!([])) {
        fields.shift_remove("tools");
    }
    if fields.get("stream") == Some(&json!(false)) {
        fields.shift_remove("stream");
    }
    normal(body)
}

/// One form for what means the same: numbers, and an assistant's lone text.
fn normal(mut body: Value) -> Value {
    if let Some(temperature) = body.get("temperature").and_then(Value::as_f64) {
        body["temperature"] = json!(temperature);
    }
    for turn in body["messages"].as_array_mut().unwrap() {
        if turn["role"] == "assistant" && turn["content"].is_string() {
            turn["content"] = json!([{"type": "text", "text": turn["content"]}]);
        }
    }
    body
}

fn model(exchange: &Exchange) -> String {
    exchange.request["model"].as_str().unwrap_or("claude-3-7-sonnet@20250219").to_owned()
}

#[test]
fn recorded_requests_are_reproduced() {
    let Some(exchanges) = exchanges() else { return };
    let mut checked = 0;
    for exchange in &exchanges {
        // Bedrock's one request with two user turns in a row is merged into one.
        if exchange.api.starts_with("bedrock") || exchange.request["messages"][0].is_string() {
            continue;
        }
        let request = reversed(&exchange.request);
        ChatRequest::from_value(request.clone()).unwrap();
        let encoded = encode(request, &model(exchange), exchange.request["stream"] == true);
        let mut body = Value::Object(encoded.body);
        assert_eq!(body["model"], model(exchange));
        body.as_object_mut().unwrap().shift_remove("model");
        assert_eq!(normal(body), expected(&exchange.request), "{}", exchange.name);
        checked += 1;
    }
    assert!(checked >= 45, "only {checked} requests were recorded");
}

/// What the service sent is taken back by its own schema, in plain and in our words.
#[test]
fn requests_with_replies_handed_back_are_valid() {
    let (Some(exchanges), Some(validator)) = (exchanges(), validator("BetaCreateMessageParams")) else {
        return;
    };
    for exchange in exchanges.iter().filter(|exchange| exchange.status == 200) {
        let Some(body) = &exchange.body else { continue };
        let message = serde_json::to_value(&decode(body).choices[0].message).unwrap();
        let question = json!({"role": "user", "content": "q"});
        let request = json!({"model": "m", "messages": [question, message, question]});
        let encoded = encode(request, "claude-sonnet-4-5", false);
        assert_valid(&validator, &Value::Object(encoded.body), &exchange.name);
    }
}
