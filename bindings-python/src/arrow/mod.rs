//! Statistics as an Arrow table, for what takes one through the PyCapsule interface
//! (<https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>).
//!
//! By hand and not with the `arrow` crates: those made the package 350 kB larger, and all
//! that is needed are whole numbers, floats, text and flags that may be absent. Which
//! columns there are is in `stats`; the rest knows nothing of statistics. Nothing that reads
//! Arrow may go in here.

mod abi;
mod array;
mod column;
mod schema;
mod stats;
mod stream;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use self::abi::{ArrowArrayStream, ArrowSchema};
use crate::guard::guard;
use crate::record::Record;

/// The names that the interface gives to its capsules.
const SCHEMA: &std::ffi::CStr = c"arrow_schema";
const STREAM: &std::ffi::CStr = c"arrow_array_stream";

/// The columns of a table of statistics: an `arrow_schema` capsule.
#[pyfunction]
pub fn _stats_schema(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
    guard(py, || PyCapsule::new_with_value(py, ArrowSchema::of_table(&stats::fields()), SCHEMA))
}

/// Statistics, a row for each: an `arrow_array_stream` capsule of one batch.
///
/// `requested_schema` is None or an `arrow_schema` capsule. Casting is left to who asks, as the
/// interface allows; a schema of another number of columns is an error, as it wants.
#[pyfunction]
pub fn _stats_stream<'py>(
    rows: &Bound<'py, PyTuple>,
    requested_schema: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let py = rows.py();
    guard(py, || {
        let fields = stats::fields();
        if let Some(requested) = requested_schema {
            check(requested, fields.len())?;
        }
        let records: Vec<_> = rows
            .iter_borrowed()
            .map(|row| Ok(row.cast::<Record>()?.get().object.clone()))
            .collect::<PyResult<_>>()?;
        let columns = stats::columns(&records);
        let stream = ArrowArrayStream::of_table(fields, columns, records.len())
            .ok_or_else(|| PyValueError::new_err("a column of text is longer than Arrow's utf8 may be"))?;
        PyCapsule::new_with_value(py, stream, STREAM)
    })
}

/// That a requested schema is one, and of as many columns.
fn check(requested: &Bound<'_, PyAny>, columns: usize) -> PyResult<()> {
    let schema = requested.cast::<PyCapsule>()?.pointer_checked(Some(SCHEMA))?.cast::<ArrowSchema>();
    // SAFETY: a capsule of this name holds this struct, for as long as the capsule lives, and
    // nothing else may write to it meanwhile: the interface says both.
    #[allow(unsafe_code, reason = "it was made by someone else")]
    let wanted = unsafe { schema.as_ref() }.columns();
    match wanted {
        None => Err(PyValueError::new_err("requested_schema was consumed before")),
        Some(wanted) if usize::try_from(wanted) != Ok(columns) => Err(PyValueError::new_err(format!(
            "requested_schema has {wanted} columns and the table {columns}: take it whole, and choose columns then"
        ))),
        Some(_) => Ok(()),
    }
}
