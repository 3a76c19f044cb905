//! One block of a streamed message: what to hand out now, and the whole at the end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::blocks;
use super::super::citations::annotation;
use super::super::model::Family;
use super::events::{Piece, Reasoning};
use crate::dialects::anthropic::{JSON_TOOL, arguments, count};
use crate::types::chat::{Delta, FunctionCallDelta, ReasoningDetail, ToolCallDelta};

/// A block while it comes. Its kind is that of its start or of its first delta.
#[derive(Default)]
pub(super) struct Block {
    /// `toolUse`, `toolResult` and `image` as they started, and kinds not known yet.
    start: Map<String, Value>,
    role: Role,
    /// Text or the input's JSON, joined; `None` where nothing was said.
    joined: Option<String>,
    reasoning: Option<String>,
    signature: Option<String>,
    redacted: Vec<String>,
    citations: Vec<Value>,
    results: Vec<Value>,
    /// Where its text starts within the content.
    first_character: u64,
    stopped: bool,
}

/// What a `toolUse` is to the caller.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Role {
    /// No call of the caller's.
    #[default]
    None,
    /// A call, by its position among the message's calls.
    Call(u32),
    /// The reserved JSON tool: its input is the content.
    JsonAnswer,
    /// The reserved JSON tool once more: kept, and no content.
    OtherJsonAnswer,
}

impl Block {
    /// The block, and what its start says already. `answered`: the reserved JSON tool was called before.
    pub(super) fn start(
        start: Map<String, Value>,
        calls: u32,
        first_character: u64,
        answered: bool,
    ) -> (Self, Option<Delta>) {
        let mut block = Self { first_character, ..Self::default() };
        let mut delta = None;
        if let Some(call) = start.get("toolUse").filter(|call| blocks::is_callers(call)) {
            let name = blocks::text_of(call, "name");
            block.role = match (name == JSON_TOOL, answered) {
                (true, true) => Role::OtherJsonAnswer,
                (true, false) => Role::JsonAnswer,
                (false, _) => Role::Call(calls),
            };
            if block.role == Role::Call(calls) {
                delta = Some(of_call(ToolCallDelta {
                    index: calls,
                    id: Some(blocks::text_of(call, "toolUseId").to_owned()),
                    call_type: Some("function".to_owned()),
                    function: Some(FunctionCallDelta {
                        name: Some(name.to_owned()),
                        arguments: Some(String::new()),
                        ..FunctionCallDelta::default()
                    }),
                    ..ToolCallDelta::default()
                }));
            }
        }
        block.start = start;
        (block, delta)
    }

    pub(super) const fn is_call(&self) -> bool {
        matches!(self.role, Role::Call(_))
    }

    pub(super) fn is_json_answer(&self) -> bool {
        self.role == Role::JsonAnswer
    }

    pub(super) fn is_other_json_answer(&self) -> bool {
        self.role == Role::OtherJsonAnswer
    }

