//! What is expected of a target's speed, for readers without a lock.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::nanos;
use crate::routing::state::{LatencyView, Peak};

/// A [`LatencyView`] in atomics.
pub(super) struct PublishedLatency {
    streamed: PublishedPeak,
    plain: PublishedPeak,
    has_streamed: AtomicBool,
    /// Bits of seconds.
    per_token: AtomicU64,
    decay: f64,
}

impl PublishedLatency {
    pub fn new(view: &LatencyView) -> Self {
        Self {
            streamed: PublishedPeak::new(view.streamed),
            plain: PublishedPeak::new(view.plain),
            has_streamed: AtomicBool::new(view.has_streamed),
            per_token: AtomicU64::new(view.per_token.to_bits()),
            decay: view.decay,
        }
    }

    pub fn publish(&self, view: &LatencyView) {
        self.streamed.publish(view.streamed);
        self.plain.publish(view.plain);
        self.has_streamed.store(view.has_streamed, Ordering::Relaxed);
        self.per_token.store(view.per_token.to_bits(), Ordering::Relaxed);
    }

    /// Torn at worst by one observation.
    pub fn read(&self) -> LatencyView {
        LatencyView {
            streamed: self.streamed.read(),
            plain: self.plain.read(),
            has_streamed: self.has_streamed.load(Ordering::Relaxed),
            per_token: f64::from_bits(self.per_token.load(Ordering::Relaxed)),
            decay: self.decay,
        }
    }
}

struct PublishedPeak {
    /// Bits of seconds.
    seconds: AtomicU64,
    /// Nanoseconds since the client's start; `u64::MAX` where nothing was seen.
    seen_at: AtomicU64,
}

impl PublishedPeak {
    fn new(peak: Peak) -> Self {
        Self {
            seconds: AtomicU64::new(peak.seconds.to_bits()),
            seen_at: AtomicU64::new(peak.seen_at.map_or(u64::MAX, nanos)),
        }
    }

    fn publish(&self, peak: Peak) {
        self.seconds.store(peak.seconds.to_bits(), Ordering::Relaxed);
        self.seen_at.store(peak.seen_at.map_or(u64::MAX, nanos), Ordering::Relaxed);
    }

    fn read(&self) -> Peak {
        let seen_at = self.seen_at.load(Ordering::Relaxed);
        Peak {
            seconds: f64::from_bits(self.seconds.load(Ordering::Relaxed)),
            seen_at: (seen_at != u64::MAX).then(|| Duration::from_nanos(seen_at)),
        }
    }
}
