//! Each type of part in each role that may hold it, and where its bytes may be.

use serde_json::{Value, json};

use super::{Ingredient, conversation};

pub const PIXEL: &str = "data:image/png;base64,iVBORw0KGgo=";
pub const PDF: &str = "data:application/pdf;base64,JVBERi0xLjQ=";

/// Parts of a user's message.
fn parts() -> Vec<(&'static str, Value)> {
    let mark = json!({ "type": "ephemeral", "ttl": "5m" });
    let image = |url: &str| json!({ "type": "image_url", "image_url": { "url": url } });
    let file = |file: Value| json!({ "type": "file", "file": file });
    let marked = |mut part: Value| {
        part["cache_control"] = mark.clone();
        part
    };
    vec![
        ("text", json!({ "type": "text", "text": "t" })),
        ("text, marked", marked(json!({ "type": "text", "text": "t" }))),
        ("image, data", image(PIXEL)),
        ("image, marked", marked(image(PIXEL))),
        ("image, URL", image("https://example.com/a.jpg?b=c")),
        ("image, URL without extension", image("https://example.com/a")),
        (
            "image, detail auto",
            json!({ "type": "image_url", "image_url": { "url": PIXEL, "detail": "auto" } }),
        ),
        ("image, detail low", json!({ "type": "image_url", "image_url": { "url": PIXEL, "detail": "low" } })),
        (
            "image, detail high",
            json!({ "type": "image_url", "image_url": { "url": PIXEL, "detail": "high" } }),
        ),
        ("audio, mp3", json!({ "type": "input_audio", "input_audio": { "data": "AAAA", "format": "mp3" } })),
        ("audio, wav", json!({ "type": "input_audio", "input_audio": { "data": "AAAA", "format": "wav" } })),
        ("file, data URL", file(json!({ "file_data": PDF, "filename": "a.pdf" }))),
        ("file, marked", marked(file(json!({ "file_data": PDF, "filename": "a.pdf" })))),
        ("file, bare base64", file(json!({ "file_data": "JVBERi0xLjQ=", "filename": "a.pdf" }))),
        ("file, text", file(json!({ "file_data": "data:text/plain;base64,aGk=", "filename": "a.txt" }))),
        ("file, percent-encoded", file(json!({ "file_data": "data:text/markdown,%23%20hi" }))),
        ("file, URL", file(json!({ "file_data": "https://example.com/a.pdf" }))),
        ("file, image", file(json!({ "file_data": PIXEL }))),
        (
            "document, URL",
            json!({ "type": "document_url", "document_url": "https://example.com/a.pdf", "document_name": "a.pdf" }),
        ),
        (
            "document, object",
            json!({ "type": "document_url", "document_url": { "url": "https://example.com/a.pdf" } }),
        ),
        ("video, URL", json!({ "type": "video_url", "video_url": { "url": "https://example.com/a.mp4" } })),
        ("video, data", json!({ "type": "video_url", "video_url": { "url": "data:video/mp4;base64,AAAA" } })),
    ]
}

pub fn all() -> Vec<Ingredient> {
    let asked = json!({ "role": "user", "content": "q" });
    let mut all: Vec<Ingredient> = parts()
        .into_iter()
        .map(|(name, part)| {
            conversation(format!("user part: {name}"), json!([{ "role": "user", "content": [part] }]))
        })
        .collect();
    all.push(conversation(
        "user parts: text and image",
        json!([{ "role": "user", "content": [
            { "type": "text", "text": "t" }, { "type": "image_url", "image_url": { "url": PIXEL } }] }]),
    ));
    all.push(conversation(
        "user part: file id",
        json!([{ "role": "user", "content": [{ "type": "file",
            "file": { "file_id": "3b6d45eb-e30b-416f-8019-f47e2e93d930" } }] }]),
    ));
    for role in ["system", "developer"] {
        for (name, part) in [
            ("text", json!({ "type": "text", "text": "s" })),
            (
                "text, marked",
                json!({ "type": "text", "text": "s", "cache_control": { "type": "ephemeral" } }),
            ),
        ] {
            all.push(conversation(
                format!("{role} part: {name}"),
                json!([{ "role": role, "content": [part] }, asked]),
            ));
        }
    }
    for (name, part) in [
        ("text", json!({ "type": "text", "text": "a" })),
        ("text, marked", json!({ "type": "text", "text": "a", "cache_control": { "type": "ephemeral" } })),
        ("refusal", json!({ "type": "refusal", "refusal": "no" })),
    ] {
        all.push(conversation(
            format!("assistant part: {name}"),
            json!([asked, { "role": "assistant", "content": [part] }, asked]),
        ));
    }
    all
}
