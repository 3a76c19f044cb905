//! Bedrock's Converse, as recorded from `POST /model/{id}/converse` and `…/converse-stream`.
//!
//! An event's checksum is over its bytes, so that nothing in them may change with the request's number.

use serde_json::{Value, json};

use super::super::reply::{TokenUsage, equal_pieces, words};
use super::{Event, Failure, Said};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let mut content = Vec::new();
    if let Some(thinking) = said.reasoning {
        let text = json!({"text": thinking, "signature": said.signature});
        content.push(json!({"reasoningContent": {"reasoningText": text}}));
    }
    if let Some(text) = said.content {
        content.push(json!({"text": text}));
    }
    for (place, call) in said.tool_calls.iter().enumerate() {
        let mut called = tool_use(said, place);
        called["input"] = call.arguments_value();
        content.push(json!({"toolUse": called}));
    }
    let mut body = json!({
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop_reason(said.finish_reason),
        "metrics": {"latencyMs": 1},
    });
    if let Some(usage) = &said.usage {
        body["usage"] = usage_body(usage);
    }
    body
}

pub(super) fn stream(said: &Said<'_>) -> Vec<Event> {
    let mut events = Events { events: Vec::new(), next: 0 };
    events.push("messageStart", json!({"role": "assistant"}), false);
    if let Some(thinking) = said.reasoning {
        let thoughts = words(thinking).into_iter().map(|piece| json!({"reasoningContent": {"text": piece}}));
        let signature = json!({"reasoningContent": {"signature": said.signature}});
        events.block(None, thoughts.chain([signature]));
    }
    if said.content.is_some() {
        events.block(None, said.pieces.iter().map(|piece| json!({"text": piece})));
    }
    for (place, call) in said.tool_calls.iter().enumerate() {
        let pieces = equal_pieces(&call.arguments_text(), 4);
        let pieces = pieces.into_iter().map(|piece| json!({"toolUse": {"input": piece}}));
        events.block(Some(json!({"toolUse": tool_use(said, place)})), pieces);
    }
    events.push("messageStop", json!({"stopReason": stop_reason(said.finish_reason)}), false);
    let mut metadata = json!({"metrics": {"latencyMs": 1}});
    if let Some(usage) = &said.usage {
        metadata["usage"] = usage_body(usage);
    }
    events.push("metadata", metadata, false);
    events.events
}

/// Recorded: 403 of a token that has expired. Names and statuses of the others: the errors of
/// Converse and of AWS in docs.aws.amazon.com/bedrock.
pub(super) fn error(failure: &Failure<'_>) -> Value {
    let message = match failure.status {
        403 => "The security token included in the request is invalid",
        404 => "The model was not found",
        424 => "The model failed",
        429 => "Too many requests, please wait before trying again.",
        503 => "The service is unavailable",
        500..=599 => "The system encountered an unexpected error",
        _ => "The request is invalid",
    };
    json!({"message": failure.message.unwrap_or(message)})
}

/// The name of an error, as `x-amzn-errortype` and the header of an event have it.
pub(super) fn error_name<'a>(failure: &Failure<'a>) -> &'a str {
    failure.code.unwrap_or(match failure.status {
        401 | 403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        500..=599 => "InternalServerException",
        _ => "ValidationException",
    })
}

/// An error within a stream.
pub(super) fn exception(data: &str) -> Vec<u8> {
    framed(&[(":exception-type", "internalServerException"), (":message-type", "exception")], data)
}

/// The service's framing: lengths, checksums (CRC32), headers of texts, payload
/// (docs.aws.amazon.com/lexv2, "Event stream encoding").
fn framed(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
    let mut head = Vec::new();
    for (name, value) in headers.iter().chain(&[(":content-type", "application/json")]) {
        head.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        head.extend(name.as_bytes());
        // A text.
        head.push(7);
        head.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        head.extend(value.as_bytes());
    }
    let length = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes();
    let mut message = Vec::new();
    message.extend(length(16 + head.len() + payload.len()));
    message.extend(length(head.len()));
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(head);
    message.extend(payload.as_bytes());
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}

struct Events {
    events: Vec<Event>,
    next: usize,
}

impl Events {
    fn push(&mut self, name: &str, data: Value, content: bool) {
        let bytes = framed(&[(":event-type", name), (":message-type", "event")], &data.to_string());
        self.events.push(Event { bytes, content });
    }

    /// Blocks of text begin with their first delta.
    fn block(&mut self, start: Option<Value>, deltas: impl Iterator<Item = Value>) {
        let index = self.next;
        self.next += 1;
        if let Some(start) = start {
            self.push("contentBlockStart", json!({"contentBlockIndex": index, "start": start}), false);
        }
        for delta in deltas {
            self.push("contentBlockDelta", json!({"contentBlockIndex": index, "delta": delta}), true);
        }
        self.push("contentBlockStop", json!({"contentBlockIndex": index}), false);
    }
}

fn tool_use(said: &Said<'_>, place: usize) -> Value {
    let call = said.tool_calls.get(place);
    let id = call.and_then(|call| call.id.clone()).unwrap_or_else(|| format!("tooluse_mock_{place}"));
    json!({"toolUseId": id, "name": call.map(|call| &call.name)})
}

fn stop_reason(finish_reason: &str) -> &str {
    match finish_reason {
        "stop" => "end_turn",
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "content_filtered",
        other => other,
    }
}

/// What was read from and written to the cache counts apart.
fn usage_body(usage: &TokenUsage) -> Value {
    let cached = usage.cached_tokens + usage.cache_write_tokens;
    json!({
        "inputTokens": usage.prompt_tokens.saturating_sub(cached),
        "outputTokens": usage.completion_tokens,
        "totalTokens": usage.prompt_tokens + usage.completion_tokens,
        "cacheReadInputTokens": usage.cached_tokens,
        "cacheWriteInputTokens": usage.cache_write_tokens,
    })
}
