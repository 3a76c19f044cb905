//! Embeddings: texts in, vectors out.
//!
//! The shape is OpenAI's (published schemas `CreateEmbeddingRequest` and `CreateEmbeddingResponse`),
//! because most services share it; `input_type` is Cohere's and Voyage's. No wire format goes in here.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::chat::Usage;
use super::trace::Trace;
use crate::error::{Error, Result as Checked};

/// A request for embeddings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EmbeddingsRequest {
    /// A text, a list of texts, the token ids of a text, or a list of such. More inputs than the
    /// provider takes at once are sent in several requests, and the vectors put together in order.
    pub input: EmbeddingsInput,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// The length of the vectors, for models that can shorten them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<u64>,
    /// How the vectors are given: `float` (default), or `base64` of little-endian 32-bit floats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding_format: Option<EncodingFormat>,
    /// What the texts are for, where the model distinguishes: `query`, `document`, or a
    /// provider's own word, such as `classification`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// A stable id of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// One input or several.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum EmbeddingsInput {
    Text(String),
    Texts(Vec<String>),
    /// The token ids of one text.
    Tokens(Vec<u64>),
    TokenLists(Vec<Vec<u64>>),
    /// What some services take beside texts, such as `{"image": url}`; sent as it is.
    Items(Vec<Map<String, Value>>),
}

/// How vectors are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EncodingFormat {
    #[default]
    Float,
    Base64,
}

impl EmbeddingsRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        if !fields.contains_key("input") {
            return Err(Error::bad_request("input", "missing required parameter `input`"));
        }
        let request: Self = super::from_value(Value::Object(fields))?;
        if request.input.count() == 0 {
            return Err(Error::bad_request("input", "input: at least one input is needed"));
        }
        if request.dimensions == Some(0) {
            return Err(Error::bad_request("dimensions", "dimensions: must be at least 1"));
        }
        Ok(request)
    }

    /// The requests of at most `most` inputs each that together ask the same; empty
    /// where this one is small enough.
    #[must_use]
    pub fn split(&self, most: usize) -> Vec<Self> {
        if most == 0 || self.input.count() <= most {
            return Vec::new();
        }
        let part = |input| Self { input, ..self.without_input() };
        match &self.input {
            EmbeddingsInput::Text(_) | EmbeddingsInput::Tokens(_) => Vec::new(),
            EmbeddingsInput::Texts(all) => {
                all.chunks(most).map(|some| part(EmbeddingsInput::Texts(some.to_vec()))).collect()
            }
            EmbeddingsInput::TokenLists(all) => {
                all.chunks(most).map(|some| part(EmbeddingsInput::TokenLists(some.to_vec()))).collect()
            }
            EmbeddingsInput::Items(all) => {
                all.chunks(most).map(|some| part(EmbeddingsInput::Items(some.to_vec()))).collect()
            }
        }
    }

    fn without_input(&self) -> Self {
        Self {
            input: EmbeddingsInput::Texts(Vec::new()),
            model: self.model.clone(),
            dimensions: self.dimensions,
            encoding_format: self.encoding_format,
            input_type: self.input_type.clone(),
            user: self.user.clone(),
            extra: self.extra.clone(),
        }
    }
}

