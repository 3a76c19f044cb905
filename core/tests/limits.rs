//! What bounds requests and leaves targets alone, over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use futures_util::poll;
use roocode::testing::{MockTransport, Script};
use roocode::types::trace::Trace;
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Value, json};
use tokio::time::Instant;

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

/// The requests that were sent, by their field `user`, in order.
fn sent(transport: &MockTransport) -> Vec<String> {
    let user = |request: Value| request["body"]["user"].as_str().unwrap_or_default().to_owned();
    transport.requests().iter().map(|request| user(serde_json::to_value(request).unwrap())).collect()
}

/// Asks with each of these at once, in this order; their users are as numbered.
async fn all(client: &Client, mores: &[Value]) -> Vec<Result<Arc<Trace>, Error>> {
    let asked = mores.iter().enumerate().map(|(number, more)| {
        let mut more = more.clone();
        more["user"] = json!(number.to_string());
        ask_with(client, more)
    });
    futures_util::future::join_all(asked).await
}

/// One provider that serves one request at a time, in 100 ms.
fn one_at_a_time(resilience: Value) -> (Client, Arc<MockTransport>) {
    let scripts = json!([{ "latency_ms": 100, "reply": { "content": "x" } }]);
    client(scripts, &json!({ "a": { "quota": { "concurrency": 1 } } }), resilience)
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

#[tokio::test(start_paused = true)]
async fn who_waits_goes_in_the_order_of_arrival() {
    let (client, transport) = one_at_a_time(json!({}));
    let start = Instant::now();
    let done = all(&client, &vec![json!({}); 4]).await;
    assert_eq!(sent(&transport), ["0", "1", "2", "3"]);
    assert_eq!(start.elapsed().as_millis(), 400);
    let queued: Vec<_> = done.iter().map(|one| one.as_ref().unwrap().queued_ms.map(f64::round)).collect();
    assert_eq!(queued, [None, Some(100.0), Some(200.0), Some(300.0)]);
}

#[tokio::test(start_paused = true)]
async fn who_was_called_is_not_overtaken_before_it_goes() {
    let (client, transport) = one_at_a_time(json!({}));
    let ask = |user: &str| Box::pin(ask_with(&client, json!({ "user": user })));
    let (mut first, mut second, mut third) = (ask("first"), ask("second"), ask("third"));
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    first.await.unwrap();
    // It is the second's turn, and it does not know yet.
    assert!(poll!(&mut third).is_pending());
    assert_eq!(sent(&transport), ["first"]);
    let both = futures_util::join!(second, third);
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(sent(&transport), ["first", "second", "third"]);
}

#[tokio::test(start_paused = true)]
async fn a_higher_priority_goes_first_and_tenants_share() {
    let (client, transport) = one_at_a_time(json!({}));
    let of = |tenant: &str, priority: i32| json!({ "routing": { "tenant": tenant, "priority": priority } });
    let flood = of("flood", 0);
    let mores = [flood.clone(), flood.clone(), flood.clone(), flood, of("b", 0), of("c", -3), of("b", 9)];
    assert!(all(&client, &mores).await.iter().all(Result::is_ok));
    // 0 found room; 6 by its priority; then `flood` and `b` in turn; 5 last.
    assert_eq!(sent(&transport), ["0", "6", "1", "4", "2", "3", "5"]);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_the_line_holds_nobody_up() {
    let (client, transport) = one_at_a_time(json!({}));
    let ask = |user: &str| Box::pin(ask_with(&client, json!({ "user": user })));
    let mut waiting = ["first", "waits", "called", "stays"].map(ask);
    for request in &mut waiting {
        assert!(poll!(request).is_pending());
    }
    let [first, waits, called, stays] = waiting;
    drop(waits);
    first.await.unwrap();
    // It is its turn, and it leaves without having taken it.
    drop(called);
    stays.await.unwrap();
    assert_eq!(sent(&transport), ["first", "stays"]);
    assert_eq!(client.stats()[0]["in_flight"], json!(0));
}

#[tokio::test(start_paused = true)]
async fn with_a_rate_each_goes_when_its_time_comes() {
    let scripts = json!([{ "reply": { "content": "x" } }]);
    let (client, transport) =
        client(scripts, &json!({ "a": { "quota": { "requests_per_second": 1 } } }), json!({}));
    let start = Instant::now();
    let done = all(&client, &vec![json!({}); 5]).await;
    assert_eq!(start.elapsed().as_secs(), 4);
    assert_eq!(sent(&transport), ["0", "1", "2", "3", "4"]);
    let queued: Vec<_> = done.iter().map(|one| one.as_ref().unwrap().queued_ms.unwrap_or(0.0)).collect();
    assert_eq!(queued.iter().map(|queued| queued.round()).collect::<Vec<_>>(), [0.0, 1e3, 2e3, 3e3, 4e3]);
}

#[tokio::test(start_paused = true)]
async fn small_requests_do_not_starve_a_large_one() {
    let reply = json!({ "content": "x", "usage": { "prompt_tokens": 10, "completion_tokens": 10 } });
    let quota = json!({ "a": { "quota": { "tokens_per_minute": 6000 } } });
    let queue = json!({ "queue": { "longest_wait": 300 } });
    let (client, transport) = client(json!([{ "reply": reply }]), &quota, queue);
    let tokens = |tokens: u64| json!({ "routing": { "expected_output_tokens": tokens } });
    // It has to wait for half a minute; those after it could go before, each by itself.
    ask_with(&client, json!({ "user": "first", "routing": { "expected_output_tokens": 10 } })).await.unwrap();
    let mores = [tokens(6000), tokens(4000), tokens(1), tokens(1)];
    assert!(all(&client, &mores).await.iter().all(Result::is_ok));
    assert_eq!(sent(&transport), ["first", "0", "1", "2", "3"]);
}

#[tokio::test(start_paused = true)]
async fn who_comes_too_late_or_finds_the_line_full_is_told_at_once() {
    let (client, _) = one_at_a_time(json!({ "queue": { "most_waiting": 9 } }));
    let mut mores = vec![json!({}); 10];
    // The measured rate is one in 100 ms.
    let late = async {
        tokio::time::sleep(Duration::from_millis(610)).await;
        let start = Instant::now();
        let error = ask_with(&client, json!({ "timeout": { "total": 0.3 } })).await.unwrap_err();
        (error, start.elapsed())
    };
    mores.push(json!({ "timeout": { "total": 30 } }));
    let (all, (late, took)) = futures_util::join!(all(&client, &mores), late);
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 10);
    let full = all[10].as_ref().unwrap_err();
    assert_eq!(full.kind, ErrorKind::NoTargetAvailable);
    assert!(full.message.contains("resilience.queue.most_waiting"), "{full}");
    assert!(full.message.contains("a/m: 1 requests are in flight"), "{full}");
    assert_eq!((late.kind, took), (ErrorKind::NoTargetAvailable, Duration::ZERO));
    assert!(late.message.contains("too late") && late.retry_after.is_some(), "{late}");
    assert!(late.route.as_ref().unwrap().routing.is_none(), "one target: nothing was decided");
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_does_not_come_ends_with_the_longest_wait() {
    let scripts = json!([{ "fault": { "kind": "hang" } }]);
    let quota = json!({ "a": { "quota": { "concurrency": 1 } } });
    let (client, _) = client(scripts, &quota, json!({ "queue": { "longest_wait": 2 } }));
    let start = Instant::now();
    let first = Box::pin(ask(&client));
    let second = Box::pin(ask(&client));
    let (ended, _first) = match futures_util::future::select(first, second).await {
        futures_util::future::Either::Right(ended) => ended,
        futures_util::future::Either::Left(_) => panic!("the hanging one ended"),
    };
    let error = ended.unwrap_err();
    assert_eq!((error.kind, start.elapsed().as_secs()), (ErrorKind::NoTargetAvailable, 2), "{error}");
    assert_eq!(error.route.as_ref().unwrap().queued_ms.map(f64::round), Some(2000.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_lose_no_turn() {
    let scripts = json!([{ "latency_ms": 1, "reply": { "content": "x" } }]);
    let quota = json!({ "quota": { "concurrency": 2 } });
    let providers = json!({ "a": quota, "b": quota, "c": quota });
    let (client, transport) = client(scripts, &providers, json!({ "queue": { "longest_wait": 9000 } }));
    let tasks: Vec<_> = (0..900_u32)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                let routing =
                    json!({ "routing": { "tenant": (number % 7).to_string(), "priority": number % 3 } });
                let asked = ask_with(&client, routing);
                // Every fifth leaves at some time.
                let patience = if number % 5 == 0 { u64::from(number % 23) } else { 600_000 };
                match tokio::time::timeout(Duration::from_millis(patience), asked).await {
                    Ok(answer) => answer.map(|_| true),
                    Err(_) => Ok(false),
                }
            })
        })
        .collect();
    let mut answered = 0;
    for (number, task) in tasks.into_iter().enumerate() {
        let went = task.await.unwrap().unwrap();
        assert!(went || number % 5 == 0, "{number}");
        answered += u32::from(went);
    }
    assert!(answered >= 720 && transport.requests().len() >= answered as usize);
    let stats = client.stats();
    for target in stats.as_array().unwrap() {
        let left = &target["quota_left"][0];
        assert_eq!((&target["in_flight"], &left["remaining"]), (&json!(0), &left["limit"]), "{target}");
    }
    // The lines are empty: one more goes at once.
    assert_eq!(ask(&client).await.unwrap().queued_ms, None);
}

fn found_limit(client: &Client) -> u64 {
    client.stats()[0]["concurrency_limit"].as_u64().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_load_lowers_the_requests_at_a_time_and_successes_raise_them() {
    for status in [429, 503, 529] {
        let scripts = json!([
            { "fault": { "kind": "status", "status": status }, "times": 1 },
            { "latency_ms": 100, "reply": { "content": "x" } },
        ]);
        let adaptive = json!({ "adaptive_concurrency": { "initial": 8, "decrease": 0.5 } });
        let (client, _) = client(scripts, &json!({ "a": adaptive, "b": {} }), json!({}));
        // `b` answers; then the pause that 429 asks for is over.
        ask(&client).await.unwrap();
        assert_eq!(found_limit(&client), 4, "after {status}");
        tokio::time::sleep(Duration::from_secs(2)).await;
        let done = all(&client, &vec![json!({}); 7]).await;
        let targets: Vec<_> = done.iter().map(|one| one.as_ref().unwrap().target.as_deref()).collect();
        assert_eq!(targets[..4], [Some("a/m"); 4]);
        assert_eq!(targets[4..], [Some("b/m"); 3]);
        let routing = done[4].as_ref().unwrap().routing.as_ref().unwrap();
        let short = serde_json::to_value(routing.candidates[0].short).unwrap();
        assert_eq!(short, json!({ "filter": "concurrency", "limit": 4 }));
        // A round of successes is worth one more; a success while most of it lies idle none.
        assert_eq!(found_limit(&client), 4);
        for _ in 0..2 {
            all(&client, &vec![json!({}); 4]).await;
        }
        assert_eq!(found_limit(&client), 5);
        assert_eq!(client.stats()[1]["concurrency_limit"], Value::Null, "not asked for");
    }
}

#[tokio::test(start_paused = true)]
async fn a_target_that_slows_down_gets_fewer_requests_at_a_time_until_it_is_fast_again() {
    let answer = |latency_ms: u32, times: u32| json!({ "latency_ms": latency_ms, "reply": { "content": "x" }, "times": times });
    let scripts = json!([answer(100, 200), answer(1000, 60), answer(100, 1_000_000)]);
    let adaptive = json!({ "adaptive_concurrency": { "algorithm": "gradient", "initial": 20, "most": 40 },
                           "queue": { "longest_wait": 600 } });
    let (client, _) = client(scripts, &json!({ "a": {} }), adaptive);
    assert!(all(&client, &vec![json!({}); 200]).await.iter().all(Result::is_ok));
    let fast = found_limit(&client);
    assert_eq!(fast, 40, "it grew to the most");
    assert!(all(&client, &vec![json!({}); 60]).await.iter().all(Result::is_ok));
    let slow = found_limit(&client);
    assert!(slow <= 10, "{slow}");
    // Those that do not fit wait in line, and none is lost.
    assert!(all(&client, &vec![json!({}); 400]).await.iter().all(Result::is_ok));
    assert_eq!(found_limit(&client), 40);
}

#[tokio::test(start_paused = true)]
async fn what_has_room_does_not_wait_behind_what_has_none() {
    let scripts = json!([{ "latency_ms": 100, "reply": { "content": "x" } }]);
    let adaptive = json!({ "adaptive_concurrency": { "initial": 1, "most": 1 } });
    let (client, transport) = client(scripts, &json!({ "a": adaptive }), json!({}));
    let other = json!({ "model": "n" });
    let start = Instant::now();
    let done = all(&client, &[json!({}), json!({}), json!({}), other.clone(), other]).await;
    assert!(done.iter().all(Result::is_ok));
    let queued: Vec<_> = done.iter().map(|one| one.as_ref().unwrap().queued_ms.map(f64::round)).collect();
    assert_eq!(queued, [None, Some(100.0), Some(200.0), None, Some(100.0)]);
    assert_eq!(sent(&transport), ["0", "3", "1", "4", "2"]);
    assert_eq!(start.elapsed().as_millis(), 300);
}

#[test]
fn limits_that_make_no_sense_are_refused_by_their_place() {
    let refused = |config: Value| {
        let transport = Arc::new(MockTransport::new(Vec::<Script>::new()).unwrap());
        let made =
            ClientConfig::from_value(config).and_then(|config| Client::with_transport(config, transport));
        match made {
            Ok(_) => panic!("it was taken"),
            Err(error) => (error.kind, error.param.clone().unwrap_or_default()),
        }
    };
    let provider = |more: Value| {
        let mut provider = json!({ "kind": "openai", "api_key": "k" });
        provider.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "providers": [provider] })
    };
    for (config, place) in [
        (
            json!({ "resilience": { "adaptive_concurrency": { "least": 0 } } }),
            "resilience.adaptive_concurrency.least",
        ),
        (
            provider(json!({ "adaptive_concurrency": { "decrease": 1 } })),
            "providers[0].adaptive_concurrency.decrease",
        ),
        (
            provider(json!({ "adaptive_concurrency": { "algorithm": "vegas" } })),
            "providers[0].adaptive_concurrency.algorithm",
        ),
        (
            provider(json!({ "health_check": { "path": "/models", "interval": 1, "timeout": 2 } })),
            "providers[0].health_check.timeout",
        ),
        (provider(json!({ "health_check": { "path": "models" } })), "providers[0].health_check.path"),
        (provider(json!({ "health_check": {} })), "providers[0].health_check"),
        (
            provider(json!({ "health_check": { "path": "/models", "evry": 1 } })),
            "providers[0].health_check.evry",
        ),
        (provider(json!({ "health_check": { "request": {} } })), "providers[0].health_check.request.model"),
        (
            provider(json!({ "health_check": { "request": { "model": "m", "temperature": "x" } } })),
            "providers[0].health_check.request.temperature",
        ),
    ] {
        assert_eq!(refused(config.clone()), (ErrorKind::Configuration, place.to_owned()), "{config}");
    }
}

