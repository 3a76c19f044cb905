use serde_json::{Value, json};

use super::{MessageOverChat, MessageSynthesis, to_chat};
use crate::dialects::over_chat::Places;
use crate::dialects::{DialectName, Quirks, Translator, Unsupported};
use crate::error::{Error, Result};
use crate::types::chat::ChatCompletionChunk;
use crate::types::messages::{MessageSum, MessagesRequest};
use crate::types::trace::Translation;

fn request(fields: Value) -> Result<MessagesRequest> {
    let Value::Object(mut all) =
        json!({ "model": "m", "max_tokens": 100, "messages": [{ "role": "user", "content": "q" }] })
    else {
        panic!("an object")
    };
    all.extend(fields.as_object().unwrap().clone());
    MessagesRequest::from_fields(all)
}

fn said(fields: Value, quirks: &Quirks) -> Result<(Value, Vec<Translation>, Places)> {
    let mut translator = Translator::new(Unsupported::Error);
    let (chat, places) = to_chat(&request(fields)?, DialectName::OpenAi, quirks, &mut translator)?;
    Ok((serde_json::to_value(chat).unwrap(), translator.into_notes(), places))
}

fn chat(fields: Value) -> Result<(Value, Vec<Translation>)> {
    said(fields, &Quirks::default()).map(|(chat, notes, _)| (chat, notes))
}

#[test]
fn turns_are_messages_in_their_order() {
    let (chat, notes) = chat(json!({ "system": [{ "type": "text", "text": "Be brief." }], "messages": [
        { "role": "user", "content": "q" },
        { "role": "assistant", "content": [
            { "type": "thinking", "thinking": "hm", "signature": "of Claude" },
            { "type": "text", "text": "So." },
            { "type": "tool_use", "id": "a", "name": "f", "input": { "x": 1 }, "caller": { "type": "direct" } },
            { "type": "tool_use", "id": "b", "name": "g", "input": {} } ] },
        { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "a", "content": [{ "type": "text", "text": "1" }] },
            { "type": "tool_result", "tool_use_id": "b", "is_error": true },
            { "type": "text", "text": "and?" },
            { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "QQ==" } } ] },
    ] }))
    .unwrap();
    let roles: Vec<&Value> = chat["messages"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "tool", "user"]);
    let said = &chat["messages"][2];
    assert_eq!((&said["content"], &said["reasoning_content"]), (&json!("So."), &json!("hm")));
    assert_eq!(said["reasoning_details"][0]["signature"], "of Claude");
    assert_eq!(said["tool_calls"][0]["function"], json!({ "name": "f", "arguments": "{\"x\":1}" }));
    assert_eq!(chat["messages"][4]["is_error"], true);
    assert_eq!(chat["messages"][5]["content"][1]["image_url"]["url"], "data:image/png;base64,QQ==");
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn parameters_have_the_chats_names() {
    let (chat, _) = chat(json!({
        "stop_sequences": ["x"], "top_k": 4, "metadata": { "user_id": "u" },
        "output_config": { "effort": "low", "format": { "type": "json_schema", "schema": { "type": "object" } } },
        "tools": [{ "name": "f", "input_schema": {}, "strict": true, "cache_control": { "type": "ephemeral" } }],
        "tool_choice": { "type": "tool", "name": "f", "disable_parallel_tool_use": true },
    }))
    .unwrap();
    for (name, value) in [
        ("max_completion_tokens", json!(100)),
        ("stop", json!(["x"])),
        ("top_k", json!(4)),
        ("user", json!("u")),
        ("reasoning_effort", json!("low")),
        ("parallel_tool_calls", json!(false)),
        ("tool_choice", json!({ "type": "function", "function": { "name": "f" } })),
    ] {
        assert_eq!(chat[name], value, "{name}");
    }
    assert_eq!(chat["tools"][0]["function"], json!({ "name": "f", "parameters": {}, "strict": true }));
    assert_eq!(chat["tools"][0]["cache_control"]["type"], "ephemeral");
    assert_eq!(chat["response_format"]["json_schema"]["schema"]["type"], "object");
}

#[test]
fn thinking_is_an_effort_where_there_is_nothing_else() {
    let thinking = json!({ "thinking": { "type": "enabled", "budget_tokens": 50 } });
    let (asked, _) = chat(thinking.clone()).unwrap();
    assert_eq!(asked["reasoning"]["max_tokens"], 50);
    let quirks = Quirks { unsupported: vec!["reasoning".to_owned()], ..Quirks::default() };
    let (asked, notes, _) = said(thinking, &quirks).unwrap();
    assert_eq!((&asked["reasoning_effort"], notes.len()), (&json!("medium"), 1));
}

