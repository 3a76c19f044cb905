//! One candidate: its parts as they came, and what each adds to the message.

use serde_json::{Map, Value, json};

use super::super::wire::{self, LogprobsResult, Part, TokenCandidate, is_thought, part_text, signature};
use super::super::{OWN_CALL_ID, REASONING_FORMAT, annotations};
use super::call::{self, OpenCall};
use super::media::{self, AudioJoin};
use super::partial_arguments;
use crate::dialects::{DialectName, call_id};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{
    ChunkChoice, Delta, FinishReason, Logprobs, NativeBlocks, ReasoningDetail, ReasoningDetailType,
    TokenLogprob, ToolCallDelta, TopLogprob,
};

pub(super) struct Candidate {
    pub index: u32,
    streaming: bool,
    started: bool,
    blocks: Vec<Part>,
    calls: u32,
    open_call: Option<OpenCall>,
    audio: AudioJoin,
    grounding: Map<String, Value>,
    citations: Map<String, Value>,
    annotated: usize,
    finish: Option<String>,
}

impl Candidate {
    pub fn new(index: u32, streaming: bool) -> Self {
        Self {
            index,
            streaming,
            started: false,
            blocks: Vec::new(),
            calls: 0,
            open_call: None,
            audio: AudioJoin::default(),
            grounding: Map::new(),
            citations: Map::new(),
            annotated: 0,
            finish: None,
        }
    }

    pub fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Takes a piece; `None` where it adds nothing.
    pub fn piece(&mut self, piece: wire::Candidate, response_id: &str) -> Result<Option<ChunkChoice>> {
        let mut choice = ChunkChoice { index: self.index, ..ChunkChoice::default() };
        let content = piece.content.unwrap_or_default();
        // Only the first part of a piece can continue the last part before it.
        let mut continues = self.streaming;
        for part in content.parts.unwrap_or_default() {
            if self.streaming && says_nothing(&part) {
                continue;
            }
            self.part(part, std::mem::take(&mut continues), response_id, &mut choice.delta)?;
        }
        choice.logprobs = piece.logprobs.map(logprobs);
        choice.provider_fields = piece.rest;
        annotations::merge_metadata(&mut self.grounding, piece.grounding.unwrap_or_default());
        annotations::merge_metadata(&mut self.citations, piece.citations.unwrap_or_default());
        if let Some(reason) = piece.finish_reason {
            self.finish = Some(match reason {
                Value::String(name) => name,
                other => other.to_string(),
            });
        }
        let grew = choice.delta != Delta::default()
            || choice.logprobs.is_some()
            || !choice.provider_fields.is_empty();
        if let Some(finish) = self.finish.clone() {
            self.end(&finish, &mut choice);
        } else if !grew && self.started {
            return Ok(None);
        }
        if !self.started {
            self.started = true;
            choice.delta.role = Some("assistant".to_owned());
        }
        Ok(Some(choice))
    }

    /// What is known only at the end. A later piece says it again, complete.
    fn end(&mut self, finish: &str, choice: &mut ChunkChoice) {
        if self.open_call.is_some() {
            let delta = self.close_call();
            choice.delta.tool_calls.get_or_insert_default().extend(delta);
        }
        if let Some(rest) = self.audio.rest() {
            match &mut choice.delta.audio {
                Some(audio) => {
                    audio.data.get_or_insert_default().push_str(rest.data.as_deref().unwrap_or(""))
                }
                none => *none = Some(rest),
            }
        }
        for (name, metadata) in
            [("groundingMetadata", &self.grounding), ("citationMetadata", &self.citations)]
        {
            if !metadata.is_empty() {
                choice.provider_fields.insert(name.to_owned(), Value::Object(metadata.clone()));
            }
        }
        // Annotations of deltas add up, so only new ones are told.
        let mut all = annotations::annotations(&self.blocks, &self.grounding, &self.citations);
        let new = all.split_off(self.annotated.min(all.len()));
        self.annotated += new.len();
        if !new.is_empty() {
            choice.delta.annotations = Some(new);
        }
        if !plain_fields_suffice(&self.blocks) {
            choice.delta.native_blocks = Some(NativeBlocks {
                dialect: DialectName::Gemini.as_str().to_owned(),
                blocks: self.blocks.iter().cloned().map(Value::Object).collect(),
            });
        }
        choice.finish_reason = Some(finish_reason(finish, self.calls > 0));
        choice.native_finish_reason = Some(finish.to_owned());
    }

