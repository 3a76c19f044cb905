//! Credentials that are fetched, through a client over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use roocode::testing::{MockTransport, Script};
use roocode::{Call, Client, ClientConfig, ErrorKind};
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

const SECRET: &str = "a-very-secret-text";

/// A client of `a`, which needs a token, and of `b`, which has a key.
fn client(scripts: Value, more: Value) -> (Client, Arc<MockTransport>) {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let mut oauth2 =
        json!({ "token_url": "http://login.test/token", "client_id": "me", "client_secret": SECRET });
    oauth2.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let config = json!({ "providers": [
        { "name": "a", "kind": "custom", "base_url": "http://a.test/v1", "auth": { "oauth2": oauth2 }, "models": ["m"] },
        { "name": "b", "kind": "openai", "base_url": "http://b.test/v1", "api_key": "key", "models": ["m"] },
    ] });
    let config = ClientConfig::from_value(config).unwrap();
    (Client::with_transport(config, Arc::clone(&transport) as _).unwrap(), transport)
}

fn ask(client: &Client, model: &str) -> Call {
    let body = json!({ "model": model, "messages": [{ "role": "user", "content": "hi" }] });
    client.call(body, Value::Null).unwrap()
}

fn token(token: &str, seconds: u64) -> Value {
    json!({ "when": { "path": "/token" }, "times": 1,
            "reply": { "body": { "access_token": token, "token_type": "Bearer", "expires_in": seconds } } })
}

/// An answer of the service to whoever brings this token.
fn answer(token: &str) -> Value {
    json!({ "when": { "path": "/chat" }, "expect": { "headers": { "authorization": format!("Bearer {token}") } },
            "reply": { "content": "here" }, "times": 1 })
}

fn refusal(token: &str) -> Value {
    let mut refusal = answer(token);
    refusal["fault"] = json!({ "kind": "status", "status": 401 });
    refusal
}

