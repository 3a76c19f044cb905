//! A client over scripted answers, for tests of whole operations.

use std::sync::Arc;

use roocode::testing::{MockTransport, Script};
use roocode::{Client, ClientConfig};
use serde_json::{Value, json};

/// A client of `config`, and the transport that answers it by `scripts`.
pub fn client(scripts: Value, config: Value) -> (Client, Arc<MockTransport>) {
    let scripts: Vec<Script> = serde_json::from_value(scripts).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let config = ClientConfig::from_value(config).unwrap();
    (Client::with_transport(config, Arc::clone(&transport) as _).unwrap(), transport)
}

/// A provider of `kind` that needs nothing but a key.
#[allow(dead_code, reason = "not every test that has a client has a use for it")]
pub fn provider(kind: &str) -> Value {
    json!({ "kind": kind, "api_key": "key-of-it" })
}
