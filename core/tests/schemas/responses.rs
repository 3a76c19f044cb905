//! Requests for responses, recorded ones: on the API's own wire against its schema, and said as
//! chats against the schemas of the wires that chat.

use std::sync::Arc;

use roocode::dialects::openai::OpenAi;
use roocode::dialects::responses::to_chat;
use roocode::dialects::{EncodeContext, Quirks, Translator, Unsupported, encode};
use roocode::testing::{MockTransport, Script};
use roocode::types::operation::{Operation, Request, StreamItem};
use roocode::{Client, ClientConfig};
use serde_json::{Value, json};

use crate::recorded;
use crate::referee::Referee;
use crate::wires::{self, Encoder};

fn recorded() -> Option<Vec<(String, Request)>> {
    recorded::requests(Operation::Responses, |_, path| path.ends_with("/responses"))
}

/// What OpenAI's schema objects to in requests that were answered all the same, with the reason.
const ANSWERED: [(&str, &str); 3] = [
    // Items that leave out what only the schema requires of them, such as an id or a status.
    ("/input", "the schema requires fields of items that services do without"),
    ("/tools", "the schema requires `strict`, which may be left out; a tool of a search has its own schema"),
    ("/include", "values newer than the schema"),
];

#[test]
fn bodies_are_what_the_schema_takes() {
    let Some(referee) = Referee::new("openai.json", "#/components/schemas/CreateResponse") else { return };
    let Some(requests) = recorded() else { return };
    let mut wrong = Vec::new();
    assert!(requests.len() > 80);
    for (name, request) in requests {
        let quirks = Quirks::default();
        let context = EncodeContext {
            model: request.model(),
            stream: request.asks_for_stream(),
            unsupported: Unsupported::Error,
            quirks: &quirks,
        };
        let body = Value::Object(encode(&OpenAi, &request, &context).unwrap().body);
        for objection in referee.objections(&body) {
            if !ANSWERED.iter().any(|(place, _)| objection.place.starts_with(place)) {
                wrong.push(format!("{name}: {}: {}", objection.place, objection.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn chats_that_stand_for_responses_are_what_their_schemas_take() {
    let Some(requests) = recorded() else { return };
    for wire in [&wires::OPENAI, &wires::ANTHROPIC, &wires::GEMINI_API, &wires::BEDROCK, &wires::COHERE] {
        let Some(referee) = Referee::new(wire.file, wire.schema) else { return };
        let encoder = Encoder::new(wire);
        let (mut wrong, mut said) = (Vec::new(), 0);
        for (name, request) in &requests {
            let Request::Responses(asked) = request else { continue };
            let mut translator = Translator::new(Unsupported::Error);
            let Ok((chat, _)) = to_chat(asked, encoder.dialect.name(), &mut translator) else { continue };
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
        assert!(said > 40, "{}: {said}", wire.name);
    }
}

/// A response that a chat stands for, whole and in events, is what OpenAI's own would be.
#[tokio::test]
async fn what_is_made_of_a_chat_is_what_the_schema_says() {
    let schema = |name: &str| Referee::new("openai.json", &format!("#/components/schemas/{name}"));
    let (Some(whole), Some(event)) = (schema("Response"), schema("ResponseStreamEvent")) else { return };
    let calls = json!([{ "id": "call_1", "name": "look", "arguments": { "at": "sky" } }]);
    let reply = json!({ "content": "I look.", "reasoning": "hm", "tool_calls": calls });
    for kind in ["anthropic", "gemini", "custom"] {
        let scripts: Vec<Script> = serde_json::from_value(json!([{ "reply": reply }])).unwrap();
        let config = json!({ "providers": [{ "kind": kind, "name": "p", "api_key": "k", "base_url": "http://p.test/v1" }] });
        let transport = Arc::new(MockTransport::new(scripts).unwrap());
        let client = Client::with_transport(ClientConfig::from_value(config).unwrap(), transport).unwrap();
        let call = || {
            client
                .call_of(Operation::Responses, json!({ "model": "p/m", "input": "hi" }), Value::Null)
                .unwrap()
        };
        let response = client.ask(call()).await.unwrap().answer.into_response().unwrap();
        check(&whole, Value::Object(response.fields));
        let mut stream = client.stream(call()).await.unwrap();
        let mut seen = 0;
        while let Some(items) = stream.next_batch().await {
            for item in items.unwrap().into_iter().filter_map(StreamItem::into_event) {
                let mut fields = item.fields;
                if let Some(response) = item.response {
                    fields.insert("response".to_owned(), Value::Object(response.fields));
                }
                check(&event, Value::Object(fields));
                seen += 1;
            }
        }
        assert!(seen > 15, "{seen}");
    }
}

/// Counts that the chat's service does not tell are not made up, though the schema requires them.
fn check(referee: &Referee, mut value: Value) {
    let response = if value.get("response").is_some() { &mut value["response"] } else { &mut value };
    // As OpenAI itself says it before the end (recordings/openai), though its schema has no null there.
    if response.get("usage").is_some_and(Value::is_null) {
        response.as_object_mut().unwrap().shift_remove("usage");
    }
    if response.get("usage").is_some_and(Value::is_object) {
        for name in ["cached_tokens", "cache_write_tokens"] {
            let details = &mut response["usage"]["input_tokens_details"];
            details[name] = details[name].as_u64().unwrap_or_default().into();
        }
        let details = &mut response["usage"]["output_tokens_details"];
        details["reasoning_tokens"] = details["reasoning_tokens"].as_u64().unwrap_or_default().into();
    }
    assert!(referee.is_valid(&value), "{value}\n{:?}", referee.objections(&value));
}
