//! The models that providers offer: one list of all.
//!
//! What the lists of OpenAI, Anthropic, Gemini and Cohere have in common. No wire format goes in here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::trace::Trace;
use crate::error::{Error, ErrorDetails, Result as Checked};

/// A request for the list of models. It has options alone: `provider` asks one provider,
/// without it all active ones are asked that have a key and such a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ModelsRequest {
    /// Where the list of one provider goes on.
    #[serde(skip)]
    pub(crate) page: Option<String>,
}

impl ModelsRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError`: it has no fields of its own.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        match fields.keys().next() {
            None => Ok(Self::default()),
            Some(name) => {
                let message = format!("{name}: a list of models takes options alone; see `extra_query`");
                Err(Error::bad_request(name.as_str(), message))
            }
        }
    }
}

/// The models that can be asked for, in the order of the providers and then in the provider's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelList {
    /// `list`.
    #[serde(default = "list")]
    pub object: String,
    #[serde(default)]
    pub data: Vec<ListedModel>,
    /// Every provider that was asked, and how that went.
    #[serde(default)]
    pub providers: Vec<ListedProvider>,
    /// Of a list that was asked of one provider: the provider's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Of the list of one provider, until it is put among the others.
    #[serde(skip)]
    pub(crate) route: Option<Arc<Trace>>,
    /// Where the list of one provider goes on.
    #[serde(skip)]
    pub(crate) next_page: Option<String>,
    /// What else one provider says.
    #[serde(skip)]
    pub(crate) rest: Map<String, Value>,
}

fn list() -> String {
    "list".to_owned()
}

impl Default for ModelList {
    fn default() -> Self {
        Self {
            object: list(),
            data: Vec::new(),
            providers: Vec::new(),
            request_id: None,
            route: None,
            next_page: None,
            rest: Map::new(),
        }
    }
}

/// One model of one provider. What else the provider says of it is in `provider_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedModel {
    /// `provider/model`: what a request names as its `model`.
    #[serde(default)]
    pub id: String,
    /// `model`.
    #[serde(default = "model")]
    pub object: String,
    /// The provider's name in this client.
    #[serde(default)]
    pub provider: String,
    /// The model in the provider's words.
    #[serde(default)]
    pub model: String,
    /// Its name for people, where the provider gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made or released, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<String>,
    /// Tokens that it reads at most: the provider's word, else the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u64>,
    /// Tokens that it writes at most: the provider's word, else the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u64>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

pub(crate) fn model() -> String {
    "model".to_owned()
}

/// How it went to ask one provider for its models. What else it said is in `provider_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedProvider {
    /// The provider's name in this client.
    #[serde(default)]
    pub provider: String,
    /// How many models it listed.
    #[serde(default)]
    pub models: u64,
    /// Why its models are not in the list, where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ErrorDetails>>,
    /// What was tried and how long it took; of a list in pages, for its last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}
