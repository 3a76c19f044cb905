//! A streamed response: events in, chunks out.
//!
//! Deltas are handed out as they come. What is whole only at the end (usage,
//! stop reason, the native blocks) is held and goes out on the last chunk, so
//! that the sum of the chunks is what the plain response would have been. A call's arguments
//! go out in the model's own spelling, which may differ in blanks from the
//! plain response's.
//!
//! Blocks may be open at the same time: llama.cpp closes all of them at the end
//! (tools/server/server-task.cpp), so each is found by its index.

mod assembly;
mod events;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value};

use self::assembly::Block;
use self::events::{BlockDelta, BlockStart, BlockStop, Kind, MessageDelta, MessageStart, UnknownDelta};
use super::{blocks, decode, error, usage};
use crate::dialects::ChatStream;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::{ChatCompletionChunk, ChunkChoice, Delta};

pub(super) struct MessageStream {
    id: String,
    model: String,
    blocks: BTreeMap<u32, Block>,
    /// Calls started so far: the next call's index.
    calls: u32,
    /// Characters of content handed out so far.
    characters: u64,
    json_answer: bool,
    stop_reason: Option<String>,
    usage: Map<String, Value>,
    unknown: Map<String, Value>,
    started: bool,
    /// Whether the held-back fields went out.
    closed: bool,
    done: bool,
}

