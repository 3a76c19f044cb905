//! Counting of tokens: by who is asked, by a vocabulary, by rule; over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use roocode::types::operation::Operation;
use roocode::types::tokens::{CountMethod, TokenCount};
use roocode::{Client, ErrorKind, Result};
use serde_json::{Value, json};

use crate::support::client;

fn provider(kind: &str) -> Value {
    match kind {
        "vertex" => json!({ "kind": kind, "api_key": "key-of-it", "variables": { "project": "p" } }),
        "bedrock" => json!({ "kind": kind, "api_key": "key-of-it", "region": "eu-west-1" }),
        _ => support::provider(kind),
    }
}

fn request(fields: Value) -> Value {
    let mut request = json!({ "messages": [
        { "role": "system", "content": "Be brief." },
        { "role": "user", "content": "How many tokens are these?" },
    ] });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    request
}

async fn count(client: &Client, body: Value) -> Result<TokenCount> {
    let reply = client.ask(client.call_of(Operation::CountTokens, body, Value::Null)?).await?;
    Ok(reply.answer.into_count().unwrap())
}

#[tokio::test]
async fn each_service_that_counts_is_asked_in_its_own_words() {
    let turns = json!([{ "role": "user", "content": "How many tokens are these?" }]);
    for (kind, model, path, body) in [
        (
            "anthropic",
            "claude-sonnet-4-5",
            "/v1/messages/count_tokens",
            json!({ "model": "claude-sonnet-4-5", "system": "Be brief.", "messages": turns }),
        ),
        (
            "vertex",
            "claude-sonnet-4-5@20250929",
            "/v1/projects/p/locations/global/publishers/anthropic/models/count-tokens:rawPredict",
            json!({ "model": "claude-sonnet-4-5@20250929", "system": "Be brief.", "messages": turns,
                    "anthropic_version": "vertex-2023-10-16" }),
        ),
        (
            "gemini",
            "gemini-2.5-pro",
            "/v1beta/models/gemini-2.5-pro:countTokens",
            json!({ "generateContentRequest": {
                "model": "models/gemini-2.5-pro",
                "systemInstruction": { "parts": [{ "text": "Be brief." }] },
                "contents": [{ "role": "user", "parts": [{ "text": "How many tokens are these?" }] }],
                "generationConfig": { "maxOutputTokens": 9, "temperature": 0.5 },
            } }),
        ),
        (
            "vertex",
            "gemini-2.5-pro",
            "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:countTokens",
            json!({
                "systemInstruction": { "parts": [{ "text": "Be brief." }] },
                "contents": [{ "role": "user", "parts": [{ "text": "How many tokens are these?" }] }],
                "generationConfig": { "maxOutputTokens": 9, "temperature": 0.5 },
            }),
        ),
        (
            "bedrock",
            "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "/model/anthropic.claude-sonnet-4-20250514-v1:0/count-tokens",
            json!({ "input": { "converse": {
                "system": [{ "text": "Be brief." }],
                "messages": [{ "role": "user", "content": [{ "text": "How many tokens are these?" }] }],
            } } }),
        ),
        (
            "openai",
            "gpt-5.2",
            "/v1/responses/input_tokens",
            json!({ "model": "gpt-5.2", "input": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "How many tokens are these?" },
            ] }),
        ),
        ("vllm", "m", "/tokenize", json!({ "model": "m", "messages": request(json!({}))["messages"] })),
        (
            "llamacpp",
            "m",
            "/v1/messages/count_tokens",
            json!({ "model": "m", "system": "Be brief.", "messages": turns }),
        ),
        (
            "moonshotai",
            "kimi-k2.5",
            "/v1/tokenizers/estimate-token-count",
            json!({ "model": "kimi-k2.5", "messages": request(json!({}))["messages"] }),
        ),
        (
            "zai",
            "glm-4.6",
            "/api/paas/v4/tokenizer",
            json!({ "model": "glm-4.6", "messages": request(json!({}))["messages"] }),
        ),
    ] {
        let (client, transport) = client(json!([]), json!({ "providers": [provider(kind)] }));
        // What has no say in the input is left out.
        let asked =
            request(json!({ "model": format!("{kind}/{model}"), "max_tokens": 9, "temperature": 0.5 }));
        let counted = count(&client, asked).await.unwrap();
        let sent = transport.requests().remove(0);
        assert_eq!((sent.path.as_str(), &sent.body), (path, &body), "{kind}/{model}");
        assert_eq!((counted.input_tokens, counted.estimated), (7, false), "{kind}/{model}");
        assert_eq!((counted.method, counted.model.as_str()), (CountMethod::Provider, model));
        let route = counted.route.unwrap();
        assert_eq!(route.target, Some(format!("{kind}/{model}")));
        assert!(route.cost.is_none());
    }
}

