//! Responses through a whole client: at targets that have the API, at targets that only chat, and
//! from one to the other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use roocode::testing::{MockTransport, Script};
use roocode::types::operation::{Operation, StreamItem};
use roocode::types::responses::{ModelResponse, ResponseEvent};
use roocode::types::trace::TranslationAction;
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Value, json};

/// A client of `native`, which has the API, and of `claude` and `gemini`, which chat; all serve `m`.
fn client(scripts: Value) -> (Client, Arc<MockTransport>) {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider = |name: &str, kind: &str| {
        json!({ "name": name, "kind": kind, "api_key": name, "models": ["m"],
                "base_url": format!("http://{name}.test/v1"),
                "prices": { "m": { "input": 1, "output": 2 } } })
    };
    let config = json!({
        "providers": [provider("native", "openai"), provider("claude", "anthropic"),
                      provider("gemini", "gemini"), provider("plain", "custom")],
        "routes": {
            "mixed": { "targets": ["native/m", "claude/m"] },
            "chats_first": { "targets": ["claude/m", "native/m"] },
        },
    });
    let config = ClientConfig::from_value(config).unwrap();
    (Client::with_transport(config, Arc::clone(&transport) as _).unwrap(), transport)
}

async fn ask(client: &Client, body: Value) -> Result<ModelResponse, Error> {
    let call = client.call_of(Operation::Responses, body, Value::Null)?;
    Ok(client.ask(call).await?.answer.into_response().unwrap())
}

async fn stream(client: &Client, body: Value) -> Result<Vec<ResponseEvent>, Error> {
    let call = client.call_of(Operation::Responses, body, Value::Null)?;
    let mut stream = client.stream(call).await?;
    let mut events = Vec::new();
    while let Some(items) = stream.next_batch().await {
        events.extend(items?.into_iter().filter_map(StreamItem::into_event));
    }
    Ok(events)
}

fn asked(transport: &MockTransport, number: usize) -> (String, Value) {
    let requests = transport.requests();
    let request = serde_json::to_value(&requests[number]).unwrap();
    (request["path"].as_str().unwrap().to_owned(), request["body"].clone())
}

fn types(events: &[ResponseEvent]) -> Vec<&str> {
    events.iter().map(ResponseEvent::event_type).collect()
}

#[tokio::test]
async fn a_target_with_the_api_is_asked_as_it_was_asked() {
    let (client, transport) = client(json!([{ "reply": { "content": "Hello there" } }]));
    let body = json!({ "model": "native/m", "input": "hi", "instructions": "Be brief.", "top_logprobs": 2,
                       "previous_response_id": "resp_1", "a_new_field": [1] });
    let response = ask(&client, body.clone()).await.unwrap();
    let (path, sent) = asked(&transport, 0);
    assert_eq!(path, "/v1/responses");
    let mut expected = body;
    expected["model"] = json!("m");
    assert_eq!(sent, expected);
    assert_eq!((response.status(), response.output_text()), ("completed", "Hello there"));
    let usage = response.usage.as_ref().unwrap();
    assert!(usage.prompt_tokens > 0 && usage.completion_tokens > 0);
    assert_eq!(response.fields["usage"]["input_tokens"], usage.prompt_tokens);
    let route = response.route.unwrap();
    assert_eq!(route.target.as_deref(), Some("native/m"));
    let cost = (usage.prompt_tokens + 2 * usage.completion_tokens) as f64 / 1e6;
    assert!((route.cost.as_ref().unwrap().total_usd - cost).abs() < 1e-12);
    assert!(response.request_id.is_some());
}

#[tokio::test]
async fn events_of_a_target_pass_and_the_last_one_has_the_trace() {
    let (client, _) = client(json!([{ "reply": { "content": "Hello there", "reasoning": "well" } }]));
    let events = stream(&client, json!({ "model": "native/m", "input": "hi" })).await.unwrap();
    assert!(events.iter().zip(0..).all(|(event, number)| event.fields["sequence_number"] == number));
    let said: String = events
        .iter()
        .filter(|event| event.event_type() == "response.output_text.delta")
        .map(ResponseEvent::delta)
        .collect();
    assert_eq!(said, "Hello there");
    let last = events.last().unwrap();
    assert_eq!(last.event_type(), "response.completed");
    let response = last.response.as_ref().unwrap();
    assert_eq!(response.output_text(), "Hello there");
    let route = response.route.as_ref().unwrap();
    assert!(route.time_to_first_token_ms.is_some() && route.cost.is_some());
    assert!(route.attempts[0].usage.is_some());
}

