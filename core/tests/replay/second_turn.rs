//! A reply handed back: what we send as the assistant's message is what the
//! recorded next request of the same case sent.
//!
//! The recorded clients differ from us and from each other in ways that mean the
//! same; each is listed in [`allowed`] with its reason.

use std::collections::BTreeMap;

use bytes::Bytes;
use roocode::dialects::{EncodeContext, Quirks, ReasoningReplay, Unsupported};
use roocode::types::chat::{ChatCompletion, ChatRequest};
use serde_json::{Value, json};

use crate::cases::{self, Case, Exchange, Wire};
use crate::drive::{self, dialect};
use crate::expected::{parse_arguments, report, short};

#[test]
fn a_reply_handed_back_is_the_message_the_recorded_client_sent() {
    let mut findings = Vec::new();
    let mut allowances: BTreeMap<&str, usize> = BTreeMap::new();
    let mut checked = 0;
    for case in cases::all().unwrap_or_default() {
        for (exchange, recorded) in handed_back(case) {
            checked += 1;
            let Some(completion) = decode(exchange) else {
                findings.push(format!("{}: cannot be decoded", exchange.name));
                continue;
            };
            let ours = match encode(&completion, recorded) {
                Ok(ours) => ours,
                Err(error) => {
                    findings.push(format!("{}: {error:?}", exchange.name));
                    continue;
                }
            };
            for key in keys(recorded, &ours) {
                let (recorded, mine) = (&recorded[&key], &ours[&key]);
                if recorded == mine {
                    continue;
                }
                match allowed(&exchange.name, &key, recorded, mine) {
                    Some(reason) => *allowances.entry(reason).or_default() += 1,
                    None => findings.push(format!(
                        "{}: {key}: recorded {}, ours {}",
                        exchange.name,
                        short(&recorded.to_string()),
                        short(&mine.to_string())
                    )),
                }
            }
        }
    }
    for (reason, count) in allowances {
        println!("  second turn: {count} × {reason}");
    }
    report("second turns", checked, 88, &findings);
}

/// Each exchange whose reply a later request of the case hands back, with that message.
fn handed_back(case: &Case) -> Vec<(&Exchange, &Value)> {
    let ours: Vec<&Exchange> =
        case.exchanges.iter().filter(|exchange| exchange.wire == Some(Wire::OpenAi)).collect();
    let mut out = Vec::new();
    for (position, exchange) in ours.iter().enumerate().filter(|(_, exchange)| !exchange.is_error()) {
        let asked = messages(exchange);
        let later = ours.iter().skip(position + 1).filter_map(|later| messages(later).get(asked.len()));
        let message = later.into_iter().find(|message| message["role"] == "assistant");
        let other = NOT_HANDED_BACK.iter().any(|(name, _)| *name == exchange.name);
        if let Some(message) = message.filter(|_| !other) {
            out.push((*exchange, message));
        }
    }
    out
}

