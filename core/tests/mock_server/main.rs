//! The mock server on its socket: every wire, every fault, what it remembers.

mod client;
mod faults;
mod memory;
mod recorded_shapes;
mod wires;

use roocode::testing::MockOptions;
use serde_json::Value;

/// Options as a user writes them.
fn options(value: Value) -> MockOptions {
    MockOptions::from_value(value).unwrap()
}
