//! Which target answers. Decisions only: no clock, no socket, no `async`.
//!
//! A model name is resolved to targets; those that cannot serve the request are
//! filtered out; of the rest a strategy takes one after the other, tier by tier.

mod decision;
pub mod draw;
mod filter;
mod normal;
mod plain;
pub mod policies;
mod recording;
mod replay;
mod request_facts;
mod resolve;
pub mod rules;
pub mod splits;
mod stable_hash;
pub mod state;
mod target_set;
mod target_table;
mod terms;

pub use decision::{Decision, Question, Record, decide};
pub use filter::{exclusion, survivors};
pub use plain::{PlainTargets, region_key};
pub use recording::Recording;
pub use replay::{check_replay, named_propensities, propensities, recorded, replay};
pub use request_facts::RequestFacts;
pub use resolve::{KindFacts, ProviderFacts, resolve, resolve_member};
pub use stable_hash::stable_hash;
pub use target_set::TargetSet;
pub use target_table::{Member, TargetTable};
pub use terms::{Shortage, Targets, Term};
