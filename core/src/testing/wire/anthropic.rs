//! Anthropic messages, as recorded from `POST /v1/messages`.

use serde_json::{Value, json};

use super::super::reply::{TokenUsage, equal_pieces, words};
use super::{Event, Failure, Said};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let mut content = Vec::new();
    if let Some(thinking) = said.reasoning {
        content.push(json!({"type": "thinking", "thinking": thinking, "signature": said.signature}));
    }
    if let Some(text) = said.content {
        content.push(json!({"type": "text", "text": text}));
    }
    for (place, call) in said.tool_calls.iter().enumerate() {
        content.push(tool_use(said, place, call.arguments_value()));
    }
    let mut body = message(said, content, Some(stop_reason(said.finish_reason)));
    if let Some(usage) = &said.usage {
        body["usage"] = usage_body(usage, usage.completion_tokens);
    }
    body
}

pub(super) fn stream(said: &Said<'_>) -> Vec<Event> {
    let mut start = message(said, Vec::new(), None);
    if let Some(usage) = &said.usage {
        // The first event's number of output tokens is no result yet.
        start["usage"] = usage_body(usage, 1);
    }
    let mut blocks = Blocks { events: Vec::new(), next: 0, pinged: false };
    blocks.push(&json!({"type": "message_start", "message": start}), false);
    if let Some(thinking) = said.reasoning {
        let deltas =
            words(thinking).into_iter().map(|piece| json!({"type": "thinking_delta", "thinking": piece}));
        let signature = json!({"type": "signature_delta", "signature": said.signature});
        blocks.block(json!({"type": "thinking", "thinking": "", "signature": ""}), deltas, Some(signature));
    }
    if said.content.is_some() {
        let deltas = said.pieces.iter().map(|piece| json!({"type": "text_delta", "text": piece}));
        blocks.block(json!({"type": "text", "text": ""}), deltas, None);
    }
    for (place, call) in said.tool_calls.iter().enumerate() {
        let deltas = std::iter::once(String::new())
            .chain(equal_pieces(&call.arguments_text(), 4))
            .map(|piece| json!({"type": "input_json_delta", "partial_json": piece}));
        blocks.block(tool_use(said, place, json!({})), deltas, None);
    }
    let delta = json!({"stop_reason": stop_reason(said.finish_reason), "stop_sequence": null});
    let mut end = json!({"type": "message_delta", "delta": delta});
    if let Some(usage) = &said.usage {
        end["usage"] = json!({
            "input_tokens": input_tokens(usage),
            "cache_creation_input_tokens": usage.cache_write_tokens,
            "cache_read_input_tokens": usage.cached_tokens,
            "output_tokens": usage.completion_tokens,
        });
    }
    blocks.push(&end, false);
    blocks.push(&json!({"type": "message_stop"}), false);
    blocks.events
}

pub(super) fn event(name: &str, data: &str) -> Vec<u8> {
    format!("event: {name}\ndata: {data}\n\n").into_bytes()
}

/// Recorded: 400, 401, 404. The other types and their messages: Anthropic's
/// published schema (`BillingError` … `OverloadedError`). 503 is unverified.
pub(super) fn error(failure: &Failure<'_>, number: &str) -> Value {
    let (kind, message) = match failure.status {
        _ if failure.wrong_key => ("authentication_error", "invalid x-api-key"),
        401 => ("authentication_error", "invalid x-api-key"),
        402 => ("billing_error", "Billing error"),
        403 => ("permission_error", "Permission denied"),
        404 => ("not_found_error", "Not found"),
        413 => ("request_too_large", "Request too large"),
        429 => ("rate_limit_error", "Rate limited"),
        504 => ("timeout_error", "Request timeout"),
        503 | 529 => ("overloaded_error", "Overloaded"),
        500..=599 => ("api_error", "Internal server error"),
        _ => ("invalid_request_error", "Invalid request"),
    };
    json!({
        "type": "error",
        "error": {"type": failure.code.unwrap_or(kind), "message": failure.message.unwrap_or(message)},
        "request_id": format!("req_mock_{number}"),
    })
}

pub(super) fn models(models: &[String]) -> Value {
    let rows: Vec<Value> = models
        .iter()
        .map(|model| {
            json!({"type": "model", "id": model, "display_name": model, "created_at": "2025-01-01T00:00:00Z"})
        })
        .collect();
    json!({"data": rows, "has_more": false, "first_id": models.first(), "last_id": models.last()})
}

/// Writes the events of one block after the other.
struct Blocks {
    events: Vec<Event>,
    next: usize,
    pinged: bool,
}

impl Blocks {
    fn push(&mut self, data: &Value, content: bool) {
        let name = data.get("type").and_then(Value::as_str).unwrap_or_default();
        self.events.push(Event { bytes: event(name, &data.to_string()), content });
    }

    fn block(&mut self, block: Value, deltas: impl Iterator<Item = Value>, last: Option<Value>) {
        let index = self.next;
        self.next += 1;
        self.push(&json!({"type": "content_block_start", "index": index, "content_block": block}), false);
        if !std::mem::replace(&mut self.pinged, true) {
            self.push(&json!({"type": "ping"}), false);
        }
        for delta in deltas {
            self.push(&json!({"type": "content_block_delta", "index": index, "delta": delta}), true);
        }
        if let Some(delta) = last {
            self.push(&json!({"type": "content_block_delta", "index": index, "delta": delta}), false);
        }
        self.push(&json!({"type": "content_block_stop", "index": index}), false);
    }
}

fn message(said: &Said<'_>, content: Vec<Value>, stop_reason: Option<&str>) -> Value {
    json!({
        "model": said.model,
        "id": format!("msg_mock_{}", said.number),
        "type": "message",
        "role": "assistant",
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": null,
    })
}

fn tool_use(said: &Said<'_>, place: usize, input: Value) -> Value {
    let call = said.tool_calls.get(place);
    let id = call
        .and_then(|call| call.id.clone())
        .unwrap_or_else(|| format!("toolu_mock_{}_{place}", said.number));
    json!({"type": "tool_use", "id": id, "name": call.map(|call| &call.name), "input": input})
}

fn stop_reason(finish_reason: &str) -> &str {
    match finish_reason {
        "stop" => "end_turn",
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "refusal",
        other => other,
    }
}

/// Anthropic counts what was read from and written to the cache apart.
fn input_tokens(usage: &TokenUsage) -> u64 {
    usage.prompt_tokens.saturating_sub(usage.cached_tokens).saturating_sub(usage.cache_write_tokens)
}

fn usage_body(usage: &TokenUsage, output_tokens: u64) -> Value {
    json!({
        "input_tokens": input_tokens(usage),
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.cache_write_tokens,
            "ephemeral_1h_input_tokens": 0,
        },
        "output_tokens": output_tokens,
        "service_tier": "standard",
    })
}
