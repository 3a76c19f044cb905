//! The events of a message, made of a chat's chunks.
//!
//! Text is open until something else is said. Calls stay open until the end, since their pieces may
//! come in turn; thinking too, for what its provider signs it with comes last.

use serde_json::{Map, Value, json};

use super::over_chat::{MessageOverChat, usage};
use crate::dialects::over_chat::{carried, citation, said};
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
    /// The latest text, which a citation is of.
    text: Option<usize>,
    /// Places of thinking whose end is still to be told.
    thinking: Vec<usize>,
    calls: Vec<Call>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Open {
    Thinking(usize),
    Text(usize),
}

/// A call that is not ended yet.
#[derive(Debug)]
struct Call {
    /// The chat's.
    index: u32,
    /// Its place among the blocks, once its name is known.
    place: Option<usize>,
    id: String,
    name: String,
    /// What came before its name.
    arguments: String,
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
        for mut call in std::mem::take(&mut self.calls) {
            let place = self.start_call(&mut call, out);
            self.stop(place, out);
        }
        let carried = completion.choices.first().and_then(|choice| carried::write(&choice.message));
        if let (Some(carried), true) = (&carried, self.thinking.is_empty()) {
            let place = self.start(json!({ "type": "redacted_thinking", "data": carried }), out);
            self.stop(place, out);
        }
        let last = self.thinking.last().copied();
        for place in std::mem::take(&mut self.thinking) {
            if let Some(signature) = carried.as_deref().filter(|_| Some(place) == last) {
                self.delta(place, json!({ "type": "signature_delta", "signature": signature }), out);
            }
            self.stop(place, out);
        }
        let counts = completion.usage.as_ref().map_or_else(|| json!({}), usage);
        self.emit("message_delta", [("delta", self.over.stopped(completion)), ("usage", counts)], out);
        let mut message = self.sum.message();
        MessageOverChat::rest(completion, &mut message.fields);
        message.usage.clone_from(&completion.usage);
        if completion.usage.is_none() {
            // What began as 0 is not known.
            message.fields.insert("usage".to_owned(), Value::Null);
        }
        self.push(MessageEvent::stop(message.clone()), out);
        message
    }

    fn begin(&mut self, model: &str, out: Out<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.emit("message_start", [("message", self.over.begun(model))], out);
        }
    }

    fn choice(&mut self, choice: &ChunkChoice, out: Out<'_>) {
        let delta = &choice.delta;
        if self.sum.blocks() == 0 && carried::is_in(delta) {
            // Thinking comes first, and what has to come back of an answer is in it.
            self.open_thinking(out);
        }
        if let Some(text) = said(&delta.reasoning_content) {
            let place = self.open_thinking(out);
            self.delta(place, json!({ "type": "thinking_delta", "thinking": text }), out);
        }
        for text in [said(&delta.content), said(&delta.refusal)].into_iter().flatten() {
            let place = match self.open {
                Some(Open::Text(place)) => place,
                _ => {
                    self.close(out);
                    self.start(json!({ "type": "text", "text": "", "citations": null }), out)
                }
            };
            self.open = Some(Open::Text(place));
            self.text = Some(place);
            self.delta(place, json!({ "type": "text_delta", "text": text }), out);
        }
        for annotation in delta.annotations.iter().flatten() {
            self.cite(annotation, out);
        }
        for call in delta.tool_calls.iter().flatten() {
            self.call(call, out);
        }
        for image in delta.images.iter().flatten() {
            self.close(out);
            let place = self.start(json!({ "type": "image", "source": source(&image.image_url.url) }), out);
            self.stop(place, out);
        }
    }

    /// The place of the thinking that is open; opened where none is.
    fn open_thinking(&mut self, out: Out<'_>) -> usize {
        if let Some(Open::Thinking(place)) = self.open {
            return place;
        }
        self.close(out);
        let place = self.start(json!({ "type": "thinking", "thinking": "", "signature": "" }), out);
        self.thinking.push(place);
        self.open = Some(Open::Thinking(place));
        place
    }

    fn cite(&mut self, annotation: &Annotation, out: Out<'_>) {
        let Some(place) = self.text else { return };
        let citation = in_message_words(citation(annotation));
        match self.open {
            Some(Open::Text(open)) if open == place => {
                self.delta(place, json!({ "type": "citations_delta", "citation": citation }), out);
            }
            // Of a text that is ended: it is told with the message as a whole.
            _ => {
                let Some(Value::Object(block)) = self.sum.block_mut(place) else { return };
                match block.get_mut("citations") {
                    Some(Value::Array(list)) => list.push(citation),
                    _ => drop(block.insert("citations".to_owned(), json!([citation]))),
                }
            }
        }
    }

    fn call(&mut self, piece: &ToolCallDelta, out: Out<'_>) {
        let at = match self.calls.iter().position(|call| call.index == piece.index) {
            Some(at) => at,
            None => {
                self.close(out);
                self.calls.push(Call {
                    index: piece.index,
                    place: None,
                    id: String::new(),
                    name: String::new(),
                    arguments: String::new(),
                });
                self.calls.len() - 1
            }
        };
        let function = piece.function.as_ref();
        let more = function.and_then(|function| function.arguments.as_deref()).unwrap_or_default();
        let Some(mut call) = (at < self.calls.len()).then(|| self.calls.remove(at)) else { return };
        if call.place.is_none() {
            // A name, and an id, may come in later pieces; a block is told with both.
            call.name.push_str(function.and_then(|function| function.name.as_deref()).unwrap_or_default());
            call.id.push_str(piece.id.as_deref().filter(|_| call.id.is_empty()).unwrap_or_default());
        }
        match call.place {
            Some(place) if !more.is_empty() => self.input(place, more, out),
            Some(_) => {}
            None => {
                call.arguments.push_str(more);
                if !call.arguments.is_empty() && !call.name.is_empty() && !call.id.is_empty() {
                    self.start_call(&mut call, out);
                }
            }
        }
        self.calls.insert(at, call);
    }

    /// The place of a call's block, which is begun where it is not.
    fn start_call(&mut self, call: &mut Call, out: Out<'_>) -> usize {
        if let Some(place) = call.place {
            return place;
        }
        let block = json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": {} });
        let place = self.start(block, out);
        call.place = Some(place);
        let arguments = std::mem::take(&mut call.arguments);
        if !arguments.is_empty() {
            self.input(place, &arguments, out);
        }
        place
    }

    fn input(&mut self, place: usize, more: &str, out: Out<'_>) {
        self.delta(place, json!({ "type": "input_json_delta", "partial_json": more }), out);
    }

    /// Ends what is open: something else is said now.
    fn close(&mut self, out: Out<'_>) {
        if let Some(Open::Text(place)) = self.open.take() {
            self.stop(place, out);
        }
    }

    fn start(&mut self, block: Value, out: Out<'_>) -> usize {
        let place = self.sum.blocks();
        self.emit("content_block_start", [("index", place.into()), ("content_block", block)], out);
        place
    }

    fn delta(&mut self, place: usize, delta: Value, out: Out<'_>) {
        self.emit("content_block_delta", [("index", place.into()), ("delta", delta)], out);
    }

    fn stop(&mut self, place: usize, out: Out<'_>) {
        self.emit("content_block_stop", [("index", place.into())], out);
    }

    fn emit<const N: usize>(&mut self, name: &str, fields: [(&'static str, Value); N], out: Out<'_>) {
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

/// Where an image is, in the wire's words.
fn source(url: &str) -> Value {
    match url.strip_prefix("data:").and_then(|data| data.split_once(";base64,")) {
        Some((media_type, data)) => json!({ "type": "base64", "media_type": media_type, "data": data }),
        None => json!({ "type": "url", "url": url }),
    }
}

/// A citation of a page is one of the wire's; without the wire's own index, for only its service has one.
fn in_message_words(mut citation: Map<String, Value>) -> Value {
    if citation.get("type").is_some_and(|kind| kind == "url_citation") {
        for (name, value) in [
            ("type", "web_search_result_location".into()),
            ("encrypted_index", "".into()),
            ("url", citation.get("url").cloned().unwrap_or_else(|| "".into())),
            ("title", citation.get("title").cloned().unwrap_or_default()),
            ("cited_text", citation.get("cited_text").cloned().unwrap_or_else(|| "".into())),
        ] {
            citation.insert(name.to_owned(), value);
        }
    }
    Value::Object(citation)
}
