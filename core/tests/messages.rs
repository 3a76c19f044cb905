//! Messages through a whole client: at targets of Anthropic's wire, at targets that only chat, and
//! from one to the other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use roocode::testing::MockTransport;
use roocode::types::messages::{MessageEvent, MessageReply};
use roocode::types::operation::{Operation, StreamItem};
use roocode::types::trace::TranslationAction;
use roocode::{Client, Error, ErrorKind};
use serde_json::{Value, json};

/// A client of `claude` and `both`, which have the wire, and of others, which chat; all serve `m`.
fn client(scripts: Value) -> (Client, Arc<MockTransport>) {
    let provider = |name: &str, kind: &str| {
        json!({ "name": name, "kind": kind, "api_key": name, "models": ["m"],
                "base_url": format!("http://{name}.test/v1"),
                "prices": { "m": { "input": 1, "output": 2 } } })
    };
    let mut both = provider("both", "custom");
    both["quirks"] = json!({ "messages": true });
    let config = json!({
        "providers": [provider("claude", "anthropic"), provider("gemini", "gemini"), provider("plain", "custom"),
                      provider("gpt", "openai"), provider("bedrock", "bedrock"), both],
        "routes": {
            "mixed": { "targets": ["claude/m", "plain/m"] },
            "chats_first": { "targets": ["plain/m", "claude/m"] },
        },
    });
    support::client(scripts, config)
}

async fn ask(client: &Client, body: Value) -> Result<MessageReply, Error> {
    let call = client.call_of(Operation::Messages, body, Value::Null)?;
    Ok(client.ask(call).await?.answer.into_message().unwrap())
}

async fn stream(client: &Client, body: Value) -> Result<Vec<MessageEvent>, Error> {
    let call = client.call_of(Operation::Messages, body, Value::Null)?;
    let mut stream = client.stream(call).await?;
    let mut events = Vec::new();
    while let Some(items) = stream.next_batch().await {
        events.extend(items?.into_iter().filter_map(StreamItem::into_message_event));
    }
    Ok(events)
}

/// The message of a plain answer, or of the last event of a streamed one.
async fn ask_either(client: &Client, body: Value, streamed: bool) -> Result<MessageReply, Error> {
    match streamed {
        false => ask(client, body).await,
        true => Ok(*stream(client, body).await?.pop().unwrap().message.unwrap()),
    }
}

fn hi(model: &str) -> Value {
    json!({ "model": model, "max_tokens": 77, "messages": [{ "role": "user", "content": "hi" }] })
}

fn asked(transport: &MockTransport, number: usize) -> (String, Value) {
    let requests = transport.requests();
    let request = serde_json::to_value(&requests[number]).unwrap();
    (request["path"].as_str().unwrap().to_owned(), request["body"].clone())
}

fn types(events: &[MessageEvent]) -> Vec<&str> {
    events.iter().map(MessageEvent::event_type).collect()
}

/// All that deltas say under this name.
fn said(events: &[MessageEvent], name: &str) -> String {
    events.iter().filter_map(|event| event.fields.get("delta")?.get(name)?.as_str()).collect()
}

fn block_types(message: &MessageReply) -> Vec<&Value> {
    message.content().iter().map(|block| &block["type"]).collect()
}

