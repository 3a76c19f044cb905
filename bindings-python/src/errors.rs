//! The core's error → the exception of its kind.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use roocode::{Error, ErrorKind};

use crate::arguments::Failure;
use crate::node::Node;
use crate::node_serializer;
use crate::record;

/// The exception: class by kind, fields as attributes.
pub fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let kinds = py.import("roocode.errors")?.getattr("KINDS")?;
    let class = kinds.get_item(error.kind.class_name())?;
    let fields = PyDict::new(py);
    let details = node_serializer::object(error.details()).map_err(internal)?;
    for (key, node) in details.entries() {
        let class = match (key.as_str(), node) {
            ("partial", Node::Object(_)) => Some(record::CHAT_COMPLETION.get(py)?),
            ("partial_response", Node::Object(_)) => Some(record::MODEL_RESPONSE.get(py)?),
            ("partial_message", Node::Object(_)) => Some(record::MESSAGE_REPLY.get(py)?),
            ("partial_completion", Node::Object(_)) => Some(record::COMPLETION.get(py)?),
            ("route", Node::Object(_)) => Some(record::TRACE.get(py)?),
            _ => None,
        };
        fields.set_item(key.as_str(), record::to_python(py, node, class)?)?;
    }
    Ok(PyErr::from_value(class.call((error.to_string(),), Some(&fields))?))
}

/// A failure of the walk over the caller's values.
pub fn argument<T>(py: Python<'_>, result: Result<T, Failure>) -> PyResult<T> {
    result.map_err(|failure| match failure {
        Failure::Ours(error) => to_python(py, &error),
        Failure::Python(error) => error,
    })
}

/// A defect of this library.
pub fn internal(error: impl std::fmt::Display) -> PyErr {
    raised(&defect(error))
}

/// The exception, where the thread is attached to Python but has no proof of it at hand.
pub fn raised(error: &Error) -> PyErr {
    Python::try_attach(|py| to_python(py, error))
        .unwrap_or_else(|| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))
}

/// A defect of this library, for the core's side.
pub fn defect(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, error.to_string())
}

/// What was begun in the parent process cannot go on in its child.
pub fn forked() -> Error {
    Error::new(
        ErrorKind::ApiConnection,
        "this call or stream was begun before the process forked; its connection stays with the parent",
    )
}

pub fn left_stream() -> Error {
    Error::new(ErrorKind::Cancelled, "the reading of this stream was left before its end, which closed it")
}

pub fn closed_stream() -> Error {
    Error::new(ErrorKind::Cancelled, "the stream was closed before its end")
}
