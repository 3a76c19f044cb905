//! A reply with the response it came from.

use bytes::Bytes;
use http::HeaderMap;

use crate::dialects::response_headers::request_id;
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::ChatCompletion;
use crate::types::operation::Answer;

/// An answer of any operation and the response it came from; of several responses, where
/// the request was sent in pieces, the first.
#[derive(Clone, Debug)]
pub struct Reply {
    pub answer: Answer,
    pub raw: RawResponse,
}

/// A chat completion and the response it came from.
#[derive(Clone, Debug)]
pub struct ChatReply {
    pub completion: ChatCompletion,
    pub raw: RawResponse,
}

impl Reply {
    pub(super) fn into_chat(self) -> Result<ChatReply> {
        let Self { answer, raw } = self;
        let Some(completion) = answer.into_chat() else {
            return Err(Error::new(ErrorKind::Internal, "a chat was answered with something else"));
        };
        Ok(ChatReply { completion, raw })
    }
}

/// The HTTP response under a reply.
#[derive(Clone, Debug, Default)]
pub struct RawResponse {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body; empty for a stream.
    pub body: Bytes,
    /// The provider's id of the request.
    pub request_id: Option<String>,
}

impl RawResponse {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, request_id: request_id(&headers), headers, body }
    }

    /// Names in lower case, and values; a value that is not text is left out.
    pub fn header_texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }
}
