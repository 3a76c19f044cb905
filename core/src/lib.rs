//! One API for every AI provider, and the choice between them.
//!
//! `types` ← `dialects` ← `providers` ← `client`; `transport`, `routing` and
//! `resilience` know `types` and `error` only. Decisions do no I/O; only
//! `transport` and `execute` await.

pub mod auth;
pub mod dialects;
pub mod error;
pub mod transport;
pub mod types;

pub use error::{Error, ErrorKind, Result};
