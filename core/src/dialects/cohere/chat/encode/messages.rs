//! The conversation: instructions first, then turns.

use serde_json::{Map, Value, json};

use super::{Encoder, assistant, content};
use crate::error::{Error, Result};
use crate::types::chat::{Content, Message, SystemMessage};
use crate::types::trace::TranslationAction;

pub(super) fn messages(messages: &[Message], encoder: &mut Encoder) -> Result<()> {
    let mut system: Vec<Value> = Vec::new();
    let mut turns: Vec<Value> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        match message {
            Message::System(message) | Message::Developer(message) => {
                if !turns.is_empty() {
                    encoder.translator.hoisted(&place, "messages[0]");
                }
                system.extend(system_texts(message, &place, encoder)?);
            }
            Message::User(message) => {
                beside(
                    message.name.is_some(),
                    message.cache_control.is_some(),
                    &message.extra,
                    &place,
                    encoder,
                )?;
                let content = content::of_user(&message.content, &place, encoder)?;
                turns.push(json!({ "role": "user", "content": content }));
            }
            Message::Assistant(message) => match assistant::turn(message, &place, encoder)? {
                Some(turn) => turns.push(turn),
                None => encoder.translator.note(
                    &place,
                    TranslationAction::Dropped,
                    "an assistant message that says nothing",
                ),
            },
            Message::Tool(message) => {
                // `name` repeats what the call said already.
                beside(false, message.cache_control.is_some(), &message.extra, &place, encoder)?;
                if message.is_error.is_some() {
                    encoder.translator.drop_failure_mark(&place);
                }
                let content = content::of_tool(&message.content, &place, encoder)?;
                turns.push(
                    json!({ "role": "tool", "tool_call_id": message.tool_call_id, "content": content }),
                );
            }
            Message::Function(_) => {
                encoder
                    .translator
                    .unsupported(&place, "role `function` is OpenAI's alone; use role `tool`")?;
            }
        }
    }
    if turns.is_empty() {
        let text = "messages: Cohere needs at least one that is not a system message";
        return Err(Error::bad_request("messages", text));
    }
    // "system turn must be the first in the list" (Cohere's list of errors).
    let instructions = match system.as_slice() {
        [] => None,
        [one] => one.get("text").cloned(),
        _ => Some(Value::Array(system)),
    };
    let first = instructions.map(|content| json!({ "role": "system", "content": content }));
    encoder.set("messages", first.into_iter().chain(turns).collect::<Vec<Value>>());
    Ok(())
}

fn system_texts(message: &SystemMessage, place: &str, encoder: &mut Encoder) -> Result<Vec<Value>> {
    beside(message.name.is_some(), message.cache_control.is_some(), &message.extra, place, encoder)?;
    match &message.content {
        Content::Text(text) => Ok(vec![content::text(text)]),
        Content::Parts(parts) => {
            content::texts(parts, place, "a system message of the wire is text", encoder)
        }
    }
}

/// What stands beside a message's content and has no place.
pub(super) fn beside(
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
