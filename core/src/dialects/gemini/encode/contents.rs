//! `systemInstruction` and `contents`: the conversation.

use serde_json::{Map, Value, json};

use super::{Model, parts, replay, tool_results};
use crate::dialects::Translator;
use crate::error::{Error, Result};
use crate::types::chat::{CacheControl, ChatRequest, Message, SystemMessage};

pub(super) fn encode(
    request: &ChatRequest,
    model: &Model,
    translator: &mut Translator,
    body: &mut Map<String, Value>,
) -> Result<()> {
    let mut system = Vec::new();
    let mut contents: Vec<Value> = Vec::new();
    let mut answering = false;
    for (index, message) in request.messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        // Results of parallel calls belong into one content: the service compares
        // their number with that of the calls.
        let continues = std::mem::replace(&mut answering, matches!(message, Message::Tool(_)));
        match message {
            Message::System(message) | Message::Developer(message) => {
                if !contents.is_empty() {
                    translator.hoisted(&place, "systemInstruction");
                }
                system.extend(system_parts(message, &place, model, translator)?);
                answering = continues;
            }
            Message::User(message) => {
                marks(message.cache_control.as_ref(), message.name.is_some(), &place, translator)?;
                parts::no_more(&message.extra, &place, translator)?;
                let place = format!("{place}.content");
                let parts = parts::encode_content(&message.content, &place, model, translator)?;
                contents.push(json!({ "role": "user", "parts": parts }));
            }
            Message::Assistant(message) => {
                marks(message.cache_control.as_ref(), message.name.is_some(), &place, translator)?;
                let parts = replay::assistant_parts(message, &place, model, translator)?;
                if !parts.is_empty() {
                    contents.push(json!({ "role": "model", "parts": parts }));
                }
            }
            Message::Tool(message) => {
                let earlier = request.messages.get(..index).unwrap_or_default();
                let parts = tool_results::encode(message, earlier, &place, model, translator)?;
                let open = contents.last_mut().filter(|_| continues);
                match open.and_then(|content| content.get_mut("parts")).and_then(Value::as_array_mut) {
                    Some(known) => tool_results::append(known, parts),
                    None => contents.push(json!({ "role": "user", "parts": parts })),
                }
            }
            Message::Function(_) => {
                translator.unsupported(&place, "role `function` is OpenAI's alone; use role `tool`")?;
            }
        }
    }
    if contents.is_empty() {
        return Err(Error::bad_request(
            "messages",
            "messages: Gemini needs at least one that is not a system message",
        ));
    }
    if !system.is_empty() {
        body.insert("systemInstruction".to_owned(), json!({ "parts": system }));
    }
    body.insert("contents".to_owned(), contents.into());
    Ok(())
}

fn system_parts(
    message: &SystemMessage,
    place: &str,
    model: &Model,
    translator: &mut Translator,
) -> Result<Vec<Value>> {
    marks(message.cache_control.as_ref(), message.name.is_some(), place, translator)?;
    parts::no_more(&message.extra, place, translator)?;
    parts::encode_content(&message.content, &format!("{place}.content"), model, translator)
}

fn marks(cache: Option<&CacheControl>, named: bool, place: &str, translator: &mut Translator) -> Result<()> {
    if cache.is_some() {
        parts::drop_cache_mark(place, translator);
    }
    if named {
        translator.unsupported(format!("{place}.name"), "Gemini has no names of participants")?;
    }
    Ok(())
}
