//! A streamed reply, read by a plain `for`.
//!
//! The caller's own thread reads the response while it waits: nothing is read
//! ahead of it but what the core buffers, so a slow reader slows the provider.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use roocode::client::RawResponse;
use roocode::types::operation::Operation;
use roocode::{Error, ReplyStream};
use tokio::sync::Notify;

use crate::bell::lock;
use crate::guard::{fault, guard};
use crate::node::Object;
use crate::runtime::{block, generation};
use crate::{errors, node_serializer, record};

/// What the Python objects of a stream are called.
pub struct Streamed {
    /// Of its items.
    pub item: &'static record::Class,
    /// Of their sum.
    pub sum: &'static record::Class,
    /// Of the stream for `async for`.
    pub asynchronous: &'static record::Class,
    /// What stands around the stream for a plain `for`, if something does.
    around: Option<&'static record::Class>,
}

static CHAT: Streamed = Streamed {
    item: &record::CHAT_COMPLETION_CHUNK,
    sum: &record::CHAT_COMPLETION,
    asynchronous: &record::ASYNC_CHAT_STREAM,
    around: None,
};
static RESPONSE: Streamed = Streamed {
    item: &record::RESPONSE_EVENT,
    sum: &record::MODEL_RESPONSE,
    asynchronous: &record::ASYNC_RESPONSE_STREAM,
    around: Some(&record::RESPONSE_STREAM),
};
static MESSAGE: Streamed = Streamed {
    item: &record::MESSAGE_EVENT,
    sum: &record::MESSAGE_REPLY,
    asynchronous: &record::ASYNC_MESSAGE_STREAM,
    around: Some(&record::MESSAGE_STREAM),
};

static TEXT: Streamed = Streamed {
    item: &record::COMPLETION,
    sum: &record::COMPLETION,
    asynchronous: &record::ASYNC_COMPLETION_STREAM,
    around: Some(&record::COMPLETION_STREAM),
};

impl Streamed {
    pub fn of(operation: Operation) -> &'static Self {
        match operation {
            Operation::Responses => &RESPONSE,
            Operation::Messages => &MESSAGE,
            Operation::Completions => &TEXT,
            _ => &CHAT,
        }
    }
}

/// The object of a stream that was opened.
pub fn make<'py>(
    py: Python<'py>,
    stream: ReplyStream,
    streamed: &'static Streamed,
) -> PyResult<Bound<'py, PyAny>> {
    let stream = Bound::new(py, ChatStream::new(py, stream, streamed)?)?.into_any();
    match streamed.around {
        Some(class) => class.get(py)?.call1((stream,)),
        None => Ok(stream),
    }
}

/// Reads chunks of a core stream into trees, away from the GIL.
pub async fn next_objects(stream: &mut ReplyStream) -> Option<Result<Vec<Arc<Object>>, Error>> {
    let read = async {
        let Some(chunks) = stream.next_batch().await.transpose()? else { return Ok(None) };
        fault::here();
        let objects = chunks.iter().map(|chunk| node_serializer::object(chunk).map_err(errors::defect));
        objects.collect::<Result<_, _>>().map(Some)
    };
    roocode::runtime::guarded(read).await.transpose()
}

/// What remains of a stream when it is over.
pub fn last_words(stream: &ReplyStream) -> Result<Arc<Object>, Error> {
    roocode::runtime::catch(|| node_serializer::object(&stream.partial()).map_err(errors::defect))?
}

#[pyclass(frozen, weakref, module = "roocode._native")]
pub struct ChatStream {
    state: Mutex<State>,
    closed: Notify,
    /// How many loops are walking it.
    walks: AtomicUsize,
    chunk_class: Py<pyo3::types::PyType>,
    sum_class: &'static record::Class,
    generation: u64,
}

struct State {
    /// Taken out by the thread that waits for a chunk, and at the end.
    stream: Option<ReplyStream>,
    reading: bool,
    is_closed: bool,
    /// It was closed because its last loop was left, or by a signal.
    is_left: bool,
    buffer: VecDeque<Arc<Object>>,
    /// The sum of all chunks, once there are no more.
    sum: Option<Result<Arc<Object>, Error>>,
}

impl ChatStream {
    fn new(py: Python<'_>, stream: ReplyStream, streamed: &'static Streamed) -> PyResult<Self> {
        Ok(Self {
            state: Mutex::new(State {
                stream: Some(stream),
                reading: false,
                is_closed: false,
                is_left: false,
                buffer: VecDeque::new(),
                sum: None,
            }),
            closed: Notify::new(),
            walks: AtomicUsize::new(0),
            chunk_class: streamed.item.get(py)?.clone().unbind(),
            sum_class: streamed.sum,
            generation: generation(),
        })
    }

