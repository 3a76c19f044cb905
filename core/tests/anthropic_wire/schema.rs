//! Each parameter and each part, alone, makes a body that the published schema takes.

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

const PIXEL: &str = "data:image/png;base64,iVBORw0KGgo=";
const PDF: &str = "data:application/pdf;base64,JVBERi0xLjQ=";

/// Fields of a request, each beside a plain question.
fn parameters() -> Vec<Value> {
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}});
    let closed =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false});
    vec![
        json!({}),
        json!({"max_tokens": 5}),
        json!({"max_completion_tokens": 5}),
        json!({"temperature": 0.3}),
        json!({"temperature": 1.9}),
        json!({"top_p": 0.5}),
        json!({"top_k": 5}),
        json!({"stop": "x"}),
        json!({"stop": ["x", "y"]}),
        json!({"stop": []}),
        json!({"user": "u"}),
        json!({"safety_identifier": "u"}),
        json!({"metadata": {"user_id": "u"}}),
        json!({"service_tier": "auto"}),
        json!({"service_tier": "default"}),
        json!({"n": 1, "frequency_penalty": 0, "presence_penalty": 0.0, "logprobs": false, "store": false,
               "top_logprobs": 0, "logit_bias": {}, "modalities": ["text"]}),
        json!({"stream": true, "stream_options": {"include_usage": true}}),
        json!({"prompt_cache_key": "k"}),
        json!({"reasoning_effort": "none"}),
        json!({"reasoning_effort": "minimal"}),
        json!({"reasoning_effort": "low"}),
        json!({"reasoning_effort": "medium"}),
        json!({"reasoning_effort": "high"}),
        json!({"reasoning_effort": "xhigh"}),
        json!({"reasoning_effort": "max"}),
        json!({"reasoning_effort": "high", "max_tokens": 1100}),
        json!({"reasoning": {"enabled": true}}),
        json!({"reasoning": {"enabled": false}}),
        json!({"reasoning": {"effort": "low", "exclude": true}}),
        json!({"reasoning": {"effort": "low", "summary": "auto"}}),
        json!({"tools": [tool]}),
        json!({"tools": [{"type": "function", "function": {"name": "f"}}]}),
        json!({"tools": [{"type": "function", "function": {"name": "f", "parameters": {}, "strict": true,
            "description": "d"}, "cache_control": {"type": "ephemeral", "ttl": "1h"}, "defer_loading": true}]}),
        json!({"tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 2}]}),
        json!({"tools": [tool], "tool_choice": "auto"}),
        json!({"tools": [tool], "tool_choice": "none"}),
        json!({"tools": [tool], "tool_choice": "required"}),
        json!({"tools": [tool], "tool_choice": {"type": "function", "function": {"name": "f"}}}),
        json!({"tools": [tool], "parallel_tool_calls": false}),
        json!({"tools": [tool], "tool_choice": "none", "parallel_tool_calls": false}),
        json!({"tools": [tool], "tool_choice": "required", "parallel_tool_calls": false}),
        json!({"response_format": {"type": "text"}}),
        json!({"response_format": {"type": "json_object"}}),
        json!({"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": closed}}}),
        json!({"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}}),
        json!({"response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": true}}}),
        json!({"response_format": {"type": "json_object"}, "tools": [tool], "parallel_tool_calls": false}),
        json!({"response_format": {"type": "json_object"}, "reasoning_effort": "low"}),
        json!({"thinking": {"type": "enabled", "budget_tokens": 2000}}),
        json!({"container": "c"}),
        json!({"inference_geo": "us"}),
        json!({"cache_control": {"type": "ephemeral"}}),
        json!({"output_config": {"effort": "low"}}),
    ]
}

/// Parts of a user's message.
fn parts() -> Vec<Value> {
    let cached = json!({"type": "ephemeral", "ttl": "5m"});
    vec![
        json!({"type": "text", "text": "t"}),
        json!({"type": "text", "text": "t", "cache_control": cached}),
        json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}),
        json!({"type": "image_url", "image_url": {"url": PIXEL, "detail": "auto"}, "cache_control": cached}),
        json!({"type": "file", "file": {"file_data": PDF, "filename": "a.pdf"}, "cache_control": cached}),
        json!({"type": "file", "file": {"file_data": "JVBERi0xLjQ="}}),
        json!({"type": "file", "file": {"file_data": "data:text/plain;base64,aGk=", "filename": "a.txt"},
               "citations": {"enabled": true}, "context": "c"}),
        json!({"type": "file", "file": {"file_data": "data:text/markdown,%23%20hi"}}),
        json!({"type": "file", "file": {"file_data": "https://example.com/a.pdf"}}),
        json!({"type": "file", "file": {"file_data": PIXEL}}),
        json!({"type": "document_url", "document_url": "https://example.com/a.pdf", "document_name": "a"}),
        json!({"type": "document_url", "document_url": {"url": "https://example.com/a.pdf"}}),
        json!({"type": "refusal", "refusal": "no"}),
        json!({"type": "native", "block": {"type": "container_upload", "file_id": "file_1"}}),
    ]
}

