//! The one clock of a client: time since it was made.
//!
//! Decisions are handed what it says. It is tokio's, so that a test can stop it.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the client was made.
    pub fn now(self) -> Duration {
        self.0.elapsed()
    }

    /// The instant of a time since the client was made.
    pub fn at(self, time: Duration) -> Instant {
        self.0 + time
    }
}
