//! Declared routes: which target is asked, and why, over scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use roocode::testing::{MockTransport, Script};
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Map, Value, json};

/// A client of the providers `a`, `b` and `c` with one route `r` over their model `m`.
fn client(providers: &Value, route: &Value) -> Result<(Client, Arc<MockTransport>), Error> {
    client_with(providers, route, json!([{ "reply": { "content": "x" } }]))
}

/// The same, with these answers.
fn client_with(
    providers: &Value,
    route: &Value,
    scripts: Value,
) -> Result<(Client, Arc<MockTransport>), Error> {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider = |name: &str| {
        let mut provider = json!({ "name": name, "kind": "custom", "api_key": name,
                                   "base_url": format!("http://{name}.test/v1") });
        if let Some(Value::Object(more)) = providers.get(name) {
            provider.as_object_mut().unwrap().extend(more.clone());
        }
        provider
    };
    let mut whole = json!({ "targets": ["a/m", "b/m", "c/m"] });
    whole.as_object_mut().unwrap().extend(route.as_object().cloned().unwrap_or_else(Map::new));
    let config =
        json!({ "providers": [provider("a"), provider("b"), provider("c")], "routes": { "r": whole } });
    let client = Client::with_transport(ClientConfig::from_value(config)?, Arc::clone(&transport) as _)?;
    Ok((client, transport))
}