    /// Takes a delta; gives what it adds to the message.
    pub(super) fn delta(&mut self, index: u32, piece: Piece, family: Family) -> Option<Delta> {
        self.citations.extend(piece.citation);
        self.results.extend(piece.tool_result.into_iter().flatten());
        if let Some(image) = piece.image {
            match self.start.entry("image").or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(sum) => sum.extend(image),
                other => *other = Value::Object(image),
            }
        }
        if let Some(text) = piece.text {
            self.joined.get_or_insert_default().push_str(&text);
            return Some(Delta { content: Some(text), ..Delta::default() });
        }
        if let Some(reasoning) = piece.reasoning_content {
            return self.reasoning(index as usize, reasoning, family);
        }
        let input = piece.tool_use?.input;
        self.joined.get_or_insert_default().push_str(&input);
        match self.role {
            _ if input.is_empty() => None,
            Role::Call(position) => Some(call_arguments(position, input)),
            Role::JsonAnswer => Some(Delta { content: Some(input), ..Delta::default() }),
            Role::None | Role::OtherJsonAnswer => None,
        }
    }

    fn reasoning(&mut self, index: usize, reasoning: Reasoning, family: Family) -> Option<Delta> {
        if let Some(text) = reasoning.text {
            self.reasoning.get_or_insert_default().push_str(&text);
            let detail = blocks::text_detail(index, &text, family);
            let reasoning_content = Some(text).filter(|text| !text.is_empty());
            return Some(Delta { reasoning_content, ..of_reasoning(detail) });
        }
        if let Some(signature) = reasoning.signature {
            self.signature.get_or_insert_default().push_str(&signature);
            let mut detail = blocks::text_detail(index, "", family);
            detail.signature = Some(signature).filter(|signature| !signature.is_empty());
            return detail.signature.is_some().then(|| of_reasoning(detail));
        }
        // It is whole only with the block.
        let data = reasoning.redacted_content?;
        self.redacted.push(data);
        None
    }

    /// A delta of a kind not known yet: texts are appended, other fields replaced.
    pub(super) fn unknown_delta(&mut self, delta: Map<String, Value>) {
        for (key, value) in delta {
            match (self.start.get_mut(&key), value) {
                (Some(Value::String(sum)), Value::String(more)) => sum.push_str(&more),
                (Some(Value::Object(sum)), Value::Object(more)) => sum.extend(more),
                (_, value) => {
                    self.start.insert(key, value);
                }
            }
        }
    }

    /// The block is whole; gives what could not be said before.
    pub(super) fn stop(&mut self, index: u32) -> Vec<Delta> {
        if std::mem::replace(&mut self.stopped, true) {
            return Vec::new();
        }
        let mut deltas = Vec::new();
        let said_nothing = self.joined.as_deref().is_none_or(str::is_empty);
        match self.role {
            Role::Call(position) if said_nothing => {
                deltas.push(call_arguments(position, arguments(self.input_of_start())));
            }
            Role::JsonAnswer if said_nothing => {
                let answer = arguments(self.input_of_start());
                deltas.push(Delta { content: Some(answer), ..Delta::default() });
            }
            _ => {}
        }
        if !self.redacted.is_empty() {
            deltas
                .push(of_reasoning(blocks::redacted_detail(index as usize, &joined_base64(&self.redacted))));
        }
        if !self.citations.is_empty() {
            let end = self.first_character + count(self.joined.as_deref().unwrap_or_default());
            let annotations = self
                .citations
                .iter()
                .map(|citation| annotation(citation, self.first_character, end))
                .collect();
            deltas.push(Delta { annotations: Some(annotations), ..Delta::default() });
        }
        if let Some(image) = self.start.get("image").and_then(blocks::image) {
            deltas.push(Delta { images: Some(vec![image]), ..Delta::default() });
        }
        deltas
    }

    fn input_of_start(&self) -> Option<&Value> {
        self.start.get("toolUse").and_then(|call| call.get("input"))
    }

    /// The block as the plain response would have it. `None` where its input is not JSON.
    pub(super) fn into_native(mut self) -> Option<Value> {
        if let Some(Value::Object(call)) = self.start.get_mut("toolUse") {
            match self.joined.filter(|input| !input.is_empty()) {
                Some(input) => call.insert("input".to_owned(), serde_json::from_str(&input).ok()?),
                None => Some(call.entry("input").or_insert_with(|| json!({})).clone()),
            };
            return Some(Value::Object(self.start));
        }
        if let Some(Value::Object(result)) = self.start.get_mut("toolResult") {
            result.insert("content".to_owned(), Value::Array(self.results));
            return Some(Value::Object(self.start));
        }
        if !self.citations.is_empty() {
            let content: Vec<Value> = self.joined.into_iter().map(|text| json!({ "text": text })).collect();
            return Some(json!({ "citationsContent": { "content": content, "citations": self.citations } }));
        }
        if self.reasoning.is_some() || self.signature.is_some() {
            let mut text = Map::new();
            text.insert("text".to_owned(), Value::String(self.reasoning.unwrap_or_default()));
            if let Some(signature) = self.signature {
                text.insert("signature".to_owned(), Value::String(signature));
            }
            return Some(json!({ "reasoningContent": { "reasoningText": text } }));
        }
        if !self.redacted.is_empty() {
            return Some(json!({ "reasoningContent": { "redactedContent": joined_base64(&self.redacted) } }));
        }
        if self.start.is_empty() {
            return Some(json!({ "text": self.joined.unwrap_or_default() }));
        }
        Some(Value::Object(self.start))
    }

    /// As [`Self::into_native`], but an input that is not JSON, cut off, is kept as its text.
    pub(super) fn into_kept(mut self) -> Value {
        let input = self.joined.take().filter(|input| !input.is_empty());
        if let (Some(input), Some(Value::Object(call))) = (input, self.start.get_mut("toolUse")) {
            let input = serde_json::from_str(&input).unwrap_or(Value::String(input));
            call.insert("input".to_owned(), input);
        }
        self.into_native().unwrap_or_default()
    }
}

/// One piece, the usual, as it is. Several may each end in padding, so it is their bytes
/// that are strung together; what is no base64, as text.
fn joined_base64(pieces: &[String]) -> String {
    if let [piece] = pieces {
        return piece.clone();
    }
    let bytes: Result<Vec<Vec<u8>>, _> = pieces.iter().map(|piece| STANDARD.decode(piece)).collect();
    bytes.map_or_else(|_| pieces.concat(), |bytes| STANDARD.encode(bytes.concat()))
}

fn of_reasoning(detail: ReasoningDetail) -> Delta {
    Delta { reasoning_details: Some(vec![detail]), ..Delta::default() }
}

fn of_call(piece: ToolCallDelta) -> Delta {
    Delta { tool_calls: Some(vec![piece]), ..Delta::default() }
}

fn call_arguments(index: u32, arguments: String) -> Delta {
    let function = FunctionCallDelta { arguments: Some(arguments), ..FunctionCallDelta::default() };
    of_call(ToolCallDelta { index, function: Some(function), ..ToolCallDelta::default() })
}
