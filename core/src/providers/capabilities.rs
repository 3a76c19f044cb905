//! What a kind can do, and what stands behind each mark: one table of operations and features.
//!
//! What its wire can say is found by saying it: each feature of [`PROBES`] is put into a request and
//! encoded with the kind's own quirks, so that the table cannot differ from the code. What is known
//! to work is data (`core/data/evidence`), written by the tests that saw it. Nothing here decides
//! where a request goes: what a *model* can is the catalogue's to say.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::table;
use crate::dialects::{DialectName, EncodeContext, Quirks, Unsupported, dialect};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::ChatRequest;
use crate::types::operation::Operation;

/// What stands behind a mark, beside documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Recorded traffic of the service itself, in which it succeeded, is replayed in the tests.
    Recording,
    /// Such requests are validated against the service's published schema.
    Schema,
    /// The tests ask the service's own server.
    Live,
}

/// Kind to operation to the features that were seen in it.
pub type Seen = BTreeMap<String, BTreeMap<Operation, Vec<String>>>;

/// What one kind can do: its operations, in order.
pub type Capabilities = BTreeMap<Operation, Marks>;

/// An operation of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// What stands behind it; empty: documentation alone.
    pub evidence: Vec<Evidence>,
    /// The features that requests can ask for, each with what stands behind it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<String, Vec<Evidence>>,
}

