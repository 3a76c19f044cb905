//! Results of tool calls: `functionResponse` parts.

use serde_json::{Map, Value, json};

use super::super::OWN_CALL_ID;
use super::{Model, parts};
use crate::dialects::Translator;
use crate::error::{Error, Result};
use crate::types::chat::{Content, ContentPart, Message, ToolMessage};
use crate::types::trace::TranslationAction;

/// The parts of one result: the response first, then media that it cannot hold.
pub(super) fn encode(
    message: &ToolMessage,
    earlier: &[Message],
    place: &str,
    model: &Model,
    translator: &mut Translator,
) -> Result<Vec<Value>> {
    if message.cache_control.is_some() {
        parts::drop_cache_mark(place, translator);
    }
    parts::no_more(&message.extra, place, translator)?;
    let name = Message::called_name(&message.tool_call_id, earlier).or(message.name.as_deref()).ok_or_else(
        || {
            let id = &message.tool_call_id;
            Error::bad_request(
                format!("{place}.tool_call_id"),
                format!("{place}.tool_call_id: no earlier message has a tool call with the id `{id}`"),
            )
        },
    )?;
    let mut function = Map::new();
    if let Some(id) = sent_id(&message.tool_call_id) {
        function.insert("id".to_owned(), id.into());
    }
    function.insert("name".to_owned(), name.into());
    function.insert("response".to_owned(), response(message));
    let mut beside = Vec::new();
    let mut inside = Vec::new();
    if let Content::Parts(content) = &message.content {
        let media = content.iter().filter(|part| !matches!(part, ContentPart::Text(_)));
        if media.count() > 0 {
            let encoded =
                parts::encode_content(&message.content, &format!("{place}.content"), model, translator)?;
            for (part, encoded) in content.iter().zip(encoded) {
                // Responses hold media from generation 3 on, and only inline where the
                // Gemini API's schema is concerned (`FunctionResponsePart`).
                match part {
                    ContentPart::Text(_) => {}
                    _ if model.is_current() && encoded.get("inlineData").is_some() => inside.push(encoded),
                    _ => beside.push(encoded),
                }
            }
        }
    }
    if !inside.is_empty() {
        function.insert("parts".to_owned(), inside.into());
    }
    if !beside.is_empty() {
        let detail = "media of a tool's result sent beside it, in the same turn";
        translator.note(format!("{place}.content"), TranslationAction::Emulated, detail);
    }
    let mut parts = vec![json!({ "functionResponse": function })];
    parts.append(&mut beside);
    Ok(parts)
}

/// Adds a further result: responses stay together, in front of media.
pub(super) fn append(known: &mut Vec<Value>, more: Vec<Value>) {
    let responses = known.iter().take_while(|part| part.get("functionResponse").is_some()).count();
    let mut more = more.into_iter();
    if let Some(response) = more.next() {
        known.insert(responses, response);
    }
    known.extend(more);
}

/// The id as the service may see it: not one that we made up for it.
pub(super) fn sent_id(id: &str) -> Option<&str> {
    Some(id).filter(|id| !id.is_empty() && !id.starts_with(OWN_CALL_ID))
}

/// An object. The keys `result` and `error` are those that the service's own
/// client libraries use, and that it is documented to understand.
fn response(message: &ToolMessage) -> Value {
    let text = message.content.text();
    let object = serde_json::from_str::<Map<String, Value>>(&text).ok();
    if message.is_error == Some(true) {
        return match object {
            Some(object) if object.contains_key("error") => object.into(),
            Some(object) => json!({ "error": object }),
            None => json!({ "error": text }),
        };
    }
    match object {
        Some(object) => object.into(),
        None if text.is_empty() && matches!(message.content, Content::Parts(_)) => json!({}),
        None => json!({ "result": text }),
    }
}
