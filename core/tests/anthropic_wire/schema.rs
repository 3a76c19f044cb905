//! Encoding with an error for all that is left out, and the published schema as judge.
//!
//! The systematic set of requests is in the test `schemas`.

use roocode::dialects::anthropic::Anthropic;
use roocode::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported};
use roocode::types::chat::ChatRequest;
use serde_json::{Value, json};

use crate::recordings::shared;

pub fn encode(request: Value, model: &str, stream: bool) -> EncodedRequest {
    let request = ChatRequest::from_value(request).unwrap();
    let quirks = Quirks::default();
    let context = EncodeContext { model, stream, unsupported: Unsupported::Error, quirks: &quirks };
    Anthropic.encode_chat(&request, &context).unwrap()
}

/// A validator of one schema of the document.
pub fn validator(schema: &str) -> Option<jsonschema::Validator> {
    let path = shared("specs/anthropic.json")?;
    let mut root: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    root["$ref"] = json!(format!("#/components/schemas/{schema}"));
    Some(jsonschema::draft202012::new(&root).unwrap())
}

pub fn assert_valid(validator: &jsonschema::Validator, body: &Value, name: &str) {
    let errors: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name}\n{errors:#?}\n{body:#}");
}
