use serde_json::json;

use super::*;
use crate::types::messages::MessageEvent;
use crate::types::responses::{ModelResponse, ResponseEvent};

const RULE: NameRule = NameRule { most: 24, beside: "_-", any_first: true };

fn chat(names: &[&str]) -> ChatRequest {
    let tool = |name: &&str| json!({ "type": "function", "function": { "name": name } });
    let tools: Vec<Value> = names.iter().map(tool).collect();
    let call = json!({ "id": "1", "type": "function", "function": { "name": names[0], "arguments": "{}" } });
    let allowed = json!({ "type": "function", "function": { "name": names[0] } });
    ChatRequest::from_value(json!({ "model": "m", "tools": tools, "messages": [
        { "role": "user", "name": names[0], "content": names[0] },
        { "role": "assistant", "tool_calls": [call] },
        { "role": "tool", "tool_call_id": "1", "name": names[0], "content": "sunny" },
    ], "tool_choice": { "type": "allowed_tools", "allowed_tools": { "mode": "auto", "tools": [allowed] } } }))
    .unwrap()
}

fn sent(names: &ToolNames, name: &str) -> String {
    let mut name = name.to_owned();
    names.put_sent(&mut name);
    name
}

#[test]
fn names_that_a_wire_takes_stay() {
    assert!(ToolNames::of_chat(&chat(&["get_weather", "get-Weather9", "9"]), &RULE).is_empty());
    let strict = NameRule { any_first: false, ..RULE };
    assert!(!strict.takes("9") && !strict.takes("-a") && strict.takes("_a") && strict.takes("a9"));
}

#[test]
fn others_are_sent_in_the_letters_of_the_wire_and_always_the_same() {
    let own = ["weather.get", "a very long name of a tool indeed", "名前", "9/", "weather_get"];
    let names = ToolNames::of_chat(&chat(&own), &RULE);
    let all: Vec<String> = own.iter().map(|name| sent(&names, name)).collect();
    let strict = NameRule { any_first: false, ..RULE };
    assert!(all.iter().all(|name| strict.takes(name)), "{all:?}");
    assert_eq!(all[0], sent(&ToolNames::of_chat(&chat(&own[..1]), &RULE), own[0]));
    // As it was sent in an earlier version: a change would take conversations out of providers' caches.
    assert_eq!((all[0].as_str(), all[4].as_str()), ("weather_get_f9895f1b", "weather_get"));
    let mut distinct = all.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), own.len());
    for (sent, own) in all.into_iter().zip(own) {
        let mut back = sent;
        names.put_own(&mut back);
        assert_eq!(back, own);
    }
}

#[test]
fn none_is_sent_as_another_one_is_called() {
    let taken = RULE.sent("weather.get", 0);
    let names = ToolNames::of_chat(&chat(&["weather.get", &taken]), &RULE);
    assert_eq!(sent(&names, &taken), taken);
    assert_eq!(sent(&names, "weather.get"), RULE.sent("weather.get", 1));
}

#[test]
fn a_chat_names_it_so_everywhere_and_nothing_else_changes() {
    let own = chat(&["weather.get"]);
    let names = ToolNames::of_chat(&own, &RULE);
    let mut out = own.clone();
    names.send(&mut out);
    let to = sent(&names, "weather.get");
    let (own, out) = (serde_json::to_value(own).unwrap(), serde_json::to_value(out).unwrap());
    let mut wanted = own.clone();
    for place in [
        "/tools/0/function/name",
        "/messages/1/tool_calls/0/function/name",
        "/messages/2/name",
        "/tool_choice/allowed_tools/tools/0/function/name",
    ] {
        *wanted.pointer_mut(place).unwrap() = to.clone().into();
    }
    assert_eq!(out, wanted);
}

#[test]
fn a_response_names_it_so_and_gives_it_back() {
    let own = json!({ "tools": [{ "type": "function", "name": "a.b" }, { "type": "web_search", "name": "a.b" }],
        "tool_choice": { "type": "function", "name": "a.b" }, "metadata": { "type": "function", "name": "a.b" },
        "input": [{ "type": "function_call", "name": "a.b", "arguments": "{}" }, { "role": "user", "name": "a.b" }] });
    let Value::Object(own) = own else { panic!() };
    let names = ToolNames::of_body(&mut own.clone(), &RULE);
    let mut out = own.clone();
    names.send_body(&mut out);
    let to = sent(&names, "a.b");
    let mut wanted = Value::Object(own.clone());
    for place in ["/tools/0/name", "/tool_choice/name", "/input/0/name"] {
        *wanted.pointer_mut(place).unwrap() = to.clone().into();
    }
    assert_eq!(Value::Object(out.clone()), wanted);
    let item = json!({ "type": "function_call", "name": to });
    let fields =
        json!({ "type": "response.output_item.added", "item": item, "response": { "output": [item] } });
    let mut event: ResponseEvent = serde_json::from_value(fields).unwrap();
    event.response = Some(Box::new(ModelResponse { fields: out, ..ModelResponse::default() }));
    let mut event = StreamItem::Event(event);
    names.restore_event(&mut event);
    let event = event.into_event().unwrap();
    assert_eq!(event.fields["item"]["name"], "a.b");
    assert_eq!(event.fields["response"]["output"][0]["name"], "a.b");
    assert_eq!(event.response.unwrap().fields, own);
}

#[test]
fn a_message_names_it_so_and_gives_it_back() {
    let call =
        json!({ "type": "tool_use", "id": "1", "name": "a.b", "input": { "type": "tool", "name": "a.b" } });
    let own = json!({
        "tools": [{ "name": "a.b", "input_schema": {} }, { "type": "web_search_20250305", "name": "a.b" }],
        "tool_choice": { "type": "tool", "name": "a.b" }, "metadata": { "type": "tool", "name": "a.b" },
        "messages": [{ "role": "assistant", "content": [call] }] });
    let Value::Object(own) = own else { panic!() };
    let names = ToolNames::of_body(&mut own.clone(), &RULE);
    let mut out = own.clone();
    names.send_body(&mut out);
    let to = sent(&names, "a.b");
    let mut wanted = Value::Object(own.clone());
    for place in ["/tools/0/name", "/tool_choice/name", "/messages/0/content/0/name"] {
        *wanted.pointer_mut(place).unwrap() = to.clone().into();
    }
    assert_eq!(Value::Object(out), wanted);
    let block = json!({ "type": "tool_use", "name": to });
    let event =
        json!({ "type": "content_block_start", "content_block": block, "message": { "content": [block] } });
    let mut event = StreamItem::MessageEvent(serde_json::from_value::<MessageEvent>(event).unwrap());
    names.restore_event(&mut event);
    let fields = event.into_message_event().unwrap().fields;
    assert_eq!(fields["content_block"]["name"], "a.b");
    assert_eq!(fields["message"]["content"][0]["name"], "a.b");
}
