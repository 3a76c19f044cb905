//! The strategy `region` by measured round trips, over a network that says how far each host is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::future::BoxFuture;
use roocode::routing::replay;
use roocode::testing::{MockTransport, Script};
use roocode::transport::{HttpRequest, HttpResponse, Transport};
use roocode::types::routing_trace::{RoutingTrace, Step, Term};
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, Error};
use serde_json::{Value, json};

/// Hosts at a distance in milliseconds; the first request to one makes a connection.
struct Network {
    service: MockTransport,
    trips: Mutex<HashMap<&'static str, u64>>,
    connected: Mutex<HashSet<String>>,
}

impl Network {
    fn connects(&self, host: &str) -> Option<Duration> {
        let is_new = self.connected.lock().unwrap().insert(host.to_owned());
        let trip = *self.trips.lock().unwrap().get(host).unwrap();
        is_new.then(|| Duration::from_millis(trip))
    }
}

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(async move {
            let round_trip = self.connects(request.url.host_str().unwrap());
            let response = self.service.send(request).await?;
            Ok(HttpResponse { round_trip, ..response })
        })
    }
}

const HOSTS: [&str; 3] = ["a.test", "b.test", "c.test"];

fn network(trips: [u64; 3], scripts: Value) -> Arc<Network> {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    Arc::new(Network {
        service: MockTransport::new(scripts).unwrap(),
        trips: Mutex::new(HOSTS.into_iter().zip(trips).collect()),
        connected: Mutex::default(),
    })
}

fn client(network: &Arc<Network>, strategy: &Value, more: &Value) -> Client {
    let provider = |host: &str| {
        let mut provider = json!({ "name": host[..1], "kind": "custom", "api_key": "k",
                                   "base_url": format!("http://{host}/v1") });
        provider.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        provider
    };
    let config = json!({
        "providers": HOSTS.map(provider),
        "routes": { "r": { "targets": ["a/m", "b/m", "c/m"], "strategy": strategy } },
    });
    Client::with_transport(ClientConfig::from_value(config).unwrap(), Arc::clone(network) as _).unwrap()
}

fn one_answer() -> Value {
    json!([{ "latency_ms": 1000, "reply": { "content": "x" } }])
}

async fn ask(client: &Client) -> Result<Arc<Trace>, Error> {
    let body = json!({ "model": "r", "messages": [{ "role": "user", "content": "hi" }] });
    Ok(client.chat(client.call(body, Value::Null)?).await?.completion.route.unwrap())
}

async fn target(client: &Client) -> String {
    ask(client).await.unwrap().target.clone().unwrap()
}

async fn targets(client: &Client, times: usize) -> Vec<String> {
    let mut targets = Vec::new();
    for _ in 0..times {
        targets.push(target(client).await);
    }
    targets
}

#[tokio::test(start_paused = true)]
async fn each_is_measured_once_and_then_the_nearest_is_asked() {
    let network = network([80, 20, 50], one_answer());
    let client = client(&network, &json!("region"), &json!({}));
    let mut first = targets(&client, 3).await;
    first.sort();
    assert_eq!(first, ["a/m", "b/m", "c/m"]);
    // Long answers do not make it far, and no new connection is needed.
    assert_eq!(targets(&client, 20).await, vec!["b/m"; 20]);
    let stats = client.stats();
    let of = |number: usize| stats[number]["round_trip_s"].as_f64().unwrap();
    assert_eq!((of(0), of(1), of(2)), (0.08, 0.02, 0.05));
}

#[tokio::test(start_paused = true)]
async fn what_was_read_is_in_the_trace_and_the_choice_replays() {
    let network = network([80, 20, 50], one_answer());
    let client = client(&network, &json!("region"), &json!({}));
    targets(&client, 3).await;
    let trace = ask(&client).await.unwrap();
    let text = serde_json::to_string(&trace.routing).unwrap();
    let recorded: RoutingTrace = serde_json::from_str(&text).unwrap();
    let Step::Picked { target: 1, score: Some(score), read, .. } = &recorded.steps[0] else {
        panic!("{text}");
    };
    let trips: Vec<_> = read.iter().filter(|one| one.term == Term::RoundTripSeconds).collect();
    assert_eq!((trips.len(), trips[1].value), (3, Some(*score)));
    assert!((*score - 0.02).abs() < 0.001, "{score}");
    assert_eq!(replay(&recorded).unwrap(), recorded);
    // With other readings another choice is made: they are what decides.
    let far: RoutingTrace = serde_json::from_str(&text.replace(&score.to_string(), "9.0")).unwrap();
    assert_ne!(replay(&far).unwrap().steps, far.steps);
}

