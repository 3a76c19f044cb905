//! Responses: every recorded exchange of the API, requests, replies, streams and errors.
//!
//! The referee is the recorded JSON itself: what goes out is what was recorded, and what comes in
//! passes as it came. What a stream adds up to is compared with what its last event says.

use bytes::Bytes;
use roocode::dialects::openai::{OpenAi, ResponseEvents};
use roocode::dialects::{EncodeContext, Quirks, Unsupported, decode, encode};
use roocode::types::chat::Usage;
use roocode::types::operation::{Answer, Operation, Request, StreamItem};
use roocode::types::responses::{ResponseEvent, ResponseSum};
use serde_json::{Map, Value};

use crate::cases::{self, Exchange};
use crate::errors::check_errors;
use crate::expected::{report, short};
use crate::surfaces;

/// The apis whose exchanges are replayed here.
pub const APIS: &[&str] = &[
    "azure.responses",
    "bedrock.mantle_responses",
    "chatgpt.responses",
    "copilot.responses",
    "deepseek.responses",
    "llamacpp.responses",
    "mistralrs.responses",
    "openai.responses",
    "openrouter.responses",
    "xai.responses",
];

/// Apis of this name that are not replayed, each with its reason.
pub const LEFT_OUT: &[(&str, &str)] =
    &[("openai.responses_compact", "a conversation made shorter by the service: no operation of ours")];

/// The least number of cases by api.
pub const LEAST: &[(&str, usize)] = &[
    ("azure.responses", 6),
    ("bedrock.mantle_responses", 2),
    ("chatgpt.responses", 1),
    ("copilot.responses", 2),
    ("deepseek.responses", 4),
    ("llamacpp.responses", 1),
    ("mistralrs.responses", 1),
    ("openai.responses", 27),
    ("openrouter.responses", 3),
    ("xai.responses", 9),
];

fn replayed() -> Vec<&'static Exchange> {
    cases::of_apis(APIS)
}

fn read(exchange: &Exchange) -> Request {
    let fields = exchange.request.as_object().unwrap().clone();
    Request::from_fields(Operation::Responses, fields).unwrap()
}

#[test]
fn every_recorded_request_is_sent_as_it_was() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        checked += 1;
        let request = read(exchange);
        let (quirks, model) = (Quirks::default(), exchange.model());
        let context = EncodeContext {
            model: &model,
            stream: request.asks_for_stream(),
            unsupported: Unsupported::Error,
            quirks: &quirks,
        };
        let encoded = encode(&OpenAi, &request, &context).unwrap();
        if !exchange.path.ends_with(&encoded.path) {
            findings.push(format!("{}: path {}", exchange.name, encoded.path));
        }
        let recorded = without_nulls(&exchange.request);
        if Value::Object(encoded.body.clone()) != recorded || !encoded.translation.is_empty() {
            findings.push(format!("{}: {} for {recorded}", exchange.name, short(&encoded.body)));
        }
    }
    report("requests for responses", checked, 90, &findings);
}

/// Without the nulls of its own fields: what says nothing need not be sent.
fn without_nulls(body: &Value) -> Value {
    let fields = body.as_object().unwrap();
    fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[test]
fn every_recorded_reply_passes_as_it_came() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let Some(raw) = exchange.plain() else { continue };
        checked += 1;
        let answer = decode(&OpenAi, &read(exchange), &exchange.body(), &exchange.model());
        let response = match answer.map(Answer::into_response) {
            Ok(Some(response)) => response,
            other => {
                findings.push(format!("{}: {other:?}", exchange.name));
                continue;
            }
        };
        findings.extend(differences(raw, &serde_json::to_value(&response).unwrap(), &exchange.name));
        findings.extend(counted(raw, response.usage.as_ref(), &exchange.name));
    }
    report("responses", checked, 30, &findings);
}

/// All fields as they came, and all text of the output.
fn differences(raw: &Value, ours: &Value, name: &str) -> Vec<String> {
    let mut expected = raw.clone();
    expected["output_text"] = text_of(raw).into();
    let mut found = Vec::new();
    for (field, value) in expected.as_object().unwrap() {
        if ours.get(field) != Some(value) {
            found.push(format!("{name}: {field}: {} for {}", short(&ours.get(field)), short(&value)));
        }
    }
    found
}

fn text_of(response: &Value) -> String {
    let mut text = String::new();
    for item in response["output"].as_array().into_iter().flatten().filter(|item| item["type"] == "message") {
        for part in item["content"].as_array().into_iter().flatten() {
            text.push_str(part["text"].as_str().unwrap_or_default());
        }
    }
    text
}