#[tokio::test]
async fn a_service_that_counts_texts_alone_leaves_the_rest_to_an_estimate() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("cohere")] }));
    let counted = count(&client, request(json!({ "model": "cohere/command-a" }))).await.unwrap();
    let sent = transport.requests().remove(0);
    assert_eq!(sent.path, "/v1/tokenize");
    assert_eq!(sent.body, json!({ "model": "command-a", "text": "Be brief.\nHow many tokens are these?" }));
    // Seven words, and four tokens around each of two messages.
    assert_eq!((counted.input_tokens, counted.estimated), (15, true));
    assert_eq!(counted.method, CountMethod::Provider);
}

#[tokio::test]
async fn elsewhere_a_rule_of_thumb_answers_without_asking_anyone() {
    let (client, transport) =
        client(json!([]), json!({ "providers": [provider("together"), provider("groq")] }));
    for model in ["together/m", "groq/llama-3.3-70b-versatile"] {
        let counted = count(&client, request(json!({ "model": model }))).await.unwrap();
        // 35 characters, and four tokens a message.
        assert_eq!((counted.input_tokens, counted.estimated), (17, true));
        assert_eq!((counted.method, counted.model.as_str()), (CountMethod::Estimate, model));
        assert_eq!(counted.route.unwrap().requested_model, model);
    }
    let refused = count(&client, request(json!({ "model": "together/m", "method": "provider" }))).await;
    let error = refused.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
    assert!(error.message.contains("counting of tokens"), "{}", error.message);
    assert!(transport.requests().is_empty());
}

#[tokio::test]
async fn an_estimate_can_be_asked_for_where_the_service_counts() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("anthropic")] }));
    let asked = request(json!({ "model": "anthropic/claude-sonnet-4-5", "method": "estimate" }));
    assert_eq!(count(&client, asked).await.unwrap().input_tokens, 17);
    assert!(transport.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_count_goes_to_the_targets_that_count_and_fails_over_between_them() {
    let route = json!({ "targets": ["groq/m", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-pro"] });
    let config = json!({
        "providers": [provider("groq"), provider("anthropic"), provider("gemini")],
        "routes": { "chat": route },
    });
    let fault = json!([{ "fault": { "kind": "status", "status": 503 }, "times": 1 }]);
    let (client, transport) = client(fault, config);
    let counted = count(&client, request(json!({ "model": "chat" }))).await.unwrap();
    let route = counted.route.unwrap();
    assert_eq!(route.target.as_deref(), Some("gemini/gemini-2.5-pro"));
    assert_eq!(route.attempts.len(), 2);
    let routing = route.routing.as_ref().unwrap();
    assert_eq!(routing.request.operation, Operation::CountTokens);
    assert_eq!(transport.requests().len(), 2);
}

/// What is too much for a window is what one counts for.
#[tokio::test]
async fn a_prompt_that_is_too_long_is_counted_all_the_same() {
    let (client, _) = client(json!([]), json!({ "providers": [provider("anthropic")] }));
    let words = "word ".repeat(1_500_000);
    let asked = json!({ "model": "anthropic/claude-sonnet-4-5", "max_tokens": 9,
                        "messages": [{ "role": "user", "content": words }] });
    assert_eq!(count(&client, asked).await.unwrap().input_tokens, 1_500_000);
}

#[tokio::test]
async fn a_vocabulary_counts_without_asking_anyone() {
    use std::fmt::Write as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    // Each byte a token, and two words of this test.
    let mut file = String::new();
    for byte in 0..=u8::MAX {
        writeln!(file, "{} {byte}", STANDARD.encode([byte])).unwrap();
    }
    writeln!(file, "{} 300", STANDARD.encode("hi")).unwrap();
    let path = std::env::temp_dir().join(format!("roocode-{}.tiktoken", std::process::id()));
    std::fs::write(&path, &file).unwrap();
    let (client, transport) = client(json!([]), json!({ "providers": [provider("anthropic")] }));
    let asked = |fields: Value| {
        let mut asked = json!({ "model": "anthropic/claude-sonnet-4-5", "vocabulary": path,
                                "messages": [{ "role": "user", "content": "hi you" }] });
        asked.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        asked
    };
    let counted = count(&client, asked(json!({}))).await.unwrap();
    // `hi`, four bytes, four around the message and three for the answer's beginning.
    assert_eq!((counted.input_tokens, counted.estimated), (12, false));
    assert_eq!(counted.method, CountMethod::Vocabulary);
    // What tools take is known to nobody but the service.
    let tools = json!([{ "type": "function", "function": { "name": "look" } }]);
    assert!(count(&client, asked(json!({ "tools": tools }))).await.unwrap().estimated);
    std::fs::remove_file(&path).unwrap();
    // Read once.
    assert_eq!(count(&client, asked(json!({}))).await.unwrap().input_tokens, 12);
    assert!(transport.requests().is_empty());
    let missing = asked(json!({ "vocabulary": "/nowhere/at.all" }));
    let error = count(&client, missing).await.unwrap_err();
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("vocabulary")));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (client, _) = client(json!([]), json!({ "providers": [provider("openai")] }));
    for (fields, param) in [
        (json!({ "method": "guess" }), "method"),
        (json!({ "method": "vocabulary" }), "method"),
        (json!({ "vocabulary": 3 }), "vocabulary"),
        (json!({ "messages": [] }), "messages"),
    ] {
        let mut asked = request(fields);
        asked["model"] = json!("openai/gpt-4o");
        let error = count(&client, asked).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(param)));
    }
}

