//! The kinds `cohere` and `ollama`, and one that is a row alone, through a whole client: where a request goes, how its stream is
//! framed, what a reply costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use roocode::transport::{HttpRequest, HttpResponse, Transport};
use roocode::types::chat::{Accumulator, FinishReason};
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Value, json};

/// Answers everything with one body, in pieces of seven bytes.
struct Service {
    status: StatusCode,
    content_type: &'static str,
    body: String,
    asked: Mutex<Vec<HttpRequest>>,
}

impl Service {
    fn new(status: u16, content_type: &'static str, body: impl ToString) -> Arc<Self> {
        let status = StatusCode::from_u16(status).unwrap();
        Arc::new(Self { status, content_type, body: body.to_string(), asked: Mutex::new(Vec::new()) })
    }

    /// Address, authorization and body of the one request.
    fn asked(&self) -> (String, Option<String>, Value) {
        let asked = self.asked.lock().unwrap();
        let [request] = asked.as_slice() else { panic!("{} requests", asked.len()) };
        let key = request.headers.get(header::AUTHORIZATION).map(|key| key.to_str().unwrap().to_owned());
        (request.url.to_string(), key, serde_json::from_slice(request.body.whole().unwrap()).unwrap())
    }
}

impl Transport for Service {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        self.asked.lock().unwrap().push(request);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let pieces: Vec<_> =
            self.body.as_bytes().chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let body = Box::pin(futures_util::stream::iter(pieces));
        Box::pin(async { Ok(HttpResponse { status: self.status, headers, body, round_trip: None }) })
    }
}

fn client(service: &Arc<Service>, provider: Value) -> Client {
    let config = ClientConfig::from_value(json!({ "providers": [provider], "max_retries": 0 })).unwrap();
    Client::with_transport(config, Arc::clone(service) as _).unwrap()
}

fn asked(model: &str) -> Value {
    json!({ "model": model, "messages": [{ "role": "user", "content": "q" }] })
}

#[tokio::test]
async fn ollama_streams_in_lines() {
    let lines = concat!(
        r#"{"model":"q","created_at":"2026-05-27T16:53:45Z","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}"#,
        "\n",
        r#"{"model":"q","created_at":"2026-05-27T16:53:46Z","message":{"role":"assistant","content":"Grüß"},"done":false}"#,
        "\n",
        r#"{"model":"q","created_at":"2026-05-27T16:53:47Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2,"eval_duration":9}"#,
        "\n",
    );
    let service = Service::new(200, "application/x-ndjson", lines);
    let client = client(&service, json!({ "kind": "ollama" }));
    let call = client.call(asked("ollama/qwen3:4b"), json!({})).unwrap();
    let mut stream = client.chat_stream(call).await.unwrap();
    let mut sum = Accumulator::new();
    while let Some(chunks) = stream.next_batch().await {
        chunks.unwrap().iter().for_each(|chunk| sum.add(chunk));
    }
    let reply = sum.into_completion();
    let message = &reply.choices[0].message;
    assert_eq!(message.content.as_deref(), Some("Grüß"));
    assert_eq!(message.reasoning_content.as_deref(), Some("hm"));
    assert_eq!(reply.choices[0].finish_reason, Some(FinishReason::Stop));
    assert_eq!(reply.usage.as_ref().map(|usage| usage.total_tokens), Some(7));
    assert_eq!((reply.created, &reply.provider_fields["eval_duration"]), (1_779_900_825, &json!(9)));
    assert_eq!(reply.route.as_ref().map(|route| route.attempts.len()), Some(1));
    let (url, key, body) = service.asked();
    assert_eq!((url.as_str(), key), ("http://localhost:11434/api/chat", None));
    assert_eq!((&body["stream"], &body["model"]), (&json!(true), &json!("qwen3:4b")));
}

#[tokio::test]
async fn a_stream_that_fails_after_its_start_is_an_error_with_what_was_said() {
    let lines =
        "{\"message\":{\"role\":\"assistant\",\"content\":\"So\"},\"done\":false}\n{\"error\":\"stopped\"}\n";
    let service = Service::new(200, "application/x-ndjson", lines);
    let client = client(&service, json!({ "kind": "ollama", "api_key": "k" }));
    let call = client.call(asked("ollama/m"), json!({})).unwrap();
    let mut stream = client.chat_stream(call).await.unwrap();
    let mut failed = None;
    while let Some(chunks) = stream.next_batch().await {
        failed = chunks.err();
    }
    let error = failed.unwrap();
    assert_eq!(error.kind, ErrorKind::StreamInterrupted);
    assert_eq!(service.asked().1.as_deref(), Some("Bearer k"));
}

#[tokio::test]
async fn an_address_that_ends_in_v1_is_asked_on_openais_wire() {
    let body = json!({ "id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [{ "index": 0,
        "message": { "role": "assistant", "content": "Hi" }, "finish_reason": "stop" }] });
    let service = Service::new(200, "application/json", body);
    let client = client(&service, json!({ "kind": "ollama", "base_url": "http://box:11434/v1" }));
    let mut request = asked("ollama/m");
    request["max_completion_tokens"] = json!(9);
    let reply = client.chat(client.call(request, json!({})).unwrap()).await.unwrap();
    assert_eq!(reply.completion.choices[0].message.content.as_deref(), Some("Hi"));
    let (url, _, body) = service.asked();
    assert_eq!(url, "http://box:11434/v1/chat/completions");
    // The one name that the server knows.
    assert_eq!(body["max_tokens"], 9);
}

#[tokio::test]
async fn a_row_is_all_that_a_service_of_openais_wire_takes() {
    let body = json!({ "id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [{ "index": 0,
        "finish_reason": "stop", "message": { "role": "assistant", "content": "Hi" } }] });
    let service = Service::new(200, "application/json", body);
    let client = client(&service, json!({ "kind": "github_models", "api_key": "k" }));
    let call = client.call(asked("github_models/openai/gpt-4.1"), json!({})).unwrap();
    client.chat(call).await.unwrap();
    let (url, key, body) = service.asked();
    assert_eq!(url, "https://models.github.ai/inference/chat/completions");
    assert_eq!((key.as_deref(), &body["model"]), (Some("Bearer k"), &json!("openai/gpt-4.1")));
    assert_eq!(service.asked.lock().unwrap()[0].headers["x-github-api-version"], "2022-11-28");
}

#[tokio::test]
async fn cohere_costs_what_it_bills() {
    let body = json!({ "id": "1", "finish_reason": "COMPLETE",
        "message": { "role": "assistant", "content": [{ "type": "text", "text": "Hi" }] },
        "usage": { "billed_units": { "input_tokens": 10, "output_tokens": 1 },
            "tokens": { "input_tokens": 500, "output_tokens": 9 } } });
    let service = Service::new(200, "application/json", body);
    let price = json!({ "input": 2.0, "output": 10.0 });
    let provider = json!({ "kind": "cohere", "api_key": "k", "prices": { "command": price } });
    let client = client(&service, provider);
    let reply = client.chat(client.call(asked("cohere/command"), json!({})).unwrap()).await.unwrap();
    let completion = &reply.completion;
    assert_eq!(
        (completion.model.as_str(), completion.usage.as_ref().unwrap().prompt_tokens),
        ("command", 500)
    );
    let cost = completion.route.as_ref().unwrap().cost.as_ref().unwrap().total_usd;
    assert!((cost - 30e-6).abs() < 1e-12, "{cost}");
    let (url, key, _) = service.asked();
    assert_eq!((url.as_str(), key.as_deref()), ("https://api.cohere.com/v2/chat", Some("Bearer k")));
}
