//! Cohere's chat, as recorded from `POST /v2/chat`.

use serde_json::{Value, json};

use super::super::reply::{TokenUsage, equal_pieces, words};
use super::{Event, Failure, Said};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let mut message = json!({"role": "assistant"});
    let mut content = Vec::new();
    if let Some(thinking) = said.reasoning {
        content.push(json!({"type": "thinking", "thinking": thinking}));
    }
    match said.content {
        // Beside calls, the words are the plan.
        Some(text) if !said.tool_calls.is_empty() => message["tool_plan"] = json!(text),
        Some(text) => content.push(json!({"type": "text", "text": text})),
        None => {}
    }
    if !content.is_empty() {
        message["content"] = content.into();
    }
    if !said.tool_calls.is_empty() {
        let calls = 0..said.tool_calls.len();
        message["tool_calls"] = calls.map(|place| tool_call(said, place, None)).collect();
    }
    let mut body =
        json!({"id": id(said), "message": message, "finish_reason": finish_reason(said.finish_reason)});
    if let Some(usage) = &said.usage {
        body["usage"] = usage_body(usage);
    }
    body
}

pub(super) fn stream(said: &Said<'_>) -> Vec<Event> {
    let mut events = Events(Vec::new());
    let message =
        json!({"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []});
    events.push(json!({"id": id(said), "type": "message-start", "delta": {"message": message}}), false);
    let mut index = 0;
    if let Some(thinking) = said.reasoning {
        let thoughts = words(thinking).into_iter().map(|piece| json!({"thinking": piece}));
        events.block(index, json!({"type": "thinking", "thinking": ""}), thoughts);
        index += 1;
    }
    if !said.tool_calls.is_empty() {
        for piece in &said.pieces {
            let delta = json!({"message": {"tool_plan": piece}});
            events.push(json!({"type": "tool-plan-delta", "delta": delta}), true);
        }
    } else if said.content.is_some() {
        let texts = said.pieces.iter().map(|piece| json!({"text": piece}));
        events.block(index, json!({"type": "text", "text": ""}), texts);
    }
    for (place, call) in said.tool_calls.iter().enumerate() {
        let delta = json!({"message": {"tool_calls": tool_call(said, place, Some(""))}});
        events.push(json!({"type": "tool-call-start", "index": place, "delta": delta}), false);
        for piece in equal_pieces(&call.arguments_text(), 4) {
            let delta = json!({"message": {"tool_calls": {"function": {"arguments": piece}}}});
            events.push(json!({"type": "tool-call-delta", "index": place, "delta": delta}), true);
        }
        events.push(json!({"type": "tool-call-end", "index": place}), false);
    }
    let mut delta = json!({"finish_reason": finish_reason(said.finish_reason)});
    if let Some(usage) = &said.usage {
        delta["usage"] = usage_body(usage);
    }
    events.push(json!({"type": "message-end", "delta": delta}), false);
    events.0
}

/// Recorded: 404. The other messages are unverified; the form is that of all.
pub(super) fn error(failure: &Failure<'_>, number: &str) -> Value {
    let message = match failure.status {
        _ if failure.wrong_key => "invalid api token",
        401 => "invalid api token",
        404 => "model not found",
        429 => "too many requests",
        500..=599 => "internal server error",
        _ => "invalid request",
    };
    json!({"id": format!("mock-{number}"), "message": failure.message.unwrap_or(message)})
}

struct Events(Vec<Event>);

impl Events {
    fn push(&mut self, data: Value, content: bool) {
        let name = data.get("type").and_then(Value::as_str).unwrap_or_default();
        let bytes = super::anthropic::event(name, &data.to_string());
        self.0.push(Event { bytes, content });
    }

    fn block(&mut self, index: usize, start: Value, pieces: impl Iterator<Item = Value>) {
        let said = |content: Value| json!({"message": {"content": content}});
        self.push(json!({"type": "content-start", "index": index, "delta": said(start)}), false);
        for piece in pieces {
            self.push(json!({"type": "content-delta", "index": index, "delta": said(piece)}), true);
        }
        self.push(json!({"type": "content-end", "index": index}), false);
    }
}

fn id(said: &Said<'_>) -> String {
    format!("mock-{}", said.number)
}

fn tool_call(said: &Said<'_>, place: usize, arguments: Option<&str>) -> Value {
    let Some(call) = said.tool_calls.get(place) else { return Value::Null };
    let id = call.id.clone().unwrap_or_else(|| format!("{}_mock_{}_{place}", call.name, said.number));
    let arguments = arguments.map_or_else(|| call.arguments_text(), str::to_owned);
    json!({"id": id, "type": "function", "function": {"name": call.name, "arguments": arguments}})
}

fn finish_reason(finish_reason: &str) -> &str {
    match finish_reason {
        "stop" => "COMPLETE",
        "length" => "MAX_TOKENS",
        "tool_calls" => "TOOL_CALL",
        "content_filter" => "ERROR",
        other => other,
    }
}

fn usage_body(usage: &TokenUsage) -> Value {
    let tokens = json!({"input_tokens": usage.prompt_tokens, "output_tokens": usage.completion_tokens});
    json!({"billed_units": tokens, "tokens": tokens, "cached_tokens": usage.cached_tokens})
}
