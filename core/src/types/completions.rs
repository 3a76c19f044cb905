//! Completions of a text: a prompt in, what follows it out.
//!
//! The shape is OpenAI's older API (published schemas `CreateCompletionRequest` and
//! `CreateCompletionResponse`), because every service and server that completes texts shares it. A
//! chunk of a stream has the shape of a whole answer. No wire format goes in here.

mod chunk;
mod prompt;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use prompt::Prompt;

use super::chat::{FinishReason, Stop, StreamOptions, Usage};
use super::trace::Trace;
use crate::error::{Error, Result as Checked};

/// A request to complete a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompletionRequest {
    /// A text, a list of texts, the token ids of a text, or a list of such; each is completed.
    pub prompt: Prompt,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// What comes after the completion, for models that fill a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Most tokens to generate. Default: the service's, 16 at OpenAI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// Sampling temperature, 0 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling: the share of probability mass considered, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Number of completions of each prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// Completions generated of which the best `n` are given. Not with streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_of: Option<u32>,
    /// Whether the prompt is said again before the completion. Default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echo: Option<bool>,
    /// How many alternatives of each token to return with their log probabilities, 0 to 5 at OpenAI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<u32>,
    /// Where to stop: one text or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// -2 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// -2 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// Token id to bias, -100 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logit_bias: Option<Map<String, Value>>,
    /// Seed for repeatable sampling, best effort.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// A stable id of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether to stream the answer. Default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl CompletionRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        if !fields.contains_key("prompt") {
            return Err(Error::bad_request("prompt", "missing required parameter `prompt`"));
        }
        let request: Self = super::from_value(Value::Object(fields))?;
        if request.prompt.count() == 0 {
            return Err(Error::bad_request("prompt", "prompt: at least one text is needed"));
        }
        if request.n == Some(0) {
            return Err(Error::bad_request("n", "n: must be at least 1"));
        }
        Ok(request)
    }
}

/// Texts that complete prompts, or a piece of them. Unknown fields of the provider's are in
/// `provider_fields`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Completion {
    /// The provider's id of the reply; empty where it sent none.
    #[serde(default)]
    pub id: String,
    /// `text_completion`.
    #[serde(default = "text_completion")]
    pub object: String,
    /// When it was made, in seconds since 1970; 0 where the provider does not say.
    #[serde(default)]
    pub created: i64,
    /// The model that answered, in the provider's words.
    #[serde(default)]
    pub model: String,
    /// `n` of the first prompt, then `n` of the next.
    #[serde(default)]
    pub choices: Vec<CompletionChoice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

/// One text that completes a prompt, or a piece of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompletionChoice {
    /// Its place among all of the answer, from 0.
    #[serde(default)]
    pub index: u32,
    #[serde(default)]
    pub text: String,
    /// Why it ended; null on a piece that is not the last.
    #[serde(default)]
    pub finish_reason: Option<FinishReason>,
    /// The provider's own word, where it is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_finish_reason: Option<String>,
    /// Log probabilities of its tokens, in the provider's form: OpenAI's has `tokens`,
    /// `token_logprobs`, `top_logprobs` and `text_offset`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Map<String, Value>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

impl Default for Completion {
    fn default() -> Self {
        Self {
            id: String::new(),
            object: text_completion(),
            created: 0,
            model: String::new(),
            choices: Vec::new(),
            usage: None,
            system_fingerprint: None,
            request_id: None,
            route: None,
            provider_fields: Map::new(),
        }
    }
}

fn text_completion() -> String {
    "text_completion".to_owned()
}
