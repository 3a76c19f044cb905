//! Batches: made, watched, cancelled, listed and read, over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use roocode::dialects::{BodyForm, DialectName, EncodeContext, Unsupported, dialect, encode};
use roocode::providers::Kinds;
use roocode::testing::{MockTransport, RecordedRequest, Script};
use roocode::types::batches::{Batch, BatchList, BatchResults, BatchStatus};
use roocode::types::operation::{Answer, Operation, Request};
use roocode::types::upload::UploadContent;
use roocode::{Client, ClientConfig, Error, ErrorKind, Result};
use serde_json::{Value, json};

fn client(scripts: Value, providers: &[&str]) -> (Client, Arc<MockTransport>) {
    let mut scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    // A path is found within a longer one.
    scripts.sort_by_key(|script| std::cmp::Reverse(script.when.path.as_ref().map_or(0, String::len)));
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider = |kind: &&str| json!({ "kind": kind, "api_key": "key-of-it" });
    let config = json!({ "providers": providers.iter().map(provider).collect::<Vec<_>>() });
    let config = ClientConfig::from_value(config).unwrap();
    (Client::with_transport(config, Arc::clone(&transport) as _).unwrap(), transport)
}

async fn ask(client: &Client, fields: Value, options: Value) -> Result<Answer> {
    Ok(client.ask(client.call_of(Operation::Batches, fields, options)?).await?.answer)
}

async fn batch(client: &Client, fields: Value) -> Result<Batch> {
    Ok(ask(client, fields, Value::Null).await?.into_batch().unwrap())
}

async fn results(client: &Client, id: &str) -> Result<BatchResults> {
    let answer = ask(client, json!({ "action": "results", "id": id }), Value::Null).await?;
    Ok(answer.into_batch_results().unwrap())
}

