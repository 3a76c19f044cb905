//! Counts of tokens and completions of texts: every recorded exchange, requests and replies.
//!
//! The same referee as for chats: what is expected is drawn from the raw JSON alone.

use roocode::dialects::anthropic::Anthropic;
use roocode::dialects::bedrock::Bedrock;
use roocode::dialects::cohere::Cohere;
use roocode::dialects::gemini::Gemini;
use roocode::dialects::openai::OpenAi;
use roocode::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported, decode, encode};
use roocode::providers::Kinds;
use roocode::transport::framing::framing;
use roocode::types::completions::Completion;
use roocode::types::operation::{Operation, Request};
use serde_json::{Map, Value, json};

use crate::cases::{self, Exchange};
use crate::errors::check_errors;
use crate::expected::{report, short};

/// The apis whose exchanges are replayed here.
pub const APIS: &[&str] = &[
    "anthropic.count_tokens",
    "azure.completions",
    "bedrock.count_tokens",
    "cohere.v1.tokenize",
    "gemini.countTokens",
    "openai.completions",
    "openai.responses_count_tokens",
    "together.completions",
    "vertex.countTokens",
];

/// How an exchange is spoken, and what it asks for.
pub fn spoken(exchange: &Exchange) -> (&'static dyn Dialect, Operation) {
    match exchange.path.rsplit(['/', ':']).next().unwrap_or_default() {
        "count_tokens" => (&Anthropic, Operation::CountTokens),
        "count-tokens" => (&Bedrock, Operation::CountTokens),
        "countTokens" => (&Gemini, Operation::CountTokens),
        "tokenize" => (&Cohere, Operation::CountTokens),
        "input_tokens" => (&OpenAi, Operation::CountTokens),
        _ => (&OpenAi, Operation::Completions),
    }
}

fn replayed() -> Vec<&'static Exchange> {
    cases::of_apis(APIS)
}

