//! The conversation. A message is one text, with images beside it.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::dialects::DialectName;
use crate::dialects::data_url::{DataUrl, is_web};
use crate::dialects::ollama::OWN_CALL_ID;
use crate::error::{Error, Result};
use crate::types::chat::{AssistantMessage, Content, ContentPart, Message, ToolCall, ToolMessage};
use crate::types::trace::TranslationAction;

pub(super) fn messages(messages: &[Message], encoder: &mut Encoder) -> Result<()> {
    let mut sent = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        match message {
            Message::System(message) | Message::Developer(message) => {
                let (marked, named) = (message.cache_control.is_some(), message.name.is_some());
                beside(named, marked, &message.extra, &place, encoder)?;
                sent.push(said("system", &message.content, &place, encoder)?);
            }
            Message::User(message) => {
                let (marked, named) = (message.cache_control.is_some(), message.name.is_some());
                beside(named, marked, &message.extra, &place, encoder)?;
                sent.push(said("user", &message.content, &place, encoder)?);
            }
            Message::Assistant(message) => sent.push(assistant(message, &place, encoder)?),
            Message::Tool(message) => {
                let earlier = messages.get(..index).unwrap_or_default();
                sent.push(tool_result(message, earlier, &place, encoder)?);
            }
            Message::Function(_) => {
                encoder
                    .translator
                    .unsupported(&place, "role `function` is OpenAI's alone; use role `tool`")?;
                continue;
            }
        }
    }
    encoder.set("messages", sent);
    Ok(())
}

/// What stands beside a message's content and has no place.
fn beside(
    named: bool,
    marked: bool,
    extra: &Map<String, Value>,
    place: &str,
    encoder: &mut Encoder,
) -> Result<()> {
    encoder.drop_mark(marked, place);
    if named {
        encoder.translator.unsupported(format!("{place}.name"), "the wire names no participants")?;
    }
    encoder.no_more(extra, place)
}

/// A message of a role: its texts as one, and the bytes of its images.
fn said(role: &str, content: &Content, place: &str, encoder: &mut Encoder) -> Result<Value> {
    let mut text = String::new();
    let mut images = Vec::new();
    let parts = match content {
        Content::Text(whole) => {
            text.push_str(whole);
            &[][..]
        }
        Content::Parts(parts) => parts,
    };
    for (index, part) in parts.iter().enumerate() {
        let place = format!("{place}.content[{index}]");
        match part {
            ContentPart::Text(part) => {
                encoder.drop_mark(part.cache_control.is_some(), &place);
                encoder.no_more(&part.extra, &place)?;
                text.push_str(&part.text);
            }
            ContentPart::Refusal(part) => text.push_str(&part.refusal),
            ContentPart::ImageUrl(part) => {
                encoder.drop_mark(part.cache_control.is_some(), &place);
                encoder.no_more(&part.extra, &place)?;
                let place = format!("{place}.image_url");
                encoder.no_more(&part.image_url.extra, &place)?;
                if part.image_url.detail.as_deref().is_some_and(|detail| detail != "auto") {
                    let detail = format!("{place}.detail");
                    encoder.translator.unsupported(detail, "the wire has one resolution of images")?;
                }
                images.extend(image(&part.image_url.url, &format!("{place}.url"), encoder)?);
            }
            // What the server itself makes of OpenAI's part (openai/openai.go `FromChatRequest`).
            ContentPart::InputAudio(part) => {
                encoder.drop_mark(part.cache_control.is_some(), &place);
                encoder.translator.note(
                    &place,
                    TranslationAction::Renamed,
                    "sent among `images`, where the server takes audio, too",
                );
                images.push(part.input_audio.data.as_str().into());
            }
            ContentPart::Native(part) => return native(part.dialect.as_deref(), &place),
            other => {
                let why = format!("the wire takes no `{}`", other.part_type());
                encoder.translator.unsupported(&place, why)?;
            }
        }
    }
    let mut message = Map::from_iter([("role".to_owned(), role.into()), ("content".to_owned(), text.into())]);
    if !images.is_empty() {
        message.insert("images".to_owned(), Value::Array(images));
    }
    Ok(message.into())
}