fn body(more: Value) -> Value {
    let mut body = json!({ "model": "r", "messages": [{ "role": "user", "content": "hi" }] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn target(client: &Client, more: Value) -> String {
    let call = client.call(body(more), Value::Null).unwrap();
    let route = client.chat(call).await.unwrap().completion.route.unwrap();
    assert_eq!(route.route.as_deref(), Some("r"));
    route.target.clone().unwrap()
}

async fn asked(client: &Client, times: usize, more: Value) -> Vec<String> {
    let mut targets = Vec::new();
    for _ in 0..times {
        targets.push(target(client, more.clone()).await);
    }
    targets
}

fn counts(targets: &[String]) -> BTreeMap<&str, usize> {
    targets.iter().fold(BTreeMap::new(), |mut counts, target| {
        *counts.entry(target.as_str()).or_default() += 1;
        counts
    })
}

fn refused(providers: Value, route: Value) -> Error {
    match client(&providers, &route) {
        Ok(_) => panic!("it was taken"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn weighted_gives_each_its_share_evenly_spread() {
    let route = json!({
        "targets": [{ "target": "a/m", "weight": 5 }, { "target": "b/m", "weight": 1 }, { "target": "c/m", "weight": 2 }],
        "strategy": "weighted",
    });
    let (client, _) = client(&json!({}), &route).unwrap();
    let targets = asked(&client, 16, json!({})).await;
    assert_eq!(counts(&targets), [("a/m", 10), ("b/m", 2), ("c/m", 4)].into());
    assert_eq!(counts(&targets[..8]), [("a/m", 5), ("b/m", 1), ("c/m", 2)].into());
}

#[tokio::test]
async fn round_robin_takes_turns() {
    let (client, _) = client(&json!({}), &json!({ "strategy": "round_robin" })).unwrap();
    assert_eq!(asked(&client, 4, json!({})).await, ["a/m", "b/m", "c/m", "a/m"]);
}

#[tokio::test]
async fn cheapest_takes_the_lowest_expected_cost_and_unknown_prices_last() {
    let price = |input: f64| json!({ "prices": { "m": { "input": input, "output": input } } });
    let providers = json!({ "b": price(2.0), "c": price(1.0) });
    let (client, _) = client(&providers, &json!({ "strategy": "cheapest" })).unwrap();
    assert_eq!(target(&client, json!({})).await, "c/m");
    let call = client.call(body(json!({})), Value::Null).unwrap();
    let explained = serde_json::to_value(client.explain(&call).unwrap()).unwrap();
    let order: Vec<_> =
        explained["steps"].as_array().unwrap().iter().map(|step| step["target"].clone()).collect();
    assert_eq!(order, [json!(2), json!(1), json!(0)], "{explained:#}");
}

/// A client of `a/fast`, `b/fast` and `c/other` under `strategy`, of which the first two
/// take 100 ms and the last one `other` ms.
fn timed(strategy: &str, other: u32) -> Client {
    let answer = |model: &str, milliseconds: u32| {
        json!({ "when": { "model": model }, "latency_ms": milliseconds,
                "reply": { "content": "one two three four five" }, "stream": { "tokens_per_second": 100 } })
    };
    let route = json!({ "targets": ["a/fast", "b/fast", "c/other"], "strategy": strategy });
    let scripts = json!([answer("fast", 100), answer("other", other)]);
    client_with(&json!({}), &route, scripts).unwrap().0
}

/// Asks so many times, `at_once` requests at a time.
async fn asked_at_once(client: &Client, times: usize, at_once: usize) -> Vec<String> {
    let mut targets = Vec::new();
    for _ in 0..times {
        let all = (0..at_once).map(|_| target(client, json!({})));
        targets.extend(futures_util::future::join_all(all).await);
    }
    targets
}

/// Asks one target by its own name.
async fn warm(client: &Client, model: &str) {
    let call = client.call(body(json!({ "model": model })), Value::Null).unwrap();
    client.chat(call).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_slow_target_gets_no_more_than_its_try() {
    for strategy in ["least_latency", "balanced"] {
        let client = timed(strategy, 1000);
        let targets = asked_at_once(&client, 100, 3).await;
        let counts = counts(&targets);
        assert_eq!(counts["c/other"], 1, "{strategy}: {counts:?}");
        assert!(counts["a/fast"] > 100 && counts["b/fast"] > 100, "{strategy}: {counts:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_target_is_tried_at_once_and_by_one_request() {
    for (strategy, other) in [("least_latency", 50), ("balanced", 50), ("least_latency", 1000)] {
        let client = timed(strategy, other);
        for _ in 0..5 {
            warm(&client, "a/fast").await;
            warm(&client, "b/fast").await;
        }
        let at_once = asked_at_once(&client, 1, 6).await;
        assert_eq!(counts(&at_once).get("c/other"), Some(&1), "{strategy} {other}: {at_once:?}");
        let next = target(&client, json!({})).await;
        assert_eq!(next == "c/other", other == 50, "{strategy} {other}: {next}");
    }
}

#[tokio::test(start_paused = true)]
async fn streams_are_judged_by_first_token_and_pace_and_plain_calls_by_the_whole() {
    let client = timed("least_latency", 1000);
    warm(&client, "a/fast").await;
    warm(&client, "b/fast").await;
    warm(&client, "c/other").await;
    let read = |stream: bool, target: u64| {
        let call = client.call(body(json!({ "stream": stream })), Value::Null).unwrap();
        let trace = serde_json::to_value(client.explain(&call).unwrap()).unwrap();
        let read = |term: &str| {
            let steps = trace["steps"].as_array().unwrap().iter();
            let mut readings = steps.filter_map(|step| step["read"].as_array()).flatten();
            let found = readings.find(|one| one["target"] == target && one["term"] == term);
            found.unwrap_or_else(|| panic!("{trace:#}"))["value"].as_f64().unwrap()
        };
        (read("first_token_seconds"), read("token_seconds"))
    };
    let near = |(first, token): (f64, f64), expected: (f64, f64)| {
        // What was seen fades a little.
        assert!(first <= expected.0 * 1.01 && first > expected.0 * 0.9, "{first} {expected:?}");
        assert!((token - expected.1).abs() <= expected.1 * 0.3, "{token} {expected:?}");
    };
    near(read(false, 0), (0.1, 0.0));
    near(read(false, 2), (1.0, 0.0));
    // Only plain calls were seen of it.
    near(read(true, 2), (1.0, 0.0));
    let call = client.call(body(json!({ "model": "c/other", "stream": true })), Value::Null).unwrap();
    let mut stream = client.chat_stream(call).await.unwrap();
    while stream.next_batch().await.is_some() {}
    near(read(true, 2), (1.0, 0.01));
    near(read(false, 2), (1.0, 0.0));
}

#[tokio::test]
async fn a_session_stays_with_one_target() {
    let (client, _) = client(&json!({}), &json!({ "strategy": "sticky" })).unwrap();
    let of = |session: &str| json!({ "routing": { "session": session } });
    let mut used = std::collections::BTreeSet::new();
    for session in ["one", "two", "three", "four", "five", "six", "seven", "eight"] {
        let targets = asked(&client, 4, of(session)).await;
        assert_eq!(counts(&targets).len(), 1, "{session}: {targets:?}");
        used.insert(targets[0].clone());
    }
    assert_eq!(used.len(), 3, "sessions are spread");
}

#[tokio::test]
async fn a_seed_decides_alike_each_time() {
    let (client, _) = client(&json!({}), &json!({ "strategy": "random" })).unwrap();
    let seeded = |seed: u64| json!({ "routing": { "seed": seed } });
    let first = asked(&client, 1, seeded(7)).await;
    assert_eq!(asked(&client, 5, seeded(7)).await, vec![first[0].clone(); 5]);
    let mut all = Vec::new();
    for seed in 0..60 {
        all.extend(asked(&client, 1, seeded(seed)).await);
    }
    assert_eq!(counts(&all).len(), 3);
}

#[tokio::test]
async fn tags_regions_and_residency_leave_targets_out_and_say_why() {
    let providers = json!({
        "a": { "tags": ["fast"], "jurisdiction": "us" },
        "b": { "tags": ["fast", "safe"], "jurisdiction": "eu" },
    });
    let (client, _) = client(&providers, &json!({})).unwrap();
    assert_eq!(target(&client, json!({ "routing": { "tags": ["safe"] } })).await, "b/m");
    assert_eq!(target(&client, json!({ "routing": { "residency": ["eu"] } })).await, "b/m");
    // `c` does not say where it is, and fails closed.
    let call = client.call(body(json!({ "routing": { "residency": ["ch"] } })), Value::Null).unwrap();
    let error = client.chat(call).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
    assert!(["a/m", "b/m", "c/m"].iter().all(|name| error.message.contains(name)), "{error}");
}

#[tokio::test]
async fn a_target_without_a_capability_or_with_too_small_a_window_is_passed_over() {
    let providers = json!({
        "a": { "models": { "m": { "features": { "tools": false } } } },
        "b": { "models": { "m": { "context_window": 10 } } },
    });
    let (client, _) = client(&providers, &json!({})).unwrap();
    let tools =
        json!([{ "type": "function", "function": { "name": "f", "parameters": { "type": "object" } } }]);
    assert_eq!(target(&client, json!({ "tools": tools })).await, "c/m");
    assert_eq!(target(&client, json!({})).await, "a/m");
}

#[tokio::test]
async fn a_lower_tier_is_used_only_when_no_higher_one_can() {
    let route =
        json!({ "targets": [{ "target": "a/m", "priority": 2 }, "b/m", "c/m"], "strategy": "round_robin" });
    let (client, _) = client(&json!({ "a": { "tags": ["x"] } }), &route).unwrap();
    assert_eq!(asked(&client, 3, json!({})).await, ["b/m", "c/m", "b/m"]);
    assert_eq!(target(&client, json!({ "routing": { "tags": ["x"] } })).await, "a/m");
}

#[tokio::test]
async fn a_degradation_comes_after_all_others_says_so_and_may_be_refused() {
    let route = json!({ "targets": [{ "target": "a/m", "degraded": true }, "b/m", { "target": "c/m", "priority": 3 }] });
    let failing = json!({ "fault": { "kind": "status", "status": 401 }, "times": 2 });
    let (client, transport) =
        client_with(&json!({}), &route, json!([failing, { "reply": { "content": "x" } }])).unwrap();
    let ask = async |more: Value| {
        let call = client.call(body(more), Value::Null).unwrap();
        client.chat(call).await.map(|reply| reply.completion.route.unwrap())
    };
    let route = ask(json!({})).await.unwrap();
    let targets: Vec<_> = route.attempts.iter().map(|attempt| attempt.target.as_str()).collect();
    assert_eq!((targets, route.degraded), (vec!["b/m", "c/m", "a/m"], true));
    let route = ask(json!({})).await.unwrap();
    assert_eq!((route.target.as_deref(), route.degraded), (Some("b/m"), false));

    let refused = json!({ "routing": { "allow_degraded": false, "provider": "a" } });
    let error = ask(refused).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
    assert!(error.message.contains("a/m: it is a degradation"), "{error}");
    assert_eq!(transport.requests().len(), 4);
}

#[tokio::test]
async fn a_target_may_have_parameters_of_its_own() {
    let route =
        json!({ "targets": [{ "target": "a/m", "parameters": { "temperature": 0.5, "seed": null } }] });
    let (client, transport) = client(&json!({}), &route).unwrap();
    target(&client, json!({ "seed": 3, "temperature": 1.0 })).await;
    let sent = serde_json::to_value(&transport.requests()[0]).unwrap();
    assert_eq!((&sent["body"]["temperature"], &sent["body"]["seed"]), (&json!(0.5), &Value::Null), "{sent}");
}

#[tokio::test]
async fn a_recorded_decision_is_made_again_alike() {
    let (client, _) = client(&json!({}), &json!({ "strategy": "least_latency" })).unwrap();
    let call = client.call(body(json!({})), Value::Null).unwrap();
    let route = client.chat(call).await.unwrap().completion.route.unwrap();
    let routing = route.routing.clone().unwrap();
    assert_eq!(routing.candidates.len(), 3);
    assert_eq!(roocode::routing::replay(&routing).unwrap(), *routing);
}

#[test]
fn what_cannot_be_a_route_is_refused_by_its_place() {
    let cases = [
        (json!({ "strategy": "cheapst" }), "routes.r.strategy", "did you mean `cheapest`"),
        (json!({ "targets": [] }), "routes.r.targets", "at least one"),
        (
            json!({ "targets": [{ "target": "a/m", "weight": -1 }] }),
            "routes.r.targets[0].weight",
            "at least 0",
        ),
        (json!({ "targets": [{ "target": "a/m", "weight": 0 }] }), "routes.r.targets", "above 0"),
        (
            json!({ "targets": [{ "target": "a/m", "priority": 0 }] }),
            "routes.r.targets[0].priority",
            "at least 1",
        ),
        (json!({ "targets": [{ "target": "a/m", "degraded": true }] }), "routes.r.targets", "`degraded`"),
        (json!({ "stream_recovery": "again" }), "routes.r.stream_recovery", "`continue`"),
        (json!({ "strategy": { "type": "balanced", "cost": -1 } }), "routes.r.strategy.cost", "at least 0"),
    ];
    for (route, place, allowed) in cases {
        let error = refused(json!({}), route.clone());
        assert_eq!(error.kind, ErrorKind::Configuration, "{route}");
        assert_eq!(error.param.as_deref(), Some(place), "{route}: {error}");
        assert!(error.message.contains(allowed), "{route}: {error}");
    }
}
