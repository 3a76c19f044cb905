//! The events of a streamed response.

use serde_json::{Map, Value};

use super::ModelResponse;
use crate::types::surface::{as_event, text_of};

/// An event of a streamed response: the fields that the service sent, or that were made of the
/// chunks of its chat completion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseEvent {
    /// `type`, `sequence_number` and the event's own.
    pub fields: Map<String, Value>,
    /// Of the event that ends the stream: the response as a whole.
    pub response: Option<Box<ModelResponse>>,
}

impl ResponseEvent {
    /// The one event of a response that came as a whole.
    #[must_use]
    pub fn completed(response: ModelResponse) -> Self {
        let event_type = match response.status() {
            "incomplete" => "response.incomplete",
            _ => "response.completed",
        };
        let fields = [("type".to_owned(), event_type.into()), ("sequence_number".to_owned(), 0.into())];
        Self { fields: fields.into_iter().collect(), response: Some(Box::new(response)) }
    }

    /// Such as `response.output_text.delta`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        text_of(&self.fields, "type")
    }

    /// The next piece of a text, of arguments or of reasoning; empty in events of another kind.
    #[must_use]
    pub fn delta(&self) -> &str {
        text_of(&self.fields, "delta")
    }

    /// Whether it says something of the answer, so that another target would say it again.
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.response.is_some()
            || match self.fields.get("delta") {
                Some(Value::String(delta)) => !delta.is_empty(),
                Some(delta) => !delta.is_null(),
                None => matches!(
                    self.event_type(),
                    "response.output_item.done" | "response.image_generation_call.partial_image"
                ),
            }
    }

    /// A place such as `output_index`.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        usize::try_from(self.fields.get(name)?.as_u64()?).ok()
    }
}

as_event!(ResponseEvent, response);
