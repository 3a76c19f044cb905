//! Tools whose names a wire refuses, through a whole client: sent under another name, and given their own back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use roocode::testing::MockTransport;
use roocode::types::operation::{Operation, StreamItem};
use roocode::types::trace::TranslationAction;
use roocode::{Client, ErrorKind};
use serde_json::{Value, json};

const OWN: &str = "weather/get";
/// A hash is in it: the same in every version, or conversations leave the providers' caches.
const SENT: &str = "weather_get_5ab02111";

const KINDS: [&str; 6] = ["anthropic", "bedrock", "cohere", "gemini", "openai", "azure"];

fn client(scripts: Value) -> (Client, Arc<MockTransport>) {
    let provider = |kind: &str| {
        let mut provider = support::provider(kind);
        match kind {
            "bedrock" => provider["region"] = "eu-west-1".into(),
            "azure" => provider["variables"] = json!({ "resource": "r", "api_version": "v1" }),
            _ => {}
        }
        provider
    };
    let providers: Vec<Value> = KINDS.into_iter().map(provider).collect();
    support::client(scripts, json!({ "providers": providers, "max_retries": 0 }))
}

/// What a model answers that calls the tool by the name that it was told.
fn calls() -> Value {
    let call = json!({ "id": "call_1", "name": SENT, "arguments": { "city": "Paris" } });
    json!([{ "reply": { "content": "I look.", "tool_calls": [call] } }])
}

fn tool() -> Value {
    json!({ "type": "function", "function": { "name": OWN, "description": "d",
            "parameters": { "type": "object", "properties": {} } } })
}

fn request(kind: &str) -> Value {
    json!({ "model": format!("{kind}/m"), "tools": [tool()], "tool_choice": "required",
            "messages": [{ "role": "user", "content": "Weather?" }] })
}

#[tokio::test]
async fn every_wire_is_told_another_name_and_the_caller_reads_his_own() {
    for kind in KINDS {
        let (client, transport) = client(calls());
        let call = client.call(request(kind), Value::Null).unwrap();
        let completion = client.chat(call).await.unwrap().completion;
        let sent = transport.requests()[0].body.to_string();
        assert!(sent.contains(SENT) && !sent.contains(OWN), "{kind}: {sent}");
        let message = completion.choices[0].message.clone();
        assert_eq!(message.tool_calls.as_ref().unwrap()[0].function.name, OWN, "{kind}");
        let route = completion.route.unwrap();
        let note = route.translation.iter().find(|note| note.action == TranslationAction::Renamed).unwrap();
        assert!(note.detail.contains(OWN) && note.detail.contains(SENT), "{note:?}");

        // The next turn says it as the first did.
        let mut next = request(kind);
        next["tool_choice"] = json!({ "type": "function", "function": { "name": OWN } });
        let result = json!({ "role": "tool", "tool_call_id": message.tool_calls.as_ref().unwrap()[0].id,
                             "name": OWN, "content": "sunny" });
        let messages = next["messages"].as_array_mut().unwrap();
        messages.extend([serde_json::to_value(&message).unwrap(), result]);
        client.chat(client.call(next, Value::Null).unwrap()).await.unwrap();
        let sent = transport.requests()[1].body.to_string();
        assert!(
            sent.contains("sunny") && sent.matches(SENT).count() >= 2 && !sent.contains(OWN),
            "{kind}: {sent}"
        );
    }
}

#[tokio::test]
async fn streams_give_it_back_too() {
    for kind in KINDS {
        let (client, _) = client(calls());
        let call = client.call(request(kind), Value::Null).unwrap();
        let mut stream = client.chat_stream(call).await.unwrap();
        let mut names = Vec::new();
        while let Some(chunks) = stream.next_batch().await {
            for choice in chunks.unwrap().into_iter().flat_map(|chunk| chunk.choices) {
                let calls = choice.delta.tool_calls.into_iter().flatten();
                names.extend(calls.filter_map(|call| call.function?.name).filter(|name| !name.is_empty()));
            }
        }
        assert_eq!(names, [OWN], "{kind}");
        let sum = stream.partial();
        assert_eq!(sum.choices[0].message.tool_calls.as_ref().unwrap()[0].function.name, OWN, "{kind}");
    }
}

#[tokio::test]
async fn responses_give_it_back_where_they_are_asked_for_and_where_a_chat_stands_for_them() {
    for kind in ["openai", "anthropic"] {
        let (client, transport) = client(calls());
        let tool =
            json!({ "type": "function", "name": OWN, "parameters": { "type": "object", "properties": {} } });
        let body = json!({ "model": format!("{kind}/m"), "input": "Weather?", "tools": [tool] });
        let call = client.call_of(Operation::Responses, body.clone(), Value::Null).unwrap();
        let response = client.ask(call).await.unwrap().answer.into_response().unwrap();
        let sent = transport.requests()[0].body.to_string();
        assert!(sent.contains(SENT) && !sent.contains(OWN), "{kind}: {sent}");
        let call = response.output().iter().find(|item| item["type"] == "function_call").unwrap();
        assert_eq!(call["name"], OWN, "{kind}");

        let mut next = body.clone();
        let result = json!({ "type": "function_call_output", "call_id": call["call_id"], "output": "sunny" });
        next["input"] = json!([{ "role": "user", "content": "Weather?" }, call, result]);
        let call = client.call_of(Operation::Responses, next, Value::Null).unwrap();
        client.ask(call).await.unwrap();
        let sent = transport.requests()[1].body.to_string();
        assert!(sent.matches(SENT).count() == 2 && !sent.contains(OWN), "{kind}: {sent}");

        let call = client.call_of(Operation::Responses, body, Value::Null).unwrap();
        let mut stream = client.stream(call).await.unwrap();
        let mut said = String::new();
        while let Some(items) = stream.next_batch().await {
            let events = items.unwrap().into_iter().filter_map(StreamItem::into_event);
            let events = events.filter(|event| event.response.is_none());
            events.for_each(|event| said += &serde_json::to_string(&event).unwrap());
        }
        assert!(said.contains(OWN) && !said.contains(SENT), "{kind}: {said}");
    }
}

#[tokio::test]
async fn counts_are_told_the_same_and_batches_refuse_what_they_could_not_give_back() {
    let (client, transport) = client(json!([]));
    let call = client.call_of(Operation::CountTokens, request("anthropic"), Value::Null).unwrap();
    client.ask(call).await.unwrap();
    assert!(transport.requests()[0].body.to_string().contains(SENT));
    for kind in ["openai", "anthropic"] {
        let mut item = request(kind);
        item.as_object_mut().unwrap().shift_remove("model");
        let body = json!({ "model": format!("{kind}/m"), "requests": [item] });
        let call = client.call_of(Operation::Batches, body, Value::Null).unwrap();
        let error = client.ask(call).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("requests[0].tools")));
    }
}

#[tokio::test]
async fn names_that_a_wire_takes_go_as_they_are() {
    for (kind, name) in
        [("gemini", "weather.get:all"), ("ollama", "weather/get"), ("anthropic", &"a".repeat(128))]
    {
        let (client, transport) =
            support::client(json!([]), json!({ "providers": [support::provider(kind)] }));
        let mut body = request(kind);
        body["tools"][0]["function"]["name"] = name.into();
        body["tool_choice"] = "auto".into();
        let reply = client.chat(client.call(body, Value::Null).unwrap()).await.unwrap();
        assert!(transport.requests()[0].body.to_string().contains(&format!("\"{name}\"")));
        let renamed = |param: &str| param == "tools";
        assert!(!reply.completion.route.unwrap().translation.iter().any(|note| renamed(&note.param)));
    }
}
