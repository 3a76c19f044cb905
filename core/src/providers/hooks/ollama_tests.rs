use serde_json::{Value, json};

use crate::config::{ClientConfig, build};
use crate::dialects::{DialectName, EncodedRequest};

/// The wire of a provider, and where a request of that wire goes.
fn asked(mut provider: Value, path: &str) -> (DialectName, String) {
    provider["kind"] = json!("ollama");
    let config = ClientConfig::from_value(json!({ "providers": [provider] })).unwrap();
    let provider = std::sync::Arc::clone(&build(config, &|_| None).unwrap().1.providers[0]);
    let dialect = provider.dialect_of("m");
    let mut encoded = EncodedRequest { path: path.to_owned(), ..EncodedRequest::default() };
    provider.hooks.place(&provider.base_url, "m", dialect, false, &mut encoded).unwrap();
    (dialect, format!("{}{}", provider.base_url, encoded.path))
}

#[test]
fn the_address_says_which_wire_is_spoken() {
    let own = |url: Value| asked(json!({ "base_url": url }), "/api/chat");
    let chat = (DialectName::Ollama, "http://localhost:11434/api/chat".to_owned());
    assert_eq!(asked(json!({}), "/api/chat"), chat);
    assert_eq!(own(json!("http://localhost:11434/")), chat);
    assert_eq!(own(json!("http://localhost:11434/api")), chat);
    let openai = |given: Value| asked(given, "/chat/completions");
    let chat = (DialectName::OpenAi, "http://localhost:11434/v1/chat/completions".to_owned());
    assert_eq!(openai(json!({ "base_url": "http://localhost:11434/v1/" })), chat);
    assert_eq!(openai(json!({ "dialect": "openai" })), chat);
    assert_eq!(openai(json!({ "dialect": "openai", "base_url": "http://localhost:11434/v1" })), chat);
}
