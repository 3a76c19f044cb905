//! The client: converts, leaves the GIL, calls the core, converts back.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use roocode::client::Rewarded;
use roocode::runtime::guarded;
use roocode::types::operation::{Answer, Operation};
use roocode::{Call, Client, ClientConfig, Error, Reply, ReplyStream};
use serde_json::Value;

use crate::bell::lock;
use crate::call::{self, Finish};
use crate::guard::{fault, guard};
use crate::node::Object;
use crate::order::Functions;
use crate::runtime::{block, generation};
use crate::stream::{self, Parts, Streamed, parts};
use crate::waiter::Waiter;
use crate::{
    arguments, async_stream, errors, node_json, node_serializer, order, record, routing_later, uploads,
};

#[pyclass(frozen, module = "roocode._native")]
pub struct NativeClient {
    origin: Origin,
    made: Mutex<Made>,
    /// Of a client that is made from another one: none, they are that one's.
    functions: Functions,
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
            Origin::Itself => {
                self.functions.begin(py)?;
                raise(py, lock(&self.made).client.anew())?
            }
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

    fn of(origin: Origin, client: Client, functions: Functions) -> Self {
        let made = Made { generation: generation(), client, closed: false };
        Self { origin, made: Mutex::new(made), functions }
    }

    /// The functions of the client and of those made from it.
    fn functions(&self) -> &Functions {
        match &self.origin {
            Origin::Itself => &self.functions,
            Origin::Other(other, _) => other.get().functions(),
        }
    }

    fn prepare(
        &self,
        py: Python<'_>,
        operation: Operation,
        fields: &Bound<'_, PyDict>,
    ) -> PyResult<(Client, Call, Option<&'static Streamed>)> {
        let (fields, files) = uploads::taken(operation, fields)?;
        let body = errors::argument(py, arguments::fields(&fields))?;
        let client = self.get(py)?;
        let call = client.call_with_files(operation, Value::Object(body), Value::Null, &files);
        let call = raise(py, call)?;
        let streamed = call.request.asks_for_stream().then(|| Streamed::of(operation));
        Ok((client, call, streamed))
    }

    fn ask<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        fields: &Bound<'py, PyDict>,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (client, call, streamed) = self.prepare(py, named(py, operation)?, fields)?;
        if let Some(streamed) = streamed {
            let stream = raise(py, block(py, client.stream(call))?)?;
            let head = raw.then(|| parts(stream.raw().clone()));
            let stream = stream::make(py, stream, streamed)?;
            return match head {
                Some(head) => with_raw(py, stream, head),
                None => Ok(stream),
            };
        }
        let reply = client.ask(call);
        let done = block(py, async move { reply.await.and_then(|reply| ready(reply, raw)) })?;
        hand_over(py, done)
    }

    fn begin(
        &self,
        py: Python<'_>,
        operation: &str,
        fields: &Bound<'_, PyDict>,
        raw: bool,
    ) -> PyResult<Waiter> {
        let (client, call, streamed) = self.prepare(py, named(py, operation)?, fields)?;
        if let Some(streamed) = streamed {
            let finish: Finish<Result<ReplyStream, Error>> = Box::new(move |py, stream| {
                let stream = raise(py, stream)?;
                let head = raw.then(|| parts(stream.raw().clone()));
                let stream = async_stream::make(py, stream, streamed)?;
                match head {
                    Some(head) => with_raw(py, stream, head),
                    None => Ok(stream),
                }
            });
            return call::start(py, guarded(client.stream(call)), finish);
        }
        let reply = client.ask(call);
        let work = async move { reply.await.and_then(|reply| ready(reply, raw)) };
        call::start(py, guarded(work), Box::new(hand_over))
    }
}

fn raise<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| errors::to_python(py, &error))
}

fn named(py: Python<'_>, operation: &str) -> PyResult<Operation> {
    let unknown = || Error::bad_request("operation", format!("`{operation}` is no operation"));
    Operation::of(operation).ok_or_else(|| errors::to_python(py, &unknown()))
}

/// A reply, ready to be handed over.
struct Ready {
    answer: Arc<Object>,
    class: &'static record::Class,
    raw: Option<Parts>,
    /// Of an answer that is bytes.
    content: Option<Bytes>,
}

fn ready(mut reply: Reply, raw: bool) -> Result<Ready, Error> {
    fault::here();
    let class = match reply.answer.operation() {
        Operation::Embeddings => &record::EMBEDDINGS,
        Operation::Rerank => &record::RERANKING,
        Operation::Models => &record::MODEL_LIST,
        Operation::Service => &record::SERVICE_REPLY,
        Operation::CountTokens => &record::TOKEN_COUNT,
        Operation::Completions => &record::COMPLETION,
        Operation::Images | Operation::ImageEdits => &record::IMAGES,
        Operation::Speech => &record::SPEECH,
        Operation::Transcriptions | Operation::Translations => &record::TRANSCRIPTION,
        Operation::Moderations => &record::MODERATION,
        Operation::Responses => &record::MODEL_RESPONSE,
        Operation::Messages => &record::MESSAGE_REPLY,
        Operation::Batches => match reply.answer {
            Answer::Batches(_) => &record::BATCH_LIST,
            Answer::BatchResults(_) => &record::BATCH_RESULTS,
            _ => &record::BATCH,
        },
        _ => &record::CHAT_COMPLETION,
    };
    let trace = reply.answer.route_mut().as_mut().and_then(Arc::get_mut);
    let routing = trace.and_then(|trace| trace.routing.take());
    let mut answer = node_serializer::object(&reply.answer).map_err(errors::defect)?;
    if let Some(routing) = routing {
        routing_later::put(&mut answer, routing);
    }
    let content = match reply.answer {
        Answer::Speech(speech) => Some(speech.content),
        _ => None,
    };
    Ok(Ready { answer, class, raw: raw.then(|| parts(reply.raw)), content })
}

