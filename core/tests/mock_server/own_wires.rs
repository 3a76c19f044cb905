//! A client and a mock on every wire: what the mock is told to say is what the client reads.

use roocode::testing::MockServer;
use roocode::types::chat::{Accumulator, ChatCompletion, FinishReason};
use roocode::{Client, ClientConfig, ErrorKind};
use serde_json::{Value, json};

use super::client::options;

/// Kind, and what follows the server's address.
const KINDS: [(&str, &str); 6] = [
    ("openai", "/v1"),
    ("anthropic", "/v1"),
    ("gemini", "/v1beta"),
    ("bedrock", ""),
    ("cohere", "/v2"),
    ("ollama", ""),
];

fn client(server: &MockServer, kind: &str, path: &str) -> Client {
    let provider = json!({ "name": "p", "kind": kind, "base_url": format!("{}{path}", server.url()),
        "api_key": "k", "region": "eu-west-1" });
    Client::new(ClientConfig::from_value(json!({ "providers": [provider], "max_retries": 0 })).unwrap())
        .unwrap()
}

fn asked() -> Value {
    json!({ "model": "p/anthropic.claude-sonnet-4-5", "max_tokens": 99,
        "messages": [{ "role": "user", "content": "hello there" }] })
}

async fn plain(client: &Client) -> ChatCompletion {
    client.chat(client.call(asked(), json!({})).unwrap()).await.unwrap().completion
}

async fn streamed(client: &Client) -> ChatCompletion {
    let mut stream = client.chat_stream(client.call(asked(), json!({})).unwrap()).await.unwrap();
    let mut sum = Accumulator::new();
    while let Some(chunks) = stream.next_batch().await {
        chunks.unwrap().iter().for_each(|chunk| sum.add(chunk));
    }
    sum.into_completion()
}

#[tokio::test]
async fn what_is_said_on_a_wire_is_what_a_client_of_it_reads() {
    let usage = json!({ "prompt_tokens": 20, "completion_tokens": 9 });
    let calls = json!([{ "name": "weather", "arguments": { "city": "Rome" } },
        { "id": "mine", "name": "clock", "arguments": { "zone": "CET" } }]);
    let text = json!([{ "reply": { "content": "Grüß dich", "reasoning": "They greet", "usage": usage } }]);
    let called = json!([{ "reply": { "tool_calls": calls, "usage": usage } }]);
    for (kind, path) in KINDS {
        let server = MockServer::start(options(text.clone())).unwrap();
        let one = client(&server, kind, path);
        for reply in [plain(&one).await, streamed(&one).await] {
            let message = &reply.choices[0].message;
            assert_eq!(message.content.as_deref(), Some("Grüß dich"), "{kind}");
            assert_eq!(message.reasoning_content.as_deref(), Some("They greet"), "{kind}");
            assert_eq!(reply.choices[0].finish_reason, Some(FinishReason::Stop), "{kind}");
            let usage = reply.usage.as_ref().unwrap();
            assert_eq!((usage.prompt_tokens, usage.completion_tokens), (20, 9), "{kind}");
        }
        let server = MockServer::start(options(called.clone())).unwrap();
        let one = client(&server, kind, path);
        for reply in [plain(&one).await, streamed(&one).await] {
            let calls = reply.choices[0].message.tool_calls.as_ref().unwrap();
            let said: Vec<(&str, Value)> = calls
                .iter()
                .map(|call| &call.function)
                .map(|function| (function.name.as_str(), serde_json::from_str(&function.arguments).unwrap()))
                .collect();
            let expected = [("weather", json!({ "city": "Rome" })), ("clock", json!({ "zone": "CET" }))];
            assert_eq!(said, expected, "{kind}");
            assert_eq!(reply.choices[0].finish_reason, Some(FinishReason::ToolCalls), "{kind}");
        }
    }
}

#[tokio::test]
async fn errors_of_a_wire_are_the_kinds_that_a_client_knows() {
    for (kind, path) in KINDS {
        for (status, expected) in [
            (400, ErrorKind::BadRequest),
            (403, ErrorKind::PermissionDenied),
            (404, ErrorKind::NotFound),
            (429, ErrorKind::RateLimit),
            (500, ErrorKind::InternalServer),
        ] {
            let fault = json!([{ "fault": { "kind": "status", "status": status, "message": "it says so" } }]);
            let server = MockServer::start(options(fault)).unwrap();
            let one = client(&server, kind, path);
            let error = one.chat(one.call(asked(), json!({})).unwrap()).await.unwrap_err();
            assert_eq!((error.kind, error.status), (expected, Some(status)), "{kind}: {error:?}");
            assert!(error.message.contains("it says so"), "{kind}: {error:?}");
        }
        // Within a stream that began well.
        let fault = json!([{ "reply": { "content": "one two three four" },
            "fault": { "kind": "error_event", "after_chunks": 2, "message": "it broke" } }]);
        let server = MockServer::start(options(fault)).unwrap();
        let one = client(&server, kind, path);
        let mut stream = one.chat_stream(one.call(asked(), json!({})).unwrap()).await.unwrap();
        let mut failed = None;
        while let Some(chunks) = stream.next_batch().await {
            failed = chunks.err();
        }
        let error = failed.unwrap_or_else(|| panic!("{kind}: no error came"));
        assert!(format!("{error:?}").contains("it broke"), "{kind}: {error:?}");
    }
}
