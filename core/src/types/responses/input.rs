//! What a request says, and what a response says: items.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::types::placed::{Misread, taken};
use crate::types::surface::{list_of, text_of};

/// The conversation so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ResponsesInput {
    /// None is given: a stored response, conversation or prompt is gone on with.
    #[default]
    Absent,
    /// What the user says.
    Text(String),
    Items(Vec<ResponseItem>),
}

impl ResponsesInput {
    pub(crate) const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The items; none of a text.
    #[must_use]
    pub fn items(&self) -> &[ResponseItem] {
        match self {
            Self::Items(items) => items,
            Self::Absent | Self::Text(_) => &[],
        }
    }
}

impl Serialize for ResponsesInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Items(items) => items.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ResponsesInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, |value| match value {
            Value::Null => Ok(Self::Absent),
            Value::String(text) => Ok(Self::Text(text)),
            Value::Array(items) => {
                let read = |(index, item)| match item {
                    Value::Object(fields) => Ok(ResponseItem(fields)),
                    _ => Err(misread("expected an item (an object)").under(&format!("[{index}]"))),
                };
                items.into_iter().enumerate().map(read).collect::<Result<_, Misread>>().map(Self::Items)
            }
            _ => Err(misread("expected a text or a list of items")),
        })
    }
}

fn misread(message: &str) -> Misread {
    Misread::new("", message)
}

/// One item: a message, a call of a tool, its result, reasoning, or what else a service knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResponseItem(pub Map<String, Value>);

/// What an item is, as far as a chat has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// By its role: `user`, `assistant`, `system` or `developer`.
    Message,
    Reasoning,
    FunctionCall,
    /// Of a function or of a tool of free text.
    CallOutput,
    /// A call of a tool whose input is free text.
    CustomCall,
    /// An image that the model made.
    Image,
    /// What only the service knows.
    Other,
}

impl ResponseItem {
    /// A message may leave its type out.
    #[must_use]
    pub fn kind(&self) -> ItemKind {
        match self.text("type") {
            "message" => ItemKind::Message,
            "" if self.0.contains_key("role") => ItemKind::Message,
            "reasoning" => ItemKind::Reasoning,
            "function_call" => ItemKind::FunctionCall,
            "function_call_output" | "custom_tool_call_output" => ItemKind::CallOutput,
            "custom_tool_call" => ItemKind::CustomCall,
            "image_generation_call" => ItemKind::Image,
            _ => ItemKind::Other,
        }
    }

    /// A field as text; empty where it is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        text_of(&self.0, name)
    }

    /// The parts of `content`, `output` or `summary`, where that is a list.
    #[must_use]
    pub fn parts(&self, name: &str) -> &[Value] {
        list_of(&self.0, name)
    }

    /// The parts of what a message or a result says.
    pub(crate) fn said(&self) -> (&'static str, &[Value]) {
        let name = if self.kind() == ItemKind::CallOutput { "output" } else { "content" };
        (name, self.parts(name))
    }
}