fn messages(exchange: &Exchange) -> &[Value] {
    exchange.request["messages"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn decode(exchange: &Exchange) -> Option<ChatCompletion> {
    let model = exchange.model();
    match exchange.stream() {
        Some(text) => {
            let bytes = Bytes::copy_from_slice(text);
            let outcome = drive::stream(Wire::OpenAi, &model, [bytes]);
            outcome.error.is_none().then_some(outcome.completion)
        }
        None => dialect(Wire::OpenAi).decode_chat(&exchange.body(), &model).ok(),
    }
}

/// What we send for a reply: its message as JSON, read as a message, encoded.
fn encode(completion: &ChatCompletion, recorded: &Value) -> roocode::Result<Value> {
    let message = serde_json::to_value(&completion.choices.first().expect("a choice").message).unwrap();
    let request = json!({"model": "model", "messages": [{"role": "user", "content": "Go on."}, message]});
    let request = ChatRequest::from_value(request)?;
    let quirks = Quirks { reasoning_replay: replay(recorded), ..Quirks::default() };
    let context =
        EncodeContext { model: "model", stream: false, unsupported: Unsupported::Error, quirks: &quirks };
    let body = dialect(Wire::OpenAi).encode_chat(&request, &context)?.body;
    Ok(body["messages"][1].clone())
}

/// The field in which the recorded client hands reasoning back.
fn replay(recorded: &Value) -> ReasoningReplay {
    if recorded.get("reasoning_details").is_some() {
        ReasoningReplay::ReasoningDetails
    } else if recorded.get("reasoning_content").is_some() {
        ReasoningReplay::ReasoningContent
    } else if recorded.get("reasoning").is_some() {
        ReasoningReplay::Reasoning
    } else {
        ReasoningReplay::None
    }
}

fn keys(recorded: &Value, ours: &Value) -> Vec<String> {
    let mut keys: Vec<String> = [recorded, ours]
        .iter()
        .flat_map(|message| message.as_object().into_iter().flatten().map(|(key, _)| key.clone()))
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// A later request has an assistant's message there, but not this reply.
const NOT_HANDED_BACK: &[(&str, &str)] = &[
    (
        "azure/crewai-utilities-testazurestructuredplanning-test-azure-research-workflow-generates-steps#0",
        "the next request goes on from another conversation of the same agent",
    ),
    ("groq/rig-prompt-caching-streaming-probe#0", "the test writes the history itself"),
    ("groq/rig-prompt-caching-streaming-probe#1", "the test writes the history itself"),
    ("groq/pydantic-ai-test-groq-test-tool-use-failed-error-streaming-with-text#0", "ended in an error"),
    ("groq/pydantic-ai-test-groq-test-tool-use-failed-error-streaming#0", "ended in an error"),
];

/// The service gave the calls of these no ids.
const MADE_UP_IDS: &[&str] =
    &["gemini/pydantic-ai-test-openai-test-compatible-api-with-tool-calls-without-id#0"];

/// Where the recorded client handed back something else than it had got, one by one.
const CHANGED_BY_THE_CLIENT: &[(&str, &str, &str)] = &[
    ("avian/fantasy-avian-kimi-thinking-streaming#0", "content", "fantasy kept one piece of three blanks"),
    ("openrouter/fantasy-glm-multi-tool-streaming#0", "reasoning_details", "fantasy lost the first piece"),
    ("openrouter/fantasy-grok-multi-tool#0", "reasoning_details", "fantasy lost summary and encrypted data"),
    (
        "openrouter/fantasy-grok-tool-streaming#0",
        "reasoning_details",
        "fantasy made the summary a text, without the encrypted data",
    ),
    (
        "vercel_gateway/fantasy-gemini-3-pro-preview-thinking-streaming#0",
        "reasoning_details",
        "fantasy kept the encrypted block alone",
    ),
    (
        "vercel_gateway/fantasy-gemini-3-pro-preview-thinking#0",
        "reasoning_details",
        "fantasy added an empty encrypted block",
    ),
];

/// Why a difference in one field of the message means the same.
fn allowed(exchange: &str, key: &str, recorded: &Value, ours: &Value) -> Option<&'static str> {
    let empty = |value: &Value| value.is_null() || *value == "" || *value == json!([]);
    let changed = CHANGED_BY_THE_CLIENT.iter().find(|(name, of, _)| *name == exchange && *of == key);
    if let Some((_, _, reason)) = changed {
        return Some(reason);
    }
    if empty(recorded) && empty(ours) {
        return Some("empty, null and absent mean the same");
    }
    match key {
        "prefix" if *recorded == false => {
            Some("Mistral's own client always sends prefix: false, its default")
        }
        "content" if is_one_text_part(recorded, ours) => Some("a text and a list of one text mean the same"),
        "content" if recorded.as_str().is_some_and(|text| text.starts_with("<think>\n")) => {
            recorded.as_str().is_some_and(|text| text.ends_with(ours.as_str().unwrap_or_default())).then_some(
                "pydantic-ai puts reasoning in front of the content, in tags; the service takes a field",
            )
        }
        "reasoning" if ours.is_null() => Some("the text beside reasoning_details repeats it"),
        "extra_content" | "thought_signature" if recorded.is_null() => {
            Some("Gemini's signature has to be handed back; the recorded client dropped it")
        }
        "tool_calls" if MADE_UP_IDS.contains(&exchange) && without_ids(recorded) == without_ids(ours) => {
            Some("the service gave the call no id: the recorded client made one up, and so do we")
        }
        "tool_calls" if calls(recorded) == calls(ours) => {
            Some("arguments as other text of equal JSON; list positions and cache marks of the client's")
        }
        _ => None,
    }
}

fn is_one_text_part(recorded: &Value, ours: &Value) -> bool {
    recorded.as_array().is_some_and(
        |parts| matches!(parts.as_slice(), [part] if part["type"] == "text" && part["text"] == *ours),
    )
}

fn without_ids(recorded: &Value) -> Vec<Value> {
    let mut calls = calls(recorded);
    for call in &mut calls {
        assert!(call["id"].as_str().is_some_and(|id| !id.is_empty()), "a call without an id");
        call["id"] = Value::Null;
    }
    calls
}

/// Calls, reduced to what they mean.
fn calls(calls: &Value) -> Vec<Value> {
    let reduced = calls.as_array().into_iter().flatten().map(|call| {
        let mut call = call.clone();
        let fields = call.as_object_mut().expect("a call");
        fields.retain(|key, _| key != "index" && key != "cache_control");
        let arguments = parse_arguments(call["function"]["arguments"].as_str().unwrap_or_default());
        call["function"]["arguments"] = arguments;
        call
    });
    reduced.collect()
}
