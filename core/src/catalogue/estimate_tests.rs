use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::types::chat::from_value;

fn request(body: Value) -> ChatRequest {
    from_value(body).unwrap()
}

fn estimate(content: Value) -> u64 {
    estimate_tokens(&request(json!({ "model": "m", "messages": [{ "role": "user", "content": content }] })))
}

#[test]
fn four_characters_are_a_token_and_one_outside_ascii() {
    assert_eq!(estimate(json!("abcd".repeat(10))), PER_MESSAGE + 10);
    assert_eq!(estimate(json!("漢字".repeat(10))), PER_MESSAGE + 20);
    assert_eq!(estimate(json!([{ "type": "text", "text": "abcd" }])), PER_MESSAGE + 1);
}

#[test]
fn media_count_by_their_size_or_a_default() {
    let url = json!({ "url": "https://x/y.png" });
    assert_eq!(estimate(json!([{ "type": "image_url", "image_url": url }])), PER_MESSAGE + IMAGE);
    let low = json!({ "url": "https://x/y.png", "detail": "low" });
    assert_eq!(estimate(json!([{ "type": "image_url", "image_url": low }])), PER_MESSAGE + IMAGE_LOW);
    let audio = json!({ "data": "A".repeat(40_000), "format": "wav" });
    assert_eq!(estimate(json!([{ "type": "input_audio", "input_audio": audio }])), PER_MESSAGE + 30);
    let file = json!({ "file_data": format!("data:application/pdf;base64,{}", "A".repeat(200_000)) });
    assert_eq!(estimate(json!([{ "type": "file", "file": file }])), PER_MESSAGE + 3 * PAGE);
    let file = json!({ "file_id": "f" });
    assert_eq!(estimate(json!([{ "type": "file", "file": file }])), PER_MESSAGE + DOCUMENT);
}

#[test]
fn tools_and_schemas_count() {
    let messages = json!([{ "role": "user", "content": "x" }]);
    let body = |tools: Value| json!({ "model": "m", "messages": messages, "tools": tools });
    let function = json!({ "name": "f", "description": "d".repeat(400) });
    let with = estimate_tokens(&request(body(json!([{ "type": "function", "function": function }]))));
    assert!((PER_TOOLS + 100..PER_TOOLS + 120).contains(&with), "{with}");
}

/// Body and the input tokens that the service counted, of every answered chat without media.
fn recorded() -> Option<Vec<(Value, u64)>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/recordings"));
    let folders = std::fs::read_dir(root).ok()?;
    let mut found = Vec::new();
    for folder in folders.map(|folder| folder.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(folder).unwrap() {
            let case: Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
            let api = case["api"].as_str().unwrap_or_default();
            if !api.ends_with(".chat") && !api.ends_with(".chat_completions") {
                continue;
            }
            for exchange in case["exchanges"].as_array().unwrap() {
                let (body, response) = (&exchange["request"]["body"], &exchange["response"]);
                if response["status"] != 200 || !body["messages"].is_array() || has_media(body) {
                    continue;
                }
                if let Some(tokens) = counted(response).filter(|tokens| *tokens > 0) {
                    found.push((body.clone(), tokens));
                }
            }
        }
    }
    Some(found)
}

fn has_media(body: &Value) -> bool {
    let parts =
        body["messages"].as_array().unwrap().iter().filter_map(|message| message["content"].as_array());
    parts.flatten().any(|part| part["type"] != "text")
}

fn counted(response: &Value) -> Option<u64> {
    let in_body = response["body"]["usage"]["prompt_tokens"].as_u64();
    let events = response["text"].as_str().unwrap_or_default().lines();
    let datas = events.filter_map(|line| line.strip_prefix("data:"));
    let told = datas.filter_map(|data| serde_json::from_str::<Value>(data).ok());
    in_body.or_else(|| told.filter_map(|event| event["usage"]["prompt_tokens"].as_u64()).next_back())
}

#[test]
#[allow(clippy::cast_precision_loss, reason = "small numbers")]
fn the_error_on_recordings_is_what_the_documentation_says() {
    let Some(cases) = recorded() else {
        println!("skipped: ../shared is not here");
        return;
    };
    let mut errors: Vec<f64> = Vec::new();
    for (mut body, tokens) in cases {
        body.as_object_mut().unwrap().entry("model").or_insert(json!("m"));
        let Ok(request) = from_value::<ChatRequest>(body) else { continue };
        errors.push((estimate_tokens(&request) as f64 - tokens as f64) / tokens as f64);
    }
    errors.sort_by(f64::total_cmp);
    let median = errors[errors.len() / 2];
    let mut sizes: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let (half, most) = (sizes[sizes.len() / 2], sizes[sizes.len() * 9 / 10]);
    println!("{} requests: median {median:.3}, half within {half:.3}, nine tenths {most:.3}", errors.len());
    assert!(errors.len() > 150, "{}", errors.len());
    assert!(median.abs() < 0.1 && half < 0.5 && most < 1.1, "{median} {half} {most}");
}

#[test]
fn a_message_counts_as_the_chat_that_says_the_same() {
    let turns = json!([{ "role": "user", "content": "abcd".repeat(10) }]);
    let fields = json!({ "model": "m", "max_tokens": 9, "messages": turns });
    let message = |fields: Value| {
        let fields = fields.as_object().unwrap().clone();
        estimate_request(&Request::Messages(MessagesRequest::from_fields(fields).unwrap())).all
    };
    let chat = estimate_tokens(&request(json!({ "model": "m", "messages": turns })));
    assert_eq!(message(fields.clone()), chat);
    let with = |block: Value| {
        let mut fields = fields.clone();
        fields["messages"][0]["content"] = json!([block]);
        message(fields) - PER_MESSAGE
    };
    let source = json!({ "type": "base64", "media_type": "image/png", "data": "A".repeat(40_000) });
    assert_eq!(with(json!({ "type": "image", "source": source })), IMAGE);
    let text = json!({ "type": "text", "media_type": "text/plain", "data": "abcd".repeat(10) });
    assert_eq!(with(json!({ "type": "document", "source": text })), 10);
    let signature = "x".repeat(400);
    assert_eq!(with(json!({ "type": "thinking", "thinking": "abcd", "signature": signature })), 1);
    let result = json!({ "type": "tool_result", "tool_use_id": "toolu_1", "content": [{ "type": "text", "text": "abcd" }] });
    assert_eq!(with(result), 1);
}
