//! The strategy `bandit` in a client: rewards are reported, and move the requests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use roocode::client::Rewarded;
use roocode::routing::{propensities, replay};
use roocode::testing::{MockTransport, Script};
use roocode::types::routing_trace::{RoutingTrace, Step, Term};
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, ErrorKind};
use serde_json::{Value, json};

fn client(strategy: Value) -> Client {
    let scripts: Vec<Script> = serde_json::from_value(json!([{ "reply": { "content": "x" } }])).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider = |name: &str, price: f64| {
        json!({ "name": name, "kind": "custom", "api_key": name, "base_url": format!("http://{name}.test/v1"),
                "prices": { "m": { "input": price, "output": price } } })
    };
    let config = json!({
        "providers": [provider("a", 1.0), provider("b", 1.0), provider("c", 9.0)],
        "routes": {
            "r": { "targets": ["a/m", "b/m", "c/m"], "strategy": strategy },
            "other": { "targets": ["a/m", "b/m"] },
        },
    });
    Client::with_transport(ClientConfig::from_value(config).unwrap(), transport).unwrap()
}

async fn ask(client: &Client, model: &str, seed: u64) -> Arc<Trace> {
    let body = json!({ "model": model, "messages": [{ "role": "user", "content": "hi" }],
                       "routing": { "seed": seed } });
    let call = client.call(body, Value::Null).unwrap();
    client.chat(call).await.unwrap().completion.route.unwrap()
}

fn picked(trace: &Trace) -> (u32, Option<f64>) {
    match trace.routing.as_ref().unwrap().steps[0] {
        Step::Picked { target, propensity, .. } => (target, propensity),
        _ => panic!("no pick"),
    }
}

#[tokio::test]
async fn requests_go_where_rewards_are() {
    let client = client(json!("bandit"));
    for seed in 0..200 {
        let trace = ask(&client, "r", seed).await;
        let good = trace.target.as_deref() == Some("b/m");
        client.report_reward(&Rewarded::reply(&trace).unwrap(), if good { 0.9 } else { 0.2 }).unwrap();
    }
    let mut shares = [0; 3];
    for seed in 1_000..1_100 {
        shares[picked(&*ask(&client, "r", seed).await).0 as usize] += 1;
    }
    assert!(shares[1] > 80, "{shares:?}");
}

#[tokio::test]
async fn how_likely_the_choice_was_is_in_the_trace_and_the_choice_replays() {
    let client = client(json!("bandit"));
    for (target, reward) in [("a/m", 0.9), ("a/m", 0.8), ("b/m", 0.7), ("c/m", 0.1)] {
        client.report_reward(&Rewarded::target("r", target), reward).unwrap();
    }
    let (mut seen, mut told) = ([0.0; 3], [0.0; 3]);
    let requests = 400;
    for seed in 0..requests {
        let trace = ask(&client, "r", seed).await;
        let (target, propensity) = picked(&trace);
        let routing = trace.routing.as_ref().unwrap();
        let text = serde_json::to_string(routing).unwrap();
        let recorded: RoutingTrace = serde_json::from_str(&text).unwrap();
        assert_eq!(replay(&recorded).unwrap(), recorded);
        let all = &propensities(&recorded).unwrap()[0];
        let sum: f64 = all.iter().map(|(_, chance)| chance).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{all:?}");
        let chance = all.iter().find(|(index, _)| *index == target).unwrap().1;
        assert!((chance - propensity.unwrap()).abs() < 1e-9, "{chance} {propensity:?}");
        seen[target as usize] += 1.0 / f64::from(requests as u32);
        told[target as usize] = chance;
    }
    for (seen, told) in seen.into_iter().zip(told) {
        assert!((seen - told).abs() < 0.08, "{seen} {told}");
    }
}

#[tokio::test]
async fn a_bandit_among_equals_of_another_strategy_learns_and_tells_too() {
    let client = client(json!({ "type": "cheapest", "tolerance": 0.1, "then": "bandit" }));
    client.report_reward(&Rewarded::target("r", "a/m"), 1.0).unwrap();
    let trace = ask(&client, "r", 3).await;
    let all = propensities(trace.routing.as_ref().unwrap()).unwrap();
    // c costs nine times as much.
    assert_eq!(all[0].iter().map(|(target, _)| *target).collect::<Vec<_>>(), [0, 1]);
    let (target, propensity) = picked(&trace);
    assert!((all[0][target as usize].1 - propensity.unwrap()).abs() < 1e-12);
    assert!(all[0][0].1 > 0.5, "{all:?}");
}

#[tokio::test]
async fn of_strategies_that_draw_nothing_no_chance_is_told() {
    let trace = ask(&client(json!("cheapest")), "r", 0).await;
    assert_eq!(picked(&trace).1, None);
    let trace = ask(&client(json!("random")), "r", 0).await;
    assert_eq!(picked(&trace).1, Some(1.0 / 3.0));
}

