//! Requests for messages, recorded ones: on Anthropic's wire against its schema, and said as chats against the
//! schemas of the wires that chat.

use std::sync::Arc;

use roocode::dialects::anthropic::Anthropic;
use roocode::dialects::messages::to_chat;
use roocode::dialects::{EncodeContext, Quirks, Translator, Unsupported, encode};
use roocode::testing::{MockTransport, Script};
use roocode::types::operation::{Operation, Request, StreamItem};
use roocode::{Client, ClientConfig};
use serde_json::{Value, json};

use crate::recorded;
use crate::referee::Referee;
use crate::wires::{self, Encoder};

fn recorded() -> Option<Vec<(String, Request)>> {
    recorded::requests(Operation::Messages, |api, _| api == "anthropic.messages")
}

/// What the schemas object to in requests that Anthropic answered, with the reason.
const NEWER: (&str, &str) = ("/tools", "a tool that is newer than the schema: the advisor");
const NOT_OF_OPENROUTER: [(&str, &str); 4] = [
    ("/messages", "blocks and fields that are newer than its schema"),
    ("/mcp_servers", "it calls no servers"),
    ("/container", "it has no containers"),
    NEWER,
];

#[test]
fn bodies_are_what_the_schemas_take() {
    let beta = "#/components/schemas/BetaCreateMessageParams";
    for (file, schema, known) in [
        ("anthropic.json", beta, &[NEWER][..]),
        ("openrouter.json", "#/components/schemas/MessagesRequest", &NOT_OF_OPENROUTER[..]),
    ] {
        let Some(referee) = Referee::new(file, schema) else { return };
        let Some(requests) = recorded() else { return };
        let mut wrong = Vec::new();
        assert!(requests.len() > 35, "{}", requests.len());
        for (name, request) in requests {
            let quirks = Quirks::default();
            let context = EncodeContext {
                model: request.model(),
                stream: request.asks_for_stream(),
                unsupported: Unsupported::Error,
                quirks: &quirks,
            };
            let body = Value::Object(encode(&Anthropic, &request, &context).unwrap().body);
            for objection in referee.objections(&body) {
                if !known.iter().any(|(place, _)| objection.place.starts_with(place)) {
                    wrong.push(format!("{name}: {}: {}", objection.place, objection.message));
                }
            }
        }
        assert!(wrong.is_empty(), "{file}: {}", wrong.join("\n"));
    }
}

#[test]
fn chats_that_stand_for_messages_are_what_their_schemas_take() {
    let Some(requests) = recorded() else { return };
    for wire in [&wires::OPENAI, &wires::GEMINI_API, &wires::BEDROCK, &wires::COHERE] {
        let Some(referee) = Referee::new(wire.file, wire.schema) else { return };
        let encoder = Encoder::new(wire);
        let (mut wrong, mut said) = (Vec::new(), 0);
        for (name, request) in &requests {
            let Request::Messages(asked) = request else { continue };
            let mut translator = Translator::new(Unsupported::Error);
            let Ok((chat, _)) = to_chat(asked, encoder.dialect.name(), &encoder.quirks, &mut translator)
            else {
                continue;
            };
            for model in wire.models {
                let Ok(encoded) = encoder.encode(&chat, model) else { continue };
                said += 1;
                for objection in referee.objections(&Value::Object(encoded.body)) {
                    wrong.push(format!("{name}: {model}: {}: {}", objection.place, objection.message));
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {}", wire.name, wrong.join("\n"));
        println!("{}: {said} bodies of {} requests", wire.name, requests.len());
        assert!(said > 20, "{}: {said}", wire.name);
    }
}

/// A message that a chat stands for, whole and in events, is what Anthropic's own would be.
#[tokio::test]
async fn what_is_made_of_a_chat_is_what_the_schema_says() {
    let schema = |name: &str| Referee::new("anthropic.json", &format!("#/components/schemas/{name}"));
    let (Some(whole), Some(event)) = (schema("Message"), schema("MessageStreamEvent")) else { return };
    let calls = json!([{ "id": "call_1", "name": "look", "arguments": { "at": "sky" } }]);
    let reply = json!({ "content": "I look.", "reasoning": "hm", "tool_calls": calls });
    for kind in ["gemini", "custom"] {
        let scripts: Vec<Script> = serde_json::from_value(json!([{ "reply": reply }])).unwrap();
        let config = json!({ "providers": [{ "kind": kind, "name": "p", "api_key": "k", "base_url": "http://p.test/v1" }] });
        let transport = Arc::new(MockTransport::new(scripts).unwrap());
        let client = Client::with_transport(ClientConfig::from_value(config).unwrap(), transport).unwrap();
        let body =
            json!({ "model": "p/m", "max_tokens": 9, "messages": [{ "role": "user", "content": "hi" }] });
        let call = || client.call_of(Operation::Messages, body.clone(), Value::Null).unwrap();
        let message = client.ask(call()).await.unwrap().answer.into_message().unwrap();
        check(&whole, Value::Object(message.fields));
        let mut stream = client.stream(call()).await.unwrap();
        let mut seen = 0;
        while let Some(items) = stream.next_batch().await {
            for item in items.unwrap().into_iter().filter_map(StreamItem::into_message_event) {
                // The whole of the last event is ours beside it.
                check(&event, Value::Object(item.fields));
                seen += 1;
            }
        }
        assert!(seen > 8, "{seen}");
    }
}

/// What only Anthropic's own service can say is not made up, though the schema requires it.
fn check(referee: &Referee, mut value: Value) {
    let is_delta = value["type"] == "message_delta";
    let message = if value.get("message").is_some() { &mut value["message"] } else { &mut value };
    if message["type"] == "message" {
        for name in ["container", "stop_details"] {
            fill(message, name, Value::Null);
        }
        for block in message["content"].as_array_mut().into_iter().flatten() {
            called(block);
        }
        // What a chat says beside its answer.
        let fields = message.as_object_mut().unwrap();
        fields.retain(|name, _| {
            !["completion_id", "native_finish_reason", "system_fingerprint"].contains(&name.as_str())
        });
    }
    if message.get("usage").is_some_and(Value::is_object) {
        let others = ["cache_creation", "inference_geo", "service_tier"].into_iter().filter(|_| !is_delta);
        let usage = &mut message["usage"];
        for name in ["cache_creation_input_tokens", "cache_read_input_tokens", "server_tool_use"]
            .into_iter()
            .chain(others)
        {
            fill(usage, name, Value::Null);
        }
    }
    if is_delta {
        fill(&mut value["delta"], "container", Value::Null);
        fill(&mut value["delta"], "stop_details", Value::Null);
    }
    if value.get("content_block").is_some() {
        called(&mut value["content_block"]);
    }
    assert!(referee.is_valid(&value), "{value}\n{:?}", referee.objections(&value));
}

fn called(block: &mut Value) {
    if block["type"] == "tool_use" {
        fill(block, "caller", json!({ "type": "direct" }));
    }
}

fn fill(object: &mut Value, name: &str, value: Value) {
    object.as_object_mut().unwrap().entry(name).or_insert(value);
}
