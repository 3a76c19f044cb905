//! The one tokio runtime of the process.
//!
//! It lives behind a pointer that a fork clears: its threads do not exist in
//! the child, which builds its own and leaks the old one on purpose. It is never
//! shut down, and none of its threads ever enters Python: a thread that does so
//! while the interpreter ends takes the process down.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Once, OnceLock};
use std::thread::ThreadId;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::Runtime;

use crate::errors;

static RUNTIME: AtomicPtr<Runtime> = AtomicPtr::new(std::ptr::null_mut());
/// The number of threads asked for; 0: none in particular.
static WORKERS: AtomicUsize = AtomicUsize::new(0);
/// How often this process is a child made by fork.
static GENERATION: AtomicU64 = AtomicU64::new(0);
static AT_FORK: Once = Once::new();

/// The thread that ends the interpreter, once it does.
static EXITING: OnceLock<ThreadId> = OnceLock::new();
/// Threads on their way back to Python.
static RETURNING: AtomicUsize = AtomicUsize::new(0);

/// How often a blocked call looks for signals: a Ctrl-C is to close the connection within 50 ms.
const TICK: Duration = Duration::from_millis(20);

/// Differs between a process and the child that it forks. What was made under
/// another generation belongs to threads that are not here.
pub fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

#[cfg(unix)]
extern "C" fn forked() {
    RUNTIME.store(std::ptr::null_mut(), Ordering::Release);
    GENERATION.fetch_add(1, Ordering::AcqRel);
    RETURNING.store(0, Ordering::Release);
    crate::order::forked();
}

/// Once, before anything is made that a fork would break.
pub fn watch_forks() {
    #[cfg(unix)]
    AT_FORK.call_once(|| {
        // SAFETY: the handler only writes atomics, which is allowed after a fork.
        #[allow(unsafe_code, reason = "there is no safe way to be told of a fork")]
        unsafe {
            libc::pthread_atfork(None, None, Some(forked));
        }
    });
}

pub fn runtime() -> PyResult<&'static Runtime> {
    let current = RUNTIME.load(Ordering::Acquire);
    let pointer = if current.is_null() { build()? } else { current };
    // SAFETY: a runtime that was stored is never freed.
    #[allow(unsafe_code, reason = "a fork must be able to replace the runtime without a lock")]
    Ok(unsafe { &*pointer })
}

fn build() -> PyResult<*mut Runtime> {
    let asked = Some(WORKERS.load(Ordering::Relaxed)).filter(|count| *count > 0);
    let built = roocode::runtime::build(asked).map_err(|error| errors::raised(&error))?;
    let pointer = Box::into_raw(Box::new(built));
    match RUNTIME.compare_exchange(std::ptr::null_mut(), pointer, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => Ok(pointer),
        Err(winner) => {
            // SAFETY: `pointer` was made above and nobody else has it.
            #[allow(unsafe_code, reason = "the loser of a race takes its runtime down")]
            unsafe { Box::from_raw(pointer) }.shutdown_background();
            Ok(winner)
        }
    }
}

/// Sets the number of threads that do the network's work, before the first request.
///
/// 1 to 256. Else the environment's `ROOCODE_WORKER_THREADS` says, else it is 1,
/// or 2 from 8 processors on. More help where many fast streams run at once.
#[pyfunction]
pub fn set_worker_threads(count: usize) -> PyResult<()> {
    let count = roocode::runtime::check_worker_threads(count).map_err(|error| errors::raised(&error))?;
    if !RUNTIME.load(Ordering::Acquire).is_null() {
        return Err(PyRuntimeError::new_err("set_worker_threads comes before the first request"));
    }
    WORKERS.store(count, Ordering::Relaxed);
    Ok(())
}

/// The interpreter ends: no other thread comes back to it from here.
///
/// CPython before 3.14 unwinds a thread that wants the GIL by then, which no
/// frame of Rust survives. Called by `atexit`.
#[pyfunction]
pub fn _exit(py: Python<'_>) {
    if EXITING.set(std::thread::current().id()).is_err() {
        return;
    }
    py.detach(|| {
        // Who began to return before must have arrived; a second is beyond all reason.
        for _ in 0..10_000 {
            if RETURNING.load(Ordering::SeqCst) == 0 {
                return;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
    });
}

/// On the way back to Python; never comes back once the interpreter ends.
fn depart() {
    RETURNING.fetch_add(1, Ordering::SeqCst);
    if EXITING.get().is_some_and(|main| *main != std::thread::current().id()) {
        RETURNING.fetch_sub(1, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }
}

fn arrive() {
    // A fork in between has set it to 0.
    let _ = RETURNING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1));
}

/// Runs `work` without the GIL.
pub fn detach<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    let value = py.detach(|| {
        let value = work();
        depart();
        value
    });
    arrive();
    value
}

/// Whether a signal's handler raised, such as that of Ctrl-C.
fn check_signals() -> PyResult<()> {
    depart();
    // This is the caller's own thread, never one of the runtime's.
    let result = Python::try_attach(|py| {
        arrive();
        py.check_signals()
    });
    result.unwrap_or_else(|| {
        arrive();
        Ok(())
    })
}

/// Runs `future` on this thread without the GIL. A signal's exception (Ctrl-C)
/// ends it, which drops the future and so stops the request.
pub fn block<T: Send>(py: Python<'_>, future: impl Future<Output = T> + Send) -> PyResult<T> {
    let runtime = runtime()?;
    let wait = async {
        let mut future = pin!(future);
        loop {
            match tokio::time::timeout(TICK, &mut future).await {
                Ok(value) => return Ok(value),
                Err(_) => check_signals()?,
            }
        }
    };
    let done = detach(py, || roocode::runtime::catch(|| runtime.block_on(wait)));
    done.unwrap_or_else(|error| Err(errors::to_python(py, &error)))
}
