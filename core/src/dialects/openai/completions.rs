//! Completions of a text: `POST /completions`, OpenAI's older API and that of most services and servers.
//!
//! Facts: specs/openai.json CreateCompletionRequest and CreateCompletionResponse, specs/azure_openai.json,
//! recordings of OpenAI, Azure, Together and Writer. A chunk of a stream has the shape of a reply.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::embeddings::{missing, promised};
use super::wire_usage::UsageField;
use super::{encode, error, finish_reason, usage, without_our_names};
use crate::dialects::{ChatStream, EncodeContext, EncodedRequest, StreamUsage, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::ChatCompletionChunk;
use crate::types::completions::{Completion, CompletionChoice, CompletionRequest};
use crate::types::operation::Operation;

pub(super) fn encode(request: &CompletionRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    let mut body = encode::body(request, context.model)?;
    body.shift_remove("stream_options");
    if context.stream {
        body.insert("stream".to_owned(), true.into());
        if context.quirks.stream_usage == StreamUsage::StreamOptions {
            let mut options = request.stream_options.clone().unwrap_or_default();
            options.include_usage = Some(true);
            let options = serde_json::to_value(options).unwrap_or_default();
            body.insert("stream_options".to_owned(), options);
        }
    } else if request.stream == Some(true) {
        body.shift_remove("stream");
    }
    if request.stop.as_ref().is_some_and(|stop| stop.texts().is_empty()) {
        body.shift_remove("stop");
    }
    encode::as_the_service_takes(&mut body, context.quirks, &mut translator)?;
    let path = context.quirks.paths.get(Operation::Completions.as_str());
    Ok(EncodedRequest {
        path: path.map_or("/completions", String::as_str).to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

pub(super) fn decode(body: &Bytes, model: &str) -> Result<Completion> {
    let fields: Map<String, Value> = promised("a completion", body)?;
    match fields.get("choices") {
        Some(Value::Array(choices)) if !choices.is_empty() => Ok(read(fields, model)),
        choices => {
            let has_none = choices.is_none();
            let fields = Value::Object(fields);
            match (error::in_band(&fields), fields) {
                (Some(error), _) => Err(error),
                (None, Value::Object(fields)) if !has_none => Ok(read(fields, model)),
                _ => Err(missing("choices", body)),
            }
        }
    }
}

/// A reply or a chunk.
pub(super) fn read(mut fields: Map<String, Value>, model: &str) -> Completion {
    fields.shift_remove("object");
    let mut text = |name: &str| match fields.get(name) {
        Some(Value::String(_)) => match fields.shift_remove(name) {
            Some(Value::String(text)) => Some(text).filter(|text| !text.is_empty()),
            _ => None,
        },
        Some(Value::Null) => {
            fields.shift_remove(name);
            None
        }
        _ => None,
    };
    let (id, named) = (text("id"), text("model"));
    let system_fingerprint = text("system_fingerprint");
    let created = fields.shift_remove("created");
    let usage = match fields.shift_remove("usage").map(UsageField::deserialize) {
        Some(Ok(UsageField::Object(wire))) => Some(usage::read(*wire)),
        _ => None,
    };
    let choices = match fields.shift_remove("choices") {
        Some(Value::Array(choices)) => choices.into_iter().zip(0..).filter_map(read_choice).collect(),
        _ => Vec::new(),
    };
    Completion {
        id: id.unwrap_or_default(),
        created: created.as_ref().and_then(seconds).unwrap_or(0),
        model: named.unwrap_or_else(|| model.to_owned()),
        choices,
        usage,
        system_fingerprint,
        provider_fields: without_our_names(fields, &["route", "request_id"]),
        ..Completion::default()
    }
}

/// Reads the frames of a streamed completion, as chunks of a chat.
pub(super) struct TextStream {
    model: String,
    /// Whether each choice has ended, by its index.
    ended: BTreeMap<u32, bool>,
    done: bool,
}

impl TextStream {
    pub fn new(model: &str) -> Self {
        Self { model: model.to_owned(), ended: BTreeMap::new(), done: false }
    }
}

impl ChatStream for TextStream {
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if self.done || data.is_empty() {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let fields: Map<String, Value> = promised("a chunk of a completion", data)?;
        let has_choices = fields.get("choices").is_some_and(Value::is_array);
        if (!has_choices || fields.contains_key("error"))
            && let Some(error) = error::in_band(&Value::Object(fields.clone()))
        {
            self.done = true;
            return Err(error);
        }
        // An event of another kind, such as a ping.
        if !has_choices && !fields.contains_key("usage") {
            return Ok(());
        }
        let text = read(fields, &self.model);
        for choice in &text.choices {
            *self.ended.entry(choice.index).or_default() |= choice.finish_reason.is_some();
        }
        chunks.push(text.into());
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.done || (!self.ended.is_empty() && self.ended.values().all(|ended| *ended)) {
            self.done = true;
            return Ok(());
        }
        let message = "the stream ended without `[DONE]` or a finish reason: the text is truncated";
        Err(Error::new(ErrorKind::ApiConnection, message))
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

fn seconds(value: &Value) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and no time comes near")]
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

fn read_choice((choice, position): (Value, u32)) -> Option<CompletionChoice> {
    let Value::Object(mut fields) = choice else { return None };
    let mut word = |name: &str| match fields.shift_remove(name) {
        Some(Value::String(word)) => Some(word),
        _ => None,
    };
    let (finish_reason, native_finish_reason) = finish_reason::read(
        word("finish_reason"),
        word("native_finish_reason").filter(|word| !word.is_empty()),
    );
    let text = word("text").unwrap_or_default();
    let index = fields.shift_remove("index").and_then(|index| u32::try_from(index.as_u64()?).ok());
    let logprobs = match fields.shift_remove("logprobs") {
        Some(Value::Object(logprobs)) => Some(logprobs),
        _ => None,
    };
    Some(CompletionChoice {
        index: index.unwrap_or(position),
        text,
        finish_reason,
        native_finish_reason,
        logprobs,
        provider_fields: without_our_names(fields, &[]),
    })
}
