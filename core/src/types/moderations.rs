//! Moderation: texts or images in, what is objectionable in them out.
//!
//! The shape is OpenAI's (published schemas `CreateModerationRequest` and `CreateModerationResponse`).
//! Categories are each service's own and kept as they are. No wire format goes in here.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::chat::Usage;
use super::media;
use super::trace::Trace;
use crate::error::{Error, Result as Checked};

/// A request to judge texts or images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModerationRequest {
    /// A text, a list of texts, or a list of parts: `{"type": "text", …}`, `{"type": "image_url", …}`.
    pub input: ModerationInput,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// What is to be judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum ModerationInput {
    Text(String),
    /// Each is judged for itself.
    Texts(Vec<String>),
    /// Judged together.
    Parts(Vec<Map<String, Value>>),
}

impl<'de> Deserialize<'de> for ModerationInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("expected a text, a list of texts, or a list of parts");
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::Text(text)),
            Value::Array(items) if items.iter().all(Value::is_string) => Ok(Self::Texts(
                items.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            )),
            Value::Array(items) => {
                let fields = |item| match item {
                    Value::Object(fields) => Ok(fields),
                    _ => Err(wrong()),
                };
                items.into_iter().map(fields).collect::<Result<_, _>>().map(Self::Parts)
            }
            _ => Err(wrong()),
        }
    }
}

impl ModerationRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        media::required(&fields, &["input"])?;
        let request: Self = super::from_value(Value::Object(fields))?;
        if matches!(&request.input, ModerationInput::Texts(texts) if texts.is_empty()) {
            return Err(Error::bad_request("input", "input: at least one text is needed"));
        }
        media::whole(&request.extra)?;
        Ok(request)
    }
}

/// A judgement of each input. Unknown fields of the provider's are in `provider_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moderation {
    /// The provider's id of the reply; empty where it sent none.
    #[serde(default)]
    pub id: String,
    /// The model that answered, in the provider's words.
    #[serde(default)]
    pub model: String,
    /// One for each text, in their order; of parts one.
    #[serde(default)]
    pub results: Vec<ModerationResult>,
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

/// What is objectionable in one input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModerationResult {
    /// Whether anything is: as the provider says, else whether any category holds.
    #[serde(default)]
    pub flagged: bool,
    /// Whether each category holds, in the provider's words.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, bool>"))]
    pub categories: Map<String, Value>,
    /// How much of each category there is, from 0 to 1, in the provider's words.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, f64>"))]
    pub category_scores: Map<String, Value>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}
