//! A streamed response (`alt=sse`): each event is a whole response that says what is new.
//!
//! There is no terminal event: the body's end is the end, and an answer without
//! a finish reason by then was cut off.

use super::assemble::Assembly;
use super::decode::not_promised;
use super::wire::Response;
use crate::dialects::ChatStream;
use crate::dialects::body::raw;
use crate::error::Result;
use crate::transport::framing::Frame;
use crate::types::chat::ChatCompletionChunk;

pub(super) struct GeminiStream {
    assembly: Assembly,
    done: bool,
}

impl GeminiStream {
    pub fn new(model: &str) -> Self {
        Self { assembly: Assembly::new(model, true), done: false }
    }
}

impl ChatStream for GeminiStream {
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        let data = &frame.data;
        if data.trim_ascii().is_empty() {
            return Ok(());
        }
        let piece: Response = serde_json::from_slice(data).map_err(|error| not_promised(data, &error))?;
        let chunk = self.assembly.piece(piece, || raw(data))?;
        if !chunk.choices.is_empty() || !chunk.provider_fields.is_empty() {
            chunks.push(chunk);
        }
        Ok(())
    }

    fn end(&mut self, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        self.done = true;
        // Tokens of a cut answer were used all the same.
        chunks.extend(self.assembly.last_chunk());
        self.assembly.require_end()
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