fn texts(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(texts).collect(),
        Value::Object(fields) => {
            fields.get("text").or_else(|| fields.get("parts")).map(texts).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// The recorded request in our words.
fn read(exchange: &Exchange) -> Request {
    let (dialect, operation) = spoken(exchange);
    let raw = &exchange.request;
    if operation == Operation::Completions {
        let fields = raw.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        return Request::from_fields(operation, fields).unwrap();
    }
    let mut messages = Vec::new();
    let (system, turns) = match dialect.name().as_str() {
        "anthropic" => (&raw["system"], &raw["messages"]),
        "bedrock" => (&raw["input"]["converse"]["system"], &raw["input"]["converse"]["messages"]),
        "cohere" => (&Value::Null, &raw["text"]),
        "openai" => (&Value::Null, &raw["input"]),
        _ => {
            let whole = raw.get("generateContentRequest").unwrap_or(raw);
            (&whole["systemInstruction"], &whole["contents"])
        }
    };
    if !texts(system).is_empty() {
        // Anthropic's blocks have our form.
        let content = if system.is_array() { system.clone() } else { texts(system).into() };
        let content = if dialect.name().as_str() == "anthropic" { content } else { texts(system).into() };
        messages.push(json!({ "role": "system", "content": content }));
    }
    match turns {
        Value::Array(turns) => messages.extend(turns.iter().map(turn)),
        text => messages.push(json!({ "role": "user", "content": text })),
    }
    let mut fields = Map::from_iter([("messages".to_owned(), Value::Array(messages))]);
    if let Some(format) = raw["text"]["format"].as_object() {
        let mut schema = format.clone();
        schema.shift_remove("type");
        let format = json!({ "type": "json_schema", "json_schema": schema });
        fields.insert("response_format".to_owned(), format);
    }
    if dialect.name().as_str() == "anthropic" {
        fields.extend(anthropic_tools(raw));
    } else if let Some(tools) = raw["tools"][0]["functionDeclarations"].as_array() {
        fields.insert(
            "tools".to_owned(),
            tools.iter().map(|tool| json!({ "type": "function", "function": tool })).collect(),
        );
    }
    Request::from_fields(operation, fields).unwrap()
}

fn turn(turn: &Value) -> Value {
    let content = turn.get("content").unwrap_or(&turn["parts"]);
    let block = &content[0];
    match block["type"].as_str() {
        Some("input_text") => {
            json!({ "role": turn["role"], "content": [{ "type": "text", "text": texts(content) }] })
        }
        Some("tool_use") => {
            let function = json!({ "name": block["name"], "arguments": block["input"].to_string() });
            json!({ "role": "assistant",
                    "tool_calls": [{ "id": block["id"], "type": "function", "function": function }] })
        }
        Some("tool_result") => {
            let part =
                |part: &Value| json!({ "type": "native", "format": "anthropic-claude-v1", "block": part });
            let parts: Vec<Value> = block["content"].as_array().into_iter().flatten().map(part).collect();
            json!({ "role": "tool", "tool_call_id": block["tool_use_id"], "content": parts })
        }
        // With its cache mark, which is ours too.
        Some(_) => json!({ "role": turn["role"], "content": content }),
        None => json!({ "role": "user", "content": texts(content) }),
    }
}

fn anthropic_tools(raw: &Value) -> Map<String, Value> {
    let mut fields = Map::new();
    let tool = |tool: &Value| {
        let mut function = json!({ "name": tool["name"], "parameters": tool["input_schema"] });
        if tool["description"] != json!("") {
            function["description"] = tool["description"].clone();
        }
        json!({ "type": "function", "function": function })
    };
    if let Some(tools) = raw["tools"].as_array() {
        fields.insert("tools".to_owned(), tools.iter().map(tool).collect());
    }
    match raw["tool_choice"]["type"].as_str() {
        Some("tool") => {
            let named = json!({ "type": "function", "function": { "name": raw["tool_choice"]["name"] } });
            fields.insert("tool_choice".to_owned(), named);
        }
        Some(word) => drop(fields.insert("tool_choice".to_owned(), word.into())),
        None => {}
    }
    fields
}

fn encoded(exchange: &Exchange) -> roocode::Result<EncodedRequest> {
    let (dialect, _) = spoken(exchange);
    let kinds = Kinds::built_in().unwrap();
    let vertex = kinds.get("vertex").unwrap();
    let model = exchange.model().replace("%3A", ":");
    let openai = exchange.path.ends_with("/input_tokens").then(|| kinds.get("openai").unwrap());
    let quirks = openai.map_or_else(Quirks::default, |row| row.quirks.clone());
    let request = read(exchange);
    let stream = request.asks_for_stream();
    let context = EncodeContext { model: &model, stream, unsupported: Unsupported::Error, quirks: &quirks };
    let mut encoded = encode(dialect, &request, &context)?;
    if exchange.name.starts_with("vertex/") {
        vertex.hooks.place("", &model, dialect.name(), false, &mut encoded)?;
    }
    Ok(encoded)
}

#[test]
fn every_recorded_request_is_sent_as_it_was() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        checked += 1;
        let encoded = match encoded(exchange) {
            Ok(encoded) => encoded,
            Err(error) => {
                findings.push(format!("{}: {error:?}", exchange.name));
                continue;
            }
        };
        let recorded = exchange.path.replace("/deployments/test-openai", "");
        if !recorded.ends_with(&encoded.path.replace("/..", "")) {
            findings.push(format!("{}: path {}, recorded {}", exchange.name, encoded.path, exchange.path));
        }
        let (mut ours, recorded) = (plain(&Value::Object(encoded.body)), plain(&exchange.request));
        // The same in the shorter form, which has the conversation alone.
        if recorded.get("generateContentRequest").is_none()
            && let Some(whole) = ours.get("generateContentRequest")
        {
            ours = json!({ "contents": whole["contents"] });
        }
        if ours != recorded {
            findings.push(format!("{}: {} for {}", exchange.name, short(&ours), short(&recorded)));
        }
    }
    report("requests for counts and completions", checked, 25, &findings);
}

