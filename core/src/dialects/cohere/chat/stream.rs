//! A streamed response: events in, chunks out.
//!
//! Deltas are handed out as they come; the service's own message is put together beside them and goes
//! out on the last chunk where the plain fields do not say all of it, so that the sum of the chunks is
//! what the plain response would have been.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::super::error;
use super::{decode, message, usage};
use crate::dialects::ChatStream;
use crate::dialects::body::{MISREAD, raw, read};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::{ChatCompletionChunk, ChunkChoice, Delta, FunctionCallDelta, ToolCallDelta};

/// Any event; what its `delta` holds depends on the type.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    index: Option<u64>,
    #[serde(default)]
    delta: Option<Map<String, Value>>,
    #[serde(default)]
    logprobs: Option<Value>,
    #[serde(default)]
    message: Option<IgnoredAny>,
}

pub(super) struct MessageStream {
    id: String,
    model: String,
    /// The message as the service would have sent it whole.
    content: BTreeMap<u64, Value>,
    calls: BTreeMap<u64, Value>,
    plan: String,
    citations: Vec<Value>,
    rest: Map<String, Value>,
    started: bool,
    done: bool,
}

impl MessageStream {
    pub(super) fn new(model: &str) -> Self {
        Self {
            id: String::new(),
            model: model.to_owned(),
            content: BTreeMap::new(),
            calls: BTreeMap::new(),
            plan: String::new(),
            citations: Vec::new(),
            rest: Map::new(),
            started: false,
            done: false,
        }
    }

    fn chunk(&self, delta: Delta) -> ChatCompletionChunk {
        ChatCompletionChunk {
            id: self.id.clone(),
            model: self.model.clone(),
            choices: vec![ChunkChoice { delta, ..ChunkChoice::default() }],
            ..ChatCompletionChunk::default()
        }
    }

    fn push(&mut self, delta: Option<Delta>, chunks: &mut Vec<ChatCompletionChunk>) {
        if !std::mem::replace(&mut self.started, true) {
            chunks.push(self.chunk(Delta { role: Some("assistant".to_owned()), ..Delta::default() }));
        }
        chunks.extend(delta.map(|delta| self.chunk(delta)));
    }

    fn event(&mut self, event: Event, data: &[u8], chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        let index = event.index.unwrap_or(0);
        let mut delta = event.delta.unwrap_or_default();
        let mut said = match delta.shift_remove("message") {
            Some(Value::Object(said)) => said,
            _ => Map::new(),
        };
        let next = match event.kind.as_str() {
            "message-start" => {
                self.id = event.id.unwrap_or_default();
                said.retain(|key, value| key != "role" && !message::is_nothing(value));
                self.rest = said;
                None
            }
            "content-start" | "content-delta" => {
                said.shift_remove("content").map(|piece| self.content(index, piece))
            }
            "tool-plan-delta" => {
                let piece = decode::take_text(&mut said, "tool_plan").unwrap_or_default();
                self.plan.push_str(&piece);
                (!piece.is_empty()).then(|| {
                    let details = Some(vec![message::plan_detail(&piece)]);
                    Delta { reasoning_content: Some(piece), reasoning_details: details, ..Delta::default() }
                })
            }
            "tool-call-start" | "tool-call-delta" => {
                said.shift_remove("tool_calls").map(|piece| self.call(index, piece))
            }
            "citation-start" => said.shift_remove("citations").map(|citation| {
                let start_of = |at| message::characters(self.content.range(..at).map(|(_, block)| block));
                let annotation = message::annotation(&citation, start_of);
                self.citations.push(citation);
                Delta { annotations: Some(vec![annotation]), ..Delta::default() }
            }),
            "message-end" => {
                self.done = true;
                if delta.get("error").is_some_and(|error| !message::is_nothing(error)) {
                    return Err(error::in_stream(raw(data)));
                }
                self.close(delta, chunks);
                return Ok(());
            }
            // An error's body, where an event was promised.
            "" if event.message.is_some() => return Err(error::in_stream(raw(data))),
            // The ends of parts say nothing more; others are not known yet.
            _ => return Ok(()),
        };
        self.push(next, chunks);
        if let Some(item) = event.logprobs
            && let Some(choice) = chunks.last_mut().and_then(|chunk| chunk.choices.first_mut())
        {
            choice.logprobs = decode::logprobs(vec![item]);
        }
        Ok(())
    }

