//! One piece of a streamed answer of any operation.

use std::sync::Arc;

use serde::Serialize;

use super::Answer;
use crate::types::chat::ChatCompletionChunk;
use crate::types::completions::Completion;
use crate::types::messages::MessageEvent;
use crate::types::responses::ResponseEvent;
use crate::types::trace::Trace;

/// One piece of a streamed answer: of a chat a chunk, of a response or a message an event, of a completion
/// of a text a completion. As JSON it is that.
///
/// An enum and no type parameter, as with requests: the path of a stream exists once in the binary.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(clippy::large_enum_variant, reason = "the largest is the one that streams most: a box would cost it")]
#[non_exhaustive]
pub enum StreamItem {
    Chunk(ChatCompletionChunk),
    Event(ResponseEvent),
    /// A piece of a text, in the shape of a whole answer.
    Text(Completion),
    MessageEvent(MessageEvent),
}

impl StreamItem {
    /// The chunk that it is, if it is one.
    #[must_use]
    pub fn into_chunk(self) -> Option<ChatCompletionChunk> {
        match self {
            Self::Chunk(chunk) => Some(chunk),
            _ => None,
        }
    }

    pub(crate) const fn chunk_mut(&mut self) -> Option<&mut ChatCompletionChunk> {
        match self {
            Self::Chunk(chunk) => Some(chunk),
            _ => None,
        }
    }

    /// The event of a response that it is, if it is one.
    #[must_use]
    pub fn into_event(self) -> Option<ResponseEvent> {
        match self {
            Self::Event(event) => Some(event),
            _ => None,
        }
    }

    /// The piece of a text that it is, if it is one.
    #[must_use]
    pub fn into_text(self) -> Option<Completion> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same as a piece of a text, where it went the way of a chat's chunks.
    pub(crate) fn into_piece(self) -> Self {
        match self {
            Self::Chunk(chunk) => Self::Text(chunk.into()),
            other => other,
        }
    }

    /// The event of a message that it is, if it is one.
    #[must_use]
    pub fn into_message_event(self) -> Option<MessageEvent> {
        match self {
            Self::MessageEvent(event) => Some(event),
            _ => None,
        }
    }

    /// The one event of an answer that came as a whole; `None` of an answer that has no events.
    pub(crate) fn of_whole(answer: Answer) -> Option<Self> {
        match answer {
            Answer::Responses(response) => Some(Self::Event(ResponseEvent::completed(response))),
            Answer::Messages(message) => Some(Self::MessageEvent(MessageEvent::stop(message))),
            _ => None,
        }
    }

    /// Whether an event says something of the answer, so that another target would say it again.
    pub(crate) fn has_content(&self) -> bool {
        match self {
            // What is content of a chunk, who takes it knows.
            Self::Chunk(_) | Self::Text(_) => false,
            Self::Event(event) => event.has_content(),
            Self::MessageEvent(event) => event.has_content(),
        }
    }

    /// The answer as a whole, which the last event of a stream has.
    pub(crate) fn whole(&self) -> Option<Answer> {
        match self {
            Self::Chunk(_) | Self::Text(_) => None,
            Self::Event(event) => event.response.as_deref().cloned().map(Answer::Responses),
            Self::MessageEvent(event) => event.message.as_deref().cloned().map(Answer::Messages),
        }
    }

    /// Gives the answer that the last event has its trace and the provider's id of the request.
    pub(crate) fn settle(&mut self, trace: Arc<Trace>, id: Option<&String>) {
        let (route, request_id) = match self {
            Self::Event(ResponseEvent { response: Some(response), .. }) => {
                (&mut response.route, &mut response.request_id)
            }
            Self::MessageEvent(MessageEvent { message: Some(message), .. }) => {
                (&mut message.route, &mut message.request_id)
            }
            _ => return,
        };
        *route = Some(trace);
        *request_id = id.cloned();
    }
}
