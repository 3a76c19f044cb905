use super::*;
use crate::dialects::{ReasoningReplay, StreamUsage};
use crate::error::ErrorKind;

fn refusing(names: &[&str]) -> Quirks {
    Quirks { unsupported: names.iter().map(|name| (*name).to_owned()).collect(), ..plain() }
}

fn dropping(fields: Value, quirks: &Quirks) -> EncodedRequest {
    encode_as(fields, quirks, Unsupported::Drop, false).unwrap()
}

fn refused(fields: Value, quirks: &Quirks) -> String {
    let error = encode_as(fields, quirks, Unsupported::Error, false).unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadRequest);
    error.param.clone().unwrap()
}

#[test]
fn sends_the_request_under_the_upstream_model() {
    let encoded =
        encode_as(json!({ "top_k": 3, "min_p": 0.1 }), &plain(), Unsupported::Error, false).unwrap();
    assert_eq!(encoded.path, "/chat/completions");
    assert_eq!(
        Value::Object(encoded.body.clone()),
        json!({ "model": "sent", "messages": [{ "role": "user", "content": "Hi" }], "top_k": 3, "min_p": 0.1 })
    );
    assert!(encoded.translation.is_empty() && encoded.headers.is_empty() && encoded.query.is_empty());
}

#[test]
fn asks_for_usage_of_a_stream() {
    let stream = |fields, usage| {
        let quirks = Quirks { stream_usage: usage, ..plain() };
        let body = encode_as(fields, &quirks, Unsupported::Error, true).unwrap().body;
        assert_eq!(body["stream"], true);
        body.get("stream_options").cloned()
    };
    let options = || json!({ "stream_options": { "include_usage": false, "x": 1 } });
    assert_eq!(stream(json!({}), StreamUsage::StreamOptions), Some(json!({ "include_usage": true })));
    assert_eq!(stream(options(), StreamUsage::StreamOptions), Some(json!({ "include_usage": true, "x": 1 })));
    assert_eq!(stream(options(), StreamUsage::Automatic), Some(json!({ "x": 1 })));
    assert_eq!(stream(json!({ "stream_options": { "include_usage": true } }), StreamUsage::None), None);

    let plain_call = encode(json!({ "stream_options": { "include_usage": true } }), &plain());
    assert!(!plain_call.contains_key("stream") && !plain_call.contains_key("stream_options"));
    assert_eq!(encode(json!({ "stream": false }), &plain())["stream"], false);
}

#[test]
fn names_the_output_limit_as_the_service_does() {
    let quirks = Quirks { max_tokens_field: Some("max_tokens".to_owned()), ..plain() };
    let encoded = dropping(json!({ "max_completion_tokens": 5 }), &quirks);
    assert_eq!(encoded.body["max_tokens"], 5);
    assert!(!encoded.body.contains_key("max_completion_tokens"));
    assert_eq!(notes(&encoded), ["max_completion_tokens renamed"]);

    assert!(notes(&dropping(json!({ "max_tokens": 5 }), &quirks)).is_empty());
    let both = |limit| json!({ "max_tokens": 5, "max_completion_tokens": limit });
    assert_eq!(dropping(both(5), &quirks).body["max_tokens"], 5);
    assert_eq!(refused(both(6), &quirks), "max_completion_tokens");
    let kept = encode(both(6), &plain());
    assert_eq!((&kept["max_tokens"], &kept["max_completion_tokens"]), (&json!(5), &json!(6)));
}

#[test]
fn renames_what_the_quirks_name() {
    let quirks = Quirks {
        rename: [("seed".to_owned(), "random_seed".to_owned())].into(),
        tool_choice_required: Some("any".to_owned()),
        developer_role: false,
        ..Quirks::default()
    };
    let message = json!({ "role": "developer", "content": "Be brief" });
    let encoded = dropping(json!({ "seed": 7, "tool_choice": "required", "messages": [message] }), &quirks);
    assert_eq!(encoded.body["random_seed"], 7);
    assert_eq!(encoded.body["tool_choice"], "any");
    assert_eq!(encoded.body["messages"][0], json!({ "role": "system", "content": "Be brief" }));
    assert!(!encoded.body.contains_key("seed"));
    assert_eq!(notes(&encoded), ["messages[0].role renamed", "tool_choice renamed", "seed renamed"]);
    assert_eq!(encode(json!({ "tool_choice": "auto" }), &quirks)["tool_choice"], "auto");
}

