//! Surfaces at targets that only chat: what a request for a response or a message is as a chat, and
//! what makes a chat's answer one.
//!
//! The one place that knows both surfaces; each has its own folder beside this one. What goes out and
//! comes in on the wire is the business of the target's dialect.

pub mod carried;
mod places;
mod reading;

pub use places::{Place, Places};
pub(super) use reading::{citation, said};

use super::anthropic::MessageEvents;
use super::messages::{self, MessageOverChat, MessageSynthesis};
use super::openai::ResponseEvents;
use super::responses::{self, OverChat, Synthesis};
use super::{DialectName, EncodeContext, EventStream, Quirks, Translator};
use crate::error::Result;
use crate::types::chat::{ChatCompletion, ChatCompletionChunk, ChatRequest};
use crate::types::operation::{Answer, Operation, Request, StreamItem};
use crate::types::trace::Translation;

/// A chat that stands for something else.
pub struct Spoken {
    /// The request that goes out.
    pub chat: Request,
    /// What its answer is made into.
    pub over: Over,
    /// What its messages come from.
    pub places: Places,
    pub notes: Vec<Translation>,
}

/// The wire on which a target of `dialect` is asked: services of OpenAI's may have Anthropic's too.
#[must_use]
pub fn wire(request: &Request, dialect: DialectName, quirks: &Quirks) -> DialectName {
    match request {
        Request::Messages(_) if messages::is_native(dialect, quirks) => DialectName::Anthropic,
        _ => dialect,
    }
}

/// The chat that stands for a request; `None` where the target takes it as it is. `number` is in ids that are
/// made; it should be another one each time.
///
/// Errors: `BadRequest` naming a place that no chat has a word for.
pub fn spoken(
    request: &Request,
    dialect: DialectName,
    context: &EncodeContext<'_>,
    number: u64,
) -> Result<Option<Spoken>> {
    let mut translator = Translator::new(context.unsupported);
    let ((chat, places), over): ((ChatRequest, Places), Over) = match request {
        Request::Responses(asked) if !responses::is_native(dialect, context.quirks) => {
            let said = responses::to_chat(asked, dialect, &mut translator)?;
            (said, Over::Response(Box::new(OverChat::new(asked, number))))
        }
        Request::Messages(asked) if !messages::is_native(dialect, context.quirks) => {
            let said = messages::to_chat(asked, dialect, context.quirks, &mut translator)?;
            (said, Over::Message(Box::new(MessageOverChat::new(asked, number))))
        }
        _ => return Ok(None),
    };
    Ok(Some(Spoken { chat: Request::Chat(chat), over, places, notes: translator.into_notes() }))
}

/// What stands around a chat's answer.
#[derive(Clone, Debug)]
pub enum Over {
    Response(Box<OverChat>),
    Message(Box<MessageOverChat>),
}

impl Over {
    /// The whole answer in the form that was asked for.
    #[must_use]
    pub fn answer(&self, completion: ChatCompletion) -> Answer {
        match self {
            Self::Response(over) => Answer::Responses((**over).clone().response(completion)),
            Self::Message(over) => Answer::Messages((**over).clone().message(completion)),
        }
    }

    /// The same of a streamed answer.
    #[must_use]
    pub fn stream(self) -> Synthesised {
        match self {
            Self::Response(over) => Synthesised::Response(Synthesis::new(*over)),
            Self::Message(over) => Synthesised::Message(MessageSynthesis::new(*over)),
        }
    }
}

/// Makes events of a chat's chunks.
#[derive(Debug)]
pub enum Synthesised {
    Response(Synthesis),
    Message(MessageSynthesis),
}

impl Synthesised {
    /// Appends the events of the next chunk.
    pub fn chunk(&mut self, chunk: &ChatCompletionChunk, out: &mut Vec<StreamItem>) {
        match self {
            Self::Response(made) => made.chunk(chunk, out),
            Self::Message(made) => made.chunk(chunk, out),
        }
    }

    /// The chat has ended, with this as the sum of its chunks. Appends the last events.
    pub fn finish(&mut self, completion: &ChatCompletion, out: &mut Vec<StreamItem>) {
        match self {
            Self::Response(made) => drop(made.finish(completion, out)),
            Self::Message(made) => drop(made.finish(completion, out)),
        }
    }

    /// The answer so far.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self {
            Self::Response(made) => Answer::Responses(made.response()),
            Self::Message(made) => Answer::Messages(made.message()),
        }
    }
}

/// What reads the events of a target that is asked in the surface's own form; `None` of operations whose stream
/// is a chat's.
#[must_use]
pub fn events(operation: Operation, model: &str) -> Option<Box<dyn EventStream>> {
    match operation {
        Operation::Responses => Some(Box::new(ResponseEvents::new(model))),
        Operation::Messages => Some(Box::new(MessageEvents::new(model))),
        _ => None,
    }
}
