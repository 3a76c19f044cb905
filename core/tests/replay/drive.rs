//! Drives a dialect as the client does: body bytes, framing, stream machine, sum.

use bytes::Bytes;
use roocode::Error;
use roocode::dialects::anthropic::Anthropic;
use roocode::dialects::bedrock::Bedrock;
use roocode::dialects::gemini::Gemini;
use roocode::dialects::openai::OpenAi;
use roocode::dialects::{ChatStream, Dialect};
use roocode::transport::framing::{Frame, framing};
use roocode::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk};
use serde_json::Value;

use crate::cases::Wire;

pub fn dialect(wire: Wire) -> &'static dyn Dialect {
    match wire {
        Wire::OpenAi => &OpenAi,
        Wire::Anthropic => &Anthropic,
        Wire::Gemini => &Gemini,
        Wire::Bedrock => &Bedrock,
    }
}

/// What a stream came to.
#[derive(Debug)]
pub struct Outcome {
    /// What was received, whole or up to the error.
    pub completion: ChatCompletion,
    pub error: Option<Error>,
}

impl Outcome {
    /// The error in a form that can be compared.
    pub fn error_value(&self) -> Option<Value> {
        self.error.as_ref().map(|error| serde_json::to_value(error.details()).unwrap())
    }
}

/// Runs one streamed body, handed over in `pieces`.
pub fn stream(wire: Wire, model: &str, pieces: impl IntoIterator<Item = Bytes>) -> Outcome {
    let dialect = dialect(wire);
    let mut framing = framing(dialect.framing(), 64 << 20);
    let mut machine = dialect.chat_stream(model);
    let mut sum = Accumulator::new();
    let mut frames = Vec::new();
    let mut error = None;
    for piece in pieces {
        error = framing.push(piece, &mut frames).err();
        error = take(&mut *machine, &mut frames, &mut sum).err().or(error);
        if error.is_some() {
            break;
        }
    }
    if error.is_none() {
        error = framing.finish(&mut frames).err();
        error = take(&mut *machine, &mut frames, &mut sum).err().or(error);
    }
    if error.is_none() {
        let mut chunks = Vec::new();
        error = machine.end(&mut chunks).err();
        chunks.iter().for_each(|chunk| sum.add(chunk));
    }
    Outcome { completion: sum.into_completion(), error }
}

fn take(machine: &mut dyn ChatStream, frames: &mut Vec<Frame>, sum: &mut Accumulator) -> Result<(), Error> {
    let mut chunks: Vec<ChatCompletionChunk> = Vec::new();
    for frame in frames.drain(..) {
        if machine.is_done() {
            break;
        }
        let result = machine.frame(&frame, &mut chunks);
        chunks.drain(..).for_each(|chunk| sum.add(&chunk));
        result?;
    }
    Ok(())
}
