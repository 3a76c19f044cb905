//! From body bytes to frames, whatever the cuts. No I/O, no JSON.
//!
//! Framing keeps bytes; text is decoded only from a whole frame, so that a
//! character split between two reads is never damaged. A frame's size is bounded.
//! Nothing here knows what a frame means: `[DONE]` and error events are frames
//! like any other.

mod event_stream;
mod lines;
mod ndjson;
mod sse;

pub use event_stream::AwsEventStream;
pub use ndjson::NewlineDelimitedJson;
pub use sse::ServerSentEvents;

use bytes::Bytes;

use crate::error::{Error, ErrorKind, Result};

/// How the body of a stream is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingKind {
    ServerSentEvents,
    NewlineDelimitedJson,
    AwsEventStream,
}

impl FramingKind {
    /// The media type of such a body, as a request asks for it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::ServerSentEvents => "text/event-stream",
            Self::NewlineDelimitedJson => "application/x-ndjson",
            Self::AwsEventStream => "application/vnd.amazon.eventstream",
        }
    }
}

/// One unit of a provider's stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The event's name; `None` where it has none.
    pub event: Option<Bytes>,
    /// The event's data: lines joined by LF (SSE), one line (NDJSON), or the payload (AWS).
    pub data: Bytes,
}

impl Frame {
    /// The event's name as text, empty where it has none or is not UTF-8.
    #[must_use]
    pub fn event_name(&self) -> &str {
        self.event.as_deref().and_then(|name| std::str::from_utf8(name).ok()).unwrap_or("")
    }
}

/// Turns the reads of one body into frames. The same bytes give the same frames
/// however they are cut.
pub trait Framing: Send {
    /// Takes the next read and appends the frames that it completes.
    ///
    /// Errors: `ResponseDecode` where a frame is larger than the limit, or corrupt. What was
    /// appended before stays valid; the machine must not be used further.
    fn push(&mut self, bytes: Bytes, frames: &mut Vec<Frame>) -> Result<()>;

    /// The body ended whole: appends the last frame where its end mark is missing.
    fn finish(&mut self, frames: &mut Vec<Frame>) -> Result<()>;
}

/// A machine for one body. A frame may have `max_frame_bytes` bytes.
#[must_use]
pub fn framing(kind: FramingKind, max_frame_bytes: usize) -> Box<dyn Framing> {
    match kind {
        FramingKind::ServerSentEvents => Box::new(ServerSentEvents::new(max_frame_bytes)),
        FramingKind::NewlineDelimitedJson => Box::new(NewlineDelimitedJson::new(max_frame_bytes)),
        FramingKind::AwsEventStream => Box::new(AwsEventStream::new(max_frame_bytes)),
    }
}

#[cold]
fn frame_too_large(max_frame_bytes: usize) -> Error {
    Error::new(
        ErrorKind::ResponseDecode,
        format!("a frame of the response stream is larger than `max_frame_bytes` ({max_frame_bytes} bytes)"),
    )
    .with_param("max_frame_bytes")
}

#[cfg(test)]
mod tests;
