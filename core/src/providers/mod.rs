//! The kinds of provider: what a service speaks, where, and how it is different.
//!
//! Facts are data: `core/data/kinds.toml` for the built-in kinds, the same form
//! in a user's configuration for others. A kind whose service needs code has
//! one file of [`Hooks`] here. No wire format and no routing may go in.

pub mod capabilities;
mod facts;
mod health_check;
mod hooks;
mod kind;
mod kinds;
mod provider;

use serde::de::DeserializeOwned;

pub use health_check::{HealthCheckSettings, HealthProbe};
pub use hooks::Hooks;
pub use kind::Kind;
pub use kinds::Kinds;
pub(crate) use provider::Endpoint;
pub use provider::Provider;

use crate::types::placed;

/// Reads one of the tables that `build.rs` made of those in `core/data`.
fn table<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    placed::read(value).map_err(|error| error.to_string())
}
