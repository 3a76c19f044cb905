//! The same requests on all wires, as snapshots a person can read.
//!
//! `tests/translation/requests.json` holds the requests, `NN-name.md` what each
//! becomes. After a wanted change: `make generate`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use roocode::dialects::{DialectName, EncodeContext, Quirks, Unsupported, dialect};
use roocode::providers::Kinds;
use roocode::types::chat::ChatRequest;
use roocode::types::operation::Operation;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/translation")
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// A model of each wire; how a request is translated may depend on its generation.
fn model(name: DialectName) -> &'static str {
    match name {
        DialectName::OpenAi => "gpt-5.2",
        DialectName::Anthropic => "claude-sonnet-4-5",
        DialectName::Gemini => "gemini-2.5-flash",
        _ => "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    }
}

/// What one wire makes of a request, and what it refused before it was told to
/// leave such parameters out.
fn on_wire(name: DialectName, request: &ChatRequest) -> String {
    let quirks: Quirks = Kinds::built_in().unwrap().get(name.as_str()).unwrap().quirks.clone();
    let stream = request.stream == Some(true);
    let encode = |unsupported| {
        dialect(name)
            .encode_chat(request, &EncodeContext { model: model(name), stream, unsupported, quirks: &quirks })
    };
    let mut text = format!("\n## {}, {}\n\n", name.as_str(), model(name));
    if let Err(error) = encode(Unsupported::Error) {
        writeln!(text, "Refused by default: {}\n", error.message).unwrap();
    }
    match encode(Unsupported::Drop) {
        Ok(encoded) => {
            let query: Vec<_> = encoded.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
            writeln!(text, "`POST {}{query}`\n", encoded.path).unwrap();
            for (name, value) in &encoded.headers {
                writeln!(text, "`{name}: {value}`\n").unwrap();
            }
            writeln!(text, "```json\n{}\n```", pretty(&encoded.body)).unwrap();
            if !encoded.translation.is_empty() {
                text.push('\n');
            }
            for note in &encoded.translation {
                let action = serde_json::to_value(note.action).unwrap();
                writeln!(text, "- {} `{}`: {}", action.as_str().unwrap(), note.param, note.detail).unwrap();
            }
        }
        Err(error) => writeln!(text, "Cannot be said on this wire: {}", error.message).unwrap(),
    }
    text
}

fn has_chat(name: &DialectName) -> bool {
    dialect(*name).operations().contains(&Operation::Chat)
}

#[test]
fn thirty_requests_on_every_wire() {
    let requests: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(folder().join("requests.json")).unwrap()).unwrap();
    assert_eq!(requests.len(), 30);
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let mut stale = Vec::new();
    for (index, case) in requests.iter().enumerate() {
        let name = case["name"].as_str().unwrap();
        let request = ChatRequest::from_value(case["request"].clone()).unwrap();
        request.validate().unwrap();
        let mut text = format!("# {name}\n\n```json\n{}\n```\n", pretty(&case["request"]));
        for wire in DialectName::ALL.into_iter().filter(has_chat) {
            text.push_str(&on_wire(wire, &request));
        }
        let slug: String =
            name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let slug = slug.replace("--", "-");
        let path = folder().join(format!("{:02}-{}.md", index + 1, slug.trim_matches('-')));
        if update {
            fs::write(&path, &text).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(
        stale.is_empty(),
        "these snapshots differ; after a wanted change run `make generate`\n{}",
        stale.join("\n")
    );
}
