//! Operations that providers declare as data, over real connections to local servers that are built
//! from the services' published formats; the sources stand in `examples/services`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod examples;
mod routing;
mod safety;
mod server;

use std::path::Path;

use roocode::types::service::ServiceReply;
use roocode::{Client, ClientConfig, Error, Result};
use serde_json::{Value, json};

/// The provider of an example, at `url`, with `key`.
pub fn example(name: &str, url: &str, key: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let path = root.join(format!("examples/services/{name}.json"));
    let mut example: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut provider = example["provider"].take();
    provider["base_url"] = json!(provider["base_url"].as_str().map(|base| {
        let (_, rest) = base.split_once("://").unwrap();
        format!("{url}{}", rest.find('/').map_or("", |at| &rest[at..]))
    }));
    provider["api_key"] = json!(key);
    provider
}

/// A client with short waits between retries.
pub fn client(mut config: Value) -> Client {
    let retry = json!({ "first_wait": 0.01, "longest_wait": 0.02 });
    config["resilience"] = json!({ "retry": retry, "hedge": { "enabled": true } });
    Client::new(ClientConfig::from_value(config).unwrap()).unwrap()
}

pub async fn call_with(
    client: &Client,
    operation: &str,
    input: Value,
    options: Value,
) -> Result<ServiceReply> {
    let call = client.call_service(operation, input, options)?;
    Ok(client.ask(call).await?.answer.into_service().unwrap())
}

pub async fn call(client: &Client, operation: &str, input: Value) -> Result<ServiceReply> {
    call_with(client, operation, input, Value::Null).await
}

pub fn sms() -> Value {
    json!({ "to": "+31612345678", "from": "+15017122661", "text": "Grüße & more" })
}

/// Targets and outcomes of the attempts of a failed request, in words.
pub fn attempts(error: &Error) -> Vec<(String, Option<u16>, Option<String>)> {
    let route = error.route.as_ref().unwrap();
    let of = |attempt: &roocode::types::trace::Attempt| {
        (attempt.target.clone(), attempt.status, attempt.not_repeated.clone())
    };
    route.attempts.iter().map(of).collect()
}
