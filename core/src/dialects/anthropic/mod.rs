//! The Anthropic messages wire (`/messages`).
//!
//! Facts come from the published schema (`CreateMessageParams`, `Message`,
//! `MessageStreamEvent`), from platform.claude.com/docs, and from recorded
//! traffic. What a block means to the common shape is said once, in `blocks`;
//! plain decoding, the stream machine and the check of handed-back blocks all
//! use it. Credentials, the version header and a service's own base URL do not
//! belong here.

mod blocks;
mod decode;
mod encode;
mod error;
mod model;
mod stream;
mod usage;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};

/// `format` of reasoning blocks that this wire signed; the name is OpenRouter's.
const REASONING_FORMAT: &str = "anthropic-claude-v1";

/// The tool by which JSON output is had from a model without structured output.
/// Reserved: a call of it is the answer's content, not a tool call.
const JSON_TOOL: &str = "roocode_json_output";

/// The Anthropic messages dialect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anthropic;

impl Dialect for Anthropic {
    fn name(&self) -> DialectName {
        DialectName::Anthropic
    }

    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        encode::encode_chat(request, context)
    }

    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion> {
        decode::decode_chat(body, model)
    }

    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream> {
        Box::new(stream::MessageStream::new(model))
    }

    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
        error::decode_error(status, headers, body)
    }
}
