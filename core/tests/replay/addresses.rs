//! Where the kinds with code of their own send a request: path and query as in the recorded traffic.

use std::sync::Arc;

use roocode::testing::{MockTransport, RecordedRequest};
use roocode::{Client, ClientConfig};
use serde_json::{Value, json};

use crate::cases::{self, Exchange};

/// Exchanges that are no model of ours, and why.
const OTHERS: [(&str, &str); 2] = [
    (
        "azure/crewai-openai-test-openai-is-default-provider-without-explicit-llm-set-on-agent",
        "no Azure address: the recorded client was given a wrong one",
    ),
    ("vertex/opentelemetry-python-contrib", "its client asks for another form of enums (`$alt`)"),
];

/// What a client of `provider` sends for a request to `model`.
fn sent(provider: Value, model: &str, stream: bool) -> RecordedRequest {
    let transport = Arc::new(MockTransport::new(Vec::new()).unwrap());
    let config = ClientConfig::from_value(json!({ "providers": [provider], "max_retries": 0 })).unwrap();
    let client = Client::with_transport(config, Arc::clone(&transport) as _).unwrap();
    let body = json!({ "model": model, "max_tokens": 9, "messages": [{ "role": "user", "content": "q" }] });
    let call = client.call(body, json!({ "provider": "p" })).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The mock knows none of these paths; what it was asked is what counts.
    runtime.block_on(async {
        if stream {
            let _ = client.chat_stream(call).await;
        } else {
            let _ = client.chat(call).await;
        }
    });
    transport.requests().remove(0)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split(after).next()
}

fn azure(exchange: &Exchange) -> (Value, String, bool) {
    let version = exchange.query.strip_prefix("api-version=");
    let deployment = between(&exchange.path, "/deployments/", "/");
    let model = deployment.map_or_else(|| exchange.model(), str::to_owned);
    let mut provider = json!({ "name": "p", "kind": "azure", "base_url": "http://r.test", "api_key": "k" });
    if let Some(version) = version {
        provider["variables"] = json!({ "api_version": version });
    }
    (provider, model, exchange.request["stream"] == true)
}

fn vertex(exchange: &Exchange) -> (Value, String, bool) {
    let version = exchange.path.split('/').nth(1).unwrap();
    let provider = json!({
        "name": "p", "kind": "vertex", "api_key": "k",
        "base_url": format!("http://v.test/{version}/projects/{{project}}/locations/{{location}}"),
        "variables": { "project": between(&exchange.path, "projects/", "/").unwrap(),
                       "location": between(&exchange.path, "locations/", "/").unwrap() },
    });
    let method = exchange.path.rsplit(':').next().unwrap();
    (provider, between(&exchange.path, "/models/", ":").unwrap().to_owned(), method.starts_with("stream"))
}

#[test]
fn requests_go_where_the_recorded_ones_went() {
    let (mut compared, mut findings) = (0, Vec::new());
    for (case, exchange, _) in cases::replayed() {
        if OTHERS.iter().any(|(name, _)| exchange.name.starts_with(name)) {
            continue;
        }
        let (provider, model, stream) = match case.provider.as_str() {
            "azure" => azure(exchange),
            "vertex" => vertex(exchange),
            _ => continue,
        };
        let sent = sent(provider, &model, stream);
        compared += 1;
        let query =
            sent.query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        if (&sent.path, &query) != (&exchange.path, &exchange.query) {
            findings.push(format!(
                "{}: {}?{query}, recorded {}?{}",
                exchange.name, sent.path, exchange.path, exchange.query
            ));
        }
        for field in ["anthropic_version", "model"] {
            let kept = case.provider == "vertex" || field != "model";
            if kept && sent.body.get(field) != exchange.request.get(field) {
                findings.push(format!("{}: `{field}` is {:?}", exchange.name, sent.body.get(field)));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    println!("addresses compared: {compared}");
    assert!(cases::all().is_none() || compared >= 40, "only {compared}");
}

#[test]
fn the_wire_that_is_asked_for_says_where_azure_is() {
    let path = |dialect: &str, base_url: &str| {
        let variables = json!({ "api_version": "2024-10-21" });
        let provider = json!({ "name": "p", "kind": "azure", "dialect": dialect, "base_url": base_url,
                               "api_key": "k", "variables": variables });
        sent(provider, "my-model", false).path
    };
    // The kind's own: as without a word of it.
    assert_eq!(path("openai", "http://r.test"), "/openai/deployments/my-model/chat/completions");
    assert_eq!(path("anthropic", "http://r.test/anthropic/v1"), "/anthropic/v1/messages");
}
