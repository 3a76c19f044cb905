//! What is said of a provider beside where it is: its status.

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
