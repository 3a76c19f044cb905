//! The one machine that turns pieces of a response into chunks.
//!
//! A whole response is a single piece. Across pieces this keeps what a second
//! turn needs: the parts as they came, except that the text of a piece continues
//! the text part before it. A part with a signature is never joined with
//! another ("Don't merge a Part that contains a signature with one that does
//! not", ai.google.dev, thought signatures).

mod call;
mod candidate;
mod media;
mod partial_arguments;

use serde_json::Value;

use self::candidate::Candidate;
use super::wire::{Response, UsageMetadata};
use super::{error, usage};
use crate::dialects::timestamp;
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::ChatCompletionChunk;

/// What was received of one response so far.
pub(super) struct Assembly {
    model: String,
    id: String,
    created: i64,
    streaming: bool,
    candidates: Vec<Candidate>,
    usage: Option<UsageMetadata>,
}

impl Assembly {
    /// `model` is the one asked for, told where the service names none.
    pub fn new(model: &str, streaming: bool) -> Self {
        Self {
            model: model.to_owned(),
            id: String::new(),
            created: 0,
            streaming,
            candidates: Vec::new(),
            usage: None,
        }
    }

    /// Takes a piece; `raw` is its JSON, asked for only to put it into an error.
    pub fn piece(&mut self, piece: Response, raw: impl Fn() -> Value) -> Result<ChatCompletionChunk> {
        if piece.error.is_some() {
            return Err(error::from_body(None, raw()));
        }
        let candidates = piece.candidates.unwrap_or_default();
        if let Some(feedback) = &piece.prompt_feedback
            && let Some(reason) = feedback.get("blockReason").and_then(Value::as_str)
            && candidates.is_empty()
        {
            return Err(error::prompt_blocked(reason, feedback, raw()));
        }
        if let Some(id) = piece.response_id {
            self.id = id;
        }
        if let Some(model) = piece.model_version {
            self.model = model;
        }
        let mut chunk = self.chunk();
        chunk.provider_fields = piece.rest;
        if let Some(time) = piece.create_time {
            if let Some(created) = timestamp::unix_seconds(&time) {
                self.created = created;
                chunk.created = created;
            }
            chunk.provider_fields.insert("createTime".to_owned(), time.into());
        }
        if let Some(feedback) = piece.prompt_feedback {
            chunk.provider_fields.insert("promptFeedback".to_owned(), feedback);
        }
        if let Some(newer) = piece.usage {
            usage::update(&mut self.usage, newer);
        }
        // proto3 leaves an index of 0 out, as Vertex AI does throughout.
        let indexed = candidates.iter().any(|candidate| candidate.index.is_some());
        for (position, candidate) in candidates.into_iter().enumerate() {
            let fallback = if indexed { 0 } else { u32::try_from(position).unwrap_or(u32::MAX) };
            let index = candidate.index.unwrap_or(fallback);
            let known = self.candidates.iter().position(|known| known.index == index);
            let position = known.unwrap_or_else(|| {
                self.candidates.push(Candidate::new(index, self.streaming));
                self.candidates.len() - 1
            });
            if let Some(known) = self.candidates.get_mut(position) {
                chunk.choices.extend(known.piece(candidate, &self.id)?);
            }
        }
        Ok(chunk)
    }

    /// The last chunk: the usage, where the service told any.
    pub fn last_chunk(&self) -> Option<ChatCompletionChunk> {
        let wire = self.usage.as_ref()?;
        let usage = usage::usage(wire)?;
        let service_tier = wire.service_tier.clone();
        Some(ChatCompletionChunk { usage: Some(usage), service_tier, ..self.chunk() })
    }

    /// Whether any answer was begun.
    pub fn has_candidates(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Error where an answer that was begun, or the first, has no reason to have ended.
    pub fn require_end(&self) -> Result<()> {
        if self.has_candidates() && self.candidates.iter().all(Candidate::is_finished) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ApiConnection,
            "the stream ended without a finishReason: the answer is truncated",
        ))
    }

    fn chunk(&self) -> ChatCompletionChunk {
        ChatCompletionChunk {
            id: self.id.clone(),
            created: self.created,
            model: self.model.clone(),
            ..ChatCompletionChunk::default()
        }
    }
}
