//! The events of a response, made of a chat's chunks.
//!
//! An item is open until something else is said. Calls stay open until the end, since their pieces
//! may come in turn; reasoning too, for what its provider signs it with comes last.

use serde_json::{Map, Value, json};

use super::over_chat::{OverChat, status};
use crate::dialects::over_chat::{carried, citation, said};
use crate::types::chat::{
    Annotation, ChatCompletion, ChatCompletionChunk, ChunkChoice, ImageOutput, ToolCallDelta,
};
use crate::types::operation::StreamItem;
use crate::types::responses::{ModelResponse, ResponseEvent, ResponseSum};

/// Makes events of chunks.
#[derive(Debug, Default)]
pub struct Synthesis {
    over: OverChat,
    /// Nobody reads the events.
    silent: bool,
    begun: bool,
    sequence: u64,
    sum: ResponseSum,
    /// The item that text is being added to.
    open: Option<Open>,
    /// Places of reasoning whose end is still to be told.
    reasoning: Vec<usize>,
    /// The chat's index of each call, and its place.
    calls: Vec<(u32, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Open {
    /// Reasoning, and whether its summary has begun.
    Reasoning { place: usize, begun: bool },
    /// A message, and the part that is being said.
    Message { place: usize, part: Option<Part> },
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    place: usize,
    is_refusal: bool,
}

type Out<'a> = &'a mut Vec<StreamItem>;

impl Synthesis {
    #[must_use]
    pub fn new(over: OverChat) -> Self {
        Self { over, ..Self::default() }
    }

    pub(super) fn silent(over: OverChat) -> Self {
        Self { over, silent: true, ..Self::default() }
    }

    /// The response so far.
    #[must_use]
    pub fn response(&self) -> ModelResponse {
        self.sum.response()
    }

    /// Appends the events of the next chunk. A response is one answer: that of the first choice.
    pub fn chunk(&mut self, chunk: &ChatCompletionChunk, out: Out<'_>) {
        self.begin(chunk.created, &chunk.model, out);
        for choice in chunk.choices.iter().filter(|choice| choice.index == 0) {
            self.choice(choice, out);
        }
    }

    /// The chat has ended, with this as the sum of its chunks. Appends the last events.
    pub fn finish(&mut self, completion: &ChatCompletion, out: Out<'_>) -> ModelResponse {
        self.begin(completion.created, &completion.model, out);
        self.close(out);
        let choice = completion.choices.first();
        let (status, why) = status(choice.and_then(|choice| choice.finish_reason.as_ref()));
        for (_, place) in std::mem::take(&mut self.calls) {
            self.end_call(place, status, out);
        }
        let carried = choice.and_then(|choice| carried::write(&choice.message));
        if carried.is_some() && self.reasoning.is_empty() {
            self.open_reasoning(out);
            self.open = None;
        }
        let last = self.reasoning.last().copied();
        for place in std::mem::take(&mut self.reasoning) {
            if let (Some(carried), true, Some(Value::Object(item))) =
                (&carried, Some(place) == last, self.sum.item_mut(place))
            {
                item.insert("encrypted_content".to_owned(), carried.as_str().into());
            }
            self.end_item(place, status, out);
        }
        if let Some(audio) = choice.and_then(|choice| choice.message.audio.as_ref()) {
            let item = json!({ "type": "message", "role": "assistant", "content": [], "audio": audio });
            let place = self.add_item("msg", item, out);
            self.end_item(place, status, out);
        }
        let response = self.over.ended(completion, self.sum.output());
        let name = if why.is_some() { "response.incomplete" } else { "response.completed" };
        self.emit_event(
            ResponseEvent { fields: named(name), response: Some(Box::new(response.clone())) },
            out,
        );
        response
    }

    fn begin(&mut self, created: i64, model: &str, out: Out<'_>) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        for name in ["response.created", "response.in_progress"] {
            let response = self.over.begun(created, model);
            self.emit(name, [("response", Value::Object(response))], out);
        }
    }

    fn choice(&mut self, choice: &ChunkChoice, out: Out<'_>) {
        let delta = &choice.delta;
        if self.sum.is_empty() && carried::is_in(delta) {
            self.open_reasoning(out);
        }
        if let Some(text) = said(&delta.reasoning_content) {
            self.say_reasoning(text, out);
        }
        if let Some(text) = said(&delta.content) {
            let logprobs = choice.logprobs.as_ref().and_then(|logprobs| logprobs.content.as_ref());
            self.say(text, false, json!(logprobs.map(Vec::as_slice).unwrap_or_default()), out);
        }
        if let Some(text) = said(&delta.refusal) {
            self.say(text, true, json!([]), out);
        }
        for annotation in delta.annotations.iter().flatten() {
            self.annotate(annotation, out);
        }
        for call in delta.tool_calls.iter().flatten() {
            self.call(call, out);
        }
        for image in delta.images.iter().flatten() {
            self.image(image, out);
        }
    }

    fn open_reasoning(&mut self, out: Out<'_>) -> usize {
        self.close(out);
        let place = self.add_item("rs", json!({ "type": "reasoning", "summary": [] }), out);
        self.reasoning.push(place);
        self.open = Some(Open::Reasoning { place, begun: false });
        place
    }

    fn say_reasoning(&mut self, text: &str, out: Out<'_>) {
        let (place, begun) = match self.open {
            Some(Open::Reasoning { place, begun }) => (place, begun),
            _ => (self.open_reasoning(out), false),
        };
        let id = self.id_of(place);
        let at = |value: Value| {
            [
                ("item_id", id.clone()),
                ("output_index", place.into()),
                ("summary_index", 0.into()),
                ("part", value),
            ]
        };
        if !begun {
            let part = json!({ "type": "summary_text", "text": "" });
            self.emit("response.reasoning_summary_part.added", at(part), out);
            self.open = Some(Open::Reasoning { place, begun: true });
        }
        let [id, output, summary, _] = at(Value::Null);
        let delta = ("delta", text.into());
        self.emit("response.reasoning_summary_text.delta", [id, output, summary, delta], out);
    }

    /// Says a text, or a refusal, in the message.
    fn say(&mut self, text: &str, is_refusal: bool, logprobs: Value, out: Out<'_>) {
        let (place, part) = match self.open {
            Some(Open::Message { place, part }) => (place, part),
            _ => {
                self.close(out);
                let item = json!({ "type": "message", "role": "assistant", "content": [] });
                (self.add_item("msg", item, out), None)
            }
        };
        let part = match part {
            Some(part) if part.is_refusal == is_refusal => part,
            before => {
                let part = Part { place: before.map_or(0, |before| before.place + 1), is_refusal };
                if let Some(before) = before {
                    self.end_part(place, before, out);
                }
                let empty = match is_refusal {
                    true => json!({ "type": "refusal", "refusal": "" }),
                    false => json!({ "type": "output_text", "text": "", "annotations": [], "logprobs": [] }),
                };
                let fields = self.in_part(place, part, ("part", empty));
                self.emit("response.content_part.added", fields, out);
                part
            }
        };
        self.open = Some(Open::Message { place, part: Some(part) });
        let delta = self.in_part(place, part, ("delta", text.into()));
        if is_refusal {
            self.emit("response.refusal.delta", delta, out);
        } else {
            self.emit("response.output_text.delta", delta.into_iter().chain([("logprobs", logprobs)]), out);
        }
    }

    fn annotate(&mut self, annotation: &Annotation, out: Out<'_>) {
        let (place, part) = match self.open {
            Some(Open::Message { place, part: Some(part) }) => (place, part),
            // It cites a text that is ended: the latest.
            _ => match self.sum.output().iter().rposition(|item| item["type"] == "message") {
                Some(place) => (place, Part { place: 0, is_refusal: false }),
                None => return,
            },
        };
        let known =
            self.sum.item(place).and_then(|item| item["content"][part.place]["annotations"].as_array());
        let index = known.map_or(0, Vec::len);
        let fields = self.in_part(place, part, ("annotation", Value::Object(citation(annotation))));
        let fields = fields.into_iter().chain([("annotation_index", index.into())]);
        self.emit("response.output_text.annotation.added", fields, out);
    }

    fn call(&mut self, piece: &ToolCallDelta, out: Out<'_>) {
        let known = self.calls.iter().find(|(index, _)| *index == piece.index).map(|(_, place)| *place);
        let function = piece.function.as_ref();
        let name = function.and_then(|function| function.name.as_deref()).unwrap_or_default();
        let place = match known {
            Some(place) => {
                if let Some(Value::Object(item)) = self.sum.item_mut(place) {
                    // A name, and an id, may come in a later piece.
                    append(item, "name", name);
                    let id = piece.id.as_deref().filter(|_| item["call_id"] == "");
                    append(item, "call_id", id.unwrap_or_default());
                }
                place
            }
            None => {
                self.close(out);
                let id = piece.id.as_deref().unwrap_or_default();
                let (prefix, item) = match piece.call_type.as_deref() {
                    Some("custom") => {
                        let kind = "custom_tool_call";
                        ("ctc", json!({ "type": kind, "call_id": id, "name": name, "input": "" }))
                    }
                    _ => {
                        let kind = "function_call";
                        ("fc", json!({ "type": kind, "call_id": id, "name": name, "arguments": "" }))
                    }
                };
                let place = self.add_item(prefix, item, out);
                self.calls.push((piece.index, place));
                place
            }
        };
        let arguments = function.and_then(|function| function.arguments.as_deref()).unwrap_or_default();
        if !arguments.is_empty() {
            let event = match self.is_custom(place) {
                true => "response.custom_tool_call_input.delta",
                false => "response.function_call_arguments.delta",
            };
            let fields =
                [("item_id", self.id_of(place)), ("output_index", place.into()), ("delta", arguments.into())];
            self.emit(event, fields, out);
        }
    }

    fn end_call(&mut self, place: usize, status: &str, out: Out<'_>) {
        let is_custom = self.is_custom(place);
        let (event, name) = match is_custom {
            true => ("response.custom_tool_call_input.done", "input"),
            false => ("response.function_call_arguments.done", "arguments"),
        };
        let of_item =
            |sum: &ResponseSum, name: &str| sum.item(place).map_or(Value::Null, |item| item[name].clone());
        let fields = [
            ("item_id", self.id_of(place)),
            ("output_index", place.into()),
            ("name", of_item(&self.sum, "name")),
            (name, of_item(&self.sum, name)),
        ];
        let fields = fields.into_iter().filter(|(name, _)| !(is_custom && *name == "name"));
        self.emit(event, fields, out);
        self.end_item(place, status, out);
    }

    fn image(&mut self, image: &ImageOutput, out: Out<'_>) {
        self.close(out);
        let url = &image.image_url.url;
        let result = url.split_once(";base64,").map_or(url.as_str(), |(_, data)| data);
        let item = json!({ "type": "image_generation_call", "result": result });
        let place = self.add_item("ig", item, out);
        self.end_item(place, "completed", out);
    }

    /// Ends what is open: something else is said now.
    fn close(&mut self, out: Out<'_>) {
        match self.open.take() {
            Some(Open::Reasoning { place, begun: true }) => {
                let part = self.sum.item(place).map_or(Value::Null, |item| item["summary"][0].clone());
                let at = [
                    ("item_id", self.id_of(place)),
                    ("output_index", place.into()),
                    ("summary_index", 0.into()),
                ];
                let text = ("text", part["text"].clone());
                let fields = at.clone().into_iter().chain([text]);
                self.emit("response.reasoning_summary_text.done", fields, out);
                let fields = at.into_iter().chain([("part", part)]);
                self.emit("response.reasoning_summary_part.done", fields, out);
            }
            Some(Open::Message { place, part }) => {
                if let Some(part) = part {
                    self.end_part(place, part, out);
                }
                self.end_item(place, "completed", out);
            }
            Some(Open::Reasoning { begun: false, .. }) | None => {}
        }
    }

    fn end_part(&mut self, place: usize, part: Part, out: Out<'_>) {
        let said = self.sum.item(place).map_or(Value::Null, |item| item["content"][part.place].clone());
        if part.is_refusal {
            let fields = self.in_part(place, part, ("refusal", said["refusal"].clone()));
            self.emit("response.refusal.done", fields, out);
        } else {
            let logprobs = said.get("logprobs").cloned().unwrap_or_else(|| json!([]));
            let fields = self.in_part(place, part, ("text", said["text"].clone()));
            self.emit("response.output_text.done", fields.into_iter().chain([("logprobs", logprobs)]), out);
        }
        let fields = self.in_part(place, part, ("part", said));
        self.emit("response.content_part.done", fields, out);
    }

    fn in_part(&self, place: usize, part: Part, more: (&'static str, Value)) -> [(&'static str, Value); 4] {
        [
            ("item_id", self.id_of(place)),
            ("output_index", place.into()),
            ("content_index", part.place.into()),
            more,
        ]
    }

    /// Adds an item at the end; its place.
    fn add_item(&mut self, prefix: &str, mut item: Value, out: Out<'_>) -> usize {
        let place = self.sum.len();
        if let Value::Object(fields) = &mut item {
            let id = carried::item_id(prefix, self.over.number, place);
            fields.insert("id".to_owned(), id.into());
            fields.insert("status".to_owned(), "in_progress".into());
        }
        self.emit("response.output_item.added", [("output_index", place.into()), ("item", item)], out);
        place
    }

    fn end_item(&mut self, place: usize, status: &str, out: Out<'_>) {
        let item = match self.sum.item_mut(place) {
            Some(item) => {
                if let Value::Object(fields) = item {
                    fields.insert("status".to_owned(), status.into());
                }
                item.clone()
            }
            None => return,
        };
        self.emit("response.output_item.done", [("output_index", place.into()), ("item", item)], out);
    }

    fn id_of(&self, place: usize) -> Value {
        self.sum.item(place).map_or(Value::Null, |item| item["id"].clone())
    }

    fn is_custom(&self, place: usize) -> bool {
        self.sum.item(place).is_some_and(|item| item["type"] == "custom_tool_call")
    }

    fn emit(&mut self, name: &str, fields: impl IntoIterator<Item = (&'static str, Value)>, out: Out<'_>) {
        self.emit_fields(name, &mut fields.into_iter(), out);
    }

    /// The same, once in the binary.
    fn emit_fields(
        &mut self,
        name: &str,
        fields: &mut dyn Iterator<Item = (&'static str, Value)>,
        out: Out<'_>,
    ) {
        let mut event = named(name);
        for (name, value) in fields {
            event.insert(name.to_owned(), value);
        }
        self.emit_event(ResponseEvent { fields: event, response: None }, out);
    }

    fn emit_event(&mut self, mut event: ResponseEvent, out: Out<'_>) {
        event.fields.insert("sequence_number".to_owned(), self.sequence.into());
        self.sequence += 1;
        self.sum.add(&event);
        if !self.silent {
            out.push(StreamItem::Event(event));
        }
    }
}

fn named(name: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), name.into())])
}

fn append(fields: &mut Map<String, Value>, name: &str, more: &str) {
    if let Some(Value::String(text)) = fields.get_mut(name) {
        text.push_str(more);
    }
}
