//! The sum of a stream's events: the message that the plain form would have been.
//!
//! Used for the `partial_message` of a broken stream, for `get_final_message()`, and by the
//! translation of a chat's chunks.

use serde_json::{Map, Value, json};

use super::{MessageEvent, MessageReply, text_of};

/// Adds events up to a [`MessageReply`].
#[derive(Clone, Debug, Default)]
pub struct MessageSum {
    fields: Map<String, Value>,
    /// By their index; a service may leave one out.
    content: Vec<Value>,
    /// The input of calls, as far as it was said, by place.
    inputs: Vec<(usize, String)>,
}

impl MessageSum {
    /// Adds the next event. One that is not known, or has no place, adds nothing.
    pub fn add(&mut self, event: &MessageEvent) {
        self.add_if_placed(event);
    }

    fn add_if_placed(&mut self, event: &MessageEvent) -> Option<()> {
        let fields = &event.fields;
        match event.event_type() {
            "message_start" => {
                self.fields.clone_from(fields.get("message")?.as_object()?);
                self.fields.shift_remove("content");
            }
            "message_delta" => {
                for (name, value) in fields.get("delta").and_then(Value::as_object).into_iter().flatten() {
                    self.fields.insert(name.clone(), value.clone());
                }
                let known = self.fields.entry("usage").or_insert_with(|| json!({})).as_object_mut()?;
                for (name, value) in fields.get("usage").and_then(Value::as_object).into_iter().flatten() {
                    if !value.is_null() {
                        known.insert(name.clone(), value.clone());
                    }
                }
            }
            "content_block_start" => {
                let place = usize::try_from(fields.get("index")?.as_u64()?).ok()?;
                // A place that is far off is no place.
                if place <= self.content.len() + 64 {
                    if self.content.len() <= place {
                        self.content.resize(place + 1, Value::Null);
                    }
                    *self.content.get_mut(place)? = fields.get("content_block")?.clone();
                }
            }
            "content_block_delta" => {
                let place = usize::try_from(fields.get("index")?.as_u64()?).ok()?;
                self.add_delta(place, fields.get("delta")?.as_object()?)?;
            }
            "content_block_stop" => {
                let place = usize::try_from(fields.get("index")?.as_u64()?).ok()?;
                let said = self.inputs.iter().position(|(known, _)| *known == place)?;
                let (_, text) = self.inputs.swap_remove(said);
                if let Ok(input) = serde_json::from_str::<Value>(&text) {
                    self.content.get_mut(place)?.as_object_mut()?.insert("input".to_owned(), input);
                }
            }
            _ => {}
        }
        Some(())
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
        for name in ["text", "thinking", "signature"] {
            let Some(more) = delta.get(name).and_then(Value::as_str) else { continue };
            match block.get_mut(name) {
                Some(Value::String(text)) => text.push_str(more),
                _ => {
                    block.insert(name.to_owned(), more.into());
                }
            }
        }
        if let Some(citation) = delta.get("citation") {
            let list = block.entry("citations").or_insert_with(|| json!([]));
            if list.is_null() {
                *list = json!([]);
            }
            list.as_array_mut()?.push(citation.clone());
        }
        Some(())
    }

    /// The blocks so far.
    pub(crate) fn content(&self) -> &[Value] {
        &self.content
    }

    /// The message so far.
    #[must_use]
    pub fn message(&self) -> MessageReply {
        let mut fields = self.fields.clone();
        let said = self.content.iter().filter(|block| !block.is_null()).cloned().collect();
        fields.insert("content".to_owned(), Value::Array(said));
        MessageReply::new(fields, None)
    }
}
