//! OpenAI chat completions, as recorded from `POST /v1/chat/completions`.
//!
//! `reasoning_content` is DeepSeek's field, which many services share; OpenAI's
//! own replies have no text of the thinking.

use serde_json::{Value, json};

use super::super::reply::{TokenUsage, ToolCall, equal_pieces, words};
use super::{Event, Failure, Said};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let mut message = json!({"role": "assistant", "content": said.content});
    if let Some(reasoning) = said.reasoning {
        message["reasoning_content"] = json!(reasoning);
    }
    if !said.tool_calls.is_empty() {
        let calls = said.tool_calls.iter().enumerate();
        message["tool_calls"] = calls
            .map(|(place, call)| {
                let function = json!({"name": call.name, "arguments": call.arguments_text()});
                json!({"id": call_id(said, place, call), "type": "function", "function": function})
            })
            .collect();
    }
    message["refusal"] = Value::Null;
    message["annotations"] = json!([]);
    let mut body = head(said, "chat.completion");
    body["choices"] = json!([
        {"index": 0, "message": message, "logprobs": null, "finish_reason": said.finish_reason}
    ]);
    if let Some(usage) = &said.usage {
        body["usage"] = usage_body(usage);
    }
    body["service_tier"] = json!("default");
    body["system_fingerprint"] = json!("fp_mock");
    body
}

pub(super) fn stream(said: &Said<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut push = |delta: Value, finish_reason: Option<&str>, content: bool| {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason});
        events.push(Event { bytes: event(&chunk(said, json!([choice]), Value::Null).to_string()), content });
    };
    let opening = said.content.map(|_| "");
    push(json!({"role": "assistant", "content": opening, "refusal": null}), None, false);
    for piece in said.reasoning.map(words).unwrap_or_default() {
        push(json!({"reasoning_content": piece}), None, true);
    }
    for piece in &said.pieces {
        push(json!({"content": piece}), None, true);
    }
    for (place, call) in said.tool_calls.iter().enumerate() {
        let function = json!({"name": call.name, "arguments": ""});
        let id = call_id(said, place, call);
        let opening = json!({"index": place, "id": id, "type": "function", "function": function});
        push(json!({"tool_calls": [opening]}), None, true);
        for piece in equal_pieces(&call.arguments_text(), 4) {
            push(json!({"tool_calls": [{"index": place, "function": {"arguments": piece}}]}), None, true);
        }
    }
    push(json!({}), Some(said.finish_reason), false);
    if let (true, Some(usage)) = (said.include_usage, &said.usage) {
        let last = chunk(said, json!([]), usage_body(usage));
        events.push(Event { bytes: event(&last.to_string()), content: false });
    }
    events.push(Event { bytes: event("[DONE]"), content: false });
    events
}

pub(super) fn event(data: &str) -> Vec<u8> {
    format!("data: {data}\n\n").into_bytes()
}

/// Recorded: 400, 401, 404, 500. Code of 429 and message of 503: OpenAI's guide
/// to error codes; 402, 403 and 529 are not of OpenAI and unverified.
pub(super) fn error(failure: &Failure<'_>) -> Value {
    let (kind, code, message) = match failure.status {
        _ if failure.wrong_key => {
            ("invalid_request_error", Some("invalid_api_key"), "Incorrect API key provided.")
        }
        401 => ("invalid_request_error", Some("invalid_api_key"), "Incorrect API key provided."),
        402 => ("insufficient_quota", Some("insufficient_quota"), "You exceeded your current quota."),
        403 => ("invalid_request_error", None, "You do not have access to this resource."),
        404 => (
            "invalid_request_error",
            Some("model_not_found"),
            "The model does not exist or you do not have access to it.",
        ),
        429 => ("requests", Some("rate_limit_exceeded"), "Rate limit reached for requests."),
        503 | 529 => ("server_error", None, "The engine is currently overloaded, please try again later."),
        500..=599 => {
            ("server_error", None, "The server had an error processing your request. Sorry about that!")
        }
        _ => ("invalid_request_error", None, "The request is invalid."),
    };
    json!({"error": {
        "message": failure.message.unwrap_or(message),
        "type": kind,
        "param": null,
        "code": failure.code.or(code),
    }})
}

/// The envelope as OpenAI-compatible services have it on record.
pub(super) fn models(models: &[String]) -> Value {
    let rows: Vec<Value> = models
        .iter()
        .map(|model| json!({"id": model, "object": "model", "created": 0, "owned_by": "mock"}))
        .collect();
    json!({"object": "list", "data": rows})
}

fn head(said: &Said<'_>, object: &str) -> Value {
    json!({
        "id": format!("chatcmpl-mock-{}", said.number),
        "object": object,
        "created": said.created,
        "model": said.model,
    })
}

fn chunk(said: &Said<'_>, choices: Value, usage: Value) -> Value {
    let mut chunk = head(said, "chat.completion.chunk");
    chunk["service_tier"] = json!("default");
    chunk["system_fingerprint"] = json!("fp_mock");
    chunk["choices"] = choices;
    // The field is in the chunks only where usage was asked for.
    if said.include_usage {
        chunk["usage"] = usage;
    }
    chunk
}

fn call_id(said: &Said<'_>, place: usize, call: &ToolCall) -> String {
    call.id.clone().unwrap_or_else(|| format!("call_mock_{}_{place}", said.number))
}

pub(super) fn usage_body(usage: &TokenUsage) -> Value {
    let mut prompt_details = json!({"cached_tokens": usage.cached_tokens, "audio_tokens": 0});
    if usage.cache_write_tokens > 0 {
        // Not OpenAI's: the field that OpenRouter has for it.
        prompt_details["cache_write_tokens"] = json!(usage.cache_write_tokens);
    }
    json!({
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": prompt_details,
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}
