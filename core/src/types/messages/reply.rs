//! A message.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::types::chat::Usage;
use crate::types::surface::{as_answer, list_of, text_of};
use crate::types::trace::Trace;

/// A message: the fields that the service sent, or that were made of its chat completion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageReply {
    /// As in Anthropic's `Message`, with what else the service says.
    pub fields: Map<String, Value>,
    /// What it took, where the service said so; `fields` has it in the wire's own words.
    pub usage: Option<Usage>,
    /// The provider's id of the request, from the response's headers.
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    pub route: Option<Arc<Trace>>,
}

impl MessageReply {
    #[must_use]
    pub fn new(fields: Map<String, Value>, usage: Option<Usage>) -> Self {
        Self { fields, usage, ..Self::default() }
    }

    /// The blocks of the answer.
    #[must_use]
    pub fn content(&self) -> &[Value] {
        list_of(&self.fields, "content")
    }

    /// All text of the answer, joined without a separator.
    #[must_use]
    pub fn text(&self) -> String {
        let texts =
            self.content().iter().filter(|block| block.get("type").is_some_and(|kind| kind == "text"));
        texts.filter_map(|block| block.get("text")?.as_str()).collect()
    }

    /// `end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `refusal`, … Empty until it is known.
    #[must_use]
    pub fn stop_reason(&self) -> &str {
        text_of(&self.fields, "stop_reason")
    }
}

as_answer!(MessageReply);
