//! An assistant message handed back: its own blocks where it is unchanged, else
//! its plain fields with the signatures that they carry.

use serde_json::{Map, Value, json};

use super::super::wire::{Part, is_thought, part_text};
use super::super::{OWN_CALL_ID, REASONING_FORMAT};
use super::{Model, parts, tool_results};
use crate::dialects::{DialectName, Translator};
use crate::error::{Error, Result};
use crate::types::chat::{AssistantMessage, Content, ReasoningDetail, ReasoningDetailType, ToolCall};
use crate::types::trace::TranslationAction;

/// Stands for a signature on a call that another model made. Generation 3 refuses
/// a step whose first call has none (ai.google.dev, thought signatures); this value
/// is Google's own for histories from elsewhere. Known from its wide use by other
/// clients; not seen in a recording.
const FOREIGN_CALL_SIGNATURE: &str = "skip_thought_signature_validator";

pub(super) fn assistant_parts(
    message: &AssistantMessage,
    place: &str,
    model: &Model,
    translator: &mut Translator,
) -> Result<Vec<Value>> {
    if let Some(native) = &message.native_blocks
        && native.dialect == DialectName::Gemini.as_str()
        && says_the_same(&native.blocks, message)
    {
        return Ok(native.blocks.clone());
    }
    plain_parts(message, place, model, translator)
}

/// Whether decoding the blocks again would give the message's plain fields.
///
/// Ids that we made are not compared: blocks without an id cannot tell them.
/// Reasoning that the caller left out is no edit, for it may be left out.
fn says_the_same(blocks: &[Value], message: &AssistantMessage) -> bool {
    let blocks: Option<Vec<&Part>> = blocks.iter().map(Value::as_object).collect();
    let Some(blocks) = blocks else { return false };
    let joined = |thoughts: bool| -> String {
        blocks.iter().filter(|part| is_thought(part) == thoughts).filter_map(|part| part_text(part)).collect()
    };
    let content = match &message.content {
        Some(content) => content.text(),
        None => String::new(),
    };
    let only_text = !matches!(&message.content, Some(Content::Parts(parts))
        if parts.iter().any(|part| part.part_type() != "text"));
    let calls: Vec<&Value> = blocks.iter().filter_map(|part| part.get("functionCall")).collect();
    let given = message.tool_calls.as_deref().unwrap_or_default();
    only_text
        && content == joined(false)
        && message.reasoning_content.as_ref().is_none_or(|reasoning| *reasoning == joined(true))
        && calls.len() == given.len()
        && calls.iter().zip(given).all(|(block, call)| is_same_call(block, call))
}

fn is_same_call(block: &Value, call: &ToolCall) -> bool {
    let text = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or("");
    let same_id = match text("id") {
        "" => call.id.starts_with(OWN_CALL_ID),
        id => id == call.id,
    };
    let arguments = block.get("args").cloned().unwrap_or_else(|| json!({}));
    same_id
        && text("name") == call.function.name
        && serde_json::from_str::<Value>(&call.function.arguments).is_ok_and(|given| given == arguments)
}

fn plain_parts(
    message: &AssistantMessage,
    place: &str,
    model: &Model,
    translator: &mut Translator,
) -> Result<Vec<Value>> {
    let details = own_details(message, place, translator);
    let mut encoded: Vec<Value> = details.iter().filter_map(|detail| thought_part(detail)).collect();
    let text_from = encoded.len();
    match &message.content {
        Some(Content::Text(text)) if text.is_empty() => {}
        Some(content) => {
            encoded.extend(parts::encode_content(content, &format!("{place}.content"), model, translator)?);
        }
        None => {}
    }
    if let Some(refusal) = message.refusal.as_ref().filter(|refusal| !refusal.is_empty()) {
        encoded.push(json!({ "text": refusal }));
    }
    encoded.extend(media_parts(message, place, translator)?);
    // A signature that belongs to no call is the text's.
    let text_signature = details
        .iter()
        .rfind(|detail| detail.detail_type == ReasoningDetailType::Encrypted && detail.id.is_none())
        .and_then(|detail| detail.data.as_deref());
    let mut message_signature = signature_in(&message.extra).or(text_signature);
    if encoded.len() > text_from
        && let Some(signature) = message_signature.take()
        && let Some(Value::Object(last)) = encoded.last_mut()
    {
        last.insert("thoughtSignature".to_owned(), signature.into());
    }
    let first_call = encoded.len();
    for (index, call) in message.tool_calls.iter().flatten().enumerate() {
        let place = format!("{place}.tool_calls[{index}]");
        if call.call_type != "function" {
            translator.unsupported(&place, "Gemini has no tools with free text as input")?;
            continue;
        }
        // The recorded endpoint also tells the first call's signature on the message.
        let signature = signature_in(&call.extra).or_else(|| signature_of(&details, &call.id));
        let signature = signature.or_else(|| message_signature.take());
        encoded.push(call_part(call, signature, &place)?);
    }
    let calls = encoded.get_mut(first_call..).unwrap_or_default();
    if model.generation.is_some_and(|generation| generation >= 3)
        && calls.iter().all(|call| call.get("thoughtSignature").is_none())
        && let Some(Value::Object(first)) = calls.first_mut()
    {
        first.insert("thoughtSignature".to_owned(), FOREIGN_CALL_SIGNATURE.into());
        let detail = "a signature that lets a call of another model pass: this model refuses one without";
        translator.note(format!("{place}.tool_calls[0]"), TranslationAction::Added, detail);
    }
    Ok(encoded)
}

