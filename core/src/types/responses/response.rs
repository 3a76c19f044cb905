//! A response.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::types::chat::Usage;
use crate::types::surface::{as_answer, list_of, text_of};
use crate::types::trace::Trace;

/// A response: the fields that the service sent, or that were made of its chat completion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelResponse {
    /// As in OpenAI's `Response`, with what else the service says; and `output_text`, all text of
    /// the output.
    pub fields: Map<String, Value>,
    /// What it took, where the service said so; `fields` has it in the API's own words.
    pub usage: Option<Usage>,
    /// The provider's id of the request, from the response's headers.
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    pub route: Option<Arc<Trace>>,
}

impl ModelResponse {
    /// Of these fields, with `output_text`.
    #[must_use]
    pub fn new(mut fields: Map<String, Value>, usage: Option<Usage>) -> Self {
        let text = output_text(fields.get("output"));
        fields.insert("output_text".to_owned(), text.into());
        Self { fields, usage, ..Self::default() }
    }

    #[must_use]
    pub fn id(&self) -> &str {
        text_of(&self.fields, "id")
    }

    /// The model that answered, in the provider's words.
    #[must_use]
    pub fn model(&self) -> &str {
        text_of(&self.fields, "model")
    }

    /// `completed`, `incomplete`, `in_progress`, `queued`, `cancelled` or `failed`.
    #[must_use]
    pub fn status(&self) -> &str {
        text_of(&self.fields, "status")
    }

    /// The items of the answer.
    #[must_use]
    pub fn output(&self) -> &[Value] {
        list_of(&self.fields, "output")
    }

    /// All text of the output.
    #[must_use]
    pub fn output_text(&self) -> &str {
        text_of(&self.fields, "output_text")
    }
}

/// All text of the messages, joined without a separator, as OpenAI's SDKs have it.
fn output_text(output: Option<&Value>) -> String {
    let items = output.and_then(Value::as_array).into_iter().flatten();
    let messages = items.filter(|item| item.get("type").is_some_and(|kind| kind == "message"));
    let parts = messages.filter_map(|item| item.get("content")?.as_array()).flatten();
    let texts = parts.filter(|part| part.get("type").is_some_and(|kind| kind == "output_text"));
    texts.filter_map(|part| part.get("text")?.as_str()).collect()
}

as_answer!(ModelResponse);
