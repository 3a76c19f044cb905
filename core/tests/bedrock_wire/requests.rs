//! Each recorded request, said in the common shape, encodes to what was recorded.
//!
//! The reverse translation below is the test's own. What may differ, and why:
//! - empty `system`, `inferenceConfig` and `stopSequences` say nothing and are left out;
//! - a block of blanks and cache points of a message's own stay as native parts;
//! - names of documents are kept in a native part where the wire would not take them.

use roocode::dialects::bedrock::Bedrock;
use roocode::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported};
use roocode::types::chat::ChatRequest;
use serde_json::{Map, Value, json};

use crate::recordings::{Exchange, cases, shared};

pub fn encode(request: Value, model: &str, stream: bool) -> EncodedRequest {
    let request = ChatRequest::from_value(request).unwrap();
    let quirks = Quirks::default();
    let context = EncodeContext { model, stream, unsupported: Unsupported::Error, quirks: &quirks };
    Bedrock.encode_chat(&request, &context).unwrap()
}

/// The recorded request in the common shape.
pub fn reversed(native: &Value) -> Value {
    let mut request = Map::new();
    let mut messages = Vec::new();
    request.insert("model".to_owned(), json!("m"));
    for (key, value) in native.as_object().unwrap() {
        match key.as_str() {
            "messages" => {
                value.as_array().unwrap().iter().for_each(|turn| messages.extend(reversed_turn(turn)))
            }
            "system" if *value == json!([]) => {}
            "system" => messages.insert(0, json!({"role": "system", "content": reversed_parts(value)})),
            "inferenceConfig" => {
                for (key, value) in value.as_object().unwrap() {
                    let name = match key.as_str() {
                        "maxTokens" => "max_tokens",
                        "topP" => "top_p",
                        "stopSequences" => "stop",
                        other => other,
                    };
                    request.insert(name.to_owned(), value.clone());
                }
            }
            "toolConfig" => {
                request.insert("tools".to_owned(), reversed_tools(value["tools"].as_array().unwrap()));
                if let Some(choice) = value.get("toolChoice") {
                    request.insert("tool_choice".to_owned(), reversed_choice(choice));
                }
            }
            "outputConfig" => {
                let schema = &value["textFormat"]["structure"]["jsonSchema"];
                let text = schema["schema"].as_str().unwrap();
                let mut format = schema.clone();
                format["schema"] = serde_json::from_str(text).unwrap();
                format["strict"] = json!(true);
                request.insert(
                    "response_format".to_owned(),
                    json!({"type": "json_schema", "json_schema": format}),
                );
            }
            // The wire's own fields.
            _ => drop(request.insert(key.clone(), value.clone())),
        }
    }
    request.insert("messages".to_owned(), Value::Array(messages));
    Value::Object(request)
}

fn reversed_choice(choice: &Value) -> Value {
    match choice.as_object().unwrap().iter().next().unwrap() {
        (kind, _) if kind == "any" => json!("required"),
        (kind, tool) if kind == "tool" => json!({"type": "function", "function": {"name": tool["name"]}}),
        (kind, _) => json!(kind),
    }
}

fn reversed_tools(tools: &[Value]) -> Value {
    let mut reversed: Vec<Value> = Vec::new();
    for tool in tools {
        match (tool.get("cachePoint"), reversed.last_mut()) {
            (Some(_), Some(before)) => before["cache_control"] = json!({"type": "ephemeral"}),
            _ => reversed.push(reversed_tool(tool)),
        }
    }
    Value::Array(reversed)
}

fn reversed_tool(tool: &Value) -> Value {
    let Some(spec) = tool.get("toolSpec") else {
        let (kind, own) = tool.as_object().unwrap().iter().next().unwrap();
        return json!({"type": kind, kind: own});
    };
    let mut function = json!({"name": spec["name"], "parameters": spec["inputSchema"]["json"]});
    for key in ["description", "strict"] {
        if let Some(value) = spec.get(key) {
            function[key] = value.clone();
        }
    }
    json!({"type": "function", "function": function})
}

fn reversed_turn(turn: &Value) -> Vec<Value> {
    let blocks = turn["content"].as_array().unwrap();
    if turn["role"] == "assistant" {
        return vec![reversed_assistant(blocks)];
    }
    let mut messages = Vec::new();
    for block in blocks.iter().filter_map(|block| block.get("toolResult")) {
        let mut message = json!({
            "role": "tool", "tool_call_id": block["toolUseId"], "content": reversed_parts(&block["content"]),
        });
        if let Some(status) = block.get("status") {
            message["is_error"] = json!(status == "error");
        }
        messages.push(message);
    }
    let rest: Vec<Value> = blocks.iter().filter(|block| block.get("toolResult").is_none()).cloned().collect();
    if !rest.is_empty() {
        messages.push(json!({"role": "user", "content": reversed_parts(&Value::Array(rest))}));
    }
    messages
}