/// The reasoning that this wire wrote. That of others means nothing to it.
fn own_details<'a>(
    message: &'a AssistantMessage,
    place: &str,
    translator: &mut Translator,
) -> Vec<&'a ReasoningDetail> {
    let details = message.reasoning_details.as_deref().unwrap_or_default();
    let own: Vec<&ReasoningDetail> =
        details.iter().filter(|detail| detail.format.as_deref() == Some(REASONING_FORMAT)).collect();
    let without = if own.len() < details.len() {
        Some("reasoning_details")
    } else if details.is_empty() && message.reasoning_content.as_ref().is_some_and(|text| !text.is_empty()) {
        Some("reasoning_content")
    } else {
        None
    };
    if let Some(field) = without {
        let detail = "Gemini takes back only reasoning of its own";
        translator.note(format!("{place}.{field}"), TranslationAction::Dropped, detail);
    }
    own
}

fn thought_part(detail: &ReasoningDetail) -> Option<Value> {
    let text = detail.text.as_ref().or(detail.summary.as_ref())?;
    let mut part = json!({ "text": text, "thought": true });
    if let Some(signature) = &detail.signature {
        part["thoughtSignature"] = signature.as_str().into();
    }
    Some(part)
}

fn call_part(call: &ToolCall, signature: Option<&str>, place: &str) -> Result<Value> {
    let text = call.function.arguments.trim();
    let arguments = if text.is_empty() {
        Map::new()
    } else {
        serde_json::from_str(text).map_err(|error| {
            let place = format!("{place}.function.arguments");
            Error::bad_request(&place, format!("{place}: expected a JSON object: {error}"))
        })?
    };
    let mut function = Map::new();
    if let Some(id) = tool_results::sent_id(&call.id) {
        function.insert("id".to_owned(), id.into());
    }
    function.insert("name".to_owned(), call.function.name.as_str().into());
    function.insert("args".to_owned(), arguments.into());
    let mut part = json!({ "functionCall": function });
    if let Some(signature) = signature {
        part["thoughtSignature"] = signature.into();
    }
    Ok(part)
}

/// Where Google's OpenAI-compatible endpoint has a signature.
fn signature_in(extra: &Map<String, Value>) -> Option<&str> {
    extra.get("extra_content")?.get("google")?.get("thought_signature")?.as_str()
}

/// Where OpenRouter has a call's signature: a detail with the call's id.
fn signature_of<'a>(details: &[&'a ReasoningDetail], id: &str) -> Option<&'a str> {
    details.iter().find(|detail| !id.is_empty() && detail.id.as_deref() == Some(id))?.data.as_deref()
}

/// Images and audio that the model made, in the fields of a reply.
fn media_parts(message: &AssistantMessage, place: &str, translator: &mut Translator) -> Result<Vec<Value>> {
    let mut encoded = Vec::new();
    for (index, image) in
        message.extra.get("images").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let place = format!("{place}.images[{index}].image_url.url");
        let url = image.get("image_url").and_then(|image| image.get("url")).and_then(Value::as_str);
        let url = url.ok_or_else(|| Error::bad_request(&place, format!("{place}: missing")))?;
        encoded.push(parts::from_url(url, None, &place)?);
    }
    if let Some(audio) = message.audio.as_ref().filter(|audio| !audio.is_null()) {
        let text = |name: &str| audio.get(name).and_then(Value::as_str);
        match (text("data"), text("mime_type")) {
            (Some(data), Some(mime_type)) => {
                encoded.push(json!({ "inlineData": { "mimeType": mime_type, "data": data } }));
            }
            _ => translator.unsupported(
                format!("{place}.audio"),
                "Gemini keeps no answers to refer to; give audio as content",
            )?,
        }
    }
    // The rest of a reply's fields say something about it and are no part of it.
    Ok(encoded)
}
