//! The threads that do the work: one tokio runtime for the process, shared by
//! the main thread and all worker threads, started by the first call.
//!
//! It is never shut down: at exit the operating system ends its threads, and
//! the hub makes sure that none of them enters an environment that is gone.

use std::sync::OnceLock;

use roocode::Error;
use tokio::runtime::Runtime;

/// # Errors
/// As of [`roocode::runtime::build`].
pub fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<Result<Runtime, Error>> = OnceLock::new();
    RUNTIME.get_or_init(|| roocode::runtime::build(None)).as_ref().map_err(Clone::clone)
}
