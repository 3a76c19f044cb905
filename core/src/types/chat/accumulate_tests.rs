use serde_json::{Value, json};

use super::Accumulator;
use crate::types::chat::ChatCompletionChunk;

/// The sum of chunks that have one choice each, as JSON.
fn sum(deltas: &[Value]) -> Value {
    let mut accumulator = Accumulator::new();
    for delta in deltas {
        let chunk = json!({ "choices": [{ "index": 0, "delta": delta }] });
        accumulator.add(&serde_json::from_value::<ChatCompletionChunk>(chunk).unwrap());
    }
    serde_json::to_value(&accumulator.completion().choices[0].message).unwrap()
}

#[test]
fn joins_text_and_arguments() {
    let message = sum(&[
        json!({ "role": "assistant", "content": null }),
        json!({ "content": "Hel", "reasoning_content": "a" }),
        json!({ "content": "lo", "reasoning_content": "b" }),
        json!({ "tool_calls": [{ "index": 0, "id": "x", "function": { "name": "f", "arguments": "{\"a\"" } }] }),
        json!({ "tool_calls": [{ "index": 0, "function": { "arguments": ":1}" } }] }),
    ]);
    assert_eq!(message["content"], "Hello");
    assert_eq!(message["reasoning_content"], "ab");
    assert_eq!(
        message["tool_calls"],
        json!([{ "id": "x", "type": "function", "function": { "name": "f", "arguments": "{\"a\":1}" } }])
    );
}

#[test]
fn a_wild_tool_index_takes_no_memory_and_keeps_the_order() {
    let call = |index: u32, id: &str| json!({ "tool_calls": [{ "index": index, "id": id }] });
    let message = sum(&[call(u32::MAX, "last"), call(7, "second"), call(1, "first"), call(7, "second")]);
    let ids: Vec<_> =
        message["tool_calls"].as_array().unwrap().iter().map(|call| call["id"].clone()).collect();
    assert_eq!(ids, ["first", "second", "last"]);
}

#[test]
fn reasoning_pieces_of_one_block_join() {
    let detail = |fields: Value| json!({ "reasoning_details": [fields] });
    let message = sum(&[
        detail(json!({ "type": "reasoning.text", "index": 0, "text": "a" })),
        detail(json!({ "type": "reasoning.text", "index": 0, "text": "b" })),
        detail(json!({ "type": "reasoning.text", "index": 0, "signature": "s" })),
        detail(json!({ "type": "reasoning.encrypted", "index": 0, "id": "r", "data": "d" })),
        detail(json!({ "type": "reasoning.text", "index": 1, "text": "c" })),
    ]);
    assert_eq!(
        message["reasoning_details"],
        json!([
            { "type": "reasoning.text", "index": 0, "text": "ab", "signature": "s" },
            { "type": "reasoning.encrypted", "id": "r", "index": 0, "data": "d" },
            { "type": "reasoning.text", "index": 1, "text": "c" },
        ])
    );
}

#[test]
fn reasoning_blocks_without_index_end_with_their_signature() {
    let detail = |fields: Value| json!({ "reasoning_details": [fields] });
    let message = sum(&[
        detail(json!({ "type": "reasoning.text", "text": "a" })),
        detail(json!({ "type": "reasoning.text", "text": "b" })),
        detail(json!({ "type": "reasoning.text", "signature": "s" })),
        detail(json!({ "type": "reasoning.text", "text": "c" })),
        detail(json!({ "type": "reasoning.encrypted", "data": "d" })),
        detail(json!({ "type": "reasoning.encrypted", "data": "e" })),
    ]);
    assert_eq!(
        message["reasoning_details"],
        json!([
            { "type": "reasoning.text", "text": "ab", "signature": "s" },
            { "type": "reasoning.text", "text": "c" },
            { "type": "reasoning.encrypted", "data": "d" },
            { "type": "reasoning.encrypted", "data": "e" },
        ])
    );
}

#[test]
fn unknown_fields_grow() {
    let message = sum(&[
        json!({ "function_call": { "name": "f", "arguments": "{" }, "citations": [1], "x": { "a": 1 } }),
        json!({ "function_call": { "arguments": "}" }, "citations": [1, 2], "x": { "b": 2, "a": null } }),
        json!({ "function_call": null, "x": null }),
    ]);
    assert_eq!(message["function_call"], json!({ "name": "f", "arguments": "{}" }));
    assert_eq!(message["citations"], json!([1, 2]));
    assert_eq!(message["x"], json!({ "a": 1, "b": 2 }));
}

#[test]
fn log_probabilities_grow() {
    let mut accumulator = Accumulator::new();
    for token in ["a", "b"] {
        let entry = json!([{ "token": token, "logprob": -0.5, "bytes": [97] }]);
        let chunk = json!({ "choices": [
            { "index": 1, "delta": {}, "logprobs": { "content": entry, "reasoning_content": entry } },
        ] });
        accumulator.add(&serde_json::from_value::<ChatCompletionChunk>(chunk).unwrap());
    }
    let logprobs = accumulator.completion().choices[0].logprobs.clone().unwrap();
    assert_eq!(logprobs.content.unwrap().len(), 2);
    assert_eq!(logprobs.provider_fields["reasoning_content"].as_array().unwrap().len(), 2);
}