fn hand_over<'py>(py: Python<'py>, ready: Result<Ready, Error>) -> PyResult<Bound<'py, PyAny>> {
    let ready = raise(py, ready)?;
    let answer = record::make(ready.class.get(py)?, ready.answer)?;
    if let Some(content) = ready.content {
        answer.setattr("_content", PyBytes::new(py, &content))?;
    }
    match ready.raw {
        Some(raw) => with_raw(py, answer, raw),
        None => Ok(answer),
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
            let (config, taken) = order::take_all(config)?;
            let config = errors::argument(py, arguments::fields(&config))?;
            let mut config = raise(py, ClientConfig::from_value(Value::Object(config)))?;
            let functions = Functions::default();
            for (route, function) in taken {
                let held = order::Held::of(function);
                raise(py, config.set_function(&route, order::asked(py, &held)?))?;
                functions.keep(&route, Some(held));
            }
            let client = raise(py, Client::new(config))?;
            Ok(Self::of(Origin::Itself, client, functions))
        })
    }

    /// A client with other options and the same connections.
    fn with_options(slf: &Bound<'_, Self>, overrides: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(slf.py(), || {
            let overrides = Value::Object(errors::argument(slf.py(), arguments::fields(overrides))?);
            let client = slf.get().get(slf.py())?.config_with(overrides.clone());
            let client = raise(slf.py(), client)?;
            Ok(Self::of(Origin::Other(slf.clone().unbind(), overrides), client, Functions::default()))
        })
    }

    /// Asks for an operation, and waits for the reply without the GIL.
    fn create<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        fields: &Bound<'py, PyDict>,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || self.ask(py, operation, fields, raw))
    }

    /// Asks; what is returned is awaited.
    fn create_async(
        &self,
        py: Python<'_>,
        operation: &str,
        fields: &Bound<'_, PyDict>,
        raw: bool,
    ) -> PyResult<Waiter> {
        guard(py, || self.begin(py, operation, fields, raw))
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
            let route: Option<String> = match change.get_item("name")? {
                Some(name) => name.extract().ok(),
                None => None,
            };
            let Some((route, config)) = route.zip(change.get_item("config")?) else {
                let change = errors::argument(py, arguments::fields(change))?;
                let removed = change.get("change").and_then(Value::as_str) == Some("remove_route");
                let removed =
                    change.get("name").and_then(Value::as_str).filter(|_| removed).map(str::to_owned);
                raise(py, self.get(py)?.apply(Value::Object(change), None))?;
                removed.iter().for_each(|route| self.functions().keep(route, None));
                return Ok(());
            };
            // A route, perhaps with a function.
            let (config, function) = order::take(&config, &format!("routes.{route}"))?;
            let change = change.copy()?;
            change.set_item("config", config)?;
            let change = errors::argument(py, arguments::fields(&change))?;
            let held = function.map(order::Held::of);
            let asked = held.as_ref().map(|held| order::asked(py, held)).transpose()?;
            raise(py, self.get(py)?.apply(Value::Object(change), asked))?;
            self.functions().keep(&route, held);
            Ok(())
        })
    }

    /// How the target of a request would be chosen now.
    fn explain<'py>(&self, py: Python<'py>, fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let fields = uploads::described(fields)?;
            let body = errors::argument(py, arguments::fields(&fields))?;
            let client = self.get(py)?;
            let call = raise(py, client.call_to_explain(Value::Object(body), Value::Null))?;
            // Functions of the caller's that order the targets are waited for.
            let trace = raise(py, block(py, client.explain_asking(call))?)?;
            let trace = node_serializer::object(&trace).map_err(errors::internal)?;
            record::make(record::ROUTING_TRACE.get(py)?, trace)
        })
    }

    /// What was seen of every variant.
    fn variants<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let variants = self.get(py)?.routes().variants();
            let class = record::VARIANT_STATS.get(py)?;
            record::to_python(py, &node_json::node(&variants).map_err(errors::internal)?, Some(class))
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

    /// Tells how good a reply was.
    fn report_reward(&self, py: Python<'_>, fields: &Bound<'_, PyDict>) -> PyResult<()> {
        guard(py, || {
            let report = errors::argument(py, arguments::fields(fields))?;
            let (rewarded, reward) = raise(py, Rewarded::from_report(Value::Object(report)))?;
            raise(py, self.get(py)?.report_reward(&rewarded, reward))
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.functions.visit(&visit)?;
        match &self.origin {
            Origin::Itself => Ok(()),
            Origin::Other(other, _) => visit.call(other),
        }
    }

    fn __clear__(&self) {
        self.functions.clear();
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            self.get(py)?.close();
            lock(&self.made).closed = true;
            Ok(())
        })
    }
}
