//! Every recorded response decodes, streams sum up to plain replies, and a reply
//! handed back is the very blocks that the service sent.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use roocode::ErrorKind;
use roocode::dialects::anthropic::Anthropic;
use roocode::dialects::{Dialect, EncodeContext, Quirks, Unsupported};
use roocode::types::chat::{Accumulator, ChatCompletion, ChatRequest};
use serde_json::{Value, json};

use crate::recordings::{exchanges, folded};

pub fn decode(message: &Value) -> ChatCompletion {
    Anthropic.decode_chat(&Bytes::from(message.to_string()), "asked-for").unwrap()
}

/// The blocks that a reply becomes when it is handed back.
fn handed_back(reply: &ChatCompletion) -> Value {
    let message = serde_json::to_value(&reply.choices[0].message).unwrap();
    let request = ChatRequest::from_value(json!({
        "model": "m",
        "messages": [{"role": "user", "content": "q"}, message, {"role": "user", "content": "go on"}],
        "max_tokens": 10,
    }))
    .unwrap();
    let quirks = Quirks::default();
    let context = EncodeContext {
        model: "claude-sonnet-4-5",
        stream: false,
        unsupported: Unsupported::Error,
        quirks: &quirks,
    };
    let body = Anthropic.encode_chat(&request, &context).unwrap().body;
    let content = &body["messages"][1]["content"];
    match content {
        Value::String(text) => json!([{"type": "text", "text": text}]),
        blocks => blocks.clone(),
    }
}

#[test]
fn plain_replies_decode_and_go_back_unchanged() {
    let Some(exchanges) = exchanges() else { return };
    let mut checked = 0;
    for exchange in exchanges.iter().filter(|exchange| exchange.status == 200) {
        let Some(body) = &exchange.body else { continue };
        let reply = decode(body);
        let name = &exchange.name;
        assert_eq!(reply.id, body["id"].as_str().unwrap(), "{name}");
        assert_eq!(reply.model, body["model"].as_str().unwrap(), "{name}");
        let usage = reply.usage.as_ref().unwrap();
        assert_eq!(usage.completion_tokens, body["usage"]["output_tokens"].as_u64().unwrap(), "{name}");
        let text: String = body["content"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|block| block["type"] == "text")
            .map(|block| block["text"].as_str().unwrap())
            .collect();
        assert_eq!(reply.choices[0].message.content.clone().unwrap_or_default(), text, "{name}");
        assert_eq!(handed_back(&reply), body["content"], "{name}");
        checked += 1;
    }
    assert!(checked >= 20, "only {checked} replies were recorded");
}

#[test]
fn streams_sum_up_to_the_plain_reply_and_go_back_unchanged() {
    let Some(exchanges) = exchanges() else { return };
    let mut checked = 0;
    for exchange in &exchanges {
        let Some(frames) = exchange.stream.clone() else { continue };
        let name = &exchange.name;
        let message = folded(&frames);
        let plain = decode(&message);

        let mut machine = Anthropic.chat_stream("asked-for");
        let mut chunks = Vec::new();
        for frame in &frames {
            assert!(!machine.is_done(), "{name}");
            machine.frame(frame, &mut chunks).unwrap();
        }
        assert!(machine.is_done(), "{name}");
        machine.end(&mut chunks).unwrap();

        let mut sum = Accumulator::new();
        chunks.iter().for_each(|chunk| sum.add(chunk));
        let sum = sum.into_completion();
        assert_eq!(handed_back(&sum), message["content"], "{name}");
        assert_eq!(compact_arguments(sum), plain, "{name}");
        assert!(chunks.last().unwrap().usage.is_some(), "{name}: usage is not on the last chunk");
        assert!(chunks.last().unwrap().choices[0].finish_reason.is_some(), "{name}");
        // Frames without names, as inside another event stream, say the same.
        let mut unnamed = Anthropic.chat_stream("asked-for");
        let mut again = Vec::new();
        for mut frame in frames {
            frame.event = None;
            unnamed.frame(&frame, &mut again).unwrap();
        }
        assert_eq!(again, chunks, "{name}");
        checked += 1;
    }
    assert!(checked >= 30, "only {checked} streams were recorded");
}

/// A stream keeps the blanks that the model wrote between the arguments.
fn compact_arguments(mut reply: ChatCompletion) -> ChatCompletion {
    for call in reply.choices[0].message.tool_calls.iter_mut().flatten() {
        let arguments: Value = serde_json::from_str(&call.function.arguments).unwrap();
        call.function.arguments = arguments.to_string();
    }
    reply
}

#[test]
fn errors_have_their_kind_message_and_request_id() {
    let Some(exchanges) = exchanges() else { return };
    let mut checked = 0;
    for exchange in exchanges.iter().filter(|exchange| exchange.status >= 400) {
        let body = exchange.body.as_ref().unwrap();
        let mut headers = HeaderMap::new();
        for (key, value) in &exchange.headers {
            headers.insert(
                HeaderName::from_bytes(key.as_bytes()).unwrap(),
                HeaderValue::from_str(value.as_str().unwrap()).unwrap(),
            );
        }
        let status = StatusCode::from_u16(exchange.status).unwrap();
        let error = Anthropic.decode_error(status, &headers, &Bytes::from(body.to_string()));
        let name = &exchange.name;
        let Some(error_type) = body["error"]["type"].as_str() else {
            // Bedrock's own front end: `{"message": ...}`.
            assert_eq!(error.kind, ErrorKind::from_status(exchange.status), "{name}");
            assert_eq!(error.message, body["message"].as_str().unwrap(), "{name}");
            continue;
        };
        let expected = match error_type {
            "not_found_error" => ErrorKind::NotFound,
            "authentication_error" => ErrorKind::Authentication,
            "invalid_request_error" => ErrorKind::BadRequest,
            other => panic!("{name}: {other}"),
        };
        assert_eq!(error.kind, expected, "{name}");
        assert_eq!(error.message, body["error"]["message"].as_str().unwrap(), "{name}");
        assert_eq!(error.status, Some(exchange.status), "{name}");
        assert!(error.request_id.as_deref().unwrap().starts_with("req_"), "{name}");
        assert_eq!(error.body.as_ref(), Some(body), "{name}");
        checked += 1;
    }
    assert!(checked >= 6, "only {checked} errors were recorded");
}
