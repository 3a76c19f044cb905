//! Ollama's own wire: `POST /api/chat` and `/api/embed`, and `GET /api/tags`.
//!
//! Facts: the published schema (specs/ollama.json), the server's source (ollama/ollama fb307609:
//! api/types.go, server/routes.go) and recorded traffic. The same server speaks OpenAI's wire below
//! `/v1`, but says and takes less there: see the kind's row.

mod assemble;
mod decode;
mod embed;
mod encode;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::listing::Listing;
use super::openai::OpenAi;
use super::{ChatStream, Dialect, DialectName, EncodeContext, EncodedRequest, FramingKind};
use crate::error::{Error, Result};
use crate::types::chat::{ChatCompletion, ChatRequest};
use crate::types::operation::{Answer, Operation, Request};

/// In front of the id of a call to which the server gave none, as older ones do.
const OWN_CALL_ID: &str = "ollama_";

/// Ollama's wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ollama;

/// specs/ollama.json `/api/tags`, recordings/ollama/rig-models-list-models-smoke.json: with sizes and
/// digests, which the list on OpenAI's wire lacks.
const LISTING: Listing = Listing {
    path: "/api/tags",
    size: None,
    page: None,
    more: None,
    list: "models",
    id: "name",
    prefix: "",
    name: &[],
    context_window: &[],
    max_output_tokens: &[],
};

impl Dialect for Ollama {
    fn name(&self) -> DialectName {
        DialectName::Ollama
    }

    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        encode::encode(request, context)
    }

    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion> {
        decode::decode(body, model)
    }

    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream> {
        Box::new(decode::LineStream::new(model))
    }

    fn operations(&self) -> &'static [Operation] {
        &[Operation::Chat, Operation::Embeddings, Operation::Models, Operation::Completions]
    }

    /// Completions of a text on OpenAI's wire of the same server, which loses nothing there.
    fn encode_other(&self, request: &Request, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        match request {
            Request::Embeddings(request) => embed::encode(request, context),
            Request::Models(request) => Ok(LISTING.encode(request.page.as_deref())),
            other => {
                let mut encoded = OpenAi.encode_other(other, context)?;
                encoded.path.insert_str(0, "/v1");
                Ok(encoded)
            }
        }
    }

    fn decode_other(&self, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
        match request {
            Request::Embeddings(request) => embed::decode(request, body, model).map(Answer::Embeddings),
            Request::Models(_) => LISTING.decode(body).map(Answer::Models),
            other => OpenAi.decode_other(other, body, model),
        }
    }

    fn framing(&self) -> FramingKind {
        FramingKind::NewlineDelimitedJson
    }

    /// `{"error": "…"}`, which the reader of OpenAI's many forms knows.
    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error {
        OpenAi.decode_error(status, headers, body)
    }
}
