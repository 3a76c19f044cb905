//! Traces as people see them: the core's text and HTML of a record that is one.

use pyo3::prelude::*;
use roocode::observe;
use roocode::types::routing_trace::RoutingTrace;
use roocode::types::trace::Trace;
use serde_json::Value;

use crate::guard::guard;
use crate::node_json;
use crate::record::{Class, ROUTING_TRACE, Record, TRACE};

/// The text of a trace; none of any other record.
pub fn text(record: &Bound<'_, Record>) -> PyResult<Option<String>> {
    shown(record, observe::trace_text, observe::routing_text)
}

/// The HTML of a trace; none of any other record.
pub fn html(record: &Bound<'_, Record>) -> PyResult<Option<String>> {
    shown(record, observe::trace_html, observe::routing_html)
}

/// What is shown under the message of an error with this trace, if anything.
#[pyfunction]
pub fn _error_note(trace: &Bound<'_, Record>) -> PyResult<Option<String>> {
    guard(trace.py(), || Ok(read(trace, &TRACE, Trace::from_value)?.as_ref().and_then(observe::error_note)))
}

fn shown(
    record: &Bound<'_, Record>,
    trace: fn(&Trace) -> String,
    routing: fn(&RoutingTrace) -> String,
) -> PyResult<Option<String>> {
    guard(record.py(), || {
        Ok(match read(record, &TRACE, Trace::from_value)? {
            Some(read) => Some(trace(&read)),
            None => read(record, &ROUTING_TRACE, RoutingTrace::from_value)?.as_ref().map(routing),
        })
    })
}

/// The record as the core's type, where it is of `class` and what it holds can be read as such:
/// anyone can make a record of anything.
fn read<T>(
    record: &Bound<'_, Record>,
    class: &Class,
    from_value: fn(Value) -> roocode::Result<T>,
) -> PyResult<Option<T>> {
    if !record.is_instance(class.get(record.py())?)? {
        return Ok(None);
    }
    Ok(from_value(node_json::object(&record.get().object)).ok())
}
