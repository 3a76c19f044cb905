//! The schema of everything that goes in and comes out.
//!
//! Python stubs and TypeScript types are generated from these structs. No wire
//! format, no provider and no decision may go in here.

pub mod audio;
pub mod batches;
pub mod chat;
pub mod completions;
pub mod deferred;
pub mod embeddings;
pub(crate) mod fields;
pub mod images;
pub mod limits;
pub(crate) mod media;
pub mod messages;
pub mod model;
pub mod model_override;
pub mod models;
pub mod moderations;
mod open_enum;
pub mod operation;
pub mod order;
pub mod path;
pub(crate) mod placed;
pub mod price;
pub mod provider;
pub mod replay;
pub mod rerank;
pub mod responses;
pub mod routing;
pub mod routing_trace;
pub mod service;
pub mod stats;
pub mod strategy;
pub(crate) mod surface;
pub mod tokens;
pub mod trace;
pub mod upload;

pub(crate) use chat::from_value;
