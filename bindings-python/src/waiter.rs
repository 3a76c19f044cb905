//! What a coroutine awaits: it looks like a Future to asyncio and costs a
//! third of one, because its result is not put into an `asyncio.Future` by a
//! callback of its own but picked up by the task that waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use pyo3::exceptions::PyStopIteration;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::bell::lock;
use crate::hub::{self, Callback, Wake};

/// Work in flight.
pub trait Job: Send + Sync {
    /// The result, or `None` where it is not there yet; `wake` is then called once it is.
    fn take<'py>(&self, py: Python<'py>, wake: &Arc<Wake>) -> PyResult<Option<Bound<'py, PyAny>>>;
    fn is_ready(&self) -> bool;
    /// Nobody waits by `wake` any more. `finally`: nobody will ever again.
    fn leave(&self, wake: &Arc<Wake>, finally: bool);
}

#[pyclass(frozen, weakref, module = "roocode._native")]
pub struct Waiter {
    job: Arc<dyn Job>,
    wake: Arc<Wake>,
    event_loop: Py<PyAny>,
    blocking: AtomicBool,
    cancelled: AtomicBool,
    message: Mutex<Option<Py<PyAny>>>,
}

/// The loop that runs in this thread.
pub fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static GET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    GET.import(py, "asyncio", "get_running_loop")?.call0()
}

impl Waiter {
    pub fn new(job: Arc<dyn Job>, event_loop: Py<PyAny>, hub: std::sync::Weak<hub::Hub>) -> Self {
        Self {
            job,
            wake: Arc::new(Wake { hub, callbacks: Mutex::default() }),
            event_loop,
            blocking: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            message: Mutex::new(None),
        }
    }

    fn cancelled_error(&self, py: Python<'_>) -> PyErr {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let message = lock(&self.message).as_ref().map(|message| message.clone_ref(py));
        let error = CLASS.import(py, "asyncio", "CancelledError").and_then(|class| match message {
            Some(message) => class.call1((message,)),
            None => class.call0(),
        });
        match error {
            Ok(error) => PyErr::from_value(error),
            Err(error) => error,
        }
    }

    fn call_soon(&self, py: Python<'_>, callback: Callback) -> PyResult<()> {
        let options = pyo3::types::PyDict::new(py);
        options.set_item("context", callback.context)?;
        self.event_loop.bind(py).call_method(
            "call_soon",
            (callback.function, callback.waiter),
            Some(&options),
        )?;
        Ok(())
    }
}

#[pymethods]
impl Waiter {
    fn __await__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        let this = slf.get();
        if this.cancelled.load(Ordering::Acquire) {
            return Err(this.cancelled_error(slf.py()));
        }
        match this.job.take(slf.py(), &this.wake)? {
            Some(value) => Err(PyStopIteration::new_err((value.unbind(),))),
            None => {
                this.blocking.store(true, Ordering::Release);
                Ok(slf.clone())
            }
        }
    }

    #[getter(_asyncio_future_blocking)]
    fn blocking(&self) -> bool {
        self.blocking.load(Ordering::Acquire)
    }

    #[setter(_asyncio_future_blocking)]
    fn set_blocking(&self, blocking: bool) {
        self.blocking.store(blocking, Ordering::Release);
    }

    fn get_loop(&self, py: Python<'_>) -> Py<PyAny> {
        self.event_loop.clone_ref(py)
    }

    #[pyo3(signature = (function, *, context = None))]
    fn add_done_callback(
        slf: &Bound<'_, Self>,
        function: Py<PyAny>,
        context: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        static COPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let py = slf.py();
        let this = slf.get();
        let context = match context {
            Some(context) => context,
            None => COPY.import(py, "contextvars", "copy_context")?.call0()?.unbind(),
        };
        let callback = Callback { function, context, waiter: slf.clone().unbind() };
        if this.done() {
            // The queue may have been drained before this callback came: both ways lead here.
            return this.call_soon(py, callback);
        }
        lock(&this.wake.callbacks).push(callback);
        Ok(())
    }

    fn remove_done_callback(&self, py: Python<'_>, function: &Bound<'_, PyAny>) -> PyResult<usize> {
        let callbacks = std::mem::take(&mut *lock(&self.wake.callbacks));
        let mut kept = Vec::new();
        let mut removed = 0;
        for callback in callbacks {
            if callback.function.bind(py).eq(function)? {
                removed += 1;
            } else {
                kept.push(callback);
            }
        }
        lock(&self.wake.callbacks).extend(kept);
        Ok(removed)
    }

    fn done(&self) -> bool {
        self.cancelled.load(Ordering::Acquire) || self.job.is_ready()
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// A task calls this when it is woken; the value itself it gets by going on.
    fn result(&self, py: Python<'_>) -> PyResult<()> {
        if self.cancelled.load(Ordering::Acquire) { Err(self.cancelled_error(py)) } else { Ok(()) }
    }

    #[pyo3(signature = (msg = None))]
    fn cancel(&self, py: Python<'_>, msg: Option<Py<PyAny>>) -> PyResult<bool> {
        if self.done() {
            return Ok(false);
        }
        *lock(&self.message) = msg;
        self.cancelled.store(true, Ordering::Release);
        self.job.leave(&self.wake, true);
        let callbacks = std::mem::take(&mut *lock(&self.wake.callbacks));
        for callback in callbacks {
            self.call_soon(py, callback)?;
        }
        Ok(true)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.event_loop)?;
        if let Ok(callbacks) = self.wake.callbacks.try_lock() {
            for callback in callbacks.iter() {
                visit.call(&callback.function)?;
                visit.call(&callback.context)?;
                visit.call(&callback.waiter)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        let callbacks = std::mem::take(&mut *lock(&self.wake.callbacks));
        drop(callbacks);
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.job.leave(&self.wake, true);
    }
}
