//! What is said of a provider beside where it is: status and prices.

use serde::{Deserialize, Serialize};

/// Whether a provider takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProviderStatus {
    /// Being set up: only a request that names it reaches it.
    Draft,
    #[default]
    Active,
    /// Never asked.
    Inactive,
}

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub input: f64,
    pub output: f64,
    /// Input read from the provider's prompt cache. Default: as `input`.
    #[serde(default)]
    pub cached_input: Option<f64>,
    /// Input written to the provider's prompt cache. Default: as `input`.
    #[serde(default)]
    pub cache_write: Option<f64>,
}