/// A body without what says nothing or says the same in another form.
fn plain(body: &Value) -> Value {
    match body {
        Value::Object(fields) => {
            let nothing = |name: &str, value: &Value| {
                value.is_null()
                    || *value == json!([])
                    || *value == json!({})
                    || *value == json!("")
                    || (name == "is_error" && *value == json!(false))
                    || (name == "stream" && *value == json!(false))
                    // Asked for, so that usage is never lost.
                    || name == "stream_options"
                    // What no count depends on.
                    || ["generationConfig", "role", "googleSearch"].contains(&name)
            };
            let kept: Map<String, Value> = fields
                .iter()
                .map(|(name, value)| {
                    let name = if name == "parametersJsonSchema" { "parameters" } else { name };
                    (name.to_owned(), plain(value))
                })
                .filter(|(name, value)| !nothing(name, value))
                .collect();
            match kept.get("parts") {
                // One part alone stands without its list, too.
                Some(Value::Object(only)) => json!({ "parts": [only] }),
                _ => Value::Object(kept),
            }
        }
        Value::Array(items) => {
            items.iter().map(plain).filter(|item| *item != json!({}) && *item != json!([])).collect()
        }
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}

#[test]
fn every_recorded_reply_decodes_to_what_its_json_says() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let Some(raw) = exchange.plain() else { continue };
        checked += 1;
        let (dialect, operation) = spoken(exchange);
        let answer = decode(dialect, &read(exchange), &exchange.body(), &exchange.model()).unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        if operation == Operation::Completions {
            let said = |reply: &Value| -> Vec<Value> {
                let choices = reply["choices"].as_array().cloned().unwrap_or_default();
                choices.iter().map(|choice| json!([choice["index"], choice["text"]])).collect()
            };
            if said(&answer) != said(raw) || said(raw).is_empty() {
                findings.push(format!(
                    "{}: {} for {}",
                    exchange.name,
                    short(&said(&answer)),
                    short(&said(raw))
                ));
            }
            for field in ["prompt_tokens", "completion_tokens", "total_tokens"] {
                if answer["usage"][field] != raw["usage"][field] {
                    findings.push(format!("{}: {field} {}", exchange.name, answer["usage"][field]));
                }
            }
            if answer["model"] != raw["model"] || answer["id"] != raw["id"] {
                findings.push(format!("{}: {} {}", exchange.name, answer["model"], answer["id"]));
            }
            continue;
        }
        let counted = raw
            .get("input_tokens")
            .or_else(|| raw.get("totalTokens"))
            .and_then(Value::as_u64)
            .or_else(|| Some(raw["tokens"].as_array()?.len() as u64));
        if counted.is_none() || answer["input_tokens"].as_u64() != counted {
            findings.push(format!("{}: {} for {counted:?}", exchange.name, answer["input_tokens"]));
        }
    }
    report("replies of counts and completions", checked, 19, &findings);
}

#[test]
fn every_recorded_error_gives_its_kind_and_keeps_its_body() {
    let exchanges = replayed().into_iter().map(|exchange| (exchange, spoken(exchange).0));
    check_errors("errors of counts and completions", 5, exchanges);
}

/// Each stream whole, byte by byte and in the middle of its frames: what its events say.
#[test]
fn every_recorded_stream_of_a_text_decodes_to_what_its_events_say() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let Some(raw) = exchange.stream() else { continue };
        checked += 1;
        let mut wanted: std::collections::BTreeMap<u64, (String, Option<String>)> = Default::default();
        for line in String::from_utf8_lossy(raw).lines() {
            let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else { continue };
            let event: Value = serde_json::from_str(data).unwrap();
            for choice in event["choices"].as_array().unwrap() {
                let sum = wanted.entry(choice["index"].as_u64().unwrap()).or_default();
                sum.0.push_str(choice["text"].as_str().unwrap());
                sum.1 = choice["finish_reason"].as_str().map(str::to_owned).or(sum.1.take());
            }
        }
        for size in [raw.len(), 1, 7] {
            let mut framing = framing(OpenAi.framing_of(Operation::Completions), 1 << 20);
            let mut machine = OpenAi.text_stream("m").unwrap();
            let (mut frames, mut chunks) = (Vec::new(), Vec::new());
            for piece in raw.chunks(size) {
                framing.push(bytes::Bytes::copy_from_slice(piece), &mut frames).unwrap();
                for frame in frames.drain(..) {
                    machine.frame(&frame, &mut chunks).unwrap();
                }
            }
            machine.end(&mut chunks).unwrap();
            let mut said: std::collections::BTreeMap<u64, (String, Option<String>)> = Default::default();
            for choice in Completion::sum(chunks.into_iter().map(Completion::from)).choices {
                let ended = choice.finish_reason.map(|reason| reason.to_string());
                said.insert(u64::from(choice.index), (choice.text, ended));
            }
            if said != wanted || said.is_empty() {
                findings.push(format!(
                    "{} by {size}: {} for {}",
                    exchange.name,
                    short(&said),
                    short(&wanted)
                ));
            }
        }
    }
    report("streams of texts", checked, 2, &findings);
}
