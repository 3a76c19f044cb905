//! Cohere's API v2: chat, embed and rerank.
//!
//! Facts: the types of Cohere's own SDK (specs/cohere.json), its documentation
//! (cohere-ai/cohere-developer-experience) and recorded traffic. Credentials and the address do not
//! belong here.

mod chat;
mod embed;
mod error;
mod rerank;
mod tokenize;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::listing::Listing;
use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest, NameRule, lacks};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest, Usage};
use crate::types::operation::{Answer, Operation, Request};

/// Cohere's wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cohere;

/// specs/cohere.json `models_list`: still at v1, beside the v2 of the base URL. The spec has no parameters; pages of
/// 1000 are what public clients ask for (`/v1/models?page_size=1000`), `page_token` is unverified.
const LISTING: Listing = Listing {
    path: "/../v1/models",
    size: Some(("page_size", "1000")),
    page: Some(("page_token", "next_page_token")),
    more: None,
    list: "models",
    id: "name",
    prefix: "",
    name: &[],
    context_window: &["context_length"],
    max_output_tokens: &[],
};

impl Dialect for Cohere {
    /// specs/cohere.json Document: `documents` of a chat, texts alone.
    fn says_text_documents(&self) -> bool {
        true
    }

    fn name(&self) -> DialectName {
        DialectName::Cohere
    }

    /// The reference of API v1 (docs.oracle.com, CohereTool.name): "only the characters a-z, A-Z, 0-9, _ and must not
    /// begin with a digit". Of v2 (specs/cohere.json) nothing is said, and no length of either; unverified.
    fn tool_name_rule(&self, _operation: Operation) -> Option<NameRule> {
        Some(NameRule { most: 64, beside: "_", any_first: false })
    }

    fn operations(&self) -> &'static [Operation] {
        &[
            Operation::Chat,
            Operation::Embeddings,
            Operation::Rerank,
            Operation::Models,
            Operation::CountTokens,
        ]
    }

    fn encode_other(&self, request: &Request, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        match request {
            Request::Embeddings(request) => embed::encode(request, context),
            Request::Rerank(request) => rerank::encode(request, context),
            Request::Models(request) => Ok(LISTING.encode(request.page.as_deref())),
            Request::CountTokens(request) => Ok(tokenize::encode(&request.chat, context)),
            _ => Err(lacks(self.name(), request.operation())),
        }
    }

    fn decode_other(&self, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
        match request {
            Request::Embeddings(request) => embed::decode(request, body, model).map(Answer::Embeddings),
            Request::Rerank(request) => rerank::decode(request, body, model).map(Answer::Rerank),
            Request::Models(_) => LISTING.decode(body).map(Answer::Models),
            Request::CountTokens(_) => tokenize::decode(body, model).map(Answer::CountTokens),
            _ => Err(lacks(self.name(), request.operation())),
        }
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

/// What was billed, from `meta`. Search units are in its `provider_fields`.
fn usage(meta: Option<&Value>) -> Option<Usage> {
    let units = meta?.get("billed_units")?.as_object()?;
    let count = |name: &str| units.get(name).and_then(Value::as_f64).map(whole);
    let prompt_tokens = count("input_tokens").unwrap_or(0) + count("image_tokens").unwrap_or(0);
    let mut usage = Usage::of_input(prompt_tokens);
    if let Some(images) = count("image_tokens") {
        usage.prompt_tokens_details.get_or_insert_default().image_tokens = Some(images);
    }
    if let Some(units) = units.get("search_units") {
        usage.provider_fields.insert("search_units".to_owned(), units.clone());
    }
    Some(usage)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and no count comes near"
)]
const fn whole(count: f64) -> u64 {
    count as u64
}