    /// A piece of a block of the content: its start, or what it goes on with.
    fn content(&mut self, index: u64, piece: Value) -> Delta {
        let mut delta = Delta::default();
        let text = message::text_of(&piece, "text").to_owned();
        let thinking = message::text_of(&piece, "thinking").to_owned();
        let is_thinking = piece.get("thinking").is_some();
        let block = self.content.entry(index).or_insert_with(|| {
            let kind = if is_thinking { "thinking" } else { "text" };
            Value::Object(Map::from_iter([
                ("type".to_owned(), kind.into()),
                (kind.to_owned(), String::new().into()),
            ]))
        });
        join(block, piece);
        match message::text_of(block, "type") {
            "thinking" => {
                let place = usize::try_from(index).unwrap_or(usize::MAX);
                delta.reasoning_details = Some(vec![message::thinking_detail(place, &thinking)]);
                delta.reasoning_content = Some(thinking);
            }
            "text" => delta.content = Some(text),
            _ => {}
        }
        delta
    }

    /// A piece of a call: its start, or more of its arguments.
    fn call(&mut self, index: u64, piece: Value) -> Delta {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let function = piece.get("function").unwrap_or(&Value::Null);
        let delta = ToolCallDelta {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            id: text(&piece, "id"),
            call_type: text(&piece, "type"),
            function: Some(FunctionCallDelta {
                name: text(function, "name"),
                arguments: text(function, "arguments"),
                extra: Map::new(),
            }),
            extra: Map::new(),
        };
        join(self.calls.entry(index).or_insert_with(|| Value::Object(Map::new())), piece);
        Delta { tool_calls: Some(vec![delta]), ..Delta::default() }
    }

    /// `message-end`: the last chunk.
    fn close(&mut self, mut end: Map<String, Value>, chunks: &mut Vec<ChatCompletionChunk>) {
        let mut native = std::mem::take(&mut self.rest);
        native.insert("role".to_owned(), "assistant".into());
        if !self.plan.is_empty() {
            native.insert("tool_plan".to_owned(), std::mem::take(&mut self.plan).into());
        }
        for (key, parts) in [("tool_calls", &mut self.calls), ("content", &mut self.content)] {
            if !parts.is_empty() {
                let parts: Vec<Value> = std::mem::take(parts).into_values().collect();
                native.insert(key.to_owned(), parts.into());
            }
        }
        if !self.citations.is_empty() {
            native.insert("citations".to_owned(), std::mem::take(&mut self.citations).into());
        }
        self.push(None, chunks);
        let native_blocks = message::native_blocks(native);
        let mut chunk = self.chunk(Delta { native_blocks, ..Delta::default() });
        let (finish_reason, native_finish_reason) =
            message::finish(decode::take_text(&mut end, "finish_reason"));
        if let Some(choice) = chunk.choices.first_mut() {
            choice.finish_reason = finish_reason;
            choice.native_finish_reason = native_finish_reason;
        }
        chunk.usage = match end.shift_remove("usage") {
            Some(Value::Object(native)) => usage::decode(native),
            _ => None,
        };
        end.retain(|_, value| !value.is_null());
        chunk.provider_fields = end;
        chunks.push(chunk);
    }
}

/// Adds a piece: texts are appended, but for those that name something; other fields are replaced.
fn join(whole: &mut Value, piece: Value) {
    let (Value::Object(whole), Value::Object(piece)) = (whole, piece) else { return };
    for (key, value) in piece {
        match (whole.get_mut(&key), value) {
            (_, Value::Null) => {}
            (Some(Value::String(sum)), Value::String(more))
                if !["type", "id", "name"].contains(&key.as_str()) =>
            {
                sum.push_str(&more);
            }
            (Some(sum @ Value::Object(_)), more @ Value::Object(_)) => join(sum, more),
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
}

impl ChatStream for MessageStream {
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        // `[DONE]` follows the end.
        if self.done || data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let event: Event = read(data, MISREAD)?;
        self.event(event, data, chunks)
    }

    fn end(&mut self, _chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.done {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ApiConnection,
            "the stream ended without `message-end`: the answer is truncated",
        ))
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
