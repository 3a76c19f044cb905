//! The strategy `custom` in a client: a function orders the targets, and never hides a request.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::future::BoxFuture;
use roocode::config::{OrderAnswer, OrderFunction};
use roocode::routing::{check_replay, replay};
use roocode::testing::{MockTransport, Script};
use roocode::types::order::OrderQuestion;
use roocode::types::routing_trace::{RoutingTrace, Step};
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, Error};
use serde_json::{Value, json};

fn client(strategy: Value, function: Option<Arc<dyn OrderFunction>>) -> Result<Client, Error> {
    let scripts: Vec<Script> = serde_json::from_value(json!([{ "reply": { "content": "x" } }])).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider = |name: &str| {
        json!({ "name": name, "kind": "custom", "api_key": format!("key-of-{name}"), "tags": [name],
                "base_url": format!("http://{name}.test/v1") })
    };
    let mut config = ClientConfig::from_value(json!({
        "providers": [provider("a"), provider("b"), provider("c")],
        "routes": { "r": { "targets": ["a/m", { "target": "b/m", "weight": 3 }, "c/m"], "strategy": strategy } },
    }))?;
    if let Some(function) = function {
        config.set_function("r", function)?;
    }
    Client::with_transport(config, transport)
}

async fn ask(client: &Client, more: Value) -> Arc<Trace> {
    let mut body = json!({ "model": "r", "messages": [{ "role": "user", "content": "hi" }] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let call = client.call(body, Value::Null).unwrap();
    client.chat(call).await.unwrap().completion.route.unwrap()
}

fn failure(trace: &RoutingTrace) -> Option<String> {
    match &trace.steps[0] {
        Step::OrderFailed { why } => Some(why.clone()),
        _ => None,
    }
}

fn answering(answer: OrderAnswer) -> Option<Arc<dyn OrderFunction>> {
    Some(Arc::new(move |_: &OrderQuestion| answer.clone()))
}

fn names(names: &[&str]) -> OrderAnswer {
    Ok(names.iter().map(|name| (*name).to_owned()).collect())
}

#[tokio::test]
async fn the_function_sees_facts_and_numbers_and_its_order_holds() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let function = move |question: &OrderQuestion| {
        keep.lock().unwrap().push(serde_json::to_value(question).unwrap());
        names(&["c/m", "b/m"])
    };
    let client = client(json!("custom"), Some(Arc::new(function))).unwrap();
    let trace = ask(&client, json!({ "routing": { "task": "sum" } })).await;
    assert_eq!(trace.target.as_deref(), Some("c/m"));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1, "once for each decision");
    let candidates = &seen[0]["candidates"];
    assert_eq!((&candidates[1]["name"], &candidates[1]["weight"]), (&json!("b/m"), &json!(3.0)));
    assert_eq!((&candidates[2]["facts"]["tags"], &candidates[2]["in_flight"]), (&json!(["c"]), &json!(0.0)));
    assert_eq!(candidates[0]["available"], json!(true));
    assert_eq!(
        (&seen[0]["request"]["model"], &seen[0]["request"]["routing"]["task"]),
        (&json!("r"), &json!("sum"))
    );
    assert!(!seen[0].to_string().contains("key-of-"));
    let routing = trace.routing.as_ref().unwrap();
    let recorded: RoutingTrace = serde_json::from_str(&serde_json::to_string(routing).unwrap()).unwrap();
    assert!(check_replay(&recorded).unwrap().same);
}

#[tokio::test]
async fn what_fails_falls_back_and_is_in_the_trace() {
    let key = "key-of-b";
    let long = "x".repeat(10_000);
    for (answer, said) in [
        (
            Err(format!("ValueError: cannot use {key}, sorry")),
            "the function failed: ValueError: cannot use ***, sorry",
        ),
        (names(&["b/m", "x/m"]), "`x/m`, which is none of the targets"),
        (names(&["b/m", "b/m"]), "`b/m` twice"),
        (names(&[]), "returned no target"),
        (Err(long), "xxx…"),
    ] {
        let client = client(json!({ "type": "custom", "then": "round_robin" }), answering(answer)).unwrap();
        for wanted in ["a/m", "b/m", "c/m"] {
            let trace = ask(&client, json!({})).await;
            assert_eq!(trace.target.as_deref(), Some(wanted));
            let routing = trace.routing.as_ref().unwrap();
            let why = failure(routing).unwrap();
            assert!(why.contains(said) && !why.contains(key) && why.len() < 600, "{why}");
            assert_eq!(replay(routing).unwrap(), **routing);
        }
    }
}

