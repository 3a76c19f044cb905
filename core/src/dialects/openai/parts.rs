//! Parts of messages on their way out: the forms that a service has for them.
//!
//! A part that a service refuses is said by another part where one says the
//! same, and refused by its place where none does. Native parts are the
//! caller's own and stay as they are.

use serde_json::{Map, Value, json};

use super::encode::{Body, items_of};
use crate::dialects::{Quirks, Translator};
use crate::error::Result;
use crate::types::chat::ContentPart;
use crate::types::trace::TranslationAction;

pub(super) fn encode(body: &mut Body, quirks: &Quirks, translator: &mut Translator) -> Result<()> {
    let refuses = |name: &str| quirks.unsupported.iter().any(|unsupported| unsupported == name);
    let part_types: Vec<&str> = ContentPart::TYPES.into_iter().filter(|name| refuses(name)).collect();
    for (index, message) in items_of(body, "messages").iter_mut().enumerate() {
        let Value::Object(message) = message else { continue };
        let place = format!("messages[{index}]");
        if refuses("messages[].refusal") {
            refusal_as_content(message, &place, translator);
        }
        let Some(Value::Array(parts)) = message.get_mut("content") else { continue };
        let mut kept = Vec::with_capacity(parts.len());
        let was_empty = parts.is_empty();
        for (index, part) in std::mem::take(parts).into_iter().enumerate() {
            let place = format!("{place}.content[{index}]");
            kept.extend(service_part(part, &place, &part_types, quirks, translator)?);
        }
        // A list without parts is refused; a message that says nothing is not.
        let content = if kept.is_empty() && !was_empty { Value::from("") } else { Value::Array(kept) };
        message.insert("content".to_owned(), content);
    }
    if quirks.tool_results_text_only {
        media_beside_results(body, translator);
    }
    Ok(())
}

/// The part as the service takes it; `None` where it is left out.
fn service_part(
    mut part: Value,
    place: &str,
    refused: &[&str],
    quirks: &Quirks,
    translator: &mut Translator,
) -> Result<Option<Value>> {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    if kind == "input_audio"
        && quirks.bare_audio
        && let Some(data) = part.get_mut("input_audio").and_then(|audio| audio.get_mut("data"))
    {
        part = json!({ "type": kind, "input_audio": data.take() });
        translator.note(
            format!("{place}.input_audio"),
            TranslationAction::Renamed,
            "the target takes the data alone and hears the format",
        );
        return Ok(Some(part));
    }
    if !refused.contains(&kind.as_str()) {
        if kind == "document_url" {
            plain_url(&mut part);
        }
        return Ok(Some(part));
    }
    let takes = |kind: &str| !refused.contains(&kind);
    let other = match kind.as_str() {
        "refusal" => part.get("refusal").map(|text| json!({ "type": "text", "text": text })),
        "document_url" if takes("file") => file_of_document(&part),
        "file" if takes("document_url") => document_of_file(&part),
        _ => None,
    };
    match other {
        Some(other) => {
            let name = other.get("type").and_then(Value::as_str).unwrap_or_default();
            translator.note(
                place,
                TranslationAction::Renamed,
                format!("sent as `{name}`, which the target takes"),
            );
            Ok(Some(other))
        }
        None => {
            translator.unsupported(place, format!("the target takes no `{kind}`"))?;
            Ok(None)
        }
    }
}

/// A document's URL is a text (Mistral's schema `DocumentURLChunk`), and may be given as an object.
fn plain_url(part: &mut Value) {
    if let Some(document) = part.get_mut("document_url")
        && document.as_object().is_some_and(|fields| fields.len() == 1)
        && let Some(url) = document.get_mut("url")
    {
        *document = url.take();
    }
}

fn file_of_document(part: &Value) -> Option<Value> {
    let document = part.get("document_url")?;
    let url = document.as_str().or_else(|| document.get("url")?.as_str())?;
    let mut file = json!({ "file_data": url });
    if let Some(name) = part.get("document_name") {
        file["filename"] = name.clone();
    }
    Some(json!({ "type": "file", "file": file }))
}

/// A file by its id has the id beside its type there; any other is a document by URL.
fn document_of_file(part: &Value) -> Option<Value> {
    let file = part.get("file")?;
    if let Some(id) = file.get("file_id") {
        return Some(json!({ "type": "file", "file_id": id }));
    }
    let data = file.get("file_data")?.as_str()?;
    // Bare base64 has no type; documents of this form are PDFs unless they say otherwise.
    let is_url = ["data:", "http://", "https://"].iter().any(|start| data.starts_with(start));
    let url = if is_url { data.to_owned() } else { format!("data:application/pdf;base64,{data}") };
    let mut document = json!({ "type": "document_url", "document_url": url });
    if let Some(name) = file.get("filename") {
        document["document_name"] = name.clone();
    }
    Some(document)
}

fn refusal_as_content(message: &mut Body, place: &str, translator: &mut Translator) {
    let Some(refusal) = message.shift_remove("refusal").filter(|refusal| !refusal.is_null()) else { return };
    if message.get("content").is_none_or(Value::is_null) {
        message.insert("content".to_owned(), refusal);
        let detail = "sent as content: the target has no field for it";
        translator.note(format!("{place}.refusal"), TranslationAction::Renamed, detail);
    } else {
        let detail = "the target has no field for it, and the content is sent";
        translator.note(format!("{place}.refusal"), TranslationAction::Dropped, detail);
    }
}

/// Moves what is not text out of tool results, into a user's message after them:
/// results of one turn must follow their calls without a break.
fn media_beside_results(body: &mut Body, translator: &mut Translator) {
    let Some(Value::Array(messages)) = body.get_mut("messages") else { return };
    let mut beside: Vec<Value> = Vec::new();
    let mut all = Vec::with_capacity(messages.len());
    for (index, mut message) in std::mem::take(messages).into_iter().enumerate() {
        let is_result = message.get("role").is_some_and(|role| role == "tool");
        if !is_result {
            push_user(&mut all, &mut beside);
        } else if let Some(Value::Array(parts)) = message.get_mut("content") {
            let is_own =
                |part: &Value| part.get("type").is_some_and(|kind| kind == "text" || kind == "native");
            let (texts, media): (Vec<Value>, Vec<Value>) =
                std::mem::take(parts).into_iter().partition(is_own);
            let moved = !media.is_empty();
            if moved {
                beside.extend(media);
                translator.note(
                    format!("messages[{index}].content"),
                    TranslationAction::Emulated,
                    "the target takes text alone as a result: the rest is sent in a user's message after it",
                );
            }
            if let Some(fields) = message.as_object_mut() {
                let content = if texts.is_empty() && moved { Value::from("") } else { Value::Array(texts) };
                fields.insert("content".to_owned(), content);
            }
        }
        all.push(message);
    }
    push_user(&mut all, &mut beside);
    *messages = all;
}

fn push_user(messages: &mut Vec<Value>, parts: &mut Vec<Value>) {
    if !parts.is_empty() {
        let fields =
            [("role".to_owned(), "user".into()), ("content".to_owned(), std::mem::take(parts).into())];
        messages.push(Value::Object(Map::from_iter(fields)));
    }
}
