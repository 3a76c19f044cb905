//! Recorded exchanges of this wire, from whichever service.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use roocode::transport::framing::Frame;
use serde_json::{Map, Value};

pub const APIS: [&str; 5] = [
    "anthropic.messages",
    "vertex.anthropic_rawPredict",
    "vertex.anthropic_streamRawPredict",
    "bedrock.invoke_model",
    "bedrock.invoke_model_stream",
];

pub struct Exchange {
    /// File and position, for messages.
    pub name: String,
    pub api: String,
    pub request: Value,
    pub status: u16,
    pub headers: Map<String, Value>,
    /// The response's body where it is JSON.
    pub body: Option<Value>,
    /// The response's events where it is a stream.
    pub stream: Option<Vec<Frame>>,
}

/// `None` where the recordings are not beside the repository.
pub fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: ../shared is not here");
    None
}

pub fn exchanges() -> Option<Vec<Exchange>> {
    let root = shared("recordings")?;
    let mut exchanges = Vec::new();
    for provider in ["anthropic", "vertex", "bedrock"] {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(root.join(provider)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            let api = case["api"].as_str().unwrap();
            if !APIS.contains(&api) {
                continue;
            }
            for (index, exchange) in case["exchanges"].as_array().unwrap().iter().enumerate() {
                let path = exchange["request"]["path"].as_str().unwrap();
                let (request, response) = (&exchange["request"]["body"], &exchange["response"]);
                // Bedrock's invoke carries other vendors' wires and Claude's old text completions too.
                if provider == "bedrock" && (!path.contains("claude") || request.get("messages").is_none()) {
                    continue;
                }
                // One recorded test calls the files' endpoints too.
                if provider == "anthropic" && !path.ends_with("/messages") {
                    continue;
                }
                exchanges.push(Exchange {
                    name: format!("{}#{index}", file.file_name().unwrap().to_string_lossy()),
                    api: api.to_owned(),
                    request: request.clone(),
                    status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
                    headers: response["headers"].as_object().unwrap().clone(),
                    body: response.get("body").cloned(),
                    stream: match (&response["text"], &response["base64"]) {
                        (Value::String(text), _) => Some(frames(text)),
                        (_, Value::String(base64)) => Some(frames_within(&STANDARD.decode(base64).unwrap())),
                        _ => None,
                    },
                });
            }
        }
    }
    Some(exchanges)
}

/// Server-sent events, cut the plain way: this tests the dialect, not the framing.
fn frames(stream: &str) -> Vec<Frame> {
    let mut frames = Vec::new();
    for event in stream.replace("\r\n", "\n").split("\n\n") {
        let mut frame = Frame::default();
        for line in event.lines() {
            if let Some(name) = line.strip_prefix("event:") {
                frame.event = Some(Bytes::copy_from_slice(name.trim().as_bytes()));
            } else if let Some(data) = line.strip_prefix("data:") {
                frame.data = Bytes::copy_from_slice(data.trim_start().as_bytes());
            }
        }
        if !frame.data.is_empty() {
            frames.push(frame);
        }
    }
    frames
}

/// Events inside an AWS event stream: each message's payload is `{"bytes": base64 of the event}`.
/// A message is its length and its headers' length (4 bytes each), a checksum, headers, payload,
/// a checksum.
fn frames_within(mut stream: &[u8]) -> Vec<Frame> {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
    let mut frames = Vec::new();
    while !stream.is_empty() {
        let (message, rest) = stream.split_at(number(stream));
        let payload = &message[12 + number(&message[4..])..message.len() - 4];
        let payload: Value = serde_json::from_slice(payload).unwrap();
        let data = STANDARD.decode(payload["bytes"].as_str().unwrap()).unwrap();
        frames.push(Frame { event: None, data: Bytes::from(data) });
        stream = rest;
    }
    frames
}

/// The message that a stream's events add up to, by the rules of the wire's own documentation
/// ("Streaming messages"), apart from the code under test.
pub fn folded(frames: &[Frame]) -> Value {
    let mut message = Value::Null;
    let mut json: Vec<String> = Vec::new();
    for frame in frames {
        let event: Value = serde_json::from_slice(&frame.data).unwrap();
        let index = usize::try_from(event["index"].as_u64().unwrap_or(0)).unwrap();
        match event["type"].as_str().unwrap() {
            "message_start" => message = event["message"].clone(),
            "content_block_start" => {
                message["content"].as_array_mut().unwrap().push(event["content_block"].clone());
                json.push(String::new());
            }
            "content_block_delta" => {
                let block = &mut message["content"][index];
                let delta = &event["delta"];
                let mut append = |key: &str| {
                    let sum =
                        format!("{}{}", block[key].as_str().unwrap_or(""), delta[key].as_str().unwrap());
                    block[key] = Value::String(sum);
                };
                match delta["type"].as_str().unwrap() {
                    "text_delta" => append("text"),
                    "thinking_delta" => append("thinking"),
                    "signature_delta" => append("signature"),
                    "input_json_delta" => json[index].push_str(delta["partial_json"].as_str().unwrap()),
                    "citations_delta" => {
                        if !block["citations"].is_array() {
                            block["citations"] = Value::Array(Vec::new());
                        }
                        block["citations"].as_array_mut().unwrap().push(delta["citation"].clone());
                    }
                    other => panic!("a delta the test does not know: {other}"),
                }
            }
            "content_block_stop" => {
                if !json[index].is_empty() {
                    message["content"][index]["input"] = serde_json::from_str(&json[index]).unwrap();
                }
            }
            "message_delta" => {
                let usage = event["usage"].as_object().unwrap().iter();
                for (key, value) in usage.filter(|(_, value)| !value.is_null()) {
                    message["usage"][key] = value.clone();
                }
                let rest = event.as_object().unwrap().iter();
                let rest = rest.filter(|(key, _)| !["type", "delta", "usage"].contains(&key.as_str()));
                for (key, value) in event["delta"].as_object().unwrap().iter().chain(rest) {
                    message[key] = value.clone();
                }
            }
            // Bedrock adds its metrics here.
            "message_stop" => {
                for (key, value) in event.as_object().unwrap().iter().filter(|(key, _)| *key != "type") {
                    message[key] = value.clone();
                }
            }
            "ping" => {}
            other => panic!("an event the test does not know: {other}"),
        }
    }
    message
}
