//! Providers and routes changed while a client runs, routes within routes, several
//! keys of one provider.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use roocode::testing::{MockTransport, Script};
use roocode::types::routing_trace::Exclusion;
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Map, Value, json};

fn transport(scripts: Value) -> Arc<MockTransport> {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    Arc::new(MockTransport::new(scripts).unwrap())
}

fn provider(name: &str) -> Value {
    json!({ "name": name, "kind": "custom", "api_key": name, "base_url": format!("http://{name}.test/v1") })
}

fn try_client(config: Value, transport: &Arc<MockTransport>) -> Result<Client, Error> {
    Client::with_transport(ClientConfig::from_value(config)?, Arc::clone(transport) as _)
}

/// A client of `a`, `b` and `c` with these routes, where everything answers.
fn client(routes: Value) -> Client {
    let config = json!({ "providers": [provider("a"), provider("b"), provider("c")], "routes": routes });
    try_client(config, &transport(json!([{ "reply": { "content": "x" } }]))).unwrap()
}

async fn ask(client: &Client, model: &str) -> Result<Arc<Trace>, Error> {
    let body = json!({ "model": model, "messages": [{ "role": "user", "content": "hi" }] });
    let reply = client.chat(client.call(body, Value::Null)?).await?;
    Ok(reply.completion.route.unwrap())
}

async fn asked(client: &Client, model: &str, times: usize) -> Vec<String> {
    let mut targets = Vec::new();
    for _ in 0..times {
        targets.push(ask(client, model).await.unwrap().target.clone().unwrap());
    }
    targets
}

fn counts(targets: &[String]) -> BTreeMap<&str, usize> {
    targets.iter().fold(BTreeMap::new(), |mut counts, target| {
        *counts.entry(target.as_str()).or_default() += 1;
        counts
    })
}

fn changes(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(changes) => changes,
        _ => panic!("an object is needed"),
    }
}

#[tokio::test]
async fn a_provider_is_added_and_taken_away() {
    let client = client(json!({}));
    assert_eq!(ask(&client, "d/m").await.unwrap_err().kind, ErrorKind::BadRequest);
    client.providers().add(provider("d")).unwrap();
    assert_eq!(asked(&client, "d/m", 1).await, ["d/m"]);
    client.providers().remove("d").unwrap();
    assert_eq!(ask(&client, "d/m").await.unwrap_err().kind, ErrorKind::BadRequest);
    // With one provider left, a name that is unknown is taken for a model of it.
    client.providers().remove("a").unwrap();
    client.providers().remove("b").unwrap();
    assert_eq!(asked(&client, "x/m", 1).await, ["c/x/m"]);
    assert_eq!(ask(&client, "d/m").await.unwrap_err().kind, ErrorKind::BadRequest);
    client.providers().add(provider("d")).unwrap();
    assert_eq!(asked(&client, "d/m", 1).await, ["d/m"]);
}

#[tokio::test]
async fn a_change_that_is_refused_leaves_all_as_it_was() {
    let client = client(json!({ "r": { "targets": ["a/m", "b/m"] } }));
    let before = (client.providers().list(), client.routes().list());
    let refused = [
        (client.providers().remove("a"), "routes.r.targets[0].target"),
        (client.providers().remove("nobody"), "name"),
        (client.providers().add(provider("a")), "name"),
        (client.providers().add(json!({ "kind": "opnai" })), "kind"),
        (client.providers().add(json!({ "kind": "openai", "api_keys": ["k", "k"] })), "api_keys[1]"),
        (client.providers().update("a", changes(json!({ "regoin": "eu" }))), "regoin"),
        (client.providers().update("a", changes(json!({ "base_url": "ftp://x" }))), "base_url"),
        (client.routes().set("r", json!({ "targets": [] })), "routes.r.targets"),
        (client.routes().set("r", json!({ "targets": ["z/m"] })), "routes.r.targets[0].target"),
        (client.routes().set("a/b", json!({ "targets": ["a/m"] })), "routes"),
        (client.routes().set_weights("r", &[("a/m".to_owned(), -1.0)].into()), "routes.r.targets[0].weight"),
        (client.routes().set_weights("r", &[("z/m".to_owned(), 1.0)].into()), "weights.z/m"),
        (client.routes().remove("s"), "name"),
    ];
    for (result, place) in refused {
        let error = result.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
        assert_eq!(error.param.as_deref(), Some(place), "{error}");
    }
    assert_eq!((client.providers().list(), client.routes().list()), before);
    assert_eq!(asked(&client, "r", 1).await, ["a/m"]);
}

