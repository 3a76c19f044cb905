//! Newline-delimited JSON: one value a line. Blank lines are skipped, CR LF is
//! taken as LF, and the last line counts without its LF.

use bytes::Bytes;
use memchr::memchr;

use super::lines::Unfinished;
use super::{Frame, Framing, frame_too_large};
use crate::error::Result;

/// Framing of one body of newline-delimited JSON.
#[derive(Debug)]
pub struct NewlineDelimitedJson {
    max_frame_bytes: usize,
    unfinished: Unfinished,
}

impl NewlineDelimitedJson {
    #[must_use]
    pub fn new(max_frame_bytes: usize) -> Self {
        Self { max_frame_bytes, unfinished: Unfinished::default() }
    }

    fn line(&self, line: Bytes, frames: &mut Vec<Frame>) -> Result<()> {
        if line.len() > self.max_frame_bytes {
            return Err(frame_too_large(self.max_frame_bytes));
        }
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let data = match line.strip_suffix(b"\r") {
            Some(without) => line.slice(..without.len()),
            None => line,
        };
        frames.push(Frame { event: None, data });
        Ok(())
    }
}

impl Framing for NewlineDelimitedJson {
    fn push(&mut self, mut bytes: Bytes, frames: &mut Vec<Frame>) -> Result<()> {
        while let Some(end) = memchr(b'\n', &bytes) {
            let mut line = bytes.split_to(end + 1);
            line.truncate(end);
            if !self.unfinished.is_empty() {
                self.unfinished.keep(&line, 0, self.max_frame_bytes)?;
                line = self.unfinished.take();
            }
            self.line(line, frames)?;
        }
        self.unfinished.keep(&bytes, 0, self.max_frame_bytes)
    }

    fn finish(&mut self, frames: &mut Vec<Frame>) -> Result<()> {
        let line = self.unfinished.take();
        self.line(line, frames)
    }
}
