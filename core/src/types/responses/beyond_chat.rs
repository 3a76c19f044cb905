//! What a request asks that no chat completion has a word for.
//!
//! The one list of it: routing leaves out targets that only chat, and the translation to a chat
//! refuses or drops the same things.

use serde_json::Value;

use super::input::ItemKind;
use super::{ResponseItem, ResponsesInput, ResponsesRequest};
use crate::types::media::is_text;
use crate::types::surface::text_of;

/// Types of parts that a chat has.
const PARTS: [&str; 8] = [
    "input_text",
    "output_text",
    "text",
    "summary_text",
    "refusal",
    "input_image",
    "input_file",
    "input_audio",
];

impl ResponsesRequest {
    /// Hands each place that only the API itself understands to `found`, with the reason, until
    /// that fails.
    pub(crate) fn beyond_chat<E>(
        &self,
        found: &mut dyn FnMut(String, &'static str) -> Result<(), E>,
    ) -> Result<(), E> {
        let stored = "the target keeps no responses to go on from";
        let asks = |name: &str| self.extra.get(name).is_some_and(|value| !value.is_null());
        for (name, asked, why) in [
            ("previous_response_id", self.previous_response_id.is_some(), stored),
            ("conversation", self.conversation.is_some(), "the target keeps no conversations"),
            ("prompt", self.prompt.is_some(), "the target keeps no prompts"),
            ("background", self.background == Some(true), "the target answers while one waits"),
            (
                "truncation",
                self.truncation.as_deref() == Some("auto"),
                "the target leaves nothing of the input out",
            ),
            ("context_management", asks("context_management"), "the target manages no context"),
            ("moderation", asks("moderation"), "the target moderates nothing"),
        ] {
            if asked {
                found(name.to_owned(), why)?;
            }
        }
        for (index, tool) in self.tools.iter().flatten().enumerate() {
            if !matches!(text_of(tool, "type"), "function" | "custom") {
                found(format!("tools[{index}].type"), "a tool that the service runs itself")?;
            }
        }
        for (index, item) in self.input.items().iter().enumerate() {
            item_beyond(item, &format!("input[{index}]"), found)?;
        }
        Ok(())
    }

    /// The first place that only the API itself understands.
    pub(crate) fn first_beyond_chat(&self) -> Option<String> {
        self.beyond_chat(&mut |place, _| Err(place)).err()
    }

    /// Whether any message or result of a tool has a part of this type.
    pub(crate) fn has_part(&self, part_type: &str) -> bool {
        self.any_part(&|part| part.get("type").is_some_and(|given| given == part_type))
    }

    /// Whether any has a document that is plain text, or one that is not.
    pub(crate) fn has_document(&self, text: bool) -> bool {
        let word = |part: &Value, name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
        self.any_part(&|part| {
            let name = word(part, "filename");
            part.get("type").is_some_and(|given| given == "input_file")
                && word(part, "file_data").is_some_and(|data| is_text(&data, name.as_deref())) == text
        })
    }

    fn any_part(&self, of_type: &dyn Fn(&Value) -> bool) -> bool {
        match &self.input {
            ResponsesInput::Items(items) => items.iter().any(|item| item.said().1.iter().any(of_type)),
            ResponsesInput::Absent | ResponsesInput::Text(_) => false,
        }
    }
}

fn item_beyond<E>(
    item: &ResponseItem,
    place: &str,
    found: &mut dyn FnMut(String, &'static str) -> Result<(), E>,
) -> Result<(), E> {
    if item.kind() == ItemKind::Other {
        return found(format!("{place}.type"), "an item that only the service itself knows");
    }
    let (name, parts) = item.said();
    if item.kind() == ItemKind::Reasoning {
        return Ok(());
    }
    for (index, part) in parts.iter().enumerate() {
        let part_type = part.get("type").and_then(Value::as_str).unwrap_or_default();
        if !PARTS.contains(&part_type) {
            found(format!("{place}.{name}[{index}].type"), "a part that no chat has")?;
        }
    }
    Ok(())
}