/// The file that the requests of a batch are handed in as.
fn file_of(fields: &Value) -> String {
    let request = Request::from_fields(Operation::Batches, fields.as_object().unwrap().clone()).unwrap();
    let kinds = Kinds::built_in().unwrap();
    let quirks = &kinds.get("openai").unwrap().quirks;
    let context =
        EncodeContext { model: "gpt-4o-mini", stream: false, unsupported: Unsupported::Error, quirks };
    let encoded = encode(dialect(DialectName::OpenAi), &request, &context).unwrap();
    let BodyForm::Multipart(files) = encoded.form else { panic!("{:?}", encoded.form) };
    match files[0].1.content("file").unwrap() {
        UploadContent::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A script that answers a path with a body, so many times.
fn at(path: &str, body: Value) -> Value {
    json!({ "reply": { "body": body }, "when": { "path": path } })
}

fn once(path: &str, body: Value) -> Value {
    let mut script = at(path, body);
    script["times"] = json!(1);
    script
}

fn chat(text: &str) -> Value {
    json!({ "messages": [{ "role": "user", "content": text }], "max_tokens": 9 })
}

fn created(model: &str) -> Value {
    let mut named = chat("two");
    named["custom_id"] = json!("second");
    json!({ "model": model, "requests": [chat("one"), named] })
}

fn paths(requests: &[RecordedRequest]) -> Vec<String> {
    requests.iter().map(|request| format!("{} {}", request.method, request.path)).collect()
}

fn of_openai(status: &str) -> Value {
    json!({
        "id": "batch_1", "object": "batch", "endpoint": "/v1/chat/completions", "errors": null, "input_file_id": "file-1",
        "completion_window": "24h", "status": status, "output_file_id": null, "error_file_id": null,
        "created_at": 1_741_967_564, "expires_at": 1_742_053_964, "completed_at": null,
        "request_counts": { "total": 2, "completed": 1, "failed": 0 }, "metadata": null,
    })
}

fn of_anthropic(status: &str) -> Value {
    json!({
        "id": "msgbatch_1", "type": "message_batch", "processing_status": status,
        "request_counts": { "processing": 1, "succeeded": 1, "errored": 0, "canceled": 0, "expired": 0 },
        "created_at": "2026-08-20T18:37:24.100435Z", "expires_at": "2026-08-21T18:37:24.100435Z",
        "ended_at": null, "archived_at": null, "cancel_initiated_at": null, "results_url": null,
    })
}

#[tokio::test]
async fn openais_is_made_of_a_file_at_one_provider() {
    let scripts = json!([
        at("/v1/files", json!({ "id": "file-1", "object": "file", "purpose": "batch" })),
        at("/v1/batches", of_openai("validating")),
    ]);
    let (client, transport) = client(scripts, &["openai"]);
    let mut fields = created("openai/gpt-4o-mini");
    fields["metadata"] = json!({ "night": "1" });
    let made = batch(&client, fields).await.unwrap();
    assert_eq!((made.id.as_str(), made.provider.as_str()), ("openai/batch_1", "openai"));
    assert_eq!((made.status, made.ended, made.created_at), (BatchStatus::Validating, false, 1_741_967_564));
    assert_eq!((made.request_counts.total, made.request_counts.processing), (2, 1));
    assert_eq!(made.provider_fields["input_file_id"], json!("file-1"));
    assert_eq!(made.route.unwrap().attempts.len(), 1);
    let sent = transport.requests();
    assert_eq!(paths(&sent), ["POST /v1/files", "POST /v1/batches"]);
    assert_eq!(sent[0].body["file"]["filename"], json!("requests.jsonl"));
    let lines = file_of(&created("m"));
    assert_eq!(sent[0].body["file"]["size"], json!(lines.len()));
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let message = |text: &str| json!([{ "role": "user", "content": text }]);
    let line = |id: &str, text: &str| {
        json!({ "custom_id": id, "method": "POST", "url": "/v1/chat/completions",
                "body": { "model": "gpt-4o-mini", "messages": message(text), "max_completion_tokens": 9 } })
    };
    assert_eq!(lines, [line("request-0", "one"), line("second", "two")]);
    assert_eq!(sent[0].body["purpose"], json!("batch"));
    let wanted = json!({ "input_file_id": "file-1", "endpoint": "/v1/chat/completions",
                         "completion_window": "24h", "metadata": { "night": "1" } });
    assert_eq!(sent[1].body, wanted);
}

#[tokio::test]
async fn anthropics_is_made_at_once() {
    let (client, transport) =
        client(json!([at("/v1/messages/batches", of_anthropic("in_progress"))]), &["anthropic"]);
    let made = batch(&client, created("anthropic/claude-sonnet-4-5")).await.unwrap();
    assert_eq!((made.id.as_str(), made.status), ("anthropic/msgbatch_1", BatchStatus::InProgress));
    assert_eq!((made.request_counts.total, made.request_counts.processing), (2, 1));
    assert_eq!((made.created_at, made.expires_at), (1_787_251_044, Some(1_787_337_444)));
    let sent = transport.requests().remove(0);
    let requests = sent.body["requests"].as_array().unwrap();
    assert_eq!(requests[0]["custom_id"], json!("request-0"));
    let params = json!({ "model": "claude-sonnet-4-5", "max_tokens": 9,
                         "messages": [{ "role": "user", "content": "two" }] });
    assert_eq!(requests[1], json!({ "custom_id": "second", "params": params }));
}

/// A second one would cost as much again.
#[tokio::test(start_paused = true)]
async fn a_batch_that_may_have_been_made_is_not_made_again() {
    let lost = json!([{ "fault": { "kind": "cut" }, "when": { "path": "/v1/messages/batches" } }]);
    let (client, transport) = client(lost, &["anthropic"]);
    let error = batch(&client, created("anthropic/claude-sonnet-4-5")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ApiConnection, "{error:?}");
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test]
async fn what_is_asked_later_goes_to_the_provider_of_the_id() {
    let scripts = json!([
        at("/v1/batches/batch_1", of_openai("in_progress")),
        at("/v1/batches/batch_1/cancel", of_openai("cancelling")),
        at("/v1/messages/batches/msgbatch_1", of_anthropic("canceling")),
    ]);
    let (client, transport) = client(scripts, &["openai", "anthropic"]);
    let retrieve = |id: &str| json!({ "action": "retrieve", "id": id });
    assert_eq!(batch(&client, retrieve("openai/batch_1")).await.unwrap().status, BatchStatus::InProgress);
    let cancelled = batch(&client, json!({ "action": "cancel", "id": "openai/batch_1" })).await.unwrap();
    assert_eq!(cancelled.status, BatchStatus::Cancelling);
    let other = batch(&client, retrieve("anthropic/msgbatch_1")).await.unwrap();
    assert_eq!((other.status, other.native_status.as_deref()), (BatchStatus::Cancelling, Some("canceling")));
    let wanted =
        ["GET /v1/batches/batch_1", "POST /v1/batches/batch_1/cancel", "GET /v1/messages/batches/msgbatch_1"];
    assert_eq!(paths(&transport.requests()), wanted);
    let unknown = batch(&client, retrieve("groq/batch_1")).await.unwrap_err();
    assert_eq!((unknown.kind, unknown.param.as_deref()), (ErrorKind::BadRequest, Some("id")));
}

#[tokio::test]
async fn lists_come_in_pages_whose_end_says_where_they_go_on() {
    let page =
        json!({ "object": "list", "data": [of_openai("completed")], "has_more": true, "last_id": "batch_1" });
    let (client, transport) = client(json!([at("/v1/batches", page)]), &["openai", "groq"]);
    let list = async |fields: Value, options: Value| -> Result<BatchList, Error> {
        Ok(ask(&client, fields, options).await?.into_batches().unwrap())
    };
    let options = json!({ "provider": "openai" });
    let first = list(json!({ "action": "list", "limit": 1 }), options).await.unwrap();
    assert_eq!(first.data[0].id, "openai/batch_1");
    assert_eq!(first.next.as_deref(), Some("openai/batch_1"));
    // The provider is in it.
    list(json!({ "action": "list", "after": first.next }), Value::Null).await.unwrap();
    let queries: Vec<String> =
        transport.requests().iter().map(|request| serde_json::to_string(&request.query).unwrap()).collect();
    assert!(queries[0].contains("limit") && queries[1].contains("after"), "{queries:?}");
}

#[tokio::test(start_paused = true)]
async fn one_waits_longer_between_looks() {
    let scripts = json!([at("/v1/batches/batch_1", of_openai("in_progress"))]);
    let (client, _) = client(scripts, &["openai"]);
    let mut waits = Vec::new();
    for poll in 0..9 {
        let began = tokio::time::Instant::now();
        batch(&client, json!({ "action": "retrieve", "id": "openai/batch_1", "poll": poll })).await.unwrap();
        waits.push(began.elapsed().as_secs_f64());
    }
    assert!(waits[0] < 0.01 && waits[1] >= 2.0 && waits[8] > waits[1] * 5.0, "{waits:?}");
}

#[tokio::test]
async fn results_of_openai_are_in_two_files_and_come_in_order_at_half_the_price() {
    let mut ended = of_openai("completed");
    ended["output_file_id"] = json!("file-out");
    ended["error_file_id"] = json!("file-err");
    let usage = json!({ "prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100 });
    let completion = |text: &str| {
        json!({ "id": "x", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini-2024-07-18", "usage": usage,
                "choices": [{ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }] })
    };
    let line = |id: &str, status: u16, body: Value| {
        json!({ "id": "batch_req_1", "custom_id": id, "error": null,
                "response": { "status_code": status, "request_id": format!("req-{id}"), "body": body } })
        .to_string()
    };
    let expired = json!({ "id": "batch_req_2", "custom_id": "request-3", "response": null,
                          "error": { "code": "batch_expired", "message": "This request could not be executed." } });
    let refused =
        json!({ "error": { "message": "no", "type": "invalid_request_error", "code": "model_not_found" } });
    let output =
        [line("request-1", 200, completion("b")), line("request-0", 200, completion("a"))].join("\n");
    let errors = [line("request-2", 404, refused.clone()), expired.to_string(), String::new()].join("\n");
    let scripts = json!([
        at("/v1/batches/batch_1", ended),
        at("/v1/files/file-out/content", json!(output)),
        at("/v1/files/file-err/content", json!(errors)),
    ]);
    let (client, _) = client(scripts, &["openai"]);
    let all = results(&client, "openai/batch_1").await.unwrap();
    let ids: Vec<&str> = all.data.iter().map(|one| one.custom_id.as_str()).collect();
    assert_eq!(ids, ["request-0", "request-1", "request-2", "request-3"]);
    let first = all.data[0].completion.as_ref().unwrap();
    assert_eq!(first.choices[0].message.content.as_deref(), Some("a"));
    assert_eq!(first.request_id.as_deref(), Some("req-request-0"));
    let failed = all.data[2].error.as_ref().unwrap();
    assert_eq!(
        (failed.kind, failed.status, failed.body.as_ref()),
        (ErrorKind::NotFound, Some(404), Some(&refused))
    );
    let expired = all.data[3].error.as_ref().unwrap();
    assert_eq!((expired.kind, expired.code.as_deref()), (ErrorKind::Cancelled, Some("batch_expired")));
    assert_eq!(all.usage.as_ref().unwrap().prompt_tokens, 2000);
    // gpt-4o-mini: 0.15 and 0.60 dollars a million, and half of it.
    let cost = all.cost.unwrap();
    let wanted = 2.0 * 0.5 * (1000.0 * 0.15 + 100.0 * 0.60) / 1e6;
    assert!((cost.total_usd - wanted).abs() < 1e-12, "{cost:?}");
}

#[tokio::test]
async fn results_of_anthropic_are_lines_of_messages_and_errors() {
    let message = json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
        "content": [{ "type": "text", "text": "hi" }], "stop_reason": "end_turn", "stop_sequence": null,
        "usage": { "input_tokens": 10, "output_tokens": 2 } });
    let failed = json!({ "type": "error", "error": { "type": "invalid_request_error", "message": "no" } });
    let lines: Vec<String> = [
        json!({ "custom_id": "b", "result": { "type": "succeeded", "message": message } }),
        json!({ "custom_id": "a", "result": { "type": "errored", "error": failed } }),
        json!({ "custom_id": "c", "result": { "type": "expired" } }),
    ]
    .iter()
    .map(Value::to_string)
    .collect();
    let mut ended = of_anthropic("ended");
    ended["request_counts"] =
        json!({ "processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 1 });
    let scripts = json!([
        at("/v1/messages/batches/msgbatch_1", ended),
        at("/v1/messages/batches/msgbatch_1/results", json!(lines.join("\n"))),
    ]);
    let (client, _) = client(scripts, &["anthropic"]);
    let all = results(&client, "anthropic/msgbatch_1").await.unwrap();
    // In the provider's order, for the names are the caller's.
    let ids: Vec<&str> = all.data.iter().map(|one| one.custom_id.as_str()).collect();
    assert_eq!(ids, ["b", "a", "c"]);
    let completion = all.data[0].completion.as_ref().unwrap();
    assert_eq!(completion.choices[0].message.content.as_deref(), Some("hi"));
    let wanted = 0.5 * (10.0 * 3.0 + 2.0 * 15.0) / 1e6;
    assert!((all.cost.unwrap().total_usd - wanted).abs() < 1e-12);
    let error = all.data[1].error.as_ref().unwrap();
    assert_eq!((error.kind, error.message.as_str(), error.status), (ErrorKind::BadRequest, "no", None));
    let expired = all.data[2].error.as_ref().unwrap();
    assert_eq!((expired.kind, expired.error_type.as_deref()), (ErrorKind::Cancelled, Some("expired")));
}

#[tokio::test]
async fn a_batch_that_goes_on_has_no_results_yet() {
    let (client, transport) =
        client(json!([at("/v1/batches/batch_1", of_openai("in_progress"))]), &["openai"]);
    let error = results(&client, "openai/batch_1").await.unwrap_err();
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("id")));
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test]
async fn a_target_without_batches_is_left_out() {
    let scripts = json!([once("/v1/messages/batches", of_anthropic("in_progress"))]);
    let (client, _) = client(scripts, &["mistral", "anthropic"]);
    let error = batch(&client, created("mistral/mistral-small")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
    assert!(error.message.contains("batches"), "{}", error.message);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (client, _) = client(json!([]), &["openai", "anthropic"]);
    let of = |item: Value| json!({ "model": "openai/m", "requests": [chat("a"), item] });
    let with = |name: &str, value: Value| {
        let mut item = chat("b");
        item[name] = value;
        of(item)
    };
    for (fields, param) in [
        (json!({ "model": "openai/m" }), "requests"),
        (json!({ "model": "openai/m", "requests": [] }), "requests"),
        (of(json!("text")), "requests[1]"),
        (of(json!({})), "requests[1].messages"),
        (with("model", json!("m")), "requests[1].model"),
        (with("custom_id", json!("no spaces")), "requests[1].custom_id"),
        (with("custom_id", json!("request-0")), "requests[1].custom_id"),
        (json!({ "model": "m", "requests": [chat("a")], "endpoint": "/x" }), "endpoint"),
        (json!({ "action": "retrieve", "id": "batch_1" }), "id"),
        (json!({ "action": "delete", "id": "openai/batch_1" }), "action"),
        (json!({ "action": "list" }), "provider"),
    ] {
        let error = batch(&client, fields.clone()).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(param)), "{fields}");
    }
}

/// Both wires, as a mock that no script tells anything answers them.
#[tokio::test(start_paused = true)]
async fn a_mock_answers_batches() {
    for model in ["anthropic/claude-sonnet-4-5", "openai/gpt-4o-mini"] {
        let (client, _) = client(json!([]), &["openai", "anthropic"]);
        let made = batch(&client, created(model)).await.unwrap();
        assert!(!made.ended, "{made:?}");
        let seen = batch(&client, json!({ "action": "retrieve", "id": made.id, "poll": 1 })).await.unwrap();
        assert_eq!((seen.status, seen.request_counts.succeeded), (BatchStatus::Completed, 2));
        let all = results(&client, &made.id).await.unwrap();
        let said: Vec<&str> = all
            .data
            .iter()
            .map(|one| one.completion.as_ref().unwrap().choices[0].message.content.as_deref().unwrap())
            .collect();
        assert_eq!(said, ["You said: one", "You said: two"]);
        let cancelled = batch(&client, json!({ "action": "cancel", "id": made.id })).await.unwrap();
        assert_eq!(cancelled.status, BatchStatus::Cancelled);
        let listed = json!({ "provider": made.provider });
        let list = ask(&client, json!({ "action": "list" }), listed).await.unwrap().into_batches().unwrap();
        assert_eq!(list.data[0].id, made.id);
    }
}