#[test]
fn what_no_chat_says_is_named() {
    let user = |block: Value| json!({ "messages": [{ "role": "user", "content": [block] }] });
    for (fields, place) in [
        (json!({ "container": "c" }), "container"),
        (json!({ "mcp_servers": [{}] }), "mcp_servers"),
        (json!({ "tools": [{ "type": "web_search_20250305", "name": "web_search" }] }), "tools[0].type"),
        (user(json!({ "type": "search_result" })), "messages[0].content[0].type"),
        (
            user(
                json!({ "type": "tool_result", "tool_use_id": "a", "content": [{ "type": "tool_reference" }] }),
            ),
            "messages[0].content[0].content[0].type",
        ),
        (
            user(
                json!({ "type": "document", "citations": { "enabled": true }, "source": { "type": "text", "data": "x" } }),
            ),
            "messages[0].content[0].citations",
        ),
        (user(json!({ "type": "image" })), "messages[0].content[0].source"),
        (json!({ "n": 2 }), "n"),
        (json!({ "thinking": { "type": "enabled" } }), "thinking.budget_tokens"),
    ] {
        assert_eq!(chat(fields).unwrap_err().param.as_deref(), Some(place));
    }
}

#[test]
fn what_is_wrong_with_the_chat_is_told_by_the_callers_words() {
    let (_, _, places) = said(
        json!({ "system": "x", "messages": [{ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "a" },
            { "type": "text", "text": "t" },
            { "type": "image", "source": { "type": "url", "url": "https://x.test/i" } } ] }] }),
        &Quirks::default(),
    )
    .unwrap();
    for (chat, own) in [
        ("messages[0].content", "system"),
        ("messages[1].tool_call_id", "messages[0].content[0].tool_call_id"),
        ("messages[2].content[1].image_url.url", "messages[0].content[2]"),
        ("stop", "stop_sequences"),
        ("reasoning.max_tokens", "thinking.max_tokens"),
        ("top_k", "top_k"),
    ] {
        let told = places.told(Error::bad_request(chat, format!("`{chat}` is wrong")));
        assert_eq!(told.param.as_deref(), Some(own));
        assert_eq!(told.message, format!("`{own}` is wrong"));
    }
}

#[test]
fn calls_whose_pieces_come_in_turn_are_whole_blocks() {
    let piece = |index: u32, id: Value, name: Value, arguments: &str| {
        let call = json!({ "index": index, "id": id, "type": "function", "function": { "name": name, "arguments": arguments } });
        let chunk = json!({ "id": "c", "created": 1, "model": "m", "object": "chat.completion.chunk",
            "choices": [{ "index": 0, "delta": { "tool_calls": [call] }, "finish_reason": null }] });
        serde_json::from_value::<ChatCompletionChunk>(chunk).unwrap()
    };
    let over = MessageOverChat::new(&request(json!({})).unwrap(), 7);
    let (mut made, mut items) = (MessageSynthesis::new(over), Vec::new());
    let mut sum = crate::types::chat::Accumulator::new();
    for chunk in [
        piece(0, json!("a"), json!("f"), "{\"x\""),
        piece(1, json!("b"), json!(null), ""),
        piece(0, json!(null), json!(null), ": 1}"),
        piece(1, json!(null), json!("g"), "{\"y\""),
        piece(1, json!(null), json!(null), ": "),
    ] {
        sum.add(&chunk);
        made.chunk(&chunk, &mut items);
    }
    let message = made.finish(sum.completion(), &mut items);
    // What was cut off is its text.
    let expected = json!([
        { "type": "tool_use", "id": "a", "name": "f", "input": { "x": 1 } },
        { "type": "tool_use", "id": "b", "name": "g", "input": "{\"y\": " },
    ]);
    assert_eq!(json!(message.content()), expected);
    let mut events = items.into_iter().map(|item| item.into_message_event().unwrap()).collect::<Vec<_>>();
    assert_eq!(events.pop().unwrap().event_type(), "message_stop");
    let mut sum = MessageSum::default();
    events.iter().for_each(|event| sum.add(event));
    assert_eq!(json!(sum.message().content()), expected);
}
