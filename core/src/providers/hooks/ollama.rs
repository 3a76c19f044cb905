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
#[path = "ollama_tests.rs"]
mod tests;
