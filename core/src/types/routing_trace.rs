//! The record of one decision: who was asked in which order, and why not others.
//!
//! Holds what the decision looked at, so that it can be made again from this
//! record alone. No credential, no prompt and no answer may go in here: of a
//! prompt there is a hash at most.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::operation::Operation;
use super::path::Hop;
use super::provider::ProviderStatus;
use super::routing::{Capabilities, Capability, TargetFacts};
use super::strategy::{StrategyConfig, StrategyName};

mod reason;

/// How one decision was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoutingTrace {
    /// The way to this route, in what `explain` gives; of a request that was sent, the
    /// trace has it beside this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Hop>,
    /// What ranks: a hash of the strategy and of the version of its code. Equal
    /// where the same inputs must give the same decision.
    #[serde(with = "hexadecimal")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub policy_version: u64,
    pub strategy: StrategyConfig,
    /// Those of tiers that rank by another one: a route within the route.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tier_strategies: BTreeMap<u32, StrategyConfig>,
    /// The seed of every random choice.
    #[serde(with = "hexadecimal")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub seed: u64,
    /// When the decision was made, in seconds since 1970.
    pub now: f64,
    pub request: RequestRecord,
    /// Every target of the route, in its order.
    pub candidates: Vec<Candidate>,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// Whether targets were asked although their health spoke against it,
    /// because none was left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last_resort: bool,
    /// Whether what strategies read was recorded: else it cannot be replayed.
    pub recorded: bool,
    /// Readings above the bound of the record: with any, it cannot be replayed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unrecorded: u64,
}

impl RoutingTrace {
    /// Reads a decision's trace from what it was written as.
    ///
    /// Errors: `BadRequestError` with `param` set to the place that is wrong.
    pub fn from_value(trace: serde_json::Value) -> crate::error::Result<Self> {
        super::from_value(trace)
    }
}

/// What filters and strategies looked at in a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestRecord {
    /// What was asked for; absent: a chat.
    #[serde(default, skip_serializing_if = "Operation::is_chat")]
    pub operation: Operation,
    #[serde(default, skip_serializing_if = "Capabilities::is_empty_ref")]
    pub needs: Capabilities,
    /// Tokens of the input, estimated.
    pub input_tokens: u64,
    /// Tokens of the largest of several inputs, each of which has the context window for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_input_tokens: Option<u64>,
    /// The most tokens of output that the request allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_limit: Option<u64>,
    /// Tokens of output that costs and times were reckoned with.
    pub expected_output_tokens: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residency: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_policy: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_degraded: Option<bool>,
    /// The hash of the session.
    #[serde(default, with = "maybe_hexadecimal", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub session_key: Option<u64>,
    /// The hash of the prompt's start; absent where no strategy asked for it.
    #[serde(default, with = "maybe_hexadecimal", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub prompt_key: Option<u64>,
}

/// One target of the route, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Candidate {
    pub facts: TargetFacts,
    /// 1 is used first.
    pub tier: u32,
    /// Why it can never serve this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<Exclusion>,
    /// Why it cannot serve now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<Shortage>,
    /// The reason of either, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Why a target can never serve a request: the first hard filter it fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "filter", rename_all = "snake_case")]
pub enum Exclusion {
    /// Its provider is inactive, or a draft that was not asked for by name.
    Status { status: ProviderStatus },
    /// Another provider was asked for.
    Provider { wanted: String },
    /// It does not carry a tag that was asked for.
    Tag { missing: String },
    /// Its region is another, or not known.
    Region {
        wanted: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
    },
    /// Data would be processed elsewhere than allowed, or nobody says where.
    Residency {
        allowed: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jurisdiction: Option<String>,
    },
    /// Its provider does not promise what was asked.
    DataPolicy { missing: String },
    /// Its route declares it as a degradation, and the request allows none.
    Degraded,
    /// The model is known to lack this.
    Capability { missing: Capability },
    /// Estimated input and allowed output are more than its window.
    ContextWindow { window: u64, needed: u64 },
    /// More output is asked for than it can give.
    OutputLimit { limit: u64, wanted: u64 },
    /// It is not served yet; seconds since 1970.
    NotYet {
        #[serde(rename = "available_from")]
        from: f64,
    },
    /// It is no longer served; seconds since 1970.
    Retired { since: f64 },
}

