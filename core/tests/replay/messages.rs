//! Anthropic's Messages as a surface: every recorded exchange of its wire, requests, replies, streams and errors.
//!
//! The referee is the recorded JSON itself: what goes out is what was recorded, and what comes in passes as it
//! came. What a stream adds up to is compared with what [`fold`] makes of its text.

use bytes::Bytes;
use roocode::dialects::anthropic::{Anthropic, MessageEvents};
use roocode::dialects::{EncodeContext, Quirks, Unsupported, decode, encode};
use roocode::types::chat::Usage;
use roocode::types::messages::{MessageEvent, MessageSum};
use roocode::types::operation::{Answer, Operation, Request, StreamItem};
use serde_json::Value;

use crate::cases::{self, Exchange, Wire};
use crate::expected::{report, short};
use crate::fold::{self, Folded};
use crate::surfaces::{events, same_where_cut};

/// The exchanges of the wire: those of its chats.
fn replayed() -> Vec<&'static Exchange> {
    let all = cases::replayed().into_iter();
    all.filter(|(_, _, wire)| *wire == Wire::Anthropic).map(|(_, exchange, _)| exchange).collect()
}

fn read(exchange: &Exchange) -> Result<Request, roocode::Error> {
    Request::from_fields(Operation::Messages, exchange.request.as_object().unwrap().clone())
}

#[test]
fn every_recorded_request_is_sent_as_it_was() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        checked += 1;
        let request = match read(exchange) {
            Ok(request) => request,
            // What the service refused we may refuse before.
            Err(_) if exchange.is_error() => continue,
            Err(error) => {
                findings.push(format!("{}: {error}", exchange.name));
                continue;
            }
        };
        let (quirks, model) = (Quirks::default(), exchange.model());
        let context = EncodeContext {
            model: &model,
            stream: request.asks_for_stream(),
            unsupported: Unsupported::Error,
            quirks: &quirks,
        };
        let mut encoded = encode(&Anthropic, &request, &context).unwrap();
        assert_eq!(encoded.path, "/messages");
        if exchange.request.get("model").is_none() {
            // Bedrock and Vertex AI have it in the path; their hooks take it out of the body.
            encoded.body.shift_remove("model");
        }
        let sent = Value::Object(encoded.body);
        if sent != exchange.request || !encoded.translation.is_empty() {
            findings.push(format!("{}: {} for {}", exchange.name, short(&sent), short(&exchange.request)));
        }
    }
    report("requests for messages", checked, 60, &findings);
}

#[test]
fn every_recorded_reply_passes_as_it_came() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let Some(raw) = exchange.plain() else { continue };
        checked += 1;
        let answer = decode(&Anthropic, &read(exchange).unwrap(), &exchange.body(), &exchange.model());
        match answer.map(Answer::into_message) {
            Ok(Some(message)) => {
                let ours = serde_json::to_value(&message).unwrap();
                findings.extend((ours != *raw).then(|| format!("{}: {}", exchange.name, short(&ours))));
                findings.extend(counted(raw, message.usage.as_ref(), &exchange.name));
            }
            other => findings.push(format!("{}: {other:?}", exchange.name)),
        }
    }
    report("messages", checked, 25, &findings);
}

/// The usage in a chat's words against the wire's, which counts cached input apart.
fn counted(raw: &Value, usage: Option<&Usage>, name: &str) -> Option<String> {
    let count = |field: &str| raw["usage"][field].as_u64();
    let names = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"];
    let input: u64 = names.into_iter().filter_map(count).sum();
    let theirs = (input, count("output_tokens").unwrap_or_default(), count("cache_read_input_tokens"));
    let ours = usage.map(|usage| {
        let cached = usage.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
        (usage.prompt_tokens, usage.completion_tokens, cached)
    });
    (ours != Some(theirs)).then(|| format!("{name}: {ours:?} tokens for {}", raw["usage"]))
}

#[test]
fn every_recorded_stream_passes_as_it_came_however_it_is_cut_and_adds_up_to_its_message() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for (number, exchange) in replayed().into_iter().enumerate() {
        let Some(text) = exchange.stream() else { continue };
        checked += 1;
        let mut find = |line: String| findings.push(format!("{}: {line}", exchange.name));
        let (model, bytes) = (exchange.model(), Bytes::from_static(text));
        let machine = || MessageEvents::new(&model);
        let whole = events(machine(), [bytes.clone()]);
        let (whole, folded) = match (whole, fold::stream(Wire::Anthropic, text)) {
            (Ok(whole), Folded::Response(folded)) => (whole, folded),
            (Err(_), Folded::Error { .. }) => continue,
            (whole, folded) => {
                find(format!("{whole:?} for {folded:?}"));
                continue;
            }
        };
        let raw = fold::events(text);
        if whole.len() != raw.len() {
            find(format!("{} events for {}", whole.len(), raw.len()));
        }
        if !same_where_cut(machine, &whole, &bytes, number as u64) {
            find("other events where it is cut".to_owned());
        }
        let mut of_text: Vec<MessageEvent> =
            whole.into_iter().map(|item| StreamItem::into_message_event(item).unwrap()).collect();
        let message = of_text.last_mut().unwrap().message.take().unwrap();
        for (event, raw) in of_text.iter().zip(&raw) {
            if serde_json::to_value(event).unwrap() != *raw {
                find(format!("{} for {}", short(event), short(raw)));
            }
        }
        let ours = serde_json::to_value(&*message).unwrap();
        if ours != folded {
            find(format!("adds up to {} for {}", short(&ours), short(&folded)));
        }
        if let Some(line) = counted(&folded, message.usage.as_ref(), "usage") {
            find(line);
        }
        // Who adds the events up himself comes to the same.
        let mut sum = MessageSum::default();
        of_text.iter().for_each(|event| sum.add(event));
        if sum.message().fields != message.fields {
            find("another sum of its events".to_owned());
        }
    }
    report("streams of messages", checked, 20, &findings);
}
