//! A chat request in this wire's form.
//!
//! Each concern adds its fields to the body and notes what it changed; what the
//! wire cannot say is refused by its exact place, or left out where the caller
//! allows it.

mod assistant;
mod content;
mod format;
mod media;
mod messages;
mod parameters;
mod reasoning;
mod tools;

use serde_json::{Map, Value, json};

use super::model::Family;
use crate::dialects::path::segment;
use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, Result};
use crate::types::chat::{CacheControl, ChatRequest};

/// What the concerns share while a request is encoded.
struct Encoder<'a> {
    model: &'a str,
    family: Family,
    translator: Translator,
    body: Map<String, Value>,
    /// Documents so far: each needs a name of its own.
    documents: usize,
    /// Whether the conversation has calls or results of tools.
    has_tool_blocks: bool,
}

impl Encoder<'_> {
    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.body.insert(key.to_owned(), value.into());
    }

    /// Sets a field within an object of the body. Errors: it is given and no object, or
    /// says the same already.
    fn set_within(&mut self, object: &str, key: &str, value: impl Into<Value>, param: &str) -> Result<()> {
        let fields = self.body.entry(object).or_insert_with(|| Value::Object(Map::new()));
        let Some(fields) = fields.as_object_mut() else {
            return Err(Error::bad_request(object, format!("{object}: expected an object")));
        };
        if fields.contains_key(key) {
            let message = format!("`{param}` and `{object}.{key}` say the same thing: give one of the two");
            return Err(Error::bad_request(param, message));
        }
        fields.insert(key.to_owned(), value.into());
        Ok(())
    }

    /// Sets one of the model's own fields, which the wire hands on as they are.
    fn set_additional(&mut self, key: &str, value: impl Into<Value>, param: &str) -> Result<()> {
        self.set_within("additionalModelRequestFields", key, value, param)
    }
}

pub(super) fn encode_chat(request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut encoder = Encoder {
        model: context.model,
        family: Family::of(context.model),
        translator: Translator::new(context.unsupported),
        body: Map::new(),
        documents: 0,
        has_tool_blocks: false,
    };
    parameters::native_fields(&request.extra, &mut encoder)?;
    messages::messages(&request.messages, &mut encoder)?;
    let thinking = reasoning::inference(request, &mut encoder)?;
    tools::tools(request, thinking, &mut encoder)?;
    format::response_format(request, thinking, &mut encoder)?;
    parameters::rest(request, &mut encoder)?;

    let operation = if context.stream { "converse-stream" } else { "converse" };
    // Ids of inference profiles hold `:`, ARNs `/` as well. (Recorded:
    // `anthropic.claude-3-haiku-20240307-v1%3A0`.)
    let id = segment(context.model, context.model)?;
    Ok(EncodedRequest {
        path: format!("/model/{id}/{operation}"),
        body: encoder.body,
        translation: encoder.translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// The block after which all before it is cached (`CachePointBlock`).
fn cache_point(control: &CacheControl, place: &str, encoder: &mut Encoder<'_>) -> Result<Value> {
    for key in control.extra.keys() {
        let detail = "the wire's cache points have a `ttl` alone";
        encoder.translator.unsupported(format!("{place}.cache_control.{key}"), detail)?;
    }
    let mut point = json!({ "type": "default" });
    if let (Some(ttl), Some(point)) = (&control.ttl, point.as_object_mut()) {
        point.insert("ttl".to_owned(), json!(ttl));
    }
    Ok(json!({ "cachePoint": point }))
}

#[cfg(test)]
mod tests;
