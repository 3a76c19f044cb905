//! A reply with the response it came from.

use bytes::Bytes;
use http::HeaderMap;

use crate::dialects::response_headers::request_id;
use crate::types::chat::ChatCompletion;

/// A reply and the response it came from.
#[derive(Clone, Debug)]
pub struct ChatReply {
    pub completion: ChatCompletion,
    pub raw: RawResponse,
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
