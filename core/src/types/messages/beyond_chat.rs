//! What a request asks that no chat completion has a word for.
//!
//! The one list of it: routing leaves out targets of other wires, and the translation to a chat
//! refuses or drops the same things.

use serde_json::{Map, Value};

use super::MessagesRequest;
use crate::types::surface::{list_of, text_of};

/// Types of blocks that a chat has.
const BLOCKS: [&str; 7] =
    ["text", "image", "document", "tool_use", "tool_result", "thinking", "redacted_thinking"];

impl MessagesRequest {
    /// Hands each place that only Anthropic's wire understands to `found`, with the reason, until
    /// that fails.
    pub(crate) fn beyond_chat<E>(
        &self,
        found: &mut dyn FnMut(String, &'static str) -> Result<(), E>,
    ) -> Result<(), E> {
        for (name, why) in [
            ("container", "the target has no containers"),
            ("context_management", "the target manages no context"),
            ("mcp_servers", "the target calls no servers"),
        ] {
            if self.extra.get(name).is_some_and(|value| !value.is_null()) {
                found(name.to_owned(), why)?;
            }
        }
        for (index, tool) in self.tools.iter().flatten().enumerate() {
            if !matches!(text_of(tool, "type"), "" | "custom") {
                found(format!("tools[{index}].type"), "a tool that the service runs itself")?;
            }
        }
        for (index, message) in self.messages.iter().enumerate() {
            let place = format!("messages[{index}].content");
            for (index, block) in list_of(message, "content").iter().enumerate() {
                block_beyond(block, &format!("{place}[{index}]"), found)?;
            }
        }
        Ok(())
    }

    /// The first place that only Anthropic's wire understands.
    pub(crate) fn first_beyond_chat(&self) -> Option<String> {
        self.beyond_chat(&mut |place, _| Err(place)).err()
    }
}

/// Whether a chat has a block like it.
pub(crate) fn is_of_chat(block: &Map<String, Value>) -> bool {
    BLOCKS.contains(&text_of(block, "type"))
        && block.get("source").and_then(|source| source.get("type")).is_none_or(|kind| kind != "content")
}

fn block_beyond<E>(
    block: &Value,
    place: &str,
    found: &mut dyn FnMut(String, &'static str) -> Result<(), E>,
) -> Result<(), E> {
    let Some(block) = block.as_object() else {
        return found(place.to_owned(), "a block that no chat has");
    };
    if !is_of_chat(block) {
        return found(format!("{place}.type"), "a block that no chat has");
    }
    for (index, inner) in list_of(block, "content").iter().enumerate() {
        block_beyond(inner, &format!("{place}.content[{index}]"), found)?;
    }
    Ok(())
}
