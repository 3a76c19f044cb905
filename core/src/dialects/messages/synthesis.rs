//! The events of a message, made of a chat's chunks.
//!
//! Text is open until something else is said. Calls stay open until the end, since their pieces may
//! come in turn; thinking too, for what its provider signs it with comes last.

use serde_json::{Map, Value, json};

use super::over_chat::{MessageOverChat, stop_reason, usage};
use crate::dialects::responses::carried;
use crate::types::chat::{Annotation, ChatCompletion, ChatCompletionChunk, ChunkChoice, ToolCallDelta};
use crate::types::messages::{MessageEvent, MessageReply, MessageSum};
use crate::types::operation::StreamItem;

/// Makes events of chunks.
#[derive(Debug, Default)]
pub struct MessageSynthesis {
    over: MessageOverChat,
    /// Nobody reads the events.
    silent: bool,
    begun: bool,
    sum: MessageSum,
    /// The block that text is being added to, or thinking.
    open: Option<Open>,
    /// Places of thinking whose end is still to be told.
    thinking: Vec<usize>,
    /// The chat's index of each call, and its place.
    calls: Vec<(u32, usize)>,
    /// Blocks so far.
    count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Open {
    Thinking(usize),
    Text(usize),
}

type Out<'a> = &'a mut Vec<StreamItem>;

impl MessageSynthesis {
    #[must_use]
    pub fn new(over: MessageOverChat) -> Self {
        Self { over, ..Self::default() }
    }

    pub(super) fn silent(over: MessageOverChat) -> Self {
        Self { over, silent: true, ..Self::default() }
    }

    /// The message so far.
    #[must_use]
    pub fn message(&self) -> MessageReply {
        self.sum.message()
    }

    /// Appends the events of the next chunk. A message is one answer: that of the first choice.
    pub fn chunk(&mut self, chunk: &ChatCompletionChunk, out: Out<'_>) {
        self.begin(&chunk.model, out);
        for choice in chunk.choices.iter().filter(|choice| choice.index == 0) {
            self.choice(choice, out);
        }
    }

    /// The chat has ended, with this as the sum of its chunks. Appends the last events.
    pub fn finish(&mut self, completion: &ChatCompletion, out: Out<'_>) -> MessageReply {
        self.begin(&completion.model, out);
        self.close(out);
        for (_, place) in std::mem::take(&mut self.calls) {
            self.stop(place, out);
        }
        let carried = completion.choices.first().and_then(|choice| carried::write(&choice.message));
        if let (Some(carried), true) = (&carried, self.thinking.is_empty()) {
            let place = self.start(json!({ "type": "redacted_thinking", "data": carried }), out);
            self.stop(place, out);
        }
        let last = self.thinking.last().copied();
        for place in std::mem::take(&mut self.thinking) {
            let signature = carried.as_deref().filter(|_| Some(place) == last).unwrap_or_default();
            let delta = json!({ "type": "signature_delta", "signature": signature });
            self.emit("content_block_delta", [("index", place.into()), ("delta", delta)], out);
            self.stop(place, out);
        }
        let delta = json!({ "stop_reason": stop_reason(completion), "stop_sequence": null });
        let counts = completion.usage.as_ref().map_or_else(|| json!({ "output_tokens": 0 }), usage);
        self.emit("message_delta", [("delta", delta), ("usage", counts)], out);
        let mut message = self.sum.message();
        MessageOverChat::rest(completion, &mut message.fields);
        message.usage.clone_from(&completion.usage);
        let fields = Map::from_iter([("type".to_owned(), "message_stop".into())]);
        self.push(MessageEvent { fields, message: Some(Box::new(message.clone())) }, out);
        message
    }

    fn begin(&mut self, model: &str, out: Out<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.emit("message_start", [("message", self.over.begun(model))], out);
        }
    }

