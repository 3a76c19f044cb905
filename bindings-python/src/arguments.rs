//! Python values → JSON, by an own walk.
//!
//! The caller's objects are only read. What JSON cannot say is an error that
//! names the place; nothing is guessed and nothing is rounded.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple, PyType};
use roocode::Error;
use serde_json::{Map, Number, Value};

use crate::node_json;
use crate::record::Record;

/// Deeper than any request is; what is deeper holds itself.
const MAX_DEPTH: usize = 128;

type Result<T, E = Failure> = std::result::Result<T, E>;

/// A value that cannot go out, or an exception that the caller's own object raised.
pub enum Failure {
    Ours(Error),
    Python(PyErr),
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

/// Where a value stands; written out only in an error.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root(&'a str),
    Key(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    fn text(&self) -> String {
        match self {
            Self::Root(name) => (*name).to_owned(),
            Self::Key(outer, key) => match outer.text() {
                outer if outer.is_empty() => (*key).to_owned(),
                outer => format!("{outer}.{key}"),
            },
            Self::Index(outer, index) => format!("{}[{index}]", outer.text()),
        }
    }

    fn refuse<T>(&self, what: &str) -> Result<T> {
        let place = self.text();
        Err(Failure::Ours(Error::bad_request(place.clone(), format!("{place}: {what}"))))
    }
}

/// The fields of a dict of keyword arguments.
pub fn fields(object: &Bound<'_, PyDict>) -> Result<Map<String, Value>> {
    dictionary(object, &Place::Root(""), 0)
}

fn walk(object: &Bound<'_, PyAny>, place: &Place<'_>, depth: usize) -> Result<Value> {
    if let Ok(text) = object.cast::<PyString>() {
        return text_of(text, place).map(Value::String);
    }
    if depth > MAX_DEPTH {
        // The place of a cycle is as long as it is useless: its start says enough.
        let start: String = place.text().chars().take(60).collect();
        return Place::Root(&start).refuse("nested more than 128 deep; does it contain itself?");
    }
    if let Ok(dictionary_object) = object.cast::<PyDict>() {
        return dictionary(dictionary_object, place, depth).map(Value::Object);
    }
    if let Ok(list) = object.cast::<PyList>() {
        let mut items = Vec::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            items.push(walk(&item, &Place::Index(place, index), depth + 1)?);
        }
        return Ok(Value::Array(items));
    }
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = object.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if let Ok(integer) = object.cast::<PyInt>() {
        return integer_of(integer, place).map(Value::Number);
    }
    if let Ok(float) = object.cast::<PyFloat>() {
        let float = float.value();
        return match Number::from_f64(float) {
            Some(number) => Ok(Value::Number(number)),
            None => place.refuse(&format!(
                "{} is not a number that JSON has",
                if float.is_nan() { "nan" } else { "infinity" }
            )),
        };
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        let mut items = Vec::with_capacity(tuple.len());
        for (index, item) in tuple.iter().enumerate() {
            items.push(walk(&item, &Place::Index(place, index), depth + 1)?);
        }
        return Ok(Value::Array(items));
    }
    if let Ok(record) = object.cast::<Record>() {
        return Ok(node_json::object(&record.get().object));
    }
    other(object, place, depth)
}

/// Values that are no plain JSON types but say how they would be.
fn other(object: &Bound<'_, PyAny>, place: &Place<'_>, depth: usize) -> Result<Value> {
    let kind = object.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    if let Ok(class) = object.cast::<PyType>() {
        let class = class.name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
        return place.refuse(&format!("expected a value, got the class {class}"));
    }
    if matches!(kind.as_str(), "bytes" | "bytearray" | "memoryview") {
        return place.refuse(&format!("{kind} cannot go into JSON; give a str, such as base64 text"));
    }
    if object.hasattr("model_dump")? {
        // As pydantic has it. Fields that are unset are not meant to be sent.
        let options = PyDict::new(object.py());
        options.set_item("mode", "json")?;
        options.set_item("exclude_none", true)?;
        let dumped = match object.call_method("model_dump", (), Some(&options)) {
            Err(error) if error.is_instance_of::<pyo3::exceptions::PyTypeError>(object.py()) => {
                object.call_method0("model_dump")?
            }
            dumped => dumped?,
        };
        return walk(&dumped, place, depth + 1);
    }
    if let Ok(mapping) = object.cast::<PyMapping>() {
        let mut map = Map::new();
        for item in mapping.items()?.iter() {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let key = key_of(&key, place)?;
            let value = walk(&value, &Place::Key(place, &key), depth + 1)?;
            map.insert(key, value);
        }
        return Ok(Value::Object(map));
    }
    if let Ok(sequence) = object.cast::<PySequence>() {
        let mut items = Vec::new();
        for (index, item) in sequence.try_iter()?.enumerate() {
            items.push(walk(&item?, &Place::Index(place, index), depth + 1)?);
        }
        return Ok(Value::Array(items));
    }
    if let Ok(names) =
        object.getattr("__dataclass_fields__").and_then(|names| Ok(names.cast_into::<PyDict>()?))
    {
        let mut map = Map::new();
        for (name, _) in names.iter() {
            let name: String = name.extract()?;
            let field = object.getattr(name.as_str())?;
            let value = walk(&field, &Place::Key(place, &name), depth + 1)?;
            map.insert(name, value);
        }
        return Ok(Value::Object(map));
    }
    if object.hasattr("__index__")? {
        let integer = object.call_method0("__index__")?;
        if let Ok(integer) = integer.cast::<PyInt>() {
            return integer_of(integer, place).map(Value::Number);
        }
    }
    place.refuse(&format!(
        "a {kind} cannot go into JSON; allowed: str, int, float, bool, None, list, dict, and objects of this package"
    ))
}

fn dictionary(object: &Bound<'_, PyDict>, place: &Place<'_>, depth: usize) -> Result<Map<String, Value>> {
    let mut map = Map::with_capacity(object.len());
    for (key, value) in object.iter() {
        let key = key_of(&key, place)?;
        let value = walk(&value, &Place::Key(place, &key), depth + 1)?;
        map.insert(key, value);
    }
    Ok(map)
}

fn key_of(key: &Bound<'_, PyAny>, place: &Place<'_>) -> Result<String> {
    if let Ok(text) = key.cast::<PyString>() {
        return text_of(text, place);
    }
    // Token ids of `logit_bias` are integers in Python and texts in JSON.
    if key.cast::<PyInt>().is_ok() && key.cast::<PyBool>().is_err() {
        return Ok(key.str()?.to_cow()?.into_owned());
    }
    let kind = key.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    place.refuse(&format!("the keys of a dict must be str, got {kind}"))
}

fn text_of(text: &Bound<'_, PyString>, place: &Place<'_>) -> Result<String> {
    match text.to_str() {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => place.refuse("the text holds a lone surrogate, which is no character"),
    }
}

fn integer_of(integer: &Bound<'_, PyInt>, place: &Place<'_>) -> Result<Number> {
    if let Ok(number) = integer.extract::<i64>() {
        return Ok(number.into());
    }
    match integer.extract::<u64>() {
        Ok(number) => Ok(number.into()),
        Err(_) => place.refuse("the integer does not fit into 64 bits"),
    }
}