    fn part(&mut self, part: Part, continues: bool, response_id: &str, delta: &mut Delta) -> Result<()> {
        if part.contains_key("functionCall") {
            return self.function_call(part, response_id, delta);
        }
        if let Some(text) = part_text(&part).filter(|text| !text.is_empty()).map(str::to_owned) {
            let thought = is_thought(&part);
            let joined = continues
                && is_plain_text(&part)
                && self.blocks.last().is_some_and(|last| is_plain_text(last) && is_thought(last) == thought);
            let at = if joined { self.blocks.len() - 1 } else { self.blocks.len() };
            if thought {
                append(&mut delta.reasoning_content, &text);
                let mut detail = reasoning(ReasoningDetailType::Text, at);
                detail.text = Some(text.clone());
                detail.signature = signature(&part).map(str::to_owned);
                delta.reasoning_details.get_or_insert_default().push(detail);
            } else {
                append(&mut delta.content, &text);
            }
            if joined {
                if let Some(Value::String(known)) =
                    self.blocks.last_mut().and_then(|last| last.get_mut("text"))
                {
                    known.push_str(&text);
                }
                return Ok(());
            }
        } else if let Some((mime_type, data)) = part.get("inlineData").and_then(media::inline_data)
            && !is_thought(&part)
        {
            if mime_type.starts_with("image/") {
                delta.images.get_or_insert_default().push(media::image(mime_type, data));
            } else if mime_type.starts_with("audio/") {
                let piece = self.audio.piece(mime_type, data);
                match &mut delta.audio {
                    Some(audio) => {
                        audio.data.get_or_insert_default().push_str(piece.data.as_deref().unwrap_or(""));
                    }
                    none => *none = Some(piece),
                }
            }
        }
        // A signature on a text is that of the thinking before it, readable by the service alone.
        let empty_thought = is_thought(&part) && part_text(&part).is_none_or(str::is_empty);
        if let Some(data) = signature(&part)
            && part.contains_key("text")
            && (!is_thought(&part) || empty_thought)
        {
            let mut detail = reasoning(ReasoningDetailType::Encrypted, self.blocks.len());
            detail.data = Some(data.to_owned());
            delta.reasoning_details.get_or_insert_default().push(detail);
        }
        self.blocks.push(part);
        Ok(())
    }

    fn function_call(&mut self, part: Part, response_id: &str, delta: &mut Delta) -> Result<()> {
        let signature = signature(&part).map(str::to_owned);
        let wire = part.get("functionCall").cloned().unwrap_or_default();
        let name = wire.get("name").and_then(Value::as_str);
        let pieces = wire.get("partialArgs").and_then(Value::as_array);
        let more = wire.get("willContinue").and_then(Value::as_bool) == Some(true);
        let calls = delta.tool_calls.get_or_insert_default();
        let continuing = name.is_none() && self.open_call.is_some();
        if !continuing {
            calls.extend(self.close_call());
            let index = self.calls;
            self.calls += 1;
            let name = name.unwrap_or_default();
            let whole = !more && pieces.is_none();
            let arguments = wire.get("args").cloned().unwrap_or_else(|| json!({}));
            let text = arguments.to_string();
            let id = match wire.get("id").and_then(Value::as_str) {
                Some(id) if !id.is_empty() => id.to_owned(),
                _ => {
                    let known = if whole { text.as_str() } else { "" };
                    call_id::made_up(OWN_CALL_ID, response_id, self.index, index, name, known)
                }
            };
            let mut call = call::begin(index, id, name, whole.then_some(text));
            if let Some(signature) = &signature {
                call::sign(&mut call, signature);
            }
            calls.push(call);
            if !whole {
                self.open_call = Some(OpenCall { block: self.blocks.len(), index, arguments });
            }
            self.blocks.push(part);
        }
        if let Some(open) = &mut self.open_call {
            for piece in pieces.into_iter().flatten() {
                partial_arguments::apply(&mut open.arguments, piece).ok_or_else(|| {
                    Error::new(
                        ErrorKind::ResponseDecode,
                        "a piece of a function call's arguments is not understood",
                    )
                    .with_body(piece.clone())
                })?;
            }
            if continuing && let Some(signature) = signature {
                let mut call = ToolCallDelta { index: open.index, ..ToolCallDelta::default() };
                call::sign(&mut call, &signature);
                calls.push(call);
                if let Some(block) = self.blocks.get_mut(open.block) {
                    block.insert("thoughtSignature".to_owned(), signature.into());
                }
            }
            if !more {
                calls.extend(self.close_call());
            }
        }
        if calls.is_empty() {
            delta.tool_calls = None;
        }
        Ok(())
    }

