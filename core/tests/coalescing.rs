//! Identical requests that go out as one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use roocode::testing::{MockTransport, Script};
use roocode::{ChatReply, Client, ClientConfig, Error, ErrorKind};
use serde_json::{Value, json};

fn client(scripts: Value) -> (Client, Arc<MockTransport>) {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let config = json!({ "providers": [{ "name": "a", "kind": "openai", "api_key": "a", "models": ["m"],
                                         "base_url": "http://a.test/v1", "prices": { "*": { "input": 1.0, "output": 1.0 } } }] });
    let client =
        Client::with_transport(ClientConfig::from_value(config).unwrap(), Arc::clone(&transport) as _)
            .unwrap();
    (client, transport)
}

fn ask(client: &Client, more: Value) -> BoxFuture<'static, Result<ChatReply, Error>> {
    let mut body =
        json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }], "coalesce": true });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.chat(client.call(body, Value::Null).unwrap()).boxed()
}

fn slow() -> Value {
    json!([{ "latency_ms": 1000, "reply": { "content": "here" } }])
}

#[tokio::test(start_paused = true)]
async fn identical_requests_go_out_as_one_and_each_has_its_own_trace() {
    let (client, transport) = client(slow());
    let late = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        ask(&client, json!({})).await
    };
    let two = join_all([ask(&client, json!({})), ask(&client, json!({}))]);
    let (two, late) = tokio::join!(two, late);
    assert_eq!(transport.requests().len(), 1);
    let replies: Vec<ChatReply> = two.into_iter().chain([late]).map(Result::unwrap).collect();
    let joined: Vec<f64> = replies
        .iter()
        .map(|reply| {
            assert_eq!(reply.completion.choices[0].message.content.as_deref(), Some("here"));
            let coalesced = reply.completion.route.as_ref().unwrap().coalesced.unwrap();
            assert_eq!(coalesced.callers, 3);
            coalesced.joined_ms
        })
        .collect();
    assert_eq!(joined, [0.0, 0.0, 400.0]);
    let paid = replies.iter().filter(|reply| reply.completion.route.as_ref().unwrap().cost.is_some());
    assert_eq!(paid.count(), 1, "the sum over the traces is what was paid");
    assert_eq!(client.stats()[0]["requests"], 1);
}

#[tokio::test(start_paused = true)]
async fn what_differs_goes_out_on_its_own() {
    let (client, transport) = client(slow());
    let other_client = client.config_with(json!({ "default_headers": { "x-team": "other" } })).unwrap();
    let all = [
        ask(&client, json!({})),
        ask(&client, json!({ "temperature": 0.5 })),
        ask(&client, json!({ "timeout": 5.0 })),
        ask(&client, json!({ "routing": { "session": "s" } })),
        ask(&client, json!({ "extra_headers": { "x-a": "b" } })),
        ask(&client, json!({ "coalesce": false })),
        ask(&other_client, json!({})),
    ];
    let count = all.len();
    for reply in join_all(all).await {
        assert_eq!(reply.unwrap().completion.route.unwrap().coalesced, None);
    }
    assert_eq!(transport.requests().len(), count);
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_is_forgotten() {
    let (client, transport) = client(slow());
    ask(&client, json!({})).await.unwrap();
    ask(&client, json!({})).await.unwrap();
    assert_eq!(transport.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_that_leaves_does_not_stop_the_others() {
    let (client, transport) = client(slow());
    let mut first = ask(&client, json!({}));
    let second = ask(&client, json!({}));
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut first).await.is_err());
    let left = tokio::spawn(second);
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(first);
    let reply = left.await.unwrap().unwrap();
    assert_eq!(reply.completion.choices[0].message.content.as_deref(), Some("here"));
    let route = reply.completion.route.unwrap();
    assert_eq!(route.coalesced.unwrap().callers, 2);
    assert!(route.cost.is_some(), "the other one has left: this one has the cost");
    assert_eq!((transport.requests().len(), transport.counters().clients_left), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn when_the_last_leaves_the_request_is_stopped_and_nothing_is_left() {
    let (client, transport) = client(slow());
    let limit = Duration::from_millis(300);
    let asked = join_all([ask(&client, json!({})), ask(&client, json!({}))]);
    assert!(tokio::time::timeout(limit, asked).await.is_err());
    let stats = client.stats();
    assert_eq!((&stats[0]["cancelled"], &stats[0]["in_flight"]), (&json!(1), &json!(0)), "{stats}");
    assert_eq!(transport.counters().clients_left, 1);
    // The next one does not join what was left.
    let reply = ask(&client, json!({})).await.unwrap();
    assert_eq!(reply.completion.route.unwrap().coalesced, None);
}

#[tokio::test(start_paused = true)]
async fn errors_are_shared() {
    let (client, transport) =
        client(json!([{ "latency_ms": 10, "fault": { "kind": "status", "status": 400 } }]));
    for error in join_all([ask(&client, json!({})), ask(&client, json!({}))]).await {
        let error = error.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadRequest);
        assert_eq!(error.route.as_ref().unwrap().coalesced.unwrap().callers, 2);
    }
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_cannot_be_shared() {
    let (client, _) = client(slow());
    let body = json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }], "stream": true });
    let call = client.call(body, json!({ "coalesce": true })).unwrap();
    let error = client.chat_stream(call).await.unwrap_err();
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("coalesce")));
}
