//! Rerank: a question and documents in, the documents by relevance out.
//!
//! What the rerank APIs of Cohere (v2), Jina and Voyage have in common, in the words of the first
//! two. No wire format goes in here.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::chat::Usage;
use super::trace::Trace;
use crate::error::{Error, Result as Checked};

/// A request to rank documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RerankRequest {
    /// What the documents are to be relevant to.
    pub query: String,
    /// Texts, or objects with a `text`.
    pub documents: Vec<RerankDocument>,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// How many of the most relevant to return. Default: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_n: Option<u64>,
    /// Whether results hold the documents themselves. Default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_documents: Option<bool>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// A document to rank.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RerankDocument {
    Text(String),
    /// With a `text`, or what else the service takes.
    Fields(Map<String, Value>),
}

impl RerankDocument {
    /// Its text, where it has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Fields(fields) => fields.get("text").and_then(Value::as_str),
        }
    }

    /// The fields of it: a text alone is `text`.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        match self {
            Self::Text(text) => Map::from_iter([("text".to_owned(), Value::from(text.as_str()))]),
            Self::Fields(fields) => fields.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for RerankDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::Text(text)),
            Value::Object(fields) => Ok(Self::Fields(fields)),
            _ => Err(serde::de::Error::custom("expected a text, or an object with a `text`")),
        }
    }
}

impl RerankRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        for name in ["query", "documents"] {
            if !fields.contains_key(name) {
                return Err(Error::bad_request(name, format!("missing required parameter `{name}`")));
            }
        }
        let request: Self = super::from_value(Value::Object(fields))?;
        if request.documents.is_empty() {
            return Err(Error::bad_request("documents", "documents: at least one document is needed"));
        }
        if request.top_n == Some(0) {
            return Err(Error::bad_request("top_n", "top_n: must be at least 1"));
        }
        Ok(request)
    }
}

/// Documents by relevance, the most relevant first. Unknown fields of the provider's are
/// in `provider_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reranking {
    /// The provider's id of the reply; empty where it sent none.
    #[serde(default)]
    pub id: String,
    /// The model that answered, in the provider's words.
    #[serde(default)]
    pub model: String,
    /// The most relevant first.
    #[serde(default)]
    pub results: Vec<RerankResult>,
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

/// How relevant one document is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RerankResult {
    /// The document's place in the request, from 0.
    pub index: u64,
    /// Higher is more relevant; the scale is the model's own.
    pub relevance_score: f64,
    /// The document, where `return_documents` asked for it; a text alone is its `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Map<String, Value>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}
