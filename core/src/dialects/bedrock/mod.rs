//! The wire of Amazon Bedrock's Converse and ConverseStream (`/model/{id}/converse`).
//!
//! Facts come from the published service model (`ConverseRequest`, `ConverseResponse`,
//! `ConverseStreamOutput`), from docs.aws.amazon.com/bedrock, and from recorded traffic.
//! The wire is one for the models of all makers; what differs between them is said
//! once, in `model`. What a block means to the common shape is said once, in `blocks`.
//! Signing, credentials and regions do not belong here.

mod blocks;
mod citations;
mod decode;
mod encode;
mod error;
mod model;
mod stream;
mod usage;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest, FramingKind};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};

/// `format` of reasoning blocks that are this wire's own. Claude's signed text has
/// [`super::anthropic::REASONING_FORMAT`]: its signature holds at every service of Claude.
const REASONING_FORMAT: &str = "bedrock-converse-v1";

/// The Converse dialect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bedrock;

impl Dialect for Bedrock {
    fn name(&self) -> DialectName {
        DialectName::Bedrock
    }

    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        encode::encode_chat(request, context)
    }

    fn continues(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> bool {
        context.quirks.assistant_prefill || model::Family::of(context.model).continues(request)
    }

    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion> {
        decode::decode_chat(body, model)
    }

    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream> {
        Box::new(stream::ConverseStream::new(model))
    }

    fn framing(&self) -> FramingKind {
        FramingKind::AwsEventStream
    }

    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
        error::decode_error(status, headers, body)
    }
}
