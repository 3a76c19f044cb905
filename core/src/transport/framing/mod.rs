//! From body bytes to frames, whatever the cuts. No I/O, no JSON.
//!
//! Framing keeps bytes; text is decoded only from a whole frame, so that a
//! character split between two reads is never damaged. A frame's size is bounded.

use bytes::Bytes;

/// One unit of a provider's stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The event's name; `None` where it has none.
    pub event: Option<Bytes>,
    /// The event's data: lines joined by LF (SSE), or one line (NDJSON).
    pub data: Bytes,
}

impl Frame {
    /// The event's name as text, empty where it has none or is not UTF-8.
    #[must_use]
    pub fn event_name(&self) -> &str {
        self.event.as_deref().and_then(|name| std::str::from_utf8(name).ok()).unwrap_or("")
    }
}
