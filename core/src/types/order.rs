//! What a function of the user's that orders a route's targets is told.
//!
//! Facts and numbers as they are at one instant; no prompt, no answer and no
//! credential may go in here.

use serde::Serialize;

use super::routing::{Capabilities, RoutingOptions, TargetFacts};
use super::routing_trace::Term;

/// What the function of the strategy `custom` is asked: which of these comes first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderQuestion {
    /// The targets that can serve the request, in the route's order.
    pub candidates: Vec<OrderCandidate>,
    pub request: OrderRequest,
}

/// One target that can serve the request. A number that is not known is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderCandidate {
    /// `provider/model`: what the function returns.
    pub name: String,
    /// 1 is used first, whatever the order says.
    pub tier: u32,
    /// Whether it can be asked now: no breaker, cooldown or limit is against it.
    pub available: bool,
    /// Why it cannot be asked now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    pub facts: TargetFacts,
    /// The declared weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Requests in flight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<f64>,
    /// Expected seconds to the first token; of a plain call to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_token_seconds: Option<f64>,
    /// Expected seconds per token of output after that; 0 of a plain call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_seconds: Option<f64>,
    /// Measured tokens of output per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens_per_second: Option<f64>,
    /// Expected cost of this request in US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_cost_usd: Option<f64>,
    /// The declared quality of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<f64>,
    /// The share of requests that succeeded, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_rate: Option<f64>,
    /// The mean of the reported rewards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_mean: Option<f64>,
}

impl OrderCandidate {
    /// Fills in the numbers; `value` gives NaN where one is not known.
    #[must_use]
    pub fn with_numbers(mut self, value: impl Fn(Term) -> f64) -> Self {
        let number = |term| Some(value(term)).filter(|value| value.is_finite());
        self.weight = number(Term::Weight);
        self.in_flight = number(Term::InFlight);
        self.first_token_seconds = number(Term::FirstTokenSeconds);
        self.token_seconds = number(Term::TokenSeconds);
        self.output_tokens_per_second = number(Term::OutputTokensPerSecond);
        self.expected_cost_usd = number(Term::ExpectedCostUsd);
        self.quality = number(Term::Quality);
        self.success_rate = number(Term::SuccessRate);
        self.reward_mean = number(Term::RewardMean);
        self
    }
}

/// What the function is told of the request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderRequest {
    /// The model name that the caller asked for: the route's.
    pub model: String,
    /// What it needs of a model, such as `tools` or `vision`.
    pub needs: Capabilities,
    /// Tokens of the input, estimated.
    pub input_tokens: u64,
    /// The most tokens of output that the request allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_limit: Option<u64>,
    /// Tokens of output that costs and times are reckoned with.
    pub expected_output_tokens: u64,
    /// What the caller said for the sake of routing: task, tenant, metadata, …
    pub routing: RoutingOptions,
}