/// Base64 alone: the server fetches nothing ("image URLs are not currently supported", openai/openai.go).
fn image(url: &str, place: &str, encoder: &mut Encoder) -> Result<Option<Value>> {
    if is_web(url) {
        let why = "the server fetches no images; give the image itself, as a data: URL";
        encoder.translator.unsupported(place, why)?;
        return Ok(None);
    }
    match DataUrl::read(url, place)? {
        Some(data) => Ok(Some(data.base64().into())),
        None => Err(Error::bad_request(place, format!("{place}: expected a data: URL"))),
    }
}

/// The wire has no parts of messages, so none can be given in its own form.
fn native(dialect: Option<&str>, place: &str) -> Result<Value> {
    let own = DialectName::Ollama.as_str();
    Err(Error::bad_request(
        format!("{place}.dialect"),
        match dialect {
            Some(other) if other != own => {
                format!("a native part of `{other}` cannot be sent to a target that speaks `{own}`")
            }
            _ => format!("the messages of `{own}` have no parts"),
        },
    ))
}

fn assistant(message: &AssistantMessage, place: &str, encoder: &mut Encoder) -> Result<Value> {
    encoder.drop_mark(message.cache_control.is_some(), place);
    if message.name.is_some() {
        encoder.translator.unsupported(format!("{place}.name"), "the wire names no participants")?;
    }
    if message.audio.is_some() {
        encoder.translator.unsupported(format!("{place}.audio"), "an assistant of the wire has no audio")?;
    }
    // Other fields are a reply's and were never the model's input: not sent and not refused.
    let refusal = message.refusal.clone().map(Content::Text);
    let content = message.content.clone().or(refusal).unwrap_or_else(|| Content::Text(String::new()));
    let mut sent = said("assistant", &content, place, encoder)?;
    if let Some(thinking) = message.reasoning_content.as_deref().filter(|text| !text.is_empty()) {
        sent["thinking"] = thinking.into();
    }
    let mut calls = Vec::new();
    for (index, call) in message.tool_calls.iter().flatten().enumerate() {
        calls.extend(tool_call(call, &format!("{place}.tool_calls[{index}]"), encoder)?);
    }
    if !calls.is_empty() {
        sent["tool_calls"] = calls.into();
    }
    Ok(sent)
}

fn tool_call(call: &ToolCall, place: &str, encoder: &mut Encoder) -> Result<Option<Value>> {
    if call.call_type != "function" {
        encoder.translator.unsupported(format!("{place}.type"), "the wire has function calls alone")?;
        return Ok(None);
    }
    let place = format!("{place}.function.arguments");
    let arguments = match call.function.arguments.trim() {
        "" => Map::new(),
        text => serde_json::from_str(text).map_err(|cause| {
            Error::bad_request(place.clone(), format!("{place}: the wire takes a JSON object: {cause}"))
        })?,
    };
    let mut sent = Map::new();
    sent.extend(sent_id(&call.id).map(|id| ("id".to_owned(), id)));
    sent.insert("function".to_owned(), json!({ "name": call.function.name, "arguments": arguments }));
    Ok(Some(sent.into()))
}

/// The call is named by its function, and by its id where the server gave it one.
fn tool_result(
    message: &ToolMessage,
    earlier: &[Message],
    place: &str,
    encoder: &mut Encoder,
) -> Result<Value> {
    beside(false, message.cache_control.is_some(), &message.extra, place, encoder)?;
    if message.is_error.is_some() {
        encoder.translator.drop_failure_mark(place);
    }
    let mut sent = said("tool", &message.content, place, encoder)?;
    if let Some(name) = Message::called_name(&message.tool_call_id, earlier).or(message.name.as_deref()) {
        sent["tool_name"] = name.into();
    }
    if let Some(id) = sent_id(&message.tool_call_id) {
        sent["tool_call_id"] = id;
    }
    Ok(sent)
}

fn sent_id(id: &str) -> Option<Value> {
    (!id.is_empty() && !id.starts_with(OWN_CALL_ID)).then(|| id.into())
}
