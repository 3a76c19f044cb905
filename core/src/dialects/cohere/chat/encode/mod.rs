//! A canonical request in Cohere's words.
//!
//! What the wire cannot say is refused by its place, or left out where the caller allows it.

mod assistant;
mod content;
mod messages;
mod parameters;
mod tools;

use serde_json::{Map, Value};

use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::Result;
use crate::types::chat::ChatRequest;

/// What the concerns share while a request is encoded.
struct Encoder {
    translator: Translator,
    body: Map<String, Value>,
    /// Documents that stood among the parts of messages.
    documents: Vec<Value>,
}

impl Encoder {
    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.body.insert(key.to_owned(), value.into());
    }

    /// Fields that the wire has no place for.
    fn no_more(&mut self, extra: &Map<String, Value>, place: &str) -> Result<()> {
        for key in extra.keys() {
            self.translator.unsupported(format!("{place}.{key}"), "the wire has no such field")?;
        }
        Ok(())
    }

    /// A mark of prompt caching: a hint, which is never refused.
    fn drop_mark(&mut self, marked: bool, place: &str) {
        if marked {
            self.translator.note(
                format!("{place}.cache_control"),
                crate::types::trace::TranslationAction::Dropped,
                "Cohere caches prompts by itself and has no marks",
            );
        }
    }
}

pub(in super::super) fn encode(request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut encoder =
        Encoder { translator: Translator::new(context.unsupported), body: Map::new(), documents: Vec::new() };
    encoder.set("model", context.model);
    messages::messages(&request.messages, &mut encoder)?;
    tools::tools(request, &mut encoder)?;
    parameters::parameters(request, &mut encoder)?;
    if context.stream {
        encoder.set("stream", true);
    }
    Ok(EncodedRequest {
        path: "/chat".to_owned(),
        body: encoder.body,
        translation: encoder.translator.into_notes(),
        ..EncodedRequest::default()
    })
}

#[cfg(test)]
mod tests;
