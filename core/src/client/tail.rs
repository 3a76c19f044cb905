//! The end of a stream: usage and trace on the last chunk, and none empty.
//!
//! OpenAI's wire sends usage in a chunk without choices, after the chunk that
//! has the finish reason. A loop that reads `chunk.choices[0]` would break on
//! it, so the finishing chunk is held until what follows is known; content is
//! never held.

use std::sync::Arc;

use crate::types::chat::{ChatCompletionChunk, ChunkChoice, Delta};
use crate::types::operation::StreamItem;
use crate::types::trace::Trace;

/// Holds back the finishing chunk of a stream.
#[derive(Debug, Default)]
pub struct Tail {
    held: Option<ChatCompletionChunk>,
}

impl Tail {
    /// Passes `chunk` on, or holds it, or joins it to the held one.
    pub fn push(&mut self, chunk: ChatCompletionChunk, out: &mut Vec<StreamItem>) {
        if chunk.choices.is_empty() && self.held.is_some() {
            if let Some(held) = &mut self.held {
                join(held, chunk);
            }
            return;
        }
        if !finishes(&chunk) && self.held.is_none() {
            out.push(StreamItem::Chunk(chunk));
            return;
        }
        // Another choice goes on after one has finished (`n` > 1).
        out.extend(self.held.take().map(StreamItem::Chunk));
        if finishes(&chunk) {
            self.held = Some(chunk);
        } else {
            out.push(StreamItem::Chunk(chunk));
        }
    }

    /// The chunk that is held.
    pub fn held_mut(&mut self) -> Option<&mut ChatCompletionChunk> {
        self.held.as_mut()
    }

    /// The stream ended well: gives out the last chunk, with the trace.
    pub fn finish(&mut self, route: Arc<Trace>, last: &ChatCompletionChunk, out: &mut Vec<StreamItem>) {
        let last_out = |out: &mut Vec<StreamItem>| out.pop().and_then(StreamItem::into_chunk);
        let mut chunk = self.held.take().or_else(|| last_out(out)).unwrap_or_else(|| ChatCompletionChunk {
            id: last.id.clone(),
            created: last.created,
            model: last.model.clone(),
            choices: vec![ChunkChoice { delta: Delta::default(), ..ChunkChoice::default() }],
            ..ChatCompletionChunk::default()
        });
        chunk.route = Some(route);
        out.push(StreamItem::Chunk(chunk));
    }

    /// The stream broke: what was held is given out as it is.
    pub fn give_up(&mut self, out: &mut Vec<StreamItem>) {
        out.extend(self.held.take().map(StreamItem::Chunk));
    }
}

fn finishes(chunk: &ChatCompletionChunk) -> bool {
    chunk.choices.iter().any(|choice| choice.finish_reason.is_some())
}

fn join(held: &mut ChatCompletionChunk, more: ChatCompletionChunk) {
    if more.usage.is_some() {
        held.usage = more.usage;
    }
    if more.service_tier.is_some() {
        held.service_tier = more.service_tier;
    }
    held.provider_fields.extend(more.provider_fields);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::chat::{FinishReason, Usage};

    fn chunk(text: Option<&str>, finish: Option<FinishReason>) -> ChatCompletionChunk {
        ChatCompletionChunk {
            choices: vec![ChunkChoice {
                delta: Delta { content: text.map(str::to_owned), ..Delta::default() },
                finish_reason: finish,
                ..ChunkChoice::default()
            }],
            ..ChatCompletionChunk::default()
        }
    }

    #[test]
    fn content_is_never_held() {
        let (mut tail, mut out) = (Tail::default(), Vec::new());
        tail.push(chunk(Some("a"), None), &mut out);
        assert_eq!(out.len(), 1);
    }

    #[test]
    fn usage_and_trace_land_on_the_finishing_chunk() {
        let (mut tail, mut out) = (Tail::default(), Vec::new());
        tail.push(chunk(None, Some(FinishReason::Stop)), &mut out);
        let usage = Usage { prompt_tokens: 3, ..Usage::default() };
        tail.push(ChatCompletionChunk { usage: Some(usage), ..ChatCompletionChunk::default() }, &mut out);
        assert!(out.is_empty());
        tail.finish(Arc::default(), &ChatCompletionChunk::default(), &mut out);
        assert_eq!(out.len(), 1);
        let last = out.pop().and_then(StreamItem::into_chunk).unwrap();
        assert_eq!(last.usage.as_ref().unwrap().prompt_tokens, 3);
        assert!(last.route.is_some());
        assert_eq!(last.choices.len(), 1);
    }

    #[test]
    fn a_second_choice_releases_the_first_ones_end() {
        let (mut tail, mut out) = (Tail::default(), Vec::new());
        tail.push(chunk(None, Some(FinishReason::Stop)), &mut out);
        tail.push(chunk(Some("b"), None), &mut out);
        assert_eq!(out.len(), 2);
        tail.push(chunk(None, Some(FinishReason::Length)), &mut out);
        tail.finish(Arc::default(), &ChatCompletionChunk::default(), &mut out);
        assert_eq!(out.len(), 3);
    }

    #[test]
    fn the_trace_is_given_out_even_without_a_finishing_chunk() {
        let (mut tail, mut out) = (Tail::default(), Vec::new());
        tail.finish(Arc::default(), &ChatCompletionChunk::default(), &mut out);
        let last = out.pop().and_then(StreamItem::into_chunk).unwrap();
        assert!(last.route.is_some());
        assert_eq!(last.choices.len(), 1);
    }
}
