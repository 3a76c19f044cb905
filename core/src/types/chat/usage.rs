//! Tokens used. From the provider when it says so, never invented.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Tokens of one reply. Details are parts of the totals, not added to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Usage {
    /// All input, cached included.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// All output, reasoning included.
    #[serde(default)]
    pub completion_tokens: u64,
    #[serde(default)]
    pub total_tokens: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens_details: Option<PromptTokensDetails>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens_details: Option<CompletionTokensDetails>,
    /// Seconds of audio, where the provider counts these in place of tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// True where these numbers are our estimate, not the provider's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

impl Usage {
    /// Of a request whose tokens are input alone.
    pub(crate) fn of_input(tokens: u64) -> Self {
        Self { prompt_tokens: tokens, total_tokens: tokens, ..Self::default() }
    }

    /// Adds what another attempt at the same request took. Fields of the
    /// provider's own are the later one's.
    pub fn add(&mut self, other: &Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.total_tokens += other.total_tokens;
        self.estimated |= other.estimated;
        if let Some(more) = other.seconds {
            self.seconds = Some(self.seconds.unwrap_or(0.0) + more);
        }
        if let Some(more) = &other.prompt_tokens_details {
            self.prompt_tokens_details.get_or_insert_default().add(more);
        }
        if let Some(more) = &other.completion_tokens_details {
            self.completion_tokens_details.get_or_insert_default().add(more);
        }
        self.provider_fields.clone_from(&other.provider_fields);
    }
}

/// What nobody counted stays so.
fn sum(count: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *count = Some(count.unwrap_or(0) + more);
    }
}

impl PromptTokensDetails {
    fn add(&mut self, other: &Self) {
        sum(&mut self.cached_tokens, other.cached_tokens);
        sum(&mut self.cache_write_tokens, other.cache_write_tokens);
        sum(&mut self.audio_tokens, other.audio_tokens);
        sum(&mut self.image_tokens, other.image_tokens);
        sum(&mut self.text_tokens, other.text_tokens);
        sum(&mut self.video_tokens, other.video_tokens);
        self.provider_fields.clone_from(&other.provider_fields);
    }
}

impl CompletionTokensDetails {
    fn add(&mut self, other: &Self) {
        sum(&mut self.reasoning_tokens, other.reasoning_tokens);
        sum(&mut self.audio_tokens, other.audio_tokens);
        sum(&mut self.image_tokens, other.image_tokens);
        sum(&mut self.text_tokens, other.text_tokens);
        sum(&mut self.accepted_prediction_tokens, other.accepted_prediction_tokens);
        sum(&mut self.rejected_prediction_tokens, other.rejected_prediction_tokens);
        self.provider_fields.clone_from(&other.provider_fields);
    }
}

/// Parts of `prompt_tokens`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromptTokensDetails {
    /// Read from the provider's prompt cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u64>,
    /// Written to the provider's prompt cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_tokens: Option<u64>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

/// Parts of `completion_tokens`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompletionTokensDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_prediction_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_prediction_tokens: Option<u64>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}
