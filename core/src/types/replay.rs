//! What came of making a recorded decision again.

use serde::Serialize;
use serde_json::Value;

use super::routing_trace::RoutingTrace;

/// A recorded decision, made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replay {
    /// Whether everything came out as it was recorded.
    pub same: bool,
    /// Where it did not.
    pub differences: Vec<Difference>,
    /// The decision as it is made today.
    pub trace: RoutingTrace,
}

/// One place at which a decision comes out otherwise than it was recorded.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// Such as `steps[0].target`.
    pub place: String,
    /// What the record says there; null: nothing.
    pub recorded: Value,
    /// What comes out today.
    pub replayed: Value,
}

/// How likely a target was to be chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Propensity {
    /// Its place among the candidates.
    pub target: u32,
    pub name: String,
    /// 0 to 1.
    pub propensity: f64,
}