/// Why a target cannot serve at this moment. `until` is in seconds since 1970,
/// absent where nobody can say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "filter", rename_all = "snake_case")]
pub enum Shortage {
    /// It failed too often of late.
    Breaker {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<f64>,
    },
    /// The background checks of its provider fail.
    Unhealthy,
    /// The provider asked to wait.
    Cooldown {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<f64>,
    },
    /// A limit on requests or tokens per time is used up.
    Quota {
        of: QuotaOf,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<f64>,
    },
    /// As many requests are in flight as are allowed.
    Concurrency { limit: u32 },
    /// Others came before, and wait for room.
    Queue { waiting: u32 },
    /// A spending limit is reached.
    Budget {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<f64>,
    },
}

/// What a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuotaOf {
    Requests,
    Tokens,
}

/// One step of a decision. Targets are given by their place among the candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A target was chosen to be asked next.
    Picked {
        target: u32,
        /// The strategy that had the last word: the declared one, or its `then`.
        by: StrategyName,
        why: Why,
        /// What was compared, where something was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
        /// How likely it was to be chosen, given what was read; for estimates from
        /// logged choices. Only where a strategy draws by known chances (`bandit`,
        /// `random`), and for `bandit` only up to 32 targets: of more, ask
        /// `propensities`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        propensity: Option<f64>,
        /// What was read for it, each value once: by target, then in the order of the terms.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        read: Vec<Reading>,
    },
    /// Targets that were left were given up, because of how an attempt ended.
    LeftOut { targets: Vec<u32>, why: String },
    /// The caller's function gave no order that can be used.
    OrderFailed { why: String },
    /// Nothing was left: those whose health spoke against them are asked after all.
    LastResort,
}

/// One value that a strategy read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reading {
    pub target: u32,
    pub term: Term,
    /// Absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// What a strategy can ask of a target, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The declared weight. Unknown counts as 1.
    Weight,
    /// What a target is owed of its share, in units of weight.
    Credit,
    /// Requests in flight.
    InFlight,
    /// Expected seconds to the first token; of a plain call to its end.
    FirstTokenSeconds,
    /// Expected seconds per token of output after that; 0 of a plain call.
    TokenSeconds,
    /// Measured tokens of output per second.
    OutputTokensPerSecond,
    /// Expected cost of this request in US dollars.
    ExpectedCostUsd,
    /// The declared quality of the model; higher is better.
    Quality,
    /// The share of requests that succeeded, 0 to 1.
    SuccessRate,
    /// Expected seconds of a round trip on the network: as measured, or less where the
    /// target was left alone.
    RoundTripSeconds,
    /// The mean of the reported rewards.
    RewardMean,
    /// How many rewards that mean is worth.
    RewardCount,
    /// The place in the order that the caller's function gave, from 0.
    Order,
}

impl Term {
    /// Every term, in the order of its discriminant.
    pub const ALL: [Self; 13] = [
        Self::Weight,
        Self::Credit,
        Self::InFlight,
        Self::FirstTokenSeconds,
        Self::TokenSeconds,
        Self::OutputTokensPerSecond,
        Self::ExpectedCostUsd,
        Self::Quality,
        Self::SuccessRate,
        Self::RoundTripSeconds,
        Self::RewardMean,
        Self::RewardCount,
        Self::Order,
    ];
}

/// Why a strategy took a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was the only one left.
    Only,
    /// It came first in the declared order.
    Declared,
    /// It was its turn.
    Turn,
    /// By lot.
    Drawn,
    /// It was the best of those compared.
    Best,
    /// It was drawn from several that were equally good.
    Tie,
    /// What the strategy needs is not known of any target left, so it was drawn.
    Unknown,
    /// The key belongs to it.
    Home,
    /// The key's own target is out or has too much to do; this one is next.
    NextHome,
    /// All had too much to do: the key's own target.
    AllLoaded,
    /// The highest reward was sampled for it.
    Sampled,
    /// The caller's function put it first.
    Ordered,
    /// The caller's function gave no order (or none for those left): the declared one.
    NotOrdered,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Capabilities {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    const fn is_empty_ref(&self) -> bool {
        self.is_empty()
    }
}

/// 64 bits as 16 hexadecimal digits: JavaScript's numbers hold only 53 bits.
pub(super) mod hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:016x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

mod maybe_hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::hexadecimal::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| u64::from_str_radix(&text, 16).map_err(D::Error::custom))
            .transpose()
    }
}