struct Hanging;

impl OrderFunction for Hanging {
    fn order(&self, _: OrderQuestion) -> BoxFuture<'static, OrderAnswer> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_hangs_is_not_waited_for_beyond_its_limit() {
    let strategy = json!({ "type": "custom", "timeout_seconds": 0.25 });
    let client = client(strategy, Some(Arc::new(Hanging))).unwrap();
    let began = tokio::time::Instant::now();
    let trace = ask(&client, json!({})).await;
    assert_eq!(began.elapsed(), Duration::from_millis(250));
    assert_eq!(trace.target.as_deref(), Some("a/m"));
    let why = failure(trace.routing.as_ref().unwrap()).unwrap();
    assert!(why.contains("within 0.25 s"), "{why}");
    // Half of the time of the whole request is left for it.
    ask(&client, json!({ "timeout": 0.2 })).await;
    assert_eq!(began.elapsed(), Duration::from_millis(350));
    let call =
        client.call(json!({ "model": "r", "messages": [{ "role": "user", "content": "hi" }] }), Value::Null);
    let explained = client.explain(&call.unwrap()).unwrap();
    assert!(failure(&explained).unwrap().contains("does not wait"));
}

#[tokio::test]
async fn where_there_is_no_choice_nobody_is_asked() {
    let count = Arc::new(AtomicU32::new(0));
    let counts = Arc::clone(&count);
    let function = move |_: &OrderQuestion| {
        counts.fetch_add(1, Ordering::SeqCst);
        names(&["a/m"])
    };
    let client = client(json!("custom"), Some(Arc::new(function))).unwrap();
    let trace = ask(&client, json!({ "routing": { "tags": ["b"] } })).await;
    assert_eq!((trace.target.as_deref(), count.load(Ordering::SeqCst)), (Some("b/m"), 0));
    let call =
        client.call(json!({ "model": "r", "messages": [{ "role": "user", "content": "hi" }] }), Value::Null);
    let call = call.unwrap();
    assert!(failure(&client.explain(&call).unwrap()).is_none());
    assert_eq!(count.load(Ordering::SeqCst), 1);
    // Who asks it elsewhere gives the answer.
    let questions = client.order_questions(&call).unwrap();
    assert_eq!((questions.len(), questions[0].0.as_str(), questions[0].1.candidates.len()), (1, "r", 3));
    let explained = client.explain_ordered(&call, vec![names(&["c/m"])]).unwrap();
    assert!(matches!(explained.steps[0], Step::Picked { target: 2, .. }));
    assert_eq!(client.explain_asking(call).await.unwrap().steps.len(), 3);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn a_function_and_a_custom_strategy_need_each_other() {
    let refused = |strategy: Value, function| client(strategy, function).map(|_| ()).unwrap_err();
    let error = refused(json!({ "type": "cheapest", "then": "custom" }), None);
    assert!(error.message.contains("needs a function"), "{error}");
    assert_eq!(error.param.as_deref(), Some("routes.r.strategy"));
    let error = refused(json!("cheapest"), answering(names(&[])));
    assert!(error.message.contains("no `custom`"), "{error}");
    let error = refused(json!({ "type": "custom", "timeout_seconds": 0 }), answering(names(&[])));
    assert_eq!(error.param.as_deref(), Some("routes.r.strategy.timeout_seconds"));
    assert!(client(json!({ "type": "cheapest", "then": "custom" }), answering(names(&["a/m"]))).is_ok());
}

#[tokio::test]
async fn a_changed_record_says_where_it_differs() {
    let client = client(json!("custom"), answering(names(&["b/m"]))).unwrap();
    let trace = ask(&client, json!({})).await;
    let mut changed = (**trace.routing.as_ref().unwrap()).clone();
    if let Step::Picked { read, .. } = &mut changed.steps[0] {
        for reading in read {
            reading.value = None;
        }
    }
    let replayed = check_replay(&changed).unwrap();
    assert!(!replayed.same);
    let places: Vec<_> = replayed.differences.iter().map(|difference| difference.place.as_str()).collect();
    assert!(places.contains(&"steps[0].target") && places.contains(&"steps[0].why"), "{places:?}");
    assert_eq!(replayed.differences[0].recorded, json!(1));
    assert_eq!(replayed.differences[0].replayed, json!(0));
}
