//! A streamed reply, read by `async for`.
//!
//! One task reads ahead into a bounded buffer and rings the loop only where a
//! reader waits; a chunk that is there already is handed over at once.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use pyo3::exceptions::PyStopAsyncIteration;
use pyo3::prelude::*;
use pyo3::types::PyType;
use roocode::{Error, ReplyStream};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::bell::lock;
use crate::hub::{self, Hub, Wake};
use crate::node::Object;
use crate::runtime::{generation, runtime};
use crate::stream::{Streamed, last_words, next_objects};
use crate::waiter::{Job, Waiter, running_loop};
use crate::{errors, record};

/// Chunks read ahead of the reader. A batch may go beyond it once.
const BUFFERED: usize = 64;

struct Shared {
    state: Mutex<State>,
    space: Notify,
    chunk_class: Py<PyType>,
    sum_class: &'static record::Class,
    generation: u64,
}

#[derive(Default)]
struct State {
    buffer: VecDeque<Arc<Object>>,
    /// How it ended, once all of `buffer` is read. Raised once; the end is sticky.
    end: Option<Result<(), Error>>,
    sum: Option<Result<Arc<Object>, Error>>,
    waiting: Vec<Arc<Wake>>,
}

#[pyclass(frozen, subclass, weakref, module = "roocode._native")]
pub struct AsyncStream {
    shared: Arc<Shared>,
    task: AbortHandle,
    event_loop: Py<PyAny>,
    hub: Weak<Hub>,
    /// How many loops are walking it.
    walks: AtomicUsize,
    /// It was closed because its last loop was left.
    left: AtomicBool,
}

impl AsyncStream {
    fn step(&self, py: Python<'_>) -> Waiter {
        let job: Arc<dyn Job> = Arc::<Shared>::clone(&self.shared);
        Waiter::new(job, self.event_loop.clone_ref(py), Weak::clone(&self.hub))
    }

    /// The last loop was left. What has been received as a whole stays.
    fn leave(&self) {
        if self.shared.generation == generation() && lock(&self.shared.state).end.is_none() {
            self.left.store(true, Ordering::Release);
            self.end(Err(errors::left_stream()));
        }
    }

    fn end(&self, how: Result<(), Error>) {
        self.task.abort();
        let waiting = {
            let mut state = lock(&self.shared.state);
            state.buffer.clear();
            state.end.get_or_insert(how);
            std::mem::take(&mut state.waiting)
        };
        for wake in waiting {
            wake.wake();
        }
    }
}

thread_local! {
    /// The stream of the next object: its class is Python's, so only a call makes one.
    static NEXT: std::cell::RefCell<Option<AsyncStream>> = const { std::cell::RefCell::new(None) };
}

/// Starts to read `stream` ahead, for the loop that runs here.
pub fn make<'py>(
    py: Python<'py>,
    stream: ReplyStream,
    streamed: &'static Streamed,
) -> PyResult<Bound<'py, PyAny>> {
    let event_loop = running_loop(py)?;
    let hub = hub::of(&event_loop)?;
    let shared = Arc::new(Shared {
        state: Mutex::default(),
        space: Notify::new(),
        chunk_class: streamed.item.get(py)?.clone().unbind(),
        sum_class: streamed.sum,
        generation: generation(),
    });
    let task = runtime()?.spawn(read_ahead(stream, Arc::downgrade(&shared))).abort_handle();
    let (walks, left) = (AtomicUsize::new(0), AtomicBool::new(false));
    let stream = AsyncStream { shared, task, event_loop: event_loop.unbind(), hub, walks, left };
    NEXT.set(Some(stream));
    streamed.asynchronous.get(py)?.call0()
}

/// Ends with the stream, or with the last reader: the stream is dropped with it.
async fn read_ahead(mut stream: ReplyStream, shared: Weak<Shared>) {
    loop {
        // The task must not keep the reader's side alive while it waits for the provider.
        let batch = next_objects(&mut stream).await;
        let Some(shared) = shared.upgrade() else { return };
        let ended = !matches!(batch, Some(Ok(_)));
        let waiting = {
            let mut state = lock(&shared.state);
            match batch {
                Some(Ok(chunks)) => state.buffer.extend(chunks),
                Some(Err(error)) => {
                    state.sum = Some(Err(error.clone()));
                    state.end = Some(Err(error));
                }
                None => {
                    state.sum = Some(last_words(&stream));
                    state.end = Some(Ok(()));
                }
            }
            std::mem::take(&mut state.waiting)
        };
        for wake in waiting {
            wake.wake();
        }
        if ended {
            return;
        }
        while lock(&shared.state).buffer.len() >= BUFFERED {
            shared.space.notified().await;
        }
    }
}

