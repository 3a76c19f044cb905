//! The Anthropic messages wire (`/messages`).
//!
//! Facts come from the published schema (`CreateMessageParams`, `Message`,
//! `MessageStreamEvent`), from platform.claude.com/docs, and from recorded
//! traffic. What a block means to the common shape is said once, in `blocks`;
//! plain decoding, the stream machine and the check of handed-back blocks all
//! use it. Credentials, the version header and a service's own base URL do not
//! belong here.

mod batches;
mod blocks;
mod decode;
mod encode;
mod error;
mod messages;
mod model;
mod stream;
mod usage;

// What a wire needs that carries Claude's own fields within others.
pub(super) use blocks::{arguments, choice_fields, count};
pub(super) use encode::{ClaudeFields, claude_fields, input, input_schema, is_taken, same_calls};
pub use messages::MessageEvents;
pub(super) use model::Generation;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::count as counting;
use super::listing::Listing;
use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest, NameRule, lacks};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};
use crate::types::operation::{Answer, Operation, Request};

/// `format` of reasoning blocks that this wire signed; the name is OpenRouter's.
pub(in crate::dialects) const REASONING_FORMAT: &str = "anthropic-claude-v1";

/// The tool by which JSON output is had from a model without structured output.
/// Reserved: a call of it is the answer's content, not a tool call.
/// It is forced as the one call of the answer. A server that calls it several times
/// all the same (llama.cpp ignores `disable_parallel_tool_use`) answers with the
/// first: joined, they would be no JSON. The others are kept under [`OTHER_JSON_ANSWERS`].
pub(in crate::dialects) const JSON_TOOL: &str = "roocode_json_output";

/// The field of a choice, among its `provider_fields`, that lists the further calls of
/// [`JSON_TOOL`] as the server's own `tool_use` blocks, on a stream's last chunk. An
/// `input` that was cut off is its text.
const OTHER_JSON_ANSWERS: &str = "other_json_answers";

/// The Anthropic messages dialect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anthropic;

/// specs/anthropic.json `models_list`, recordings/anthropic.
const LISTING: Listing = Listing {
    path: "/models",
    size: Some(("limit", "1000")),
    page: Some(("after_id", "last_id")),
    more: Some("has_more"),
    list: "data",
    id: "id",
    prefix: "",
    name: &["display_name"],
    context_window: &["max_input_tokens"],
    max_output_tokens: &["max_tokens"],
};

/// What of a request is counted: specs/anthropic.json CountMessageTokensParams, and of beta requests
/// the fields that add to what the model reads (platform.claude.com/docs "Token counting").
const COUNTED: [&str; 11] = [
    "cache_control",
    "container",
    "context_management",
    "mcp_servers",
    "messages",
    "model",
    "output_config",
    "system",
    "thinking",
    "tool_choice",
    "tools",
];

impl Dialect for Anthropic {
    /// specs/anthropic.json PlainTextSource.
    fn says_text_documents(&self) -> bool {
        true
    }

    fn name(&self) -> DialectName {
        DialectName::Anthropic
    }

    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        encode::encode_chat(request, context)
    }

    /// Not with thinking: "pre-filling" does not go with it (platform.claude.com/docs "Extended thinking").
    fn continues(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> bool {
        let thinks = request.reasoning.is_some()
            || request.reasoning_effort.is_some()
            || request.extra.contains_key("thinking");
        context.quirks.assistant_prefill || (model::Generation::of(context.model).prefills() && !thinks)
    }

    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion> {
        decode::decode_chat(body, model)
    }

    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream> {
        Box::new(stream::MessageStream::new(model))
    }

    /// specs/anthropic.json Tool.name: `^[a-zA-Z0-9_-]{1,128}$`.
    fn tool_name_rule(&self, _operation: Operation) -> Option<NameRule> {
        Some(NameRule { most: 128, beside: "_-", any_first: true })
    }

    fn operations(&self) -> &'static [Operation] {
        &[Operation::Chat, Operation::Models, Operation::CountTokens, Operation::Batches, Operation::Messages]
    }

    fn encode_other(&self, request: &Request, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        match request {
            Request::Batches(request) => batches::encode(request, context),
            Request::Messages(request) => messages::encode(request, context),
            Request::CountTokens(request) => {
                let mut encoded = encode::encode_chat(&request.chat, context)?;
                counting::keep(&mut encoded.body, &COUNTED);
                encoded.path.push_str("/count_tokens");
                Ok(encoded)
            }
            Request::Models(request) => Ok(LISTING.encode(request.page.as_deref())),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_other(&self, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
        match request {
            Request::Models(_) => LISTING.decode(body).map(Answer::Models),
            Request::Batches(request) => batches::decode(request, body, model),
            Request::Messages(_) => messages::decode(body, model).map(Answer::Messages),
            Request::CountTokens(_) => {
                counting::decode(body, model, &["/input_tokens"]).map(Answer::CountTokens)
            }
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
        error::decode_error(status, headers, body)
    }
}
