//! Content that comes as a list of parts, as reasoning models of one wire
//! variant send it: thinking and text in one list.
//!
//! The plain fields get the text; the list itself is kept as native blocks
//! wherever the plain fields could not reproduce it.

use serde_json::{Value, json};

use crate::dialects::DialectName;
use crate::types::chat::NativeBlocks;

/// The plain reading of a list of parts.
#[derive(Default, Debug, PartialEq)]
pub(super) struct PlainContent {
    pub text: Option<String>,
    pub reasoning: Option<String>,
    /// Whether the text says all that the list says.
    pub is_text_alone: bool,
}

/// Reads a list of parts.
pub(super) fn plain(parts: &[Value]) -> PlainContent {
    let mut plain = PlainContent { is_text_alone: true, ..PlainContent::default() };
    for part in parts {
        match (part.get("type").and_then(Value::as_str), part) {
            (Some("thinking"), _) => {
                plain.is_text_alone = false;
                let reasoning = plain.reasoning.get_or_insert_default();
                match part.get("thinking") {
                    Some(Value::Array(pieces)) => pieces.iter().filter_map(text_of).for_each(|text| {
                        reasoning.push_str(text);
                    }),
                    Some(Value::String(text)) => reasoning.push_str(text),
                    _ => {}
                }
            }
            (_, Value::String(text)) => plain.text.get_or_insert_default().push_str(text),
            _ => match text_of(part) {
                Some(text) => {
                    plain.text.get_or_insert_default().push_str(text);
                    plain.is_text_alone &= is_plain_text(part);
                }
                None => plain.is_text_alone = false,
            },
        }
    }
    plain
}

fn text_of(part: &Value) -> Option<&str> {
    part.get("text").and_then(Value::as_str)
}

/// Whether a part is `{"type": "text", "text": ...}` and nothing more.
fn is_plain_text(part: &Value) -> bool {
    matches!(part, Value::Object(fields) if fields.len() == 2
        && fields.get("type").and_then(Value::as_str) == Some("text")
        && fields.get("text").is_some_and(Value::is_string))
}

pub(super) fn native_blocks(blocks: Vec<Value>) -> NativeBlocks {
    NativeBlocks { dialect: DialectName::OpenAi.as_str().to_owned(), blocks }
}

/// Puts the pieces of a streamed list together as the whole reply has them.
#[derive(Default)]
pub(super) struct BlockSum {
    /// Text that came before the first list; not a block as long as none comes.
    text: String,
    blocks: Option<Vec<Value>>,
    changed: bool,
}

impl BlockSum {
    /// Adds a piece of content that came as text.
    pub fn add_text(&mut self, text: &str) {
        match &mut self.blocks {
            None => self.text.push_str(text),
            Some(blocks) => {
                add_text_block(blocks, text);
                self.changed = true;
            }
        }
    }

    /// Adds a piece of content that came as a list.
    pub fn add_parts(&mut self, parts: Vec<Value>) {
        let blocks = self.blocks.get_or_insert_with(|| {
            if self.text.is_empty() { Vec::new() } else { vec![text_block(&self.text)] }
        });
        self.changed = true;
        for part in parts {
            if is_plain_text(&part) {
                add_text_block(blocks, text_of(&part).unwrap_or_default());
            } else if let Some(last) = blocks.last_mut()
                && is_thinking(last)
                && is_thinking(&part)
            {
                add_thinking(last, part);
            } else {
                blocks.push(part);
            }
        }
    }

    /// The blocks, where they say more than the text and changed since last taken.
    pub fn take_changed(&mut self) -> Option<NativeBlocks> {
        let blocks = self.blocks.as_ref()?;
        if !std::mem::take(&mut self.changed) || plain(blocks).is_text_alone {
            return None;
        }
        Some(native_blocks(blocks.clone()))
    }
}

fn text_block(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn add_text_block(blocks: &mut Vec<Value>, text: &str) {
    if text.is_empty() {
        return;
    }
    match blocks.last_mut() {
        Some(last) if is_plain_text(last) => {
            if let Some(Value::String(sum)) = last.get_mut("text") {
                sum.push_str(text);
            }
        }
        _ => blocks.push(text_block(text)),
    }
}

fn is_thinking(part: &Value) -> bool {
    part.get("type").and_then(Value::as_str) == Some("thinking")
        && part.get("thinking").is_some_and(Value::is_array)
}

fn add_thinking(sum: &mut Value, piece: Value) {
    let (Value::Object(sum), Value::Object(piece)) = (sum, piece) else {
        return;
    };
    for (name, value) in piece {
        match (sum.get_mut(&name), value) {
            (Some(Value::Array(blocks)), Value::Array(pieces)) if name == "thinking" => {
                for piece in pieces {
                    match text_of(&piece) {
                        Some(text) if is_plain_text(&piece) => add_text_block(blocks, text),
                        _ => blocks.push(piece),
                    }
                }
            }
            (_, value) => {
                sum.insert(name, value);
            }
        }
    }
}

/// Whether native blocks still say what the plain fields say: if the caller
/// edited the message, its plain fields are what is meant.
pub(super) fn still_say(blocks: &[Value], text: Option<&str>, reasoning: Option<&str>) -> bool {
    let plain = plain(blocks);
    let same = |ours: Option<&str>, theirs: &Option<String>| {
        ours.unwrap_or_default() == theirs.as_deref().unwrap_or_default()
    };
    // A message without reasoning is one that went through a type that lacks
    // the field, not one whose reasoning was edited.
    same(text, &plain.text) && (reasoning.is_none() || same(reasoning, &plain.reasoning))
}
