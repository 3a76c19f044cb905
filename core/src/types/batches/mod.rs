//! Batches: many chats handed in at once, answered within a day, at a lower price.
//!
//! What the batch APIs of OpenAI, Anthropic and Gemini have in common. A batch belongs to the provider
//! that made it, so its id begins with the provider's. No wire format goes in here.

mod request;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use request::{BatchItem, BatchStep, BatchesRequest, CreateBatchRequest, ListBatchesRequest};

use super::chat::{ChatCompletion, Usage};
use super::open_enum::open_enum;
use super::trace::{Cost, Trace};
use crate::error::ErrorDetails;

open_enum! {
    /// How far a batch has come.
    BatchStatus {
        /// Its requests are looked at, or wait for their turn.
        Validating = "validating",
        InProgress = "in_progress",
        /// Its results are put together.
        Finalizing = "finalizing",
        /// All requests have a result, be it an error.
        Completed = "completed",
        /// None of its requests was answered.
        Failed = "failed",
        /// Its time ran out; what was answered until then has a result.
        Expired = "expired",
        Cancelling = "cancelling",
        /// What was answered until then has a result.
        Cancelled = "cancelled",
    }
}

impl BatchStatus {
    /// Whether nothing more comes.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Expired | Self::Cancelled)
    }
}

/// Many chats handed in at once. Unknown fields of the provider's are in `provider_fields`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Batch {
    /// What it is asked for by: the provider that has it, and its id there: `openai/batch_67d4…`.
    #[serde(default)]
    pub id: String,
    /// `batch`.
    #[serde(default = "batch")]
    pub object: String,
    /// The provider that has it; `openai#2` for the second of several keys.
    #[serde(default)]
    pub provider: String,
    #[serde(default = "validating")]
    pub status: BatchStatus,
    /// The provider's own word, where it is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_status: Option<String>,
    /// Whether nothing more comes: its results can be had.
    #[serde(default)]
    pub ended: bool,
    /// How many of its requests are where.
    #[serde(default)]
    pub request_counts: BatchCounts,
    /// The model that is asked, in the provider's words, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// In seconds since 1970, as all times here; 0 where the provider does not say.
    #[serde(default)]
    pub created_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// When the time runs out that the provider gives itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// What is wrong with the batch as a whole, in the provider's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Value>,
    /// Labels stored with it at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How this request for it was routed, and what was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
    /// Its id at the provider; of one that is not there yet, of the file of its requests.
    #[serde(skip)]
    pub(crate) native_id: String,
    /// Whether the file of its requests is there, and it is still to be started.
    #[serde(skip)]
    pub(crate) is_uploaded: bool,
    /// Files of its results, on a wire that has them in files.
    #[serde(skip)]
    pub(crate) files: Option<Vec<String>>,
}

/// How many requests of a batch are where; together they are `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct BatchCounts {
    /// 0 as long as the provider has not counted them.
    pub total: u64,
    /// Not answered yet.
    pub processing: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub expired: u64,
}

/// Batches of one provider, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BatchList {
    #[serde(default)]
    pub data: Vec<Batch>,
    /// Where the list goes on, for `after`; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How this request was routed, and what was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
}

/// The results of a batch: in the order of its requests where no id was given to them, else in the
/// provider's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BatchResults {
    #[serde(default)]
    pub data: Vec<BatchResult>,
    /// What all of them took together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What all of them cost together at the provider's price for batches. Absent where a price is
    /// not known, of the model or of batches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How this request was routed, and what was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
}

/// The result of one request of a batch: a completion or an error.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BatchResult {
    /// What the request was named; `request-0` for the first that was given no name.
    #[serde(default)]
    pub custom_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Box<ChatCompletion>>,
    /// What it cost at the provider's price for batches, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Why it has no completion. Of a request that was cancelled or expired, `type` says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ErrorDetails>>,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            id: String::new(),
            object: batch(),
            provider: String::new(),
            status: validating(),
            native_status: None,
            ended: false,
            request_counts: BatchCounts::default(),
            model: None,
            created_at: 0,
            ended_at: None,
            expires_at: None,
            errors: None,
            metadata: None,
            request_id: None,
            route: None,
            provider_fields: Map::new(),
            native_id: String::new(),
            is_uploaded: false,
            files: None,
        }
    }
}

impl BatchResults {
    /// In the order of the requests, where all have the names that we give.
    pub(crate) fn in_order(&mut self) {
        let place = |result: &BatchResult| request::place(&result.custom_id);
        if self.data.iter().all(|result| place(result).is_some()) {
            self.data.sort_by_key(place);
        }
    }
}

fn batch() -> String {
    "batch".to_owned()
}

const fn validating() -> BatchStatus {
    BatchStatus::Validating
}
