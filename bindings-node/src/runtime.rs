//! The threads that do the work: one tokio runtime for the process, shared by
//! the main thread and all worker threads, started by the first call.
//!
//! It is never shut down: at exit the operating system ends its threads, and
//! the hub makes sure that none of them enters an environment that is gone.

use std::sync::OnceLock;

use roocode::{Error, ErrorKind};
use tokio::runtime::{Builder, Runtime};

/// One thread keeps up with one JavaScript thread, and a second costs more CPU
/// than it gives there; so it comes only where processors are plenty.
fn worker_threads() -> usize {
    let asked = std::env::var("ROOCODE_WORKER_THREADS").ok().and_then(|text| text.parse().ok());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    asked.unwrap_or(if processors >= 8 { 2 } else { 1 }).max(1)
}

/// # Errors
/// `Internal` where the operating system gives no thread.
pub fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<Result<Runtime, Error>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(worker_threads())
                .thread_name("roocode")
                .enable_all()
                .build()
                .map_err(|error| {
                    Error::new(ErrorKind::Internal, "cannot start a thread for requests").with_source(error)
                })
        })
        .as_ref()
        .map_err(Clone::clone)
}
