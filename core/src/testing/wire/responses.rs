//! OpenAI's Responses API, as recorded from `POST /v1/responses`.

use serde_json::{Value, json};

use super::super::reply::{TokenUsage, ToolCall, equal_pieces, words};
use super::{Event, Said};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let output = items(said).into_iter().map(|(_, item)| item).collect();
    response(said, status(said), output)
}

pub(super) fn stream(said: &Said<'_>) -> Vec<Event> {
    let mut events = Events { all: Vec::new() };
    for name in ["response.created", "response.in_progress"] {
        events.push(name, json!({ "response": response(said, "in_progress", Vec::new()) }), false);
    }
    let mut output = Vec::new();
    for (place, (pieces, item)) in items(said).into_iter().enumerate() {
        let mut begun = item.clone();
        begun["status"] = json!("in_progress");
        let at = json!({ "output_index": place, "item_id": item["id"] });
        match item["type"].as_str().unwrap_or_default() {
            "reasoning" => begun["summary"] = json!([]),
            "function_call" => begun["arguments"] = json!(""),
            _ => begun["content"] = json!([]),
        }
        events.push("response.output_item.added", json!({ "output_index": place, "item": begun }), false);
        events.said(&item, &at, &pieces);
        events.push("response.output_item.done", json!({ "output_index": place, "item": item }), false);
        output.push(item);
    }
    let name = match status(said) {
        "incomplete" => "response.incomplete",
        _ => "response.completed",
    };
    events.push(name, json!({ "response": response(said, status(said), output) }), false);
    events.all
}

struct Events {
    all: Vec<Event>,
}

impl Events {
    fn push(&mut self, name: &str, mut fields: Value, content: bool) {
        fields["type"] = json!(name);
        fields["sequence_number"] = json!(self.all.len());
        let bytes = format!("event: {name}\ndata: {fields}\n\n").into_bytes();
        self.all.push(Event { bytes, content });
    }

    /// The events of what an item says, in pieces.
    fn said(&mut self, item: &Value, at: &Value, pieces: &[String]) {
        let with = |more: Value| merged(at, &more);
        match item["type"].as_str().unwrap_or_default() {
            "function_call" => {
                for piece in pieces {
                    let name = "response.function_call_arguments.delta";
                    self.push(name, with(json!({ "delta": piece })), true);
                }
                let done = json!({ "arguments": item["arguments"], "name": item["name"] });
                self.push("response.function_call_arguments.done", with(done), false);
            }
            "reasoning" => {
                let empty = json!({ "summary_index": 0, "part": { "type": "summary_text", "text": "" } });
                self.push("response.reasoning_summary_part.added", with(empty), false);
                for piece in pieces {
                    let delta = json!({ "summary_index": 0, "delta": piece });
                    self.push("response.reasoning_summary_text.delta", with(delta), true);
                }
                let part = &item["summary"][0];
                let text = json!({ "summary_index": 0, "text": part["text"] });
                self.push("response.reasoning_summary_text.done", with(text), false);
                let part = json!({ "summary_index": 0, "part": part });
                self.push("response.reasoning_summary_part.done", with(part), false);
            }
            _ => {
                let part = &item["content"][0];
                let mut empty = part.clone();
                empty["text"] = json!("");
                let added = json!({ "content_index": 0, "part": empty });
                self.push("response.content_part.added", with(added), false);
                for piece in pieces {
                    let delta = json!({ "content_index": 0, "delta": piece, "logprobs": [] });
                    self.push("response.output_text.delta", with(delta), true);
                }
                let text = json!({ "content_index": 0, "text": part["text"], "logprobs": [] });
                self.push("response.output_text.done", with(text), false);
                let part = json!({ "content_index": 0, "part": part });
                self.push("response.content_part.done", with(part), false);
            }
        }
    }
}

fn merged(one: &Value, more: &Value) -> Value {
    let mut all = one.as_object().cloned().unwrap_or_default();
    all.extend(more.as_object().cloned().unwrap_or_default());
    Value::Object(all)
}

/// An event that breaks the stream. Errors have their name; the data of others is no JSON.
pub(super) fn broken_event(name: &str, data: &str) -> Vec<u8> {
    match name {
        "error" => format!("event: error\ndata: {data}\n\n").into_bytes(),
        _ => format!("data: {data}\n\n").into_bytes(),
    }
}

/// Each item, and its text in the pieces of a stream.
fn items(said: &Said<'_>) -> Vec<(Vec<String>, Value)> {
    let mut items = Vec::new();
    let id = |prefix: &str, place: usize| format!("{prefix}_mock_{}_{place}", said.number);
    if let Some(reasoning) = said.reasoning {
        let summary = json!([{ "type": "summary_text", "text": reasoning }]);
        let item = json!({ "id": id("rs", 0), "type": "reasoning", "summary": summary });
        items.push((words(reasoning), item));
    }
    if let Some(content) = said.content {
        let part = json!({ "type": "output_text", "text": content, "annotations": [], "logprobs": [] });
        let item = json!({
            "id": id("msg", items.len()), "type": "message", "status": "completed", "role": "assistant",
            "content": [part],
        });
        items.push((said.pieces.clone(), item));
    }
    for (place, call) in said.tool_calls.iter().enumerate() {
        let item = json!({
            "id": id("fc", items.len()), "type": "function_call", "status": "completed",
            "call_id": call_id(said, place, call), "name": call.name, "arguments": call.arguments_text(),
        });
        items.push((equal_pieces(&call.arguments_text(), 4), item));
    }
    items
}

fn call_id(said: &Said<'_>, place: usize, call: &ToolCall) -> String {
    call.id.clone().unwrap_or_else(|| format!("call_mock_{}_{place}", said.number))
}

fn status(said: &Said<'_>) -> &'static str {
    match said.finish_reason {
        "length" | "content_filter" => "incomplete",
        _ => "completed",
    }
}

fn response(said: &Said<'_>, status: &str, output: Vec<Value>) -> Value {
    let reason = if said.finish_reason == "length" { "max_output_tokens" } else { "content_filter" };
    let incomplete = if status == "incomplete" { json!({ "reason": reason }) } else { Value::Null };
    let usage = match (&said.usage, status) {
        (Some(usage), "completed" | "incomplete") => usage_body(usage),
        _ => Value::Null,
    };
    json!({
        "id": format!("resp_mock_{}", said.number),
        "object": "response",
        "created_at": said.created,
        "status": status,
        "background": false,
        "error": null,
        "incomplete_details": incomplete,
        "instructions": null,
        "max_output_tokens": null,
        "model": said.model,
        "output": output,
        "parallel_tool_calls": true,
        "previous_response_id": null,
        "reasoning": { "effort": null, "summary": null },
        "store": true,
        "temperature": 1.0,
        "text": { "format": { "type": "text" } },
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": usage,
        "metadata": {},
    })
}

fn usage_body(usage: &TokenUsage) -> Value {
    json!({
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": { "reasoning_tokens": usage.reasoning_tokens },
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    })
}