#[tokio::test(start_paused = true)]
async fn one_request_tries_what_was_never_asked_and_no_herd() {
    let network = network([80, 20, 50], one_answer());
    let client = client(&network, &json!("region"), &json!({}));
    let together = futures_util::future::join_all((0..30).map(|_| target(&client))).await;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    together.iter().for_each(|target| *counts.entry(target).or_default() += 1);
    // All are alike while nothing is known of any.
    assert!(counts.values().all(|count| *count < 25), "{counts:?}");
    // One more joins those that are known: one request tries it, the others stay.
    network.trips.lock().unwrap().insert("d.test", 1);
    let new = json!({ "name": "d", "kind": "custom", "api_key": "k", "base_url": "http://d.test/v1" });
    client.providers().add(new).unwrap();
    let route = json!({ "targets": ["a/m", "b/m", "c/m", "d/m"], "strategy": "region" });
    client.routes().set("r", route).unwrap();
    let together = futures_util::future::join_all((0..10).map(|_| target(&client))).await;
    assert_eq!(together.iter().filter(|target| *target == "d/m").count(), 1, "{together:?}");
    assert_eq!(together.iter().filter(|target| *target == "b/m").count(), 9, "{together:?}");
    assert_eq!(target(&client).await, "d/m");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_reached_does_not_look_near() {
    let scripts = json!([
        { "when": { "model": "gone" }, "fault": { "kind": "refuse" } },
        { "reply": { "content": "x" } },
    ]);
    let network = network([80, 20, 50], scripts);
    let client = client(&network, &json!("region"), &json!({ "max_retries": 0 }));
    client.routes().set("r", json!({ "targets": ["a/gone", "c/m"], "strategy": "region" })).unwrap();
    targets(&client, 2).await;
    let asked_before = network.service.requests().len();
    assert_eq!(targets(&client, 5).await, vec!["c/m"; 5]);
    assert_eq!(network.service.requests().len() - asked_before, 5, "the other one was not tried");
}

#[tokio::test(start_paused = true)]
async fn distances_change_and_are_found_out() {
    let network = network([80, 20, 50], one_answer());
    let client = client(&network, &json!("region"), &json!({}));
    targets(&client, 4).await;
    // Left alone, `c` is asked again at some time; it is nearest by now.
    network.trips.lock().unwrap().insert("c.test", 5);
    network.connected.lock().unwrap().clear();
    let mut asked = Vec::new();
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_secs(30)).await;
        asked.push(target(&client).await);
    }
    assert_eq!(asked[0], "b/m");
    assert_eq!(asked.last().unwrap(), "c/m", "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn models_and_keys_of_one_address_share_its_distance() {
    let network = network([80, 20, 50], one_answer());
    let client = client(&network, &json!("region"), &json!({}));
    targets(&client, 3).await;
    let second = json!({ "name": "second", "kind": "custom", "api_key": "other",
                         "base_url": "http://b.test/other/v1" });
    client.providers().add(second).unwrap();
    let route = json!({ "targets": ["a/m", "b/n", "second/m"], "strategy": "region" });
    client.routes().set("r", route).unwrap();
    let asked = targets(&client, 20).await;
    assert!(!asked.contains(&"a/m".to_owned()), "{asked:?}");
    assert!(asked.contains(&"b/n".to_owned()) && asked.contains(&"second/m".to_owned()), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn background_checks_measure_too() {
    let network = network([80, 20, 50], one_answer());
    let checked = json!({ "health_check": { "path": "/models", "interval": 30 } });
    let client = client(&network, &json!({ "type": "region", "tolerance": 0.1 }), &checked);
    target(&client).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(targets(&client, 10).await, vec!["b/m"; 10]);
}
