//! One piece of a streamed answer of any operation.

use serde::Serialize;

use crate::types::chat::ChatCompletionChunk;
use crate::types::responses::ResponseEvent;

/// One piece of a streamed answer: of a chat a chunk, of a response an event. As JSON it is that.
///
/// An enum and no type parameter, as with requests: the path of a stream exists once in the binary.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(clippy::large_enum_variant, reason = "the largest is the one that streams most: a box would cost it")]
#[non_exhaustive]
pub enum StreamItem {
    Chunk(ChatCompletionChunk),
    Event(ResponseEvent),
}

impl StreamItem {
    /// The chunk that it is, if it is one.
    #[must_use]
    pub fn into_chunk(self) -> Option<ChatCompletionChunk> {
        match self {
            Self::Chunk(chunk) => Some(chunk),
            Self::Event(_) => None,
        }
    }

    pub(crate) const fn chunk_mut(&mut self) -> Option<&mut ChatCompletionChunk> {
        match self {
            Self::Chunk(chunk) => Some(chunk),
            Self::Event(_) => None,
        }
    }

    /// The event that it is, if it is one.
    #[must_use]
    pub fn into_event(self) -> Option<ResponseEvent> {
        match self {
            Self::Event(event) => Some(event),
            Self::Chunk(_) => None,
        }
    }
}