    /// The next chunk. Waits for it.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Arc<Object>>> {
        loop {
            let mut stream = {
                let mut state = lock(&self.state);
                if let Some(chunk) = state.buffer.pop_front() {
                    return Ok(Some(chunk));
                }
                if state.reading {
                    return Err(PyValueError::new_err("the stream is being read by another thread"));
                }
                let Some(stream) = state.stream.take() else {
                    let is_left = state.is_left;
                    drop(state);
                    return if is_left {
                        Err(errors::to_python(py, &errors::left_stream()))
                    } else {
                        Ok(None)
                    };
                };
                state.reading = true;
                stream
            };
            let read = block(py, async {
                tokio::select! {
                    biased;
                    () = self.closed.notified() => None,
                    batch = next_objects(&mut stream) => Some(batch),
                }
            });
            let mut state = lock(&self.state);
            state.reading = false;
            match read {
                // Ctrl-C: its traceback may hold the loop for long, so the stream closes here.
                Err(error) => {
                    state.is_left = !state.is_closed;
                    state.is_closed = true;
                    return Err(error);
                }
                Ok(None) => return Ok(None),
                Ok(Some(None)) => {
                    state.sum = Some(last_words(&stream));
                    return Ok(None);
                }
                Ok(Some(Some(Ok(chunks)))) => {
                    if !state.is_closed {
                        state.buffer.extend(chunks);
                        state.stream = Some(stream);
                    }
                }
                Ok(Some(Some(Err(error)))) => {
                    state.sum = Some(Err(error.clone()));
                    drop(state);
                    return Err(errors::to_python(py, &error));
                }
            }
        }
    }

    fn step<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.check(py)?;
        guard(py, || {
            let Some(chunk) = self.next(py)? else { return Ok(None) };
            record::make(self.chunk_class.bind(py), chunk).map(Some)
        })
    }

    /// The last loop was left. What has been received as a whole stays.
    fn leave(&self) {
        if self.generation != generation() {
            return;
        }
        {
            let mut state = lock(&self.state);
            if state.is_closed || state.sum.is_some() {
                return;
            }
            state.is_left = true;
        }
        self.close();
    }

    fn check(&self, py: Python<'_>) -> PyResult<()> {
        if self.generation == generation() { Ok(()) } else { Err(errors::to_python(py, &errors::forked())) }
    }
}

#[pymethods]
impl ChatStream {
    fn __iter__(slf: Bound<'_, Self>) -> PyResult<ChatWalk> {
        let this = slf.get();
        this.check(slf.py())?;
        if lock(&this.state).is_left {
            return Err(errors::to_python(slf.py(), &errors::left_stream()));
        }
        this.walks.fetch_add(1, Ordering::AcqRel);
        Ok(ChatWalk { stream: slf.unbind(), begun: AtomicBool::new(false) })
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.step(py)
    }

    /// Reads the rest and gives the sum of all chunks: the reply as a whole.
    fn get_final_completion<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.check(py)?;
        while self.next(py)?.is_some() {}
        let sum = lock(&self.state).sum.clone();
        match sum {
            Some(Ok(sum)) => record::make(self.sum_class.get(py)?, sum),
            Some(Err(error)) => Err(errors::to_python(py, &error)),
            None => Err(errors::to_python(py, &errors::closed_stream())),
        }
    }

    /// Closes the connection. What was not read is lost.
    fn close(&self) {
        if self.generation != generation() {
            return;
        }
        let stream = {
            let mut state = lock(&self.state);
            state.is_closed = true;
            state.buffer.clear();
            if state.reading {
                self.closed.notify_one();
            }
            state.stream.take()
        };
        drop(stream);
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyAny>) {
        self.close();
    }

    fn __repr__(&self) -> &'static str {
        "<ChatStream>"
    }
}

impl Drop for ChatStream {
    fn drop(&mut self) {
        if self.generation != generation() {
            // Its locks may be held by a thread that the fork left behind.
            if let Ok(mut state) = self.state.try_lock() {
                std::mem::forget(state.stream.take());
            }
        }
    }
}

/// A loop over a stream. Python drops it when the loop is left, whoever still
/// holds the stream; the last one closes the connection.
#[pyclass(frozen, module = "roocode._native")]
pub struct ChatWalk {
    stream: Py<ChatStream>,
    /// Whether it asked for a chunk: who only looked whether there is a loop left nothing.
    begun: AtomicBool,
}

#[pymethods]
impl ChatWalk {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.begun.store(true, Ordering::Relaxed);
        self.stream.get().step(py)
    }

    fn __traverse__(&self, visit: pyo3::gc::PyVisit<'_>) -> Result<(), pyo3::gc::PyTraverseError> {
        visit.call(&self.stream)
    }
}

impl Drop for ChatWalk {
    fn drop(&mut self) {
        let stream = self.stream.get();
        if stream.walks.fetch_sub(1, Ordering::AcqRel) == 1 && *self.begun.get_mut() {
            stream.leave();
        }
    }
}

/// Status, headers, body and request id of a response.
pub type Parts = (u16, Vec<(String, String)>, Vec<u8>, Option<String>);

pub fn parts(raw: RawResponse) -> Parts {
    let headers = raw.header_texts().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    (raw.status, headers, raw.body.to_vec(), raw.request_id)
}
