//! Rules, splits, copies and requirements of routes, over scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use roocode::testing::{MockTransport, Script};
use roocode::types::path::ShadowFate;
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Value, json};

fn try_client(routes: Value, scripts: Value) -> Result<(Client, Arc<MockTransport>), Error> {
    let provider = |name: &str, more: Value| {
        let mut provider = json!({ "name": name, "kind": "custom", "api_key": name,
                                   "base_url": format!("http://{name}.test/v1") });
        provider.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        provider
    };
    let config = json!({
        "providers": [
            provider("a", json!({ "jurisdiction": "us", "data_policies": ["no_training"] })),
            provider("b", json!({ "jurisdiction": "eu" })),
            provider("c", json!({})),
        ],
        "routes": routes,
    });
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let client = Client::with_transport(ClientConfig::from_value(config)?, Arc::clone(&transport) as _)?;
    Ok((client, transport))
}

fn client(routes: Value) -> Client {
    try_client(routes, json!([{ "reply": { "content": "x" } }])).unwrap().0
}

async fn ask(client: &Client, model: &str, routing: Value) -> Result<Arc<Trace>, Error> {
    let body =
        json!({ "model": model, "messages": [{ "role": "user", "content": "hi" }], "routing": routing });
    Ok(client.chat(client.call(body, Value::Null)?).await?.completion.route.unwrap())
}

async fn target(client: &Client, routing: Value) -> String {
    ask(client, "r", routing).await.unwrap().target.clone().unwrap()
}

#[tokio::test]
async fn the_first_rule_that_holds_names_the_way() {
    let client = client(json!({
        "r": {
            "targets": ["a/m"],
            "rules": [
                { "when": "int(metadata.level) > 3", "to": "b/m" },
                { "when": "task == 'summary'", "to": "short", "name": "summaries" },
                { "when": "'eu' in tags || input_tokens > 1000", "to": "b/m" },
            ],
        },
        "short": { "targets": ["c/m"] },
    }));
    assert_eq!(target(&client, json!({})).await, "a/m");
    assert_eq!(target(&client, json!({ "metadata": { "level": "5" } })).await, "b/m");
    let trace =
        ask(&client, "r", json!({ "task": "summary", "metadata": { "level": "many" } })).await.unwrap();
    assert_eq!((trace.route.as_deref(), trace.target.as_deref()), (Some("r"), Some("c/m")));
    let hop = &trace.path[0];
    assert_eq!(
        (hop.route.as_str(), hop.rule.as_deref(), hop.to.as_deref()),
        ("r", Some("summaries"), Some("short"))
    );
    assert_eq!(hop.rule_notes.len(), 1, "the rule before it could not be evaluated: {hop:?}");
    assert_eq!(hop.rule_notes[0].rule, 0);
    let body = json!({ "model": "r", "messages": [{ "role": "user", "content": "x".repeat(9000) }] });
    let explained = client.explain(&client.call(body, Value::Null).unwrap()).unwrap();
    assert_eq!(explained.path[0].to.as_deref(), Some("b/m"));
    assert_eq!(explained.candidates[0].facts.name, "b/m");
}

