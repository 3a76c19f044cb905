//! Decisions made again from their records, and made-up ones; nothing is decided here.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use roocode::Error;
use roocode::routing::{check_replay, named_propensities, recorded};
use roocode::testing::decide_case;
use roocode::types::routing_trace::RoutingTrace;
use serde_json::Value;

use crate::guard::guard;
use crate::{arguments, errors, node_json, node_serializer, record};

fn raise<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| errors::to_python(py, &error))
}

/// The record under `trace` of `fields`.
fn trace(fields: &Bound<'_, PyDict>) -> PyResult<RoutingTrace> {
    let py = fields.py();
    let mut fields = errors::argument(py, arguments::fields(fields))?;
    raise(py, recorded(fields.get_mut("trace").map(Value::take).unwrap_or_default()))
}

/// Makes a recorded decision again.
#[pyfunction]
pub fn _replay<'py>(py: Python<'py>, fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    guard(py, || {
        let replay = raise(py, check_replay(&trace(fields)?))?;
        record::make(record::REPLAY.get(py)?, node_serializer::object(&replay).map_err(errors::internal)?)
    })
}

/// How likely each target was at each pick.
#[pyfunction]
pub fn _propensities<'py>(py: Python<'py>, fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    guard(py, || {
        let all = raise(py, named_propensities(&trace(fields)?))?;
        let all = serde_json::to_value(all).map_err(errors::internal)?;
        let all = node_json::node(&all).map_err(errors::internal)?;
        record::to_python(py, &all, Some(record::PROPENSITY.get(py)?))
    })
}

/// Decides over targets that are made up.
#[pyfunction]
pub fn _decide<'py>(py: Python<'py>, case: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    guard(py, || {
        let case = errors::argument(py, arguments::fields(case))?;
        let decided = raise(py, decide_case(Value::Object(case)))?;
        record::to_python(py, &node_json::node(&decided).map_err(errors::internal)?, None)
    })
}
