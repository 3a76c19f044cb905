//! Gemini's generateContent wire, as the Gemini API (`v1`, `v1beta`) and Vertex AI speak it.
//!
//! The version is part of the base URL; the wire is one. Facts come from the
//! published schemas `GenerateContentRequest` (Gemini API v1beta) and
//! `GoogleCloudAiplatformV1GenerateContentRequest` (Vertex AI v1) and from
//! recorded traffic. Of what is sent here, only the Gemini schema has
//! `serviceTier` and `store`; `labels` and `modelArmorConfig` are Vertex AI's alone. No schema of the
//! Gemini API's `v1` was at hand: that it knows tools, `systemInstruction`,
//! `parametersJsonSchema` and `responseJsonSchema` as `v1beta` does is unverified.
//!
//! An answer is decoded by one machine ([`assemble`]) whether it came whole or
//! in pieces, so that the two can never differ.

mod annotations;
mod assemble;
mod decode;
mod embeddings;
mod encode;
mod error;
mod stream;
mod usage;
mod wire;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::dialects::listing::Listing;
use crate::dialects::{
    ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest, NameRule, count, lacks,
};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};
use crate::types::operation::{Answer, Operation, Request};

/// The name of reasoning blocks and native blocks of this wire.
const REASONING_FORMAT: &str = "google-gemini-v1";

/// In front of the id of a call to which the service gave none. Such an id is
/// ours alone and never sent.
const OWN_CALL_ID: &str = "gemini_";

/// Where a request to count has the request that is counted; Vertex AI has its fields without it.
pub(crate) const COUNTED: &str = "generateContentRequest";

/// The Gemini wire format.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gemini;

/// specs/google_gemini.json ListModelsResponse and Model. A model is named `models/…` there alone.
const LISTING: Listing = Listing {
    path: "/models",
    size: Some(("pageSize", "1000")),
    page: Some(("pageToken", "nextPageToken")),
    more: None,
    list: "models",
    id: "name",
    prefix: "models/",
    name: &["displayName"],
    context_window: &["inputTokenLimit"],
    max_output_tokens: &["outputTokenLimit"],
};

impl Dialect for Gemini {
    fn name(&self) -> DialectName {
        DialectName::Gemini
    }

    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        encode::encode_chat(request, context)
    }

    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion> {
        decode::decode_chat(body, model)
    }

    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream> {
        Box::new(stream::GeminiStream::new(model))
    }

    /// specs/google_gemini.json FunctionDeclaration.name, with 128 characters; the service's own 400 has 64, and a letter
    /// or `_` at the beginning, as specs/google_vertex.json has (github.com/cline/cline/issues/7339). The tighter of both.
    fn tool_name_rule(&self, _operation: Operation) -> Option<NameRule> {
        Some(NameRule { most: 64, beside: "_-.:", any_first: false })
    }

    fn operations(&self) -> &'static [Operation] {
        &[Operation::Chat, Operation::Embeddings, Operation::Models, Operation::CountTokens]
    }

    fn encode_other(&self, request: &Request, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        match request {
            Request::Embeddings(request) => embeddings::encode(request, context),
            Request::Models(request) => Ok(LISTING.encode(request.page.as_deref())),
            Request::CountTokens(request) => encode_count(&request.chat, context),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_other(&self, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
        match request {
            Request::Embeddings(request) => embeddings::decode(request, body, model).map(Answer::Embeddings),
            Request::Models(_) => LISTING.decode(body).map(Answer::Models),
            Request::CountTokens(_) => count::decode(body, model, &["/totalTokens"]).map(Answer::CountTokens),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_error(&self, status: StatusCode, _headers: &HeaderMap, body: &Bytes) -> Error {
        error::decode_error(status, body)
    }
}

/// The whole request within another one, where the model is named once more (specs/google_gemini.json
/// CountTokensRequest, recordings/gemini/ellmer-testthat-google-count-tokens.json).
fn encode_count(request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut encoded = encode::encode_chat(request, &EncodeContext { stream: false, ..*context })?;
    let path = encode::model_path(context.model)?;
    encoded.body.insert("model".to_owned(), path.trim_start_matches('/').into());
    let counted = std::mem::take(&mut encoded.body);
    encoded.body.insert(COUNTED.to_owned(), counted.into());
    encoded.path = format!("{path}:countTokens");
    Ok(encoded)
}
