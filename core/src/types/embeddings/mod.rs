//! Embeddings: texts in, vectors out.
//!
//! The shape is OpenAI's (published schemas `CreateEmbeddingRequest` and `CreateEmbeddingResponse`),
//! because most services share it; `input_type` is Cohere's and Voyage's. No wire format goes in here.

mod input;
mod vector;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use input::{EmbeddingsInput, MostInput};
pub use vector::Vector;

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

    /// The requests, each within `most`, that together ask the same; empty where this one is.
    #[must_use]
    pub fn split(&self, most: MostInput) -> Vec<Self> {
        let parts = self.input.cut(most).into_iter();
        parts.map(|input| Self { input, ..self.without_input() }).collect()
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
    /// Puts the vectors of the inputs after these ones' there; usage is summed. Of what else
    /// the provider said, lists are put after one another, and the rest is the first's.
    pub fn join(&mut self, next: Self) {
        join_lists(&mut self.provider_fields, next.provider_fields);
        let before = self.data.len() as u64;
        self.data.extend(next.data.into_iter().map(|one| Embedding { index: before + one.index, ..one }));
        match (&mut self.usage, &next.usage) {
            (Some(usage), Some(more)) => usage.add(more),
            // The sum would be less than what was used.
            (usage, _) => *usage = None,
        }
    }
}

/// Puts the lists in `next` after those in the same places of `fields`.
fn join_lists(fields: &mut Map<String, Value>, next: Map<String, Value>) {
    for (name, more) in next {
        match (fields.get_mut(&name), more) {
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
            (Some(Value::Object(fields)), Value::Object(more)) => join_lists(fields, more),
            (Some(_), _) => {}
            (None, more) => {
                fields.insert(name, more);
            }
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
