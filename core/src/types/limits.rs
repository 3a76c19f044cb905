//! What one request takes from a limit, and what a provider says of its limits.
//!
//! The same words for configured limits and for those read from the headers of
//! any wire. No header's name and no decision may go in here.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one request takes from the limits of a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    pub requests: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
}

impl Demand {
    /// One request of so many tokens, estimated before it or counted after it.
    #[must_use]
    pub const fn of(input_tokens: u64, output_tokens: u64) -> Self {
        Self { requests: 1, input_tokens, output_tokens }
    }

    /// How much of it `unit` counts.
    #[must_use]
    pub const fn in_units(self, unit: LimitUnit) -> u64 {
        match unit {
            LimitUnit::Requests => self.requests,
            LimitUnit::Tokens => self.input_tokens.saturating_add(self.output_tokens),
            LimitUnit::InputTokens => self.input_tokens,
            LimitUnit::OutputTokens => self.output_tokens,
        }
    }
}

/// Tokens of what is sent, estimated before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputTokens {
    pub all: u64,
    /// Of the largest of several inputs, each of which has the context window for itself.
    pub largest: Option<u64>,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    Requests,
    /// Input and output together.
    Tokens,
    InputTokens,
    OutputTokens,
}

/// How a provider gives back what was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refill {
    /// Evenly until `reset_after`: a token bucket.
    Continuous,
    /// All of it at `reset_after`: a window. Also where nothing is known.
    AtReset,
}

/// One limit as a response told it. What it did not tell is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldLimit {
    pub unit: LimitUnit,
    /// The time that `limit` is for.
    pub window: Option<Duration>,
    /// The most that is allowed.
    pub limit: Option<u64>,
    /// What was left when the response was sent.
    pub remaining: Option<u64>,
    /// The time until everything is given back.
    pub reset_after: Option<Duration>,
    pub refill: Refill,
}

impl ToldLimit {
    /// Nothing told yet of `unit` in `window`.
    #[must_use]
    pub const fn empty(unit: LimitUnit, window: Option<Duration>) -> Self {
        Self { unit, window, limit: None, remaining: None, reset_after: None, refill: Refill::AtReset }
    }
}
