//! OpenAI chat completions, embeddings, images, audio and moderation, and the many services that speak the same wire.
//!
//! The canonical types have this shape already, so encoding is the request
//! itself with the few differences that [`Quirks`](crate::dialects::Quirks)
//! name, and decoding is a tolerant reading: `wire` says what is taken, `reply`
//! turns it into the canonical form, for whole replies and for deltas alike.
//! No provider's name and no guess from a model's name may go in here.

mod batches;
mod completions;
mod content;
mod count;
mod decode;
mod embeddings;
mod encode;
mod error;
mod error_codes;
mod finish_reason;
mod media;
mod messages;
mod parts;
mod reply;
mod rerank;
mod responses;
mod sampling;
mod stream;
#[cfg(test)]
mod tests;
mod tool_calls;
mod usage;
mod wire;
mod wire_usage;

pub(super) use reply::without_our_names;
pub(super) use rerank::decode as decode_ranking;
pub use responses::ResponseEvents;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::listing::Listing;
use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest, NameRule, lacks};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};
use crate::types::operation::{Answer, Operation, Request};

/// The chat-completions wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenAi;

/// specs/openai.json ListModelsResponse. The lengths are those of other services: `context_length` of
/// recordings/openrouter, `max_context_length` of specs/mistral.json, `context_window` of Groq (as its client in R
/// reads it, rdrr.io/cran/tidyllm/man/groq_list_models.html). Unverified: `max_model_len` (vLLM),
/// `max_completion_tokens` (Groq), `max_output_tokens`.
const LISTING: Listing = Listing {
    path: "/models",
    size: None,
    page: None,
    more: None,
    list: "data",
    id: "id",
    prefix: "",
    name: &["display_name", "name"],
    context_window: &["context_window", "context_length", "max_context_length", "max_model_len"],
    max_output_tokens: &["max_output_tokens", "max_completion_tokens"],
};

impl Dialect for OpenAi {
    fn name(&self) -> DialectName {
        DialectName::OpenAi
    }

    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        encode::encode(request, context)
    }

    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion> {
        decode::decode(body, model)
    }

    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream> {
        Box::new(stream::OpenAiStream::new(model))
    }

    fn text_stream(&self, model: &str) -> Option<Box<dyn ChatStream>> {
        Some(Box::new(completions::TextStream::new(model)))
    }

    /// specs/openai.json FunctionObject.name, "a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of
    /// 64"; of responses FunctionToolParam.name, at most 128. Services of this wire that take more lose nothing by it.
    fn tool_name_rule(&self, operation: Operation) -> Option<NameRule> {
        let most = if operation == Operation::Responses { 128 } else { 64 };
        Some(NameRule { most, beside: "_-", any_first: true })
    }

    fn operations(&self) -> &'static [Operation] {
        &[
            Operation::Chat,
            Operation::Embeddings,
            Operation::Rerank,
            Operation::Models,
            Operation::Images,
            Operation::ImageEdits,
            Operation::Speech,
            Operation::Transcriptions,
            Operation::Translations,
            Operation::Moderations,
            Operation::Responses,
        ]
    }

    fn encode_other(&self, request: &Request, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        match request {
            Request::Embeddings(request) => embeddings::encode(request, context),
            Request::Rerank(request) => rerank::encode(request, context),
            Request::Models(request) => Ok(LISTING.encode(request.page.as_deref())),
            Request::CountTokens(request) => count::encode(request, context),
            Request::Completions(request) => completions::encode(request, context),
            Request::Batches(request) => batches::encode(request, context),
            Request::Images(request) => media::encode("/images/generations", request, Vec::new(), context),
            Request::ImageEdits(request) => {
                media::encode("/images/edits", request, media::images_of(request), context)
            }
            Request::Speech(request) => media::encode("/audio/speech", request, Vec::new(), context),
            Request::Transcriptions(request) => {
                media::encode("/audio/transcriptions", request, media::file_of(request), context)
            }
            Request::Translations(request) => {
                media::encode("/audio/translations", request, media::file_of(request), context)
            }
            Request::Moderations(request) => media::encode("/moderations", request, Vec::new(), context),
            Request::Responses(request) => responses::encode(request, context),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_other(&self, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
        match request {
            Request::Embeddings(request) => embeddings::decode(request, body, model).map(Answer::Embeddings),
            Request::Rerank(request) => rerank::decode(request, body, model).map(Answer::Rerank),
            Request::Models(_) => LISTING.decode(body).map(Answer::Models),
            Request::CountTokens(_) => count::decode(body, model).map(Answer::CountTokens),
            Request::Completions(_) => completions::decode(body, model).map(Answer::Completions),
            Request::Batches(request) => batches::decode(request, body, model),
            Request::Images(_) => media::decode_images(body, model).map(Answer::Images),
            Request::ImageEdits(_) => media::decode_images(body, model).map(Answer::ImageEdits),
            Request::Speech(request) => media::decode_speech(request, body, model).map(Answer::Speech),
            Request::Transcriptions(request) => {
                media::decode_transcription(request, body, model).map(Answer::Transcriptions)
            }
            Request::Translations(request) => {
                media::decode_transcription(request, body, model).map(Answer::Translations)
            }
            Request::Moderations(_) => media::decode_moderation(body, model).map(Answer::Moderations),
            Request::Responses(_) => responses::decode(body, model).map(Answer::Responses),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
        error::decode(status, headers, body)
    }
}
