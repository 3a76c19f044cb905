//! Ollama: one server, two wires.
//!
//! Its own is at `/api`, OpenAI's below `/v1` (docs.ollama.com). The address says which is meant: one
//! that ends in `/v1` is asked on OpenAI's wire, as every client of that wire has it.

use crate::dialects::{DialectName, EncodedRequest};

const OPENAI_PATH: &str = "/v1";

/// The documentation's base URL has the `/api` that stands in each path of the wire.
pub(super) fn base_url(given: &str) -> &str {
    given.strip_suffix("/api").unwrap_or(given)
}

pub(super) fn dialect_at(base_url: &str) -> DialectName {
    if base_url.ends_with(OPENAI_PATH) { DialectName::OpenAi } else { DialectName::Ollama }
}

/// Where OpenAI's wire is asked for by name, it is below `/v1` all the same.
pub(super) fn place(base_url: &str, dialect: DialectName, encoded: &mut EncodedRequest) {
    if dialect == DialectName::OpenAi && !base_url.ends_with(OPENAI_PATH) {
        encoded.path.insert_str(0, OPENAI_PATH);
    }
}

#[cfg(test)]
mod tests {
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
}