fn asked_for_tokens(transport: &MockTransport) -> Vec<String> {
    let asked = transport.requests().into_iter().filter(|request| request.path == "/token");
    asked.map(|request| request.body.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_fetched_once_for_all_who_wait_and_kept() {
    let mut slow = token("one", 3600);
    slow["latency_ms"] = json!(500);
    let mut good = answer("one");
    good["times"] = json!(21);
    let (client, transport) = client(json!([slow, good]), json!({ "scope": ["x", "y"], "audience": "them" }));
    for reply in join_all((0..20).map(|_| client.chat(ask(&client, "a/m")))).await {
        reply.unwrap();
    }
    let mut stream = client.chat_stream(ask(&client, "a/m")).await.unwrap();
    while let Some(batch) = stream.next_batch().await {
        batch.unwrap();
    }
    let form =
        "grant_type=client_credentials&client_id=me&client_secret=a-very-secret-text&scope=x+y&audience=them";
    assert_eq!(asked_for_tokens(&transport), [form]);
    transport.assert_satisfied().unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_leaves_does_not_stop_the_fetch_for_others_and_nobody_else_waits() {
    let mut slow = token("one", 3600);
    slow["latency_ms"] = json!(5_000);
    let scripts = json!([slow, answer("key"), answer("one")]);
    let (client, transport) = client(scripts, json!({}));
    let first = tokio::spawn(client.chat(ask(&client, "a/m")));
    tokio::task::yield_now().await;
    let second = tokio::spawn(client.chat(ask(&client, "a/m")));
    tokio::time::sleep(Duration::from_secs(1)).await;
    first.abort();
    let began = Instant::now();
    client.chat(ask(&client, "b/m")).await.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO, "another provider waited");
    second.await.unwrap().unwrap();
    assert_eq!(asked_for_tokens(&transport).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_fetched_ahead_of_its_end_while_it_is_used() {
    let mut slow = token("two", 3600);
    slow["latency_ms"] = json!(2_000);
    let scripts = json!([token("one", 3600), slow, answer("one"), answer("one"), answer("two")]);
    let (client, transport) = client(scripts, json!({}));
    client.chat(ask(&client, "a/m")).await.unwrap();
    advance(Duration::from_secs(3400)).await;
    let began = Instant::now();
    client.chat(ask(&client, "a/m")).await.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO, "it waited");
    tokio::time::sleep(Duration::from_secs(3)).await;
    client.chat(ask(&client, "a/m")).await.unwrap();
    assert_eq!(asked_for_tokens(&transport).len(), 2);
    transport.assert_satisfied().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_fetch_ahead_that_fails_is_tried_again_later_and_hurts_nobody() {
    let down =
        json!({ "when": { "path": "/token" }, "fault": { "kind": "status", "status": 400 }, "times": 1 });
    let mut good = answer("one");
    good["times"] = json!(4);
    let scripts = json!([token("one", 3600), down, token("two", 3600), good, answer("two")]);
    let (client, transport) = client(scripts, json!({}));
    client.chat(ask(&client, "a/m")).await.unwrap();
    advance(Duration::from_secs(3400)).await;
    for _ in 0..3 {
        client.chat(ask(&client, "a/m")).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    assert_eq!(asked_for_tokens(&transport).len(), 3, "after five seconds it is tried again");
    client.chat(ask(&client, "a/m")).await.unwrap_or_else(|error| panic!("{error:?}"));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ended_is_waited_for() {
    let (client, transport) =
        client(json!([token("one", 60), token("two", 60), answer("one"), answer("two")]), json!({}));
    client.chat(ask(&client, "a/m")).await.unwrap();
    advance(Duration::from_secs(55)).await;
    client.chat(ask(&client, "a/m")).await.unwrap();
    assert_eq!(asked_for_tokens(&transport).len(), 2);
    transport.assert_satisfied().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_fetched_again_once() {
    let scripts = json!([token("one", 3600), token("two", 3600), refusal("one"), answer("two")]);
    let (client, transport) = client(scripts, json!({}));
    let reply = client.chat(ask(&client, "a/m")).await.unwrap();
    assert_eq!(reply.completion.route.unwrap().attempts.len(), 1);
    assert_eq!(asked_for_tokens(&transport).len(), 2);
    transport.assert_satisfied().unwrap();
}

#[tokio::test(start_paused = true)]
async fn where_the_new_token_is_refused_too_the_next_target_is_asked() {
    let scripts = json!([
        token("one", 3600),
        token("two", 3600),
        token("three", 3600),
        refusal("one"),
        refusal("two"),
        answer("key")
    ]);
    let (client, transport) = client(scripts, json!({}));
    let reply = client.chat(ask(&client, "m")).await.unwrap();
    let route = reply.completion.route.unwrap();
    assert_eq!(route.target.as_deref(), Some("b/m"));
    assert_eq!(
        route.attempts.iter().map(|attempt| attempt.status).collect::<Vec<_>>(),
        [Some(401), Some(200)]
    );
    assert_eq!(asked_for_tokens(&transport).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_fails_says_what_the_endpoint_said_and_never_the_secret() {
    let said = json!({ "error": "invalid_client", "error_description": format!("no client with {SECRET}") });
    let scripts = json!([
        { "when": { "path": "/token" }, "fault": { "kind": "status", "status": 401, "body": said } },
        answer("key"),
    ]);
    let (client, _) = client(scripts, json!({}));
    let error = client.chat(ask(&client, "a/m")).await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Authentication, Some("invalid_client")));
    assert!(
        error.message.contains("http://login.test/token") && error.message.contains("no client with ***")
    );
    let shown = format!("{error} {error:?} {}", serde_json::to_string(error.details()).unwrap());
    assert!(!shown.contains(SECRET), "{shown}");
    // It counts like another failure to authenticate: the next target is asked.
    let reply = client.chat(ask(&client, "m")).await.unwrap();
    assert_eq!(reply.completion.route.unwrap().target.as_deref(), Some("b/m"));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_echoed_is_not_shown() {
    let mut echo = answer("a-token-not-to-show");
    echo["fault"] = json!({ "kind": "status", "status": 400, "message": "what is a-token-not-to-show?" });
    let (client, _) = client(json!([token("a-token-not-to-show", 3600), echo]), json!({}));
    let error = client.chat(ask(&client, "a/m")).await.unwrap_err();
    assert!(error.message.contains("what is ***?"), "{error}");
    assert!(!serde_json::to_string(error.details()).unwrap().contains("not-to-show"));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_replaced_meanwhile_is_not_shown_either() {
    let mut late = answer("the-first-token");
    late["fault"] = json!({ "kind": "status", "status": 400, "message": "what is the-first-token?" });
    late["latency_ms"] = json!(52_000);
    let first = token("the-first-token", 60);
    let scripts = json!([first, token("the-second-token", 60), late, answer("the-first-token")]);
    let (client, transport) = client(scripts, json!({}));
    let late = tokio::spawn(client.chat(ask(&client, "a/m")));
    // The first is still good, and the second is fetched beside.
    tokio::time::sleep(Duration::from_secs(50)).await;
    client.chat(ask(&client, "a/m")).await.unwrap();
    let error = late.await.unwrap().unwrap_err();
    assert!(error.message.contains("what is ***?"), "{error}");
    assert_eq!(asked_for_tokens(&transport).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_view_of_a_client_shows_a_secret_or_a_token() {
    let scripts = json!([token("a-token-not-to-show", 3600), answer("a-token-not-to-show"), answer("key")]);
    let (client, _) = client(scripts, json!({ "refresh_token": "a-refresh-not-to-show" }));
    let reply = client.chat(ask(&client, "a/m")).await.unwrap();
    let call = ask(&client, "m");
    let views = [
        serde_json::to_string(&reply.completion).unwrap(),
        serde_json::to_string(&client.providers().list()).unwrap(),
        serde_json::to_string(&client.explain(&call).unwrap()).unwrap(),
        serde_json::to_string(&client.stats()).unwrap(),
        format!("{:?} {call:?}", client.providers().list()),
    ];
    for view in views {
        assert!(!view.contains(SECRET) && !view.contains("not-to-show"), "{view}");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_that_pass_are_tried_again_and_a_limit_ends_the_wait() {
    let down =
        json!({ "when": { "path": "/token" }, "fault": { "kind": "status", "status": 503 }, "times": 2 });
    let (client, transport) = self::client(json!([down, token("one", 3600), answer("one")]), json!({}));
    client.chat(ask(&client, "a/m")).await.unwrap();
    assert_eq!(asked_for_tokens(&transport).len(), 3);

    let hangs = json!({ "when": { "path": "/token" }, "fault": { "kind": "hang" } });
    let (client, _) = self::client(json!([hangs]), json!({}));
    let mut call = ask(&client, "a/m");
    call.options.timeout = Some(serde_json::from_value(json!({ "total": 2.0 })).unwrap());
    let began = Instant::now();
    let error = client.chat(call).await.unwrap_err();
    assert_eq!((error.kind, began.elapsed().as_secs()), (ErrorKind::ApiTimeout, 2), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_refresh_token_takes_the_place_of_the_old() {
    let mut first = token("one", 60);
    first["reply"]["body"]["refresh_token"] = json!("second-refresh");
    let (client, transport) = client(
        json!([first, token("two", 60), answer("one"), answer("two")]),
        json!({ "refresh_token": "first-refresh", "client_auth": "basic" }),
    );
    client.chat(ask(&client, "a/m")).await.unwrap();
    advance(Duration::from_secs(60)).await;
    client.chat(ask(&client, "a/m")).await.unwrap();
    assert_eq!(
        asked_for_tokens(&transport),
        ["first", "second"].map(|name| format!("grant_type=refresh_token&refresh_token={name}-refresh"))
    );
    // base64 of `me:a-very-secret-text`; the mock keeps no credential that it was shown.
    assert_eq!(transport.requests()[0].headers["authorization"], "***");
}

#[tokio::test(start_paused = true)]
async fn a_field_of_the_form_may_be_replaced() {
    let extra = json!({ "grant_type": "password", "username": "u", "password": "a-long-password" });
    let (client, transport) = client(json!([token("one", 60), answer("one")]), json!({ "extra": extra }));
    client.chat(ask(&client, "a/m")).await.unwrap();
    let form = "client_id=me&client_secret=a-very-secret-text&grant_type=password\
                &password=a-long-password&username=u";
    assert_eq!(asked_for_tokens(&transport), [form]);
}

#[tokio::test(start_paused = true)]
async fn an_api_key_is_exchanged_for_tokens_where_the_service_wants_one() {
    let scripts = json!([
        { "when": { "path": "/identity/token" }, "times": 1,
          "reply": { "body": { "access_token": "one", "token_type": "Bearer", "expires_in": 3600 } } },
        { "reply": { "content": "here" }, "expect": { "headers": { "authorization": "Bearer one" } } },
    ]);
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let provider =
        json!({ "kind": "watsonx", "api_key": SECRET, "region": "eu-de", "variables": { "project": "p" } });
    let config = ClientConfig::from_value(json!({ "providers": [provider] })).unwrap();
    let client = Client::with_transport(config, Arc::clone(&transport) as _).unwrap();
    let reply = client.chat(ask(&client, "watsonx/ibm/granite-4-h-small")).await.unwrap();
    assert_eq!(reply.completion.choices[0].message.content.as_deref(), Some("here"));
    let mut stream = client.chat_stream(ask(&client, "watsonx/ibm/granite-4-h-small")).await.unwrap();
    let mut said = String::new();
    while let Some(batch) = stream.next_batch().await {
        for chunk in batch.unwrap() {
            said.extend(chunk.choices.iter().filter_map(|choice| choice.delta.content.clone()));
        }
    }
    assert_eq!(said, "here");
    let [token, plain, streamed] = transport.requests().try_into().unwrap();
    assert_eq!(token.path, "/identity/token");
    let grant = "urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey";
    assert_eq!(token.body, format!("apikey={SECRET}&grant_type={grant}"));
    assert_eq!(
        (plain.path.as_str(), streamed.path.as_str()),
        ("/ml/v1/text/chat", "/ml/v1/text/chat_stream")
    );
    assert_eq!(plain.query["version"], "2024-05-31");
    let messages = json!([{ "role": "user", "content": "hi" }]);
    let wanted = json!({ "messages": messages, "model_id": "ibm/granite-4-h-small", "project_id": "p" });
    assert_eq!((&plain.body, &streamed.body), (&wanted, &wanted));

    let keyless = ClientConfig::from_value(json!({ "providers": [{ "kind": "watsonx" }] })).unwrap();
    let client = Client::with_transport(keyless, transport).unwrap();
    let error = client.chat(ask(&client, "watsonx/m")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Authentication);
    assert!(error.message.contains("WATSONX_APIKEY"), "{}", error.message);
}

#[test]
fn what_cannot_work_is_refused_by_its_place() {
    let refused = |oauth2: Value| {
        let provider =
            json!({ "kind": "custom", "base_url": "http://a.test/v1", "auth": { "oauth2": oauth2 } });
        let config = ClientConfig::from_value(json!({ "providers": [provider] }));
        let error = config.and_then(Client::new).unwrap_err();
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
        error.param.clone().unwrap()
    };
    let url = "https://login.test/token";
    assert_eq!(
        refused(json!({ "token_url": "login", "client_id": "me", "client_secret": SECRET })),
        "providers[0].auth.oauth2.token_url"
    );
    assert_eq!(
        refused(json!({ "token_url": url, "client_id": "me" })),
        "providers[0].auth.oauth2.client_secret"
    );
    assert_eq!(
        refused(json!({ "token_url": url, "client_secret": SECRET })),
        "providers[0].auth.oauth2.client_id"
    );
    for credentials in ["http://me:pw@login.test/", "file:///token"] {
        let oauth2 = json!({ "token_url": credentials, "client_id": "me", "client_secret": SECRET });
        assert_eq!(refused(oauth2), "providers[0].auth.oauth2.token_url");
    }
    let unknown = refused(json!({ "token_url": url, "client_id": "me", "secret": SECRET }));
    assert!(unknown.starts_with("providers[0].auth"), "{unknown}");
}
