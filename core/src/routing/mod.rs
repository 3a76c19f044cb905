//! Which target answers. Decisions only: no clock, no socket, no `async`.

mod resolve;
pub mod rules;
pub mod splits;
mod stable_hash;
pub mod state;

pub use resolve::{KindFacts, ProviderFacts, resolve};