#[tokio::test]
async fn a_session_stays_with_its_variant() {
    let client = client(json!({ "r": {
        "targets": ["a/m"],
        "split": { "name": "test", "variants": [{ "name": "new", "to": "b/m", "share": 50 }] },
    } }));
    let mut counts = BTreeMap::new();
    for session in 0..200 {
        let session = json!({ "session": format!("s{session}") });
        let first = ask(&client, "r", session.clone()).await.unwrap();
        let exposure = first.path[0].exposure.clone().unwrap();
        let expected = if &*exposure.variant == "new" { "b/m" } else { "a/m" };
        assert_eq!((first.target.as_deref(), exposure.sticky), (Some(expected), true));
        *counts.entry(exposure.variant.to_string()).or_insert(0) += 1;
        let again = ask(&client, "r", session).await.unwrap();
        assert_eq!(again.path[0].exposure.as_ref(), Some(&exposure));
    }
    assert!(counts["new"] > 80 && counts["base"] > 80, "{counts:?}");
    let variants = client.routes().variants();
    for variant in variants.as_array().unwrap() {
        let name = variant["variant"].as_str().unwrap();
        assert_eq!((&variant["route"], &variant["split"]), (&json!("r"), &json!("test")));
        assert_eq!((&variant["requests"], &variant["in_flight"]), (&json!(2 * counts[name]), &json!(0)));
        assert_eq!(
            (&variant["successes"], &variant["total_s"]["count"]),
            (&json!(2 * counts[name]), &json!(2 * counts[name]))
        );
    }
    assert_eq!(variants.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn shares_change_while_it_runs() {
    let route = |share: u32| json!({ "targets": ["a/m"], "canary": { "to": "b/m", "share": share, "key": "request" } });
    let client = client(json!({ "r": route(100) }));
    assert_eq!(target(&client, json!({})).await, "b/m");
    client.routes().set("r", json!({ "targets": ["a/m"] })).unwrap();
    assert_eq!(target(&client, json!({})).await, "a/m");
    let refused = client.routes().set("r", route(101)).unwrap_err();
    assert_eq!(refused.param.as_deref(), Some("routes.r.canary.variants[0].share"));
    assert_eq!(target(&client, json!({})).await, "a/m");
}

#[tokio::test(start_paused = true)]
async fn a_copy_neither_delays_nor_changes_the_reply() {
    let routes = json!({ "r": { "targets": ["a/m"],
        "shadow": { "to": "b/n", "share": 100, "max_in_flight": 1, "max_queue": 1, "timeout": 30 } } });
    let scripts = json!([
        { "when": { "model": "n" }, "latency_ms": 10_000, "reply": { "content": "copy" } },
        { "reply": { "content": "x" } },
    ]);
    let (client, transport) = try_client(routes, scripts).unwrap();
    let began = tokio::time::Instant::now();
    let mut fates = Vec::new();
    for _ in 0..4 {
        let trace = ask(&client, "r", json!({})).await.unwrap();
        assert_eq!(trace.target.as_deref(), Some("a/m"));
        fates.push(trace.path[0].shadow.as_ref().unwrap().fate);
    }
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(fates, [ShadowFate::Sent, ShadowFate::Queued, ShadowFate::Dropped, ShadowFate::Dropped]);
    tokio::time::sleep(Duration::from_secs(60)).await;
    let copies = transport.requests().iter().filter(|request| request.body["model"] == "n").count();
    assert_eq!(copies, 2);
    let fate = ask(&client, "r", json!({})).await.unwrap().path[0].shadow.as_ref().unwrap().fate;
    assert_eq!(fate, ShadowFate::Sent, "the places are free again");
    let shadow = &client.routes().variants()[0];
    assert_eq!((&shadow["variant"], &shadow["dropped"]), (&json!("shadow"), &json!(2)));
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_waited_for_too_long_is_dropped_and_counted() {
    let routes = json!({
        "r": { "targets": ["a/m"],
               "shadow": { "to": "b/n", "share": 100, "max_in_flight": 1, "max_queue": 3, "timeout": 5 } },
        "s": { "targets": ["a/m"], "canary": { "to": "b/m", "share": 50, "key": "request" } },
    });
    let scripts = json!([
        { "when": { "model": "n" }, "latency_ms": 10_000, "reply": { "content": "copy" } },
        { "reply": { "content": "x" } },
    ]);
    let client = try_client(routes, scripts).unwrap().0;
    for _ in 0..3 {
        ask(&client, "r", json!({})).await.unwrap();
    }
    ask(&client, "s", json!({})).await.unwrap();
    // The first is cut short at its deadline, and those behind it have none left.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let variants = client.routes().variants();
    let shadow = &variants[0];
    assert_eq!(shadow["variant"], "shadow", "{variants}");
    assert_eq!(
        [&shadow["requests"], &shadow["cancelled"], &shadow["in_flight"], &shadow["dropped"]],
        [1, 1, 0, 2].map(|count| json!(count)).each_ref(),
        "{shadow}"
    );
    assert_eq!(variants[1]["dropped"], 0);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_cannot_be_sent_counts_as_an_error() {
    let client = client(json!({ "r": { "targets": ["a/m"], "shadow": { "to": "b/n", "share": 100 } } }));
    client.providers().deactivate("b").unwrap();
    ask(&client, "r", json!({})).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let shadow = &client.routes().variants()[0];
    assert_eq!((&shadow["requests"], &shadow["in_flight"]), (&json!(1), &json!(0)), "{shadow}");
    assert_eq!(shadow["errors"].as_object().unwrap().len(), 1, "{shadow}");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_fails_or_hangs_is_the_copys_affair() {
    let routes =
        json!({ "r": { "targets": ["a/m"], "shadow": { "to": "b/n", "share": 100, "timeout": 5 } } });
    let scripts = json!([
        { "when": { "model": "n" }, "fault": { "kind": "status", "status": 500 }, "times": 1 },
        { "when": { "model": "n" }, "fault": { "kind": "hang" } },
        { "reply": { "content": "x" } },
    ]);
    let (client, _) = try_client(routes, scripts).unwrap();
    for _ in 0..2 {
        let body = json!({ "model": "r", "stream": true, "messages": [{ "role": "user", "content": "hi" }] });
        let mut stream = client.chat_stream(client.call(body, Value::Null).unwrap()).await.unwrap();
        while let Some(chunks) = stream.next_batch().await {
            chunks.unwrap();
        }
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    let stats = client.stats();
    let shadow = stats.as_array().unwrap().iter().find(|target| target["target"] == "b/n").unwrap();
    assert_eq!(
        (&shadow["requests"], &shadow["in_flight"]),
        (&json!(2), &json!(0)),
        "no second try, none left"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_route_requires_holds_for_copies_too() {
    let routes = json!({ "r": { "targets": ["b/m"], "shadow": { "to": "a/n", "share": 100 },
                                "rules": [{ "when": "true", "to": "eu" }] },
                         "eu": { "targets": ["b/m"], "requires": { "residency": ["eu"] } } });
    let (client, transport) = try_client(routes, json!([{ "reply": { "content": "x" } }])).unwrap();
    assert_eq!(target(&client, json!({})).await, "b/m");
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(transport.requests().len(), 1, "no copy may leave for where data must not go");
    assert_eq!(client.routes().variants()[0]["errors"], json!({ "NoTargetAvailableError": 1 }));
}

#[tokio::test]
async fn what_a_route_requires_holds_for_all_its_requests() {
    let client = client(json!({
        "r": { "targets": ["a/m", "b/m"], "requires": { "residency": ["eu", "ch"] } },
        "by_rule": { "targets": ["b/m"], "requires": { "residency": ["eu"] },
                     "rules": [{ "when": "task == 'any'", "to": "r" }] },
    }));
    assert_eq!(target(&client, json!({})).await, "b/m");
    let none = ask(&client, "r", json!({ "residency": ["us"] })).await.unwrap_err();
    assert_eq!(none.kind, ErrorKind::NoTargetAvailable);
    let trace = ask(&client, "by_rule", json!({ "task": "any" })).await.unwrap();
    assert_eq!(trace.target.as_deref(), Some("b/m"));
}

#[test]
fn what_can_never_serve_is_said_when_it_is_set() {
    let refused = |routes: Value| {
        let error = try_client(routes, json!([])).map(|_| ()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
        error.param.clone().unwrap()
    };
    for (route, place) in [
        (json!({ "targets": ["a/m"], "requires": { "residency": ["eu"] } }), "routes.r.requires"),
        (json!({ "targets": ["c/m"], "requires": { "residency": ["eu"] } }), "routes.r.requires"),
        (json!({ "targets": ["a/m"], "requires": { "residency": [] } }), "routes.r.requires.residency"),
        (json!({ "targets": ["b/m"], "requires": { "data_policy": ["no_training"] } }), "routes.r.requires"),
        (
            json!({ "targets": ["a/m"], "rules": [{ "when": "task = 'x'", "to": "b/m" }] }),
            "routes.r.rules[0].when",
        ),
        (
            json!({ "targets": ["a/m"], "rules": [{ "when": "task > 3", "to": "b/m" }] }),
            "routes.r.rules[0].when",
        ),
        (json!({ "targets": ["a/m"], "rules": [{ "when": "true", "to": "z/m" }] }), "routes.r.rules[0].to"),
        (json!({ "targets": ["a/m"], "rules": [{ "when": "true", "to": "r" }] }), "routes.r.rules[0].to"),
        (
            json!({ "targets": ["a/m"], "split": { "name": "s", "variants": [{ "to": "b/m", "share": 70 }, { "to": "c/m", "share": 40 }] } }),
            "routes.r.split.variants",
        ),
        (json!({ "targets": ["a/m"], "canary": { "to": "z/m", "share": 1 } }), "routes.r.canary.to"),
        (json!({ "targets": ["a/m"], "shadow": { "to": "b/m", "share": 0 } }), "routes.r.shadow.share"),
        (json!({ "split": { "name": "s", "variants": [{ "to": "b/m", "share": 70 }] } }), "routes.r.targets"),
    ] {
        assert_eq!(refused(json!({ "r": route.clone() })), place, "{route}");
    }
    // Required on the way, and nobody at its end can.
    let on_the_way = json!({
        "r": { "targets": ["b/m"], "requires": { "residency": ["eu"] },
               "rules": [{ "when": "true", "to": "s" }] },
        "s": { "targets": ["a/m"] },
    });
    assert_eq!(refused(on_the_way), "routes.s.requires");
    let circle = json!({
        "r": { "targets": ["a/m"], "canary": { "to": "s", "share": 1 } },
        "s": { "targets": ["a/m"], "rules": [{ "when": "true", "to": "r" }] },
    });
    assert_eq!(refused(circle), "routes.s.rules[0].to");
    let within = json!({
        "r": { "targets": ["s"] }, "s": { "targets": ["a/m"], "canary": { "to": "b/m", "share": 1 } },
    });
    assert_eq!(refused(within), "routes.r.targets[0].target");
}

/// A rule, a split or a copy may lead straight to a target: what is required holds there, too.
#[test]
fn a_target_that_can_never_serve_is_refused_wherever_a_route_leads_to_it() {
    let eu = |lead: Value| {
        let mut route = json!({ "targets": ["b/m"], "requires": { "residency": ["eu"] } });
        route.as_object_mut().unwrap().extend(lead.as_object().unwrap().clone());
        route
    };
    let refused = |routes: Value| try_client(routes, json!([])).map(|_| ()).unwrap_err();
    let split = |to: &str| json!({ "split": { "name": "s", "variants": [{ "to": "b/n", "share": 10 }, { "to": to, "share": 1 }] } });
    for (lead, place) in [
        (json!({ "rules": [{ "when": "true", "to": "a/m" }] }), "routes.r.rules[0].to"),
        (split("a/m"), "routes.r.split.variants[1].to"),
        (json!({ "canary": { "to": "c/m", "share": 1 } }), "routes.r.canary.to"),
        (json!({ "shadow": { "to": "a/m", "share": 1 } }), "routes.r.shadow.to"),
    ] {
        let error = refused(json!({ "r": eu(lead) }));
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Configuration, Some(place)));
        assert!(error.message.starts_with(place), "{error}");
        assert!(error.message.contains("could never serve what is required"), "{error}");
    }
    // Required by the route before, which the message names.
    let error = refused(json!({
        "r": eu(json!({ "rules": [{ "when": "true", "to": "s" }] })),
        "s": { "targets": ["b/m"], "canary": { "to": "a/m", "share": 1 } },
    }));
    assert_eq!(error.param.as_deref(), Some("routes.s.canary.to"));
    for part in ["`a/m`", "(by `r` → `s`)", "`us`"] {
        assert!(error.message.contains(part), "{part}: {error}");
    }
    // Of several providers of a kind one can.
    let client = client(json!({ "r": eu(json!({ "canary": { "to": "custom/m", "share": 1 } })) }));
    client.routes().set("r", eu(split("b/m"))).unwrap();
    // A provider that is changed is held to it as a route is, and nothing is half done.
    let error = client
        .providers()
        .update("b", serde_json::from_str(r#"{"jurisdiction": "us"}"#).unwrap())
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
    let error = client.routes().set("r", eu(split("c/m"))).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("routes.r.split.variants[1].to"));
    let listed = client.routes().list();
    assert!(listed.to_string().contains("b/n") && !listed.to_string().contains("c/m"), "{listed}");
}
