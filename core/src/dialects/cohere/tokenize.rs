//! `POST /v1/tokenize`: the tokens of a text.
//!
//! It knows texts alone (recordings/cohere, `cohere.v1.tokenize`; docs.cohere.com/reference/tokenize: 1 to
//! 65,536 characters): what stands around the texts of a conversation is not in its count, and the
//! answer says so. Still at v1, beside the v2 of the base URL.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::dialects::{EncodeContext, EncodedRequest, count};
use crate::error::Result;
use crate::types::chat::{ChatRequest, Content, ContentPart, Message};
use crate::types::tokens::TokenCount;

pub(super) fn encode(request: &ChatRequest, context: &EncodeContext<'_>) -> EncodedRequest {
    let mut texts: Vec<&str> = Vec::new();
    for message in &request.messages {
        match message {
            Message::System(message) | Message::Developer(message) => add(&mut texts, &message.content),
            Message::User(message) => add(&mut texts, &message.content),
            Message::Tool(message) => add(&mut texts, &message.content),
            Message::Function(message) => texts.extend(message.content.as_deref()),
            Message::Assistant(message) => {
                if let Some(content) = &message.content {
                    add(&mut texts, content);
                }
                for call in message.tool_calls.iter().flatten() {
                    texts.extend([call.function.name.as_str(), call.function.arguments.as_str()]);
                }
            }
        }
    }
    let body = Map::from_iter([
        ("model".to_owned(), Value::from(context.model)),
        ("text".to_owned(), Value::from(texts.join("\n"))),
    ]);
    EncodedRequest { path: "/../v1/tokenize".to_owned(), body, ..EncodedRequest::default() }
}

fn add<'a>(texts: &mut Vec<&'a str>, content: &'a Content) {
    match content {
        Content::Text(text) => texts.push(text),
        Content::Parts(parts) => texts.extend(parts.iter().filter_map(|part| match part {
            ContentPart::Text(part) => Some(part.text.as_str()),
            _ => None,
        })),
    }
}

pub(super) fn decode(body: &Bytes, model: &str) -> Result<TokenCount> {
    let mut count = count::decode(body, model, &["/tokens"])?;
    count.estimated = true;
    // The text once more, in pieces.
    count.provider_fields.shift_remove("token_strings");
    Ok(count)
}