fn reversed_assistant(blocks: &[Value]) -> Value {
    let plain = blocks.iter().all(|block| block.get("text").is_some() || block.get("toolUse").is_some());
    let own = blocks.iter().any(|block| block["toolUse"]["type"] == "server_tool_use");
    if !plain || own {
        let parts: Vec<Value> = blocks.iter().map(native).collect();
        return json!({"role": "assistant", "content": parts});
    }
    let text: Vec<&Value> = blocks.iter().filter_map(|block| block.get("text")).collect();
    assert!(text.len() <= 1, "one text");
    let calls: Vec<Value> =
        blocks.iter().filter_map(|block| block.get("toolUse")).map(reversed_call).collect();
    json!({"role": "assistant", "content": text.first(), "tool_calls": calls})
}

fn reversed_call(call: &Value) -> Value {
    json!({"id": call["toolUseId"], "type": "function",
           "function": {"name": call["name"], "arguments": call["input"].to_string()}})
}

fn native(block: &Value) -> Value {
    json!({"type": "native", "block": block})
}

/// Parts of the common shape where it has them; a cache point goes onto the part before it.
fn reversed_parts(blocks: &Value) -> Value {
    let mut parts: Vec<Value> = Vec::new();
    for block in blocks.as_array().unwrap() {
        let (kind, inner) = block.as_object().unwrap().iter().next().unwrap();
        let bytes = inner["source"]["bytes"].as_str();
        let format = inner["format"].as_str().unwrap_or_default();
        parts.push(match (kind.as_str(), bytes) {
            ("text", _) => json!({"type": "text", "text": inner}),
            ("image", Some(bytes)) => {
                json!({"type": "image_url", "image_url": {"url": format!("data:image/{format};base64,{bytes}")}})
            }
            ("image", None) => json!({"type": "image_url", "image_url": {"url": inner["source"]["s3Location"]["uri"]}}),
            ("document", Some(bytes)) => {
                let name = inner["name"].as_str().unwrap();
                let mut part = json!({"type": "file", "file":
                    {"file_data": bytes, "filename": format!("{name}.{format}")}});
                if let Some(citations) = inner.get("citations") {
                    part["citations"] = citations.clone();
                }
                part
            }
            ("cachePoint", _) if parts.last().is_some_and(|part| part["type"] != "native") => {
                let part = parts.last_mut().unwrap();
                part["cache_control"] = json!({"type": "ephemeral"});
                continue;
            }
            _ => native(block),
        });
    }
    Value::Array(parts)
}

/// Without what says nothing.
fn without_empty(mut body: Value) -> Value {
    // `1` and `1.0` are one number.
    if let Some(top_p) = body.pointer_mut("/inferenceConfig/topP") {
        *top_p = json!(top_p.as_f64());
    }
    let fields = body.as_object_mut().unwrap();
    if let Some(config) = fields.get_mut("inferenceConfig").and_then(Value::as_object_mut) {
        config.retain(|_, value| *value != json!([]));
    }
    fields.retain(|_, value| *value != json!([]) && *value != json!({}));
    // Written as text, by a writer with other blanks.
    if let Some(schema) = body.pointer_mut("/outputConfig/textFormat/structure/jsonSchema/schema") {
        *schema = serde_json::from_str(schema.as_str().unwrap()).unwrap();
    }
    body
}

#[test]
fn every_recorded_request_is_encoded_as_it_was_recorded() {
    let Some(cases) = cases() else { return };
    let mut checked = 0;
    for Exchange { name, model, path, request, .. } in cases.iter().flatten() {
        let stream = path.ends_with("-stream");
        let encoded = encode(reversed(request), model, stream);
        assert_eq!(&encoded.path, path, "{name}");
        assert_eq!(
            without_empty(Value::Object(encoded.body)),
            without_empty(request.clone()),
            "{name}: {:?}",
            encoded.translation
        );
        checked += 1;
    }
    assert!(checked >= 40, "{checked}");
}

/// A validator of a shape of the service model.
pub fn validator(shape: &str) -> Option<jsonschema::Validator> {
    let path = shared("specs/aws_bedrock_runtime.json")?;
    let mut root: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    root["$ref"] = json!(format!("#/$defs/{shape}"));
    Some(jsonschema::draft202012::new(&root).unwrap())
}

#[test]
fn encoded_requests_are_valid_by_the_service_model() {
    let (Some(cases), Some(converse), Some(stream)) =
        (cases(), validator("ConverseRequest"), validator("ConverseStreamRequest"))
    else {
        return;
    };
    for exchange in cases.iter().flatten() {
        let body =
            Value::Object(encode(reversed(&exchange.request), &exchange.model, exchange.is_stream()).body);
        let judge = if exchange.is_stream() { &stream } else { &converse };
        let errors: Vec<String> =
            judge.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        // The recorded client says `enabled`, the service model's enum `ENABLED`: the caller's own words.
        let errors: Vec<&String> =
            errors.iter().filter(|error| !error.starts_with("/guardrailConfig/trace")).collect();
        assert!(errors.is_empty(), "{}\n{errors:#?}\n{body:#}", exchange.name);
    }
}
