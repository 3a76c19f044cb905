//! The sum of a stream's chunks: the reply that the plain form would have been.
//!
//! Used for the `partial` of a broken stream, for `.get_final_completion()`, and
//! by the tests that compare streams with plain replies.

use serde_json::{Map, Value};

use super::{
    AudioOutput, ChatCompletion, ChatCompletionChunk, ChatMessage, Choice, ChunkChoice, Delta, FunctionCall,
    Logprobs, ReasoningDetail, ToolCall, ToolCallDelta,
};

/// Adds chunks up to a [`ChatCompletion`].
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    completion: ChatCompletion,
    started: bool,
}

impl Accumulator {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether no chunk was added yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.started
    }

    /// Adds the next chunk.
    pub fn add(&mut self, chunk: &ChatCompletionChunk) {
        self.started = true;
        let sum = &mut self.completion;
        if !chunk.id.is_empty() {
            sum.id.clone_from(&chunk.id);
        }
        if !chunk.model.is_empty() {
            sum.model.clone_from(&chunk.model);
        }
        if chunk.created != 0 {
            sum.created = chunk.created;
        }
        replace(&mut sum.usage, &chunk.usage);
        replace(&mut sum.service_tier, &chunk.service_tier);
        replace(&mut sum.system_fingerprint, &chunk.system_fingerprint);
        replace(&mut sum.route, &chunk.route);
        merge_fields(&mut sum.provider_fields, &chunk.provider_fields);
        for piece in &chunk.choices {
            add_choice(choice_at(&mut sum.choices, piece.index), piece);
        }
    }

    /// The sum so far.
    #[must_use]
    pub fn completion(&self) -> &ChatCompletion {
        &self.completion
    }

    /// The sum.
    #[must_use]
    pub fn into_completion(self) -> ChatCompletion {
        self.completion
    }
}

fn choice_at(choices: &mut Vec<Choice>, index: u32) -> &mut Choice {
    let position = match choices.binary_search_by_key(&index, |choice| choice.index) {
        Ok(position) => position,
        Err(position) => {
            choices.insert(position, Choice { index, ..Choice::default() });
            position
        }
    };
    &mut choices[position]
}

fn add_choice(choice: &mut Choice, piece: &ChunkChoice) {
    replace(&mut choice.finish_reason, &piece.finish_reason);
    replace(&mut choice.native_finish_reason, &piece.native_finish_reason);
    if let Some(more) = &piece.logprobs {
        add_logprobs(choice.logprobs.get_or_insert_default(), more);
    }
    merge_fields(&mut choice.provider_fields, &piece.provider_fields);
    add_delta(&mut choice.message, &piece.delta);
}

fn add_delta(message: &mut ChatMessage, delta: &Delta) {
    if let Some(role) = &delta.role
        && !role.is_empty()
    {
        message.role.clone_from(role);
    }
    append(&mut message.content, &delta.content);
    append(&mut message.refusal, &delta.refusal);
    append(&mut message.reasoning_content, &delta.reasoning_content);
    for detail in delta.reasoning_details.iter().flatten() {
        add_reasoning(message.reasoning_details.get_or_insert_default(), detail);
    }
    for call in delta.tool_calls.iter().flatten() {
        add_tool_call(message.tool_calls.get_or_insert_default(), call);
    }
    extend(&mut message.annotations, &delta.annotations);
    extend(&mut message.images, &delta.images);
    if let Some(audio) = &delta.audio {
        add_audio(message.audio.get_or_insert_default(), audio);
    }
    replace(&mut message.native_blocks, &delta.native_blocks);
    merge_fields(&mut message.provider_fields, &delta.provider_fields);
}

fn add_reasoning(details: &mut Vec<ReasoningDetail>, piece: &ReasoningDetail) {
    // Pieces of one block share its index and type. A provider that gives no
    // index sends the pieces of a block one after the other.
    let same = details.iter_mut().rev().find(|detail| {
        detail.index == piece.index
            && detail.detail_type == piece.detail_type
            && detail.id == piece.id.clone().or(detail.id.clone())
    });
    let Some(detail) = same else {
        details.push(piece.clone());
        return;
    };
    append(&mut detail.text, &piece.text);
    append(&mut detail.summary, &piece.summary);
    append(&mut detail.data, &piece.data);
    append(&mut detail.signature, &piece.signature);
    replace(&mut detail.id, &piece.id);
    replace(&mut detail.format, &piece.format);
    merge_fields(&mut detail.extra, &piece.extra);
}

fn add_tool_call(calls: &mut Vec<ToolCall>, piece: &ToolCallDelta) {
    let position = piece.index as usize;
    while calls.len() <= position {
        calls.push(ToolCall {
            id: String::new(),
            call_type: "function".to_owned(),
            function: FunctionCall::default(),
            extra: Map::new(),
        });
    }
    let call = &mut calls[position];
    if let Some(id) = piece.id.as_deref()
        && !id.is_empty()
    {
        id.clone_into(&mut call.id);
    }
    if let Some(call_type) = piece.call_type.as_deref()
        && !call_type.is_empty()
    {
        call_type.clone_into(&mut call.call_type);
    }
    if let Some(function) = &piece.function {
        if let Some(name) = &function.name {
            call.function.name.push_str(name);
        }
        if let Some(arguments) = &function.arguments {
            call.function.arguments.push_str(arguments);
        }
        merge_fields(&mut call.function.extra, &function.extra);
    }
    merge_fields(&mut call.extra, &piece.extra);
}

fn add_logprobs(sum: &mut Logprobs, more: &Logprobs) {
    extend(&mut sum.content, &more.content);
    extend(&mut sum.refusal, &more.refusal);
    merge_fields(&mut sum.provider_fields, &more.provider_fields);
}

fn add_audio(sum: &mut AudioOutput, more: &AudioOutput) {
    replace(&mut sum.id, &more.id);
    append(&mut sum.data, &more.data);
    append(&mut sum.transcript, &more.transcript);
    replace(&mut sum.expires_at, &more.expires_at);
    merge_fields(&mut sum.provider_fields, &more.provider_fields);
}

fn append(sum: &mut Option<String>, more: &Option<String>) {
    if let Some(more) = more {
        sum.get_or_insert_default().push_str(more);
    }
}

fn extend<T: Clone>(sum: &mut Option<Vec<T>>, more: &Option<Vec<T>>) {
    if let Some(more) = more {
        sum.get_or_insert_default().extend_from_slice(more);
    }
}

fn replace<T: Clone>(sum: &mut Option<T>, more: &Option<T>) {
    if more.is_some() {
        sum.clone_from(more);
    }
}

/// Unknown fields: the last one that is not null stands.
fn merge_fields(sum: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        if !value.is_null() || !sum.contains_key(key) {
            sum.insert(key.clone(), value.clone());
        }
    }
}
