//! Server-sent events, as the HTML standard has them (section 9.2.6), on bytes.
//!
//! One departure: an event that the end of the body leaves without its blank
//! line is delivered, where the standard drops it. Providers and the gateways
//! before them send such last events, `[DONE]` among them; a body that was cut
//! is known by the transport, not by this. `id` and `retry` serve a browser's
//! reconnecting and are not kept.
//!
//! An event that lies whole in one read costs no copy: its parts are slices of
//! the read. Only lines that a read cuts and data of several lines are copied.

use bytes::{Bytes, BytesMut};
use memchr::memchr2;

use super::lines::Unfinished;
use super::{Frame, Framing, frame_too_large};
use crate::error::Result;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Framing of one body of server-sent events.
#[derive(Debug)]
pub struct ServerSentEvents {
    max_frame_bytes: usize,
    unfinished: Unfinished,
    /// How much of a byte order mark was seen; `None` once it is decided.
    mark_seen: Option<usize>,
    /// The last read ended in CR: an LF at the start of the next belongs to it.
    after_carriage_return: bool,
    event: Option<Bytes>,
    data: Data,
}

/// The data lines of the event so far.
#[derive(Debug)]
enum Data {
    None,
    Line(Bytes),
    Lines(BytesMut),
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Line(line) => line.len(),
            Self::Lines(lines) => lines.len(),
        }
    }

    fn add(&mut self, value: Bytes) {
        match self {
            Self::None => *self = Self::Line(value),
            Self::Line(first) => {
                let mut lines = BytesMut::with_capacity(2 * (first.len() + value.len() + 1));
                lines.extend_from_slice(first);
                lines.extend_from_slice(b"\n");
                lines.extend_from_slice(&value);
                *self = Self::Lines(lines);
            }
            Self::Lines(lines) => {
                lines.extend_from_slice(b"\n");
                lines.extend_from_slice(&value);
            }
        }
    }
}

impl ServerSentEvents {
    #[must_use]
    pub fn new(max_frame_bytes: usize) -> Self {
        Self {
            max_frame_bytes,
            unfinished: Unfinished::default(),
            mark_seen: Some(0),
            after_carriage_return: false,
            event: None,
            data: Data::None,
        }
    }

    /// What the event holds already, beside the line in hand.
    fn held(&self) -> usize {
        self.data.len() + self.event.as_ref().map_or(0, Bytes::len)
    }

    /// Skips a byte order mark at the very start, whatever the cuts.
    fn skip_mark(&mut self, bytes: &mut Bytes) -> Result<()> {
        let Some(seen) = self.mark_seen else { return Ok(()) };
        let rest = BYTE_ORDER_MARK.get(seen..).unwrap_or_default();
        let common = rest.iter().zip(bytes.iter()).take_while(|(a, b)| a == b).count();
        if common == rest.len() {
            *bytes = bytes.slice(common..);
            self.mark_seen = None;
        } else if common == bytes.len() {
            *bytes = Bytes::new();
            self.mark_seen = Some(seen + common);
        } else {
            self.mark_seen = None;
            // What looked like a mark in earlier reads is the start of a line.
            let seen = BYTE_ORDER_MARK.get(..seen).unwrap_or_default();
            self.unfinished.keep(seen, 0, self.max_frame_bytes)?;
        }
        Ok(())
    }

    /// A line that lies at `start..end` of `bytes`.
    #[inline]
    fn line(&mut self, bytes: &Bytes, start: usize, end: usize, frames: &mut Vec<Frame>) -> Result<()> {
        let Some(line) = bytes.get(start..end) else { return Ok(()) };
        if line.is_empty() {
            self.dispatch(frames);
            return Ok(());
        }
        if self.held() + line.len() > self.max_frame_bytes {
            return Err(frame_too_large(self.max_frame_bytes));
        }
        if let Some(rest) = line.strip_prefix(b"data") {
            if let Some(length) = value_length(rest) {
                self.data.add(bytes.slice(end - length..end));
            }
        } else if let Some(rest) = line.strip_prefix(b"event")
            && let Some(length) = value_length(rest)
        {
            self.event = (length > 0).then(|| bytes.slice(end - length..end));
        }
        Ok(())
    }

    /// The usual event at once: its only data line at `start..end`, LF and a blank
    /// line. Does nothing where it is not so, or too large.
    #[inline]
    fn whole_event(&mut self, bytes: &Bytes, start: usize, end: usize, frames: &mut Vec<Frame>) -> bool {
        let Some(line) = bytes.get(start..end) else { return false };
        let (b"data", [b':', value @ ..]) = line.split_at(line.len().min(4)) else { return false };
        if !matches!(self.data, Data::None)
            || bytes.get(end..end + 2) != Some(b"\n\n")
            || self.held() + line.len() > self.max_frame_bytes
        {
            return false;
        }
        let length = value.strip_prefix(b" ").unwrap_or(value).len();
        frames.push(Frame { event: self.event.take(), data: bytes.slice(end - length..end) });
        true
    }

    /// The event is complete. One without a data line makes no frame.
    #[inline]
    fn dispatch(&mut self, frames: &mut Vec<Frame>) {
        let event = self.event.take();
        let data = match std::mem::replace(&mut self.data, Data::None) {
            Data::None => return,
            Data::Line(line) => line,
            Data::Lines(lines) => lines.freeze(),
        };
        frames.push(Frame { event, data });
    }
}

/// The length of the value after a field's name; `None` where the name goes on.
#[inline]
fn value_length(after_name: &[u8]) -> Option<usize> {
    match after_name {
        [] => Some(0),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value.len()),
        _ => None,
    }
}

impl Framing for ServerSentEvents {
    fn push(&mut self, mut bytes: Bytes, frames: &mut Vec<Frame>) -> Result<()> {
        self.skip_mark(&mut bytes)?;
        let mut start = 0;
        if self.after_carriage_return && !bytes.is_empty() {
            self.after_carriage_return = false;
            start = usize::from(bytes.first() == Some(&b'\n'));
        }
        while let Some(rest) = bytes.get(start..) {
            // The blank line of an event is not worth a search.
            let found = if rest.first() == Some(&b'\n') { Some(0) } else { memchr2(b'\n', b'\r', rest) };
            let Some(length) = found else {
                if !rest.is_empty() {
                    let held = self.held();
                    self.unfinished.keep(rest, held, self.max_frame_bytes)?;
                }
                break;
            };
            let end = start + length;
            if self.unfinished.is_empty() {
                if self.whole_event(&bytes, start, end, frames) {
                    start = end + 2;
                    continue;
                }
                self.line(&bytes, start, end, frames)?;
            } else {
                let held = self.held();
                self.unfinished.keep(rest.get(..length).unwrap_or_default(), held, self.max_frame_bytes)?;
                let line = self.unfinished.take();
                self.line(&line, 0, line.len(), frames)?;
            }
            start = end + 1;
            if bytes.get(end) == Some(&b'\r') {
                match bytes.get(start) {
                    Some(b'\n') => start += 1,
                    Some(_) => {}
                    None => self.after_carriage_return = true,
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, frames: &mut Vec<Frame>) -> Result<()> {
        let line = self.unfinished.take();
        if !line.is_empty() {
            self.line(&line, 0, line.len(), frames)?;
        }
        self.dispatch(frames);
        Ok(())
    }
}
