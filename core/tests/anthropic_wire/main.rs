//! The Anthropic messages dialect against recorded traffic and the published schema.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod recordings;
mod requests;
mod responses;
mod schema;
