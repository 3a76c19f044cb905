//! In what form a stream is read, and in what form it is handed out.
//!
//! A chat is read as chunks and handed out as such, and so is a text. A response is handed out as events: those that
//! its target sent, or those made of a chat's chunks.

use std::sync::Arc;

use super::prepare::Prepared;
use super::tail::Tail;
use crate::dialects::ChatStream;
use crate::dialects::openai::ResponseEvents;
use crate::dialects::responses::{OverChat, Synthesis};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::{Accumulator, ChatCompletionChunk, Usage};
use crate::types::operation::{Operation, StreamItem};
use crate::types::responses::{ModelResponse, ResponseEvent, ResponseSum};
use crate::types::trace::Trace;

/// What reads the frames of a stream.
pub(super) enum Machine {
    Chat(Box<dyn ChatStream>),
    Responses(ResponseEvents),
}

impl Machine {
    /// Errors: `Internal`, where the wire has no streams of it; it was asked all the same.
    pub fn of(prepared: &Prepared, spoken: Operation) -> Result<Self> {
        let model = &prepared.chosen.target.model;
        Ok(match spoken {
            Operation::Responses => Self::Responses(ResponseEvents::new(model)),
            Operation::Completions => {
                let no_stream = || Error::new(ErrorKind::Internal, "this wire has no streams of texts");
                Self::Chat(prepared.dialect.text_stream(model).ok_or_else(no_stream)?)
            }
            _ => Self::Chat(prepared.dialect.chat_stream(model)),
        })
    }

    /// Reads frames up to the last one that matters.
    pub fn frames(
        &mut self,
        frames: &mut Vec<Frame>,
        chunks: &mut Vec<ChatCompletionChunk>,
        events: &mut Vec<ResponseEvent>,
    ) -> Result<()> {
        for frame in frames.drain(..) {
            match self {
                Self::Chat(machine) => machine.frame(&frame, chunks)?,
                Self::Responses(machine) => machine.frame(&frame, events)?,
            }
            if self.is_done() {
                break;
            }
        }
        Ok(())
    }

    pub fn end(&mut self, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        match self {
            Self::Chat(machine) => machine.end(chunks),
            Self::Responses(machine) => machine.end(),
        }
    }

    pub fn is_done(&self) -> bool {
        match self {
            Self::Chat(machine) => machine.is_done(),
            Self::Responses(machine) => machine.is_done(),
        }
    }
}

/// What hands a stream out.
#[allow(clippy::large_enum_variant, reason = "chunks are what is asked most: a box would cost them")]
pub(super) enum Voice {
    Chunks(Tail),
    /// The target's own events.
    Events(Box<Events>),
    /// Events made of chunks.
    OverChat(Box<Synthesis>),
}

/// Holds back the last event, which is to have the trace.
#[derive(Default)]
pub(super) struct Events {
    sum: ResponseSum,
    held: Option<ResponseEvent>,
}

impl Voice {
    pub fn of(over_chat: Option<Box<OverChat>>, spoken: Operation) -> Self {
        match over_chat {
            Some(over) => Self::OverChat(Box::new(Synthesis::new(*over))),
            None if spoken == Operation::Responses => Self::Events(Box::default()),
            None => Self::Chunks(Tail::default()),
        }
    }

    pub fn chunk(&mut self, chunk: ChatCompletionChunk, out: &mut Vec<StreamItem>) {
        match self {
            Self::Chunks(tail) => tail.push(chunk, out),
            Self::OverChat(synthesis) => synthesis.chunk(&chunk, out),
            Self::Events(_) => {}
        }
    }

    pub fn event(&mut self, event: ResponseEvent, out: &mut Vec<StreamItem>) {
        let Self::Events(events) = self else { return };
        events.sum.add(&event);
        match event.response {
            Some(_) => events.held = Some(event),
            None => out.push(StreamItem::Event(event)),
        }
    }

    /// The chunk that is held.
    pub fn held_mut(&mut self) -> Option<&mut ChatCompletionChunk> {
        match self {
            Self::Chunks(tail) => tail.held_mut(),
            Self::Events(_) | Self::OverChat(_) => None,
        }
    }

    /// The stream ended well: gives out the end, with the trace and the provider's id of the request.
    pub fn finish(
        &mut self,
        sum: &Accumulator,
        first: &ChatCompletionChunk,
        (route, request_id): (Arc<Trace>, Option<&String>),
        out: &mut Vec<StreamItem>,
    ) {
        match self {
            Self::Chunks(tail) => return tail.finish(route, first, out),
            Self::Events(events) => out.extend(events.held.take().map(StreamItem::Event)),
            Self::OverChat(synthesis) => drop(synthesis.finish(sum.completion(), out)),
        }
        if let Some(StreamItem::Event(ResponseEvent { response: Some(response), .. })) = out.last_mut() {
            response.request_id = request_id.cloned();
            response.route = Some(route);
        }
    }

    /// The stream broke: what was held is given out as it is.
    pub fn give_up(&mut self, out: &mut Vec<StreamItem>) {
        match self {
            Self::Chunks(tail) => tail.give_up(out),
            Self::Events(events) => out.extend(events.held.take().map(StreamItem::Event)),
            Self::OverChat(_) => {}
        }
    }

    /// The response so far; of a chat none.
    pub fn response(&self) -> Option<ModelResponse> {
        match self {
            Self::Chunks(_) => None,
            Self::Events(events) => Some(events.sum.response()),
            Self::OverChat(synthesis) => Some(synthesis.response()),
        }
    }

    /// What a response took, where its target has the API itself.
    pub fn usage(&self) -> Option<&Usage> {
        match self {
            Self::Events(events) => events.sum.usage(),
            Self::Chunks(_) | Self::OverChat(_) => None,
        }
    }
}
