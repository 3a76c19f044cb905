//! The record of one request: who was asked, what was changed, what it took.
//!
//! Nothing in here may hold a credential, a prompt or an answer.

use serde::{Deserialize, Serialize};

use super::deferred::Deferred;
use super::path::Hop;
use super::routing_trace::RoutingTrace;
use crate::error::{ErrorKind, Result};

/// What happened to one request. Times are milliseconds from its start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trace {
    /// Tells this request from all others; what is reported of it later names it.
    #[serde(default, with = "super::routing_trace::hexadecimal")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub id: u64,
    /// The model name that the caller asked for.
    pub requested_model: String,
    /// The provider that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// That provider's kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The upstream model that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `provider/model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The route that was asked for, where the model name is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Whether the target that answered is one that the route declares as a degradation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub degraded: bool,
    /// The way from that route to the one that served it, where rules, splits or shadow
    /// copies had a say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Hop>,
    /// How the target was chosen, where there were several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<RoutingTrace>"))]
    pub routing: Option<Deferred<RoutingTrace>>,
    /// Every HTTP exchange, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// What could not be said in the target's wire form as it was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translation: Vec<Translation>,
    /// How long it waited in line because every target was at a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_ms: Option<f64>,
    /// From the request's start to the first content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_first_token_ms: Option<f64>,
    /// From the request's start to the end of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<f64>,
    /// What was paid. Absent on all but one of the requests that shared a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Where identical requests went out as one (`coalesce`): this trace is that one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coalesced: Option<Coalesced>,
}

impl Trace {
    /// Reads a trace from what it was written as.
    ///
    /// Errors: `BadRequestError` with `param` set to the place that is wrong.
    pub fn from_value(trace: serde_json::Value) -> Result<Self> {
        super::from_value(trace)
    }
}

/// How a request shared the reply of identical ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coalesced {
    /// How many asked, those who left meanwhile included.
    pub callers: u32,
    /// Milliseconds from the start of the one that went out to this one's.
    pub joined_ms: f64,
}

/// One HTTP exchange with one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attempt {
    /// `provider/model`.
    pub target: String,
    /// Why it was made.
    #[serde(default)]
    pub cause: Cause,
    /// When it started.
    pub started_ms: f64,
    /// When its first content was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<f64>,
    /// When it ended: with its last byte, or its failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<f64>,
    #[serde(default)]
    pub outcome: Outcome,
    /// HTTP status, if there was a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    /// What it took, where the provider said so. Of a stream that was continued elsewhere
    /// an estimate, where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<AttemptUsage>,
    /// Seconds waited before the next attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_s: Option<f64>,
    /// Why it was not repeated, or not at another target, where that could have helped: what was
    /// asked may have been done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_repeated: Option<String>,
}

/// What one attempt took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttemptUsage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// US dollars, where the price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// True where the token counts were estimated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

/// Why an attempt is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It is the first one.
    #[default]
    First,
    /// The same targets once more, after a wait.
    Retry,
    /// Another target after a failure.
    Fallback,
    /// Another target because the prompt did not fit.
    LargerWindow,
    /// Another target because the content was refused.
    ContentPolicy,
    /// A second one beside a slow one.
    Hedge,
    /// To go on with a stream that broke.
    Continuation,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not over yet.
    #[default]
    Pending,
    Success,
    Failure,
    /// The caller left.
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttemptError {
    pub kind: ErrorKind,
    pub message: String,
}

/// A parameter that was changed on its way to the target's wire form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Translation {
    /// Its place in the request, such as `tools[0].function.strict`.
    pub param: String,
    pub action: TranslationAction,
    /// What was done and why, in a sentence.
    pub detail: String,
}

/// What was done to a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TranslationAction {
    /// Left out: the target has nothing like it.
    Dropped,
    /// Sent under another name or in another place, meaning the same.
    Renamed,
    /// Sent with a value moved into the target's range.
    Clamped,
    /// Reached by other means, such as a JSON schema by a forced tool.
    Emulated,
    /// A value the target needs and the caller did not give.
    Added,
}

/// What a request cost, by the user's price, else the catalogue's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cost {
    /// US dollars, everything included.
    pub total_usd: f64,
    #[serde(default)]
    pub input_usd: f64,
    #[serde(default)]
    pub output_usd: f64,
    /// True where the token counts were estimated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    /// Whose price it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PriceSource>,
}

impl Cost {
    /// Adds the cost of another attempt. `source` stays that of the first.
    pub fn add(&mut self, other: &Self) {
        self.total_usd += other.total_usd;
        self.input_usd += other.input_usd;
        self.output_usd += other.output_usd;
        self.estimated |= other.estimated;
    }
}

/// Where a price came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    /// The user gave it.
    Declared,
    /// The built-in catalogue.
    Catalogue,
}
