//! Messages as they are asked for: the wire's own request, reply and events, as they came.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::encode::taken_id;
use super::model::Generation;
use super::{error, usage};
use crate::dialects::over_chat::carried;
use crate::dialects::{EncodeContext, EncodedRequest, EventStream, Translator, body as json_body};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::messages::{MessageEvent, MessageReply, MessageSum, MessagesRequest};
use crate::types::operation::{Answer, StreamItem};
use crate::types::surface::text_of;
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
        // What the caller wrote stays, unless it contradicts how the answer is read.
        body.shift_remove("stream");
    }
    // They travel in a header (platform.claude.com/docs "Beta headers").
    body.shift_remove("betas");
    let betas = request.betas.as_ref().filter(|betas| !betas.is_empty());
    let headers = betas.map(|betas| (Cow::Borrowed("anthropic-beta"), betas.join(",")));
    if let Some(Value::Array(turns)) = body.get_mut("messages") {
        let mut foreign = Foreign {
            takes_unsigned: Generation::of(context.model).takes_unsigned(),
            translator: &mut translator,
        };
        for (index, turn) in turns.iter_mut().enumerate() {
            if let Some(Value::Array(blocks)) = turn.get_mut("content") {
                foreign.leave_out(blocks, &format!("messages[{index}].content"));
            }
        }
    }
    Ok(EncodedRequest {
        path: "/messages".to_owned(),
        headers: headers.into_iter().collect(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// What other targets said in this conversation and the service would refuse.
struct Foreign<'a> {
    takes_unsigned: bool,
    translator: &'a mut Translator,
}

impl Foreign<'_> {
    fn leave_out(&mut self, blocks: &mut Vec<Value>, place: &str) {
        let mut place_of_block = 0;
        blocks.retain_mut(|block| {
            let place = format!("{place}[{place_of_block}]");
            place_of_block += 1;
            let Some(block) = block.as_object_mut() else { return true };
            let is_read = match text_of(block, "type") {
                "thinking" => self.is_read(text_of(block, "signature")),
                "redacted_thinking" => self.is_read(text_of(block, "data")),
                _ => true,
            };
            if !is_read {
                let detail = "the service takes back only thinking of its own";
                self.translator.note(place, TranslationAction::Dropped, detail);
                return false;
            }
            self.take_ids(block, &place);
            self.leave_out_citations(block, &place);
            true
        });
    }

    /// Whether the service can read thinking with this proof.
    fn is_read(&self, proof: &str) -> bool {
        if proof.is_empty() { self.takes_unsigned } else { !carried::is_ours(proof) }
    }

    fn take_ids(&mut self, block: &mut Map<String, Value>, place: &str) {
        for name in ["id", "tool_use_id"] {
            let Some(Value::String(id)) = block.get_mut(name) else { continue };
            let taken = taken_id(id, || format!("{place}.{name}"), self.translator);
            *id = taken;
        }
    }

    /// Citations that we made have no index of the service's.
    fn leave_out_citations(&mut self, block: &mut Map<String, Value>, place: &str) {
        let Some(Value::Array(citations)) = block.get_mut("citations") else { return };
        let before = citations.len();
        citations.retain(|citation| citation.get("encrypted_index").is_none_or(|index| index != ""));
        if citations.len() < before {
            let detail = "the service takes back only citations of its own";
            self.translator.note(format!("{place}.citations"), TranslationAction::Dropped, detail);
            if citations.is_empty() {
                block.shift_remove("citations");
            }
        }
    }
}

pub(super) fn decode(body: &Bytes, model: &str) -> Result<MessageReply> {
    let value: Value = json_body::read(body, "the response is not JSON")?;
    // Some servers of this wire report a failure under status 200.
    if value.get("error").is_some_and(|inner| !inner.is_null()) {
        return Err(error::in_band(value));
    }
    match value {
        Value::Object(fields) if fields.get("content").is_some_and(Value::is_array) => {
            Ok(read(fields, model))
        }
        value => {
            let message = "the response is not a message: `content` is not a list";
            Err(Error::new(ErrorKind::ResponseDecode, message).with_body(value))
        }
    }
}

fn read(mut fields: Map<String, Value>, model: &str) -> MessageReply {
    if !fields.get("model").is_some_and(Value::is_string) {
        fields.insert("model".to_owned(), model.into());
    }
    let usage = fields.get("usage").and_then(Value::as_object).cloned().map(usage::decode);
    MessageReply::new(fields, usage)
}

/// Reads the frames of one streamed message. The events pass as they came; the last one has the message as
/// a whole, which the wire does not say again.
#[derive(Debug)]
pub struct MessageEvents {
    model: String,
    sum: MessageSum,
    done: bool,
}

impl MessageEvents {
    #[must_use]
    pub fn new(model: &str) -> Self {
        Self { model: model.to_owned(), sum: MessageSum::default(), done: false }
    }
}

impl EventStream for MessageEvents {
    fn frame(&mut self, frame: &Frame, items: &mut Vec<StreamItem>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if self.done || data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let mut fields: Map<String, Value> = json_body::read(data, json_body::MISREAD)?;
        if !fields.get("type").is_some_and(Value::is_string) {
            fields.insert("type".to_owned(), frame.event_name().into());
        }
        let mut event = MessageEvent { fields, message: None };
        match event.event_type() {
            "error" => {
                self.done = true;
                return Err(error::in_band(Value::Object(event.fields)));
            }
            "message_stop" => {
                self.done = true;
                event.message = Some(Box::new(read(self.sum.message().fields, &self.model)));
            }
            _ => {}
        }
        self.sum.add(&event);
        items.push(StreamItem::MessageEvent(event));
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if self.done {
            return Ok(());
        }
        let message = "the stream ended without `message_stop`: the answer is truncated";
        Err(Error::new(ErrorKind::ApiConnection, message))
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn answer(&self) -> Answer {
        Answer::Messages(self.sum.message())
    }
}
