//! Streams that break after their first content and go on at another target.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use roocode::testing::{MockTransport, Script};
use roocode::types::chat::{ChatCompletion, ChatCompletionChunk};
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Value, json};

/// A client of `a`, `b` and `c`, which all serve `m`; `a` and `b` speak as `kind` says.
fn client_of(kind: &str, model: &str, scripts: Value, resilience: Value) -> (Client, Arc<MockTransport>) {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider = |name: &str| {
        json!({ "name": name, "kind": kind, "api_key": name, "models": [model],
                "base_url": format!("http://{name}.test/v1"), "prices": { "*": { "input": 1.0, "output": 10.0 } } })
    };
    let config =
        json!({ "providers": [provider("a"), provider("b"), provider("c")], "resilience": resilience });
    let client =
        Client::with_transport(ClientConfig::from_value(config).unwrap(), Arc::clone(&transport) as _)
            .unwrap();
    (client, transport)
}

fn client(scripts: Value) -> (Client, Arc<MockTransport>) {
    client_of("openai", "m", scripts, json!({ "stream_recovery": "continue" }))
}

/// A stream of these words that is cut after `after` of them.
fn cut(words: &[&str], after: u32) -> Value {
    json!({ "stream": { "chunks": words }, "fault": { "kind": "cut", "after_chunks": after }, "times": 1 })
}

fn said(words: &[&str]) -> Value {
    let usage = json!({ "prompt_tokens": 20, "completion_tokens": 3 });
    json!({ "stream": { "chunks": words }, "reply": { "usage": usage }, "times": 1 })
}

struct Read {
    chunks: Vec<ChatCompletionChunk>,
    error: Option<Error>,
    partial: ChatCompletion,
    trace: Arc<Trace>,
}

impl Read {
    fn text(&self) -> String {
        let choices = self.chunks.iter().flat_map(|chunk| &chunk.choices);
        choices.filter_map(|choice| choice.delta.content.as_deref()).collect()
    }

    fn told(&self) -> Vec<Value> {
        let attempts = self.trace.attempts.iter();
        attempts.map(|attempt| json!([attempt.target, attempt.cause, attempt.outcome])).collect()
    }
}

async fn read(client: &Client, more: Value) -> Read {
    read_of(client, "m", more).await
}

