//! Cohere's API v2: chat (`/chat`).
//!
//! Facts: the types of Cohere's own SDK (specs/cohere.json), its documentation
//! (cohere-ai/cohere-developer-experience) and recorded traffic. Credentials and the address do not
//! belong here.

mod chat;
mod error;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};

/// Cohere's wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cohere;

impl Dialect for Cohere {
    fn name(&self) -> DialectName {
        DialectName::Cohere
    }

    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        chat::encode(request, context)
    }

    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion> {
        chat::decode(body, model)
    }

    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream> {
        chat::stream(model)
    }

    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
        error::decode(status, headers, body)
    }
}
