//! Documents of plain text, at models that read no files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use roocode::testing::MockTransport;
use roocode::types::operation::Operation;
use roocode::{Client, ErrorKind, Result};
use serde_json::{Value, json};

/// Providers of each wire, whose model `m` is known to read text alone.
fn client() -> (Client, Arc<MockTransport>) {
    let provider = |kind: &str| {
        let mut provider = support::provider(kind);
        provider["models"] = json!({ "m": { "inputs": ["text"] } });
        if kind == "bedrock" {
            provider["region"] = "eu-west-1".into();
        }
        provider
    };
    let kinds = ["anthropic", "cohere", "bedrock", "gemini", "openai"];
    let targets: Vec<String> =
        ["openai", "gemini", "bedrock", "cohere"].map(|kind| format!("{kind}/m")).into();
    let config = json!({ "providers": kinds.map(provider), "routes": { "any": { "targets": targets } } });
    support::client(json!([]), config)
}

fn file(data: &str) -> Value {
    json!({ "type": "file", "file": { "file_data": data, "filename": "notes.txt" } })
}

const TEXT: &str = "data:text/plain;base64,SGVsbG8=";
const PDF: &str = "data:application/pdf;base64,JVBERi0xLjQ=";

async fn chat(client: &Client, model: &str, part: Value) -> Result<String> {
    let messages = json!([{ "role": "user", "content": [part, { "type": "text", "text": "Sum up." }] }]);
    let call = client.call(json!({ "model": model, "messages": messages }), Value::Null)?;
    Ok(client.chat(call).await?.completion.route.unwrap().target.clone().unwrap())
}

#[tokio::test]
async fn they_go_as_texts_where_the_wire_has_texts_of_documents() {
    let (client, transport) = client();
    let sent = || transport.requests().last().unwrap().body.clone();
    chat(&client, "anthropic/m", file(TEXT)).await.unwrap();
    let source = json!({ "type": "text", "media_type": "text/plain", "data": "Hello" });
    assert_eq!(
        sent()["messages"][0]["content"][0],
        json!({ "type": "document", "source": source, "title": "notes.txt" })
    );
    chat(&client, "cohere/m", file(TEXT)).await.unwrap();
    assert_eq!(sent()["documents"], json!([{ "data": { "title": "notes.txt", "text": "Hello" } }]));
}

#[tokio::test]
async fn others_are_left_out_and_say_why() {
    let (client, transport) = client();
    assert_eq!(chat(&client, "any", file(TEXT)).await.unwrap(), "cohere/m");
    assert_eq!(transport.requests().len(), 1);
    let error = chat(&client, "openai/m", file(TEXT)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
    assert!(error.message.contains("does not support documents of plain text"), "{}", error.message);
    // A file that is no text is one everywhere.
    for model in ["any", "anthropic/m", "cohere/m"] {
        let error = chat(&client, model, file(PDF)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
        assert!(error.message.contains("does not support documents"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_response_has_them_too() {
    let (client, transport) = client();
    for (data, taken) in [(TEXT, true), (PDF, false)] {
        let part = json!({ "type": "input_file", "file_data": data, "filename": "notes.txt" });
        let body = json!({ "model": "anthropic/m", "input": [{ "role": "user", "content": [part] }] });
        let call = client.call_of(Operation::Responses, body, Value::Null).unwrap();
        assert_eq!(client.ask(call).await.is_ok(), taken, "{data}");
    }
    assert_eq!(transport.requests()[0].body["messages"][0]["content"][0]["source"]["data"], "Hello");
}