/// A client of `a` and `b`, of which `a` is checked every 10 s by a request that
/// says `ping`; what it answers is for `pings` to say.
fn checked(pings: &[Value]) -> (Client, Arc<MockTransport>) {
    let mut scripts: Vec<Value> = pings.to_vec();
    for script in &mut scripts {
        script["when"] = json!({ "contains": "ping" });
    }
    scripts.push(json!({ "reply": { "content": "x" } }));
    let check = json!({ "request": { "model": "tiny" }, "interval": 10, "timeout": 2, "unhealthy_after": 2 });
    let price = json!({ "tiny": { "input": 1_000_000, "output": 1_000_000 } });
    let providers = json!({ "a": { "health_check": check, "prices": price }, "b": {} });
    client(Value::Array(scripts), &providers, json!({}))
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

fn failing(times: u32) -> Value {
    json!({ "fault": { "kind": "status", "status": 500 }, "times": times })
}

#[tokio::test(start_paused = true)]
async fn a_provider_whose_checks_fail_is_left_out_until_they_succeed() {
    let well =
        json!({ "reply": { "content": "pong", "usage": { "prompt_tokens": 3, "completion_tokens": 2 } } });
    let (client, transport) = checked(&[failing(2), well]);
    pass(100).await;
    assert_eq!(transport.requests().len(), 0, "nothing before the first request");
    assert_eq!(ask(&client).await.unwrap().target.as_deref(), Some("a/m"));
    assert_eq!(client.stats()[0]["health_check"]["healthy"], json!(true));
    // The first comes within 10 s, the second 10 s later.
    pass(20).await;
    let route = ask(&client).await.unwrap();
    assert_eq!(route.target.as_deref(), Some("b/m"));
    let candidate = &route.routing.as_ref().unwrap().candidates[0];
    assert_eq!(serde_json::to_value(candidate.short).unwrap(), json!({ "filter": "unhealthy" }));
    assert_eq!(candidate.why.as_deref(), Some("the health checks of its provider fail"));
    let health = &client.stats()[0]["health_check"];
    assert_eq!(
        (&health["healthy"], &health["checks"], &health["failures"]),
        (&json!(false), &json!(2), &json!(2))
    );
    assert!(health["last_failure"].as_str().unwrap().starts_with("InternalServerError"), "{health}");
    // Two successes, and it is asked again; what they took is no part of the rest.
    pass(20).await;
    assert_eq!(ask(&client).await.unwrap().target.as_deref(), Some("a/m"));
    let stats = client.stats();
    let health = &stats[0]["health_check"];
    assert_eq!(
        (&health["input_tokens"], &health["output_tokens"], &health["cost"]),
        (&json!(6), &json!(4), &json!(10.0))
    );
    let names: Vec<_> = stats.as_array().unwrap().iter().map(|one| one["target"].clone()).collect();
    assert_eq!(names, ["a/m", "b/m"]);
    assert_eq!((&stats[0]["requests"], &stats[0]["cost"]), (&json!(2), &json!(0.0)));
    assert_eq!(stats[1]["health_check"], Value::Null);
    let ping = serde_json::to_value(&transport.requests()[1]).unwrap()["body"].clone();
    assert_eq!(
        ping,
        json!({ "model": "tiny", "messages": [{ "role": "user", "content": "ping" }], "max_completion_tokens": 16 })
    );
}

#[tokio::test(start_paused = true)]
async fn a_check_that_hangs_fails_and_the_last_resort_asks_all_the_same() {
    let (client, _) = checked(&[json!({ "fault": { "kind": "hang" } })]);
    ask(&client).await.unwrap();
    pass(30).await;
    let only_a = json!({ "routing": { "provider": "a" } });
    let route = ask_with(&client, only_a).await.unwrap();
    assert_eq!(route.target.as_deref(), Some("a/m"));
    assert!(route.routing.as_ref().unwrap().last_resort);
    let health = &client.stats()[0]["health_check"];
    assert_eq!(
        (&health["healthy"], &health["last_failure"]),
        (&json!(false), &json!("no answer within 2 s"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_path_is_asked_with_the_providers_key() {
    let scripts = json!([{ "reply": { "content": "x" } }]);
    let check = |path: &str| json!({ "health_check": { "path": path, "unhealthy_after": 1 } });
    let (client, transport) =
        client(scripts, &json!({ "a": check("/health"), "b": check("/models?a=1") }), json!({}));
    ask(&client).await.unwrap();
    pass(30).await;
    let stats = client.stats();
    let health = |at: usize| {
        (stats[at]["health_check"]["healthy"].clone(), stats[at]["health_check"]["checks"].clone())
    };
    assert_eq!((health(0), health(1)), ((json!(false), json!(1)), (json!(true), json!(1))));
    let failure = stats[0]["health_check"]["last_failure"].as_str().unwrap();
    assert_eq!(failure, "NotFoundError: `/health` answered with status 404");
    let sent: Vec<Value> =
        transport.requests().iter().map(|one| serde_json::to_value(one).unwrap()).collect();
    let get = sent.iter().find(|one| one["path"] == "/v1/models").unwrap();
    assert_eq!((&get["method"], &get["headers"]["authorization"]), (&json!("GET"), &json!("***")), "{get}");
}

#[tokio::test(start_paused = true)]
async fn checks_end_with_the_client_and_follow_a_change_of_providers() {
    let (client, transport) = checked(&[]);
    ask(&client).await.unwrap();
    pass(20).await;
    let count = || transport.requests().len();
    assert_eq!(count(), 3);
    client.providers().update("a", serde_json::from_value(json!({ "health_check": null })).unwrap()).unwrap();
    pass(100).await;
    ask(&client).await.unwrap();
    pass(100).await;
    assert_eq!(count(), 4, "no check without a wish for one");
    let check = json!({ "health_check": { "path": "/models", "interval": 10, "timeout": 1 } });
    client.providers().update("b", serde_json::from_value(check).unwrap()).unwrap();
    ask(&client).await.unwrap();
    pass(20).await;
    assert_eq!(count(), 7);
    let other = client.config_with(json!({ "max_retries": 1 })).unwrap();
    drop(client);
    pass(20).await;
    assert_eq!(count(), 9, "they are the same client's");
    drop(other);
    pass(100).await;
    assert_eq!(count(), 9, "it was dropped");

    let (client, transport) = checked(&[]);
    ask(&client).await.unwrap();
    pass(20).await;
    client.close();
    pass(100).await;
    assert_eq!(transport.requests().len(), 3, "it was closed");
}

#[test]
fn checks_go_on_in_another_runtime() {
    let (client, transport) = checked(&[]);
    let mut before = 0;
    for (seconds, least) in [(20, 3), (100, 7)] {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            ask(&client).await.unwrap();
            pass(seconds).await;
        });
        // One of ours, and a check each 10 s but while the first runtime's time was ahead.
        let sent = transport.requests().len();
        assert!(sent >= before + least, "{sent}, {before} before");
        before = sent;
    }
}
