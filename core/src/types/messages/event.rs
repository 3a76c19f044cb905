//! The events of a streamed message.

use serde_json::{Map, Value};

use super::MessageReply;
use crate::types::surface::{as_event, text_of};

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
    /// The one event of a message that came as a whole.
    #[must_use]
    pub fn stop(message: MessageReply) -> Self {
        let fields = Map::from_iter([("type".to_owned(), "message_stop".into())]);
        Self { fields, message: Some(Box::new(message)) }
    }

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

as_event!(MessageEvent, message);
