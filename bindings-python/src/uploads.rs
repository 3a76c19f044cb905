//! Files that Python hands over: taken out of a call's fields, so that their bytes never go through JSON.
//!
//! A path stays a path, which the core reads. Of `bytes` nothing is copied; what can change is.

use bytes::Bytes;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyList, PyMemoryView, PyString, PyTuple};
use roocode::Error;
use roocode::types::operation::Operation;

use crate::errors;

/// The fields without bytes in them, and the bytes, in the order of their numbers.
pub fn taken<'py>(
    operation: Operation,
    fields: &Bound<'py, PyDict>,
) -> PyResult<(Bound<'py, PyDict>, Vec<Bytes>)> {
    let mut files = Vec::new();
    let names = operation.files();
    if names.is_empty() {
        return Ok((fields.clone(), files));
    }
    let fields = fields.copy()?;
    for name in names {
        let Some(given) = fields.get_item(name)?.filter(|given| !given.is_none()) else { continue };
        let file = match given.cast::<PyList>() {
            Ok(list) => {
                let taken = PyList::empty(fields.py());
                for (index, given) in list.iter().enumerate() {
                    taken.append(take(&format!("{name}[{index}]"), &given, &mut files)?)?;
                }
                taken.into_any()
            }
            Err(_) => take(name, &given, &mut files)?,
        };
        fields.set_item(name, file)?;
    }
    Ok((fields, files))
}

/// The fields of a call that is only explained: nobody looks into its files.
pub fn described<'py>(fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let operation = match fields.get_item("operation")? {
        Some(name) => name.extract().ok().and_then(|name: String| Operation::of(&name)),
        None => None,
    };
    match operation {
        Some(operation) => taken(operation, fields).map(|(fields, _)| fields),
        None => Ok(fields.clone()),
    }
}

/// What stands for a file in JSON.
fn take<'py>(place: &str, given: &Bound<'py, PyAny>, files: &mut Vec<Bytes>) -> PyResult<Bound<'py, PyAny>> {
    let py = given.py();
    if given.is_instance_of::<PyString>() || given.is_instance_of::<PyDict>() {
        return Ok(given.clone());
    }
    if given.hasattr("__fspath__")? {
        return py.import("os")?.call_method1("fspath", (given,));
    }
    let (name, content, content_type) = match given.cast::<PyTuple>() {
        Ok(parts) if matches!(parts.len(), 2 | 3) => {
            (Some(parts.get_item(0)?), parts.get_item(1)?, parts.get_item(2).ok())
        }
        Ok(_) => {
            return Err(refused(py, place, "a tuple of a file is (name, content) or (name, content, type)"));
        }
        Err(_) => (None, given.clone(), None),
    };
    let described = PyDict::new(py);
    let of_file = |content: &Bound<'py, PyAny>| {
        let name: Option<String> = content.getattr("name").ok().and_then(|name| name.extract().ok());
        name.map(|name| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())
    };
    let (bytes, own_name) = match bytes_of(&content)? {
        Some(bytes) => (bytes, None),
        None if content.hasattr("read")? => {
            let read = content.call_method0("read")?;
            let Some(bytes) = bytes_of(&read)? else {
                return Err(refused(py, place, "a file must be opened for bytes: `open(path, \"rb\")`"));
            };
            (bytes, of_file(&content))
        }
        None => {
            let kind = content.get_type().name()?;
            let why = format!("a {kind} is no file: give a path, bytes, or a file opened for bytes");
            return Err(refused(py, place, &why));
        }
    };
    described.set_item("attached", files.len())?;
    files.push(bytes);
    match name.filter(|name| !name.is_none()) {
        Some(name) => described.set_item("name", name)?,
        None => described.set_item("name", own_name)?,
    }
    described.set_item("content_type", content_type)?;
    Ok(described.into_any())
}

fn bytes_of(content: &Bound<'_, PyAny>) -> PyResult<Option<Bytes>> {
    if content.is_instance_of::<PyBytes>() {
        return Ok(Some(Bytes::from_owner(content.extract::<PyBackedBytes>()?)));
    }
    if content.is_instance_of::<PyByteArray>() || content.is_instance_of::<PyMemoryView>() {
        let copied = content.py().get_type::<PyBytes>().call1((content,))?;
        return Ok(Some(Bytes::from_owner(copied.extract::<PyBackedBytes>()?)));
    }
    Ok(None)
}

fn refused(py: Python<'_>, place: &str, why: &str) -> PyErr {
    errors::to_python(py, &Error::bad_request(place, format!("{place}: {why}")))
}
