//! The sum of a stream's events: the message that the plain form would have been.
//!
//! Used for the `partial_message` of a broken stream, for `get_final_message()`, and by the
//! translation of a chat's chunks.

use serde_json::{Map, Value, json};

use super::{MessageEvent, MessageReply};
use crate::types::chat::Usage;
use crate::types::surface::text_of;

/// Adds events up to a [`MessageReply`].
#[derive(Clone, Debug, Default)]
pub struct MessageSum {
    fields: Map<String, Value>,
    /// By their index.
    content: Vec<Value>,
    /// The input of calls, as far as it was said, by place.
    inputs: Vec<(usize, String)>,
    /// The message as a whole, once it was told.
    whole: Option<MessageReply>,
}

impl MessageSum {
    /// Adds the next event. One that is not known, or has no place, adds nothing.
    pub fn add(&mut self, event: &MessageEvent) {
        if let Some(message) = &event.message {
            self.whole = Some((**message).clone());
            return;
        }
        self.add_if_placed(event);
    }

    fn add_if_placed(&mut self, event: &MessageEvent) -> Option<()> {
        let fields = &event.fields;
        let place = fields.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        match event.event_type() {
            "message_start" => {
                self.fields.clone_from(fields.get("message")?.as_object()?);
                if let Some(Value::Array(begun)) = self.fields.shift_remove("content") {
                    self.content = begun;
                }
            }
            // Of ours, written and read again.
            "message_stop" => {
                let message = fields.get("message")?.as_object()?.clone();
                self.whole = Some(MessageReply::new(message, None));
            }
            "message_delta" => self.add_to_message(fields),
            "content_block_start" => {
                let place = place?;
                // A place that is far off is no place.
                if place <= self.content.len() + 64 {
                    if self.content.len() <= place {
                        self.content.resize(place + 1, Value::Null);
                    }
                    *self.content.get_mut(place)? = fields.get("content_block")?.clone();
                }
            }
            "content_block_delta" => self.add_delta(place?, fields.get("delta")?.as_object()?)?,
            "content_block_stop" => {
                let place = place?;
                let said = self.inputs.iter().position(|(known, _)| *known == place)?;
                let (_, text) = self.inputs.swap_remove(said);
                put_input(self.content.get_mut(place)?, &text);
            }
            _ => {}
        }
        Some(())
    }

    /// `delta` has fields of the message, `usage` counts so far; what else there is, is the message's too.
    fn add_to_message(&mut self, event: &Map<String, Value>) {
        for (name, value) in event {
            match (name.as_str(), value) {
                ("type", _) => {}
                ("delta", Value::Object(delta)) => {
                    for (name, value) in delta {
                        replace(&mut self.fields, name, value);
                    }
                }
                ("usage", Value::Object(counts)) => {
                    let known = self.fields.entry("usage").or_insert_with(|| json!({}));
                    if !known.is_object() {
                        *known = json!({});
                    }
                    let Some(known) = known.as_object_mut() else { continue };
                    for (name, value) in counts {
                        replace(known, name, value);
                    }
                }
                _ => replace(&mut self.fields, name, value),
            }
        }
    }

    fn add_delta(&mut self, place: usize, delta: &Map<String, Value>) -> Option<()> {
        if text_of(delta, "type") == "input_json_delta" {
            let more = text_of(delta, "partial_json");
            match self.inputs.iter_mut().find(|(known, _)| *known == place) {
                Some((_, text)) => text.push_str(more),
                None => self.inputs.push((place, more.to_owned())),
            }
            return Some(());
        }
        let block = self.content.get_mut(place)?.as_object_mut()?;
        // Beside it a service may say what is no part of the block, such as an estimate of tokens.
        let said = match text_of(delta, "type") {
            "text_delta" => Some("text"),
            "thinking_delta" => Some("thinking"),
            "signature_delta" => Some("signature"),
            "citations_delta" => Some("citation"),
            _ => None,
        };
        let is_said = |name: &str| said.map_or(name != "type", |said| name == said);
        for (name, value) in delta.iter().filter(|(name, _)| is_said(name)) {
            match (name.as_str(), value, block.get_mut(name)) {
                ("citation", ..) => {
                    let list = block.entry("citations").or_insert_with(|| json!([]));
                    if !list.is_array() {
                        *list = json!([]);
                    }
                    list.as_array_mut()?.push(value.clone());
                }
                (_, Value::String(more), Some(Value::String(text))) => text.push_str(more),
                _ => drop(block.insert(name.clone(), value.clone())),
            }
        }
        Some(())
    }

    /// What it took, once that was told in the words of a chat.
    #[must_use]
    pub fn usage(&self) -> Option<&Usage> {
        self.whole.as_ref()?.usage.as_ref()
    }

    /// The block at a place, to be changed.
    pub(crate) fn block_mut(&mut self, place: usize) -> Option<&mut Value> {
        self.content.get_mut(place)
    }

    /// How many blocks there are.
    pub(crate) fn blocks(&self) -> usize {
        self.content.len()
    }

    /// The message so far. The input of a call that was not said to its end is its text.
    #[must_use]
    pub fn message(&self) -> MessageReply {
        if let Some(whole) = &self.whole {
            return whole.clone();
        }
        let mut said = self.content.clone();
        for (place, text) in &self.inputs {
            if let Some(block) = said.get_mut(*place) {
                put_input(block, text);
            }
        }
        said.retain(|block| !block.is_null());
        let mut fields = self.fields.clone();
        fields.insert("content".to_owned(), Value::Array(said));
        MessageReply::new(fields, None)
    }
}

/// The last value that is not null stands.
fn replace(fields: &mut Map<String, Value>, name: &str, value: &Value) {
    if !value.is_null() || !fields.contains_key(name) {
        fields.insert(name.to_owned(), value.clone());
    }
}

/// The input of a call as a whole; what is no JSON is kept as its text.
fn put_input(block: &mut Value, text: &str) {
    if let (Some(block), false) = (block.as_object_mut(), text.trim().is_empty()) {
        let input = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        block.insert("input".to_owned(), input);
    }
}