#[tokio::test]
async fn a_target_of_the_wire_is_asked_as_it_was_asked() {
    for name in ["claude", "both"] {
        let (client, transport) = client(json!([{ "reply": { "content": "Hello there" } }]));
        let mut body = hi(&format!("{name}/m"));
        for (field, value) in [
            (
                "system",
                json!([{ "type": "text", "text": "Be brief.", "cache_control": { "type": "ephemeral" } }]),
            ),
            ("container", json!("c_1")),
            ("tools", json!([{ "type": "web_search_20250305", "name": "web_search" }])),
            ("a_new_field", json!([1])),
        ] {
            body[field] = value;
        }
        let mut asked_with = body.clone();
        asked_with["betas"] = json!(["files-api-2025-04-14", "fast"]);
        let message = ask(&client, asked_with).await.unwrap();
        let (path, sent) = asked(&transport, 0);
        assert_eq!(path, "/v1/messages");
        body["model"] = json!("m");
        assert_eq!(sent, body);
        let request = serde_json::to_value(&transport.requests()[0]).unwrap();
        assert!(request["headers"].to_string().contains("files-api-2025-04-14,fast"), "{request}");
        assert_eq!((message.stop_reason(), message.text().as_str()), ("end_turn", "Hello there"));
        let usage = message.usage.as_ref().unwrap();
        assert!(usage.prompt_tokens > 0 && usage.completion_tokens > 0);
        assert_eq!(message.fields["usage"]["output_tokens"], usage.completion_tokens);
        let route = message.route.unwrap();
        assert_eq!(route.target.as_deref(), Some(format!("{name}/m").as_str()));
        let cost = (usage.prompt_tokens + 2 * usage.completion_tokens) as f64 / 1e6;
        assert!((route.cost.as_ref().unwrap().total_usd - cost).abs() < 1e-12);
        assert!(message.request_id.is_some());
    }
}

#[tokio::test]
async fn events_of_a_target_pass_and_the_last_one_has_the_message() {
    let (client, _) = client(json!([{ "reply": { "content": "Hello there", "reasoning": "well" } }]));
    let events = stream(&client, hi("claude/m")).await.unwrap();
    assert_eq!(types(&events)[..2], ["message_start", "content_block_start"]);
    assert!(types(&events).contains(&"ping"));
    assert_eq!((said(&events, "text"), said(&events, "thinking")), ("Hello there".into(), "well".into()));
    let last = events.last().unwrap();
    assert_eq!(last.event_type(), "message_stop");
    let message = last.message.as_ref().unwrap();
    assert_eq!(block_types(message), ["thinking", "text"]);
    assert_eq!((message.text().as_str(), message.stop_reason()), ("Hello there", "end_turn"));
    assert!(!message.content()[0]["signature"].as_str().unwrap().is_empty());
    let route = message.route.as_ref().unwrap();
    assert!(route.time_to_first_token_ms.is_some() && route.cost.is_some());
    assert!(route.attempts[0].usage.is_some() && message.usage.is_some());
}

#[tokio::test]
async fn a_chat_stands_for_a_message() {
    let calls = json!([{ "id": "call_1", "name": "look", "arguments": { "at": "sky" } },
                       { "id": "call_2", "name": "listen", "arguments": {} }]);
    let (client, transport) =
        client(json!([{ "reply": { "content": "I look.", "reasoning": "hm", "tool_calls": calls } }]));
    let mut body = hi("plain/m");
    for (field, value) in [
        ("system", json!("Be brief.")),
        ("stop_sequences", json!(["x"])),
        ("tools", json!([{ "name": "look", "input_schema": { "type": "object", "properties": {} } }])),
        ("tool_choice", json!({ "type": "any" })),
        (
            "messages",
            json!([{ "role": "user", "content": [
                { "type": "text", "text": "What is it?" },
                { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo=" } },
            ] }]),
        ),
    ] {
        body[field] = value;
    }
    let message = ask(&client, body.clone()).await.unwrap();
    let (path, sent) = asked(&transport, 0);
    assert_eq!(path, "/v1/chat/completions");
    assert_eq!((&sent["max_completion_tokens"], &sent["stop"]), (&json!(77), &json!(["x"])), "{sent}");
    assert_eq!(sent["messages"][0]["content"], "Be brief.");
    assert_eq!(sent["messages"][1]["content"][0]["text"], "What is it?");
    assert_eq!(sent["messages"][1]["content"][1]["image_url"]["url"], "data:image/png;base64,iVBORw0KGgo=");
    assert_eq!(
        (&sent["tools"][0]["function"]["name"], &sent["tool_choice"]),
        (&json!("look"), &json!("required"))
    );

    assert_eq!((message.text().as_str(), message.stop_reason()), ("I look.", "tool_use"));
    assert_eq!((&message.fields["type"], &message.fields["role"]), (&json!("message"), &json!("assistant")));
    assert_eq!(block_types(&message), ["thinking", "text", "tool_use", "tool_use"]);
    assert_eq!(message.content()[0]["thinking"], "hm");
    assert_eq!(message.content()[2]["input"], json!({ "at": "sky" }));
    assert_eq!(message.content()[3]["input"], json!({}));
    let usage = message.usage.as_ref().unwrap();
    assert_eq!(message.fields["usage"]["output_tokens"], usage.completion_tokens);

    // The same, streamed: the pieces say what the whole says.
    let events = stream(&client, body).await.unwrap();
    let last = events.last().unwrap().message.as_ref().unwrap();
    assert_eq!(json!(last.content()), json!(message.content()));
    assert!(last.route.is_some() && last.usage.is_some());
    assert_eq!((said(&events, "text"), said(&events, "thinking")), ("I look.".into(), "hm".into()));
    let seen = types(&events);
    assert_eq!((seen[0], seen[seen.len() - 2]), ("message_start", "message_delta"));
    for name in ["content_block_start", "content_block_stop"] {
        let places: Vec<u64> = events
            .iter()
            .filter(|event| event.event_type() == name)
            .map(|event| event.fields["index"].as_u64().unwrap())
            .collect();
        let mut sorted = places.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3], "{name}");
        assert!(name != "content_block_start" || places == sorted);
    }
    let delta = &events[events.len() - 2].fields;
    assert_eq!(delta["delta"], json!({ "stop_reason": "tool_use", "stop_sequence": null }));
    assert_eq!(delta["usage"]["output_tokens"], usage.completion_tokens);
}

