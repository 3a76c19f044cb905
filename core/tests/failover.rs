//! Requests that move to another target, over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use roocode::testing::{MockTransport, Script};
use roocode::types::trace::Cause;
use roocode::{Client, ClientConfig, ErrorKind};
use serde_json::{Value, json};

/// A client of the providers `a`, `b` and `c`, which all serve `m`; the mock
/// tells them apart by their key.
fn client(scripts: Value) -> (Client, Arc<MockTransport>) {
    client_with(scripts, json!({}), json!({}))
}

/// The same with fields for each provider and for the client.
fn client_with(scripts: Value, more: Value, resilience: Value) -> (Client, Arc<MockTransport>) {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider = |name: &str| {
        let mut provider = json!({ "name": name, "kind": "openai", "api_key": name, "models": ["m"],
                                   "base_url": format!("http://{name}.test/v1") });
        provider.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        provider
    };
    let config =
        json!({ "providers": [provider("a"), provider("b"), provider("c")], "resilience": resilience });
    let client =
        Client::with_transport(ClientConfig::from_value(config).unwrap(), Arc::clone(&transport) as _)
            .unwrap();
    (client, transport)
}

fn body(stream: bool) -> Value {
    json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }], "stream": stream })
}

#[tokio::test(start_paused = true)]
async fn a_plain_call_fails_over_twice_and_says_so() {
    let (client, _) = client(json!([
        { "fault": { "kind": "status", "status": 503 }, "times": 1 },
        { "fault": { "kind": "status", "status": 401 }, "times": 1 },
        { "reply": { "content": "here" } },
    ]));
    let reply = client.chat(client.call(body(false), Value::Null).unwrap()).await.unwrap();
    let route = reply.completion.route.unwrap();
    assert_eq!(reply.completion.choices[0].message.content.as_deref(), Some("here"));
    assert_eq!(route.target.as_deref(), Some("c/m"));
    let told: Vec<Value> = route
        .attempts
        .iter()
        .map(|attempt| json!([attempt.target, attempt.cause, attempt.outcome, attempt.status]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["a/m", "first", "failure", 503]),
            json!(["b/m", "fallback", "failure", 401]),
            json!(["c/m", "fallback", "success", 200]),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_before_its_first_content_moves_on() {
    let (client, _) = client(json!([
        { "fault": { "kind": "error_event", "after_chunks": 0 }, "times": 1 },
        { "reply": { "content": "here" } },
    ]));
    let mut stream = client.chat_stream(client.call(body(true), Value::Null).unwrap()).await.unwrap();
    while let Some(batch) = stream.next_batch().await {
        batch.unwrap();
    }
    assert_eq!(stream.partial().choices[0].message.content.as_deref(), Some("here"));
    let attempts = &stream.trace().attempts;
    assert_eq!(attempts.len(), 2, "{attempts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_request_is_not_shown_to_another_target() {
    let (client, transport) = client(
        json!([{ "fault": { "kind": "status", "status": 400 }, "times": 1 }, { "reply": { "content": "x" } }]),
    );
    let error = client.chat(client.call(body(false), Value::Null).unwrap()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadRequest);
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_broken_target_is_passed_over_until_its_time_has_come() {
    let mut scripts = Vec::new();
    for _ in 0..5 {
        scripts.push(json!({ "fault": { "kind": "status", "status": 500 }, "times": 1 }));
        scripts.push(json!({ "reply": { "content": "b" }, "times": 1 }));
    }
    scripts.push(json!({ "reply": { "content": "b" }, "times": 1 }));
    scripts.push(json!({ "reply": { "content": "a" } }));
    let (client, _) = client(Value::Array(scripts));
    let ask = async || {
        let reply = client.chat(client.call(body(false), Value::Null).unwrap()).await.unwrap();
        let route = reply.completion.route.unwrap();
        (route.target.clone().unwrap(), route.attempts.len())
    };
    for _ in 0..5 {
        assert_eq!(ask().await, ("b/m".to_owned(), 2));
    }
    // The breaker of `a` is open now, and a probe after five seconds finds it well.
    assert_eq!(ask().await, ("b/m".to_owned(), 1));
    tokio::time::advance(std::time::Duration::from_secs(5)).await;
    assert_eq!(ask().await, ("a/m".to_owned(), 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_of_each_target_is_told() {
    let (client, _) = client(json!([
        { "fault": { "kind": "status", "status": 429, "headers": { "retry-after": "7" } }, "times": 1 },
        { "reply": { "content": "here" } },
    ]));
    client.chat(client.call(body(false), Value::Null).unwrap()).await.unwrap();
    let stats = client.stats();
    let (a, b) = (&stats[0], &stats[1]);
    assert_eq!(
        (&a["target"], &a["requests"], &a["errors"]["RateLimitError"], &a["unavailable_for_s"]),
        (&json!("a/m"), &json!(1), &json!(1), &json!(7.0))
    );
    assert_eq!((&b["target"], &b["successes"], &b["in_flight"]), (&json!("b/m"), &json!(1), &json!(0)));
    assert_eq!(b["time_to_first_token_s"]["count"], json!(1));
    // A cooldown is kept: the next request goes straight to `b`.
    let reply = client.chat(client.call(body(false), Value::Null).unwrap()).await.unwrap();
    assert_eq!(reply.completion.route.unwrap().attempts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_left_counts_and_leaves_nothing_in_flight() {
    let (client, _) = client(json!([{ "fault": { "kind": "hang" } }]));
    let asked = client.chat(client.call(body(false), Value::Null).unwrap());
    assert!(tokio::time::timeout(std::time::Duration::from_secs(1), asked).await.is_err());
    let stats = client.stats();
    assert_eq!((&stats[0]["cancelled"], &stats[0]["in_flight"]), (&json!(1), &json!(0)), "{stats}");
}

async fn ask(client: &Client) -> Result<Arc<roocode::types::trace::Trace>, roocode::Error> {
    Ok(client.chat(client.call(body(false), Value::Null)?).await?.completion.route.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_slow_attempt_gets_a_second_one_and_the_loser_is_left() {
    let mut scripts = vec![json!({ "latency_ms": 100, "reply": { "content": "a" }, "times": 60 })];
    scripts.push(json!({ "latency_ms": 5000, "reply": { "content": "slow" }, "times": 1 }));
    scripts.push(json!({ "latency_ms": 50, "reply": { "content": "hedge" }, "times": 1 }));
    let hedge = json!({ "hedge": { "enabled": true, "money_share": null } });
    let (client, _) = client_with(Value::Array(scripts), json!({}), hedge);
    for _ in 0..60 {
        assert_eq!(ask(&client).await.unwrap().attempts.len(), 1);
    }
    let route = ask(&client).await.unwrap();
    let told: Vec<Value> = route
        .attempts
        .iter()
        .map(|attempt| json!([attempt.target, attempt.cause, attempt.outcome, attempt.started_ms.round()]))
        .collect();
    assert_eq!(
        told,
        [json!(["a/m", "first", "cancelled", 0.0]), json!(["b/m", "hedge", "success", 100.0])],
        "after the 95th percentile of `a`"
    );
    assert_eq!(route.target.as_deref(), Some("b/m"));
    let stats = client.stats();
    assert_eq!((&stats[0]["cancelled"], &stats[0]["in_flight"]), (&json!(1), &json!(0)));
}

/// A plain call has its first content at its end, which says nothing of when a stream begins.
#[tokio::test(start_paused = true)]
async fn a_stream_is_hedged_by_how_long_streams_take() {
    let times = |latency_ms: u32, times: u32| json!({ "latency_ms": latency_ms, "reply": { "content": "a" }, "times": times });
    let scripts =
        vec![times(2000, 60), times(100, 60), times(5000, 1), times(50, 1), times(5000, 1), times(50, 1)];
    let hedge = json!({ "hedge": { "enabled": true, "money_share": null } });
    let (client, _) = client_with(Value::Array(scripts), json!({}), hedge);
    let asked = async |stream: bool| {
        let call = client.call(body(stream), Value::Null).unwrap();
        let route = if stream {
            let mut answer = client.chat_stream(call).await.unwrap();
            let mut route = None;
            while let Some(batch) = answer.next_batch().await {
                route = batch.unwrap().into_iter().find_map(|chunk| chunk.route).or(route);
            }
            route.unwrap()
        } else {
            client.chat(call).await.unwrap().completion.route.unwrap()
        };
        route.attempts.iter().map(|attempt| attempt.started_ms.round()).collect::<Vec<_>>()
    };
    for stream in [false, true] {
        for _ in 0..60 {
            assert_eq!(asked(stream).await, [0.0]);
        }
    }
    assert_eq!(asked(true).await, [0.0, 100.0]);
    assert_eq!(asked(false).await, [0.0, 2000.0]);
    assert_eq!(client.stats()[0]["time_to_first_token_s"]["count"], json!(120), "told together");
}

#[tokio::test(start_paused = true)]
async fn a_quota_of_the_user_is_kept_first_by_going_elsewhere_and_then_by_waiting() {
    let scripts = json!([{ "reply": { "content": "x" } }]);
    let quota = json!({ "quota": { "requests_per_second": 1 } });
    let (client, _) = client_with(scripts, quota, json!({}));
    let start = tokio::time::Instant::now();
    let mut asked = Vec::new();
    for _ in 0..6 {
        asked.push(ask(&client).await.unwrap().target.clone().unwrap());
    }
    assert_eq!(asked, ["a/m", "b/m", "c/m", "a/m", "b/m", "c/m"]);
    assert_eq!(start.elapsed().as_secs(), 1, "the fourth waited for the first to have room");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_would_be_too_long_is_refused_at_once() {
    let scripts = json!([{ "reply": { "content": "x" } }]);
    let quota = json!({ "quota": { "requests_per_day": 1 } });
    let (client, _) = client_with(scripts, quota, json!({}));
    for _ in 0..3 {
        ask(&client).await.unwrap();
    }
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
    assert!(error.retry_after.unwrap() > 86_000.0, "{error}");
}

#[tokio::test(start_paused = true)]
async fn requests_at_once_are_bounded_and_the_next_goes_when_one_ends() {
    let scripts = json!([{ "latency_ms": 100, "reply": { "content": "x" } }]);
    let (client, _) = client_with(scripts, json!({ "quota": { "concurrency": 1 } }), json!({}));
    let start = tokio::time::Instant::now();
    let all = futures_util::future::join_all((0..6).map(|_| ask(&client))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(start.elapsed().as_millis(), 200, "two rounds of three providers");
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_rests_every_model_of_its_provider() {
    let mut scripts = Vec::new();
    for _ in 0..5 {
        scripts.push(json!({ "fault": { "kind": "status", "status": 401 }, "times": 1 }));
        scripts.push(json!({ "reply": { "content": "b" }, "times": 1 }));
    }
    scripts.push(json!({ "reply": { "content": "b" } }));
    let (client, _) = client_with(Value::Array(scripts), json!({ "models": ["m", "n"] }), json!({}));
    for _ in 0..5 {
        assert_eq!(ask(&client).await.unwrap().attempts.len(), 2);
    }
    let other = json!({ "model": "n", "messages": [{ "role": "user", "content": "hi" }] });
    let reply = client.chat(client.call(other, Value::Null).unwrap()).await.unwrap();
    assert_eq!(reply.completion.route.unwrap().target.as_deref(), Some("b/n"));
}

#[tokio::test(start_paused = true)]
async fn when_all_are_left_alone_one_that_works_goes_before_one_that_fails() {
    let mut scripts = Vec::new();
    for _ in 0..5 {
        scripts.push(json!({ "fault": { "kind": "status", "status": 500 }, "times": 1 }));
        scripts.push(json!({ "reply": { "content": "b" }, "times": 1 }));
    }
    scripts.push(json!({ "fault": { "kind": "status", "status": 429 }, "times": 1 }));
    scripts.push(json!({ "reply": { "content": "c" }, "times": 1 }));
    scripts.push(json!({ "fault": { "kind": "status", "status": 429 }, "times": 1 }));
    scripts.push(json!({ "reply": { "content": "b" } }));
    let (client, _) = client(Value::Array(scripts));
    let ask = async || {
        let reply = client.chat(client.call(body(false), Value::Null).unwrap()).await.unwrap();
        let attempts = &reply.completion.route.unwrap().attempts;
        attempts.iter().map(|attempt| (attempt.target.clone(), attempt.cause)).collect::<Vec<_>>()
    };
    let (first, fallback) = (Cause::First, Cause::Fallback);
    let names =
        |told: &[(&str, Cause)]| told.iter().map(|(name, cause)| ((*name).to_owned(), *cause)).collect();
    let expected: [Vec<_>; 3] = [
        names(&[("b/m", first), ("c/m", fallback)]),
        // `c` fails too: `b`, which asked for fewer requests, before `a`, whose breaker is open.
        names(&[("c/m", first), ("b/m", fallback)]),
        names(&[("b/m", first)]),
    ];
    for _ in 0..5 {
        assert_eq!(ask().await.len(), 2);
    }
    for told in expected {
        assert_eq!(ask().await, told);
    }
}
