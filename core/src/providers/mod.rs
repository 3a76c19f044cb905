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

pub use health_check::{HealthCheckSettings, HealthProbe};
pub use hooks::Hooks;
pub use kind::Kind;
pub use kinds::Kinds;
pub(crate) use provider::Endpoint;
pub use provider::Provider;
