//! One request on its way to its end, whichever that is.

use std::sync::atomic::Ordering;

use http::StatusCode;
use tokio::time::Instant;

use super::mock::{Mock, milliseconds};
use super::record::Outcome;

/// Lives as long as the response. Dropped before it was ended, the client left.
pub(super) struct Exchange {
    mock: Mock,
    number: u64,
    started: Instant,
    bytes_sent: u64,
    ended: bool,
}

impl Exchange {
    pub(super) fn new(mock: Mock, number: u64, started: Instant) -> Self {
        mock.inner.counting.active_requests.fetch_add(1, Ordering::SeqCst);
        Self { mock, number, started, bytes_sent: 0, ended: false }
    }

    pub(super) fn answered(&self, status: StatusCode) {
        self.mock.inner.update(self.number, |request| request.status = Some(status.as_u16()));
    }

    pub(super) fn sent(&mut self, bytes: usize) {
        self.bytes_sent += bytes as u64;
    }

    pub(super) fn end(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let counting = &self.mock.inner.counting;
        if outcome == Outcome::ClientLeft {
            counting.clients_left.fetch_add(1, Ordering::SeqCst);
        }
        let duration = Instant::now().saturating_duration_since(self.started);
        self.mock.inner.update(self.number, |request| {
            request.outcome = outcome;
            request.bytes_sent = self.bytes_sent;
            request.duration_ms = Some(milliseconds(duration));
        });
        // Last, so that whoever sees it at zero finds the record complete.
        counting.active_requests.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.end(Outcome::ClientLeft);
    }
}
