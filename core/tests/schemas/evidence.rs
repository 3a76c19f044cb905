//! What the services' own schemas take of us, kind by kind: `core/data/evidence/schema.toml`.
//!
//! Each feature of the table of capabilities is asked for on the kind's wire, and counts where the schema
//! has no objection and knows every key. Schemas that a service does not publish itself are no evidence.
//! After a change of the schemas or the kinds: `UPDATE_SNAPSHOTS=1 cargo test -p roocode-core --test schemas`.

#[path = "../support/evidence.rs"]
mod evidence_file;

use std::collections::BTreeMap;

use roocode::dialects::{EncodeContext, Unsupported, dialect};
use roocode::providers::Kinds;
use roocode::providers::capabilities::{probes, usual_model};
use serde_json::Value;

use crate::differences::DIFFERENCES;
use crate::operations::SERVICES;
use crate::referee::{Objection, Referee};
use crate::wires::{
    ANTHROPIC, AZURE, BEDROCK, COHERE, GEMINI_API, MISTRAL, OLLAMA, OPENAI, OPENROUTER, VERTEX, Wire,
};

/// TGI's, which its providers and endpoints speak.
const HUGGING_FACE: Wire = Wire {
    name: "huggingface",
    kind: "huggingface",
    file: "huggingface.json",
    schema: "#/tasks/chat-completion/input",
    ..OPENAI
};

/// Kinds whose own schema of chats there is.
const CHATS: [(&str, &Wire); 11] = [
    ("anthropic", &ANTHROPIC),
    ("azure", &AZURE),
    ("bedrock", &BEDROCK),
    ("cohere", &COHERE),
    ("gemini", &GEMINI_API),
    ("huggingface", &HUGGING_FACE),
    ("mistral", &MISTRAL),
    ("ollama", &OLLAMA),
    ("openai", &OPENAI),
    ("openrouter", &OPENROUTER),
    ("vertex", &VERTEX),
];

#[test]
fn the_marks_of_the_schemas_are_what_they_take() {
    let kinds = Kinds::built_in().unwrap();
    let mut seen: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for (kind, wire) in CHATS {
        let Some(referee) = Referee::new(wire.file, wire.schema) else { return };
        let row = kinds.get(kind).unwrap();
        let features = seen.entry(kind).or_default().entry("chat").or_default();
        for (feature, request) in probes().unwrap() {
            let stream = request.stream == Some(true);
            let model = usual_model(row.dialect);
            let context =
                EncodeContext { model, stream, unsupported: Unsupported::Error, quirks: &row.quirks };
            let Ok(encoded) = dialect(row.dialect).encode_chat(request, &context) else { continue };
            let body = Value::Object(encoded.body);
            // What differs whatever is asked is no matter of the feature.
            let always = |one: &Objection| {
                DIFFERENCES.iter().any(|listed| {
                    listed.wire == wire.name && listed.ingredient.is_empty() && listed.place == one.place
                })
            };
            if referee.objections(&body).iter().all(always) {
                features.push(*feature);
            }
        }
        features.sort_unstable();
    }
    for (_, _, kind, operation, _) in SERVICES {
        seen.entry(kind).or_default().entry(operation.as_str()).or_default();
    }
    for (kind, operation) in [
        ("anthropic", "batches"),
        ("openai", "batches"),
        ("anthropic", "messages"),
        ("openrouter", "messages"),
    ] {
        seen.entry(kind).or_default().entry(operation).or_default();
    }
    let written_by =
        "What the services' published schemas take of us. Written by core/tests/schemas/evidence.rs.";
    evidence_file::settle("schema", written_by, &seen);
}