fn counted(raw: &Value, usage: Option<&Usage>, name: &str) -> Option<String> {
    let counts = &raw["usage"];
    if counts.is_null() {
        return usage.map(|usage| format!("{name}: usage out of nothing: {usage:?}"));
    }
    let details = |usage: &Usage| {
        let cached = usage.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
        let reasoning = usage.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
        (cached, reasoning)
    };
    let ours =
        usage.map(|usage| (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens, details(usage)));
    let count = |field: &str| counts[field].as_u64().unwrap_or_default();
    let cached = counts["input_tokens_details"]["cached_tokens"].as_u64();
    let reasoning = counts["output_tokens_details"]["reasoning_tokens"].as_u64();
    let theirs = (count("input_tokens"), count("output_tokens"), count("total_tokens"), (cached, reasoning));
    (ours != Some(theirs)).then(|| format!("{name}: {ours:?} tokens for {counts}"))
}

/// The events of a stream as it was recorded.
fn events(model: &str, bytes: Bytes) -> Result<Vec<StreamItem>, roocode::Error> {
    surfaces::events(ResponseEvents::new(model), [bytes])
}

fn of_response(items: Vec<StreamItem>) -> Vec<ResponseEvent> {
    items.into_iter().filter_map(StreamItem::into_event).collect()
}

/// The events as the text has them.
fn recorded(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
    data.filter_map(|data| serde_json::from_str(data.trim()).ok()).collect()
}

#[test]
fn every_recorded_stream_passes_as_it_came_however_it_is_cut() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for (number, exchange) in replayed().into_iter().enumerate() {
        let Some(text) = exchange.stream() else { continue };
        checked += 1;
        let (model, bytes) = (exchange.model(), Bytes::from_static(text));
        let whole = match events(&model, bytes.clone()) {
            Ok(whole) => whole,
            Err(error) => {
                findings.push(format!("{}: {error:?}", exchange.name));
                continue;
            }
        };
        if !surfaces::same_where_cut(|| ResponseEvents::new(&model), &whole, &bytes, number as u64) {
            findings.push(format!("{}: other events where it is cut", exchange.name));
        }
        let (whole, raw) = (of_response(whole), recorded(text));
        if whole.len() != raw.len() {
            findings.push(format!("{}: {} events for {}", exchange.name, whole.len(), raw.len()));
        }
        let (last, others) = whole.split_last().unwrap();
        for (event, raw) in others.iter().zip(&raw) {
            if serde_json::to_value(event).unwrap() != *raw {
                findings.push(format!("{}: {} for {}", exchange.name, short(event), short(raw)));
            }
        }
        let (ours, raw) = (serde_json::to_value(last).unwrap(), raw.last().unwrap());
        findings.extend(differences(&raw["response"], &ours["response"], &exchange.name));
        let response = last.response.as_ref().unwrap();
        findings.extend(counted(&raw["response"], response.usage.as_ref(), &exchange.name));
    }
    report("streams of responses", checked, 49, &findings);
}

/// What was said before the last event adds up to what that says; with the whole items that are
/// told on the way, and with the pieces alone.
#[test]
fn every_recorded_stream_adds_up_to_its_response() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let Some(text) = exchange.stream() else { continue };
        checked += 1;
        let all = of_response(events(&exchange.model(), Bytes::from_static(text)).unwrap());
        let (last, others) = all.split_last().unwrap();
        let last = last.response.as_ref().unwrap();
        let (mut sum, mut of_pieces) = (ResponseSum::default(), ResponseSum::default());
        for event in others {
            sum.add(event);
            if !event.event_type().ends_with(".done") {
                of_pieces.add(event);
            }
        }
        // Copilot and one more give each event's items other ids than the last event's.
        let plain = |items: &[Value]| -> Vec<Value> { items.iter().map(without_ids).collect() };
        let (ours, theirs) = (sum.response(), plain(last.output()));
        if plain(ours.output()) != theirs && !theirs.is_empty() {
            findings.push(format!("{}: {} for {}", exchange.name, short(&ours.output()), short(&theirs)));
        }
        let of_pieces = of_pieces.response();
        if of_pieces.output_text() != last.output_text() && !theirs.is_empty() {
            findings.push(format!("{}: text {}", exchange.name, short(&of_pieces.output_text())));
        }
        let arguments = |items: &[Value]| -> Vec<Value> {
            let calls = items.iter().filter(|item| item["type"] == "function_call");
            calls.map(|item| item["arguments"].clone()).collect()
        };
        if arguments(of_pieces.output()) != arguments(last.output()) && !theirs.is_empty() {
            findings.push(format!("{}: arguments {}", exchange.name, short(&of_pieces.output())));
        }
    }
    report("sums of streams of responses", checked, 49, &findings);
}

fn without_ids(item: &Value) -> Value {
    let mut fields: Map<String, Value> = item.as_object().unwrap().clone();
    fields.retain(|name, _| name != "id" && name != "encrypted_content");
    Value::Object(fields)
}

#[test]
fn every_recorded_error_gives_its_kind_and_keeps_its_body() {
    let exchanges = replayed().into_iter().map(|exchange| (exchange, &OpenAi as _));
    check_errors("errors of responses", 8, exchanges);
}
