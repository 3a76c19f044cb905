//! AWS's binary event stream (`application/vnd.amazon.eventstream`).
//!
//! A message is its length, the length of its headers, a checksum of these two, the
//! headers, the payload, and a checksum of all before (smithy.io "Amazon Event Stream
//! Specification"). Both checksums are checked: what does not fit is an error, for
//! nothing says where the next message would begin.
//!
//! A frame's name is the header `:event-type`. A message that is no event (its
//! `:message-type` is `exception` or `error`) has its kind in front, as in
//! `exception:throttlingException`; what it means is the dialect's to know.

mod headers;

use bytes::{Bytes, BytesMut};

use self::headers::{HeaderValue, Headers};
use super::{Frame, Framing, frame_too_large};
use crate::error::{Error, ErrorKind, Result};

/// Two lengths and their checksum.
const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;

/// Framing of one body of AWS event-stream messages.
#[derive(Debug)]
pub struct AwsEventStream {
    max_frame_bytes: usize,
    /// The beginning of a message whose end has not arrived.
    unfinished: BytesMut,
}

impl AwsEventStream {
    #[must_use]
    pub fn new(max_frame_bytes: usize) -> Self {
        Self { max_frame_bytes, unfinished: BytesMut::new() }
    }

    /// The length of the message that `bytes` begin; `None` where its prelude has not arrived.
    fn length(&self, bytes: &[u8]) -> Result<Option<usize>> {
        let Some(prelude) = bytes.get(..PRELUDE) else { return Ok(None) };
        let (total, headers) = (number(prelude, 0), number(prelude, 4));
        if crc32fast::hash(prelude.get(..8).unwrap_or_default()) != number(prelude, 8) {
            return Err(corrupt("the checksum of its prelude does not fit"));
        }
        let (total, headers) = (total as usize, headers as usize);
        if headers.saturating_add(PRELUDE + CHECKSUM) > total {
            return Err(corrupt("its headers are longer than itself"));
        }
        if total > self.max_frame_bytes {
            return Err(frame_too_large(self.max_frame_bytes));
        }
        Ok(Some(total))
    }

    /// Adds to the message that an earlier read began. Gives the message, whole, or
    /// `None` where the read is used up.
    fn resume(&mut self, bytes: &mut Bytes) -> Result<Option<Bytes>> {
        loop {
            let total = self.length(&self.unfinished)?;
            let missing = total.unwrap_or(PRELUDE).saturating_sub(self.unfinished.len());
            if missing == 0 {
                return Ok(Some(self.unfinished.split().freeze()));
            }
            if bytes.is_empty() {
                return Ok(None);
            }
            let part = bytes.split_to(missing.min(bytes.len()));
            self.unfinished.extend_from_slice(&part);
        }
    }
}

impl Framing for AwsEventStream {
    fn push(&mut self, mut bytes: Bytes, frames: &mut Vec<Frame>) -> Result<()> {
        if !self.unfinished.is_empty() {
            let Some(message) = self.resume(&mut bytes)? else { return Ok(()) };
            frames.push(frame(&message)?);
        }
        while let Some(total) = self.length(&bytes)?
            && total <= bytes.len()
        {
            frames.push(frame(&bytes.split_to(total))?);
        }
        self.unfinished.extend_from_slice(&bytes);
        Ok(())
    }

    /// Errors: `ApiConnection` where the body ended within a message.
    fn finish(&mut self, _frames: &mut Vec<Frame>) -> Result<()> {
        if self.unfinished.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ApiConnection,
            "the response stream ended within a message: the answer is truncated",
        ))
    }
}

/// Reads a message of which the prelude has been checked.
fn frame(message: &Bytes) -> Result<Frame> {
    let (checked, checksum) = message.split_at(message.len().saturating_sub(CHECKSUM));
    if crc32fast::hash(checked) != number(checksum, 0) {
        return Err(corrupt("its checksum does not fit"));
    }
    let (_, rest) = checked.split_at(PRELUDE.min(checked.len()));
    let (headers, payload) = rest.split_at((number(message, 4) as usize).min(rest.len()));

    let (mut message_type, mut event, mut code, mut text) = (None, None, None, None);
    let mut headers = Headers::new(headers);
    while let Some((name, value)) = headers.next().map_err(corrupt)? {
        let HeaderValue::Text(value) = value else { continue };
        match name {
            ":message-type" => message_type = Some(value),
            ":event-type" => event = Some(value),
            ":exception-type" | ":error-code" => code = Some(value),
            ":error-message" => text = Some(value),
            _ => {}
        }
    }
    let slice = |text: &str| message.slice_ref(text.as_bytes());
    Ok(match message_type {
        None | Some("event") => Frame { event: event.map(slice), data: message.slice_ref(payload) },
        // An error has no payload; what it says is a header.
        Some(kind) => Frame {
            event: Some(Bytes::from(format!("{kind}:{}", code.or(event).unwrap_or_default()))),
            data: text.filter(|_| payload.is_empty()).map_or_else(|| message.slice_ref(payload), slice),
        },
    })
}

/// The big-endian number at `start`; 0 where it is not there.
fn number(bytes: &[u8], start: usize) -> u32 {
    let four = bytes.get(start..start + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
    four.map_or(0, u32::from_be_bytes)
}

#[cold]
fn corrupt(what: &str) -> Error {
    Error::new(ErrorKind::ResponseDecode, format!("a message of the response stream is corrupt: {what}"))
}

#[cfg(test)]
mod tests;