async fn read_of(client: &Client, model: &str, more: Value) -> Read {
    let mut body = json!({ "model": model, "stream": true,
                           "messages": [{ "role": "user", "content": "Tell me a story" }] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut stream = client.chat_stream(client.call(body, Value::Null).unwrap()).await.unwrap();
    let (mut chunks, mut error) = (Vec::new(), None);
    while let Some(batch) = stream.next_batch().await {
        match batch {
            Ok(batch) => chunks.extend(batch),
            Err(broke) => error = Some(broke),
        }
    }
    Read { chunks, error, partial: stream.partial(), trace: stream.trace() }
}

fn sent(transport: &MockTransport, number: usize) -> Value {
    transport.requests()[number].body.clone()
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_cut_goes_on_elsewhere_and_says_so() {
    let (client, transport) =
        client(json!([cut(&["Once", " upon", " a", " time"], 2), said(&[" a", " time", "."]),]));
    let read = read(&client, json!({ "max_tokens": 50 })).await;
    assert!(read.error.is_none(), "{:?}", read.error);
    assert_eq!(read.text(), "Once upon a time.");
    assert_eq!(read.partial.choices[0].message.content.as_deref(), Some("Once upon a time."));
    assert_eq!(read.told(), [json!(["a/m", "first", "failure"]), json!(["b/m", "continuation", "success"])]);
    assert_eq!(read.trace.target.as_deref(), Some("b/m"));

    let marked: Vec<_> = read.chunks.iter().filter_map(|chunk| chunk.continuation.as_deref()).collect();
    assert_eq!(
        serde_json::to_value(&marked).unwrap(),
        json!([{ "from_target": "a/m", "target": "b/m", "by": "instruction", "after_characters": 9 }])
    );

    let body = sent(&transport, 1);
    assert_eq!(body["messages"][1], json!({ "role": "assistant", "content": "Once upon" }));
    assert_eq!(body["messages"][2]["role"], "user");
    assert_eq!(body["max_completion_tokens"], 47, "three were received: {body}");
}

#[tokio::test(start_paused = true)]
async fn what_both_attempts_took_is_told_apart_and_summed() {
    let (client, _) = client(json!([cut(&["Once", " upon", " a"], 2), said(&[" a", " time"])]));
    let read = read(&client, json!({})).await;
    let usage = |number: usize| read.trace.attempts[number].usage.unwrap();
    let (first, second) = (usage(0), usage(1));
    assert!(first.estimated && first.output_tokens == 3, "{first:?}");
    assert_eq!((second.input_tokens, second.output_tokens, second.estimated), (20, 3, false));
    let last = read.chunks.last().unwrap().usage.clone().unwrap();
    assert_eq!(last.prompt_tokens, first.input_tokens + 20);
    assert_eq!((last.completion_tokens, last.estimated), (6, true));
    assert_eq!(read.partial.usage, Some(last));
    let cost = read.trace.cost.clone().unwrap();
    assert!(cost.estimated);
    let sum = first.cost_usd.unwrap() + second.cost_usd.unwrap();
    assert!((cost.total_usd - sum).abs() < 1e-12, "{cost:?}");
    assert!((second.cost_usd.unwrap() - (20.0 + 30.0) / 1e6).abs() < 1e-12);
}

#[tokio::test(start_paused = true)]
async fn a_continuation_that_is_cut_too_goes_on_with_all_of_it() {
    let (client, transport) =
        client(json!([cut(&["One", " two", " x"], 2), cut(&[" three", " four", " x"], 2), said(&[" five"])]));
    let read = read(&client, json!({})).await;
    assert!(read.error.is_none(), "{:?}", read.error);
    assert_eq!(read.text(), "One two three four five");
    assert_eq!(sent(&transport, 2)["messages"][1]["content"], "One two three four");
    assert_eq!(read.trace.attempts.len(), 3);
    let marks: Vec<_> = read.chunks.iter().filter_map(|chunk| chunk.continuation.as_deref()).collect();
    assert_eq!(marks.iter().map(|mark| mark.after_characters).collect::<Vec<_>>(), [7, 18]);
    assert_eq!((marks[1].from_target.as_str(), marks[1].target.as_str()), ("b/m", "c/m"));
    let tokens: u64 = read.trace.attempts.iter().map(|attempt| attempt.usage.unwrap().output_tokens).sum();
    assert_eq!(read.partial.usage.unwrap().completion_tokens, tokens);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_refuses_to_go_on_is_passed_over() {
    let refusal = json!({ "fault": { "kind": "status", "status": 503 }, "times": 1 });
    let (client, _) = client(json!([cut(&["One", " two", " x"], 2), refusal, said(&[" three"])]));
    let read = read(&client, json!({})).await;
    assert_eq!(read.text(), "One two three");
    assert_eq!(
        read.told(),
        [
            json!(["a/m", "first", "failure"]),
            json!(["b/m", "continuation", "failure"]),
            json!(["c/m", "continuation", "success"]),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn where_none_can_go_on_the_interruption_is_raised_and_nothing_is_lost() {
    let refused = json!({ "fault": { "kind": "status", "status": 400 }, "times": 1 });
    let (client, transport) = client(json!([cut(&["One", " two", " x"], 2), refused]));
    let read = read(&client, json!({})).await;
    let error = read.error.as_ref().unwrap();
    assert_eq!(error.kind, ErrorKind::StreamInterrupted);
    assert!(error.message.contains("could not be continued"), "{error}");
    assert_eq!(read.text(), "One two");
    let partial = error.partial.as_ref().unwrap();
    assert_eq!(partial.choices[0].message.content.as_deref(), Some("One two"));
    assert_eq!((error.attempts, transport.requests().len()), (2, 2));
    assert_eq!(error.route.as_ref().unwrap().attempts.len(), 2);
    assert_eq!(client.stats()[0]["in_flight"], 0);
}

#[tokio::test(start_paused = true)]
async fn alone_a_target_is_asked_again_after_a_wait_and_within_the_retries() {
    let (client, transport) = client_of(
        "openai",
        "m",
        json!([
            cut(&["One", " two", " x"], 2),
            cut(&[" three", " x"], 1),
            cut(&[" four", " x"], 1),
            said(&["?"])
        ]),
        json!({ "stream_recovery": "continue", "retry": { "first_wait": 1.0 } }),
    );
    let body = json!({ "provider": "a", "max_retries": 2 });
    let read = read(&client, body).await;
    assert_eq!(read.text(), "One two three four");
    assert_eq!(read.error.unwrap().kind, ErrorKind::StreamInterrupted);
    assert_eq!(transport.requests().len(), 3, "one and two retries");
    assert!(read.trace.attempts[0].waited_s.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_the_request_holds_for_what_goes_on() {
    let hang = json!({ "latency_ms": 60_000, "reply": { "content": "late" } });
    let (client, _) = client(json!([cut(&["One", " two", " x"], 2), hang]));
    let start = tokio::time::Instant::now();
    let read = read(&client, json!({ "timeout": { "total": 5.0 } })).await;
    assert_eq!(read.error.unwrap().kind, ErrorKind::StreamInterrupted);
    assert_eq!(start.elapsed(), Duration::from_secs(5));
    assert_eq!(read.trace.attempts.len(), 2, "no time is left for `c`");
}

#[tokio::test(start_paused = true)]
async fn what_would_make_no_whole_is_not_continued() {
    let schema =
        json!({ "type": "json_schema", "json_schema": { "name": "n", "schema": { "type": "object" } } });
    let calls = json!({ "reply": { "tool_calls": [{ "name": "f", "arguments": { "a": [1, 2, 3] } }] },
                        "fault": { "kind": "cut", "after_chunks": 1 }, "times": 1 });
    for (script, more, why) in [
        (cut(&["{\"a\"", ":"], 1), json!({ "response_format": schema }), "format"),
        (calls, json!({}), "tool calls"),
    ] {
        let (client, transport) = client(json!([script, said(&["never"])]));
        let read = read(&client, more).await;
        let error = read.error.unwrap();
        assert_eq!((error.kind, transport.requests().len()), (ErrorKind::StreamInterrupted, 1));
        assert!(error.message.contains("not continued") && error.message.contains(why), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_done_only_where_it_is_asked_for() {
    let scripts = || json!([cut(&["One", " two", " x"], 2), said(&[" three"])]);
    for (of_client, more, requests) in [
        (json!({}), json!({}), 1),
        (json!({}), json!({ "stream_recovery": "continue" }), 2),
        (json!({ "stream_recovery": "continue" }), json!({ "stream_recovery": "error" }), 1),
    ] {
        let (client, transport) = client_of("openai", "m", scripts(), of_client);
        let read = read(&client, more).await;
        assert_eq!(transport.requests().len(), requests);
        let message = read.error.map(|error| error.message.clone()).unwrap_or_default();
        assert!(!message.contains("not continued"), "{message}");
    }
    let (client, _) = client_of("openai", "m", scripts(), json!({}));
    let body = json!({ "model": "m", "messages": [], "stream_recovery": "again" });
    let error = client.call(body, Value::Null).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("stream_recovery"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn claude_of_old_continues_its_own_message() {
    for (model, by, messages) in [("claude-haiku-4-5", "prefill", 2), ("claude-opus-4-6", "instruction", 3)] {
        let scripts = json!([cut(&["Once", " upon ", "x"], 2), said(&[" a", " time"])]);
        let (client, transport) =
            client_of("anthropic", model, scripts, json!({ "stream_recovery": "continue" }));
        let read = read_of(&client, model, json!({})).await;
        assert!(read.error.is_none(), "{:?}", read.error);
        assert_eq!(read.text(), "Once upon a time", "the blank at the seam comes once");
        let mark = read.chunks.iter().find_map(|chunk| chunk.continuation.as_deref()).unwrap();
        assert_eq!(serde_json::to_value(mark.by).unwrap(), by);
        let body = sent(&transport, 1);
        assert_eq!(body["messages"].as_array().unwrap().len(), messages, "{body}");
        assert!(body["messages"][1].to_string().contains("Once upon\""), "no blank at its end: {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn leaving_while_a_target_is_sought_leaves_nothing_in_flight() {
    let hang = json!({ "fault": { "kind": "hang" } });
    let (client, _) = client(json!([cut(&["One", " two", " x"], 2), hang]));
    let body = json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }], "stream": true });
    let mut stream = client.chat_stream(client.call(body, Value::Null).unwrap()).await.unwrap();
    let limit = Duration::from_secs(1);
    let mut text = 0;
    while let Ok(Some(Ok(batch))) = tokio::time::timeout(limit, stream.next_batch()).await {
        text += batch.len();
    }
    assert!(text > 0);
    drop(stream);
    let stats = client.stats();
    let in_flight: Vec<_> = stats.as_array().unwrap().iter().map(|of| of["in_flight"].clone()).collect();
    assert_eq!(in_flight, [0, 0, 0], "{stats}");
}
