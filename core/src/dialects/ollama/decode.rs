//! A whole response, and a streamed one: the same object, once or in lines.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::assemble::Assembly;
use crate::dialects::{ChatStream, body};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk};

pub(super) fn decode(body: &Bytes, model: &str) -> Result<ChatCompletion> {
    let piece = read(body)?;
    if !piece.get("message").is_some_and(Value::is_object) {
        let text = "the response is no reply of Ollama's chat: it has no `message`";
        return Err(Error::new(ErrorKind::ResponseDecode, text).with_body(Value::Object(piece)));
    }
    let mut sum = Accumulator::new();
    sum.add(&Assembly::new(model).piece(piece)?);
    Ok(sum.into_completion())
}

pub(super) struct LineStream {
    assembly: Assembly,
}

impl LineStream {
    pub fn new(model: &str) -> Self {
        Self { assembly: Assembly::new(model) }
    }
}

impl ChatStream for LineStream {
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if !self.assembly.is_done() && !frame.data.trim_ascii().is_empty() {
            chunks.push(self.assembly.piece(read(&frame.data)?)?);
        }
        Ok(())
    }

    fn end(&mut self, _chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.assembly.is_done() {
            return Ok(());
        }
        let text = "the stream ended without a line that is `done`: the answer is truncated";
        Err(Error::new(ErrorKind::ApiConnection, text))
    }

    fn is_done(&self) -> bool {
        self.assembly.is_done()
    }
}

/// Reads an object; one that reports an error is that error.
///
/// A failure after the first line comes as a line of its own, under status 200
/// (server/routes.go `streamResponse`).
fn read(data: &[u8]) -> Result<Map<String, Value>> {
    let fields: Map<String, Value> = body::read(data, "the response is not what Ollama's chat promises")?;
    match fields.get("error") {
        Some(Value::String(message)) if !message.is_empty() => {
            Err(Error::new(ErrorKind::InternalServer, message.clone()).with_body(Value::Object(fields)))
        }
        _ => Ok(fields),
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