#[tokio::test]
async fn a_chat_stands_for_a_response() {
    let calls = json!([{ "id": "call_1", "name": "look", "arguments": { "at": "sky" } }]);
    let (client, transport) =
        client(json!([{ "reply": { "content": "I look.", "reasoning": "hm", "tool_calls": calls } }]));
    let tool = json!({ "type": "function", "name": "look", "parameters": { "type": "object", "properties": {} }, "strict": null });
    let body = json!({ "model": "claude/m", "instructions": "Be brief.", "max_output_tokens": 77, "tools": [tool],
        "tool_choice": "required", "input": [
            { "role": "user", "content": [
                { "type": "input_text", "text": "What is it?" },
                { "type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=" },
            ] },
        ] });
    let response = ask(&client, body.clone()).await.unwrap();
    let (path, sent) = asked(&transport, 0);
    assert_eq!(path, "/v1/messages");
    assert_eq!((&sent["system"], &sent["max_tokens"]), (&json!("Be brief."), &json!(77)));
    assert_eq!(sent["messages"][0]["content"][0]["text"], "What is it?");
    assert_eq!(sent["messages"][0]["content"][1]["type"], "image");
    assert_eq!((&sent["tools"][0]["name"], &sent["tool_choice"]["type"]), (&json!("look"), &json!("any")));

    assert_eq!(response.output_text(), "I look.");
    assert_eq!(response.fields["object"], "response");
    assert_eq!(response.fields["instructions"], "Be brief.");
    assert_eq!(response.fields["max_output_tokens"], 77);
    let kinds: Vec<&Value> = response.output().iter().map(|item| &item["type"]).collect();
    assert_eq!(kinds, ["reasoning", "message", "function_call"]);
    assert_eq!(response.output()[0]["summary"][0]["text"], "hm");
    assert_eq!(response.output()[2]["arguments"], r#"{"at":"sky"}"#);
    let usage = response.usage.as_ref().unwrap();
    assert_eq!(response.fields["usage"]["output_tokens"], usage.completion_tokens);

    // The same, streamed: the pieces say what the whole says.
    let events = stream(&client, body).await.unwrap();
    let last = events.last().unwrap().response.as_ref().unwrap();
    assert_eq!(last.output_text(), "I look.");
    assert!(last.route.is_some() && last.usage.is_some());
    let of = |events: &[ResponseEvent], name: &str| -> String {
        events.iter().filter(|event| event.event_type() == name).map(ResponseEvent::delta).collect()
    };
    assert_eq!(of(&events, "response.output_text.delta"), "I look.");
    assert_eq!(of(&events, "response.reasoning_summary_text.delta"), "hm");
    assert_eq!(of(&events, "response.function_call_arguments.delta"), r#"{"at":"sky"}"#);
    assert!(events.iter().zip(0..).all(|(event, number)| event.fields["sequence_number"] == number));
    let seen = types(&events);
    assert_eq!(seen[..2], ["response.created", "response.in_progress"]);
    for name in ["response.output_item.added", "response.output_item.done"] {
        assert_eq!(seen.iter().filter(|one| **one == name).count(), 3, "{seen:?}");
    }
    let done = events.iter().filter(|event| event.event_type() == "response.output_item.done");
    let mut items: Vec<(u64, &Value)> =
        done.map(|event| (event.fields["output_index"].as_u64().unwrap(), &event.fields["item"])).collect();
    items.sort_by_key(|(place, _)| *place);
    let items: Vec<Value> = items.into_iter().map(|(_, item)| item.clone()).collect();
    assert_eq!(items, last.output());
}

#[tokio::test]
async fn a_target_with_the_api_fails_over_to_one_that_chats() {
    for streamed in [false, true] {
        let (client, transport) = client(json!([
            { "fault": { "kind": "status", "status": 503 }, "times": 1 },
            { "reply": { "content": "here" } },
        ]));
        let body = json!({ "model": "mixed", "input": "hi" });
        let response = match streamed {
            false => ask(&client, body).await.unwrap(),
            true => *stream(&client, body).await.unwrap().pop().unwrap().response.unwrap(),
        };
        assert_eq!(response.output_text(), "here");
        let route = response.route.unwrap();
        let targets: Vec<&str> = route.attempts.iter().map(|attempt| attempt.target.as_str()).collect();
        assert_eq!(targets, ["native/m", "claude/m"]);
        assert_eq!(
            (asked(&transport, 0).0, asked(&transport, 1).0),
            ("/v1/responses".into(), "/v1/messages".into())
        );
    }
}

#[tokio::test]
async fn a_stream_that_breaks_before_its_first_content_moves_on() {
    let (client, _) = client(json!([
        { "fault": { "kind": "error_event", "after_chunks": 0 }, "times": 1 },
        { "reply": { "content": "here" } },
    ]));
    let events = stream(&client, json!({ "model": "mixed", "input": "hi" })).await.unwrap();
    assert_eq!(types(&events).iter().filter(|name| **name == "response.created").count(), 1);
    assert_eq!(events.last().unwrap().response.as_ref().unwrap().output_text(), "here");
}

#[tokio::test]
async fn a_stream_that_breaks_later_says_what_was_received() {
    for (model, recovery) in [("native/m", "error"), ("claude/m", "error"), ("mixed", "continue")] {
        let (client, _) = client(json!([
            { "reply": { "content": "one two three four" }, "fault": { "kind": "cut", "after_chunks": 2 }, "times": 1 },
            { "reply": { "content": "never" } },
        ]));
        let body = json!({ "model": model, "input": "hi", "stream_recovery": recovery });
        let error = stream(&client, body).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::StreamInterrupted, "{error:?}");
        let partial = error.partial_response.as_ref().unwrap();
        assert!("one two three four".starts_with(partial.output_text()) && !partial.output_text().is_empty());
        assert!(partial.route.is_some() && error.partial.is_none());
    }
}

#[tokio::test]
async fn what_no_chat_can_say_leaves_out_who_only_chats() {
    let (client, transport) = client(json!([{ "reply": { "content": "stored" } }]));
    for (more, place) in [
        (json!({ "previous_response_id": "resp_1" }), "previous_response_id"),
        (json!({ "tools": [{ "type": "web_search" }] }), "tools[0].type"),
        (json!({ "input": [{ "type": "item_reference", "id": "rs_1" }] }), "input[0].type"),
    ] {
        let mut body = json!({ "model": "chats_first", "input": "hi" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let response = ask(&client, body.clone()).await.unwrap();
        let route = serde_json::to_value(response.route.unwrap()).unwrap();
        assert_eq!(route["target"], "native/m");
        assert!(route["routing"].to_string().contains("native_responses"), "{}", route["routing"]);

        body["model"] = json!("claude/m");
        let error = ask(&client, body.clone()).await.unwrap_err();
        assert_eq!(error.param.as_deref(), Some(place), "{error}");
        assert!(error.message.contains("the Responses API itself"), "{error}");

        body["unsupported"] = json!("drop");
        body["input"] = json!("hi");
        let response = ask(&client, body).await.unwrap();
        let dropped = response.route.unwrap().translation.clone();
        if place != "input[0].type" {
            assert_eq!((dropped[0].param.as_str(), dropped[0].action), (place, TranslationAction::Dropped));
        }
    }
    assert_eq!(asked(&transport, 0).0, "/v1/responses");
}

/// A loop of tools: what came back is handed in again, with the provider's own signatures.
#[tokio::test]
async fn signed_reasoning_comes_back_to_its_provider_as_it_was() {
    for streamed in [false, true] {
        for provider in ["claude", "gemini"] {
            let calls = json!([{ "id": "call_1", "name": "look", "arguments": { "at": "sky" } }]);
            let (client, transport) = client(json!([
                { "reply": { "reasoning": "I should look.", "tool_calls": calls }, "times": 1 },
                { "reply": { "content": "Blue." } },
            ]));
            let tools = json!([{ "type": "function", "name": "look", "parameters": { "type": "object", "properties": {} } }]);
            let first = json!({ "role": "user", "content": "What colour?" });
            let body = json!({ "model": format!("{provider}/m"), "input": [first], "tools": tools });
            let response = match streamed {
                false => ask(&client, body).await.unwrap(),
                true => *stream(&client, body).await.unwrap().pop().unwrap().response.unwrap(),
            };
            let mut input = vec![first];
            input.extend(response.output().iter().cloned());
            let call = response.output().iter().find(|item| item["type"] == "function_call").unwrap();
            input.push(
                json!({ "type": "function_call_output", "call_id": call["call_id"], "output": "blue" }),
            );
            let body = json!({ "model": format!("{provider}/m"), "input": input, "tools": tools });
            let response = ask(&client, body.clone()).await.unwrap();
            assert_eq!(response.output_text(), "Blue.");
            let (_, sent) = asked(&transport, 1);
            let turn = if provider == "claude" { &sent["messages"][1] } else { &sent["contents"][1] };
            let text = turn.to_string();
            assert!(text.contains("ignature"), "{provider} {streamed}: {text}");
            assert!(text.contains("I should look.") && text.contains("sky"), "{text}");

            // A service with the API of its own is not shown it, and no id that it never made.
            let mut body = body;
            body["model"] = json!("native/m");
            let response = ask(&client, body).await.unwrap();
            let (_, sent) = asked(&transport, 2);
            let kinds: Vec<&Value> =
                sent["input"].as_array().unwrap().iter().skip(1).map(|item| &item["type"]).collect();
            assert_eq!(kinds, ["function_call", "function_call_output"]);
            assert!(sent["input"][1].get("id").is_none());
            assert_eq!(response.route.unwrap().translation[0].action, TranslationAction::Dropped);
        }
    }
}

#[tokio::test]
async fn an_answer_that_ended_early_is_incomplete() {
    for model in ["native/m", "claude/m", "plain/m"] {
        let (client, _) = client(json!([{ "reply": { "content": "So", "finish_reason": "length" } }]));
        let body = json!({ "model": model, "input": "hi" });
        let response = ask(&client, body.clone()).await.unwrap();
        assert_eq!(response.status(), "incomplete", "{model}");
        assert_eq!(response.fields["incomplete_details"]["reason"], "max_output_tokens");
        let events = stream(&client, body).await.unwrap();
        assert_eq!(events.last().unwrap().event_type(), "response.incomplete", "{model}");
    }
}

#[tokio::test]
async fn wrong_input_is_refused_by_its_place() {
    let (client, transport) = client(json!([{ "reply": { "content": "x" } }]));
    for (body, place) in [
        (json!({ "model": "mixed" }), "input"),
        (json!({ "model": "mixed", "input": [] }), "input"),
        (json!({ "model": "mixed", "input": ["x"] }), "input[0]"),
        (json!({ "model": "mixed", "input": "x", "max_output_tokens": "many" }), "max_output_tokens"),
        (json!({ "model": "mixed", "input": "x", "instuctions": "y" }), "instuctions"),
        (json!({ "model": "mixed", "input": "x", "tools": [{ "name": "f" }] }), "tools[0].type"),
        (json!({ "model": "claude/m", "input": [{ "role": "user", "content": 3 }] }), "input[0].content"),
        (json!({ "model": "claude/m", "input": [{ "role": "nobody", "content": "x" }] }), "input[0].role"),
        (
            json!({ "model": "claude/m", "input": [{ "type": "function_call", "name": "f" }] }),
            "input[0].call_id",
        ),
        // What the chat's own wire refuses is told by the place that it comes from.
        (
            json!({ "model": "claude/m", "instructions": "x", "input": [{ "role": "user", "content": [
                { "type": "input_text", "text": "a" }, { "type": "input_audio", "input_audio": { "data": "QQ==", "format": "wav" } }] }] }),
            "input[0].content[1]",
        ),
    ] {
        let error = ask(&client, body).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(place)), "{error}");
    }
    assert!(transport.requests().is_empty());
}
