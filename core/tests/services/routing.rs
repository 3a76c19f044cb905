//! Declared operations are routed, limited, priced and traced as everything else.

use std::time::Duration;

use roocode::types::operation::Operation;
use roocode::{ErrorKind, Result};
use serde_json::{Map, Value, json};

use crate::server::{Reply, Server};
use crate::{call, call_with, client};

fn echo() -> Server {
    Server::start(|request| Reply::json(200, json!({ "path": request.path, "body": request.body })))
}

fn provider(name: &str, server: &Server, operation: Value) -> Value {
    let mut whole = json!({ "path": "/do", "json": { "x": "{x?}", "who": "{who?}" } });
    whole.as_object_mut().unwrap().extend(operation.as_object().unwrap().clone());
    json!({ "kind": "custom", "name": name, "base_url": server.url, "operations": { "thing.do": whole } })
}

fn names(trace: &roocode::types::routing_trace::RoutingTrace) -> Vec<String> {
    trace.candidates.iter().map(|candidate| candidate.facts.name.clone()).collect()
}

#[tokio::test]
async fn a_name_is_served_in_order_a_route_by_its_strategy_and_each_target_by_its_parameters() {
    let (a, b) = (echo(), echo());
    let targets = json!([
        { "target": "a/thing.do", "parameters": { "who": "of a" } },
        { "target": "b/thing.do", "parameters": { "who": null } },
    ]);
    let config = json!({
        "providers": [provider("a", &a, json!({ "price": 0.05 })), provider("b", &b, json!({ "price": 0.01 }))],
        "routes": { "things": { "targets": targets, "strategy": "cheapest" } },
    });
    let client = client(config);
    let input = json!({ "x": [1, { "y": true }], "who": "me" });
    let reply = call(&client, "thing.do", input.clone()).await.unwrap();
    let route = reply.route.unwrap();
    assert_eq!((route.target.as_deref(), route.requested_model.as_str()), (Some("a/thing.do"), "thing.do"));
    assert!((route.cost.as_ref().unwrap().total_usd - 0.05).abs() < 1e-12);
    assert_eq!(route.routing.as_ref().unwrap().request.operation, Operation::Service);
    assert_eq!(serde_json::from_str::<Value>(reply.data["body"].as_str().unwrap()).unwrap(), input);

    let reply = call(&client, "things", input.clone()).await.unwrap();
    assert_eq!(reply.route.unwrap().target.as_deref(), Some("b/thing.do"));
    assert_eq!(reply.data["body"], r#"{"x":[1,{"y":true}]}"#);
    let reply = call(&client, "b/thing.do", json!({})).await.unwrap();
    assert_eq!((reply.data["path"].as_str(), reply.data["body"].as_str()), (Some("/do"), Some("{}")));

    let explained =
        client.call_to_explain(json!({ "operation": "things", "input": {} }), Value::Null).unwrap();
    let explained = client.explain(&explained).unwrap();
    assert_eq!(
        (names(&explained), explained.request.operation),
        (vec!["a/thing.do".to_owned(), "b/thing.do".to_owned()], Operation::Service)
    );
    let stats = client.stats();
    let seen: Vec<(&Value, &Value)> =
        stats.as_array().unwrap().iter().map(|one| (&one["target"], &one["requests"])).collect();
    assert!(seen.contains(&(&json!("a/thing.do"), &json!(1))), "{stats}");
    assert!(seen.contains(&(&json!("b/thing.do"), &json!(2))), "{stats}");
}

#[tokio::test]
async fn models_and_operations_are_never_taken_for_one_another() {
    let (a, b) = (echo(), echo());
    let mut both = provider("a", &a, json!({}));
    both["models"] = json!(["m"]);
    let config = json!({
        "providers": [both, provider("b", &b, json!({}))],
        "routes": { "mixed": { "targets": ["a/m", "b/thing.do"] } },
    });
    let client = client(config);
    let reply = call(&client, "mixed", json!({})).await.unwrap();
    let route = reply.route.unwrap();
    assert_eq!((route.target.as_deref(), route.attempts.len()), (Some("b/thing.do"), 1));
    let why = route.routing.as_ref().unwrap().candidates[0].why.clone().unwrap();
    assert!(why.contains("operations that are declared"), "{why}");

    let chat = |model: &str| {
        let body = json!({ "model": model, "messages": [{ "role": "user", "content": "hi" }] });
        client.chat(client.call(body, Value::Null).unwrap())
    };
    for model in ["thing.do", "b/thing.do", "b/other"] {
        let error = chat(model).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NoTargetAvailable, "{model}");
        assert!(error.message.contains("chat"), "{}", error.message);
    }
    assert!(a.received().is_empty());
    assert_eq!(b.received().len(), 1);
    // A provider of operations alone has no list of models.
    let asked = client.call_of(Operation::Models, json!({}), Value::Null).unwrap();
    let _ = client.ask(asked).await;
    assert_eq!(b.received().len(), 1);
    let listed = client.providers().list();
    assert_eq!((&listed[0]["models"], &listed[0]["operations"]), (&json!(["m"]), &json!(["thing.do"])));
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_told_before_anything_is_sent() {
    let server = echo();
    let operation = json!({ "path": "/do/{id}", "json": { "x": "{deep.x}" } });
    let client = client(json!({ "providers": [provider("a", &server, operation)] }));
    let deep = json!({ "x": 1 });
    for (operation, input, param, said) in [
        ("thing.od", json!({}), "operation", "did you mean `thing.do`?"),
        ("other", json!({}), "operation", "there are `thing.do`"),
        ("a/other", json!({}), "operation", "`a` does not declare `other`"),
        ("b/thing.do", json!({}), "operation", "`b` does not"),
        ("", json!({}), "operation", "must not be empty"),
        ("thing.do", json!({ "deep": deep }), "input.id", "is missing"),
        ("thing.do", json!({ "id": 1, "deep": {} }), "input.deep.x", "is missing"),
        ("thing.do", json!({ "id": [1], "deep": deep }), "input.id", "a text, a number or a bool"),
        ("thing.do", json!({ "id": "..", "deep": deep }), "input.id", "dots"),
        ("thing.do", json!({ "id": 1, "deep": deep, "y": 1 }), "input.y", "no such field"),
        ("thing.do", json!([1]), "input", "invalid type"),
    ] {
        let error = call(&client, operation, input.clone()).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(param)), "{error:?}");
        assert!(error.message.contains(said), "{}", error.message);
    }
    let options = json!({ "extra_body": { "z": 1 }, "unsupported": "drop", "extra_headers": { "x-a": "b" } });
    let input = json!({ "id": "a b", "deep": deep, "y": 1 });
    let reply = call_with(&client, "thing.do", input, options).await.unwrap();
    assert_eq!(reply.route.unwrap().translation[0].param, "input.y");
    let received = server.received();
    assert_eq!((received.len(), received[0].path.as_str()), (1, "/do/a%20b"));
    assert_eq!((received[0].json(), received[0].header("x-a")), (json!({ "x": 1, "z": 1 }), Some("b")));
}