/// A count is answered faster than any chat, and must not make its target look fast.
#[tokio::test]
async fn a_count_teaches_nothing_about_the_speed_of_answers() {
    let (client, _) = client(json!([]), json!({ "providers": [provider("anthropic")] }));
    count(&client, request(json!({ "model": "anthropic/claude-sonnet-4-5" }))).await.unwrap();
    let stats = client.stats();
    let target = &stats[0];
    assert_eq!(target["successes"], json!(1), "{stats}");
    assert_eq!((&target["total_s"], &target["time_to_first_token_s"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn openai_counts_all_that_a_chat_may_hold() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("openai")] }));
    let parameters = json!({ "type": "object", "properties": {} });
    let call = |id: &str, kind: &str, name: &str, input: &str| match kind {
        "custom" => json!({ "id": id, "type": kind, "custom": { "name": name, "input": input } }),
        _ => json!({ "id": id, "type": kind, "function": { "name": name, "arguments": input } }),
    };
    let asked = json!({
        "model": "openai/gpt-5.2",
        "messages": [
            { "role": "developer", "content": "d" },
            { "role": "user", "name": "ann", "content": [
                { "type": "text", "text": "t" },
                { "type": "image_url", "image_url": { "url": "https://x/y.png", "detail": "low" } },
                { "type": "file", "file": { "file_data": "data:application/pdf;base64,JVBE", "filename": "a.pdf" } },
            ] },
            { "role": "assistant", "content": "a",
              "tool_calls": [call("1", "function", "look", "{}"), call("2", "custom", "say", "free")] },
            { "role": "tool", "tool_call_id": "1", "content": "r" },
            { "role": "tool", "tool_call_id": "2", "content": [{ "type": "text", "text": "s" }] },
        ],
        "tools": [
            { "type": "function", "function": { "name": "look", "parameters": parameters } },
            { "type": "custom", "custom": { "name": "say" } },
        ],
        "tool_choice": { "type": "function", "function": { "name": "look" } },
        "parallel_tool_calls": true,
        "reasoning_effort": "low",
        "response_format": { "type": "json_schema", "json_schema": { "name": "s", "schema": {} } },
        "max_tokens": 9, "temperature": 0.5,
    });
    let counted = count(&client, asked.clone()).await.unwrap();
    assert!(!counted.estimated);
    let file =
        json!({ "type": "input_file", "file_data": "data:application/pdf;base64,JVBE", "filename": "a.pdf" });
    let image = json!({ "type": "input_image", "image_url": "https://x/y.png", "detail": "low" });
    let text = |text: &str| json!({ "type": "input_text", "text": text });
    let wanted = json!({
        "model": "gpt-5.2",
        "input": [
            { "role": "developer", "content": "d" },
            { "role": "user", "content": [text("t"), image, file] },
            { "role": "assistant", "content": "a" },
            { "type": "function_call", "call_id": "1", "name": "look", "arguments": "{}" },
            { "type": "custom_tool_call", "call_id": "2", "name": "say", "input": "free" },
            { "type": "function_call_output", "call_id": "1", "output": "r" },
            { "type": "custom_tool_call_output", "call_id": "2", "output": [text("s")] },
        ],
        "tools": [
            { "type": "function", "name": "look", "parameters": parameters, "strict": null },
            { "type": "custom", "name": "say" },
        ],
        "tool_choice": { "type": "function", "name": "look" },
        "parallel_tool_calls": true,
        "reasoning": { "effort": "low" },
        "text": { "format": { "type": "json_schema", "name": "s", "schema": {} } },
    });
    assert_eq!(transport.requests()[0].body, wanted);
    let mut heard = asked;
    heard["model"] = json!("openai/m");
    let audio = json!({ "type": "input_audio", "input_audio": { "data": "AA", "format": "wav" } });
    heard["messages"][1]["content"] = json!([audio]);
    let error = count(&client, heard).await.unwrap_err();
    assert_eq!(error.param.as_deref(), Some("messages[1].content[0]"), "{error:?}");
}