#[tokio::test]
async fn a_second_report_of_a_reply_takes_the_place_of_the_first() {
    let client = client(json!("bandit"));
    let trace = ask(&client, "r", 0).await;
    let place = |routing: &RoutingTrace| {
        routing.candidates.iter().position(|c| Some(&c.facts.name) == trace.target.as_ref()).unwrap() as u32
    };
    let rewarded = Rewarded::reply(&trace).unwrap();
    for reward in [0.0, 1.0, 1.0] {
        client.report_reward(&rewarded, reward).unwrap();
    }
    let after = ask(&client, "r", 0).await;
    let routing = after.routing.as_ref().unwrap();
    let Step::Picked { read, .. } = &routing.steps[0] else { panic!() };
    let value = |name: &str| {
        let found = read.iter().find(|reading| {
            reading.target == place(routing) && serde_json::to_value(reading.term).unwrap() == name
        });
        found.unwrap().value.unwrap()
    };
    assert!((value("reward_mean") - 1.0).abs() < 1e-9 && (value("reward_count") - 1.0).abs() < 1e-3);
}

#[tokio::test]
async fn what_cannot_be_rewarded_names_the_place() {
    let client = client(json!("bandit"));
    let refused = |report: Value| {
        let error = Rewarded::from_report(report)
            .and_then(|(rewarded, reward)| client.report_reward(&rewarded, reward))
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadRequest, "{error}");
        (error.param.clone().unwrap(), error.message.clone())
    };
    let of = |reward: Value| json!({ "reward": reward, "route": "r", "target": "a/m" });
    for wrong in [json!(1.01), json!(-1), json!("good"), Value::Null, json!(true)] {
        let (param, message) = refused(of(wrong));
        assert_eq!(param, "reward");
        assert!(message.contains("from 0 to 1"), "{message}");
    }
    let (param, message) = refused(json!({ "reward": 1, "route": "x", "target": "a/m" }));
    assert!(param == "route" && message.contains("`other`, `r`"), "{message}");
    let (param, message) = refused(json!({ "reward": 1, "route": "other", "target": "c/m" }));
    assert!(param == "target" && message.contains("`a/m`, `b/m`"), "{message}");
    assert_eq!(refused(json!({ "route": "r", "target": "a/m" })).0, "reward");
    assert_eq!(refused(json!({ "reward": 1 })).0, "reply");
    assert_eq!(refused(json!({ "reward": 1, "route": "r" })).0, "reply");
    assert_eq!(refused(json!({ "reward": 1, "route": "r", "target": "a/m", "id": "?" })).0, "id");
    let plain = serde_json::to_value(&*ask(&client, "a/m", 0).await).unwrap();
    assert_eq!(refused(json!({ "reward": 1, "reply": plain })).0, "reply.route.route");
    assert_eq!(refused(json!({ "reward": 1, "reply": { "id": "chatcmpl-1" } })).0, "reply.route");
    // What is right is taken: a reply, its trace, a route's name that has no bandit.
    let trace = serde_json::to_value(&*ask(&client, "r", 0).await).unwrap();
    for reply in [json!({ "id": "chatcmpl-1", "route": trace }), trace.clone()] {
        let (rewarded, reward) = Rewarded::from_report(json!({ "reward": 1, "reply": reply })).unwrap();
        client.report_reward(&rewarded, reward).unwrap();
    }
    client.report_reward(&Rewarded::target("other", "a/m"), 1.0).unwrap();
    client.close();
    let error = client.report_reward(&Rewarded::target("r", "a/m"), 1.0).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
}

#[tokio::test]
async fn what_was_learned_outlives_a_change_of_the_route() {
    let client = client(json!("priority"));
    for _ in 0..50 {
        client.report_reward(&Rewarded::target("r", "b/m"), 1.0).unwrap();
        client.report_reward(&Rewarded::target("r", "a/m"), 0.0).unwrap();
    }
    let config = json!({ "targets": ["b/m", "a/m"], "strategy": "bandit" });
    client.routes().set("r", config.clone()).unwrap();
    for seed in 0..20 {
        assert_eq!(ask(&client, "r", seed).await.target.as_deref(), Some("b/m"));
    }
    // The bandit of a route within a route reads the rewards of the outer one.
    client.routes().set("inner", config).unwrap();
    client.routes().set("r", json!({ "targets": ["inner", { "target": "c/m", "priority": 2 }] })).unwrap();
    let trace = ask(&client, "r", 0).await;
    assert_eq!((trace.route.as_deref(), trace.target.as_deref()), (Some("r"), Some("b/m")));
    assert!(picked(&trace).1.unwrap() > 0.99);
    let error = client.report_reward(&Rewarded::target("inner", "c/m"), 1.0).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("target"));
}

