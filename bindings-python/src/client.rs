//! The client: converts, leaves the GIL, calls the core, converts back.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use roocode::runtime::guarded;
use roocode::{ChatCall, ChatReply, ChatReplyStream, Client, ClientConfig, Error};
use serde_json::Value;

use crate::bell::lock;
use crate::call::{self, Finish};
use crate::guard::{fault, guard};
use crate::node::Object;
use crate::runtime::{block, generation};
use crate::stream::{ChatStream, Parts, parts};
use crate::waiter::Waiter;
use crate::{arguments, async_stream, errors, node_json, node_serializer, record};

#[pyclass(frozen, module = "roocode._native")]
pub struct NativeClient {
    origin: Origin,
    made: Mutex<Made>,
}

/// How to make the client again in a child process, whose connections are its own.
enum Origin {
    /// From itself: its providers and routes as they are now.
    Itself,
    Other(Py<NativeClient>, Value),
}

struct Made {
    generation: u64,
    client: Client,
    closed: bool,
}

impl NativeClient {
    fn get(&self, py: Python<'_>) -> PyResult<Client> {
        {
            let made = lock(&self.made);
            if made.generation == generation() {
                return Ok(made.client.clone());
            }
        }
        let client = match &self.origin {
            Origin::Itself => raise(py, lock(&self.made).client.anew())?,
            Origin::Other(other, overrides) => {
                raise(py, other.get().get(py)?.config_with(overrides.clone()))?
            }
        };
        let mut made = lock(&self.made);
        if made.closed {
            client.close();
        }
        // The parent's connections belong to threads that are not here: leaked on purpose.
        std::mem::forget(std::mem::replace(&mut made.client, client.clone()));
        made.generation = generation();
        Ok(client)
    }

    fn of(origin: Origin, client: Client) -> Self {
        Self { origin, made: Mutex::new(Made { generation: generation(), client, closed: false }) }
    }

    fn prepare(&self, py: Python<'_>, fields: &Bound<'_, PyDict>) -> PyResult<(Client, ChatCall, bool)> {
        let body = errors::argument(py, arguments::fields(fields))?;
        let streamed = body.get("stream") == Some(&Value::Bool(true));
        let client = self.get(py)?;
        let call = raise(py, client.call(Value::Object(body), Value::Null))?;
        Ok((client, call, streamed))
    }

    fn ask<'py>(
        &self,
        py: Python<'py>,
        fields: &Bound<'py, PyDict>,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (client, call, streamed) = self.prepare(py, fields)?;
        if streamed {
            let stream = raise(py, block(py, client.chat_stream(call))?)?;
            let head = raw.then(|| parts(stream.raw().clone()));
            let stream = Bound::new(py, ChatStream::new(py, stream)?)?.into_any();
            return match head {
                Some(head) => with_raw(py, stream, head),
                None => Ok(stream),
            };
        }
        let reply = client.chat(call);
        let done = block(py, async move { reply.await.and_then(|reply| ready(reply, raw)) })?;
        hand_over(py, done)
    }

    fn begin(&self, py: Python<'_>, fields: &Bound<'_, PyDict>, raw: bool) -> PyResult<Waiter> {
        let (client, call, streamed) = self.prepare(py, fields)?;
        if streamed {
            let finish: Finish<Result<ChatReplyStream, Error>> = Box::new(move |py, stream| {
                let stream = raise(py, stream)?;
                let head = raw.then(|| parts(stream.raw().clone()));
                let stream = async_stream::make(py, stream)?;
                match head {
                    Some(head) => with_raw(py, stream, head),
                    None => Ok(stream),
                }
            });
            return call::start(py, guarded(client.chat_stream(call)), finish);
        }
        let reply = client.chat(call);
        let work = async move { reply.await.and_then(|reply| ready(reply, raw)) };
        call::start(py, guarded(work), Box::new(hand_over))
    }
}

fn raise<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| errors::to_python(py, &error))
}

/// A reply, ready to be handed over.
struct Ready {
    completion: std::sync::Arc<Object>,
    raw: Option<Parts>,
}

