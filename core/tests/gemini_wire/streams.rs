//! Streamed responses.

use roocode::dialects::Dialect;
use roocode::dialects::gemini::Gemini;
use roocode::transport::framing::Frame;
use roocode::types::chat::{Accumulator, ChatCompletion};
use serde_json::{Map, Value, json};

use super::decoding::{compare, second_turn};
use super::recordings::{Exchange, exchanges};

/// Left out, each with its reason.
const LEFT_OUT: [(&str, &str); 1] = [(
    "gemini/llm-gemini-test-gemini-test-nested-model-optional#0",
    "asked without alt=sse: a JSON list instead of events, which we never ask for",
)];

fn streams() -> Option<Vec<Exchange>> {
    let all = exchanges()?.into_iter().filter(|exchange| exchange.status == 200 && exchange.is_stream());
    Some(all.filter(|exchange| LEFT_OUT.iter().all(|(name, _)| *name != exchange.name)).collect())
}

fn replay(exchange: &Exchange) -> ChatCompletion {
    let mut stream = Gemini.chat_stream("asked");
    let mut chunks = Vec::new();
    for data in exchange.events() {
        stream.frame(&Frame { event: None, data }, &mut chunks).unwrap();
    }
    stream.end(&mut chunks).unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
    let finishes =
        chunks.iter().flat_map(|chunk| &chunk.choices).filter(|choice| choice.finish_reason.is_some());
    assert_eq!(finishes.count(), 1, "{}", exchange.name);
    assert!(chunks.last().unwrap().usage.is_some(), "{}", exchange.name);
    assert_eq!(chunks.iter().filter(|chunk| chunk.usage.is_some()).count(), 1);
    let mut sum = Accumulator::new();
    for chunk in &chunks {
        sum.add(chunk);
    }
    sum.into_completion()
}

/// The pieces of a stream as the one response they would have been.
fn fold(events: &[Value]) -> Value {
    let mut parts: Vec<Value> = Vec::new();
    let mut candidate = Map::new();
    let mut usage = Map::new();
    let mut whole = Map::new();
    for event in events {
        for (key, value) in event.as_object().unwrap() {
            match key.as_str() {
                "candidates" => {
                    assert_eq!(value.as_array().unwrap().len(), 1);
                    for (key, value) in value[0].as_object().unwrap() {
                        if key == "content" {
                            let pieces = value["parts"].as_array().cloned().unwrap_or_default();
                            let pieces = pieces.into_iter().filter(|part| *part != json!({ "text": "" }));
                            for (position, part) in pieces.enumerate() {
                                let plain = |part: &Value| {
                                    part.get("text").is_some() && part.get("thoughtSignature").is_none()
                                };
                                match parts.last_mut() {
                                    Some(last)
                                        if position == 0
                                            && plain(last)
                                            && plain(&part)
                                            && last.get("thought") == part.get("thought") =>
                                    {
                                        let text = format!(
                                            "{}{}",
                                            last["text"].as_str().unwrap(),
                                            part["text"].as_str().unwrap()
                                        );
                                        last["text"] = text.into();
                                    }
                                    _ => parts.push(part),
                                }
                            }
                        } else {
                            candidate.insert(key.clone(), value.clone());
                        }
                    }
                }
                "usageMetadata" => {
                    // The last one that counts stands, not a mixture.
                    if value.get("totalTokenCount").is_some() {
                        usage.retain(|key, _| key == "trafficType");
                    }
                    usage.extend(value.as_object().unwrap().clone());
                }
                _ => {
                    whole.insert(key.clone(), value.clone());
                }
            }
        }
    }
    candidate.insert("content".to_owned(), json!({ "role": "model", "parts": parts }));
    whole.insert("candidates".to_owned(), json!([candidate]));
    whole.insert("usageMetadata".to_owned(), usage.into());
    whole.into()
}

#[test]
fn every_recorded_stream_sums_up_to_its_whole_form() {
    let Some(streams) = streams() else { return };
    for exchange in &streams {
        let events: Vec<Value> =
            exchange.events().iter().map(|data| serde_json::from_slice(data).unwrap()).collect();
        let whole = fold(&events);
        let sum = replay(exchange);
        compare(&exchange.name, &whole, &sum);
        let plain = Gemini.decode_chat(&whole.to_string().into(), "asked").unwrap();
        assert_eq!(sum, plain, "{}", exchange.name);
        assert_eq!(second_turn(&sum.choices[0].message), whole["candidates"][0]["content"]["parts"]);
    }
    println!("{} streams replayed", streams.len());
    for (name, reason) in LEFT_OUT {
        println!("left out: {name}: {reason}");
    }
    assert!(streams.len() >= 25, "{}", streams.len());
}

#[test]
fn a_stream_cut_before_its_end_is_truncated() {
    let Some(streams) = streams() else { return };
    for exchange in &streams {
        let mut stream = Gemini.chat_stream("asked");
        let mut chunks = Vec::new();
        let events = exchange.events();
        for data in events[..events.len() - 1].iter().cloned() {
            stream.frame(&Frame { event: None, data }, &mut chunks).unwrap();
        }
        let error = stream.end(&mut chunks).unwrap_err();
        assert_eq!(error.kind, roocode::ErrorKind::ApiConnection, "{}", exchange.name);
    }
}
