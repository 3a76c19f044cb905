//! The schema of everything that goes in and comes out.
//!
//! Python stubs and TypeScript types are generated from these structs. No wire
//! format, no provider and no decision may go in here.

pub mod chat;
mod open_enum;
pub mod provider;
pub mod routing;
pub mod routing_trace;
pub mod strategy;
pub mod trace;

pub(crate) use chat::from_value;
