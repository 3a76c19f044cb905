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
use crate::guard::guard;
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
    /// What the job gave, once it was asked for and gave something.
    settled: Mutex<Option<PyResult<Py<PyAny>>>>,
}

fn not_done(py: Python<'_>) -> PyErr {
    let error = py
        .import("asyncio")
        .and_then(|asyncio| asyncio.getattr("InvalidStateError"))
        .and_then(|class| class.call1(("the result is not there yet",)));
    match error {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
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
            settled: Mutex::new(None),
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

    /// Takes the job's result, if it is there. False: it is not, and `wake` will tell.
    pub fn settle(&self, py: Python<'_>) -> bool {
        if self.is_settled() {
            return true;
        }
        let result = match guard(py, || self.job.take(py, &self.wake)) {
            Ok(None) => return false,
            Ok(Some(value)) => Ok(value.unbind()),
            Err(error) => Err(error),
        };
        *lock(&self.settled) = Some(result);
        true
    }

    fn is_settled(&self) -> bool {
        lock(&self.settled).is_some()
    }

    fn outcome(&self, py: Python<'_>) -> Option<PyResult<Py<PyAny>>> {
        if self.cancelled.load(Ordering::Acquire) {
            return Some(Err(self.cancelled_error(py)));
        }
        lock(&self.settled).as_ref().map(|settled| match settled {
            Ok(value) => Ok(value.clone_ref(py)),
            Err(error) => Err(error.clone_ref(py)),
        })
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
        if !this.cancelled.load(Ordering::Acquire) {
            this.settle(slf.py());
        }
        match this.outcome(slf.py()) {
            Some(Ok(value)) => Err(PyStopIteration::new_err((value,))),
            Some(Err(error)) => Err(error),
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
            return this.call_soon(py, callback);
        }
        lock(&this.wake.callbacks).push(callback);
        if this.job.is_ready() {
            // The queue may have been drained before this callback came.
            this.wake.wake();
        }
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
        self.cancelled.load(Ordering::Acquire) || self.is_settled()
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    fn result(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.outcome(py).unwrap_or_else(|| Err(not_done(py)))
    }

    fn exception(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        if self.cancelled.load(Ordering::Acquire) {
            return Err(self.cancelled_error(py));
        }
        match self.outcome(py) {
            Some(Ok(_)) => Ok(None),
            Some(Err(error)) => Ok(Some(error.into_value(py).into_any())),
            None => Err(not_done(py)),
        }
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
        if let Ok(settled) = self.settled.try_lock()
            && let Some(Ok(value)) = &*settled
        {
            visit.call(value)?;
        }
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
