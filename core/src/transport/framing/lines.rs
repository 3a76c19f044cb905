//! The part of a line that has arrived, and nothing else: both framings cut
//! their input into lines and copy only the one that a read cuts in two.

use bytes::{Bytes, BytesMut};

use super::frame_too_large;
use crate::error::Result;

/// The beginning of a line whose end has not arrived.
#[derive(Debug, Default)]
pub(super) struct Unfinished(BytesMut);

impl Unfinished {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps `part`. `held` counts towards the limit beside it.
    pub(super) fn keep(&mut self, part: &[u8], held: usize, max_frame_bytes: usize) -> Result<()> {
        if held + self.0.len() + part.len() > max_frame_bytes {
            return Err(frame_too_large(max_frame_bytes));
        }
        self.0.extend_from_slice(part);
        Ok(())
    }

    /// The line, complete.
    pub(super) fn take(&mut self) -> Bytes {
        self.0.split().freeze()
    }
}
