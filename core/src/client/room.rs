//! Tells those who wait for room that a request has ended.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// One for a client. It costs a request nothing but a look while nobody waits.
#[derive(Debug, Default)]
pub(crate) struct Room {
    waiting: AtomicUsize,
    ended: Notify,
}

impl Room {
    /// A request has ended.
    pub fn ended(&self) {
        if self.waiting.load(Ordering::Acquire) > 0 {
            self.ended.notify_waiters();
        }
    }

    /// From now on no end is missed, until it is dropped.
    pub fn watch(&self) -> Watch<'_> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut ended = Box::pin(self.ended.notified());
        ended.as_mut().enable();
        Watch { room: self, ended }
    }
}

/// Somebody waits.
pub(crate) struct Watch<'a> {
    room: &'a Room,
    ended: std::pin::Pin<Box<tokio::sync::futures::Notified<'a>>>,
}

impl Watch<'_> {
    /// A request has ended since the watch began.
    pub async fn ended(mut self) {
        self.ended.as_mut().await;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.room.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}