/// Features of a chat and the fields that ask for them. What needs none (a cache that works by itself, sources
/// that are cited) is not here: it is listed where it was seen.
const PROBES: [(&str, &str); 12] = [
    ("streaming", r#"{"stream": true}"#),
    ("tools", r#"{"tools": [TOOL]}"#),
    ("parallel_tools", r#"{"tools": [TOOL], "parallel_tool_calls": true}"#),
    (
        "vision",
        r#"{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]}]}"#,
    ),
    (
        "document",
        r#"{"messages": [{"role": "user", "content": [{"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}]}]}"#,
    ),
    (
        "audio_input",
        r#"{"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}]}]}"#,
    ),
    (
        "json_schema",
        r#"{"response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": true, "schema": {"type": "object", "properties": {}, "additionalProperties": false}}}}"#,
    ),
    ("json_mode", r#"{"response_format": {"type": "json_object"}}"#),
    ("reasoning", r#"{"reasoning_effort": "low"}"#),
    ("logprobs", r#"{"logprobs": true}"#),
    ("n", r#"{"n": 2}"#),
    ("seed", r#"{"seed": 1}"#),
];

const TOOL: &str = r#"{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}"#;

/// A chat that asks for each feature of the table, by the feature's name. Read once per process.
///
/// Errors: `Internal`, where a probe is no request; a test reads them all.
pub fn probes() -> Result<&'static [(&'static str, ChatRequest)]> {
    static PROBES_READ: OnceLock<Result<Vec<(&str, ChatRequest)>>> = OnceLock::new();
    let read = PROBES_READ.get_or_init(read_probes);
    read.as_deref().map_err(Clone::clone)
}

fn read_probes() -> Result<Vec<(&'static str, ChatRequest)>> {
    let internal = |message: String| Error::new(ErrorKind::Internal, message);
    let one = |(feature, fields): &(&'static str, &str)| {
        let mut request =
            json!({ "model": "m", "max_tokens": 4096, "messages": [{ "role": "user", "content": "q" }] });
        let fields = serde_json::from_str(&fields.replace("TOOL", TOOL));
        match (&mut request, fields.map_err(|error| internal(format!("the probe of {feature}: {error}")))?) {
            (Value::Object(request), Value::Object(fields)) => request.extend(fields),
            _ => return Err(internal(format!("the probe of {feature} is no object"))),
        }
        Ok((*feature, ChatRequest::from_value(request)?))
    };
    PROBES.iter().map(one).collect()
}

/// A name that stands for a wire's models of today, where the wire tells them apart by name.
#[must_use]
pub const fn usual_model(wire: DialectName) -> &'static str {
    match wire {
        DialectName::Anthropic => "claude-sonnet-4-5",
        DialectName::Bedrock => "anthropic.claude-sonnet-4-5-20250929-v1:0",
        DialectName::Gemini => "gemini-2.5-pro",
        DialectName::OpenAi | DialectName::Cohere | DialectName::Ollama => "model",
    }
}

/// What a kind of this name, wire and quirks can do.
///
/// Errors: `Internal`, where the data of evidence cannot be read; a test reads it.
pub fn capabilities(kind: &str, wire: DialectName, quirks: &Quirks) -> Result<Capabilities> {
    let mut found = Capabilities::new();
    let serves = |operation: &Operation| quirks.serves(dialect(wire).operations(), *operation);
    found.extend(Operation::ALL.into_iter().filter(serves).map(|operation| (operation, Marks::default())));
    if let Some(chat) = found.get_mut(&Operation::Chat) {
        let model = usual_model(wire);
        for (feature, request) in probes()? {
            let stream = request.stream == Some(true);
            let context = EncodeContext { model, stream, unsupported: Unsupported::Error, quirks };
            if dialect(wire).encode_chat(request, &context).is_ok() {
                chat.features.insert((*feature).to_owned(), Vec::new());
            }
        }
    }
    for (evidence, seen) in evidence()? {
        for (operation, features) in seen.get(kind).into_iter().flatten() {
            let marks = found.entry(*operation).or_default();
            marks.evidence.push(*evidence);
            for feature in features {
                marks.features.entry(feature.clone()).or_default().push(*evidence);
            }
        }
    }
    Ok(found)
}

/// The evidence, by its sort. Read once per process.
pub fn evidence() -> Result<&'static [(Evidence, Seen)]> {
    static SEEN: OnceLock<std::result::Result<Vec<(Evidence, Seen)>, String>> = OnceLock::new();
    SEEN.get_or_init(|| {
        [
            (Evidence::Recording, include_str!(concat!(env!("OUT_DIR"), "/recording.json"))),
            (Evidence::Schema, include_str!(concat!(env!("OUT_DIR"), "/schema.json"))),
            (Evidence::Live, include_str!(concat!(env!("OUT_DIR"), "/live.json"))),
        ]
        .into_iter()
        .map(|(evidence, text)| Ok((evidence, table(text)?)))
        .collect()
    })
    .as_deref()
    .map_err(|message| Error::new(ErrorKind::Internal, format!("the data of evidence: {message}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Kinds;

    fn of(kind: &str) -> Capabilities {
        let kinds = Kinds::built_in().unwrap();
        let row = kinds.get(kind).unwrap();
        capabilities(kind, row.dialect, &row.quirks).unwrap()
    }

    #[test]
    fn a_mark_is_what_the_wire_can_say_and_what_was_seen() {
        let openai = of("openai");
        let chat = &openai[&Operation::Chat];
        assert!(chat.evidence.contains(&Evidence::Recording) && chat.evidence.contains(&Evidence::Schema));
        assert!(chat.features["tools"].contains(&Evidence::Recording));
        assert!(!openai.contains_key(&Operation::Rerank));
        // Anthropic's wire has no second answer and no seed.
        let claude = &of("anthropic")[&Operation::Chat];
        assert!(!claude.features.contains_key("n") && !claude.features.contains_key("seed"));
        // From documentation alone.
        let unverified = &of("abacus")[&Operation::Chat];
        assert!(unverified.evidence.is_empty());
        assert_eq!(unverified.features["tools"], []);
    }

    #[test]
    fn the_evidence_is_of_kinds_and_operations_that_there_are() {
        let kinds = Kinds::built_in().unwrap();
        for (evidence, seen) in evidence().unwrap() {
            assert!(!seen.is_empty(), "{evidence:?}");
            for (kind, operations) in seen {
                let row = kinds.get(kind).unwrap_or_else(|| panic!("{evidence:?}: no kind {kind}"));
                for operation in operations.keys() {
                    let usual = dialect(row.dialect).operations();
                    assert!(row.quirks.serves(usual, *operation), "{evidence:?}: {kind} {operation:?}");
                }
            }
        }
    }
}
