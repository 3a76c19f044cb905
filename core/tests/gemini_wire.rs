//! Gemini's wire against recorded traffic.
//!
//! Requests against the published schemas are in the test `schemas`.
//!
//! The extraction from raw JSON here is written anew, plainly, so that a mistake
//! of the dialect cannot repeat itself in its test.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod gemini_wire {
    pub mod decoding;
    pub mod recordings;
    pub mod requests;
    pub mod streams;
}
