//! What services send on this wire, read as leniently as they write it.
//!
//! Compatible services differ in small things: ids that are null, times that
//! are fractions, arguments that are objects, content that is a list. Each is
//! taken here so that no reply fails over one. Fields that carry the stream's
//! weight (text, tool arguments) are read straight from the bytes; rare ones
//! come as [`Value`] and are made typed in `reply`.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::wire_usage::UsageField;

/// A reply or a chunk; `C` is its kind of choice.
#[derive(Deserialize)]
#[serde(bound = "C: Deserialize<'de>")]
pub(super) struct Reply<C> {
    #[serde(default)]
    pub id: Option<Scalar>,
    /// Always the same, except where a service errs; ours is written instead.
    #[serde(default, rename = "object")]
    pub _object: serde::de::IgnoredAny,
    #[serde(default)]
    pub created: Option<Scalar>,
    #[serde(default)]
    pub model: Option<Scalar>,
    /// `None` where the field is missing, empty where it is null.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub choices: Option<Vec<C>>,
    #[serde(default)]
    pub usage: Option<UsageField>,
    #[serde(default)]
    pub service_tier: Option<Scalar>,
    #[serde(default)]
    pub system_fingerprint: Option<Scalar>,
    #[serde(default)]
    pub error: Option<Value>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One answer. A whole reply calls its message `message`, a chunk `delta`; a
/// service that sends both has the other one kept among the unknown fields.
macro_rules! choice {
    ($name:ident, $message:literal) => {
        #[derive(Deserialize)]
        pub(super) struct $name {
            #[serde(default, deserialize_with = "position")]
            pub index: Option<u32>,
            #[serde(default, rename = $message)]
            pub message: Option<Message>,
            #[serde(default)]
            pub finish_reason: Option<Scalar>,
            #[serde(default)]
            pub native_finish_reason: Option<Scalar>,
            #[serde(default)]
            pub logprobs: Option<Value>,
            #[serde(default)]
            pub error: Option<Value>,
            #[serde(flatten)]
            pub extra: Map<String, Value>,
        }
    };
}

choice!(Choice, "message");
choice!(ChunkChoice, "delta");

/// A message, or the piece of one.
#[derive(Default, Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub role: Option<Scalar>,
    #[serde(default)]
    pub content: Option<Scalar>,
    #[serde(default)]
    pub refusal: Option<Scalar>,
    #[serde(default)]
    pub reasoning_content: Option<Scalar>,
    #[serde(default)]
    pub reasoning: Option<Scalar>,
    #[serde(default)]
    pub reasoning_details: Option<Value>,
    #[serde(default)]
    pub tool_calls: Option<Vec<ToolCall>>,
    #[serde(default)]
    pub annotations: Option<Value>,
    #[serde(default)]
    pub audio: Option<Value>,
    #[serde(default)]
    pub images: Option<Value>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A tool call, or the piece of one.
#[derive(Deserialize)]
pub(super) struct ToolCall {
    #[serde(default, deserialize_with = "position")]
    pub index: Option<u32>,
    #[serde(default)]
    pub id: Option<Scalar>,
    #[serde(default, rename = "type")]
    pub call_type: Option<Scalar>,
    #[serde(default)]
    pub function: Option<Function>,
    #[serde(default)]
    pub custom: Option<Custom>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[derive(Default, Deserialize)]
pub(super) struct Function {
    #[serde(default)]
    pub name: Option<Scalar>,
    #[serde(default)]
    pub arguments: Option<Scalar>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a call of a custom tool has instead of a function.
#[derive(Deserialize)]
pub(super) struct Custom {
    #[serde(default)]
    pub name: Option<Scalar>,
    #[serde(default)]
    pub input: Option<Scalar>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ToolCall {
    /// What is called; a custom tool's input counts as its arguments.
    pub fn take_function(&mut self) -> Option<Function> {
        let is_custom = matches!(&self.call_type, Some(Scalar::Text(name)) if name == "custom");
        match self.custom.take() {
            Some(custom) if is_custom || self.function.is_none() => {
                Some(Function { name: custom.name, arguments: custom.input, extra: custom.extra })
            }
            _ => self.function.take(),
        }
    }
}

/// A text, as promised, or whatever else came in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Text(String),
    Other(Value),
}

impl Scalar {
    /// The text, or the compact JSON of what came instead.
    pub fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Other(value) => value.to_string(),
        }
    }

    /// Whole seconds of a time given as integer, fraction or text.
    pub fn into_seconds(self) -> i64 {
        match self {
            Self::Text(text) => text.parse().unwrap_or(0),
            // A fraction of a second says nothing to anyone who reads `created`.
            #[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and dates are small")]
            Self::Other(Value::Number(number)) => {
                number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64)).unwrap_or(0)
            }
            Self::Other(_) => 0,
        }
    }
}

/// The text of an optional field, empty where it is missing or null.
pub(super) fn text_or_empty(field: Option<Scalar>) -> String {
    field.map(Scalar::into_text).unwrap_or_default()
}

/// The text of an optional field; an empty one is none.
pub(super) fn non_empty(field: Option<Scalar>) -> Option<String> {
    field.map(Scalar::into_text).filter(|text| !text.is_empty())
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Other(value.into()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Other(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Other(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Other(value.into()))
    }
    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other(Value::Null))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Scalar, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(Scalar::Other)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Scalar::Other)
    }
}

fn null_is_empty<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Some(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default()))
}

/// A position among siblings; anything that is none counts as missing.
fn position<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        Some(Value::Number(number)) => number.as_u64().and_then(|index| u32::try_from(index).ok()),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    })
}
