//! Recorded requests: a canonical request that means the same encodes to each.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::recordings::{encode, exchanges};

/// How recorded requests differ in words from ours, meaning the same.
#[derive(Default)]
struct Differences(BTreeMap<&'static str, usize>);

impl Differences {
    fn note(&mut self, reason: &'static str) {
        *self.0.entry(reason).or_default() += 1;
    }
}

#[test]
fn a_canonical_request_encodes_to_each_recorded_one() {
    let Some(exchanges) = exchanges() else { return };
    let mut differences = Differences::default();
    let mut compared = 0;
    for exchange in &exchanges {
        let mut recorded = camel_case_fields(&exchange.request, &mut differences);
        normalise(&mut recorded, &mut differences);
        let canonical = canonical(&recorded);
        let model = exchange.path.rsplit_once("models/").unwrap().1.split_once(':').unwrap().0;
        let encoded = encode(&canonical, model, exchange.is_stream())
            .unwrap_or_else(|error| panic!("{}: {error}\n{canonical}", exchange.name));
        assert_eq!(
            numbers_as_floats(&Value::Object(encoded.body)),
            numbers_as_floats(&recorded),
            "{}",
            exchange.name
        );
        let (_, path) = exchange.path.rsplit_once("/models/").unwrap();
        assert_eq!(encoded.path, format!("/models/{path}"));
        let asked_for_events = exchange.query == "alt=sse";
        assert_eq!(
            encoded.query.iter().any(|(name, value)| name == "alt" && value == "sse"),
            exchange.is_stream()
        );
        if exchange.is_stream() && !asked_for_events {
            differences.note("a stream asked for as a JSON list, without alt=sse");
        }
        compared += 1;
    }
    println!("{compared} requests compared; differences in words:");
    for (reason, count) in &differences.0 {
        println!("  {count:3} {reason}");
    }
    assert_eq!(compared, exchanges.len());
}

/// Names of fields in camel case, as protobuf's JSON has them; schemas and arguments are the user's own.
fn camel_case_fields(value: &Value, differences: &mut Differences) -> Value {
    const VERBATIM: [&str; 8] = [
        "args",
        "response",
        "parameters",
        "parametersJsonSchema",
        "responseJsonSchema",
        "responseSchema",
        "safetySettings",
        "labels",
    ];
    match value {
        Value::Object(map) => {
            let mut renamed = Map::new();
            for (key, value) in map {
                let mut camel = String::new();
                for (position, word) in key.split('_').enumerate() {
                    let (first, rest) = word.split_at(usize::from(!word.is_empty()));
                    camel += &if position == 0 { first.to_owned() } else { first.to_uppercase() };
                    camel += rest;
                }
                if camel != *key {
                    differences.note("snake case names of fields, which the service takes too");
                }
                let value = if VERBATIM.contains(&camel.as_str()) {
                    value.clone()
                } else {
                    camel_case_fields(value, differences)
                };
                renamed.insert(camel, value);
            }
            renamed.into()
        }
        Value::Array(list) => list.iter().map(|item| camel_case_fields(item, differences)).collect(),
        other => other.clone(),
    }
}

fn normalise(request: &mut Value, differences: &mut Differences) {
    let request = request.as_object_mut().unwrap();
    if request.values().any(Value::is_null) {
        differences.note("fields that are null");
        request.retain(|_, value| !value.is_null());
    }
    if request.remove("model").is_some() {
        differences.note("the model in the body too; it is in the path");
    }
    if let Some(system) = request.get_mut("systemInstruction") {
        if system.as_object_mut().unwrap().remove("role").is_some() {
            differences.note("a role on systemInstruction, which means nothing there");
        }
        if system["parts"].is_object() {
            differences.note("systemInstruction with one part instead of a list");
            system["parts"] = json!([system["parts"]]);
        }
        drop_thought_marks(&mut system["parts"], differences);
    }
    let contents = request["contents"].as_array_mut().unwrap();
    let mut merged: Vec<Value> = Vec::new();
    for mut content in std::mem::take(contents) {
        if content["role"] != "model" {
            drop_thought_marks(&mut content["parts"], differences);
        }
        let is_response = |content: &Value| content["parts"][0].get("functionResponse").is_some();
        match merged.last_mut() {
            Some(last) if is_response(last) && is_response(&content) => {
                differences.note("results of parallel calls in contents of their own; ours are together");
                let parts = content["parts"].as_array().unwrap().clone();
                last["parts"].as_array_mut().unwrap().extend(parts);
            }
            _ => merged.push(content),
        }
    }
    // A URL inside a functionResponse is known to Vertex AI alone.
    for content in &mut merged {
        let mut beside = Vec::new();
        for part in content["parts"].as_array_mut().unwrap() {
            let Some(response) = part.get_mut("functionResponse").and_then(Value::as_object_mut) else {
                continue;
            };
            let by_url = |part: &Value| part.get("fileData").is_some();
            if response.get("parts").and_then(Value::as_array).is_some_and(|parts| parts.iter().any(by_url)) {
                differences.note("a file's URL inside a functionResponse; ours is beside it");
                beside.extend(response.remove("parts").unwrap().as_array().unwrap().clone());
            }
        }
        content["parts"].as_array_mut().unwrap().extend(beside);
    }
    *contents = merged;
    for tool in request.get_mut("tools").and_then(Value::as_array_mut).into_iter().flatten() {
        if tool.as_object().unwrap().values().any(Value::is_null) {
            differences.note("fields that are null");
            tool.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        }
        for function in
            tool.get_mut("functionDeclarations").and_then(Value::as_array_mut).into_iter().flatten()
        {
            let function = function.as_object_mut().unwrap();
            if let Some(schema) = function.remove("parameters") {
                differences.note("parameters in OpenAPI's words; ours in JSON Schema's");
                function.insert("parametersJsonSchema".to_owned(), json_schema(&schema));
            }
        }
    }
    if let Some(tools) = request.get_mut("tools").and_then(Value::as_array_mut)
        && tools.iter().skip(1).any(|tool| tool.get("functionDeclarations").is_some())
    {
        differences.note("functions after the service's own tools; ours come first");
        tools.sort_by_key(|tool| tool.get("functionDeclarations").is_none());
    }
    if let Some(config) = request.get_mut("generationConfig").and_then(Value::as_object_mut) {
        if config.get("responseModalities") == Some(&json!(["TEXT"])) {
            differences.note("responseModalities [TEXT], the default");
            config.remove("responseModalities");
        }
        if config.get("candidateCount") == Some(&json!(1)) {
            differences.note("candidateCount 1, the default");
            config.remove("candidateCount");
        }
        if let Some(schema) = config.remove("responseSchema") {
            differences.note("responseSchema; ours is responseJsonSchema, which takes it as it is");
            config.insert("responseJsonSchema".to_owned(), schema);
        }
        if config.is_empty() {
            differences.note("an empty generationConfig");
            request.remove("generationConfig");
        }
    }
}

/// `thought` on what the caller said: not thought by a model.
fn drop_thought_marks(parts: &mut Value, differences: &mut Differences) {
    for part in parts.as_array_mut().unwrap() {
        if part.as_object_mut().unwrap().remove("thought").is_some() {
            differences.note("a mark `thought` on a part that no model wrote");
        }
    }
}

/// OpenAPI's types in JSON Schema's letters.
fn json_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match value {
                Value::String(kind) if key == "type" => (key.clone(), kind.to_lowercase().into()),
                value => (key.clone(), json_schema(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(json_schema).collect(),
        other => other.clone(),
    }
}

fn numbers_as_floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(list) => list.iter().map(numbers_as_floats).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), numbers_as_floats(value)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// The request in canonical words.
fn canonical(wire: &Value) -> Value {
    let mut request = Map::from_iter([("model".to_owned(), json!("m"))]);
    let mut messages = Vec::new();
    for part in wire["systemInstruction"]["parts"].as_array().into_iter().flatten() {
        messages.push(json!({ "role": "system", "content": part["text"] }));
    }
    let mut calls: Vec<(String, String)> = Vec::new();
    for content in wire["contents"].as_array().unwrap() {
        let parts = content["parts"].as_array().unwrap();
        if content["role"] == "model" {
            messages.push(assistant(parts, &mut calls));
        } else if parts[0].get("functionResponse").is_some() {
            let beside = parts.iter().filter(|part| part.get("functionResponse").is_none());
            let beside: Vec<Value> = beside.map(canonical_part).collect();
            for part in parts {
                let Some(response) = part.get("functionResponse") else { continue };
                messages.push(tool_result(response, &beside, &mut calls));
            }
        } else {
            let content: Vec<Value> = parts.iter().map(canonical_part).collect();
            messages.push(json!({ "role": "user", "content": content }));
        }
    }
    request.insert("messages".to_owned(), messages.into());
    let mut tools = Vec::new();
    for tool in wire["tools"].as_array().into_iter().flatten() {
        match tool.get("functionDeclarations").and_then(Value::as_array) {
            Some(functions) => tools.extend(functions.iter().map(|function| {
                json!({ "type": "function", "function": {
                    "name": function["name"], "description": function["description"],
                    "parameters": function["parametersJsonSchema"] } })
            })),
            None => {
                let mut other = tool.as_object().unwrap().clone();
                other.insert("type".to_owned(), json!("service"));
                tools.push(other.into());
            }
        }
    }
    if !tools.is_empty() {
        request.insert("tools".to_owned(), tools.into());
    }
    for (name, value) in wire["toolConfig"].as_object().into_iter().flatten() {
        if name == "functionCallingConfig" {
            assert_eq!(value, &json!({ "mode": "AUTO" }));
            request.insert("tool_choice".to_owned(), json!("auto"));
        } else {
            request.insert(
                "tool_config".to_owned(),
                Value::Object(Map::from_iter([(name.clone(), value.clone())])),
            );
        }
    }
    for name in ["safetySettings", "cachedContent", "modelArmorConfig"] {
        request.extend(wire.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    generation(&wire["generationConfig"], &mut request);
    request.into()
}

fn generation(config: &Value, request: &mut Map<String, Value>) {
    for (name, value) in config.as_object().into_iter().flatten() {
        let (name, value) = match name.as_str() {
            "temperature" => ("temperature", value.clone()),
            "topP" => ("top_p", value.clone()),
            "topK" => ("top_k", json!(value.as_f64().unwrap() as u64)),
            "maxOutputTokens" => ("max_tokens", value.clone()),
            "stopSequences" => ("stop", value.clone()),
            "candidateCount" => ("n", value.clone()),
            "seed" => ("seed", value.clone()),
            "presencePenalty" => ("presence_penalty", value.clone()),
            "frequencyPenalty" => ("frequency_penalty", value.clone()),
            "responseLogprobs" => ("logprobs", value.clone()),
            "logprobs" => ("top_logprobs", value.clone()),
            "responseMimeType" => match config.get("responseJsonSchema") {
                Some(schema) => {
                    let format = json!({ "name": "answer", "schema": schema });
                    ("response_format", json!({ "type": "json_schema", "json_schema": format }))
                }
                None => ("response_format", json!({ "type": "json_object" })),
            },
            "responseJsonSchema" => continue,
            "thinkingConfig" => {
                let reasoning = match value["thinkingBudget"].as_u64() {
                    Some(0) => json!({ "enabled": false }),
                    Some(budget) => json!({ "max_tokens": budget }),
                    None => json!({ "enabled": true }),
                };
                ("reasoning", reasoning)
            }
            other => panic!("generationConfig.{other}"),
        };
        request.insert(name.to_owned(), value);
    }
}

fn assistant(parts: &[Value], calls: &mut Vec<(String, String)>) -> Value {
    calls.clear();
    if parts.iter().any(|part| part.get("functionCall").is_some() && part.get("thought").is_some()) {
        // A call marked as a thought: no plain field says that, only a block of the wire's own.
        let blocks = parts.iter().map(|part| {
            let call = &part["functionCall"];
            calls.push((call["id"].as_str().unwrap().to_owned(), call["name"].as_str().unwrap().to_owned()));
            json!({ "type": "native", "block": part })
        });
        return json!({ "role": "assistant", "content": blocks.collect::<Vec<_>>() });
    }
    let mut content = Value::Null;
    let mut tool_calls = Vec::new();
    for part in parts {
        if let Some(text) = part.get("text") {
            content = text.clone();
            continue;
        }
        let call = &part["functionCall"];
        let id =
            call["id"].as_str().map_or_else(|| format!("gemini_r_0_{}", tool_calls.len()), str::to_owned);
        let name = call["name"].as_str().unwrap().to_owned();
        let mut tool_call = json!({ "id": id, "type": "function", "function": {
            "name": name, "arguments": call["args"].to_string() } });
        if let Some(signature) = part.get("thoughtSignature") {
            tool_call["extra_content"] = json!({ "google": { "thought_signature": signature } });
        }
        calls.push((id, name));
        tool_calls.push(tool_call);
    }
    let mut message = json!({ "role": "assistant", "content": content });
    if !tool_calls.is_empty() {
        message["tool_calls"] = tool_calls.into();
    }
    message
}

fn tool_result(response: &Value, beside: &[Value], calls: &mut Vec<(String, String)>) -> Value {
    let name = response["name"].as_str().unwrap();
    let position = calls.iter().position(|(_, called)| called == name).unwrap();
    let (id, _) = calls.remove(position);
    let value = &response["response"];
    let mut message = json!({ "role": "tool", "tool_call_id": id, "name": name });
    let text = match (value["result"].as_str(), value["error"].as_str()) {
        (_, Some(error)) => {
            message["is_error"] = true.into();
            error.to_owned()
        }
        (Some(result), _) => result.to_owned(),
        _ => value.to_string(),
    };
    let inside = response["parts"].as_array().into_iter().flatten().map(canonical_part);
    let media: Vec<Value> = inside.chain(beside.iter().cloned()).collect();
    message["content"] = if media.is_empty() {
        text.into()
    } else {
        let mut content = vec![json!({ "type": "text", "text": text })];
        content.extend(media);
        content.into()
    };
    message
}

fn canonical_part(part: &Value) -> Value {
    if let Some(text) = part.get("text") {
        return json!({ "type": "text", "text": text });
    }
    if let Some(file) = part.get("fileData") {
        return json!({ "type": "file", "file": { "file_id": file["fileUri"], "mime_type": file["mimeType"] } });
    }
    let (mime_type, data) =
        (part["inlineData"]["mimeType"].as_str().unwrap(), part["inlineData"]["data"].as_str().unwrap());
    let url = format!("data:{mime_type};base64,{data}");
    match mime_type.split('/').next().unwrap() {
        "image" => json!({ "type": "image_url", "image_url": { "url": url } }),
        "video" => json!({ "type": "video_url", "video_url": { "url": url } }),
        "audio" => json!({ "type": "input_audio", "input_audio": { "data": data, "format": mime_type } }),
        _ => json!({ "type": "file", "file": { "file_data": url } }),
    }
}
