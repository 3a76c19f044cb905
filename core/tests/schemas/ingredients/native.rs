//! Fields, tools and blocks of one wire's own.

use roocode::dialects::DialectName::{self, Anthropic, Bedrock, Gemini, OpenAi};
use serde_json::{Value, json};

use super::{Ingredient, conversation, fields};

fn of(dialect: DialectName, all: Vec<(&str, Value)>) -> impl Iterator<Item = Ingredient> {
    all.into_iter().map(move |(name, given)| {
        let ingredient = if given.is_array() { conversation(name, given) } else { fields(name, given) };
        Ingredient { only: Some(dialect), ..ingredient }
    })
}

pub fn all() -> Vec<Ingredient> {
    let first = of(OpenAi, openai()).chain(of(Anthropic, anthropic()));
    first.chain(of(Gemini, gemini())).chain(of(Bedrock, bedrock())).collect()
}

fn openai() -> Vec<(&'static str, Value)> {
    vec![
        (
            "native text part",
            json!([{ "role": "user", "content": [{ "type": "native", "block": { "type": "text", "text": "t" } }] }]),
        ),
        (
            "native text part, named dialect",
            json!([{ "role": "user", "content": [
                { "type": "native", "dialect": "openai", "block": { "type": "text", "text": "t" } }] }]),
        ),
    ]
}

fn anthropic() -> Vec<(&'static str, Value)> {
    let document = json!({ "type": "file", "file": { "file_data": "data:text/plain;base64,aGk=", "filename": "a.txt" },
        "citations": { "enabled": true }, "context": "c" });
    vec![
        ("cited document", json!([{ "role": "user", "content": [document] }])),
        (
            "native block",
            json!([{ "role": "user", "content": [
                { "type": "native", "block": { "type": "container_upload", "file_id": "file_1" } }] }]),
        ),
        (
            "image, uploaded",
            json!([{ "role": "user", "content": [
            { "type": "image_url", "image_url": { "url": "file_011" } }] }]),
        ),
        ("thinking", json!({ "thinking": { "type": "enabled", "budget_tokens": 2000 } })),
        ("container", json!({ "container": "c" })),
        ("inference_geo", json!({ "inference_geo": "us" })),
        ("cache_control", json!({ "cache_control": { "type": "ephemeral" } })),
        ("output_config", json!({ "output_config": { "effort": "low" } })),
        (
            "web search tool",
            json!({ "tools": [{ "type": "web_search_20250305", "name": "web_search", "max_uses": 2 }] }),
        ),
        (
            "deferred tool",
            json!({ "tools": [{ "type": "function", "function": { "name": "deferred", "description": "d" },
                "defer_loading": true }] }),
        ),
    ]
}

fn gemini() -> Vec<(&'static str, Value)> {
    let video = json!({ "url": "gs://bucket/a.mp4", "video_metadata": { "fps": 2.0 } });
    vec![
        (
            "native part",
            json!([{ "role": "user", "content": [{ "type": "native", "dialect": "gemini", "block": { "text": "hi" } }] }]),
        ),
        (
            "video, metadata",
            json!([{ "role": "user", "content": [{ "type": "video_url", "video_url": video }] }]),
        ),
        (
            "video, YouTube",
            json!([{ "role": "user", "content": [
                { "type": "video_url", "video_url": { "url": "https://www.youtube.com/watch?v=abc" } }] }]),
        ),
        (
            "file, uploaded",
            json!([{ "role": "user", "content": [
                { "type": "file", "file": { "file_id": "https://g.example/v1beta/files/a" } }] }]),
        ),
        ("google_search", json!({ "tools": [{ "type": "google_search" }] })),
        ("google_search, own form", json!({ "tools": [{ "type": "google_search", "googleSearch": {} }] })),
        ("url_context", json!({ "tools": [{ "type": "url_context" }] })),
        ("code_execution", json!({ "tools": [{ "type": "code_execution" }] })),
        (
            "file_search",
            json!({ "tools": [{ "type": "x", "fileSearch": { "fileSearchStoreNames": ["fileSearchStores/a"] } }] }),
        ),
        ("tool_config", json!({ "tool_config": { "includeServerSideToolInvocations": true } })),
        (
            "safety_settings",
            json!({ "safety_settings": [{ "category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE" }] }),
        ),
        ("cachedContent", json!({ "cachedContent": "cachedContents/a" })),
        (
            "generation_config",
            json!({ "generation_config": { "top_k": 4, "mediaResolution": "MEDIA_RESOLUTION_LOW" } }),
        ),
        (
            "voice_object",
            json!({ "generationConfig": { "speechConfig": { "voiceConfig": { "voice": "x" } } } }),
        ),
        ("labels", json!({ "labels": { "team": "a" } })),
        ("model_armor", json!({ "modelArmorConfig": { "promptTemplateName": "a" } })),
    ]
}

fn bedrock() -> Vec<(&'static str, Value)> {
    let document = json!({ "type": "document_url", "document_url": "s3://bucket/a.pdf", "document_name": "a_1.pdf",
        "citations": { "enabled": true }, "context": "c" });
    let guarded = json!({ "guardContent": { "text": { "text": "t", "qualifiers": ["query"] } } });
    vec![
        ("cited document, S3", json!([{ "role": "user", "content": [document] }])),
        (
            "image, S3",
            json!([{ "role": "user", "content": [
                { "type": "image_url", "image_url": { "url": "s3://bucket/a.png" } }] }]),
        ),
        (
            "video, S3",
            json!([{ "role": "user", "content": [
                { "type": "video_url", "video_url": { "url": "s3://bucket/a.mp4" } }] }]),
        ),
        (
            "guarded block",
            json!([{ "role": "user", "content": [{ "type": "native", "dialect": "bedrock", "block": guarded }] }]),
        ),
        (
            "system tool",
            json!({ "tools": [{ "type": "systemTool", "systemTool": { "name": "nova_grounding" } }] }),
        ),
        (
            "guardrailConfig",
            json!({ "guardrailConfig": { "guardrailIdentifier": "abc", "guardrailVersion": "1", "trace": "enabled" } }),
        ),
        ("performanceConfig", json!({ "performanceConfig": { "latency": "optimized" } })),
        ("requestMetadata", json!({ "requestMetadata": { "unit": "a" } })),
        ("promptVariables", json!({ "promptVariables": { "name": { "text": "Ada" } } })),
        (
            "additionalModelRequestFields",
            json!({ "additionalModelRequestFields": { "own": [1, { "a": null }] } }),
        ),
        (
            "additionalModelResponseFieldPaths",
            json!({ "additionalModelResponseFieldPaths": ["/stop_sequence"] }),
        ),
        ("anthropic_beta", json!({ "anthropic_beta": ["context-1m-2025-08-07"] })),
    ]
}