#[tokio::test]
async fn quotas_hold_and_identical_calls_share_one_request_where_that_is_asked_for() {
    let slow = Server::start(|_| {
        std::thread::sleep(Duration::from_millis(100));
        Reply::json(200, json!({}))
    });
    let other = echo();
    let mut limited = provider("a", &slow, json!({}));
    limited["quota"] = json!({ "requests_per_day": 2 });
    let client = client(json!({ "providers": [limited, provider("b", &other, json!({}))] }));
    let together = json!({ "coalesce": true });
    let one = || call_with(&client, "thing.do", json!({ "x": 1 }), together.clone());
    let replies: Vec<Result<_>> = futures_util::future::join_all([one(), one(), one()]).await;
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!(slow.received().len(), 1);
    for expected in ["a/thing.do", "b/thing.do"] {
        let reply = call(&client, "thing.do", json!({})).await.unwrap();
        assert_eq!(reply.route.unwrap().target.as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn a_shadow_copy_has_a_key_of_its_own() {
    let (a, b) = (echo(), echo());
    let keyed = json!({ "idempotency": { "header": "Idempotency-Key" } });
    let config = json!({
        "providers": [provider("a", &a, keyed.clone()), provider("b", &b, keyed)],
        "routes": { "things": { "targets": ["a/thing.do"], "shadow": { "to": "b/thing.do", "share": 100 } } },
    });
    let client = client(config);
    call(&client, "things", json!({})).await.unwrap();
    for _ in 0..200 {
        if !b.received().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let key = |server: &Server| server.received()[0].header("idempotency-key").unwrap().to_owned();
    assert_ne!(key(&a), key(&b));
}

#[tokio::test]
async fn operations_change_whole_or_not_at_all() {
    let server = echo();
    let client = client(json!({ "providers": [provider("a", &server, json!({}))] }));
    let change = |operations: Value| {
        let changes = Map::from_iter([("operations".to_owned(), operations)]);
        client.providers().update("a", changes)
    };
    let wrong = json!({ "new.one": { "path": "/new" }, "bad.one": { "path": "bad" } });
    let error = change(wrong).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("operations.bad.one.path"));
    assert!(call(&client, "thing.do", json!({})).await.is_ok());
    assert!(call(&client, "new.one", json!({})).await.is_err());
    change(json!({ "new.one": { "path": "/new" } })).unwrap();
    assert!(call(&client, "thing.do", json!({})).await.is_err());
    assert_eq!(call(&client, "new.one", json!({})).await.unwrap().data["path"], "/new");
}
