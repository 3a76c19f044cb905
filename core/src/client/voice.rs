//! In what form a stream is read, and in what form it is handed out.
//!
//! A chat is read as chunks and handed out as such, and so is a text. A response or a message is handed out
//! as events: those that its target sent, or those made of a chat's chunks.

use std::sync::Arc;

use super::prepare::Prepared;
use super::tail::Tail;
use crate::dialects::over_chat::{self, Over, Synthesised};
use crate::dialects::{ChatStream, EventStream};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::{Accumulator, ChatCompletionChunk, Usage};
use crate::types::operation::{Answer, Operation, StreamItem};
use crate::types::trace::Trace;

/// What reads the frames of a stream.
pub(super) enum Machine {
    Chat(Box<dyn ChatStream>),
    Events(Box<dyn EventStream>),
}

impl Machine {
    /// Errors: `Internal`, where the wire has no streams of it; it was asked all the same.
    pub fn of(prepared: &Prepared, spoken: Operation) -> Result<Self> {
        let model = &prepared.chosen.target.model;
        if let Some(events) = over_chat::events(spoken, model) {
            return Ok(Self::Events(events));
        }
        Ok(Self::Chat(match spoken {
            Operation::Completions => {
                let no_stream = || Error::new(ErrorKind::Internal, "this wire has no streams of texts");
                prepared.dialect.text_stream(model).ok_or_else(no_stream)?
            }
            _ => prepared.dialect.chat_stream(model),
        }))
    }

    /// Reads frames up to the last one that matters.
    pub fn frames(
        &mut self,
        frames: &mut Vec<Frame>,
        chunks: &mut Vec<ChatCompletionChunk>,
        items: &mut Vec<StreamItem>,
    ) -> Result<()> {
        for frame in frames.drain(..) {
            match self {
                Self::Chat(machine) => machine.frame(&frame, chunks)?,
                Self::Events(machine) => machine.frame(&frame, items)?,
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
            Self::Events(machine) => machine.end(),
        }
    }

    pub fn is_done(&self) -> bool {
        match self {
            Self::Chat(machine) => machine.is_done(),
            Self::Events(machine) => machine.is_done(),
        }
    }

    /// The answer so far of a target that sends events.
    pub fn answer(&self) -> Option<Answer> {
        match self {
            Self::Chat(_) => None,
            Self::Events(machine) => Some(machine.answer()),
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
    OverChat(Box<Synthesised>),
}

/// Holds back the last event, which is to have the trace.
#[derive(Default)]
pub(super) struct Events {
    held: Option<StreamItem>,
    /// The answer as a whole, once it was told.
    whole: Option<Answer>,
}

impl Voice {
    pub fn of(over: Option<Over>, machine: &Machine) -> Self {
        match (over, machine) {
            (Some(over), _) => Self::OverChat(Box::new(over.stream())),
            (None, Machine::Events(_)) => Self::Events(Box::default()),
            (None, Machine::Chat(_)) => Self::Chunks(Tail::default()),
        }
    }

    pub fn chunk(&mut self, chunk: ChatCompletionChunk, out: &mut Vec<StreamItem>) {
        match self {
            Self::Chunks(tail) => tail.push(chunk, out),
            Self::OverChat(made) => made.chunk(&chunk, out),
            Self::Events(_) => {}
        }
    }

    /// Takes an event of the target's own.
    pub fn event(&mut self, event: StreamItem, out: &mut Vec<StreamItem>) {
        let Self::Events(events) = self else { return };
        match event.whole() {
            None => out.push(event),
            whole => {
                events.whole = whole;
                events.held = Some(event);
            }
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
            Self::Events(events) => out.extend(events.held.take()),
            Self::OverChat(made) => made.finish(sum.completion(), out),
        }
        if let Some(last) = out.last_mut() {
            last.settle(route, request_id);
        }
    }

    /// The stream broke: what was held is given out as it is.
    pub fn give_up(&mut self, out: &mut Vec<StreamItem>) {
        match self {
            Self::Chunks(tail) => tail.give_up(out),
            Self::Events(events) => out.extend(events.held.take()),
            Self::OverChat(_) => {}
        }
    }

    /// The answer, where it was told as a whole or is made of chunks.
    pub fn answer(&self) -> Option<Answer> {
        match self {
            Self::Chunks(_) => None,
            Self::Events(events) => events.whole.clone(),
            Self::OverChat(made) => Some(made.answer()),
        }
    }

    /// What the answer took, where its target was asked in its own form.
    pub fn usage(&self) -> Option<&Usage> {
        match self {
            Self::Events(events) => events.whole.as_ref()?.usage(),
            Self::Chunks(_) | Self::OverChat(_) => None,
        }
    }
}