impl Job for Shared {
    fn take<'py>(&self, py: Python<'py>, wake: &Arc<Wake>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.generation != generation() {
            return Err(errors::to_python(py, &errors::forked()));
        }
        let chunk = {
            let mut state = lock(&self.state);
            let chunk = state.buffer.pop_front();
            if chunk.is_none() {
                match state.end.replace(Ok(())) {
                    Some(Ok(())) => return Err(PyStopAsyncIteration::new_err(())),
                    Some(Err(error)) => {
                        drop(state);
                        return Err(errors::to_python(py, &error));
                    }
                    None => {
                        state.end = None;
                        if !state.waiting.iter().any(|known| Arc::ptr_eq(known, wake)) {
                            state.waiting.push(Arc::clone(wake));
                        }
                    }
                }
            } else if state.buffer.len() == BUFFERED / 2 {
                self.space.notify_one();
            }
            chunk
        };
        chunk.map(|chunk| record::make(self.chunk_class.bind(py), chunk)).transpose()
    }

    fn is_ready(&self) -> bool {
        if self.generation != generation() {
            return true;
        }
        let state = lock(&self.state);
        !state.buffer.is_empty() || state.end.is_some()
    }

    fn leave(&self, wake: &Arc<Wake>, _: bool) {
        if self.generation == generation() {
            lock(&self.state).waiting.retain(|known| !Arc::ptr_eq(known, wake));
        }
    }
}

#[pymethods]
impl AsyncStream {
    #[new]
    fn new() -> PyResult<Self> {
        NEXT.take().ok_or_else(|| {
            pyo3::exceptions::PyTypeError::new_err("a stream is made by create(..., stream=True)")
        })
    }

    fn __aiter__(slf: Bound<'_, Self>) -> PyResult<AsyncWalk> {
        let this = slf.get();
        if this.left.load(Ordering::Acquire) {
            return Err(errors::to_python(slf.py(), &errors::left_stream()));
        }
        this.walks.fetch_add(1, Ordering::AcqRel);
        Ok(AsyncWalk { stream: slf.unbind(), begun: AtomicBool::new(false) })
    }

    fn __anext__(&self, py: Python<'_>) -> Waiter {
        self.step(py)
    }

    /// Closes the connection; who waits for a chunk gets the end.
    fn _close(&self) {
        if self.shared.generation == generation() {
            self.end(Ok(()));
        }
    }

    /// The sum of all chunks, after the last one was read.
    fn _sum<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let sum = lock(&self.shared.state).sum.clone();
        match sum {
            Some(Ok(sum)) => record::make(self.shared.sum_class.get(py)?, sum),
            Some(Err(error)) => Err(errors::to_python(py, &error)),
            None => Err(errors::to_python(py, &errors::closed_stream())),
        }
    }

    fn __traverse__(&self, visit: pyo3::gc::PyVisit<'_>) -> Result<(), pyo3::gc::PyTraverseError> {
        visit.call(&self.event_loop)
    }
}

impl Drop for AsyncStream {
    fn drop(&mut self) {
        if self.shared.generation == generation() {
            self.task.abort();
        }
    }
}

/// A loop over a stream. Python drops it when the loop is left, whoever still
/// holds the stream; the last one closes the connection.
#[pyclass(frozen, module = "roocode._native")]
pub struct AsyncWalk {
    stream: Py<AsyncStream>,
    /// Whether it asked for a chunk: who only looked whether there is a loop left nothing.
    begun: AtomicBool,
}

#[pymethods]
impl AsyncWalk {
    fn __aiter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __anext__(&self, py: Python<'_>) -> Waiter {
        self.begun.store(true, Ordering::Relaxed);
        self.stream.get().step(py)
    }

    fn __traverse__(&self, visit: pyo3::gc::PyVisit<'_>) -> Result<(), pyo3::gc::PyTraverseError> {
        visit.call(&self.stream)
    }
}

impl Drop for AsyncWalk {
    fn drop(&mut self) {
        let stream = self.stream.get();
        if stream.walks.fetch_sub(1, Ordering::AcqRel) == 1 && *self.begun.get_mut() {
            stream.leave();
        }
    }
}
