//! What requests took and cost.

mod cost;

pub use cost::cost;
