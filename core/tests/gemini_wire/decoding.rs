//! Whole responses and errors.

use http::{HeaderMap, StatusCode};
use roocode::ErrorKind;
use roocode::dialects::Dialect;
use roocode::dialects::gemini::Gemini;
use roocode::types::chat::{ChatCompletion, ChatMessage, Message};
use serde_json::{Value, json};

use super::recordings::{Exchange, encode, exchanges};

fn whole() -> Option<Vec<Exchange>> {
    Some(
        exchanges()?.into_iter().filter(|exchange| exchange.status == 200 && !exchange.is_stream()).collect(),
    )
}

#[test]
fn every_recorded_reply_decodes_to_what_it_says() {
    let Some(exchanges) = whole() else { return };
    let (mut decoded, mut blocked) = (0, 0);
    for exchange in exchanges {
        let wire = exchange.body.as_ref().unwrap();
        if wire.get("candidates").is_none() {
            let error = Gemini.decode_chat(&exchange.bytes(), "asked").unwrap_err();
            assert_eq!(error.kind, ErrorKind::ContentPolicy, "{}", exchange.name);
            assert_eq!(error.code.as_deref(), wire["promptFeedback"]["blockReason"].as_str());
            assert_eq!(error.body.as_ref(), Some(wire));
            blocked += 1;
            continue;
        }
        let reply = Gemini.decode_chat(&exchange.bytes(), "asked").unwrap();
        compare(&exchange.name, wire, &reply);
        decoded += 1;
    }
    println!("{decoded} replies decoded, {blocked} blocked prompt");
    assert!(decoded >= 40 && blocked == 1);
}

/// Compares a reply with a plain extraction from the wire.
pub fn compare(name: &str, wire: &Value, reply: &ChatCompletion) {
    assert_eq!(reply.id, wire["responseId"].as_str().unwrap(), "{name}");
    assert_eq!(reply.model, wire["modelVersion"].as_str().unwrap(), "{name}");
    assert_eq!(reply.created != 0, wire.get("createTime").is_some(), "{name}");
    let candidates = wire["candidates"].as_array().unwrap();
    assert_eq!(reply.choices.len(), candidates.len(), "{name}");
    for (choice, candidate) in reply.choices.iter().zip(candidates) {
        let empty = Vec::new();
        let parts = candidate["content"]["parts"].as_array().unwrap_or(&empty);
        let mut text = String::new();
        let mut thoughts = String::new();
        let mut calls = Vec::new();
        for part in parts {
            match (part["text"].as_str(), part["thought"].as_bool()) {
                (Some(thought), Some(true)) => thoughts += thought,
                (Some(piece), _) => text += piece,
                (None, _) if part.get("functionCall").is_some() => calls.push(part),
                _ => {}
            }
        }
        let message = &choice.message;
        assert_eq!(message.content.as_deref().unwrap_or(""), text, "{name}");
        assert_eq!(message.reasoning_content.as_deref().unwrap_or(""), thoughts, "{name}");
        let tool_calls = message.tool_calls.as_deref().unwrap_or_default();
        assert_eq!(tool_calls.len(), calls.len(), "{name}");
        for (call, part) in tool_calls.iter().zip(calls) {
            assert_eq!(call.function.name, part["functionCall"]["name"].as_str().unwrap());
            let args = &part["functionCall"]["args"];
            assert_eq!(call.function.arguments, args.to_string(), "{name}: order and numbers as they came");
            assert!(!call.id.is_empty());
            if let Some(id) = part["functionCall"]["id"].as_str() {
                assert_eq!(call.id, id);
            }
            let signature =
                call.extra.get("extra_content").map(|extra| &extra["google"]["thought_signature"]);
            assert_eq!(signature, part.get("thoughtSignature"), "{name}");
        }
        let finish = choice.finish_reason.as_ref().map(|finish| finish.as_str());
        let expected = match &candidate["finishReason"] {
            Value::String(native) if native == "STOP" && !tool_calls.is_empty() => "tool_calls".to_owned(),
            Value::String(native) if native == "STOP" => "stop".to_owned(),
            Value::String(native) if native == "SAFETY" => "content_filter".to_owned(),
            Value::String(native) => native.clone(),
            // One recording asked for numbers instead of names (`enum-encoding=int`), which we never do.
            number => number.to_string(),
        };
        assert_eq!(finish, Some(expected.as_str()), "{name}");
        for kept in
            ["groundingMetadata", "safetyRatings", "avgLogprobs", "urlContextMetadata", "finishMessage"]
        {
            assert_eq!(choice.provider_fields.get(kept), candidate.get(kept), "{name}: {kept}");
        }
        check_annotations(name, candidate, message);
        if let Some(chosen) = candidate["logprobsResult"]["chosenCandidates"].as_array() {
            let content = choice.logprobs.as_ref().unwrap().content.as_ref().unwrap();
            assert_eq!(content.len(), chosen.len());
            for (ours, wire) in content.iter().zip(chosen) {
                assert_eq!(json!(ours.token), wire["token"]);
                assert_eq!(ours.provider_fields["tokenId"], wire["tokenId"]);
                assert_eq!(json!(ours.logprob), wire["logProbability"]);
            }
        }
    }
    check_usage(name, &wire["usageMetadata"], reply);
}

