//! The one class under all replies: frozen, over a shared tree, children made
//! when asked for.
//!
//! The generated classes in `types.py` derive from it and say in `__fields__`
//! what their fields are; each field becomes a native descriptor, so that
//! reading one costs no dictionary and no exception.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple, PyType};

use crate::arguments;
use crate::errors;
use crate::guard::guard;
use crate::node::{Node, Object};
use crate::node_json;
use crate::record_text;
use crate::trace;

thread_local! {
    /// What the next object that is made without arguments holds. A Python
    /// subclass can only be made by calling it, and a tree is no Python object.
    static NEXT: RefCell<Option<Arc<Object>>> = const { RefCell::new(None) };
}

type Children = Box<[OnceLock<Py<PyAny>>]>;

#[pyclass(frozen, subclass, weakref, module = "roocode._native")]
pub struct Record {
    pub object: Arc<Object>,
    /// Lists and objects that were asked for, by position: they keep their identity.
    children: OnceLock<Children>,
}

/// Makes an object of `class`, which derives from [`Record`].
pub fn make<'py>(class: &Bound<'py, PyType>, object: Arc<Object>) -> PyResult<Bound<'py, PyAny>> {
    NEXT.set(Some(object));
    class.call0()
}

/// A class of the package's Python half, looked up once.
pub struct Class {
    module: &'static str,
    name: &'static str,
    found: PyOnceLock<Py<PyType>>,
}

impl Class {
    pub const fn new(module: &'static str, name: &'static str) -> Self {
        Self { module, name, found: PyOnceLock::new() }
    }

    pub fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyType>> {
        self.found.import(py, self.module, self.name)
    }
}

pub static CHAT_COMPLETION: Class = Class::new("roocode.types", "ChatCompletion");
pub static CHAT_COMPLETION_CHUNK: Class = Class::new("roocode.types", "ChatCompletionChunk");
pub static EMBEDDINGS: Class = Class::new("roocode.types", "Embeddings");
pub static MODEL_RESPONSE: Class = Class::new("roocode.types", "ModelResponse");
pub static RESPONSE_EVENT: Class = Class::new("roocode.types", "ResponseEvent");
pub static MESSAGE_REPLY: Class = Class::new("roocode.types", "MessageReply");
pub static MESSAGE_EVENT: Class = Class::new("roocode.types", "MessageEvent");
pub static MODEL_LIST: Class = Class::new("roocode.types", "ModelList");
pub static RERANKING: Class = Class::new("roocode.types", "Reranking");
pub static SERVICE_REPLY: Class = Class::new("roocode.types", "ServiceReply");
pub static TOKEN_COUNT: Class = Class::new("roocode.types", "TokenCount");
pub static COMPLETION: Class = Class::new("roocode.types", "Completion");
pub static BATCH: Class = Class::new("roocode.types", "Batch");
pub static BATCH_LIST: Class = Class::new("roocode.types", "BatchList");
pub static BATCH_RESULTS: Class = Class::new("roocode.types", "BatchResults");
pub static IMAGES: Class = Class::new("roocode.types", "Images");
pub static SPEECH: Class = Class::new("roocode.types", "Speech");
pub static TRANSCRIPTION: Class = Class::new("roocode.types", "Transcription");
pub static MODERATION: Class = Class::new("roocode.types", "Moderation");
pub static TARGET_STATS: Class = Class::new("roocode.types", "TargetStats");
pub static VARIANT_STATS: Class = Class::new("roocode.types", "VariantStats");
pub static ORDER_CANDIDATE: Class = Class::new("roocode.types", "OrderCandidate");
pub static ORDER_REQUEST: Class = Class::new("roocode.types", "OrderRequest");
pub static PROPENSITY: Class = Class::new("roocode.types", "Propensity");
pub static REPLAY: Class = Class::new("roocode.types", "Replay");
pub static ROUTING_TRACE: Class = Class::new("roocode.types", "RoutingTrace");
pub static TRACE: Class = Class::new("roocode.types", "Trace");
pub static RAW_RESPONSE: Class = Class::new("roocode._raw", "RawResponse");
pub static ASYNC_CHAT_STREAM: Class = Class::new("roocode._streams", "AsyncChatStream");
pub static RESPONSE_STREAM: Class = Class::new("roocode._streams", "ResponseStream");
pub static ASYNC_RESPONSE_STREAM: Class = Class::new("roocode._streams", "AsyncResponseStream");
pub static MESSAGE_STREAM: Class = Class::new("roocode._streams", "MessageStream");
pub static ASYNC_MESSAGE_STREAM: Class = Class::new("roocode._streams", "AsyncMessageStream");
pub static COMPLETION_STREAM: Class = Class::new("roocode._streams", "CompletionStream");
pub static ASYNC_COMPLETION_STREAM: Class = Class::new("roocode._streams", "AsyncCompletionStream");

