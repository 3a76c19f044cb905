//! Keeps a panic away from Python: pyo3's own exception for it is no `Exception`,
//! so that it passes every handler and ends the event loop.

use pyo3::prelude::*;

use crate::errors;

/// What `work` gives, with a panic as an `InternalError`.
pub fn guard<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    roocode::runtime::catch(work).unwrap_or_else(|error| Err(errors::to_python(py, &error)))
}

/// Panics where a test asked for it. A release has nothing of it.
#[cfg(feature = "faults")]
pub mod fault {
    use std::sync::atomic::{AtomicBool, Ordering};

    static ASKED: AtomicBool = AtomicBool::new(false);

    /// The next reply or chunk that is made ready away from Python panics.
    #[pyo3::pyfunction]
    pub fn _panic_next() {
        ASKED.store(true, Ordering::SeqCst);
    }

    #[allow(clippy::panic, reason = "it is what this is for")]
    pub fn here() {
        if ASKED.swap(false, Ordering::SeqCst) {
            panic!("as a test asks");
        }
    }
}

#[cfg(not(feature = "faults"))]
pub mod fault {
    pub fn here() {}
}
