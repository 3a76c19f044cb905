//! The conversation: `system`, and turns of user and assistant.
//!
//! Instructions are hoisted into `system`; tool results are blocks of a user turn, in
//! front of everything else there; messages of one role that follow each other are one
//! turn, for turns must alternate (docs: "Using the Converse API").

use serde_json::{Map, Value, json};

use super::{Encoder, assistant, cache_point, content};
use crate::dialects::bedrock::blocks::kind;
use crate::error::Result;
use crate::types::chat::{CacheControl, Content, ContentPart, Message, SystemMessage, ToolMessage};
use crate::types::trace::TranslationAction;

struct Turn {
    role: &'static str,
    blocks: Vec<Value>,
}

pub(super) fn messages(messages: &[Message], encoder: &mut Encoder<'_>) -> Result<()> {
    let mut system: Vec<Value> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        match message {
            Message::System(message) | Message::Developer(message) => {
                if !turns.is_empty() {
                    encoder.translator.hoisted(&place, "system");
                }
                system.extend(system_blocks(message, &place, encoder)?);
            }
            Message::User(message) => {
                refuse(message.name.as_ref(), &message.extra, &place, encoder)?;
                let blocks = content::blocks(&message.content, &place, encoder)?;
                add(&mut turns, "user", cached(blocks, message.cache_control.as_ref(), &place, encoder)?);
            }
            Message::Assistant(message) => {
                let last = index + 1 == messages.len();
                let blocks = assistant::blocks(message, &place, last, encoder)?;
                if blocks.is_empty() {
                    let detail = "an assistant message that says nothing";
                    encoder.translator.note(&place, TranslationAction::Dropped, detail);
                }
                add(&mut turns, "assistant", blocks);
            }
            Message::Tool(message) => {
                let blocks = tool_result(message, &place, encoder)?;
                add(&mut turns, "user", blocks);
            }
            Message::Function(_) => {
                let detail = "the wire has no role `function`; use `tool` messages";
                encoder.translator.unsupported(&place, detail)?;
            }
        }
    }
    if !system.is_empty() {
        encoder.set("system", system);
    }
    let turns: Vec<Value> = turns.into_iter().map(|turn| json_turn(turn, encoder)).collect();
    encoder.set("messages", turns);
    Ok(())
}

fn add(turns: &mut Vec<Turn>, role: &'static str, blocks: Vec<Value>) {
    if blocks.is_empty() {
        return;
    }
    match turns.last_mut() {
        Some(turn) if turn.role == role => turn.blocks.extend(blocks),
        _ => turns.push(Turn { role, blocks }),
    }
}

fn json_turn(turn: Turn, encoder: &mut Encoder<'_>) -> Value {
    let mut blocks = turn.blocks;
    let is = |block: &Value, name: &str| kind(block).is_some_and(|(kind, _)| kind == name);
    if blocks.iter().any(|block| is(block, "toolUse") || is(block, "toolResult")) {
        encoder.has_tool_blocks = true;
    }
    if turn.role == "user" {
        // A cache point goes with the block in front of it.
        let mut result = true;
        let mut place = |block: &Value| {
            if !is(block, "cachePoint") {
                result = is(block, "toolResult");
            }
            !result
        };
        let mut keyed: Vec<(bool, Value)> = blocks.into_iter().map(|block| (place(&block), block)).collect();
        if !keyed.is_sorted_by_key(|(later, _)| *later) {
            keyed.sort_by_key(|(later, _)| *later);
            encoder.translator.note(
                "messages",
                TranslationAction::Renamed,
                "tool results moved in front of the text that came before them: the wire wants them first",
            );
        }
        blocks = keyed.into_iter().map(|(_, block)| block).collect();
    }
    json!({ "role": turn.role, "content": blocks })
}

fn system_blocks(message: &SystemMessage, place: &str, encoder: &mut Encoder<'_>) -> Result<Vec<Value>> {
    refuse(message.name.as_ref(), &message.extra, place, encoder)?;
    let mut blocks = Vec::new();
    match &message.content {
        Content::Parts(parts) => {
            for (index, part) in parts.iter().enumerate() {
                let place = format!("{place}.content[{index}]");
                match part {
                    ContentPart::Text(_) | ContentPart::Native(_) => {
                        content::part(part, &place, &mut blocks, encoder)?;
                    }
                    _ => encoder.translator.unsupported(place, "`system` of the wire is text alone")?,
                }
            }
        }
        text @ Content::Text(_) => blocks = content::blocks(text, place, encoder)?,
    }
    cached(blocks, message.cache_control.as_ref(), place, encoder)
}

fn tool_result(message: &ToolMessage, place: &str, encoder: &mut Encoder<'_>) -> Result<Vec<Value>> {
    // `name` repeats what the call said already.
    refuse(None, &message.extra, place, encoder)?;
    let mut result = Map::new();
    let id = tool_id(&message.tool_call_id, &format!("{place}.tool_call_id"), encoder);
    result.insert("toolUseId".to_owned(), json!(id));
    let blocks = content::blocks(&message.content, place, encoder)?;
    // `ToolResultContentBlock` knows no cache points: they follow the result.
    let is_point = |block: &Value| kind(block).is_some_and(|(kind, _)| kind == "cachePoint");
    let (mut points, blocks): (Vec<Value>, Vec<Value>) = blocks.into_iter().partition(is_point);
    points.truncate(1);
    result.insert("content".to_owned(), Value::Array(blocks));
    if let Some(is_error) = message.is_error {
        result.insert("status".to_owned(), json!(if is_error { "error" } else { "success" }));
    }
    let mut blocks = vec![json!({ "toolResult": result })];
    blocks.append(&mut points);
    cached(blocks, message.cache_control.as_ref(), place, encoder)
}

/// A message's breakpoint goes behind its last block, unless that has its own.
pub(super) fn cached(
    mut blocks: Vec<Value>,
    control: Option<&CacheControl>,
    place: &str,
    encoder: &mut Encoder<'_>,
) -> Result<Vec<Value>> {
    let Some(control) = control else { return Ok(blocks) };
    let has_own = blocks.last().and_then(kind).is_none_or(|(kind, _)| kind == "cachePoint");
    if !has_own {
        blocks.push(cache_point(control, place, encoder)?);
    }
    Ok(blocks)
}

/// An id that the wire takes (schema `ToolUseId`): letters, digits and `_.:-`, at most 64.
/// Ids of other services may hold more; call and result change alike.
pub(super) fn tool_id(id: &str, place: &str, encoder: &mut Encoder<'_>) -> String {
    let taken = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    if id.len() <= 64 && id.chars().all(taken) {
        return id.to_owned();
    }
    // The ends of ids differ more often than their beginnings.
    let characters: Vec<char> = id.chars().map(|c| if taken(c) { c } else { '_' }).collect();
    let id: String = characters.iter().skip(characters.len().saturating_sub(64)).collect();
    encoder.translator.note(
        place,
        TranslationAction::Renamed,
        format!("`{id}`: the wire takes 64 letters, digits and any of `_.:-`"),
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
