//! The replay of recorded provider traffic through the dialects.
//!
//! An independent referee: what is expected is drawn from the raw JSON and the
//! published schemas alone (`extract`, `fold`) and shares no code with a
//! dialect. The recordings lie beside the repository in `../shared/recordings`;
//! where they are absent every test here says so in one line and passes.
//!
//! `cargo test -p roocode-core --test replay -- --nocapture` prints what was
//! replayed, by dialect and provider, and what was left out and why.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "every function of this crate is part of a test"
)]

mod addresses;
mod batches;
mod cases;
mod counts;
mod drive;
mod errors;
mod evidence;
mod expected;
mod extract;
mod fold;
mod leaves;
mod left_out;
mod media;
mod messages;
mod models;
mod nothing_lost;
mod observed;
mod operations;
mod plain;
mod responses;
mod second_turn;
mod streams;
mod summary;
mod surfaces;
mod wires;
