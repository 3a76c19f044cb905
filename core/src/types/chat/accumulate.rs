//! The sum of a stream's chunks: the reply that the plain form would have been.
//!
//! Used for the `partial` of a broken stream, for `.get_final_completion()`, and
//! by the tests that compare streams with plain replies.

use serde_json::{Map, Value};

use super::{
    AudioOutput, ChatCompletion, ChatCompletionChunk, ChatMessage, Choice, ChunkChoice, Delta, FunctionCall,
    Logprobs, ReasoningDetail, ToolCall, ToolCallDelta, Usage,
};

/// Adds chunks up to a [`ChatCompletion`].
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    completion: ChatCompletion,
    /// The stream's index of each tool call, beside `completion.choices`: an
    /// index is the provider's word and may be any number.
    call_indexes: Vec<Vec<u32>>,
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
        // A plain reply has this in its own field; two fields of one name would be one too many.
        if let Some(Value::String(id)) = sum.provider_fields.shift_remove("request_id") {
            sum.request_id = Some(id);
        }
        for piece in &chunk.choices {
            let position = match sum.choices.binary_search_by_key(&piece.index, |choice| choice.index) {
                Ok(position) => position,
                Err(position) => {
                    sum.choices.insert(position, Choice { index: piece.index, ..Choice::default() });
                    self.call_indexes.insert(position, Vec::new());
                    position
                }
            };
            if let (Some(choice), Some(indexes)) =
                (sum.choices.get_mut(position), self.call_indexes.get_mut(position))
            {
                add_choice(choice, indexes, piece);
            }
        }
    }

    /// Takes the usage out: what comes now is another attempt's.
    pub fn take_usage(&mut self) -> Option<Usage> {
        self.completion.usage.take()
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

fn add_choice(choice: &mut Choice, call_indexes: &mut Vec<u32>, piece: &ChunkChoice) {
    replace(&mut choice.finish_reason, &piece.finish_reason);
    replace(&mut choice.native_finish_reason, &piece.native_finish_reason);
    if let Some(more) = &piece.logprobs {
        add_logprobs(choice.logprobs.get_or_insert_default(), more);
    }
    merge_fields(&mut choice.provider_fields, &piece.provider_fields);
    // Some services repeat the answer so far beside the delta. It is the sum itself,
    // and two fields of one name could not be read back.
    choice.provider_fields.shift_remove("message");
    add_delta(&mut choice.message, call_indexes, &piece.delta);
}

fn add_delta(message: &mut ChatMessage, call_indexes: &mut Vec<u32>, delta: &Delta) {
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
        add_tool_call(message.tool_calls.get_or_insert_default(), call_indexes, call);
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
    // index sends the pieces of a block one after the other, its signature last.
    let same_id =
        |detail: &ReasoningDetail| detail.id.is_none() || piece.id.is_none() || detail.id == piece.id;
    let same_block = |detail: &ReasoningDetail| {
        detail.index == piece.index && detail.detail_type == piece.detail_type && same_id(detail)
    };
    let same = match piece.index {
        Some(_) => details.iter_mut().rev().find(|detail| same_block(detail)),
        None => details.last_mut().filter(|detail| {
            same_block(detail)
                && detail.data.is_none()
                && (detail.signature.is_none() || piece.text.is_none())
        }),
    };
    let Some(detail) = same else {
        details.push(piece.clone());
        return;
    };
    append(&mut detail.text, &piece.text);
    append(&mut detail.summary, &piece.summary);
    replace(&mut detail.data, &piece.data);
    replace(&mut detail.signature, &piece.signature);
    replace(&mut detail.id, &piece.id);
    replace(&mut detail.format, &piece.format);
    merge_fields(&mut detail.extra, &piece.extra);
}

fn add_tool_call(calls: &mut Vec<ToolCall>, indexes: &mut Vec<u32>, piece: &ToolCallDelta) {
    // Calls stand in the order of their indexes, whichever came first.
    let position = match indexes.binary_search(&piece.index) {
        Ok(position) => position,
        Err(position) => {
            indexes.insert(position, piece.index);
            calls.insert(
                position,
                ToolCall {
                    id: String::new(),
                    call_type: "function".to_owned(),
                    function: FunctionCall::default(),
                    extra: Map::new(),
                },
            );
            position
        }
    };
    let Some(call) = calls.get_mut(position) else {
        return;
    };
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
    extend_lists(&mut sum.provider_fields, &more.provider_fields);
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

/// Unknown fields: objects grow by their members; of anything else the last
/// that is not null stands. The deprecated `function_call` has no field of its
/// own, and its texts come in pieces.
fn merge_fields(sum: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        match (sum.get_mut(key), value) {
            (Some(_), Value::Null) => {}
            (Some(Value::Object(sum)), Value::Object(more)) if key == "function_call" => {
                join_texts(sum, more)
            }
            (Some(Value::Object(sum)), Value::Object(more)) => merge_fields(sum, more),
            (Some(sum), more) => sum.clone_from(more),
            (None, more) => {
                sum.insert(key.clone(), more.clone());
            }
        }
    }
}

fn join_texts(sum: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        match (sum.get_mut(key), value) {
            (Some(Value::String(sum)), Value::String(more)) => sum.push_str(more),
            (Some(_), Value::Null) => {}
            _ => {
                sum.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Lists of log probabilities that have no field of their own grow like those that have.
fn extend_lists(sum: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        match (sum.get_mut(key), value) {
            (Some(Value::Array(sum)), Value::Array(more)) => sum.extend_from_slice(more),
            (Some(_), Value::Null) => {}
            _ => {
                sum.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
#[path = "accumulate_tests.rs"]
mod tests;