#[test]
fn refuses_or_drops_what_the_service_lacks() {
    let quirks = refusing(&[
        "top_k",
        "tools[].function.strict",
        "response_format.json_schema",
        "n",
        "messages[].name",
    ]);
    assert_eq!(refused(json!({ "top_k": 3 }), &quirks), "top_k");
    let tool = |strict: bool| json!({ "type": "function", "function": { "name": "f", "strict": strict } });
    let fields = json!({ "tools": [{ "type": "web" }, tool(true)], "top_k": 3, "n": 1 });
    assert_eq!(
        refused(json!({ "tools": [{ "type": "web" }, tool(true)] }), &quirks),
        "tools[1].function.strict"
    );
    assert_eq!(refused(json!({ "n": 2 }), &quirks), "n");

    let encoded = dropping(fields, &quirks);
    assert_eq!(encoded.body["tools"][1], json!({ "type": "function", "function": { "name": "f" } }));
    assert_eq!(notes(&encoded), ["top_k dropped", "tools[1].function.strict dropped", "n dropped"]);
    // What asks for nothing is no reason to refuse a request.
    assert!(encode_as(json!({ "n": 1 }), &quirks, Unsupported::Error, false).is_ok());
}

#[test]
fn says_reasoning_effort_as_the_service_does() {
    let effort_alone = refusing(&["reasoning"]);
    let encoded = dropping(json!({ "reasoning": { "effort": "low", "enabled": true } }), &effort_alone);
    assert_eq!(encoded.body["reasoning_effort"], "low");
    assert!(!encoded.body.contains_key("reasoning"));
    assert_eq!(notes(&encoded), ["reasoning.effort renamed", "reasoning.enabled dropped"]);
    let off = encode(json!({ "reasoning": { "enabled": false } }), &effort_alone);
    assert_eq!(off["reasoning_effort"], "none");
    assert_eq!(refused(json!({ "reasoning": { "max_tokens": 9 } }), &effort_alone), "reasoning.max_tokens");
    let both = json!({ "reasoning": { "effort": "low" }, "reasoning_effort": "high" });
    assert_eq!(refused(both.clone(), &effort_alone), "reasoning.effort");

    let object_alone = refusing(&["reasoning_effort"]);
    let encoded =
        encode(json!({ "reasoning_effort": "high", "reasoning": { "exclude": true } }), &object_alone);
    assert_eq!(encoded["reasoning"], json!({ "exclude": true, "effort": "high" }));
    assert!(!encoded.contains_key("reasoning_effort"));

    assert_eq!(refused(both.clone(), &refusing(&["reasoning", "reasoning_effort"])), "reasoning");
    assert_eq!(encode(both, &plain())["reasoning"], json!({ "effort": "low" }));
}

#[test]
fn drops_cache_marks_without_an_error() {
    let mark = json!({ "type": "ephemeral" });
    let fields = json!({
        "messages": [{ "role": "user", "content": [{ "type": "text", "text": "a", "cache_control": mark }], "cache_control": mark }],
        "tools": [{ "type": "function", "function": { "name": "f" }, "cache_control": mark }],
    });
    let kept = encode(fields.clone(), &plain());
    assert_eq!(kept["messages"][0]["content"][0]["cache_control"], mark);
    let encoded = encode_as(fields, &refusing(&["cache_control"]), Unsupported::Error, false).unwrap();
    assert!(!Value::Object(encoded.body.clone()).to_string().contains("cache_control"));
    assert_eq!(
        notes(&encoded),
        [
            "messages[0].cache_control dropped",
            "messages[0].content[0].cache_control dropped",
            "tools[0].cache_control dropped"
        ]
    );
}