/// Imports all that a reply needs: a fork in the middle of a first import in
/// another thread would leave the module locked in the child for ever.
pub fn import_all(py: Python<'_>) -> PyResult<()> {
    let of_replies = [&CHAT_COMPLETION, &CHAT_COMPLETION_CHUNK, &EMBEDDINGS, &RERANKING, &MODEL_LIST, &TRACE];
    let of_media = [&IMAGES, &SPEECH, &TRANSCRIPTION, &MODERATION];
    let of_others = [
        &SERVICE_REPLY,
        &TOKEN_COUNT,
        &COMPLETION,
        &BATCH,
        &BATCH_LIST,
        &BATCH_RESULTS,
        &RAW_RESPONSE,
        &ASYNC_CHAT_STREAM,
    ];
    for class in of_replies.into_iter().chain(of_others).chain(of_media) {
        class.get(py)?;
    }
    py.import("roocode.errors")?;
    Ok(())
}

/// The Python value of a node; objects and lists of objects are of `class`, or plain.
pub fn to_python<'py>(
    py: Python<'py>,
    node: &Node,
    class: Option<&Bound<'py, PyType>>,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match node {
        Node::Null => py.None().into_bound(py),
        Node::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
        Node::Integer(number) => number.into_pyobject(py)?.into_any(),
        Node::Unsigned(number) => number.into_pyobject(py)?.into_any(),
        Node::Float(number) => number.into_pyobject(py)?.into_any(),
        Node::Text(text) => PyString::new(py, text).into_any(),
        Node::List(items) => {
            let items: Vec<_> =
                items.iter().map(|item| to_python(py, item, class)).collect::<PyResult<_>>()?;
            PyList::new(py, items)?.into_any()
        }
        Node::Object(object) => match class {
            Some(class) => make(class, Arc::clone(object))?,
            None => {
                let dict = PyDict::new(py);
                for (key, node) in object.entries() {
                    dict.set_item(key.as_str(), to_python(py, node, None)?)?;
                }
                dict.into_any()
            }
        },
    })
}

/// What a class says of its fields: name → (class of the value, what stands for an absent one).
pub struct Fields<'py>(Option<Bound<'py, PyDict>>);

impl<'py> Fields<'py> {
    pub fn of(class: &Bound<'py, PyType>) -> Self {
        Self(class.getattr("__fields__").ok().and_then(|fields| fields.cast_into::<PyDict>().ok()))
    }

    pub fn names(&self) -> Vec<Bound<'py, PyAny>> {
        self.0.as_ref().map(|fields| fields.keys().iter().collect()).unwrap_or_default()
    }

    pub fn contains(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|fields| fields.contains(name).unwrap_or(false))
    }

    /// The class of a field's value and its stand-in, where the field is known.
    pub fn get(&self, name: &str) -> Option<(Option<Bound<'py, PyType>>, Bound<'py, PyAny>)> {
        let entry = self.0.as_ref()?.get_item(name).ok()??;
        let entry = entry.cast::<PyTuple>().ok()?;
        Some((entry.get_item(0).ok()?.cast_into::<PyType>().ok(), entry.get_item(1).ok()?))
    }
}

