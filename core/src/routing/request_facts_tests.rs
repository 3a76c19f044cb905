use serde_json::{Value, json};

use super::*;

fn facts(body: Value, options: Value) -> RequestFacts {
    let mut body = body;
    body["model"] = json!("chat");
    if body.get("messages").is_none() {
        body["messages"] = json!([{ "role": "user", "content": "Hello" }]);
    }
    let request = ChatRequest::from_value(body).unwrap();
    let options: RoutingOptions = serde_json::from_value(options).unwrap();
    RequestFacts::of(&request, &Arc::new(options), false, 100).with_prompt_key(&request)
}

fn needs_of(body: Value) -> Value {
    serde_json::to_value(facts(body, json!({})).needs).unwrap()
}

fn user(part: Value) -> Value {
    json!({ "messages": [{ "role": "user", "content": [{ "type": "text", "text": "Look" }, part] }] })
}

#[test]
fn a_plain_request_needs_nothing() {
    assert_eq!(needs_of(json!({ "temperature": 1, "parallel_tool_calls": true, "tools": [] })), json!([]));
    for no_reasoning in [
        json!({ "reasoning_effort": "none" }),
        json!({ "reasoning": { "enabled": false, "effort": "high" } }),
        json!({ "reasoning": { "exclude": true } }),
    ] {
        assert_eq!(needs_of(no_reasoning), json!([]));
    }
}

/// A document of the user's.
fn file(data: &str, name: Option<&str>) -> Value {
    user(json!({ "type": "file", "file": { "file_data": data, "filename": name } }))
}

#[test]
fn each_need_is_found_where_it_stands() {
    let tool = json!({ "type": "function", "function": { "name": "f" } });
    let schema = json!({ "type": "json_schema", "json_schema": { "name": "s", "schema": {} } });
    for (body, needs) in [
        (json!({ "tools": [tool] }), json!(["tools"])),
        (json!({ "tools": [tool], "parallel_tool_calls": true }), json!(["tools", "parallel_tools"])),
        (user(json!({ "type": "image_url", "image_url": { "url": "https://x/y.png" } })), json!(["vision"])),
        (user(json!({ "type": "file", "file": { "file_id": "f" } })), json!(["document"])),
        (user(json!({ "type": "document_url", "document_url": "https://x" })), json!(["document"])),
        (file("data:application/pdf;base64,JVBE", None), json!(["document"])),
        (file("https://x/notes.txt", Some("notes.txt")), json!(["document"])),
        (file("data:text/plain;base64,SGk=", Some("notes.pdf")), json!(["text_document"])),
        (file("DATA:,Hi", None), json!(["text_document"])),
        (file("SGk=", Some("notes.TXT")), json!(["text_document"])),
        (
            user(json!({ "type": "input_audio", "input_audio": { "data": "AA", "format": "wav" } })),
            json!(["audio_input"]),
        ),
        (user(json!({ "type": "video_url", "video_url": { "url": "https://x" } })), json!(["video"])),
        (json!({ "modalities": ["text", "audio"] }), json!(["audio_output"])),
        (json!({ "modalities": ["image"] }), json!(["image_output"])),
        (json!({ "response_format": schema }), json!(["json_schema"])),
        (json!({ "response_format": { "type": "json_object" } }), json!(["json_mode"])),
        (json!({ "reasoning_effort": "low" }), json!(["reasoning"])),
        (json!({ "reasoning": { "max_tokens": 1000 } }), json!(["reasoning"])),
        (json!({ "logprobs": true }), json!(["logprobs"])),
    ] {
        assert_eq!(needs_of(body.clone()), needs, "{body}");
    }
    let request = ChatRequest::from_value(json!({ "model": "m", "messages": [] })).unwrap();
    let streamed = RequestFacts::of(&request, &Arc::default(), true, 0);
    assert_eq!(serde_json::to_value(streamed.needs).unwrap(), json!(["streaming"]));
}

