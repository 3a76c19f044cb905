//! The forms of messages and of their order.

use serde_json::{Value, json};

use super::content::{PDF, PIXEL};
use super::{Ingredient, conversation};

/// A call of `f` with an id of its own, so that conversations can follow each other.
fn call(id: &str, arguments: &str) -> Value {
    json!({ "id": id, "type": "function", "function": { "name": "f", "arguments": arguments } })
}

/// A question, one call, and what the tool said.
fn result(id: &str, result: Value) -> Value {
    let mut message = json!({ "role": "tool", "tool_call_id": id });
    message.as_object_mut().unwrap().extend(result.as_object().unwrap().clone());
    json!([
        { "role": "user", "content": "q" },
        { "role": "assistant", "content": null, "tool_calls": [call(id, "{\"a\": 1}")] },
        message,
    ])
}

pub fn all() -> Vec<Ingredient> {
    let asked = json!({ "role": "user", "content": "q" });
    let said = |message: Value| {
        let mut assistant = json!({ "role": "assistant" });
        assistant.as_object_mut().unwrap().extend(message.as_object().unwrap().clone());
        json!([asked, assistant, asked])
    };
    let mark = json!({ "type": "ephemeral" });
    let text = json!({ "type": "text", "text": "r" });
    let image = json!({ "type": "image_url", "image_url": { "url": PIXEL } });
    let all = [
        ("system", json!([{ "role": "system", "content": "s" }, asked])),
        (
            "system, two",
            json!([{ "role": "system", "content": "s" }, { "role": "developer", "content": "d" }, asked]),
        ),
        ("system, marked", json!([{ "role": "system", "content": "s", "cache_control": mark }, asked])),
        ("system, named", json!([{ "role": "system", "content": "s", "name": "n" }, asked])),
        ("system, late", json!([asked, { "role": "system", "content": "late" }])),
        ("developer", json!([{ "role": "developer", "content": "d" }, asked])),
        ("user, named", json!([{ "role": "user", "content": "q", "name": "n" }])),
        ("user, marked", json!([{ "role": "user", "content": "q", "cache_control": mark }])),
        ("user, twice", json!([asked, { "role": "user", "content": "also" }])),
        ("assistant", said(json!({ "content": "a" }))),
        ("assistant, named", said(json!({ "content": "a", "name": "n" }))),
        ("assistant, marked", said(json!({ "content": "a", "cache_control": mark }))),
        ("assistant, last", json!([asked, { "role": "assistant", "content": "so \n" }])),
        ("assistant, refusal", said(json!({ "content": null, "refusal": "no" }))),
        ("assistant, audio", said(json!({ "content": null, "audio": { "id": "audio_1" } }))),
        ("assistant, silent", said(json!({ "content": null }))),
        (
            "assistant, a reply's other fields",
            said(
                json!({ "content": "a", "annotations": [], "provider_metadata": { "a": 1 }, "channel": "final",
                "function_call": null }),
            ),
        ),
        (
            "calls, parallel",
            json!([asked,
                { "role": "assistant", "content": "let me see",
                  "tool_calls": [call("call_1", "{\"a\": 1}"), call("call_2", "")] },
                { "role": "tool", "tool_call_id": "call_1", "content": "4" },
                { "role": "tool", "tool_call_id": "call_2", "content": "{\"b\": 2}" }]),
        ),
        ("calls, another service's id", result("functions.f:0", json!({ "content": "r" }))),
        (
            "calls, results interrupted",
            json!([asked,
                { "role": "assistant", "content": null, "tool_calls": [call("call_3", "{}"), call("call_4", "{}")] },
                { "role": "tool", "tool_call_id": "call_3", "content": "1" },
                { "role": "user", "content": "in between" },
                { "role": "tool", "tool_call_id": "call_4", "content": "2" }]),
        ),
        ("result: text", result("call_5", json!({ "content": "r" }))),
        ("result: empty", result("call_6", json!({ "content": "" }))),
        ("result: named", result("call_7", json!({ "content": "r", "name": "f" }))),
        ("result: error", result("call_8", json!({ "content": "failed", "is_error": true }))),
        ("result: no error", result("call_9", json!({ "content": "r", "is_error": false }))),
        ("result: marked", result("call_10", json!({ "content": "r", "cache_control": mark }))),
        ("result: text part", result("call_11", json!({ "content": [text] }))),
        ("result: image", result("call_12", json!({ "content": [text, image] }))),
        ("result: image alone", result("call_13", json!({ "content": [image] }))),
        (
            "result: document",
            result(
                "call_14",
                json!({ "content": [text, { "type": "file", "file": { "file_data": PDF, "filename": "a.pdf" } }] }),
            ),
        ),
        (
            "result: images of parallel calls",
            json!([asked,
                { "role": "assistant", "content": null, "tool_calls": [call("call_15", "{}"), call("call_16", "{}")] },
                { "role": "tool", "tool_call_id": "call_15", "content": [text, image] },
                { "role": "tool", "tool_call_id": "call_16", "content": [image, text] }, asked]),
        ),
        ("reasoning: text", said(json!({ "content": "a", "reasoning_content": "r" }))),
        (
            "reasoning: Claude's blocks",
            said(json!({ "content": "a", "reasoning_content": "r", "reasoning_details": [
                { "type": "reasoning.text", "text": "r", "signature": "s", "format": "anthropic-claude-v1", "index": 0 },
                { "type": "reasoning.encrypted", "data": "d", "format": "anthropic-claude-v1", "index": 1 },
                { "type": "reasoning.text", "text": "unsigned", "format": "anthropic-claude-v1", "index": 2 }] })),
        ),
        (
            "reasoning: Gemini's blocks",
            said(json!({ "content": "a", "reasoning_details": [
                { "type": "reasoning.text", "format": "google-gemini-v1", "index": 0, "text": "hm" },
                { "type": "reasoning.encrypted", "format": "google-gemini-v1", "index": 1, "data": "c2ln" }] })),
        ),
        (
            "reasoning: summary",
            said(json!({ "content": "a", "reasoning_details": [
                { "type": "reasoning.summary", "format": "openai-responses-v1", "index": 0, "summary": "hm" }] })),
        ),
        (
            "reasoning: with a call",
            json!([asked,
                { "role": "assistant", "content": null, "reasoning_content": "r", "reasoning_details": [
                    { "type": "reasoning.text", "text": "r", "signature": "s", "format": "anthropic-claude-v1", "index": 0 }],
                  "tool_calls": [call("call_17", "{}")] },
                { "role": "tool", "tool_call_id": "call_17", "content": "r" }]),
        ),
        (
            "reasoning: Claude's native blocks",
            said(
                json!({ "content": "a", "reasoning_content": "r", "native_blocks": { "dialect": "anthropic", "blocks": [
                { "type": "thinking", "thinking": "r", "signature": "s" }, { "type": "text", "text": "a" }] } }),
            ),
        ),
        (
            "reasoning: Gemini's native blocks",
            said(
                json!({ "content": "a", "reasoning_content": "r", "native_blocks": { "dialect": "gemini", "blocks": [
                { "text": "r", "thought": true }, { "text": "a", "thoughtSignature": "c2ln" }] } }),
            ),
        ),
        ("function message", json!([asked, { "role": "function", "name": "f", "content": "r" }])),
    ];
    all.into_iter().map(|(name, messages)| conversation(name, messages)).collect()
}