#[test]
fn hands_reasoning_back_where_the_service_takes_it() {
    let details = json!([{ "type": "reasoning.text", "text": "why", "signature": "s" }]);
    let message = json!({ "role": "assistant", "content": "a", "reasoning_content": "why", "reasoning_details": details });
    let sent = |replay| encode_message(message.clone(), &Quirks { reasoning_replay: replay, ..plain() });
    let base = |name: &str, value: Value| json!({ "role": "assistant", "content": "a", name: value });
    assert_eq!(sent(ReasoningReplay::None), json!({ "role": "assistant", "content": "a" }));
    assert_eq!(sent(ReasoningReplay::ReasoningContent), base("reasoning_content", json!("why")));
    assert_eq!(sent(ReasoningReplay::Reasoning), base("reasoning", json!("why")));
    assert_eq!(sent(ReasoningReplay::ReasoningDetails), base("reasoning_details", details.clone()));

    let text_of_details = encode_message(
        base("reasoning_details", details),
        &Quirks { reasoning_replay: ReasoningReplay::ReasoningContent, ..plain() },
    );
    assert_eq!(text_of_details, base("reasoning_content", json!("why")));
    let encoded = dropping(json!({ "messages": [message] }), &plain());
    assert_eq!(notes(&encoded), ["messages[0].reasoning_content dropped"]);
}

#[test]
fn sends_of_a_reply_only_what_requests_take() {
    let message = json!({
        "role": "assistant", "content": null, "refusal": null, "function_call": { "name": "", "arguments": "" },
        "annotations": [{ "type": "url_citation" }, { "type": "file", "file": { "hash": "h" } }],
        "audio": { "id": "audio_1", "data": "AAAA", "transcript": "Hi", "expires_at": 1 },
        "executed_tools": [], "provider_metadata": {}, "extra_content": { "google": { "thought_signature": "s" } },
        "tool_calls": [{ "id": "1", "type": "custom", "function": { "name": "f", "arguments": "free" } }],
    });
    assert_eq!(
        encode_message(message, &plain()),
        json!({
            "role": "assistant", "content": null,
            "annotations": [{ "type": "file", "file": { "hash": "h" } }],
            "audio": { "id": "audio_1" },
            "extra_content": { "google": { "thought_signature": "s" } },
            "tool_calls": [{ "id": "1", "type": "custom", "custom": { "name": "f", "input": "free" } }],
        })
    );
}

#[test]
fn notes_a_failed_tool_and_sends_its_content() {
    let message = json!({ "role": "tool", "tool_call_id": "1", "content": "boom", "is_error": true });
    let encoded = encode_as(json!({ "messages": [message] }), &plain(), Unsupported::Error, false).unwrap();
    assert_eq!(
        encoded.body["messages"][0],
        json!({ "role": "tool", "tool_call_id": "1", "content": "boom" })
    );
    assert_eq!(notes(&encoded), ["messages[0].is_error dropped"]);
}

#[test]
fn splices_native_parts() {
    let message = |part: Value| json!({ "role": "user", "content": [{ "type": "text", "text": "a" }, part] });
    let block = json!({ "type": "input_audio", "input_audio": "AAAA" });
    for dialect in [Value::Null, json!("openai")] {
        let part = json!({ "type": "native", "dialect": dialect, "block": block });
        assert_eq!(encode_message(message(part), &plain())["content"][1], block);
    }
    let foreign = json!({ "type": "native", "dialect": "anthropic", "block": block });
    assert_eq!(
        refused(json!({ "messages": [message(foreign)] }), &plain()),
        "messages[0].content[1].dialect"
    );
}

#[test]
fn restores_native_content_unless_it_was_edited() {
    let content = json!([
        { "type": "thinking", "thinking": [{ "type": "text", "text": "why" }], "closed": true },
        { "type": "text", "text": "a" },
    ]);
    let reply = serde_json::to_value(
        &super::reply(json!({ "role": "assistant", "content": content })).choices[0].message,
    );
    let mut message = reply.unwrap();
    let lists = Quirks { reasoning_replay: ReasoningReplay::Content, ..plain() };
    assert_eq!((&message["content"], &message["reasoning_content"]), (&json!("a"), &json!("why")));
    assert_eq!(encode_message(message.clone(), &lists), json!({ "role": "assistant", "content": content }));
    // A service that does not send such lists may not take them.
    assert_eq!(encode_message(message.clone(), &plain())["content"], "a");
    message["content"] = json!("edited");
    assert_eq!(encode_message(message.clone(), &lists), json!({ "role": "assistant", "content": "edited" }));
    message["content"] = json!("a");
    message["native_blocks"]["dialect"] = json!("gemini");
    assert_eq!(encode_message(message, &lists), json!({ "role": "assistant", "content": "a" }));
}
