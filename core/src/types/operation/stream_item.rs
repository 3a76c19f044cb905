//! One piece of a streamed answer of any operation.

use serde::Serialize;

use crate::types::chat::ChatCompletionChunk;
use crate::types::completions::Completion;
use crate::types::responses::ResponseEvent;

/// One piece of a streamed answer: of a chat a chunk, of a response an event, of a completion of a text
/// a completion. As JSON it is that.
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
}

impl StreamItem {
    /// The chunk that it is, if it is one.
    #[must_use]
    pub fn into_chunk(self) -> Option<ChatCompletionChunk> {
        match self {
            Self::Chunk(chunk) => Some(chunk),
            Self::Event(_) | Self::Text(_) => None,
        }
    }

    pub(crate) const fn chunk_mut(&mut self) -> Option<&mut ChatCompletionChunk> {
        match self {
            Self::Chunk(chunk) => Some(chunk),
            Self::Event(_) | Self::Text(_) => None,
        }
    }

    /// The event that it is, if it is one.
    #[must_use]
    pub fn into_event(self) -> Option<ResponseEvent> {
        match self {
            Self::Event(event) => Some(event),
            Self::Chunk(_) | Self::Text(_) => None,
        }
    }

    /// The piece of a text that it is, if it is one.
    #[must_use]
    pub fn into_text(self) -> Option<Completion> {
        match self {
            Self::Text(text) => Some(text),
            Self::Chunk(_) | Self::Event(_) => None,
        }
    }

    /// The same as a piece of a text, where it went the way of a chat's chunks.
    pub(crate) fn into_piece(self) -> Self {
        match self {
            Self::Chunk(chunk) => Self::Text(chunk.into()),
            other => other,
        }
    }
}
