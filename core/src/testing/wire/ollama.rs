//! Ollama's own wire, as recorded from `POST /api/chat`.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::super::reply::words;
use super::{Event, Failure, Said};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let mut message = json!({"role": "assistant", "content": said.content.unwrap_or_default()});
    if let Some(thinking) = said.reasoning {
        message["thinking"] = json!(thinking);
    }
    if !said.tool_calls.is_empty() {
        message["tool_calls"] = tool_calls(said);
    }
    last(said, message)
}

/// One object a line; a call comes whole, in a line of its own.
pub(super) fn stream(said: &Said<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut push = |body: Value, content: bool| {
        events.push(Event { bytes: line(&body.to_string()), content });
    };
    for piece in said.reasoning.map(words).unwrap_or_default() {
        push(part(said, json!({"role": "assistant", "content": "", "thinking": piece})), true);
    }
    for piece in &said.pieces {
        push(part(said, json!({"role": "assistant", "content": piece})), true);
    }
    if !said.tool_calls.is_empty() {
        let message = json!({"role": "assistant", "content": "", "tool_calls": tool_calls(said)});
        push(part(said, message), true);
    }
    push(last(said, json!({"role": "assistant", "content": ""})), false);
    events
}

pub(super) fn line(data: &str) -> Vec<u8> {
    format!("{data}\n").into_bytes()
}

/// Recorded: 404.
pub(super) fn error(failure: &Failure<'_>) -> Value {
    let message = match failure.status {
        _ if failure.wrong_key => "unauthorized",
        401 => "unauthorized",
        404 => "model not found",
        429 => "too many requests",
        500..=599 => "internal server error",
        _ => "invalid request",
    };
    json!({"error": failure.message.unwrap_or(message)})
}

fn part(said: &Said<'_>, message: Value) -> Value {
    json!({"model": said.model, "created_at": created_at(said), "message": message, "done": false})
}

fn last(said: &Said<'_>, message: Value) -> Value {
    let mut body = part(said, message);
    body["done"] = json!(true);
    body["done_reason"] = json!(match said.finish_reason {
        "tool_calls" => "stop",
        other => other,
    });
    body["total_duration"] = json!(2_000_000);
    body["load_duration"] = json!(0);
    if let Some(usage) = &said.usage {
        body["prompt_eval_count"] = json!(usage.prompt_tokens);
        body["prompt_eval_duration"] = json!(1_000_000);
        body["eval_count"] = json!(usage.completion_tokens);
        body["eval_duration"] = json!(1_000_000);
    }
    body
}

/// As in `2024-01-01T00:00:00Z`, put together from the date that HTTP has.
fn created_at(said: &Said<'_>) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(said.created);
    let date = httpdate::fmt_http_date(at);
    let [_, day, month, year, time, _] = date.split(' ').collect::<Vec<_>>()[..] else { return date };
    let month = MONTHS.iter().position(|name| *name == month).map_or(0, |place| place + 1);
    format!("{year}-{month:02}-{day}T{time}Z")
}

fn tool_calls(said: &Said<'_>) -> Value {
    let calls = said.tool_calls.iter().enumerate().map(|(place, call)| {
        let id = call.id.clone().unwrap_or_else(|| format!("call_mock_{}_{place}", said.number));
        let function = json!({"index": place, "name": call.name, "arguments": call.arguments_value()});
        json!({"id": id, "function": function})
    });
    calls.collect()
}