impl MessageStream {
    pub(super) fn new(model: &str) -> Self {
        Self {
            id: String::new(),
            model: model.to_owned(),
            blocks: BTreeMap::new(),
            calls: 0,
            characters: 0,
            json_answer: false,
            stop_reason: None,
            usage: Map::new(),
            unknown: Map::new(),
            started: false,
            closed: false,
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

    /// The first chunk, which names the role. A server that forgets
    /// `message_start` is forgiven.
    fn start(&mut self, chunks: &mut Vec<ChatCompletionChunk>) {
        if !self.started {
            self.started = true;
            chunks.push(self.chunk(Delta { role: Some("assistant".to_owned()), ..Delta::default() }));
        }
    }

    fn push(&mut self, delta: Option<Delta>, chunks: &mut Vec<ChatCompletionChunk>) {
        let Some(delta) = delta else { return };
        self.start(chunks);
        if let Some(content) = &delta.content {
            self.characters += blocks::count(content);
        }
        chunks.push(self.chunk(delta));
    }

    fn message_start(&mut self, event: MessageStart, chunks: &mut Vec<ChatCompletionChunk>) {
        let mut message = event.message;
        if let Some(Value::String(id)) = message.shift_remove("id") {
            self.id = id;
        }
        if let Some(Value::String(model)) = message.shift_remove("model") {
            self.model = model;
        }
        if let Some(Value::Object(usage)) = message.shift_remove("usage") {
            overlay(&mut self.usage, usage);
        }
        message.shift_remove("content");
        message.shift_remove("stop_reason");
        overlay(&mut self.unknown, decode::unknown_fields(message));
        self.start(chunks);
    }

    fn block_start(&mut self, event: BlockStart, chunks: &mut Vec<ChatCompletionChunk>) {
        let BlockStart { index, content_block } = event;
        let (block, delta) =
            Block::start(index, content_block, self.calls, self.characters, self.json_answer);
        if block.is_call() {
            self.calls += 1;
        }
        self.json_answer |= block.is_json_answer();
        self.blocks.insert(index, block);
        self.push(delta, chunks);
    }

    fn block_delta(&mut self, data: &Bytes, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        let BlockDelta { index, delta } = events::read(data)?;
        if !delta.is_known() {
            if let Some(block) = self.blocks.get_mut(&index) {
                block.unknown_delta(events::read::<UnknownDelta>(data)?.delta);
            }
            return Ok(());
        }
        if !self.blocks.contains_key(&index) {
            // A server that forgets `content_block_start`: the delta says the block's type.
            let Some(block_type) = delta.block_type() else { return Ok(()) };
            let start = BlockStart { index, content_block: assembly::empty(block_type) };
            self.block_start(start, chunks);
        }
        let delta = self.blocks.get_mut(&index).and_then(|block| block.delta(index, delta));
        self.push(delta, chunks);
        Ok(())
    }

    fn block_stop(&mut self, index: u32, chunks: &mut Vec<ChatCompletionChunk>) {
        let deltas = self.blocks.get_mut(&index).map(Block::stop).unwrap_or_default();
        for delta in deltas {
            self.push(Some(delta), chunks);
        }
    }

    fn message_delta(&mut self, event: MessageDelta) {
        let mut delta = event.delta;
        if let Some(Value::String(reason)) = delta.shift_remove("stop_reason") {
            self.stop_reason = Some(reason);
        }
        overlay(&mut self.usage, event.usage.unwrap_or_default());
        overlay(&mut self.unknown, decode::unknown_fields(delta));
        overlay(&mut self.unknown, decode::unknown_fields(event.rest));
    }

    /// The last chunk: everything that was held back.
    fn close(&mut self, chunks: &mut Vec<ChatCompletionChunk>) {
        if std::mem::replace(&mut self.closed, true) || !self.started {
            return;
        }
        // A block that was never closed says the rest of itself now.
        let open: Vec<u32> = self.blocks.keys().copied().collect();
        for index in open {
            self.block_stop(index, chunks);
        }
        let (finish_reason, native_finish_reason) =
            blocks::finish(self.stop_reason.as_deref(), self.json_answer && self.calls == 0);
        // Arguments that are cut off cannot be a native block: the whole is not handed out then.
        let (others, blocks): (Vec<Block>, Vec<Block>) =
            std::mem::take(&mut self.blocks).into_values().partition(Block::is_other_json_answer);
        let native: Option<Vec<Value>> = blocks.into_iter().map(Block::into_native).collect();
        let native_blocks = native.and_then(|blocks| decode::native_blocks(blocks, self.json_answer));
        let usage = std::mem::take(&mut self.usage);
        let mut chunk = self.chunk(Delta { native_blocks, ..Delta::default() });
        let mut fields = blocks::choice_fields(others.into_iter().map(Block::into_kept).collect());
        for choice in &mut chunk.choices {
            choice.provider_fields = std::mem::take(&mut fields);
            choice.finish_reason.clone_from(&finish_reason);
            choice.native_finish_reason.clone_from(&native_finish_reason);
        }
        chunk.usage = (!usage.is_empty()).then(|| usage::decode(usage));
        chunk.provider_fields = std::mem::take(&mut self.unknown);
        chunks.push(chunk);
    }
}

impl ChatStream for MessageStream {
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.done || frame.data.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let data = &frame.data;
        // A stream whose frames have no names (inside another event stream) says the type in the data.
        let kind = match frame.event_name() {
            "" | "message" => Kind::in_data(data)?,
            name => Kind::of(name),
        };
        match kind {
            Kind::BlockDelta => self.block_delta(data, chunks)?,
            Kind::BlockStart => self.block_start(events::read(data)?, chunks),
            Kind::BlockStop => self.block_stop(events::read::<BlockStop>(data)?.index, chunks),
            Kind::MessageStart => self.message_start(events::read(data)?, chunks),
            Kind::MessageDelta => self.message_delta(events::read(data)?),
            Kind::MessageStop => {
                let rest: Map<String, Value> = events::read(data)?;
                overlay(&mut self.unknown, decode::unknown_fields(rest));
                self.close(chunks);
                self.done = true;
            }
            Kind::Error => return Err(error::in_band(events::read(data)?)),
            Kind::Ignored => {}
        }
        Ok(())
    }

    fn end(&mut self, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.done {
            return Ok(());
        }
        self.close(chunks);
        Err(Error::new(
            ErrorKind::ApiConnection,
            "the stream ended without `message_stop`: the answer is truncated",
        ))
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

/// Later values stand; a null says nothing.
fn overlay(sum: &mut Map<String, Value>, more: Map<String, Value>) {
    for (key, value) in more {
        if !value.is_null() {
            sum.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests;