#[tokio::test]
async fn a_target_of_the_wire_fails_over_to_one_that_chats() {
    for streamed in [false, true] {
        let (client, transport) = client(json!([
            { "fault": { "kind": "status", "status": 529 }, "times": 1 },
            { "reply": { "content": "here" } },
        ]));
        let message = ask_either(&client, hi("mixed"), streamed).await.unwrap();
        assert_eq!(message.text(), "here");
        let route = message.route.unwrap();
        let targets: Vec<&str> = route.attempts.iter().map(|attempt| attempt.target.as_str()).collect();
        assert_eq!(targets, ["claude/m", "plain/m"]);
        let paths = (asked(&transport, 0).0, asked(&transport, 1).0);
        assert_eq!(paths, ("/v1/messages".into(), "/v1/chat/completions".into()));
    }
}

#[tokio::test]
async fn a_stream_that_breaks_before_its_first_content_moves_on() {
    let (client, _) = client(json!([
        { "fault": { "kind": "error_event", "after_chunks": 0 }, "times": 1 },
        { "reply": { "content": "here" } },
    ]));
    let events = stream(&client, hi("mixed")).await.unwrap();
    assert_eq!(types(&events).iter().filter(|name| **name == "message_start").count(), 1);
    assert_eq!(events.last().unwrap().message.as_ref().unwrap().text(), "here");
}

#[tokio::test]
async fn a_stream_that_breaks_later_says_what_was_received() {
    for (model, recovery) in [("claude/m", "error"), ("plain/m", "error"), ("mixed", "continue")] {
        let (client, _) = client(json!([
            { "reply": { "content": "one two three four" }, "fault": { "kind": "cut", "after_chunks": 2 }, "times": 1 },
            { "reply": { "content": "never" } },
        ]));
        let mut body = hi(model);
        body["stream_recovery"] = json!(recovery);
        let error = stream(&client, body).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::StreamInterrupted, "{error:?}");
        let partial = error.partial_message.as_ref().unwrap();
        assert!(
            "one two three four".starts_with(&partial.text()) && !partial.text().is_empty(),
            "{partial:?}"
        );
        assert!(partial.route.is_some() && error.partial.is_none() && error.partial_response.is_none());
    }
}