#[test]
fn expected_output_is_a_guess_within_the_limit() {
    let of = |body, options| facts(body, options).expected_output_tokens;
    assert_eq!(of(json!({}), json!({})), 256);
    assert_eq!(of(json!({ "max_tokens": 64 }), json!({})), 64);
    assert_eq!(of(json!({}), json!({ "expected_output_tokens": 900 })), 900);
    assert_eq!(of(json!({ "max_completion_tokens": 500 }), json!({ "expected_output_tokens": 900 })), 500);
    assert_eq!(facts(json!({ "max_tokens": 64 }), json!({})).window_tokens(), 164);
}

#[test]
fn the_prompt_key_is_of_the_start_alone() {
    let key = |messages: Value| facts(json!({ "messages": messages }), json!({})).prompt_key().unwrap();
    let system = json!({ "role": "system", "content": "You are brief." });
    let hello = json!({ "role": "user", "content": "Hello" });
    let answer = json!({ "role": "assistant", "content": "Hi" });
    let first = key(json!([system, hello]));
    // A later turn of the same conversation.
    assert_eq!(first, key(json!([system, hello, answer, { "role": "user", "content": "And?" }])));
    // The same text, given as a part.
    let parts = json!({ "role": "user", "content": [{ "type": "text", "text": "Hello" }] });
    assert_eq!(first, key(json!([system, parts])));
    assert_ne!(first, key(json!([hello])));
    assert_ne!(first, key(json!([system, { "role": "user", "content": "Hello?" }])));
    // Where a text ends counts.
    let part = |text: &str| json!({ "type": "text", "text": text });
    let split = |a: &str, b: &str| key(json!([{ "role": "user", "content": [part(a), part(b)] }]));
    assert_ne!(split("ab", "c"), split("a", "bc"));
    // Fixed for ever: a release that moves sessions empties caches.
    assert_eq!(first, 0xC230EB2C1E0A7629);
}

#[test]
fn a_message_has_the_prompt_key_of_the_chat_that_says_the_same() {
    let system = json!({ "role": "system", "content": "You are brief." });
    let hello = json!({ "role": "user", "content": "Hello" });
    let chat = facts(json!({ "messages": [system, hello] }), json!({})).prompt_key();
    let text = json!([{ "type": "text", "text": "Hello" }]);
    for content in [json!("Hello"), text] {
        let fields = json!({ "max_tokens": 1, "system": "You are brief.", "messages": [
            { "role": "user", "content": content }, { "role": "assistant", "content": "Hi" }] });
        let request = MessagesRequest::from_fields(fields.as_object().unwrap().clone()).unwrap();
        assert_eq!(
            RequestFacts::default().with_prompt_key_of(&Request::Messages(request)).prompt_key(),
            chat
        );
    }
}

#[test]
fn the_session_key_is_the_hash_of_its_name() {
    let facts = facts(json!({}), json!({ "session": "abc" }));
    assert_eq!(facts.session_key(), Some(0x44BC_2CF5_AD77_0999));
}

#[test]
fn a_record_holds_what_routing_looks_at() {
    let options =
        json!({ "tags": ["fast"], "residency": ["eu"], "provider": "p", "session": "s", "tenant": "t" });
    let facts = facts(json!({ "max_tokens": 5 }), options);
    let record = facts.record();
    assert_eq!(RequestFacts::recorded(&record).record(), record);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<RequestRecord>(&text).unwrap(), record);
    assert!(!text.contains("Hello") && !text.contains("tenant"), "{text}");
}

#[test]
fn options_that_no_target_can_meet_are_refused() {
    let check = |options: Value| serde_json::from_value::<RoutingOptions>(options).unwrap().validate();
    assert!(check(json!({ "residency": ["eu"], "tags": ["a"] })).is_ok());
    assert_eq!(check(json!({ "residency": [] })).unwrap_err().param.as_deref(), Some("residency"));
    assert_eq!(check(json!({ "tags": ["a", ""] })).unwrap_err().param.as_deref(), Some("tags[1]"));
    let unknown = serde_json::from_value::<RoutingOptions>(json!({ "sesion": "a" })).unwrap_err().to_string();
    assert!(unknown.contains("`session`"), "{unknown}");
}
