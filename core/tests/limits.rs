//! What bounds requests and leaves targets alone, over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use roocode::testing::{MockTransport, Script};
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, Error};
use serde_json::{Value, json};

/// A client of as many providers as `more` has fields, called so, each with those
/// fields; all serve `m` and `n`.
fn client(scripts: Value, more: &Value, resilience: Value) -> (Client, Arc<MockTransport>) {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let providers: Vec<Value> = more
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, more)| {
            let mut provider = json!({ "name": name, "kind": "openai", "api_key": name, "models": ["m", "n"],
                                       "base_url": format!("http://{name}.test/v1") });
            provider.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            provider
        })
        .collect();
    let config = json!({ "providers": providers, "resilience": resilience, "max_retries": 0 });
    let config = ClientConfig::from_value(config).unwrap();
    (Client::with_transport(config, Arc::clone(&transport) as _).unwrap(), transport)
}

async fn ask(client: &Client) -> Result<Arc<Trace>, Error> {
    ask_with(client, json!({})).await
}

/// A request of model `m` with further fields.
async fn ask_with(client: &Client, more: Value) -> Result<Arc<Trace>, Error> {
    let mut body = json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Ok(client.chat(client.call(body, Value::Null)?).await?.completion.route.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_broken_and_cooling_down_is_the_last_of_the_last_resort() {
    let status = |status: u16, latency_ms: u32| {
        json!({ "fault": { "kind": "status", "status": status, "headers": { "retry-after": "100" } },
                "latency_ms": latency_ms, "times": 1 })
    };
    // Two requests at once: `a` asks one for a pause and breaks at the other; `b`
    // asks for a pause too.
    let scripts = json!([
        status(429, 10),
        status(500, 20),
        status(429, 1),
        { "reply": { "content": "x" } },
    ]);
    let breaker = json!({ "breaker": { "consecutive_failures": 1, "open_for": 50 } });
    let (client, _) = client(scripts, &json!({ "a": {}, "b": {} }), breaker);
    let (one, two) = futures_util::join!(ask(&client), ask(&client));
    assert!(one.is_err() && two.is_err());
    let route = ask(&client).await.unwrap();
    let candidates = &route.routing.as_ref().unwrap().candidates;
    let why: Vec<_> = candidates.iter().map(|one| one.why.as_deref().unwrap()).collect();
    assert!(why[0].starts_with("it failed too often of late"), "{why:?}");
    assert!(why[1].starts_with("the provider asked to wait"), "{why:?}");
    assert_eq!(route.target.as_deref(), Some("b/m"));
}
