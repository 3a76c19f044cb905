//! The events of a streamed message.

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{MessageReply, text_of};

/// An event of a streamed message: the fields that the service sent, or that were made of the
/// chunks of its chat completion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageEvent {
    /// `type` and the event's own.
    pub fields: Map<String, Value>,
    /// Of `message_stop`, which ends the stream: the message as a whole. The wire's own has none.
    pub message: Option<Box<MessageReply>>,
}

impl MessageEvent {
    /// Such as `content_block_delta`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        text_of(&self.fields, "type")
    }

    /// Whether it says something of the answer, so that another target would say it again.
    #[must_use]
    pub fn has_content(&self) -> bool {
        match self.event_type() {
            "content_block_delta" | "message_delta" | "message_stop" => true,
            "content_block_start" => {
                let block = self.fields.get("content_block");
                !block.is_some_and(|block| matches!(block["type"].as_str(), Some("text" | "thinking")))
            }
            _ => false,
        }
    }
}

impl Serialize for MessageEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        if let Some(message) = &self.message {
            map.serialize_entry("message", message)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for MessageEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { fields: Map::deserialize(deserializer)?, message: None })
    }
}
