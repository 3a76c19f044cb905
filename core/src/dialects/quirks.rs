//! What services do differently on a shared wire.
//!
//! Data of a kind's row (`core/data/kinds.toml` says what each means and where it is known from); the
//! dialects read it. No code goes in here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declared::DeclaredWire;
use crate::types::chat::ReasoningEffort;
use crate::types::operation::Operation;

/// What one service does differently on a shared wire; data of its row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// The name under which the service takes the limit of output tokens.
    pub max_tokens_field: Option<String>,
    /// Fields of the request that have another name there.
    pub rename: BTreeMap<String, String>,
    /// The service's word for tool choice `required`.
    pub tool_choice_required: Option<String>,
    /// What the service refuses: fields of the request, types of parts, `cache_control`.
    pub unsupported: Vec<String>,
    /// The efforts of reasoning that the service knows; empty: all.
    pub reasoning_efforts: Vec<ReasoningEffort>,
    /// Whether a function needs `parameters` even where it takes none.
    pub tool_parameters_required: bool,
    /// Whether results of tools may be text alone.
    pub tool_results_text_only: bool,
    /// Whether an audio part is its bare data.
    pub bare_audio: bool,
    /// Models that sample by themselves and take no temperature: how their names begin, the first that fits, and when.
    pub own_sampling: Vec<(String, OwnSampling)>,
    /// How usage of a stream is had.
    pub stream_usage: StreamUsage,
    /// Whether the service knows the role `developer`.
    pub developer_role: bool,
    /// The field in which a message's reasoning is handed back.
    pub reasoning_replay: ReasoningReplay,
    /// Whether errors may come under status 200.
    pub error_in_200: bool,
    /// Whether an assistant message at the end is continued, without being said again.
    pub assistant_prefill: bool,
    /// The most inputs of one request for embeddings; more are sent in several.
    pub most_inputs: Option<usize>,
    /// The most tokens of all inputs of one request for embeddings; more are sent in several.
    pub most_input_tokens: Option<u64>,
    /// Whether the service gives vectors as base64, which is less to read than numbers.
    pub base64_vectors: bool,
    /// The service's words for what texts to embed are for: `query`, `document`.
    pub input_types: BTreeMap<String, String>,
    /// What the service does; empty: all that its dialect has.
    pub operations: Vec<Operation>,
    /// What it does beside that, of what not every service of its dialect does.
    pub more_operations: Vec<Operation>,
    /// What a token of a batch costs, of what it costs otherwise.
    pub batch_price_factor: Option<f64>,
    /// Where it has an operation, below its base URL, if not where its dialect has it.
    pub paths: BTreeMap<String, String>,
    /// What the service does not do, of all that its dialect has.
    pub lacks: Vec<Operation>,
    /// Operations that are asked on a wire of the service's own, each by the first that fits the model.
    pub wires: BTreeMap<Operation, Vec<DeclaredWire>>,
    /// Whether the service has the Responses API itself; elsewhere a chat stands for it.
    pub responses: bool,
    /// Whether a service of OpenAI's wire has Anthropic's Messages too, beside its chat completions.
    pub messages: bool,
}

impl Quirks {
    /// Whether the service does `operation`. `usual`: what its dialect has.
    #[must_use]
    pub fn serves(&self, usual: &[Operation], operation: Operation) -> bool {
        if operation == Operation::Responses {
            // Of few services, whatever their dialect has.
            return self.responses && usual.contains(&operation);
        }
        if operation == Operation::Messages && self.messages {
            return true;
        }
        let is_usual = usual.contains(&operation)
            && (self.operations.is_empty() || self.operations.contains(&operation));
        (is_usual || self.more_operations.contains(&operation) || self.wires.contains_key(&operation))
            && !self.lacks.contains(&operation)
    }
}

/// When a model samples by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnSampling {
    /// Never; for a name that begins like those of others.
    Never,
    /// Where it is asked to think.
    Thinking,
    Always,
}

/// How a service reports the usage of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamUsage {
    /// Asked for by `stream_options.include_usage`.
    #[default]
    StreamOptions,
    /// Sent unasked; the option is refused or useless.
    Automatic,
    /// Never sent.
    None,
}

/// Where an assistant message's reasoning goes when it is handed back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningReplay {
    /// Nowhere; the service does not take it.
    #[default]
    None,
    ReasoningContent,
    Reasoning,
    ReasoningDetails,
    /// In the content, as the list of parts that the service sent.
    Content,
}