fn check_annotations(name: &str, candidate: &Value, message: &ChatMessage) {
    let empty = Vec::new();
    let supports = candidate["groundingMetadata"]["groundingSupports"].as_array().unwrap_or(&empty);
    let pairs: Vec<(&Value, &Value)> = supports
        .iter()
        .flat_map(|support| {
            let indices = support["groundingChunkIndices"].as_array().unwrap();
            indices.iter().map(move |index| (support, index))
        })
        .collect();
    let annotations = message.annotations.as_deref().unwrap_or_default();
    assert_eq!(annotations.len(), pairs.len(), "{name}");
    let characters: Vec<char> = message.content.as_deref().unwrap_or("").chars().collect();
    for (annotation, (support, index)) in annotations.iter().zip(pairs) {
        let chunk = &candidate["groundingMetadata"]["groundingChunks"][index.as_u64().unwrap() as usize];
        let (start, end) = match &annotation.url_citation {
            Some(citation) => {
                assert_eq!(citation.url.as_deref(), chunk["web"]["uri"].as_str(), "{name}");
                assert_eq!(citation.title.as_deref(), chunk["web"]["title"].as_str(), "{name}");
                (citation.start_index.unwrap(), citation.end_index.unwrap())
            }
            None => {
                let document = &annotation.provider_fields["document_citation"];
                assert_eq!(document["retrievedContext"], chunk["retrievedContext"]);
                (document["start_index"].as_u64().unwrap(), document["end_index"].as_u64().unwrap())
            }
        };
        let cited: String = characters[start as usize..end as usize].iter().collect();
        assert_eq!(cited, support["segment"]["text"].as_str().unwrap(), "{name}");
    }
}

fn check_usage(name: &str, wire: &Value, reply: &ChatCompletion) {
    let count = |key: &str| wire[key].as_u64().unwrap_or(0);
    let usage = reply.usage.as_ref().unwrap_or_else(|| panic!("{name}: no usage"));
    assert_eq!(usage.prompt_tokens, count("promptTokenCount") + count("toolUsePromptTokenCount"), "{name}");
    assert_eq!(
        usage.completion_tokens,
        count("candidatesTokenCount") + count("thoughtsTokenCount"),
        "{name}"
    );
    if wire.get("totalTokenCount").is_some() {
        assert_eq!(usage.total_tokens, count("totalTokenCount"), "{name}");
        if wire.get("promptTokenCount").is_some() {
            assert_eq!(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, "{name}");
        }
    }
    let reasoning = usage.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
    assert_eq!(reasoning, wire["thoughtsTokenCount"].as_u64(), "{name}");
    let cached = usage.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
    assert_eq!(cached, wire["cachedContentTokenCount"].as_u64(), "{name}");
    for kept in ["cacheTokensDetails", "trafficType"] {
        assert_eq!(usage.provider_fields.get(kept), wire.get(kept), "{name}");
    }
}

