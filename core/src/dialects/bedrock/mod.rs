//! The wire of Amazon Bedrock's Converse and ConverseStream (`/model/{id}/converse`).
//!
//! Facts come from the published service model (`ConverseRequest`, `ConverseResponse`,
//! `ConverseStreamOutput`), from docs.aws.amazon.com/bedrock, and from recorded traffic.
//! The wire is one for the models of all makers; what differs between them is said
//! once, in `model`. What a block means to the common shape is said once, in `blocks`.
//! Signing, credentials and regions do not belong here.

mod blocks;
mod citations;
mod count;
mod decode;
mod encode;
mod error;
mod invoke;
mod model;
mod stream;
mod usage;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::cohere::Cohere;
use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest, FramingKind, NameRule, lacks};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};
use crate::types::operation::{Answer, Operation, Request};

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

    /// specs/aws_bedrock_runtime.json ToolName: at most 64 of `[a-zA-Z0-9_-]+`.
    fn tool_name_rule(&self, _operation: Operation) -> Option<NameRule> {
        Some(NameRule { most: 64, beside: "_-", any_first: true })
    }

    fn operations(&self) -> &'static [Operation] {
        &[Operation::Chat, Operation::CountTokens, Operation::Embeddings, Operation::Rerank]
    }

    fn encode_other(&self, request: &Request, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        match request {
            Request::CountTokens(request) => count::encode(&request.chat, context),
            Request::Embeddings(request) => invoke::embeddings(request, context),
            Request::Rerank(request) => invoke::rerank(request, context),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_other(&self, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
        match request {
            Request::CountTokens(_) => count::decode(body, model).map(Answer::CountTokens),
            Request::Embeddings(request) => invoke::vectors(request, body, model).map(Answer::Embeddings),
            // As Cohere's own (`invoke` says why).
            Request::Rerank(_) => Cohere.decode_other(request, body, model),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn most_inputs(&self, context: &EncodeContext<'_>) -> Option<usize> {
        invoke::most_inputs(context.model)
    }

    fn framing(&self) -> FramingKind {
        FramingKind::AwsEventStream
    }

    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
        error::decode_error(status, headers, body)
    }
}
