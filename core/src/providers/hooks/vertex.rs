//! Vertex AI: one address for models of several publishers, each on its own wire.
//!
//! Sources: specs/google_vertex.json (the methods' paths), recordings (`vertex.generateContent`,
//! `vertex.anthropic_rawPredict` and their streams), platform.claude.com/docs "Claude on Vertex AI"
//! (the version in the body, no model), hosts as in anthropic 2.12.0 (`lib/vertex/_client.py`) and
//! google-genai 3.4.0 (`_api_client.py`), both PyPI. Models of other publishers on OpenAI's wire
//! (`endpoints/openapi`) are unverified beyond the method's path; that Mistral's are asked by
//! `rawPredict` is of langchain-google-vertexai (`model_garden_maas/_base.py`) and unverified too.

use serde_json::Value;

use crate::dialects::path::segment;
use crate::dialects::{DialectName, EncodedRequest, gemini};
use crate::error::Result;

const VERSION: &str = "vertex-2023-10-16";

/// What is counted: specs/google_vertex.json GoogleCloudAiplatformV1CountTokensRequest. The model stands
/// in the address.
const COUNTED: [&str; 4] = ["contents", "generationConfig", "systemInstruction", "tools"];

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

pub(super) fn place(
    model: &str,
    dialect: DialectName,
    stream: bool,
    encoded: &mut EncodedRequest,
) -> Result<()> {
    let method = if stream { "streamRawPredict" } else { "rawPredict" };
    match dialect {
        // A model of its own there, which is told the model to count for (the SDK's test
        // "rewrites count_tokens requests to the count-tokens endpoint", anthropic-sdk-typescript
        // packages/vertex-sdk; docs.cloud.google.com "Count tokens for Claude models").
        DialectName::Anthropic if encoded.path.ends_with("/count_tokens") => {
            encoded.path = "/publishers/anthropic/models/count-tokens:rawPredict".to_owned();
            encoded.body.insert("anthropic_version".to_owned(), VERSION.into());
        }
        DialectName::Anthropic => {
            encoded.path = format!("/publishers/anthropic/models/{}:{method}", segment(model, model)?);
            encoded.body.shift_remove("model");
            encoded.body.insert("anthropic_version".to_owned(), VERSION.into());
        }
        DialectName::Gemini => {
            if let Some(Value::Object(counted)) = encoded.body.shift_remove(gemini::COUNTED) {
                encoded.body = counted;
                encoded.body.retain(|name, _| COUNTED.contains(&name.as_str()));
            }
            if encoded.path.starts_with("/models/") {
                encoded.path.insert_str(0, "/publishers/google");
            }
        }
        DialectName::OpenAi => match publisher(model) {
            (Some("mistralai"), name) => {
                encoded.path = format!("/publishers/mistralai/models/{}:{method}", segment(name, model)?);
                // The version stands in the path alone.
                let name = name.split('@').next().unwrap_or(name);
                encoded.body.insert("model".to_owned(), name.into());
            }
            _ => encoded.path.insert_str(0, "/endpoints/openapi"),
        },
        // Vertex AI does not speak the others.
        DialectName::Cohere | DialectName::Bedrock | DialectName::Ollama => {}
    }
    Ok(())
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

    #[test]
    fn a_model_on_the_common_wire_is_asked_where_its_publisher_has_it() {
        for (name, path, in_body) in [
            ("meta/llama-4", "/endpoints/openapi/chat/completions", "as it was"),
            (
                "mistralai/mistral-medium-3@001",
                "/publishers/mistralai/models/mistral-medium-3@001:streamRawPredict",
                "mistral-medium-3",
            ),
        ] {
            let mut encoded =
                EncodedRequest { path: "/chat/completions".to_owned(), ..EncodedRequest::default() };
            encoded.body.insert("model".to_owned(), "as it was".into());
            place(name, DialectName::OpenAi, true, &mut encoded).unwrap();
            assert_eq!((encoded.path.as_str(), encoded.body["model"].as_str()), (path, Some(in_body)));
        }
        let refused = place("..", DialectName::Anthropic, false, &mut EncodedRequest::default());
        assert_eq!(refused.unwrap_err().param.as_deref(), Some("model"));
    }
}
