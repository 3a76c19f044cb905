//! Plays the steps of a body in time; both faces of a mock poll it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep_until};

use super::answer::{Step, overwrite};

/// What a step made.
pub(super) enum Played {
    Bytes(Bytes),
    /// The connection is to be closed, or reset, here.
    Cut,
    Reset,
}

/// A body on its way. Waits are counted from each other, not from when the
/// client took the last bytes, so that a pace does not drift.
pub(super) struct Player {
    steps: std::vec::IntoIter<Step>,
    due: Option<Instant>,
    waiting: Option<Pin<Box<Sleep>>>,
    hanging: bool,
}

impl Player {
    pub(super) fn new(steps: Vec<Step>) -> Self {
        Self { steps: steps.into_iter(), due: None, waiting: None, hanging: false }
    }

    /// Whether every step was played.
    pub(super) fn is_done(&self) -> bool {
        self.steps.as_slice().is_empty() && self.waiting.is_none() && !self.hanging
    }

    /// The bytes of the body where all of it is there at once.
    pub(super) fn whole_length(&self) -> Option<u64> {
        let mut length = 0;
        for step in self.steps.as_slice() {
            match step {
                Step::Write(bytes) => length += bytes.len() as u64,
                _ => return None,
            }
        }
        Some(length)
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Played>> {
        loop {
            // The client's leaving drops the player; nothing else ends this.
            if self.hanging {
                return Poll::Pending;
            }
            if let Some(waiting) = self.waiting.as_mut() {
                std::task::ready!(waiting.as_mut().poll(context));
                self.waiting = None;
            }
            let played = match self.steps.next() {
                None => return Poll::Ready(None),
                Some(Step::Write(bytes)) => Played::Bytes(bytes),
                Some(Step::WriteStamped(bytes, places)) => {
                    Played::Bytes(overwrite(&bytes, places.into_iter(), now_text().as_bytes()))
                }
                Some(Step::Cut) => Played::Cut,
                Some(Step::Reset) => Played::Reset,
                Some(Step::Hang) => {
                    self.hanging = true;
                    continue;
                }
                Some(Step::Wait(duration)) => {
                    let due = self.due.unwrap_or_else(Instant::now) + duration;
                    self.due = Some(due);
                    self.waiting = Some(Box::pin(sleep_until(due)));
                    continue;
                }
            };
            return Poll::Ready(Some(played));
        }
    }
}

/// Nanoseconds since 1970 in 19 digits, which they have until the year 2286.
fn now_text() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:019}", now.as_nanos())
}
