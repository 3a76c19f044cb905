//! What a client has seen of its targets, as plain data for people and dashboards.
//!
//! Filled by `client`, shown by both packages. Sums and summaries only: nothing of
//! one request, no credential, and nothing that a decision is made by may go in here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::limits::LimitUnit;

/// What was seen of one target. Times are seconds, money is US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetStats {
    /// `provider/model`.
    pub target: String,
    /// Attempts begun.
    pub requests: u64,
    /// Attempts answered.
    pub successes: u64,
    /// Attempts left by the caller, or lost to a hedge.
    pub cancelled: u64,
    /// Attempts that failed, by the class of their error.
    pub errors: BTreeMap<String, u64>,
    /// Attempts begun and not ended.
    pub in_flight: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// US dollars, of what has a known price.
    pub cost: f64,
    /// Attempts with usage whose price is not known: `cost` is too low by them.
    pub unpriced: u64,
    /// The share of ended attempts that were answered, cancelled ones left out.
    pub success_rate: Option<f64>,
    pub breaker: BreakerState,
    /// What the background checks of its provider found, where it has any: the same
    /// at each target of a provider.
    pub health_check: Option<HealthStats>,
    /// For how long it is still left alone, by its breaker or a cooldown.
    pub unavailable_for_s: Option<f64>,
    /// Of the last five minutes. A plain call has its first token at its end.
    pub time_to_first_token_s: Option<Percentiles>,
    /// From the attempt's start to its end, of the last five minutes.
    pub total_s: Option<Percentiles>,
    /// What routing expects of the next stream: 0 of an idle target never seen. Where
    /// only plain calls were seen, their whole time.
    pub expected_first_token_s: f64,
    /// None before a stream was seen.
    pub expected_output_tokens_per_s: Option<f64>,
    /// The shortest round trip on the network to its address: of the last five to ten
    /// minutes, or of the last time when a connection was made.
    pub round_trip_s: Option<f64>,
    /// Requests at a time that it gets by now, where `adaptive_concurrency` finds that out.
    pub concurrency_limit: Option<u32>,
    /// What is left of the configured limits.
    pub quota_left: Vec<QuotaLeft>,
    /// What the provider's responses said is left.
    pub limits_left: Vec<LimitLeft>,
}

/// What background checks found of a provider, and what they took. None of it is
/// part of the other numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HealthStats {
    pub healthy: bool,
    /// Checks begun.
    pub checks: u64,
    /// Checks that failed.
    pub failures: u64,
    /// Why the last of those failed.
    pub last_failure: Option<String>,
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// US dollars, of what has a known price.
    pub cost: f64,
}

/// What was seen of the requests of one variant of a split, or of the copies of a
/// route. Times are seconds, money is US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VariantStats {
    pub route: String,
    /// None: the copies of the route's requests.
    pub split: Option<String>,
    /// `base` for what the variants of the split leave, `shadow` for copies.
    pub variant: String,
    /// Requests begun, each once, whatever attempts it took.
    pub requests: u64,
    pub successes: u64,
    /// Left by the caller.
    pub cancelled: u64,
    /// By the class of the error that the caller got.
    pub errors: BTreeMap<String, u64>,
    pub in_flight: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// US dollars, of what has a known price.
    pub cost: f64,
    /// Requests with usage whose price is not known: `cost` is too low by them.
    pub unpriced: u64,
    /// The share of ended requests that were answered, cancelled ones left out.
    pub success_rate: Option<f64>,
    /// Copies that were drawn and never sent: there was no room, or they waited for it past
    /// their deadline. Not among `requests`; 0 of the variants of a split.
    pub dropped: u64,
    /// Of the last five minutes.
    pub time_to_first_token_s: Option<Percentiles>,
    /// From the request's start to its end, of the last five minutes.
    pub total_s: Option<Percentiles>,
}

/// Which state a circuit breaker is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    Closed,
    Open,
    HalfOpen,
}

/// The usual percentiles of durations, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Percentiles {
    /// How many they are of.
    pub count: u64,
    pub mean: f64,
    pub min: f64,
    pub p50: f64,
    pub p90: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

/// What of a configured limit is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QuotaLeft {
    /// The field of the configuration, such as `tokens_per_minute`.
    pub name: String,
    pub limit: u64,
    pub remaining: u64,
}

/// What is left of a limit that the provider's responses told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LimitLeft {
    pub unit: LimitUnit,
    /// The time that `limit` is for.
    pub window_s: Option<f64>,
    pub limit: Option<u64>,
    pub remaining: u64,
    /// When all of it is given back.
    pub resets_in_s: f64,
}