/// Whole conversations.
fn conversations() -> Vec<Value> {
    let call =
        json!({"id": "toolu_1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}});
    let empty = json!({"id": "call:2.x", "type": "function", "function": {"name": "f", "arguments": ""}});
    vec![
        json!([{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]),
        json!([{"role": "developer", "content": "s", "cache_control": {"type": "ephemeral"}},
               {"role": "user", "content": "q"}]),
        json!([{"role": "system", "content": [{"type": "text", "text": "s"}]}, {"role": "user", "content": "q"},
               {"role": "system", "content": "late"}]),
        json!([{"role": "user", "content": "a"}, {"role": "user", "content": "b", "cache_control": {"type": "ephemeral"}}]),
        json!([{"role": "user", "content": "a"}, {"role": "assistant", "content": "prefill \n"}]),
        json!([{"role": "user", "content": "a"},
               {"role": "assistant", "content": "t", "tool_calls": [call, empty], "cache_control": {"type": "ephemeral"}},
               {"role": "user", "content": "in between"},
               {"role": "tool", "tool_call_id": "toolu_1", "content": "r", "is_error": true},
               {"role": "tool", "tool_call_id": "call:2.x", "name": "f", "content": parts_of_results()}]),
        json!([{"role": "user", "content": "a"},
               {"role": "assistant", "content": null, "reasoning_content": "r", "reasoning_details": [
                   {"type": "reasoning.text", "text": "r", "signature": "s", "format": "anthropic-claude-v1", "index": 0},
                   {"type": "reasoning.encrypted", "data": "d", "format": "anthropic-claude-v1", "index": 1},
                   {"type": "reasoning.text", "text": "unsigned", "format": "anthropic-claude-v1", "index": 2},
                   {"type": "reasoning.text", "text": "other", "signature": "x", "format": "google-gemini-v1"}],
                "tool_calls": [call]},
               {"role": "tool", "tool_call_id": "toolu_1", "content": ""}]),
    ]
}

fn parts_of_results() -> Value {
    json!([{"type": "text", "text": "r"}, {"type": "image_url", "image_url": {"url": PIXEL}},
           {"type": "file", "file": {"file_data": PDF}}])
}

#[test]
fn every_request_is_valid_by_the_published_schema() {
    let Some(validator) = validator("CreateMessageParams") else { return };
    let question = json!([{"role": "user", "content": "q"}]);
    let mut requests: Vec<Value> = Vec::new();
    for parameter in parameters() {
        let mut request = json!({"model": "m", "messages": question});
        for (key, value) in parameter.as_object().unwrap() {
            request[key] = value.clone();
        }
        requests.push(request);
    }
    for part in parts() {
        requests.push(json!({"model": "m", "messages": [{"role": "user", "content": [part]}]}));
    }
    for messages in conversations() {
        requests.push(json!({"model": "m", "messages": messages}));
    }
    for request in requests {
        for model in ["claude-sonnet-4-5", "claude-3-7-sonnet-20250219", "claude-opus-4-6", "local.gguf"] {
            let samples = ["temperature", "top_p", "top_k"].iter().any(|key| request.get(*key).is_some());
            assert!(!samples || request.get("reasoning_effort").is_none());
            let encoded = encode(request.clone(), model, request["stream"] == true);
            assert_eq!(encoded.path, "/messages");
            assert_valid(&validator, &Value::Object(encoded.body), &format!("{model}: {request}"));
        }
    }
    // Newer models take neither sampling nor budgets, but everything else.
    for effort in ["none", "minimal", "low", "xhigh", "max"] {
        let request =
            json!({"model": "m", "messages": question, "reasoning_effort": effort, "temperature": 1});
        let encoded = encode(request, "claude-sonnet-5", true);
        assert_valid(&validator, &Value::Object(encoded.body), effort);
    }
}

#[test]
fn uploaded_files_are_valid_by_the_beta_schema_and_ask_for_its_header() {
    let Some(validator) = validator("BetaCreateMessageParams") else { return };
    for part in [
        json!({"type": "image_url", "image_url": {"url": "file_011"}}),
        json!({"type": "file", "file": {"file_id": "file_011", "filename": "a.pdf"}}),
    ] {
        let request = json!({"model": "m", "messages": [{"role": "user", "content": [part]}]});
        let encoded = encode(request, "claude-sonnet-4-5", false);
        assert_eq!(encoded.headers, [("anthropic-beta".into(), "files-api-2025-04-14".to_owned())]);
        assert_valid(&validator, &Value::Object(encoded.body), "file");
    }
}
