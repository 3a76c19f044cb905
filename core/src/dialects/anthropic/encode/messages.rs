//! The conversation: `system`, and turns of user and assistant.
//!
//! The wire has two roles. Instructions are hoisted into `system`; tool results
//! are blocks of a user turn, in front of everything else there; messages of one
//! role that follow each other are one turn (docs: "Using the Messages API",
//! "Handle tool calls").

use serde_json::{Map, Value, json};

use super::{Encoder, assistant, content, text_block, to_json};
use crate::dialects::Translator;
use crate::dialects::anthropic::blocks::block_type;
use crate::error::{Error, Result};
use crate::types::chat::{CacheControl, Content, ContentPart, Message, SystemMessage, ToolMessage};
use crate::types::trace::TranslationAction;

/// What one message adds to its turn.
pub(super) enum Said {
    /// A plain text, which may stay a string.
    Text(String),
    Blocks(Vec<Value>),
}

impl Said {
    fn into_blocks(self) -> Vec<Value> {
        match self {
            Self::Text(text) if text.is_empty() => Vec::new(),
            Self::Text(text) => vec![Value::Object(text_block(&text))],
            Self::Blocks(blocks) => blocks,
        }
    }
}

struct Turn {
    role: &'static str,
    said: Said,
}

pub(super) fn messages(messages: &[Message], encoder: &mut Encoder<'_>) -> Result<()> {
    let mut system: Vec<Said> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        match message {
            Message::System(message) | Message::Developer(message) => {
                if !turns.is_empty() {
                    encoder.translator.hoisted(&place, "system");
                }
                system.push(system_text(message, &place, encoder)?);
            }
            Message::User(message) => {
                refuse(message.name.as_ref(), &message.extra, &place, encoder)?;
                let said = content::said(&message.content, &place, encoder)?;
                add(&mut turns, "user", cached(said, message.cache_control.as_ref())?);
            }
            Message::Assistant(message) => {
                let last = index + 1 == messages.len();
                match assistant::said(message, &place, last, encoder)? {
                    Some(said) => add(&mut turns, "assistant", said),
                    None => encoder.translator.note(
                        &place,
                        TranslationAction::Dropped,
                        "an assistant message that says nothing",
                    ),
                }
            }
            Message::Tool(message) => {
                let block = tool_result(message, &place, encoder)?;
                add(&mut turns, "user", Said::Blocks(vec![block]));
            }
            Message::Function(_) => {
                encoder
                    .translator
                    .unsupported(&place, "the wire has no role `function`; use `tool` messages")?;
            }
        }
    }
    if let Some(system) = whole_system(system) {
        encoder.set("system", system);
    }
    let turns: Vec<Value> = turns.into_iter().map(|turn| json_turn(turn, encoder)).collect();
    encoder.set("messages", turns);
    Ok(())
}

fn add(turns: &mut Vec<Turn>, role: &'static str, said: Said) {
    match turns.last_mut() {
        Some(turn) if turn.role == role => {
            let before = std::mem::replace(&mut turn.said, Said::Blocks(Vec::new()));
            let mut blocks = before.into_blocks();
            blocks.extend(said.into_blocks());
            turn.said = Said::Blocks(blocks);
        }
        _ => turns.push(Turn { role, said }),
    }
}

fn json_turn(turn: Turn, encoder: &mut Encoder<'_>) -> Value {
    let content = match turn.said {
        Said::Text(text) => Value::String(text),
        Said::Blocks(mut blocks) => {
            let is_result = |block: &Value| block_type(block) == "tool_result";
            if turn.role == "user" && !blocks.is_sorted_by_key(|block| !is_result(block)) {
                blocks.sort_by_key(|block| !is_result(block));
                encoder.translator.note(
                    "messages",
                    TranslationAction::Renamed,
                    "tool results moved in front of the text that came before them: the wire wants them first",
                );
            }
            Value::Array(blocks)
        }
    };
    json!({ "role": turn.role, "content": content })
}

/// One plain text stays a string; anything else is blocks.
fn whole_system(mut system: Vec<Said>) -> Option<Value> {
    system.retain(|said| !matches!(said, Said::Text(text) if text.is_empty()));
    if let [Said::Text(text)] = system.as_slice() {
        return Some(Value::String(text.clone()));
    }
    let blocks: Vec<Value> = system.into_iter().flat_map(Said::into_blocks).collect();
    (!blocks.is_empty()).then_some(Value::Array(blocks))
}