#[tokio::test]
async fn a_provider_that_rests_keeps_its_place_in_routes() {
    let client = client(json!({ "r": { "targets": ["a/m", "b/m"] } }));
    client.providers().deactivate("a").unwrap();
    let trace = ask(&client, "r").await.unwrap();
    assert_eq!(trace.target.as_deref(), Some("b/m"));
    let excluded = &trace.routing.as_ref().unwrap().candidates[0].excluded;
    assert!(matches!(excluded, Some(Exclusion::Status { .. })), "{excluded:?}");
    assert_eq!(ask(&client, "a/m").await.unwrap_err().kind, ErrorKind::BadRequest);
    client.providers().activate("a").unwrap();
    assert_eq!(asked(&client, "r", 1).await, ["a/m"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_ends_as_it_began() {
    let config =
        json!({ "providers": [provider("a"), provider("b")], "routes": { "r": { "targets": ["a/m"] } } });
    let slow = transport(json!([{ "reply": { "content": "x" }, "latency_ms": 5000 }]));
    let client = try_client(config, &slow).unwrap();
    let running = tokio::spawn({
        let client = client.clone();
        async move { ask(&client, "r").await }
    });
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    client.routes().set("r", json!({ "targets": ["b/m"] })).unwrap();
    client.providers().remove("a").unwrap();
    assert_eq!(running.await.unwrap().unwrap().target.as_deref(), Some("a/m"));
    assert_eq!(asked(&client, "r", 1).await, ["b/m"]);
}

#[tokio::test]
async fn another_key_begins_anew() {
    let answers = transport(
        json!([{ "fault": { "kind": "status", "status": 401 }, "times": 1 }, { "reply": { "content": "x" } }]),
    );
    let client = try_client(json!({ "providers": [provider("a")] }), &answers).unwrap();
    assert_eq!(ask(&client, "a/m").await.unwrap_err().kind, ErrorKind::Authentication);
    let known = |client: &Client| client.stats().as_array().unwrap().len();
    assert_eq!(known(&client), 1);
    client.providers().update("a", changes(json!({ "tags": ["x"] }))).unwrap();
    assert_eq!(known(&client), 1, "a tag says nothing about the service");
    client.providers().update("a", changes(json!({ "api_key": "good" }))).unwrap();
    assert_eq!(known(&client), 0);
    assert_eq!(asked(&client, "a/m", 1).await, ["a/m"]);
}

#[tokio::test]
async fn weights_change_while_it_runs() {
    let route = json!({ "r": { "targets": ["a/m", "b/m"], "strategy": "weighted" } });
    let client = client(route);
    assert_eq!(counts(&asked(&client, "r", 8).await), [("a/m", 4), ("b/m", 4)].into());
    client.routes().set_weights("r", &[("a/m".to_owned(), 3.0)].into()).unwrap();
    assert_eq!(counts(&asked(&client, "r", 8).await), [("a/m", 6), ("b/m", 2)].into());
}

#[tokio::test]
async fn a_route_within_a_route_alone_in_its_tier_keeps_its_strategy() {
    let client = client(json!({
        "cheap": { "targets": ["a/m", "b/m"], "strategy": "round_robin" },
        "whole": { "targets": ["cheap", { "target": "c/m", "priority": 2 }] },
    }));
    assert_eq!(asked(&client, "whole", 4).await, ["a/m", "b/m", "a/m", "b/m"]);
    let trace = ask(&client, "whole").await.unwrap();
    let routing = trace.routing.as_ref().unwrap();
    assert_eq!(routing.tier_strategies.keys().copied().collect::<Vec<_>>(), [1]);
    assert_eq!(routing.candidates.iter().map(|one| one.tier).collect::<Vec<_>>(), [1, 1, 2]);
    assert_eq!(&roocode::routing::replay(routing).unwrap(), &**routing);
    client.providers().deactivate("a").unwrap();
    client.providers().deactivate("b").unwrap();
    assert_eq!(asked(&client, "whole", 1).await, ["c/m"]);
}

#[tokio::test]
async fn a_route_among_others_shares_its_weight() {
    let client = client(json!({
        "pair": { "targets": [{ "target": "a/m", "weight": 3 }, { "target": "b/m", "weight": 1 }] },
        "whole": { "targets": [{ "target": "pair", "weight": 1 }, { "target": "c/m", "weight": 1 }],
                   "strategy": "weighted" },
    }));
    let seen = asked(&client, "whole", 16).await;
    assert_eq!(counts(&seen), [("a/m", 6), ("b/m", 2), ("c/m", 8)].into());
}

#[tokio::test]
async fn tiers_within_tiers_lie_inside() {
    let client = client(json!({
        "inner": { "targets": [{ "target": "a/m", "priority": 2 }, "b/m"] },
        "whole": { "targets": ["inner", { "target": "c/m", "priority": 2 }] },
    }));
    let trace = ask(&client, "whole").await.unwrap();
    let tiers: Vec<_> = trace.routing.as_ref().unwrap().candidates.iter().map(|one| one.tier).collect();
    assert_eq!((trace.target.as_deref(), tiers), (Some("b/m"), vec![2, 1, 3]));
}

#[tokio::test]
async fn routes_make_no_circle() {
    let config = json!({ "providers": [provider("a")], "routes": {
        "x": { "targets": ["y", "a/m"] }, "y": { "targets": ["z"] }, "z": { "targets": ["x"] } } });
    let error = try_client(config, &transport(json!([]))).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("routes.z.targets[0].target"));
    assert!(error.message.contains("`x` → `y` → `z` → `x`"), "{error}");
}

#[tokio::test]
async fn a_request_without_a_model_takes_the_default_route() {
    let config = |default: &str| {
        json!({ "providers": [provider("a"), provider("b")], "default_route": default,
                "routes": { "usual": { "targets": ["b/m"] } } })
    };
    let answers = transport(json!([{ "reply": { "content": "x" } }]));
    let client = try_client(config("usual"), &answers).unwrap();
    let body = json!({ "messages": [{ "role": "user", "content": "hi" }] });
    let reply = client.chat(client.call(body, Value::Null).unwrap()).await.unwrap();
    let trace = reply.completion.route.unwrap();
    assert_eq!((trace.route.as_deref(), trace.target.as_deref()), (Some("usual"), Some("b/m")));
    let error = try_client(config("other"), &answers).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("default_route"));
}

#[tokio::test]
async fn keys_take_turns_and_one_that_is_refused_leaves_its_share() {
    let config = |scripts| {
        let keys = json!({ "name": "a", "kind": "custom", "base_url": "http://a.test/v1", "api_keys": ["one", "two"] });
        try_client(json!({ "providers": [keys] }), &transport(scripts)).unwrap()
    };
    let client = config(json!([{ "reply": { "content": "x" } }]));
    assert_eq!(asked(&client, "a/m", 4).await, ["a/m", "a#2/m", "a/m", "a#2/m"]);
    let listed = client.providers().list();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["api_keys"]), (1, &json!(2)));

    let client = config(
        json!([{ "fault": { "kind": "status", "status": 401 }, "times": 1 }, { "reply": { "content": "x" } }]),
    );
    let trace = ask(&client, "a/m").await.unwrap();
    let targets: Vec<_> = trace.attempts.iter().map(|attempt| attempt.target.as_str()).collect();
    assert_eq!(targets, ["a/m", "a#2/m"]);
    assert_eq!(trace.provider.as_deref(), Some("a"));
}
