use serde_json::{Value, json};

use super::to_chat;
use crate::dialects::over_chat::carried::{is_our_id, item_id};
use crate::dialects::{DialectName, Translator, Unsupported};
use crate::error::Result;
use crate::types::responses::ResponsesRequest;
use crate::types::trace::{Translation, TranslationAction};

fn chat(fields: Value) -> Result<(Value, Vec<Translation>)> {
    let Value::Object(mut all) = json!({ "model": "m", "input": "q" }) else { panic!("an object") };
    all.extend(fields.as_object().unwrap().clone());
    let mut translator = Translator::new(Unsupported::Error);
    let request = ResponsesRequest::from_fields(all)?;
    let (chat, _) = to_chat(&request, DialectName::Anthropic, &mut translator)?;
    Ok((serde_json::to_value(chat).unwrap(), translator.into_notes()))
}

#[test]
fn an_id_of_ours_is_told_from_a_services() {
    assert!(is_our_id(&item_id("msg", 7, 3)) && is_our_id(&item_id("rs", u64::MAX, 0)));
    for other in ["msg_67ccd", "rs_rc12_0", "msg_rc0000000000000007_x", "rc0000000000000007_0", ""] {
        assert!(!is_our_id(other), "{other}");
    }
}

#[test]
fn what_an_assistant_said_in_items_is_one_message() {
    let (chat, notes) = chat(json!({ "instructions": "Be brief.", "input": [
        { "role": "user", "content": "q" },
        { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "hm" }],
          "encrypted_content": "of another service" },
        { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "So." }] },
        { "type": "function_call", "call_id": "a", "name": "f", "arguments": "{}" },
        { "type": "custom_tool_call", "call_id": "b", "name": "g", "input": "x" },
        { "type": "function_call_output", "call_id": "a", "output": "1" },
        { "type": "custom_tool_call_output", "call_id": "b", "output": [{ "type": "input_text", "text": "2" }] },
    ] }))
    .unwrap();
    let roles: Vec<&Value> = chat["messages"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "tool"]);
    let said = &chat["messages"][2];
    assert_eq!((&said["content"], &said["reasoning_content"]), (&json!("So."), &json!("hm")));
    assert_eq!(said["tool_calls"][1]["type"], "custom");
    assert_eq!(chat["messages"][4]["content"][0]["text"], "2");
    let [note] = notes.as_slice() else { panic!("{notes:?}") };
    let dropped = (note.param.as_str(), note.action);
    assert_eq!(dropped, ("input[1].encrypted_content", TranslationAction::Dropped));
}

#[test]
fn parameters_have_the_chats_names() {
    let (chat, _) = chat(json!({
        "max_output_tokens": 9, "top_logprobs": 2, "top_k": 4, "seed": 5, "parallel_tool_calls": false,
        "reasoning": { "effort": "low", "summary": null },
        "text": { "verbosity": "low", "format": { "type": "json_schema", "name": "n", "strict": true, "schema": {} } },
        "tools": [{ "type": "function", "name": "f", "parameters": {}, "strict": null }],
        "tool_choice": { "type": "function", "name": "f" },
    }))
    .unwrap();
    for (name, value) in [
        ("max_completion_tokens", json!(9)),
        ("logprobs", json!(true)),
        ("top_k", json!(4)),
        ("seed", json!(5)),
        ("parallel_tool_calls", json!(false)),
        ("reasoning_effort", json!("low")),
        ("verbosity", json!("low")),
        ("tool_choice", json!({ "type": "function", "function": { "name": "f" } })),
        ("tools", json!([{ "type": "function", "function": { "name": "f", "parameters": {} } }])),
    ] {
        assert_eq!(chat[name], value, "{name}");
    }
    assert_eq!(chat["response_format"]["json_schema"]["name"], "n");
}

#[test]
fn what_no_chat_says_is_named() {
    for (fields, place) in [
        (json!({ "background": true }), "background"),
        (json!({ "truncation": "auto" }), "truncation"),
        (json!({ "tools": [{ "type": "mcp" }] }), "tools[0].type"),
        (json!({ "text": { "format": { "type": "grammar" } } }), "text.format.type"),
        (json!({ "reasoning": { "mode": "pro" } }), "reasoning.mode"),
        (
            json!({ "tools": [{ "type": "function", "name": "f" }], "tool_choice": { "type": "mcp" } }),
            "tool_choice",
        ),
        (json!({ "n": 2 }), "n"),
    ] {
        assert_eq!(chat(fields).unwrap_err().param.as_deref(), Some(place));
    }
    // Asked for is what happens anyway.
    chat(
        json!({ "background": false, "truncation": "disabled", "include": ["reasoning.encrypted_content"] }),
    )
    .unwrap();
}

#[test]
fn a_choice_without_tools_is_none() {
    let (chat, _) = chat(json!({ "tool_choice": "auto", "parallel_tool_calls": true })).unwrap();
    assert!(chat.get("tool_choice").is_none() && chat.get("parallel_tool_calls").is_none());
}