impl Record {
    /// The value at `position`, which stays the same object if it is a list or an object.
    fn child<'py>(
        &self,
        py: Python<'py>,
        position: usize,
        class: Option<&Bound<'py, PyType>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some((_, node)) = self.object.entries().get(position) else {
            return Ok(py.None().into_bound(py));
        };
        if !matches!(node, Node::List(_) | Node::Object(_)) {
            return to_python(py, node, class);
        }
        let children =
            self.children.get_or_init(|| (0..self.object.entries().len()).map(|_| OnceLock::new()).collect());
        let Some(slot) = children.get(position) else { return to_python(py, node, class) };
        if let Some(value) = slot.get() {
            return Ok(value.bind(py).clone());
        }
        // No lock is held while Python runs: the loser of a race takes the winner's.
        let value = guard(py, || to_python(py, node, class))?;
        let _ = slot.set(value.clone().unbind());
        Ok(slot.get().map_or(value, |value| value.bind(py).clone()))
    }
}

#[pymethods]
impl Record {
    /// From the fields given, or from the tree that [`make`] left.
    #[new]
    #[pyo3(signature = (**fields))]
    fn new(fields: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let left = NEXT.take();
        let object = match (fields, left) {
            (None, Some(object)) => object,
            (None, None) => Arc::new(Object::default()),
            (Some(fields), _) => {
                let walk = || errors::argument(fields.py(), arguments::fields(fields));
                let fields = guard(fields.py(), walk)?;
                match node_json::node(&serde_json::Value::Object(fields)) {
                    Ok(Node::Object(object)) => object,
                    _ => return Err(PyTypeError::new_err("expected fields")),
                }
            }
        };
        Ok(Self { object, children: OnceLock::new() })
    }