    fn choice(&mut self, choice: &ChunkChoice, out: Out<'_>) {
        let delta = &choice.delta;
        if let Some(text) = said(&delta.reasoning_content) {
            let place = match self.open {
                Some(Open::Thinking(place)) => place,
                _ => {
                    self.close(out);
                    let place = self.start(json!({ "type": "thinking", "thinking": "", "signature": "" }), out);
                    self.thinking.push(place);
                    self.open = Some(Open::Thinking(place));
                    place
                }
            };
            let delta = json!({ "type": "thinking_delta", "thinking": text });
            self.emit("content_block_delta", [("index", place.into()), ("delta", delta)], out);
        }
        for text in [said(&delta.content), said(&delta.refusal)].into_iter().flatten() {
            let place = match self.open {
                Some(Open::Text(place)) => place,
                _ => {
                    self.close(out);
                    let place = self.start(json!({ "type": "text", "text": "", "citations": null }), out);
                    self.open = Some(Open::Text(place));
                    place
                }
            };
            let delta = json!({ "type": "text_delta", "text": text });
            self.emit("content_block_delta", [("index", place.into()), ("delta", delta)], out);
        }
        for annotation in delta.annotations.iter().flatten() {
            if let Some(Open::Text(place)) = self.open {
                let delta = json!({ "type": "citations_delta", "citation": citation(annotation) });
                self.emit("content_block_delta", [("index", place.into()), ("delta", delta)], out);
            }
        }
        for call in delta.tool_calls.iter().flatten() {
            self.call(call, out);
        }
    }

    fn call(&mut self, piece: &ToolCallDelta, out: Out<'_>) {
        let function = piece.function.as_ref();
        let known = self.calls.iter().find(|(index, _)| *index == piece.index).map(|(_, place)| *place);
        let place = match known {
            Some(place) => place,
            None => {
                self.close(out);
                let name = function.and_then(|function| function.name.as_deref()).unwrap_or_default();
                let id = piece.id.as_deref().unwrap_or_default();
                let block = json!({ "type": "tool_use", "id": id, "name": name, "input": {} });
                let place = self.start(block, out);
                self.calls.push((piece.index, place));
                place
            }
        };
        let arguments = function.and_then(|function| function.arguments.as_deref()).unwrap_or_default();
        if !arguments.is_empty() {
            let delta = json!({ "type": "input_json_delta", "partial_json": arguments });
            self.emit("content_block_delta", [("index", place.into()), ("delta", delta)], out);
        }
    }

    /// Ends what is open: something else is said now.
    fn close(&mut self, out: Out<'_>) {
        if let Some(Open::Text(place)) = self.open.take() {
            self.stop(place, out);
        }
    }

    fn start(&mut self, block: Value, out: Out<'_>) -> usize {
        let place = self.count;
        self.count += 1;
        self.emit("content_block_start", [("index", place.into()), ("content_block", block)], out);
        place
    }

    fn stop(&mut self, place: usize, out: Out<'_>) {
        self.emit("content_block_stop", [("index", place.into())], out);
    }

    fn emit(&mut self, name: &str, fields: impl IntoIterator<Item = (&'static str, Value)>, out: Out<'_>) {
        let mut event = Map::from_iter([("type".to_owned(), name.into())]);
        event.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self.push(MessageEvent { fields: event, message: None }, out);
    }

    fn push(&mut self, event: MessageEvent, out: Out<'_>) {
        self.sum.add(&event);
        if !self.silent {
            out.push(StreamItem::MessageEvent(event));
        }
    }
}

fn said(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// A citation with its fields at one level.
fn citation(annotation: &Annotation) -> Value {
    let mut fields = Map::from_iter([("type".to_owned(), annotation.annotation_type.as_str().into())]);
    if let Some(Value::Object(url)) =
        annotation.url_citation.as_ref().and_then(|citation| serde_json::to_value(citation).ok())
    {
        fields.extend(url);
    }
    fields.extend(annotation.provider_fields.clone());
    Value::Object(fields)
}
