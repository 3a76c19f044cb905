//! Gemini, as recorded from `:generateContent` and `:streamGenerateContent`.

use serde_json::{Value, json};

use super::super::reply::{TokenUsage, words};
use super::{Event, Failure, Said, StreamForm};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let mut parts = Vec::new();
    if let Some(thought) = said.reasoning {
        parts.push(json!({"text": thought, "thought": true}));
    }
    if let Some(text) = said.content {
        let mut part = json!({"text": text});
        if said.reasoning.is_some() && said.tool_calls.is_empty() {
            part["thoughtSignature"] = json!(said.signature);
        }
        parts.push(part);
    }
    parts.extend(function_calls(said));
    response(said, parts, true, said.usage.as_ref())
}

pub(super) fn stream(said: &Said<'_>, form: StreamForm) -> Vec<Event> {
    // Each event repeats the usage so far.
    let mut so_far =
        said.usage.map(|usage| TokenUsage { completion_tokens: 0, reasoning_tokens: 0, ..usage });
    let mut bodies = Vec::new();
    let mut push = |part: Value, thought: bool| {
        if let (Some(usage), Some(whole)) = (so_far.as_mut(), &said.usage) {
            usage.completion_tokens = whole.completion_tokens.min(usage.completion_tokens + 1);
            usage.reasoning_tokens = whole.reasoning_tokens.min(usage.reasoning_tokens + u64::from(thought));
        }
        bodies.push((response(said, vec![part], false, so_far.as_ref()), true));
    };
    for piece in said.reasoning.map(words).unwrap_or_default() {
        push(json!({"text": piece, "thought": true}), true);
    }
    for piece in &said.pieces {
        push(json!({"text": piece}), false);
    }
    for call in function_calls(said) {
        push(call, false);
    }
    let mut last = json!({"text": ""});
    if said.reasoning.is_some() && said.tool_calls.is_empty() {
        last["thoughtSignature"] = json!(said.signature);
    }
    bodies.push((response(said, vec![last], true, said.usage.as_ref()), false));

    let end = bodies.len();
    let mut events = Vec::with_capacity(end);
    for (place, (body, content)) in bodies.into_iter().enumerate() {
        let bytes = match form {
            StreamForm::JsonArray => {
                let before = if place == 0 { "[" } else { ",\r\n" };
                let after = if place + 1 == end { "\n]" } else { "\n" };
                format!("{before}{body}{after}").into_bytes()
            }
            _ => event(&body.to_string()),
        };
        events.push(Event { bytes, content });
    }
    events
}

pub(super) fn event(data: &str) -> Vec<u8> {
    format!("data: {data}\r\n\r\n").into_bytes()
}

/// Recorded: 400 (a wrong key is one), 403, 404, 429. The other names:
/// `google.rpc.Code` with its HTTP mapping; 529 is not of Google.
pub(super) fn error(failure: &Failure<'_>) -> (u16, Value) {
    if failure.wrong_key {
        let message = failure.message.unwrap_or("API key not valid. Please pass a valid API key.");
        let details = json!([
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"},
            },
            {
                "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
                "locale": "en-US",
                "message": message,
            },
        ]);
        let error =
            json!({"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details});
        return (400, json!({"error": error}));
    }
    let (name, message) = match failure.status {
        400 => ("INVALID_ARGUMENT", "Request contains an invalid argument."),
        401 => ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
        403 => ("PERMISSION_DENIED", "The caller does not have permission."),
        404 => ("NOT_FOUND", "The model is not found for this API version."),
        429 => ("RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later."),
        500 => ("INTERNAL", "An internal error has occurred. Please retry."),
        503 => ("UNAVAILABLE", "The model is overloaded. Please try again later."),
        504 => ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        _ => ("UNKNOWN", "Unknown error."),
    };
    let error = json!({
        "code": failure.status,
        "message": failure.message.unwrap_or(message),
        "status": failure.code.unwrap_or(name),
    });
    (failure.status, json!({"error": error}))
}

/// Fields: `ListModelsResponse` of the published schema.
pub(super) fn models(models: &[String]) -> Value {
    let rows: Vec<Value> = models
        .iter()
        .map(|model| {
            json!({
                "name": format!("models/{model}"),
                "displayName": model,
                "supportedGenerationMethods": ["generateContent"],
            })
        })
        .collect();
    json!({"models": rows})
}

fn response(said: &Said<'_>, parts: Vec<Value>, last: bool, usage: Option<&TokenUsage>) -> Value {
    let mut candidate = json!({"content": {"parts": parts, "role": "model"}});
    if last {
        candidate["finishReason"] = json!(finish_reason(said.finish_reason));
    }
    candidate["index"] = json!(0);
    let mut body = json!({"candidates": [candidate]});
    if let Some(usage) = usage {
        body["usageMetadata"] = usage_body(usage);
    }
    body["modelVersion"] = json!(said.model);
    body["responseId"] = json!(format!("mock-{}", said.number));
    body
}

/// The signature is on the first call only.
fn function_calls(said: &Said<'_>) -> Vec<Value> {
    let mut parts = Vec::new();
    for call in said.tool_calls {
        let mut function_call = json!({"name": call.name, "args": call.arguments_value()});
        if let Some(id) = &call.id {
            function_call["id"] = json!(id);
        }
        let mut part = json!({"functionCall": function_call});
        if parts.is_empty() && said.reasoning.is_some() {
            part["thoughtSignature"] = json!(said.signature);
        }
        parts.push(part);
    }
    parts
}

/// A call of a tool ends as a text does.
fn finish_reason(finish_reason: &str) -> &str {
    match finish_reason {
        "stop" | "tool_calls" => "STOP",
        "length" => "MAX_TOKENS",
        "content_filter" => "SAFETY",
        other => other,
    }
}

/// Fields without a value are left out, as Gemini does.
fn usage_body(usage: &TokenUsage) -> Value {
    let mut body = json!({"promptTokenCount": usage.prompt_tokens});
    let answer = usage.completion_tokens.saturating_sub(usage.reasoning_tokens);
    if answer > 0 {
        body["candidatesTokenCount"] = json!(answer);
    }
    body["totalTokenCount"] = json!(usage.prompt_tokens + usage.completion_tokens);
    if usage.cached_tokens > 0 {
        body["cachedContentTokenCount"] = json!(usage.cached_tokens);
    }
    body["promptTokensDetails"] = json!([{"modality": "TEXT", "tokenCount": usage.prompt_tokens}]);
    if usage.reasoning_tokens > 0 {
        body["thoughtsTokenCount"] = json!(usage.reasoning_tokens);
    }
    body
}
