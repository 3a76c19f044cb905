//! A chat request in this wire's form.
//!
//! Each concern adds its fields to the body and notes what it changed; what the
//! wire cannot say is refused by its exact place, or left out where the caller
//! allows it.

mod assistant;
mod content;
mod format;
mod messages;
mod parameters;
mod source;
mod thinking;
mod tools;
mod within;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::model::Generation;
use crate::dialects::{EncodeContext, EncodedRequest, Quirks, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::ChatRequest;
pub(in crate::dialects) use assistant::same_calls;
pub(in crate::dialects) use format::is_taken;
pub(in crate::dialects) use messages::input;
pub(in crate::dialects::anthropic) use messages::taken_id;
pub(in crate::dialects) use tools::input_schema;
pub(in crate::dialects) use within::{ClaudeFields, claude_fields};

/// What the concerns share while a request is encoded.
struct Encoder<'a> {
    generation: Generation,
    quirks: &'a Quirks,
    translator: Translator,
    body: Map<String, Value>,
    /// Values of the `anthropic-beta` header that the body needs.
    betas: BTreeSet<&'static str>,
}

impl Encoder<'_> {
    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.body.insert(key.to_owned(), value.into());
    }
}

pub(super) fn encode_chat(request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut encoder = Encoder {
        generation: Generation::of(context.model),
        quirks: context.quirks,
        translator: Translator::new(context.unsupported),
        body: Map::new(),
        betas: BTreeSet::new(),
    };
    let request = refused_by_the_service(request, &mut encoder)?;
    let request = request.as_ref();

    encoder.set("model", context.model);
    parameters::limits(request, &mut encoder)?;
    messages::messages(&request.messages, &mut encoder)?;
    parameters::native_fields(&request.extra, &mut encoder)?;
    tools::tools(request, &mut encoder)?;
    let thinks = thinking::thinking(request, &mut encoder)?;
    thinking::sampling(request, thinks, &mut encoder)?;
    format::response_format(request, thinks, &mut encoder)?;
    parameters::rest(request, &mut encoder)?;
    if context.stream {
        encoder.set("stream", true);
    }
    rename(&mut encoder);

    let betas: Vec<&str> = encoder.betas.into_iter().collect();
    let headers =
        if betas.is_empty() { Vec::new() } else { vec![(Cow::Borrowed("anthropic-beta"), betas.join(","))] };
    Ok(EncodedRequest {
        path: "/messages".to_owned(),
        headers,
        body: encoder.body,
        translation: encoder.translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// Takes out the fields that the service's row says it refuses.
fn refused_by_the_service<'a>(
    request: &'a ChatRequest,
    encoder: &mut Encoder<'_>,
) -> Result<Cow<'a, ChatRequest>> {
    if encoder.quirks.unsupported.is_empty() {
        return Ok(Cow::Borrowed(request));
    }
    let internal = |cause: serde_json::Error| {
        Error::new(ErrorKind::Internal, "the request could not be read back").with_source(cause)
    };
    let mut fields = match serde_json::to_value(request).map_err(internal)? {
        Value::Object(fields) => fields,
        _ => return Ok(Cow::Borrowed(request)),
    };
    for name in &encoder.quirks.unsupported {
        if fields.shift_remove(name).is_some() {
            encoder.translator.unsupported(name.as_str(), "the service refuses it")?;
        }
    }
    ChatRequest::from_value(Value::Object(fields)).map(Cow::Owned)
}

/// Gives fields of the body the names that the service's row has for them.
fn rename(encoder: &mut Encoder<'_>) {
    let max_tokens = encoder.quirks.max_tokens_field.as_deref().map(|name| ("max_tokens", name));
    let renamed = encoder.quirks.rename.iter().map(|(from, to)| (from.as_str(), to.as_str()));
    for (from, to) in renamed.chain(max_tokens) {
        if let Some(value) = encoder.body.shift_remove(from) {
            encoder.body.insert(to.to_owned(), value);
        }
    }
}

/// A text block.
fn text_block(text: &str) -> Map<String, Value> {
    let mut block = Map::new();
    block.insert("type".to_owned(), json!("text"));
    block.insert("text".to_owned(), json!(text));
    block
}

/// Any serialisable piece of a request as JSON.
fn to_json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|cause| {
        Error::new(ErrorKind::Internal, "a part of the request could not be written as JSON")
            .with_source(cause)
    })
}

#[cfg(test)]
mod tests;
