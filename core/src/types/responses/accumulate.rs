//! The sum of a stream's events: the response that the plain form would have been.
//!
//! Used for the `partial_response` of a broken stream and for `get_final_response()`, and by the
//! translation of a chat's chunks, which has to say every text once more as a whole.

use serde_json::{Map, Value, json};

use super::{ModelResponse, ResponseEvent};
use crate::types::chat::Usage;

/// Adds events up to a [`ModelResponse`].
#[derive(Clone, Debug, Default)]
pub struct ResponseSum {
    /// What the latest event with a response says of it, without its output.
    fields: Map<String, Value>,
    output: Vec<Value>,
    /// The response as a whole, once it was told.
    whole: Option<ModelResponse>,
}

impl ResponseSum {
    /// Adds the next event. One that is not known, or has no place, adds nothing.
    pub fn add(&mut self, event: &ResponseEvent) {
        if let Some(response) = &event.response {
            self.whole = Some((**response).clone());
            return;
        }
        if let Some(Value::Object(response)) = event.fields.get("response") {
            self.fields.clone_from(response);
            if !is_open(event.event_type()) {
                self.whole = Some(ModelResponse::new(response.clone(), None));
            }
            return;
        }
        self.add_to_item(event);
    }

    fn add_to_item(&mut self, event: &ResponseEvent) -> Option<()> {
        let place = event.index("output_index")?;
        let field = |name: &str| event.fields.get(name).cloned();
        match event.event_type() {
            // A place that is far off is no place.
            "response.output_item.added" | "response.output_item.done" if place <= self.output.len() + 64 => {
                if self.output.len() <= place {
                    self.output.resize(place + 1, Value::Null);
                }
                *self.output.get_mut(place)? = field("item")?;
            }
            "response.content_part.added" | "response.content_part.done" => {
                *part(self.output.get_mut(place)?, "content", event.index("content_index")?)? =
                    field("part")?;
            }
            "response.reasoning_summary_part.added" | "response.reasoning_summary_part.done" => {
                *part(self.output.get_mut(place)?, "summary", event.index("summary_index")?)? =
                    field("part")?;
            }
            "response.output_text.delta" => {
                let part = part(self.output.get_mut(place)?, "content", event.index("content_index")?)?;
                if let Some(Value::Array(logprobs)) =
                    field("logprobs").filter(|logprobs| *logprobs != json!([]))
                {
                    let part = part.as_object_mut()?;
                    let list = part.entry("logprobs").or_insert_with(|| json!([])).as_array_mut()?;
                    list.extend(logprobs);
                }
                append(part, "text", event.delta());
            }
            "response.reasoning_text.delta" => {
                let part = part(self.output.get_mut(place)?, "content", event.index("content_index")?)?;
                if part.is_null() {
                    *part = json!({ "type": "reasoning_text" });
                }
                append(part, "text", event.delta());
            }
            "response.refusal.delta" => {
                let part = part(self.output.get_mut(place)?, "content", event.index("content_index")?)?;
                append(part, "refusal", event.delta());
            }
            "response.reasoning_summary_text.delta" => {
                let part = part(self.output.get_mut(place)?, "summary", event.index("summary_index")?)?;
                append(part, "text", event.delta());
            }
            "response.output_text.annotation.added" => {
                let part = part(self.output.get_mut(place)?, "content", event.index("content_index")?)?;
                let list = part.as_object_mut()?.entry("annotations").or_insert_with(|| json!([]));
                list.as_array_mut()?.push(field("annotation")?);
            }
            "response.function_call_arguments.delta" | "response.mcp_call_arguments.delta" => {
                append(self.output.get_mut(place)?, "arguments", event.delta());
            }
            "response.custom_tool_call_input.delta" => {
                append(self.output.get_mut(place)?, "input", event.delta());
            }
            "response.code_interpreter_call_code.delta" => {
                append(self.output.get_mut(place)?, "code", event.delta());
            }
            _ => {}
        }
        Some(())
    }

    /// The item at a place, as far as it was said.
    #[must_use]
    pub fn item(&self, place: usize) -> Option<&Value> {
        self.output.get(place)
    }

    /// The same, to be changed.
    pub(crate) fn item_mut(&mut self, place: usize) -> Option<&mut Value> {
        self.output.get_mut(place)
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.output.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.output.is_empty()
    }

    /// What it took, once that was told.
    #[must_use]
    pub fn usage(&self) -> Option<&Usage> {
        self.whole.as_ref()?.usage.as_ref()
    }

    /// The items so far.
    pub(crate) fn output(&self) -> &[Value] {
        &self.output
    }

    /// The response so far.
    #[must_use]
    pub fn response(&self) -> ModelResponse {
        if let Some(whole) = &self.whole {
            return whole.clone();
        }
        let mut fields = self.fields.clone();
        fields.insert("output".to_owned(), self.output.clone().into());
        ModelResponse::new(fields, None)
    }
}

/// Whether more comes after an event of this type with a response.
fn is_open(event_type: &str) -> bool {
    matches!(event_type, "response.created" | "response.in_progress" | "response.queued")
}

/// The place of a part in a list of an item's, made where it is the next one.
fn part<'a>(item: &'a mut Value, list: &str, place: usize) -> Option<&'a mut Value> {
    let list = item.as_object_mut()?.entry(list).or_insert_with(|| json!([]));
    if !list.is_array() {
        *list = json!([]);
    }
    let list = list.as_array_mut()?;
    if place > list.len() + 64 {
        return None;
    }
    if list.len() <= place {
        list.resize(place + 1, Value::Null);
    }
    list.get_mut(place)
}

fn append(fields: &mut Value, name: &str, more: &str) {
    if fields.is_null() {
        *fields = json!({});
    }
    let Some(fields) = fields.as_object_mut() else { return };
    match fields.get_mut(name) {
        Some(Value::String(text)) => text.push_str(more),
        _ => {
            fields.insert(name.to_owned(), more.into());
        }
    }
}
