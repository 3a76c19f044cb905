//! What is answered on each wire, plain and streamed.

use roocode::testing::{MockServer, Script};
use serde_json::{Value, json};

use super::client::{ask, exchange, options, post};

/// Everything a reply can have.
fn full() -> Value {
    json!([{
        "reply": {
            "content": "Hi you",
            "reasoning": "They greet",
            "signature": "c2ln",
            "tool_calls": [
                {"name": "weather", "arguments": {"city": "Rome"}},
                {"id": "mine", "name": "clock", "arguments": "{\"zone\": \"CET\"}"},
            ],
            "usage": {
                "prompt_tokens": 20, "completion_tokens": 9, "cached_tokens": 5,
                "cache_write_tokens": 3, "reasoning_tokens": 2,
            },
        },
    }])
}

fn joined(events: &[Value], pointer: &str) -> String {
    events.iter().filter_map(|event| event.pointer(pointer)).filter_map(Value::as_str).collect()
}

#[test]
fn without_a_script_it_says_back_what_it_was_told_on_every_wire() {
    let server = MockServer::start(vec![]).unwrap();
    let openai = ask(&server, false);
    assert_eq!(openai.status, 200);
    assert_eq!(openai.header("content-type"), Some("application/json"));
    assert_eq!(openai.header("x-request-id"), Some("req_mock_0000000001"));
    let body = openai.json();
    assert_eq!(body["id"], "chatcmpl-mock-0000000001");
    assert_eq!(body["choices"][0]["message"]["content"], "You said: hello there");
    assert_eq!(body["usage"]["prompt_tokens"], 2);
    assert_eq!(body["usage"]["total_tokens"], 6);

    let parts = json!({"model": "claude-mock", "max_tokens": 9, "messages": [
        {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
        {"role": "assistant", "content": "x"},
    ]});
    let anthropic = post(&server, "/v1/messages", &parts);
    assert_eq!(anthropic.json()["content"][0]["text"], "You said: one two");
    assert_eq!(anthropic.json()["model"], "claude-mock");
    assert_eq!(anthropic.header("request-id"), Some("req_mock_0000000002"));

    let contents = json!({"contents": [{"parts": [{"text": "grüß dich"}]}]});
    let gemini = post(&server, "/v1/models/gemini-mock:generateContent", &contents);
    assert_eq!(gemini.json()["candidates"][0]["content"]["parts"][0]["text"], "You said: grüß dich");
    assert_eq!(gemini.json()["modelVersion"], "gemini-mock");
    assert_eq!(gemini.json()["responseId"], "mock-0000000003");
}

#[test]
fn openai_plain_and_streamed_say_the_same() {
    let server = MockServer::start(options(full())).unwrap();
    let plain = ask(&server, false).json();
    let message = &plain["choices"][0]["message"];
    assert_eq!(message["reasoning_content"], "They greet");
    assert_eq!(message["tool_calls"][0]["id"], "call_mock_0000000001_0");
    assert_eq!(message["tool_calls"][0]["function"]["arguments"], r#"{"city":"Rome"}"#);
    assert_eq!(message["tool_calls"][1]["id"], "mine");
    assert_eq!(message["tool_calls"][1]["function"]["arguments"], "{\"zone\": \"CET\"}");
    assert_eq!(plain["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(plain["usage"]["prompt_tokens_details"]["cached_tokens"], 5);
    assert_eq!(plain["usage"]["completion_tokens_details"]["reasoning_tokens"], 2);

    let streamed = ask(&server, true);
    assert_eq!(streamed.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(streamed.header("transfer-encoding"), Some("chunked"));
    assert!(streamed.complete && streamed.text().ends_with("data: [DONE]\n\n"));
    let events = streamed.events();
    assert_eq!(joined(&events, "/choices/0/delta/content"), "Hi you");
    assert_eq!(joined(&events, "/choices/0/delta/reasoning_content"), "They greet");
    for (index, arguments) in [(0, r#"{"city":"Rome"}"#), (1, "{\"zone\": \"CET\"}")] {
        let calls: Vec<Value> = events
            .iter()
            .filter_map(|event| event.pointer("/choices/0/delta/tool_calls/0").cloned())
            .filter(|call| call["index"] == index)
            .collect();
        assert_eq!(joined(&calls, "/function/arguments"), arguments);
        assert_eq!(joined(&calls, "/function/name"), ["weather", "clock"][index]);
    }
    let last = events.last().unwrap();
    assert_eq!((&last["choices"], &last["usage"]), (&json!([]), &plain["usage"]));
    assert_eq!(events[0]["usage"], Value::Null);

    let mut unasked = super::client::question(true);
    unasked.as_object_mut().unwrap().remove("stream_options");
    let streamed = post(&server, "/v1/chat/completions", &unasked);
    assert!(!streamed.text().contains("\"usage\""));
}

#[test]
fn anthropic_plain_and_streamed_say_the_same() {
    let server = MockServer::start(options(full())).unwrap();
    let request = |stream| {
        json!({"model": "claude-mock", "max_tokens": 9, "stream": stream,
        "messages": [{"role": "user", "content": "hello"}]})
    };
    let plain = post(&server, "/v1/messages", &request(false)).json();
    let kinds: Vec<&str> =
        plain["content"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["thinking", "text", "tool_use", "tool_use"]);
    assert_eq!(plain["content"][0]["signature"], "c2ln");
    assert_eq!(plain["content"][2]["input"], json!({"city": "Rome"}));
    assert_eq!(plain["content"][3]["input"], json!({"zone": "CET"}));
    assert_eq!(plain["stop_reason"], "tool_use");
    assert_eq!(plain["usage"]["input_tokens"], 12);
    assert_eq!(plain["usage"]["cache_creation_input_tokens"], 3);

    let streamed = post(&server, "/v1/messages", &request(true));
    let names: Vec<&str> = streamed.text().lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(names[..3], ["message_start", "content_block_start", "ping"]);
    assert_eq!(names[names.len() - 2..], ["message_delta", "message_stop"]);
    let events = streamed.events();
    for (name, event) in names.iter().zip(&events) {
        assert_eq!(event["type"], *name);
    }
    assert_eq!(joined(&events, "/delta/thinking"), "They greet");
    assert_eq!(joined(&events, "/delta/signature"), "c2ln");
    assert_eq!(joined(&events, "/delta/text"), "Hi you");
    assert_eq!(joined(&events, "/delta/partial_json"), "{\"city\":\"Rome\"}{\"zone\": \"CET\"}");
    let end = &events[events.len() - 2];
    assert_eq!(
        (&end["delta"]["stop_reason"], &end["usage"]["output_tokens"]),
        (&json!("tool_use"), &json!(9))
    );
}

#[test]
fn gemini_plain_and_streamed_say_the_same() {
    let server = MockServer::start(options(full())).unwrap();
    let contents = json!({"contents": [{"role": "user", "parts": [{"text": "hello"}]}]});
    let plain = post(&server, "/v1beta/models/gemini-mock:generateContent", &contents).json();
    let parts = &plain["candidates"][0]["content"]["parts"];
    assert_eq!(parts[0], json!({"text": "They greet", "thought": true}));
    assert_eq!(parts[1], json!({"text": "Hi you"}));
    assert_eq!(parts[2]["functionCall"], json!({"name": "weather", "args": {"city": "Rome"}}));
    assert_eq!(parts[2]["thoughtSignature"], "c2ln");
    assert_eq!(parts[3]["functionCall"]["id"], "mine");
    assert_eq!(plain["usageMetadata"]["candidatesTokenCount"], 7);
    assert_eq!(plain["usageMetadata"]["thoughtsTokenCount"], 2);

    let path = "/v1beta/models/gemini-mock:streamGenerateContent";
    let streamed = post(&server, &format!("{path}?alt=sse"), &contents);
    assert_eq!(streamed.header("content-type"), Some("text/event-stream"));
    assert!(streamed.text().contains("\r\n\r\ndata: "));
    let events = streamed.events();
    let parts: Vec<Value> =
        events.iter().map(|event| event["candidates"][0]["content"]["parts"][0].clone()).collect();
    let (thoughts, rest): (Vec<Value>, Vec<Value>) =
        parts.into_iter().partition(|part| part["thought"] == true);
    assert_eq!(joined(&thoughts, "/text"), "They greet");
    assert_eq!(joined(&rest, "/text"), "Hi you");
    assert_eq!(rest.iter().filter(|part| part["functionCall"].is_object()).count(), 2);
    let last = events.last().unwrap();
    assert_eq!(last["candidates"][0]["finishReason"], "STOP");
    assert_eq!(last["usageMetadata"], plain["usageMetadata"]);

    let array = post(&server, path, &contents);
    assert_eq!(array.json().as_array().unwrap().len(), events.len());
}

#[test]
fn finish_reasons_are_said_in_the_words_of_the_wire() {
    let server = MockServer::start(options(json!([
        {"reply": {"content": "Hi", "finish_reason": "length"}, "times": 3},
        {"reply": {"content": "Hi", "finish_reason": "odd"}},
    ])))
    .unwrap();
    let said = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
    let contents = json!({"contents": [{"parts": [{"text": "x"}]}]});
    for (openai, anthropic, gemini) in [("length", "max_tokens", "MAX_TOKENS"), ("odd", "odd", "odd")] {
        assert_eq!(ask(&server, false).json()["choices"][0]["finish_reason"], openai);
        assert_eq!(post(&server, "/v1/messages", &said).json()["stop_reason"], anthropic);
        let reply = post(&server, "/v1beta/models/m:generateContent", &contents).json();
        assert_eq!(reply["candidates"][0]["finishReason"], gemini);
    }
}

#[test]
fn models_are_listed_in_each_form() {
    let server = MockServer::start(options(json!({"models": ["a", "b"]}))).unwrap();
    let openai = exchange(&server, "GET", "/v1/models", "", &Value::Null).json();
    assert_eq!((&openai["object"], &openai["data"][1]["id"]), (&json!("list"), &json!("b")));
    let anthropic = exchange(&server, "GET", "/v1/models", "anthropic-version: 2023-06-01\r\n", &Value::Null);
    assert_eq!(anthropic.json()["data"][0]["type"], "model");
    let gemini = exchange(&server, "GET", "/v1beta/models", "", &Value::Null).json();
    assert_eq!(gemini["models"][1]["name"], "models/b");
}

#[test]
fn an_unknown_path_is_404_unless_a_script_names_it() {
    let server = MockServer::start(options(json!([
        {"reply": {"content": "not for this path"}},
        {"when": {"path": "/judgements"}, "reply": {"body": {"data": [1]}}},
    ])))
    .unwrap();
    let unknown = post(&server, "/v1/nothing", &json!({}));
    assert_eq!((unknown.status, unknown.json()["error"]["type"].as_str()), (404, Some("not_found")));
    assert_eq!(post(&server, "/v1/judgements", &json!({})).json(), json!({"data": [1]}));
    let none = post(&server, "/v1/chat/completions", &json!({"model": "m"}));
    assert_eq!(none.status, 400);
}

#[test]
fn scripts_answer_in_order_as_long_as_they_match_and_are_left() {
    let server = MockServer::start(options(json!([
        {"when": {"attempt": 2}, "reply": {"content": "second"}},
        {"when": {"contains": "there", "stream": false}, "reply": {"content": "once"}, "times": 1},
        {"when": {"model": "other"}, "reply": {"content": "never"}},
        {"reply": {"content": "always"}},
    ])))
    .unwrap();
    let said =
        |_| ask(&server, false).json()["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
    assert_eq!((0..4).map(said).collect::<Vec<_>>(), ["once", "second", "always", "always"]);
    server.set_scripts(vec![Script::text("new")]).unwrap();
    assert_eq!(said(0), "new");
}

#[test]
fn the_wrong_key_is_refused_in_the_form_of_the_wire() {
    let server = MockServer::start(options(json!({"api_key": "test-key"}))).unwrap();
    let chat = super::client::question(false);
    let contents = json!({"contents": [{"parts": [{"text": "x"}]}]});
    let said = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
    let gemini = "/v1beta/models/m:generateContent";

    let openai = exchange(&server, "POST", "/v1/chat/completions", "authorization: Bearer x\r\n", &chat);
    assert_eq!((openai.status, &openai.json()["error"]["code"]), (401, &json!("invalid_api_key")));
    let anthropic = post(&server, "/v1/messages", &said);
    assert_eq!((anthropic.status, &anthropic.json()["error"]["type"]), (401, &json!("authentication_error")));
    // On record, Gemini says 400 and a reason.
    let refused = post(&server, &format!("{gemini}?key=x"), &contents);
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"]["details"][0]["reason"], "API_KEY_INVALID");

    let right = [
        ("/v1/chat/completions", "authorization: Bearer test-key\r\n", &chat),
        ("/v1/chat/completions", "api-key: test-key\r\n", &chat),
        ("/v1/messages", "x-api-key: test-key\r\n", &said),
        (gemini, "x-goog-api-key: test-key\r\n", &contents),
        ("/v1beta/models/m:generateContent?key=test-key", "", &contents),
    ];
    for (path, headers, body) in right {
        assert_eq!(exchange(&server, "POST", path, headers, body).status, 200, "{path} {headers}");
    }
    assert!(!serde_json::to_string(&server.requests()).unwrap().contains("test-key"));
}
