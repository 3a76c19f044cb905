//! One API for every AI provider, and the choice between them.
//!
//! `types` ← `dialects` ← `providers` ← `client`; `transport`, `routing` and
//! `resilience` know `types` and `error` only. Decisions do no I/O; only
//! `transport` and `execute` await.

pub mod auth;
pub mod catalogue;
pub mod client;
pub mod config;
pub mod dialects;
pub mod error;
mod execute;
mod expressions;
mod nearest;
pub mod observe;
pub mod providers;
pub mod resilience;
mod rotating;
pub mod routing;
pub mod runtime;
pub mod testing;
pub mod transport;
pub mod types;
pub mod vocabulary;

pub use client::{Call, ChatReply, ChatReplyStream, Client, Reply};
pub use config::ClientConfig;
pub use error::{Error, ErrorKind, Result};