#[test]
fn a_second_turn_hands_back_exactly_the_recorded_parts() {
    let Some(exchanges) = whole() else { return };
    let mut replayed = 0;
    for exchange in exchanges {
        let wire = exchange.body.as_ref().unwrap();
        let Ok(reply) = Gemini.decode_chat(&exchange.bytes(), "asked") else { continue };
        for (choice, candidate) in reply.choices.iter().zip(wire["candidates"].as_array().unwrap()) {
            let Some(parts) = candidate["content"].get("parts") else { continue };
            assert_eq!(&second_turn(&choice.message), parts, "{}", exchange.name);
            replayed += 1;
        }
    }
    println!("{replayed} messages handed back");
    assert!(replayed >= 40);
}

/// The parts that a reply's message becomes in the next request, after a way through JSON as a user's language takes it.
pub fn second_turn(message: &ChatMessage) -> Value {
    let text = serde_json::to_string(message).unwrap();
    let message: Message = serde_json::from_str(&text).unwrap();
    let mut messages = vec![json!({ "role": "user", "content": "first" }), json!(message)];
    if let Message::Assistant(message) = &message {
        for call in message.tool_calls.iter().flatten() {
            messages.push(json!({ "role": "tool", "tool_call_id": call.id, "content": "done" }));
        }
    }
    let body = encode(&json!({ "model": "m", "messages": messages }), "gemini-2.5-pro", false).unwrap().body;
    let contents = body["contents"].as_array().unwrap();
    assert_eq!(contents[1]["role"], "model");
    if let Some(answers) = contents.get(2) {
        for (answer, call) in
            answers["parts"].as_array().unwrap().iter().zip(
                contents[1]["parts"].as_array().unwrap().iter().filter_map(|part| part.get("functionCall")),
            )
        {
            assert_eq!(
                answer["functionResponse"].get("id"),
                call.get("id"),
                "an id is sent only where it came"
            );
            assert_eq!(answer["functionResponse"]["name"], call["name"]);
        }
    }
    contents[1]["parts"].clone()
}

#[test]
fn an_edited_message_keeps_the_signatures_of_its_calls() {
    let Some(exchanges) = whole() else { return };
    let mut kept = 0;
    for exchange in exchanges {
        let Ok(reply) = Gemini.decode_chat(&exchange.bytes(), "asked") else { continue };
        let mut message = reply.choices[0].message.clone();
        let Some(calls) = message.tool_calls.clone() else { continue };
        message.content = Some("edited".to_owned());
        let parts = second_turn(&message);
        let sent: Vec<&Value> =
            parts.as_array().unwrap().iter().filter(|part| part.get("functionCall").is_some()).collect();
        assert_eq!(sent.len(), calls.len(), "{}", exchange.name);
        for (part, call) in sent.iter().zip(&calls) {
            let signature =
                call.extra.get("extra_content").map(|extra| &extra["google"]["thought_signature"]);
            assert_eq!(part.get("thoughtSignature"), signature, "{}", exchange.name);
            kept += usize::from(signature.is_some());
        }
        assert!(parts.as_array().unwrap().iter().any(|part| part["text"] == "edited"));
    }
    assert!(kept >= 10, "{kept}");
}

#[test]
fn every_recorded_error_has_its_kind() {
    let Some(exchanges) = exchanges() else { return };
    let mut seen = std::collections::BTreeMap::new();
    for exchange in exchanges.iter().filter(|exchange| exchange.status != 200) {
        let status = StatusCode::from_u16(exchange.status).unwrap();
        let error = Gemini.decode_error(status, &HeaderMap::new(), &exchange.bytes());
        let wire = &exchange.body.as_ref().unwrap()["error"];
        let expected = match (exchange.status, wire["details"][0]["reason"].as_str()) {
            (400, Some("API_KEY_INVALID")) => ErrorKind::Authentication,
            (400, _) => ErrorKind::BadRequest,
            (403, _) => ErrorKind::PermissionDenied,
            (404, _) => ErrorKind::NotFound,
            (429, _) => ErrorKind::RateLimit,
            other => panic!("{}: {other:?}", exchange.name),
        };
        assert_eq!(error.kind, expected, "{}", exchange.name);
        assert_eq!(error.message, wire["message"].as_str().unwrap());
        assert_eq!(error.error_type.as_deref(), wire["status"].as_str());
        assert_eq!(error.status, Some(exchange.status));
        *seen.entry(expected.class_name()).or_insert(0) += 1;
    }
    println!("{seen:?}");
    assert_eq!(seen.values().sum::<i32>(), 12);
}
