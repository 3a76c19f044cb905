//! Responses: `POST /responses`, at services that have it.
//!
//! The request goes out as it is. Facts: OpenAI's published schemas `CreateResponse`, `Response`
//! and `ResponseStreamEvent`; recorded replies of OpenAI, Azure, ChatGPT, Copilot, xAI, DeepSeek,
//! OpenRouter, llama.cpp, mistral.rs and Bedrock. Services leave out what they have not, so that
//! nothing but `output` is asked of a response.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::wire_usage::WireUsage;
use super::{encode, error, usage};
use crate::dialects::over_chat::carried;
use crate::dialects::{EncodeContext, EncodedRequest, EventStream, Translator, body as json_body};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::Usage;
use crate::types::operation::{Answer, StreamItem};
use crate::types::placed;
use crate::types::responses::{ModelResponse, ResponseEvent, ResponseSum, ResponsesRequest};
use crate::types::trace::TranslationAction;

pub(super) fn encode(request: &ResponsesRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    let mut body = encode::body(request, context.model)?;
    if context.stream {
        body.insert("stream".to_owned(), true.into());
    } else {
        // What the caller wrote stays, unless it contradicts how the answer is read.
        if request.stream == Some(true) {
            body.shift_remove("stream");
        }
        body.shift_remove("stream_options");
    }
    if let Some(Value::Array(items)) = body.get_mut("input") {
        without_ours(items, &mut translator);
    }
    Ok(EncodedRequest {
        path: "/responses".to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// Leaves out what only we can read: reasoning that carries another wire's blocks, and the ids of
/// items that no service has made.
fn without_ours(items: &mut Vec<Value>, translator: &mut Translator) {
    let mut place = 0;
    items.retain_mut(|item| {
        let index = place;
        place += 1;
        let Some(fields) = item.as_object_mut() else { return true };
        if fields.get("id").and_then(Value::as_str).is_some_and(carried::is_our_id) {
            fields.shift_remove("id");
            if fields.get("type").is_some_and(|kind| kind == "reasoning") {
                translator.note(
                    format!("input[{index}]"),
                    TranslationAction::Dropped,
                    "the service takes back only reasoning of its own",
                );
                return false;
            }
        }
        true
    });
}

pub(super) fn decode(body: &Bytes, model: &str) -> Result<ModelResponse> {
    let value: Value = json_body::read(body, "the response is no JSON")?;
    if let Some(error) = said_error(&value) {
        return Err(error);
    }
    match value {
        Value::Object(fields) if fields.get("output").is_some_and(Value::is_array) => Ok(read(fields, model)),
        value => Err(error::in_band(&value).unwrap_or_else(|| {
            Error::new(ErrorKind::ResponseDecode, "the response has no `output`").with_body(value)
        })),
    }
}

/// The error of a response that failed.
fn said_error(response: &Value) -> Option<Error> {
    let failed = response.get("status").is_some_and(|status| status == "failed");
    let says = response.get("error").is_some_and(|error| !error.is_null());
    if !failed && !says {
        return None;
    }
    error::in_band(response).or_else(|| {
        failed
            .then(|| Error::new(ErrorKind::InternalServer, "the response failed").with_body(response.clone()))
    })
}

fn read(mut fields: Map<String, Value>, model: &str) -> ModelResponse {
    if !fields.get("model").is_some_and(Value::is_string) {
        fields.insert("model".to_owned(), model.into());
    }
    let usage = fields.get("usage").and_then(Value::as_object).and_then(read_usage);
    ModelResponse::new(fields, usage)
}

/// Usage in the words of a chat.
fn read_usage(counts: &Map<String, Value>) -> Option<Usage> {
    let counts = counts.iter().map(|(name, value)| {
        let name = match name.as_str() {
            "input_tokens" => "prompt_tokens",
            "output_tokens" => "completion_tokens",
            "input_tokens_details" => "prompt_tokens_details",
            "output_tokens_details" => "completion_tokens_details",
            other => other,
        };
        (name.to_owned(), value.clone())
    });
    placed::read::<WireUsage>(Value::Object(counts.collect())).ok().map(usage::read)
}

/// Reads the frames of one streamed response. The events pass as they came.
pub struct ResponseEvents {
    model: String,
    sum: ResponseSum,
    done: bool,
}

impl ResponseEvents {
    #[must_use]
    pub fn new(model: &str) -> Self {
        Self { model: model.to_owned(), sum: ResponseSum::default(), done: false }
    }
}

impl EventStream for ResponseEvents {
    /// A response that failed is an error.
    fn frame(&mut self, frame: &Frame, events: &mut Vec<StreamItem>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if self.done || data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let name = frame.event_name();
        let Ok(Value::Object(mut fields)) = serde_json::from_slice::<Value>(data) else {
            let body = Value::String(String::from_utf8_lossy(data).into_owned());
            let message = "an event of the stream is no object of JSON";
            return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(body));
        };
        if !fields.get("type").is_some_and(Value::is_string) && !name.is_empty() {
            fields.insert("type".to_owned(), name.into());
        }
        let mut event = ResponseEvent { fields, response: None };
        match event.event_type() {
            "response.completed" | "response.incomplete" => {
                let Some(Value::Object(response)) = event.fields.shift_remove("response") else {
                    let message = "the last event has no response";
                    return Err(
                        Error::new(ErrorKind::ResponseDecode, message).with_body(Value::Object(event.fields))
                    );
                };
                event.response = Some(Box::new(read(response, &self.model)));
                self.done = true;
            }
            "response.failed" => {
                self.done = true;
                let response = event.fields.shift_remove("response").unwrap_or_default();
                return Err(said_error(&response).unwrap_or_else(|| {
                    Error::new(ErrorKind::InternalServer, "the response failed").with_body(response)
                }));
            }
            kind if kind == "error" || !kind.starts_with("response.") => {
                let value = Value::Object(event.fields);
                let error = error::in_band(&value);
                if let Some(error) = error {
                    self.done = true;
                    return Err(error);
                }
                let Value::Object(fields) = value else { return Ok(()) };
                event.fields = fields;
                if event.event_type() == "error" {
                    self.done = true;
                    let message = "the provider reported an error in the stream";
                    return Err(
                        Error::new(ErrorKind::InternalServer, message).with_body(Value::Object(event.fields))
                    );
                }
            }
            _ => {}
        }
        self.sum.add(&event);
        events.push(StreamItem::Event(event));
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if self.done {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ApiConnection,
            "the stream ended without `response.completed`: the answer is truncated",
        ))
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn answer(&self) -> Answer {
        Answer::Responses(self.sum.response())
    }
}
