//! What to do after a failure. Decisions only: no clock, no socket, no `async`.

mod retry;

pub use retry::{Decision, RetryPolicy};
