//! The machine for a streamed reply.
//!
//! The common frame goes straight from its bytes to a chunk. Kept between
//! frames is only what a later one needs: which tool call a piece belongs to,
//! the native blocks of content that comes as lists, and which choices ended.

use serde_json::Value;

use super::content::BlockSum;
use super::reply::{not_promised, read_envelope, read_message, text_of_details, typed};
use super::tool_calls::{Answer, CallPositions};
use super::wire::{self, Scalar, non_empty};
use super::{error, finish_reason};
use crate::dialects::ChatStream;
use crate::dialects::body::raw;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::{ChatCompletionChunk, ChunkChoice, Delta};

type WireChunk = wire::Reply<wire::ChunkChoice>;

/// Reads the frames of one streamed reply.
pub(super) struct OpenAiStream {
    model: String,
    choices: Vec<ChoiceState>,
    done: bool,
}

/// What is remembered of one of the `n` answers.
#[derive(Default)]
struct ChoiceState {
    index: u32,
    calls: CallPositions,
    blocks: BlockSum,
    finished: bool,
    /// Whether reasoning came as text of its own.
    says_reasoning: bool,
}

impl OpenAiStream {
    pub fn new(model: &str) -> Self {
        Self { model: model.to_owned(), choices: Vec::new(), done: false }
    }

    fn read_choice(&mut self, choice: wire::ChunkChoice, reply_id: &str) -> ChunkChoice {
        let state = self.state(choice.index.unwrap_or(0));
        let fields = read_message(choice.message.unwrap_or_default());
        let mut delta = fields.delta;
        // A service that says its reasoning in blocks alone says no text beside them.
        if delta.reasoning_content.as_deref().is_some_and(|text| !text.is_empty()) {
            state.says_reasoning = true;
        } else if !state.says_reasoning
            && let Some(text) = text_of_details(delta.reasoning_details.as_deref())
        {
            delta.reasoning_content = Some(text);
        }
        match fields.parts {
            Some(parts) => state.blocks.add_parts(parts),
            None => state.blocks.add_text(delta.content.as_deref().unwrap_or_default()),
        }
        if !fields.tool_calls.is_empty() {
            let answer = Answer { reply_id, choice: state.index };
            delta.tool_calls =
                Some(fields.tool_calls.into_iter().map(|piece| state.calls.read(piece, answer)).collect());
        }
        let mut provider_fields = choice.extra;
        let (finish_reason, native_finish_reason) = finish_reason::read(
            choice.finish_reason.map(Scalar::into_text),
            non_empty(choice.native_finish_reason),
        );
        if finish_reason.is_some() {
            state.finished = true;
            delta.native_blocks = state.blocks.take_changed();
        }
        ChunkChoice {
            index: state.index,
            delta,
            finish_reason,
            native_finish_reason,
            logprobs: typed(&mut provider_fields, "logprobs", choice.logprobs),
            provider_fields,
        }
    }

    fn state(&mut self, index: u32) -> &mut ChoiceState {
        let position = self.choices.iter().position(|choice| choice.index == index).unwrap_or_else(|| {
            self.choices.push(ChoiceState { index, ..ChoiceState::default() });
            self.choices.len() - 1
        });
        // In bounds: found, or just pushed.
        &mut self.choices[position]
    }

    /// An error that the service reports ends the stream as `[DONE]` does.
    fn failed(&mut self, error: Error) -> Error {
        self.done = true;
        error
    }

    /// Blocks of choices that never said that they ended.
    fn flush(&mut self, chunks: &mut Vec<ChatCompletionChunk>) {
        for choice in &mut self.choices {
            if let Some(blocks) = choice.blocks.take_changed() {
                chunks.push(ChatCompletionChunk {
                    model: self.model.clone(),
                    choices: vec![ChunkChoice {
                        index: choice.index,
                        delta: Delta { native_blocks: Some(blocks), ..Delta::default() },
                        ..ChunkChoice::default()
                    }],
                    ..ChatCompletionChunk::default()
                });
            }
        }
    }
}

impl ChatStream for OpenAiStream {
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if self.done || data.is_empty() {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done = true;
            self.flush(chunks);
            return Ok(());
        }
        let event = frame.event_name();
        if event == "error" {
            return Err(self.failed(error_event(data)));
        }
        let chunk = match serde_json::from_slice::<WireChunk>(data) {
            Ok(chunk) => chunk,
            Err(_) => {
                return Err(match serde_json::from_slice(data).ok().as_ref().and_then(error::in_band) {
                    Some(error) => self.failed(error),
                    None => not_promised::<WireChunk>("a chunk of the stream", data),
                });
            }
        };
        let is_error = chunk.error.as_ref().is_some_and(|error| !error.is_null())
            || chunk.choices.iter().flatten().any(says_error);
        // An error in place of a chunk, or another service's shape of one.
        let failure = if is_error || chunk.choices.is_none() {
            serde_json::from_slice(data).ok().as_ref().and_then(error::in_band)
        } else {
            None
        };
        if failure.is_none() && chunk.choices.is_none() && !event.is_empty() && event != "message" {
            return Ok(());
        }
        let (mut chunk, choices, _) = read_envelope(chunk, &self.model);
        chunk.choices = choices
            .unwrap_or_default()
            .into_iter()
            .map(|choice| self.read_choice(choice, &chunk.id))
            .collect();
        match failure {
            None => {
                chunks.push(chunk);
                Ok(())
            }
            Some(error) => {
                // Usage that comes with an error was used all the same.
                chunk.choices.retain(|choice| has_content(&choice.delta));
                if chunk.usage.is_some() || !chunk.choices.is_empty() {
                    chunks.push(chunk);
                }
                Err(self.failed(error))
            }
        }
    }

    fn end(&mut self, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.done {
            return Ok(());
        }
        self.flush(chunks);
        // Some services end without `[DONE]`; each choice's finish reason counts as well.
        if !self.choices.is_empty() && self.choices.iter().all(|choice| choice.finished) {
            self.done = true;
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ApiConnection,
            "the stream ended without `[DONE]` or a finish reason: the answer is truncated",
        ))
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

fn says_error(choice: &wire::ChunkChoice) -> bool {
    choice.error.as_ref().is_some_and(|error| !error.is_null())
}

fn has_content(delta: &Delta) -> bool {
    let text = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    text(&delta.content)
        || text(&delta.reasoning_content)
        || text(&delta.refusal)
        || delta.tool_calls.is_some()
}

/// The error of an event named `error`, whatever its data.
fn error_event(data: &[u8]) -> Error {
    let value = raw(data);
    error::in_band(&value).unwrap_or_else(|| {
        let message = value
            .get("message")
            .and_then(Value::as_str)
            .or(value.as_str())
            .map_or_else(|| "the provider reported an error in the stream".to_owned(), str::to_owned);
        Error::new(ErrorKind::InternalServer, message).with_body(value)
    })
}
