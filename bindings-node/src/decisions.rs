//! The decisions of routed requests, made when somebody looks: few do, and to make and
//! write one costs more than to decide. JavaScript holds those of one drain together, and
//! they go when its last trace is collected.

use napi::bindgen_prelude::External;
use napi_derive::napi;
use roocode::types::deferred::Deferred;
use roocode::types::routing_trace::RoutingTrace;
use roocode::{Error, ErrorKind};

use crate::client::thrown;
use crate::crossing;

pub type Decisions = Vec<Deferred<RoutingTrace>>;

/// About what one holds on to until it is looked at, for V8 to know when to collect.
const DECISION_BYTES: usize = 1 << 10;

/// `decisions` for JavaScript to hold.
pub fn held(decisions: Decisions) -> External<Decisions> {
    let size = decisions.len() * DECISION_BYTES;
    External::new_with_size_hint(decisions, size)
}

/// The decision at `index` as JSON, made now.
#[napi(catch_unwind)]
pub fn decision_json(decisions: &External<Decisions>, index: u32) -> napi::Result<String> {
    let Some(decision) = decisions.get(index as usize) else {
        return Err(thrown(&Error::new(ErrorKind::Internal, "no such decision")));
    };
    crossing::text(&**decision).map_err(|error| thrown(&error))
}