#[tokio::test]
async fn what_no_chat_can_say_leaves_out_who_only_chats() {
    for (field, value, place) in [
        ("container", json!("c_1"), "container"),
        ("tools", json!([{ "type": "web_search_20250305", "name": "web_search" }]), "tools[0].type"),
        (
            "messages",
            json!([{ "role": "user", "content": [{ "type": "text", "text": "x" }, { "type": "search_result" }] }]),
            "messages[0].content[1].type",
        ),
    ] {
        let (client, transport) = client(json!([{ "reply": { "content": "found" } }]));
        let mut body = hi("chats_first");
        body[field] = value;
        let message = ask(&client, body.clone()).await.unwrap();
        let route = serde_json::to_value(message.route.unwrap()).unwrap();
        assert_eq!(route["target"], "claude/m");
        assert!(route["routing"].to_string().contains("native_messages"), "{}", route["routing"]);

        body["model"] = json!("plain/m");
        let error = ask(&client, body.clone()).await.unwrap_err();
        assert_eq!(error.param.as_deref(), Some(place), "{error}");
        assert!(error.message.contains("Anthropic's Messages themselves"), "{error}");

        body["unsupported"] = json!("drop");
        let message = ask(&client, body).await.unwrap();
        let dropped = message.route.unwrap().translation.clone();
        assert_eq!((dropped[0].param.as_str(), dropped[0].action), (place, TranslationAction::Dropped));
        assert_eq!(asked(&transport, 0).0, "/v1/messages");
    }
}

/// A loop of tools: what came back is handed in again, with the provider's own signatures.
#[tokio::test]
async fn signed_thinking_comes_back_to_its_provider_as_it_was() {
    let providers = ["gemini", "claude", "bedrock"];
    for (streamed, provider) in providers.into_iter().flat_map(|name| [(false, name), (true, name)]) {
        let calls = json!([{ "id": "call.1", "name": "look", "arguments": { "at": "sky" } }]);
        let (client, transport) = client(json!([
            { "reply": { "reasoning": "I should look.", "tool_calls": calls }, "times": 1 },
            { "reply": { "content": "Blue." } },
        ]));
        let mut body = hi(&format!("{provider}/m"));
        body["tools"] = json!([{ "name": "look", "input_schema": { "type": "object", "properties": {} } }]);
        let message = ask_either(&client, body.clone(), streamed).await.unwrap();
        assert_eq!(message.stop_reason(), "tool_use");
        let call = message.content().iter().find(|block| block["type"] == "tool_use").unwrap();
        let turns = body["messages"].as_array_mut().unwrap();
        turns.push(json!({ "role": "assistant", "content": message.content() }));
        turns.push(json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": call["id"], "content": "blue" } ] }));
        assert_eq!(ask(&client, body.clone()).await.unwrap().text(), "Blue.");
        let (_, sent) = asked(&transport, 1);
        let turn = if provider == "gemini" { &sent["contents"][1] } else { &sent["messages"][1] };
        let text = turn.to_string();
        assert!(text.contains("ignature"), "{provider} {streamed}: {text}");
        assert!(text.contains("I should look.") && text.contains("sky"), "{text}");

        if provider == "gemini" {
            // Claude is not shown what it cannot read, and gets ids that it takes.
            body["model"] = json!("claude/m");
            let message = ask(&client, body).await.unwrap();
            let (_, sent) = asked(&transport, 2);
            let kinds: Vec<&Value> = sent["messages"][1]["content"]
                .as_array()
                .unwrap()
                .iter()
                .map(|block| &block["type"])
                .collect();
            assert_eq!(kinds, ["tool_use"]);
            let id = sent["messages"][1]["content"][0]["id"].as_str().unwrap();
            assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)), "{id}");
            assert_eq!(sent["messages"][2]["content"][0]["tool_use_id"], id);
            assert_eq!(message.route.unwrap().translation[0].action, TranslationAction::Dropped);
        }
    }
}

