//! The Converse dialect against recorded requests and the published service model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod client;
mod recordings;
mod requests;
mod second_turns;
