//! `POST /model/{id}/count-tokens`: what Converse would be sent, without sending it.
//!
//! Facts: specs/aws_bedrock_runtime.json CountTokensRequest and ConverseTokensRequest;
//! docs.aws.amazon.com/bedrock "Monitor your token usage by counting tokens": not every model counts.

use bytes::Bytes;

use super::encode;
use crate::dialects::path::segment;
use crate::dialects::{EncodeContext, EncodedRequest, count};
use crate::error::Result;
use crate::types::chat::ChatRequest;
use crate::types::tokens::TokenCount;

const COUNTED: [&str; 4] = ["additionalModelRequestFields", "messages", "system", "toolConfig"];

/// Geographies in front of a model's id that make it the id of an inference profile, which this
/// method does not know (pydantic-ai 4fda3898, models/bedrock.py `remove_bedrock_geo_prefix`).
const GEOGRAPHIES: [&str; 10] = ["us-gov", "us", "eu", "apac", "global", "jp", "au", "ca", "amer", "sa"];

pub(super) fn encode(request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut encoded = encode::encode_chat(request, context)?;
    count::keep(&mut encoded.body, &COUNTED);
    let converse = std::mem::take(&mut encoded.body);
    encoded.body.insert("input".to_owned(), serde_json::json!({ "converse": converse }));
    let id = base_model(context.model);
    encoded.path = format!("/model/{}/count-tokens", segment(id, context.model)?);
    Ok(encoded)
}

/// The id of the model that a profile of several regions is of.
fn base_model(id: &str) -> &str {
    match id.split_once('.') {
        Some((geography, rest)) if GEOGRAPHIES.contains(&geography) => rest,
        _ => id,
    }
}

pub(super) fn decode(body: &Bytes, model: &str) -> Result<TokenCount> {
    count::decode(body, model, &["/inputTokens"])
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_profile_is_counted_by_its_model() {
        for (id, model) in [
            ("us.anthropic.claude-sonnet-4-v1:0", "anthropic.claude-sonnet-4-v1:0"),
            ("anthropic.claude-sonnet-4-v1:0", "anthropic.claude-sonnet-4-v1:0"),
            ("global.amazon.nova-2-lite-v1:0", "amazon.nova-2-lite-v1:0"),
        ] {
            assert_eq!(super::base_model(id), model);
        }
    }
}