#[tokio::test]
async fn an_answer_says_why_it_ended() {
    for model in ["claude/m", "gemini/m", "plain/m"] {
        for (finish, stop) in [("length", "max_tokens"), ("stop", "end_turn")] {
            let (client, _) = client(json!([{ "reply": { "content": "So", "finish_reason": finish } }]));
            for streamed in [false, true] {
                let message = ask_either(&client, hi(model), streamed).await.unwrap();
                assert_eq!((message.stop_reason(), message.text().as_str()), (stop, "So"), "{model}");
            }
        }
    }
}

#[tokio::test]
async fn a_tool_whose_name_a_wire_refuses_has_its_own_again_in_the_answer() {
    for (provider, streamed) in [("claude", false), ("claude", true), ("plain", false), ("plain", true)] {
        let mut body = hi(&format!("{provider}/m"));
        body["tools"] =
            json!([{ "name": "look.at", "input_schema": { "type": "object", "properties": {} } }]);
        let (client, transport) = client(json!([{ "reply": { "content": "x" } }]));
        ask(&client, body.clone()).await.unwrap();
        let (_, sent) = asked(&transport, 0);
        let tool = &sent["tools"][0];
        let name = if provider == "claude" { &tool["name"] } else { &tool["function"]["name"] };
        assert_ne!(name, "look.at", "{sent}");
        let calls = json!([{ "id": "call_1", "name": name, "arguments": {} }]);
        let (client, _) = self::client(json!([{ "reply": { "tool_calls": calls } }]));
        let message = ask_either(&client, body, streamed).await.unwrap();
        assert_eq!(message.content()[0]["name"], "look.at");
    }
}

#[tokio::test]
async fn thinking_is_asked_for_in_each_targets_words() {
    let (client, transport) = client(json!([{ "reply": { "content": "So" } }]));
    let mut body = hi("gemini/gemini-2.5-pro");
    body["thinking"] = json!({ "type": "enabled", "budget_tokens": 1500 });
    body["max_tokens"] = json!(4000);
    ask(&client, body.clone()).await.unwrap();
    let (_, sent) = asked(&transport, 0);
    assert_eq!(sent["generationConfig"]["thinkingConfig"]["thinkingBudget"], 1500, "{sent}");
    body["model"] = json!("gpt/m");
    let message = ask(&client, body).await.unwrap();
    let (_, sent) = asked(&transport, 1);
    assert_eq!(sent["reasoning_effort"], "medium", "{sent}");
    assert_eq!(message.route.unwrap().translation[0].action, TranslationAction::Emulated);
}

#[tokio::test]
async fn wrong_input_is_refused_by_its_place() {
    let (client, transport) = client(json!([{ "reply": { "content": "x" } }]));
    let user = |content: Value| json!([{ "role": "user", "content": content }]);
    for (fields, place) in [
        (json!({ "messages": null }), "messages"),
        (json!({ "messages": [] }), "messages"),
        (json!({ "messages": ["x"] }), "messages[0]"),
        (json!({ "messages": [{ "role": "nobody", "content": "x" }] }), "messages[0].role"),
        (json!({ "messages": user(json!(3)) }), "messages[0].content"),
        (json!({ "messages": user(json!(["x"])) }), "messages[0].content[0]"),
        (json!({ "max_tokens": "many" }), "max_tokens"),
        (json!({ "max_tokens": null }), "max_tokens"),
        (json!({ "system": 3 }), "system"),
        (json!({ "stop_sequence": ["x"] }), "stop_sequence"),
        (json!({ "messages": user(json!([{ "type": "text" }])) }), "messages[0].content[0].text"),
        (
            json!({ "messages": user(json!([{ "type": "image", "source": { "type": "x" } }])) }),
            "messages[0].content[0].source.type",
        ),
        // What the chat's own wire refuses is told by the place that it comes from.
        (
            json!({ "model": "gemini/m", "system": "x", "messages": user(json!([
                { "type": "tool_result", "tool_use_id": "a", "content": "1" }])) }),
            "messages[0].content[0].tool_call_id",
        ),
    ] {
        let mut body = hi("plain/m");
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let error = ask(&client, body).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(place)), "{error}");
    }
    assert!(transport.requests().is_empty());
}
