//! Small literal samples; what real services send is replayed elsewhere.

mod decode;
mod encode;
mod error;
mod parts;
mod stream;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::OpenAi;
use crate::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported};
use crate::error::Result;
use crate::types::chat::{ChatCompletion, ChatRequest};
use crate::types::trace::TranslationAction;

/// Quirks of a service that differs in nothing.
fn plain() -> Quirks {
    Quirks { developer_role: true, ..Quirks::default() }
}

/// A request with one message and these fields.
fn request(fields: Value) -> ChatRequest {
    let mut body = json!({ "model": "asked", "messages": [{ "role": "user", "content": "Hi" }] });
    let Value::Object(fields) = fields else { panic!("fields are an object") };
    body.as_object_mut().unwrap().extend(fields);
    ChatRequest::from_value(body).unwrap()
}

fn encode_as(
    fields: Value,
    quirks: &Quirks,
    unsupported: Unsupported,
    stream: bool,
) -> Result<EncodedRequest> {
    OpenAi.encode_chat(&request(fields), &EncodeContext { model: "sent", stream, unsupported, quirks })
}

fn encode(fields: Value, quirks: &Quirks) -> Map<String, Value> {
    encode_as(fields, quirks, Unsupported::Error, false).unwrap().body
}

/// The one message, sent.
fn encode_message(message: Value, quirks: &Quirks) -> Value {
    encode(json!({ "messages": [message] }), quirks)["messages"][0].clone()
}

/// `place action` of each note.
fn notes(encoded: &EncodedRequest) -> Vec<String> {
    let word = |action| match action {
        TranslationAction::Dropped => "dropped",
        TranslationAction::Renamed => "renamed",
        other => panic!("{other:?}"),
    };
    encoded.translation.iter().map(|note| format!("{} {}", note.param, word(note.action))).collect()
}

fn decode(body: Value) -> Result<ChatCompletion> {
    OpenAi.decode_chat(&Bytes::from(body.to_string()), "asked")
}

/// A reply with one choice of this message.
fn reply(message: Value) -> ChatCompletion {
    decode(json!({ "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] })).unwrap()
}
