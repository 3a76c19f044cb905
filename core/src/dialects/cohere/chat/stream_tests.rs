use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::dialects::Dialect;
use crate::dialects::cohere::Cohere;
use crate::types::chat::{Accumulator, ChatCompletion};

fn run(events: &[Value]) -> (ChatCompletion, Result<()>) {
    let mut machine = MessageStream::new("command");
    let mut sum = Accumulator::new();
    let mut chunks = Vec::new();
    let mut result = Ok(());
    for event in events {
        let frame = Frame { event: None, data: Bytes::from(event.to_string()) };
        result = machine.frame(&frame, &mut chunks);
        if result.is_err() {
            break;
        }
    }
    let result = result.and_then(|()| machine.end(&mut chunks));
    chunks.iter().for_each(|chunk| sum.add(chunk));
    (sum.into_completion(), result)
}

/// Thinking, a text, another text after it, and a citation in each text: not in recorded traffic.
#[test]
fn blocks_of_every_type_add_up_to_the_plain_message() {
    let part = |index: u64, kind: &str, content: Value| json!({ "type": kind, "index": index, "delta": { "message": { "content": content } } });
    let cite = |citation: &Value| json!({ "type": "citation-start", "index": 0, "delta": { "message": { "citations": citation } } });
    let sources = json!([{ "type": "document", "id": "doc:0", "document": { "id": "doc:0", "text": "t" } }]);
    let first = json!({ "start": 0, "end": 2, "text": "Hé", "content_index": 1, "sources": sources });
    let second = json!({ "start": 1, "end": 3, "text": "ou", "content_index": 2, "type": "TEXT_CONTENT" });
    let third = json!({ "start": 0, "end": 1, "text": "h", "content_index": 0, "type": "THINKING_CONTENT" });
    let (sum, result) = run(&[
        json!({ "type": "message-start", "id": "1", "delta": { "message": { "role": "assistant", "content": [] } } }),
        part(0, "content-start", json!({ "type": "thinking", "thinking": "" })),
        part(0, "content-delta", json!({ "thinking": "hm" })),
        part(1, "content-start", json!({ "type": "text", "text": "" })),
        part(1, "content-delta", json!({ "text": "Hé " })),
        cite(&first),
        part(2, "content-start", json!({ "type": "text", "text": "" })),
        part(2, "content-delta", json!({ "text": "you" })),
        cite(&second),
        cite(&third),
        json!({ "type": "debug", "prompt": "p" }),
        json!({ "type": "not-known-yet", "index": 4 }),
        json!({ "type": "message-end", "delta": { "finish_reason": "COMPLETE", "usage": {
            "billed_units": { "input_tokens": 3.0 }, "tokens": { "input_tokens": 70, "output_tokens": 4 } } } }),
    ]);
    result.unwrap();
    let plain = json!({
        "id": "1", "finish_reason": "COMPLETE",
        "message": { "role": "assistant", "citations": [first, second, third], "content": [
            { "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "Hé " },
            { "type": "text", "text": "you" } ] },
        "usage": { "billed_units": { "input_tokens": 3.0 }, "tokens": { "input_tokens": 70, "output_tokens": 4 } },
    });
    assert_eq!(sum, Cohere.decode_chat(&plain.to_string().into(), "command").unwrap());
    let message = &sum.choices[0].message;
    assert_eq!(message.content.as_deref(), Some("Hé you"));
    let spans: Vec<(Option<u64>, Option<u64>)> = message
        .annotations
        .iter()
        .flatten()
        .map(|annotation| {
            let number = |key: &str| annotation.provider_fields.get(key).and_then(Value::as_u64);
            (number("start_index"), number("end_index"))
        })
        .collect();
    assert_eq!(spans, [(Some(0), Some(2)), (Some(4), Some(6)), (None, None)]);
}

#[test]
fn probabilities_of_tokens_are_kept() {
    let (sum, result) = run(&[
        json!({ "type": "content-delta", "index": 0, "delta": { "message": { "content": { "text": "Hi" } } },
            "logprobs": { "text": "Hi", "token_ids": [7, 8], "logprobs": [-0.5, -0.25] } }),
        json!({ "type": "message-end", "delta": { "finish_reason": "MAX_TOKENS" } }),
    ]);
    result.unwrap();
    let tokens = sum.choices[0].logprobs.clone().unwrap().content.unwrap();
    let tokens: Vec<(&str, f64)> = tokens.iter().map(|token| (token.token.as_str(), token.logprob)).collect();
    assert_eq!(tokens, [("Hi", -0.5), ("", -0.25)]);
    assert_eq!(sum.choices[0].native_finish_reason.as_deref(), Some("MAX_TOKENS"));
}

#[test]
fn an_end_that_never_came_and_errors_are_said() {
    let text = json!({ "type": "content-delta", "index": 0, "delta": { "message": { "content": { "text": "Hi" } } } });
    let (sum, result) = run(std::slice::from_ref(&text));
    assert_eq!(sum.choices[0].message.content.as_deref(), Some("Hi"));
    assert_eq!(result.unwrap_err().kind, ErrorKind::ApiConnection);
    let (_, result) = run(&[text, json!({ "id": "e", "message": "no capacity" })]);
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::InternalServer, "no capacity"));
}
