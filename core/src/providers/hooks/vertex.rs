//! Vertex AI: one address for models of several publishers, each on its own wire.
//!
//! Sources: specs/google_vertex.json (the methods' paths), recordings (`vertex.generateContent`,
//! `vertex.anthropic_rawPredict` and their streams), platform.claude.com/docs "Claude on Vertex AI"
//! (the version in the body, no model), hosts as in anthropic 2.12.0 (`lib/vertex/_client.py`) and
//! google-genai 3.4.0 (`_api_client.py`), both PyPI. Models of other publishers on OpenAI's wire
//! (`endpoints/openapi`) are unverified beyond the method's path.

use super::segment;
use crate::dialects::{DialectName, EncodedRequest};

const VERSION: &str = "vertex-2023-10-16";

/// The location is the provider's `region`, else `global`; the host follows from it.
pub(super) fn variable(name: &str, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match name {
        "location" => Some(known("region").unwrap_or_else(|| "global".to_owned())),
        "host" => Some(match known("location")?.as_str() {
            "global" => "aiplatform.googleapis.com".to_owned(),
            multi @ ("us" | "eu") => format!("aiplatform.{multi}.rep.googleapis.com"),
            region => format!("{region}-aiplatform.googleapis.com"),
        }),
        _ => None,
    }
}

/// The publisher of a model, where its name says it, and the rest.
fn publisher(model: &str) -> (Option<&str>, &str) {
    let named = model.strip_prefix("publishers/").and_then(|rest| rest.split_once("/models/"));
    match named.or_else(|| model.split_once('/')) {
        Some(("endpoints" | "tunedModels" | "projects" | "models", _)) | None => (None, model),
        Some((publisher, name)) => (Some(publisher), name),
    }
}

pub(super) fn dialect(model: &str) -> DialectName {
    match publisher(model) {
        (Some("anthropic"), _) => DialectName::Anthropic,
        (None, name) if name.starts_with("claude") => DialectName::Anthropic,
        (None | Some("google"), _) => DialectName::Gemini,
        (Some(_), _) => DialectName::OpenAi,
    }
}

pub(super) fn model(model: &str) -> &str {
    match publisher(model) {
        (Some("anthropic" | "google"), name) => name,
        // There the publisher belongs to the name.
        _ => model,
    }
}

pub(super) fn place(model: &str, dialect: DialectName, stream: bool, encoded: &mut EncodedRequest) {
    match dialect {
        DialectName::Anthropic => {
            let method = if stream { "streamRawPredict" } else { "rawPredict" };
            encoded.path = format!("/publishers/anthropic/models/{}:{method}", segment(model));
            encoded.body.shift_remove("model");
            encoded.body.insert("anthropic_version".to_owned(), VERSION.into());
        }
        DialectName::Gemini if encoded.path.starts_with("/models/") => {
            encoded.path.insert_str(0, "/publishers/google");
        }
        DialectName::OpenAi => encoded.path.insert_str(0, "/endpoints/openapi"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_its_host() {
        for (location, host) in [
            ("global", "aiplatform.googleapis.com"),
            ("eu", "aiplatform.eu.rep.googleapis.com"),
            ("europe-west4", "europe-west4-aiplatform.googleapis.com"),
        ] {
            let known = |name: &str| (name == "location").then(|| location.to_owned());
            assert_eq!(variable("host", &known).as_deref(), Some(host));
        }
        assert_eq!(variable("location", &|_| None).as_deref(), Some("global"));
        assert_eq!(variable("project", &|_| None), None);
    }

    #[test]
    fn a_models_name_says_its_wire() {
        for (name, wire, rest) in [
            ("gemini-2.5-pro", DialectName::Gemini, "gemini-2.5-pro"),
            ("google/gemini-2.5-pro", DialectName::Gemini, "gemini-2.5-pro"),
            ("publishers/google/models/gemini-2.5-pro", DialectName::Gemini, "gemini-2.5-pro"),
            ("endpoints/123", DialectName::Gemini, "endpoints/123"),
            ("claude-sonnet-4-5@20250929", DialectName::Anthropic, "claude-sonnet-4-5@20250929"),
            ("anthropic/claude-opus-4-1", DialectName::Anthropic, "claude-opus-4-1"),
            ("meta/llama-4", DialectName::OpenAi, "meta/llama-4"),
        ] {
            assert_eq!((dialect(name), model(name)), (wire, rest), "{name}");
        }
    }
}
