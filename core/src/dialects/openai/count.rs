//! Counting of tokens by services of this wire: each has it elsewhere, so a row says where.
//!
//! Facts: vLLM's `/tokenize` (vllm 6e448d0e, entrypoints/serve/tokenize/protocol.py TokenizeChatRequest),
//! Moonshot's `/tokenizers/estimate-token-count` (platform.kimi.ai), Z.AI's `/tokenizer`
//! (docs.z.ai/api-reference/tools/tokenizer): the conversation and the tools go out as in a chat. A path
//! of Anthropic's, as llama.cpp has it (github.com/ggml-org/llama.cpp/pull/17570), is asked in its words, and OpenAI's
//! own in those of its Responses API.

use bytes::Bytes;

use super::encode;
use crate::dialects::anthropic::Anthropic;
use crate::dialects::responses::counted;
use crate::dialects::{Dialect, EncodeContext, EncodedRequest, Translator, count, lacks};
use crate::error::Result;
use crate::types::operation::{Operation, Request};
use crate::types::tokens::{CountTokensRequest, TokenCount};

const OF_ANTHROPIC: &str = "/messages/count_tokens";
const OF_RESPONSES: &str = "/responses/input_tokens";

const COUNTED: [&str; 5] = ["chat_template", "chat_template_kwargs", "messages", "model", "tools"];

pub(super) fn encode(request: &CountTokensRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let Some(path) = context.quirks.paths.get(Operation::CountTokens.as_str()) else {
        return Err(lacks(super::OpenAi.name(), Operation::CountTokens));
    };
    let mut encoded = if path.ends_with(OF_ANTHROPIC) {
        Anthropic.encode_other(&Request::CountTokens(request.clone()), context)?
    } else if path.ends_with(OF_RESPONSES) {
        let mut translator = Translator::new(context.unsupported);
        let body = counted(&request.chat, context.model, &mut translator)?;
        EncodedRequest { body, translation: translator.into_notes(), ..EncodedRequest::default() }
    } else {
        let mut encoded = encode::encode(&request.chat, context)?;
        count::keep(&mut encoded.body, &COUNTED);
        encoded
    };
    encoded.path.clone_from(path);
    Ok(encoded)
}

/// Wherever one of them says it.
pub(super) fn decode(body: &Bytes, model: &str) -> Result<TokenCount> {
    let places =
        ["/input_tokens", "/count", "/data/total_tokens", "/usage/total_tokens", "/usage/prompt_tokens"];
    count::decode(body, model, &places)
}
