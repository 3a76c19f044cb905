//! Messages as they are asked for: the wire's own request, reply and events, as they came.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{error, usage};
use crate::dialects::responses::carried;
use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::Usage;
use crate::types::messages::{MessageEvent, MessageReply, MessagesRequest};
use crate::types::operation::StreamItem;
use crate::types::trace::TranslationAction;

pub(super) fn encode(request: &MessagesRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    let Ok(Value::Object(mut body)) = serde_json::to_value(request) else {
        return Err(Error::new(ErrorKind::Internal, "a request serialised to something else than an object"));
    };
    body.insert("model".to_owned(), context.model.into());
    if context.stream {
        body.insert("stream".to_owned(), true.into());
    } else if request.stream == Some(true) {
        body.shift_remove("stream");
    }
    if let Some(Value::Array(turns)) = body.get_mut("messages") {
        for (index, turn) in turns.iter_mut().enumerate() {
            if let Some(Value::Array(blocks)) = turn.get_mut("content") {
                without_ours(blocks, index, &mut translator);
            }
        }
    }
    Ok(EncodedRequest {
        path: "/messages".to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// Leaves out thinking that carries another wire's blocks.
fn without_ours(blocks: &mut Vec<Value>, turn: usize, translator: &mut Translator) {
    let mut place = 0;
    blocks.retain(|block| {
        let index = place;
        place += 1;
        let signed = [block.get("signature"), block.get("data")];
        let ours = signed.into_iter().flatten().filter_map(Value::as_str).any(carried::is_ours);
        if ours {
            let detail = "the service takes back only thinking of its own";
            translator.note(format!("messages[{turn}].content[{index}]"), TranslationAction::Dropped, detail);
        }
        !ours
    });
}

pub(super) fn decode(body: &Bytes, model: &str) -> Result<MessageReply> {
    let value: Value = serde_json::from_slice(body).map_err(|cause| {
        Error::new(ErrorKind::ResponseDecode, "the response is not JSON")
            .with_source(cause)
            .with_body(Value::String(String::from_utf8_lossy(body).into_owned()))
    })?;
    if value.get("error").is_some_and(|inner| !inner.is_null()) {
        return Err(error::in_band(value));
    }
    match value {
        Value::Object(mut fields) if fields.get("content").is_some_and(Value::is_array) => {
            fields.entry("model").or_insert_with(|| model.into());
            let usage = usage_of(&fields);
            Ok(MessageReply::new(fields, usage))
        }
        value => Err(Error::new(
            ErrorKind::ResponseDecode,
            "the response is not a message: `content` is not a list",
        )
        .with_body(value)),
    }
}

/// What a message took, in the words of a chat.
#[must_use]
pub fn usage_of(message: &Map<String, Value>) -> Option<Usage> {
    message.get("usage").and_then(Value::as_object).cloned().map(usage::decode)
}

/// Reads the frames of one streamed message. The events pass as they came.
#[derive(Debug, Default)]
pub struct MessageEvents {
    done: bool,
}

impl MessageEvents {
    /// As [`ChatStream::frame`](crate::dialects::ChatStream::frame).
    pub fn frame(&mut self, frame: &Frame, items: &mut Vec<StreamItem>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if self.done || data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let Ok(Value::Object(mut fields)) = serde_json::from_slice::<Value>(data) else {
            let body = Value::String(String::from_utf8_lossy(data).into_owned());
            let message = "an event of the stream is no object of JSON";
            return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(body));
        };
        if !fields.get("type").is_some_and(Value::is_string) {
            fields.insert("type".to_owned(), frame.event_name().into());
        }
        let event = MessageEvent { fields, message: None };
        match event.event_type() {
            "error" => {
                self.done = true;
                return Err(error::in_band(Value::Object(event.fields)));
            }
            "message_stop" => self.done = true,
            _ => {}
        }
        items.push(StreamItem::MessageEvent(event));
        Ok(())
    }

    /// The body ended. Error `ApiConnection` where the last event never came: the answer is truncated.
    pub fn end(&mut self) -> Result<()> {
        if self.done {
            return Ok(());
        }
        let message = "the stream ended without `message_stop`: the answer is truncated";
        Err(Error::new(ErrorKind::ApiConnection, message))
    }

    /// Whether the last event was seen.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }
}