    /// Gives a generated class its attributes.
    #[classmethod]
    fn __init_subclass__(class: &Bound<'_, PyType>) -> PyResult<()> {
        let fields = Fields::of(class);
        for name in fields.names() {
            let name: String = name.extract()?;
            let Some((child, absent)) = fields.get(&name) else { continue };
            let absent = if absent.is_none() {
                Absent::None
            } else if absent.cast::<PyTuple>().is_ok() {
                Absent::List
            } else {
                Absent::False
            };
            let field = Field { name: name.clone(), child: child.map(Bound::unbind), absent };
            class.setattr(name, Bound::new(class.py(), field)?)?;
        }
        Ok(())
    }

    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let this = slf.get();
        if let Some(position) = this.object.position(name) {
            return this.child(slf.py(), position, None);
        }
        let class = slf.get_type();
        Err(PyAttributeError::new_err(format!(
            "'{}' has no field '{name}'; it has: {}",
            class.name()?,
            record_text::names(slf).join(", ")
        )))
    }

    /// Fields that have no name here, as the provider sent them.
    #[getter]
    fn provider_fields<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let fields = Fields::of(&slf.get_type());
        let dict = PyDict::new(slf.py());
        for (key, node) in slf.get().object.entries() {
            if !fields.contains(key.as_str()) {
                dict.set_item(key.as_str(), to_python(slf.py(), node, None)?)?;
            }
        }
        Ok(dict)
    }

    fn __dir__(slf: &Bound<'_, Self>) -> PyResult<Vec<String>> {
        let mut names = record_text::names(slf);
        let inherited = slf.py().import("builtins")?.getattr("object")?.call_method1("__dir__", (slf,))?;
        for name in inherited.try_iter()? {
            let name: String = name?.extract()?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || record_text::repr(slf))
    }

    /// A trace is shown as a table, anything else as its repr.
    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        match trace::text(slf)? {
            Some(text) => Ok(text),
            None => Self::__repr__(slf),
        }
    }

    /// What IPython shows in a terminal.
    fn _repr_pretty_(slf: &Bound<'_, Self>, printer: &Bound<'_, PyAny>, _cycle: bool) -> PyResult<()> {
        printer.call_method1("text", (Self::__str__(slf)?,)).map(drop)
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> bool {
        match other.cast::<Self>() {
            Ok(other) => {
                slf.get_type().is(other.get_type())
                    && (Arc::ptr_eq(&slf.get().object, &other.get().object)
                        || slf.get().object == other.get().object)
            }
            Err(_) => false,
        }
    }

    fn __copy__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        make(&slf.get_type(), Arc::clone(&slf.get().object))
    }

    fn __deepcopy__<'py>(slf: &Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        make(&slf.get_type(), Arc::clone(&slf.get().object))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let json = serde_json::to_vec(&*slf.get().object).map_err(errors::internal)?;
        let restore = py.import("roocode._native")?.getattr("_restore")?;
        (restore, (slf.get_type(), PyBytes::new(py, &json))).into_pyobject(py)
    }

    /// A dict of every known field and every field that the provider sent.
    ///
    /// `mode` is accepted for likeness with pydantic: every value is one that JSON has.
    #[pyo3(signature = (*, mode = "python", exclude_none = false, exclude_unset = false))]
    fn model_dump<'py>(
        slf: &Bound<'py, Self>,
        mode: &str,
        exclude_none: bool,
        exclude_unset: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        if !matches!(mode, "python" | "json") {
            return Err(pyo3::exceptions::PyValueError::new_err("mode: allowed: 'python', 'json'"));
        }
        guard(slf.py(), || {
            let fields = Fields::of(&slf.get_type());
            let view = record_text::view(&slf.get().object, &fields, exclude_none, exclude_unset);
            to_python(slf.py(), &Node::Object(Arc::new(view)), None)
        })
    }

    /// The same as JSON text.
    #[pyo3(signature = (*, indent = None, exclude_none = false, exclude_unset = false))]
    fn model_dump_json(
        slf: &Bound<'_, Self>,
        indent: Option<usize>,
        exclude_none: bool,
        exclude_unset: bool,
    ) -> PyResult<String> {
        guard(slf.py(), || {
            let fields = Fields::of(&slf.get_type());
            let view = record_text::view(&slf.get().object, &fields, exclude_none, exclude_unset);
            record_text::json(&view, indent).map_err(errors::internal)
        })
    }

    /// A dict of the fields that are set.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        guard(slf.py(), || to_python(slf.py(), &Node::Object(Arc::clone(&slf.get().object)), None))
    }

    /// JSON text of the fields that are set.
    #[pyo3(signature = (*, indent = None))]
    fn to_json(&self, py: Python<'_>, indent: Option<usize>) -> PyResult<String> {
        guard(py, || record_text::json(&self.object, indent).map_err(errors::internal))
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        match trace::html(slf)? {
            Some(html) => Ok(PyString::new(slf.py(), &html).into_any()),
            None => slf.py().import("roocode._display")?.call_method1("html", (slf,)),
        }
    }

    fn _repr_markdown_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("roocode._display")?.call_method1("markdown", (slf,))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        for child in self.children.get().into_iter().flatten() {
            if let Some(child) = child.get() {
                visit.call(child)?;
            }
        }
        Ok(())
    }
}

/// What an absent field reads as.
#[derive(Clone, Copy)]
enum Absent {
    None,
    False,
    List,
}

/// The descriptor of one field.
#[pyclass(frozen, module = "roocode._native")]
pub struct Field {
    name: String,
    child: Option<Py<PyType>>,
    absent: Absent,
}

#[pymethods]
impl Field {
    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: &Bound<'py, PyAny>,
        _owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if instance.is_none() {
            return Ok(slf.clone().into_any());
        }
        let this = slf.get();
        let record = instance.cast::<Record>()?.get();
        match record.object.position(&this.name) {
            Some(position) => record.child(py, position, this.child.as_ref().map(|class| class.bind(py))),
            None => Ok(match this.absent {
                Absent::None => py.None().into_bound(py),
                Absent::False => false.into_pyobject(py)?.to_owned().into_any(),
                Absent::List => PyList::empty(py).into_any(),
            }),
        }
    }

    #[getter]
    fn __name__(&self) -> &str {
        &self.name
    }
}

/// Unpickles.
#[pyfunction]
pub fn _restore<'py>(class: &Bound<'py, PyType>, json: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let value: serde_json::Value = serde_json::from_slice(json).map_err(errors::internal)?;
    match node_json::node(&value) {
        Ok(Node::Object(object)) => make(class, object),
        _ => Err(PyTypeError::new_err("expected the JSON of an object")),
    }
}
