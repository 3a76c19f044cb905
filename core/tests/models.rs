//! The list of models, put together from every provider's.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use roocode::testing::{MockOptions, MockTransport};
use roocode::types::models::ModelList;
use roocode::types::operation::Operation;
use roocode::{Client, ClientConfig, Error, ErrorKind, Result};
use serde_json::{Value, json};

fn client(options: Value, providers: Value) -> (Client, Arc<MockTransport>) {
    let options: MockOptions = serde_json::from_value(options).unwrap();
    let transport = Arc::new(MockTransport::new(options).unwrap());
    let config = ClientConfig::from_value(json!({ "providers": providers })).unwrap();
    (Client::with_transport(config, Arc::clone(&transport) as _).unwrap(), transport)
}

fn list(client: &Client, options: Value) -> BoxFuture<'static, Result<ModelList, Error>> {
    let call = client.call_of(Operation::Models, json!({}), options);
    let client = client.clone();
    async move { Ok(client.ask(call?).await?.answer.into_models().unwrap()) }.boxed()
}

fn provider(kind: &str) -> Value {
    json!({ "kind": kind, "api_key": "key-of-it" })
}

#[tokio::test]
async fn lists_are_put_together_under_names_that_can_be_asked_for() {
    let providers = json!([
        { "name": "mine", "kind": "openai", "api_key": "key-of-it" },
        provider("anthropic"),
        provider("gemini"),
        provider("cohere"),
        provider("voyage"),
        { "kind": "groq", "api_key": "key-of-it", "status": "inactive" },
    ]);
    let (client, transport) = client(json!({ "models": ["a", "b"] }), providers);
    let all = list(&client, json!({})).await.unwrap();
    let ids: Vec<&str> = all.data.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(
        ids,
        ["mine/a", "mine/b", "anthropic/a", "anthropic/b", "gemini/a", "gemini/b", "cohere/a", "cohere/b"]
    );
    assert_eq!((all.data[0].provider.as_str(), all.data[0].model.as_str()), ("mine", "a"));
    assert_eq!((all.data[0].owned_by.as_deref(), all.data[0].created), (Some("mock"), None));
    assert_eq!((all.data[2].name.as_deref(), all.data[2].created), (Some("a"), Some(1_735_689_600)));
    let asked: Vec<(&str, u64)> =
        all.providers.iter().map(|one| (one.provider.as_str(), one.models)).collect();
    // Voyage has no such list, and who rests is not asked.
    assert_eq!(asked, [("mine", 2), ("anthropic", 2), ("gemini", 2), ("cohere", 2)]);
    assert!(all.providers.iter().all(|one| one.error.is_none()));
    let route = all.providers[1].route.as_ref().unwrap();
    assert_eq!((route.attempts.len(), route.attempts[0].status), (1, Some(200)));
    let requests = transport.requests();
    let mut paths: Vec<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/v1/models", "/v1/models", "/v1/models", "/v1beta/models"]);
    assert!(
        requests
            .iter()
            .all(|request| request.method == "GET" && !request.headers.contains_key("content-type"))
    );
    // No target was asked.
    assert_eq!(client.stats(), json!([]));
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_is_tried_again_and_then_told_of_beside_the_others() {
    let fault = |path: &str, status: u16, times: u64| json!({ "when": { "path": path }, "fault": { "kind": "status", "status": status }, "times": times });
    let scripts = json!([fault("/v1beta/models", 503, 1), fault("/openai/v1/models", 401, 1)]);
    let providers = json!([provider("groq"), provider("gemini")]);
    let (client, _) = client(json!({ "models": ["a"], "scripts": scripts }), providers);
    let all = list(&client, json!({})).await.unwrap();
    assert_eq!(all.data.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ["gemini/a"]);
    let error = all.providers[0].error.as_ref().unwrap();
    assert_eq!(
        (error.kind, error.status, error.provider.as_deref()),
        (ErrorKind::Authentication, Some(401), Some("groq"))
    );
    assert_eq!(all.providers[0].route.as_ref().unwrap().attempts.len(), 1);
    assert_eq!(all.providers[1].route.as_ref().unwrap().attempts.len(), 2);
}

#[tokio::test]
async fn the_error_of_all_is_that_of_the_first_and_one_by_its_name_is_an_error() {
    let scripts = json!([{ "when": { "path": "/models" }, "fault": { "kind": "status", "status": 403 } }]);
    let providers = json!([provider("groq"), provider("gemini")]);
    let (client, transport) = client(json!({ "scripts": scripts }), providers);
    let error = list(&client, json!({})).await.unwrap_err();
    assert_eq!((error.kind, error.provider.as_deref()), (ErrorKind::PermissionDenied, Some("groq")));
    let error = list(&client, json!({ "provider": "gemini" })).await.unwrap_err();
    assert_eq!(error.provider.as_deref(), Some("gemini"));
    let error = list(&client, json!({ "provider": "nobody" })).await.unwrap_err();
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("provider")));
    assert_eq!(transport.requests().len(), 3);
}

#[tokio::test]
async fn pages_are_followed_to_the_last() {
    let page = |query: &str, body: Value| json!({ "when": { "path": "/models" }, "expect": { "headers": {} }, "reply": { "body": body }, "name": query, "times": 1 });
    let row = |id: &str| json!({ "type": "model", "id": id, "display_name": id, "created_at": "2026-07-24T00:00:00Z" });
    let scripts = json!([
        page("first", json!({ "data": [row("a")], "has_more": true, "first_id": "a", "last_id": "a" })),
        page("second", json!({ "data": [row("b")], "has_more": false, "first_id": "b", "last_id": "b" })),
    ]);
    let (client, transport) = client(json!({ "scripts": scripts }), json!([provider("anthropic")]));
    let all = list(&client, json!({ "provider": "anthropic" })).await.unwrap();
    assert_eq!(all.data.iter().map(|model| model.model.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let queries: Vec<_> = transport.requests().into_iter().map(|request| request.query).collect();
    assert_eq!(queries.len(), 2);
    assert_eq!(
        (queries[0].get("limit").map(String::as_str), queries[0].get("after_id")),
        (Some("1000"), None)
    );
    assert_eq!(queries[1].get("after_id").map(String::as_str), Some("a"));
}

#[tokio::test]
async fn several_keys_of_a_provider_are_one_list_and_facts_are_filled_from_the_catalogue() {
    let providers = json!([{ "kind": "openai", "api_keys": ["one-key-of-it", "other-key-of-it"] }]);
    let (client, transport) = client(json!({ "models": ["gpt-4o"] }), providers);
    let all = list(&client, json!({})).await.unwrap();
    assert_eq!((all.data.len(), transport.requests().len()), (1, 1));
    assert_eq!(all.data[0].context_window, Some(128_000));
    assert!(all.data[0].max_output_tokens.is_some());
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (one, _) = client(json!({}), json!([provider("openai")]));
    let error = one.call_of(Operation::Models, json!({ "model": "m" }), Value::Null).unwrap_err();
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("model")));
    let error = list(&one, json!({ "extra_body": { "a": 1 } })).await.unwrap_err();
    assert_eq!(error.param.as_deref(), Some("extra_body"));
    let (none, _) = client(json!({}), json!([provider("voyage")]));
    assert_eq!(list(&none, json!({})).await.unwrap_err().kind, ErrorKind::NoTargetAvailable);
}