    /// Ends the call whose arguments came in pieces: its block becomes what a whole one is.
    fn close_call(&mut self) -> Option<ToolCallDelta> {
        let open = self.open_call.take()?;
        let delta = call::complete(open.index, open.arguments.to_string());
        let block = self.blocks.get_mut(open.block);
        if let Some(call) =
            block.and_then(|block| block.get_mut("functionCall")).and_then(Value::as_object_mut)
        {
            call.shift_remove("partialArgs");
            call.shift_remove("willContinue");
            call.insert("args".to_owned(), open.arguments);
        }
        Some(delta)
    }
}

fn reasoning(detail_type: ReasoningDetailType, index: usize) -> ReasoningDetail {
    let mut detail = ReasoningDetail::new(detail_type);
    detail.format = Some(REASONING_FORMAT.to_owned());
    detail.index = u32::try_from(index).ok();
    detail
}

fn append(sum: &mut Option<String>, more: &str) {
    sum.get_or_insert_default().push_str(more);
}

/// Text and nothing else: no signature, no metadata.
fn is_plain_text(part: &Part) -> bool {
    part.contains_key("text") && part.keys().all(|key| key == "text" || key == "thought")
}

/// An empty text without a signature, as a stream's last piece has it to carry the finish reason.
fn says_nothing(part: &Part) -> bool {
    part.is_empty() || (is_plain_text(part) && part_text(part) == Some(""))
}

/// Whether a message's content and tool calls alone encode to exactly these parts.
fn plain_fields_suffice(parts: &[Part]) -> bool {
    parts.iter().enumerate().all(|(position, part)| {
        part.len() == 1
            && match part.get("functionCall").and_then(Value::as_object) {
                Some(call) => {
                    call.get("args").is_some_and(Value::is_object)
                        && call.get("name").is_some_and(Value::is_string)
                        && call.get("id").is_none_or(|id| id.as_str().is_some_and(|id| !id.is_empty()))
                        && call.keys().all(|key| ["name", "args", "id"].contains(&key.as_str()))
                }
                None => position == 0 && part_text(part).is_some_and(|text| !text.is_empty()),
            }
    })
}

/// Published names, Gemini API and Vertex AI. One that is no plain end and no
/// filter stays as it came: a malformed call or answer is not a `stop`.
fn finish_reason(native: &str, has_calls: bool) -> FinishReason {
    match native {
        "STOP" if has_calls => FinishReason::ToolCalls,
        "STOP" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "MODEL_ARMOR"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => FinishReason::ContentFilter,
        other => FinishReason::Other(other.to_owned()),
    }
}

fn logprobs(wire: LogprobsResult) -> Logprobs {
    let mut top = wire.top.unwrap_or_default().into_iter();
    let content = wire.chosen.unwrap_or_default().into_iter().map(|chosen| {
        let alternatives = top.next().and_then(|top| top.candidates).unwrap_or_default();
        let (token, logprob, provider_fields) = token(chosen);
        TokenLogprob {
            token,
            logprob,
            bytes: None,
            top_logprobs: alternatives.into_iter().map(top_logprob).collect(),
            provider_fields,
        }
    });
    Logprobs { content: Some(content.collect()), refusal: None, provider_fields: wire.rest }
}

fn top_logprob(candidate: TokenCandidate) -> TopLogprob {
    let (token, logprob, provider_fields) = token(candidate);
    TopLogprob { token, logprob, bytes: None, provider_fields }
}

fn token(candidate: TokenCandidate) -> (String, f64, Map<String, Value>) {
    // proto3 leaves a value of 0 out: a log probability of 0 is certainty.
    (candidate.token.unwrap_or_default(), candidate.log_probability.unwrap_or(0.0), candidate.rest)
}
