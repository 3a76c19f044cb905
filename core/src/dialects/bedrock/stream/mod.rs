//! A streamed response: events in, chunks out.
//!
//! Deltas are handed out as they come. What is whole only at the end (usage, stop
//! reason, the native blocks) goes out on the last chunk, so that the sum of the chunks
//! is what the plain response would have been. A call's arguments go out in the model's
//! own spelling. `metadata` is the last event, after `messageStop`; a stream that ends
//! between the two is whole but for its usage.

mod assembly;
mod events;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value};

use self::assembly::Block;
use self::events::{BlockDelta, BlockStart, BlockStop, UnknownDelta};
use super::model::Family;
use super::{blocks, decode, error, usage};
use crate::dialects::ChatStream;
use crate::dialects::anthropic::{choice_fields, count};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::framing::Frame;
use crate::types::chat::{ChatCompletionChunk, ChunkChoice, Delta};

pub(super) struct ConverseStream {
    model: String,
    family: Family,
    blocks: BTreeMap<u32, Block>,
    /// Calls started so far: the next call's index.
    calls: u32,
    /// Characters of content handed out so far.
    characters: u64,
    json_answer: bool,
    stop_reason: Option<String>,
    usage: Option<Map<String, Value>>,
    unknown: Map<String, Value>,
    started: bool,
    /// Whether `messageStop` came.
    stopped: bool,
    /// Whether the held-back fields went out.
    closed: bool,
    done: bool,
}

impl ConverseStream {
    pub(super) fn new(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            family: Family::of(model),
            blocks: BTreeMap::new(),
            calls: 0,
            characters: 0,
            json_answer: false,
            stop_reason: None,
            usage: None,
            unknown: Map::new(),
            started: false,
            stopped: false,
            closed: false,
            done: false,
        }
    }

    fn chunk(&self, delta: Delta) -> ChatCompletionChunk {
        ChatCompletionChunk {
            model: self.model.clone(),
            choices: vec![ChunkChoice { delta, ..ChunkChoice::default() }],
            ..ChatCompletionChunk::default()
        }
    }

    /// The first chunk, which names the role.
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
            self.characters += count(content);
        }
        chunks.push(self.chunk(delta));
    }

    fn block_start(&mut self, event: BlockStart, chunks: &mut Vec<ChatCompletionChunk>) {
        let (block, delta) = Block::start(event.start, self.calls, self.characters, self.json_answer);
        if block.is_call() {
            self.calls += 1;
        }
        self.json_answer |= block.is_json_answer();
        self.blocks.insert(event.content_block_index, block);
        self.push(delta, chunks);
    }

    /// Blocks of text and of reasoning come without a start.
    fn block_delta(&mut self, data: &Bytes, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        let BlockDelta { content_block_index: index, delta } = events::read(data)?;
        if !self.blocks.contains_key(&index) {
            self.block_start(BlockStart { content_block_index: index, start: Map::new() }, chunks);
        }
        let family = self.family;
        let Some(block) = self.blocks.get_mut(&index) else { return Ok(()) };
        if !delta.is_known() {
            block.unknown_delta(events::read::<UnknownDelta>(data)?.delta);
            return Ok(());
        }
        let delta = block.delta(index, delta, family);
        self.push(delta, chunks);
        Ok(())
    }

    fn block_stop(&mut self, index: u32, chunks: &mut Vec<ChatCompletionChunk>) {
        let deltas = self.blocks.get_mut(&index).map(|block| block.stop(index)).unwrap_or_default();
        for delta in deltas {
            self.push(Some(delta), chunks);
        }
    }

    fn message_stop(&mut self, mut event: Map<String, Value>) {
        self.stopped = true;
        if let Some(Value::String(reason)) = event.shift_remove("stopReason") {
            self.stop_reason = Some(reason);
        }
        self.unknown.extend(decode::unknown_fields(event));
    }

    fn metadata(&mut self, mut event: Map<String, Value>) {
        if let Some(Value::Object(usage)) = event.shift_remove("usage") {
            self.usage = Some(usage);
        }
        self.unknown.extend(decode::unknown_fields(event));
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
        let mut chunk = self.chunk(Delta { native_blocks, ..Delta::default() });
        let mut fields = choice_fields(others.into_iter().map(Block::into_kept).collect());
        for choice in &mut chunk.choices {
            choice.provider_fields = std::mem::take(&mut fields);
            choice.finish_reason.clone_from(&finish_reason);
            choice.native_finish_reason.clone_from(&native_finish_reason);
        }
        chunk.usage = self.usage.take().map(usage::decode);
        chunk.service_tier = decode::take_tier(&mut self.unknown);
        chunk.provider_fields = std::mem::take(&mut self.unknown);
        chunks.push(chunk);
    }
}

impl ChatStream for ConverseStream {
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.done {
            return Ok(());
        }
        let data = &frame.data;
        match frame.event_name() {
            "messageStart" => {
                let mut event = events::fields(data)?;
                event.shift_remove("role");
                self.unknown.extend(decode::unknown_fields(event));
                self.start(chunks);
            }
            "contentBlockStart" => self.block_start(events::read(data)?, chunks),
            "contentBlockDelta" => self.block_delta(data, chunks)?,
            "contentBlockStop" => {
                self.block_stop(events::read::<BlockStop>(data)?.content_block_index, chunks);
            }
            "messageStop" => self.message_stop(events::fields(data)?),
            "metadata" => {
                self.metadata(events::fields(data)?);
                self.close(chunks);
                self.done = true;
            }
            name => {
                if let Some((_, error_type)) = name.split_once(':') {
                    return Err(error::in_band(error_type, data));
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        if self.done {
            return Ok(());
        }
        self.close(chunks);
        self.done = self.stopped;
        if self.stopped {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ApiConnection,
            "the stream ended without `messageStop`: the answer is truncated",
        ))
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

#[cfg(test)]
mod tests;