impl EmbeddingsInput {
    /// How many vectors it asks for.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::Text(text) => !text.is_empty() as usize,
            Self::Tokens(tokens) => !tokens.is_empty() as usize,
            Self::Texts(texts) => texts.len(),
            Self::TokenLists(lists) => lists.len(),
            Self::Items(items) => items.len(),
        }
    }

    /// The texts, where it has nothing else.
    #[must_use]
    pub fn texts(&self) -> Option<&[String]> {
        match self {
            Self::Text(text) => Some(std::slice::from_ref(text)),
            Self::Texts(texts) => Some(texts),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for EmbeddingsInput {
    /// By its first element, so that an error can name the one that is unlike it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        const EXPECTED: &str = "expected a text, a list of texts, token ids, or a list of lists of token ids";
        let list = match Value::deserialize(deserializer)? {
            Value::String(text) => return Ok(Self::Text(text)),
            Value::Array(list) => list,
            _ => return Err(D::Error::custom(EXPECTED)),
        };
        let first = list.first().cloned();
        let mut wrong = 0;
        let mut counted = |fits: bool| {
            wrong += usize::from(fits);
            fits
        };
        let read = match first {
            None => Some(Self::Texts(Vec::new())),
            Some(Value::String(_)) => take(list, |item| match item {
                Value::String(text) if counted(true) => Some(text),
                _ => None,
            })
            .map(Self::Texts),
            Some(Value::Number(_)) => {
                take(list, |item| item.as_u64().filter(|_| counted(true))).map(Self::Tokens)
            }
            Some(Value::Array(_)) => take(list, |item| match item {
                Value::Array(ids) => take(ids, |id| id.as_u64()).filter(|_| counted(true)),
                _ => None,
            })
            .map(Self::TokenLists),
            Some(Value::Object(_)) => take(list, |item| match item {
                Value::Object(fields) if counted(true) => Some(fields),
                _ => None,
            })
            .map(Self::Items),
            Some(_) => None,
        };
        read.ok_or_else(|| {
            D::Error::custom(format!("{EXPECTED}; element {wrong} is none, or unlike the first"))
        })
    }
}

/// All of the list, if each is what `read` reads.
fn take<T>(list: Vec<Value>, read: impl FnMut(Value) -> Option<T>) -> Option<Vec<T>> {
    list.into_iter().map(read).collect()
}

/// The vectors of the inputs, in their order. Unknown fields of the provider's are in
/// `provider_fields`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Embeddings {
    /// `list`.
    #[serde(default = "list")]
    pub object: String,
    /// One for each input, in the order of the inputs.
    #[serde(default)]
    pub data: Vec<Embedding>,
    /// The model that answered, in the provider's words.
    #[serde(default)]
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

fn list() -> String {
    "list".to_owned()
}

impl Default for Embeddings {
    fn default() -> Self {
        Self {
            object: list(),
            data: Vec::new(),
            model: String::new(),
            usage: None,
            request_id: None,
            route: None,
            provider_fields: Map::new(),
        }
    }
}

impl Embeddings {
    /// Puts the vectors of the inputs after these ones' there; usage is summed.
    pub fn join(&mut self, next: Self) {
        let before = self.data.len() as u64;
        self.data.extend(next.data.into_iter().map(|one| Embedding { index: before + one.index, ..one }));
        match (&mut self.usage, &next.usage) {
            (Some(usage), Some(more)) => usage.add(more),
            // The sum would be less than what was used.
            (usage, _) => *usage = None,
        }
    }
}

/// The vector of one input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Embedding {
    /// `embedding`.
    #[serde(default = "embedding")]
    pub object: String,
    /// The place of the input, from 0.
    #[serde(default)]
    pub index: u64,
    pub embedding: Vector,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

fn embedding() -> String {
    "embedding".to_owned()
}

impl Embedding {
    /// The vector of the input at `index`.
    #[must_use]
    pub fn new(index: u64, vector: Vector) -> Self {
        Self { object: embedding(), index, embedding: vector, provider_fields: Map::new() }
    }
}

/// A vector: numbers, or base64 of little-endian 32-bit floats where that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Vector {
    /// Whole numbers, of models that quantise.
    #[cfg_attr(feature = "schema", schemars(skip))]
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Base64(String),
}

impl Default for Vector {
    fn default() -> Self {
        Self::Floats(Vec::new())
    }
}

impl<'de> Deserialize<'de> for Vector {
    /// Straight into a list of numbers: a reply may hold millions.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Vector;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of numbers, or base64")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vector, E> {
                Ok(Vector::Base64(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vector, A::Error> {
                let mut numbers = Vec::with_capacity(list.size_hint().unwrap_or(0));
                let mut whole = Vec::new();
                while let Some(number) = list.next_element::<serde_json::Number>()? {
                    if let Some(integer) = number.as_i64().filter(|_| whole.len() == numbers.len()) {
                        whole.push(integer);
                    }
                    numbers.push(number.as_f64().unwrap_or(f64::NAN));
                }
                let all_whole = !whole.is_empty() && whole.len() == numbers.len();
                Ok(if all_whole { Vector::Integers(whole) } else { Vector::Floats(numbers) })
            }
        }
        deserializer.deserialize_any(Reading)
    }
}

impl Vector {
    /// The numbers of base64 of little-endian 32-bit floats; `None` where it is none.
    #[must_use]
    pub fn decoded(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let (floats, rest) = bytes.as_chunks::<4>();
        rest.is_empty()
            .then(|| Self::Floats(floats.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect()))
    }

    /// The same as base64 of little-endian 32-bit floats.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the form has 32 bits")]
    pub fn encoded(&self) -> String {
        let bytes: Vec<u8> = match self {
            Self::Base64(text) => return text.clone(),
            Self::Floats(numbers) => {
                numbers.iter().flat_map(|number| (*number as f32).to_le_bytes()).collect()
            }
            Self::Integers(numbers) => {
                numbers.iter().flat_map(|number| (*number as f32).to_le_bytes()).collect()
            }
        };
        STANDARD.encode(bytes)
    }
}