fn system_text(message: &SystemMessage, place: &str, encoder: &mut Encoder<'_>) -> Result<Said> {
    refuse(message.name.as_ref(), &message.extra, place, encoder)?;
    let said = match &message.content {
        Content::Parts(parts) => {
            let mut blocks = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                let place = format!("{place}.content[{index}]");
                match part {
                    ContentPart::Text(_) | ContentPart::Native(_) => {
                        blocks.extend(content::block(part, &place, encoder)?);
                    }
                    _ => encoder.translator.unsupported(place, "`system` of the wire is text alone")?,
                }
            }
            Said::Blocks(blocks)
        }
        text @ Content::Text(_) => content::said(text, place, encoder)?,
    };
    cached(said, message.cache_control.as_ref())
}

fn tool_result(message: &ToolMessage, place: &str, encoder: &mut Encoder<'_>) -> Result<Value> {
    // `name` repeats what the call said already.
    refuse(None, &message.extra, place, encoder)?;
    let mut block = Map::new();
    block.insert("type".to_owned(), json!("tool_result"));
    let id = tool_id(&message.tool_call_id, &format!("{place}.tool_call_id"), encoder);
    block.insert("tool_use_id".to_owned(), json!(id));
    let content = match content::said(&message.content, place, encoder)? {
        Said::Text(text) => Value::String(text),
        Said::Blocks(blocks) => Value::Array(blocks),
    };
    block.insert("content".to_owned(), content);
    if let Some(is_error) = message.is_error {
        block.insert("is_error".to_owned(), json!(is_error));
    }
    if let Some(cache_control) = &message.cache_control {
        block.insert("cache_control".to_owned(), to_json(cache_control)?);
    }
    Ok(Value::Object(block))
}

/// A message's breakpoint goes onto its last block, unless that has its own.
pub(super) fn cached(said: Said, cache_control: Option<&CacheControl>) -> Result<Said> {
    let Some(cache_control) = cache_control else { return Ok(said) };
    let mut blocks = said.into_blocks();
    // Thinking takes no breakpoint (schema `RequestThinkingBlock`).
    let thinks = |block: &Value| ["thinking", "redacted_thinking"].contains(&block_type(block));
    let last = blocks.iter_mut().rev().find(|block| !thinks(block));
    if let Some(block) = last.and_then(Value::as_object_mut)
        && !block.contains_key("cache_control")
    {
        block.insert("cache_control".to_owned(), to_json(cache_control)?);
    }
    Ok(Said::Blocks(blocks))
}

/// An id that the wire takes: `^[a-zA-Z0-9_-]+$` (schema `RequestToolUseBlock`).
/// Ids of other services may hold more; call and result change alike.
pub(super) fn tool_id(id: &str, place: &str, encoder: &mut Encoder<'_>) -> String {
    taken_id(id, || place.to_owned(), &mut encoder.translator)
}

/// The same where there is no encoder.
pub(in crate::dialects::anthropic) fn taken_id(
    id: &str,
    place: impl FnOnce() -> String,
    translator: &mut Translator,
) -> String {
    let taken = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.chars().all(taken) {
        return id.to_owned();
    }
    let id: String = id.chars().map(|c| if taken(c) { c } else { '_' }).collect();
    translator.note(
        place(),
        TranslationAction::Renamed,
        format!("`{id}`: the wire takes letters, digits, `_` and `-`"),
    );
    id
}

/// Fields of a message that the wire has no place for.
fn refuse(
    name: Option<&String>,
    extra: &Map<String, Value>,
    place: &str,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    if name.is_some() {
        encoder.translator.unsupported(format!("{place}.name"), "the wire names no participants")?;
    }
    for key in extra.keys() {
        encoder.translator.unsupported(format!("{place}.{key}"), "the wire's messages have no such field")?;
    }
    Ok(())
}

/// A call's arguments as the wire's object.
pub(in crate::dialects) fn input(arguments: &str, place: &str) -> Result<Value> {
    if arguments.trim().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_str::<Value>(arguments) {
        Ok(input @ Value::Object(_)) => Ok(input),
        Ok(_) => Err(Error::bad_request(place, format!("{place}: the wire takes a JSON object"))),
        Err(cause) => Err(Error::bad_request(place, format!("{place}: not JSON: {cause}"))),
    }
}