fn ready(reply: ChatReply, raw: bool) -> Result<Ready, Error> {
    fault::here();
    let completion = node_serializer::object(&reply.completion).map_err(errors::defect)?;
    Ok(Ready { completion, raw: raw.then(|| parts(reply.raw)) })
}

fn hand_over<'py>(py: Python<'py>, ready: Result<Ready, Error>) -> PyResult<Bound<'py, PyAny>> {
    let ready = raise(py, ready)?;
    let completion = record::make(record::CHAT_COMPLETION.get(py)?, ready.completion)?;
    match ready.raw {
        Some(raw) => with_raw(py, completion, raw),
        None => Ok(completion),
    }
}

fn with_raw<'py>(py: Python<'py>, parsed: Bound<'py, PyAny>, raw: Parts) -> PyResult<Bound<'py, PyAny>> {
    let (status, headers, body, request_id) = raw;
    py.import("roocode._raw")?.getattr("RawResponse")?.call1((
        parsed,
        status,
        headers,
        PyBytes::new(py, &body),
        request_id,
    ))
}

#[pymethods]
impl NativeClient {
    #[new]
    fn new(py: Python<'_>, config: &Bound<'_, PyDict>) -> PyResult<Self> {
        record::import_all(py)?;
        guard(py, || {
            let config = errors::argument(py, arguments::fields(config))?;
            let client = ClientConfig::from_value(Value::Object(config)).and_then(Client::new);
            Ok(Self::of(Origin::Itself, raise(py, client)?))
        })
    }

    /// A client with other options and the same connections.
    fn with_options(slf: &Bound<'_, Self>, overrides: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(slf.py(), || {
            let overrides = Value::Object(errors::argument(slf.py(), arguments::fields(overrides))?);
            let client = slf.get().get(slf.py())?.config_with(overrides.clone());
            let client = raise(slf.py(), client)?;
            Ok(Self::of(Origin::Other(slf.clone().unbind(), overrides), client))
        })
    }

    /// Asks, and waits for the reply without the GIL.
    fn create<'py>(
        &self,
        py: Python<'py>,
        fields: &Bound<'py, PyDict>,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || self.ask(py, fields, raw))
    }

    /// Asks; what is returned is awaited.
    fn create_async(&self, py: Python<'_>, fields: &Bound<'_, PyDict>, raw: bool) -> PyResult<Waiter> {
        guard(py, || self.begin(py, fields, raw))
    }
    fn providers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let providers = self.get(py)?.providers().list();
            record::to_python(py, &node_json::node(&providers).map_err(errors::internal)?, None)
        })
    }

    fn kinds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let kinds = self.get(py)?.providers().kinds();
            record::to_python(py, &node_json::node(&kinds).map_err(errors::internal)?, None)
        })
    }

    fn routes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let routes = self.get(py)?.routes().list();
            record::to_python(py, &node_json::node(&routes).map_err(errors::internal)?, None)
        })
    }

    /// Makes a change of providers or routes.
    fn apply(&self, py: Python<'_>, change: &Bound<'_, PyDict>) -> PyResult<()> {
        guard(py, || {
            let change = errors::argument(py, arguments::fields(change))?;
            raise(py, self.get(py)?.apply(Value::Object(change)))
        })
    }

    /// How the target of a request would be chosen now.
    fn explain<'py>(&self, py: Python<'py>, fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let (client, call, _) = self.prepare(py, fields)?;
            let trace = raise(py, client.explain(&call))?;
            let trace = node_serializer::object(&trace).map_err(errors::internal)?;
            record::make(record::ROUTING_TRACE.get(py)?, trace)
        })
    }

    /// What was seen of every target.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let stats = self.get(py)?.stats();
            let class = record::TARGET_STATS.get(py)?;
            record::to_python(py, &node_json::node(&stats).map_err(errors::internal)?, Some(class))
        })
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            self.get(py)?.close();
            lock(&self.made).closed = true;
            Ok(())
        })
    }
}