#[tokio::test]
async fn the_route_that_served_a_request_learns() {
    let client = client(json!("bandit"));
    let outer = json!({ "targets": ["a/m"], "rules": [{ "when": "true", "to": "r" }] });
    client.routes().set("outer", outer).unwrap();
    for _ in 0..60 {
        let trace = ask(&client, "outer", fastrand::u64(..)).await;
        assert_eq!(trace.route.as_deref(), Some("outer"));
        let reward = if trace.target.as_deref() == Some("b/m") { 1.0 } else { 0.0 };
        let report = json!({ "reward": reward, "reply": serde_json::to_value(&*trace).unwrap() });
        let (rewarded, reward) = Rewarded::from_report(report).unwrap();
        assert_eq!(rewarded, Rewarded::reply(&trace).unwrap());
        client.report_reward(&rewarded, reward).unwrap();
    }
    let mut best = 0;
    for seed in 0..20 {
        best += u32::from(ask(&client, "r", seed).await.target.as_deref() == Some("b/m"));
    }
    assert!(best > 15, "{best}");
}

/// How many rewards of a target its route has learned from, as a choice reads it.
fn learned(client: &Client, route: &str, target: &str) -> f64 {
    let body = json!({ "model": route, "messages": [{ "role": "user", "content": "hi" }] });
    let explained = client.explain(&client.call(body, Value::Null).unwrap()).unwrap();
    let index = explained.candidates.iter().position(|one| one.facts.name == target).unwrap() as u32;
    let Step::Picked { read, .. } = &explained.steps[0] else { panic!("no pick") };
    let found = read.iter().find(|one| one.term == Term::RewardCount && one.target == index);
    found.unwrap().value.unwrap_or_default()
}

#[tokio::test]
async fn a_bandit_that_a_rule_or_a_split_chose_learns() {
    let client = client(json!("bandit"));
    let leads = [
        json!({ "targets": ["a/m"], "rules": [{ "when": "true", "to": "r" }] }),
        json!({ "targets": ["a/m"], "canary": { "to": "r", "share": 100, "key": "request" } }),
        json!({ "targets": ["a/m"], "rules": [{ "when": "true", "to": "between" }] }),
    ];
    client.routes().set("between", leads[1].clone()).unwrap();
    for outer in leads {
        client.routes().set("outer", outer).unwrap();
        let trace = ask(&client, "outer", 7).await;
        let target = trace.target.as_deref().unwrap();
        let before = learned(&client, "r", target);
        client.report_reward(&Rewarded::reply(&trace).unwrap(), 1.0).unwrap();
        assert!(learned(&client, "r", target) - before > 0.99, "{:?}", trace.path);
    }
}

#[tokio::test]
async fn a_bandit_learns_from_what_its_own_split_leaves_to_it() {
    let client = client(json!("bandit"));
    let canary = json!({ "to": "other", "share": 50, "key": "request" });
    let targets = json!(["a/m", "b/m", "c/m"]);
    client.routes().set("r", json!({ "targets": targets, "strategy": "bandit", "canary": canary })).unwrap();
    let (mut own, mut others) = (0, 0);
    for seed in 0..20 {
        let trace = ask(&client, "r", seed).await;
        // As the packages write it: what is not there may be null.
        let mut written = serde_json::to_value(&*trace).unwrap();
        written["path"][0].as_object_mut().unwrap().entry("to").or_insert(Value::Null);
        let report = json!({ "reward": 1, "reply": { "id": "x", "route": written } });
        let (rewarded, reward) = Rewarded::from_report(report).unwrap();
        assert_eq!(rewarded, Rewarded::reply(&trace).unwrap());
        client.report_reward(&rewarded, reward).unwrap();
        let went_on = trace.path[0].to.is_some();
        own += u32::from(!went_on);
        others += u32::from(went_on);
    }
    assert!(own > 0 && others > 0, "{own} {others}");
    client.routes().set("r", json!({ "targets": targets, "strategy": "bandit" })).unwrap();
    let sum: f64 = ["a/m", "b/m", "c/m"].iter().map(|target| learned(&client, "r", target)).sum();
    assert!((sum - f64::from(own)).abs() < 0.01, "{sum}, wanted {own}");
}

#[tokio::test]
async fn a_reply_that_a_rule_sent_straight_to_a_target_is_no_routes() {
    let client = client(json!("bandit"));
    let base = json!({ "targets": ["a/m", "b/m", "c/m"], "strategy": "bandit" });
    for (name, lead) in [
        ("rules", json!([{ "when": "true", "to": "b/m" }])),
        ("canary", json!({ "to": "b/m", "share": 100, "key": "request" })),
    ] {
        let mut route = base.clone();
        route[name] = lead;
        client.routes().set("r", route).unwrap();
        let trace = ask(&client, "r", 1).await;
        assert_eq!(trace.target.as_deref(), Some("b/m"));
        let error = client.report_reward(&Rewarded::reply(&trace).unwrap(), 1.0).unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("reply.route.path")));
        assert!(error.message.contains("`r` sent it straight to `b/m`"), "{error}");
        assert!(error.message.contains("routes: `other`, `r`"), "{error}");
    }
    // What the message tells works, and what was refused was not counted.
    client.routes().set("r", base).unwrap();
    assert!(learned(&client, "r", "b/m") < 0.01);
    client.report_reward(&Rewarded::target("r", "b/m"), 1.0).unwrap();
    assert!(learned(&client, "r", "b/m") > 0.99);
}
