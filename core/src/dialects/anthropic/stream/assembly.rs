//! One block of a streamed message: what to hand out now, and the whole at the end.

use serde_json::{Map, Value};

use super::super::{JSON_TOOL, blocks};
use super::events::Piece;
use crate::types::chat::{Annotation, Delta, FunctionCallDelta, ReasoningDetail, ToolCallDelta};

pub(super) struct Block {
    kind: BlockKind,
    /// The block as it started, and what deltas of kinds not known yet added.
    native: Map<String, Value>,
    /// Text, thinking or the input's JSON, joined.
    joined: String,
    signature: String,
    citations: Vec<Value>,
    /// Where its text starts within the content.
    first_character: u64,
    stopped: bool,
}

enum BlockKind {
    Text,
    Thinking,
    /// A call, by its position among the message's calls.
    Call(u32),
    /// The reserved JSON tool: its input is the content.
    JsonAnswer,
    /// The reserved JSON tool once more: kept, and no content.
    OtherJsonAnswer,
    Other,
}

/// A block of this type before anything was said.
pub(super) fn empty(block_type: &str) -> Map<String, Value> {
    let mut block = Map::new();
    block.insert("type".to_owned(), Value::String(block_type.to_owned()));
    block
}

impl Piece<'_> {
    pub(super) fn is_known(&self) -> bool {
        matches!(
            self.kind.as_ref(),
            "text_delta" | "input_json_delta" | "thinking_delta" | "signature_delta" | "citations_delta"
        )
    }

    /// The type of the block that this is a delta of, where only one can be.
    pub(super) fn block_type(&self) -> Option<&'static str> {
        match self.kind.as_ref() {
            "text_delta" => Some("text"),
            "thinking_delta" => Some("thinking"),
            _ => None,
        }
    }
}

impl Block {
    /// The block, and what its start says already. `answered`: the reserved JSON tool was called before.
    pub(super) fn start(
        index: u32,
        native: Map<String, Value>,
        calls: u32,
        first_character: u64,
        answered: bool,
    ) -> (Self, Option<Delta>) {
        let block_type = text_of(&native, "type");
        let mut joined = String::new();
        let mut signature = String::new();
        let (kind, delta) = match block_type.as_str() {
            "text" => {
                joined = text_of(&native, "text");
                (BlockKind::Text, content(&joined))
            }
            "thinking" => {
                joined = text_of(&native, "thinking");
                signature = text_of(&native, "signature");
                let mut delta = thinking(index, &joined);
                if let Some(detail) = delta.reasoning_details.iter_mut().flatten().next() {
                    detail.signature = Some(signature.clone()).filter(|text| !text.is_empty());
                }
                (BlockKind::Thinking, Some(delta))
            }
            "redacted_thinking" => {
                let data = native.get("data").and_then(Value::as_str).unwrap_or_default();
                (BlockKind::Other, Some(reasoning(blocks::redacted_detail(index as usize, data))))
            }
            "tool_use" if native.get("name").and_then(Value::as_str) == Some(JSON_TOOL) => {
                (if answered { BlockKind::OtherJsonAnswer } else { BlockKind::JsonAnswer }, None)
            }
            "tool_use" => {
                let text = |key: &str| native.get(key).and_then(Value::as_str).map(str::to_owned);
                let delta = call(
                    calls,
                    ToolCallDelta {
                        id: text("id"),
                        call_type: Some("function".to_owned()),
                        function: Some(FunctionCallDelta {
                            name: text("name"),
                            arguments: Some(String::new()),
                            ..FunctionCallDelta::default()
                        }),
                        ..ToolCallDelta::default()
                    },
                );
                (BlockKind::Call(calls), Some(delta))
            }
            _ => (BlockKind::Other, None),
        };
        let block =
            Self { kind, native, joined, signature, citations: Vec::new(), first_character, stopped: false };
        (block, delta)
    }

    pub(super) fn is_call(&self) -> bool {
        matches!(self.kind, BlockKind::Call(_))
    }

    pub(super) fn is_json_answer(&self) -> bool {
        matches!(self.kind, BlockKind::JsonAnswer)
    }

    pub(super) fn is_other_json_answer(&self) -> bool {
        matches!(self.kind, BlockKind::OtherJsonAnswer)
    }

    /// Takes a delta of a known kind; gives what it adds to the message.
    pub(super) fn delta(&mut self, index: u32, piece: Piece<'_>) -> Option<Delta> {
        match (piece.kind.as_ref(), &self.kind) {
            ("text_delta", _) => {
                let text = piece.text?;
                self.joined.push_str(&text);
                Some(Delta { content: Some(text), ..Delta::default() }).filter(|_| self.is_text())
            }
            ("input_json_delta", kind) => {
                let json = piece.partial_json.filter(|json| !json.is_empty())?;
                self.joined.push_str(&json);
                match kind {
                    BlockKind::Call(position) => Some(call_arguments(*position, json)),
                    BlockKind::JsonAnswer => Some(Delta { content: Some(json), ..Delta::default() }),
                    _ => None,
                }
            }
            ("thinking_delta", _) => {
                let text = piece.thinking?;
                self.joined.push_str(&text);
                Some(thinking(index, &text))
            }
            ("signature_delta", _) => {
                let signature = piece.signature?;
                // llama.cpp says an empty one, as its plain response does.
                self.native.entry("signature").or_insert_with(|| Value::String(String::new()));
                if signature.is_empty() {
                    return None;
                }
                self.signature.push_str(&signature);
                let mut detail = blocks::thinking_detail(index as usize, "");
                detail.signature = Some(signature);
                Some(reasoning(detail))
            }
            ("citations_delta", _) => {
                self.citations.extend(piece.citation);
                None
            }
            _ => None,
        }
    }

    /// A delta of a kind not known yet: texts are appended, other fields replaced.
    pub(super) fn unknown_delta(&mut self, delta: Map<String, Value>) {
        for (key, value) in delta {
            match (self.native.get_mut(&key), value) {
                _ if key == "type" => {}
                (Some(Value::String(sum)), Value::String(more)) => sum.push_str(&more),
                (_, value) => {
                    self.native.insert(key, value);
                }
            }
        }
    }

    /// The block is whole; gives what could not be said before.
    pub(super) fn stop(&mut self) -> Vec<Delta> {
        if std::mem::replace(&mut self.stopped, true) {
            return Vec::new();
        }
        match &self.kind {
            BlockKind::Text => {
                let mut deltas = Vec::new();
                if self.joined.is_empty() {
                    // An empty text is content still, as in the plain response.
                    deltas.push(Delta { content: Some(String::new()), ..Delta::default() });
                }
                let end = self.first_character + blocks::count(&self.joined);
                let started_with = self.native.get("citations").and_then(Value::as_array);
                let annotations: Vec<Annotation> = started_with
                    .into_iter()
                    .flatten()
                    .chain(&self.citations)
                    .map(|citation| blocks::annotation(citation, self.first_character, end))
                    .collect();
                if !annotations.is_empty() {
                    deltas.push(Delta { annotations: Some(annotations), ..Delta::default() });
                }
                deltas
            }
            BlockKind::Call(position) if self.joined.is_empty() => {
                vec![call_arguments(*position, blocks::arguments(self.native.get("input")))]
            }
            BlockKind::JsonAnswer if self.joined.is_empty() => {
                content(&blocks::arguments(self.native.get("input"))).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The block as the plain response would have it. `None` where its input is not JSON.
    pub(super) fn into_native(mut self) -> Option<Value> {
        let block_type = text_of(&self.native, "type");
        match block_type.as_str() {
            "text" => {
                self.native.insert("text".to_owned(), Value::String(self.joined));
                if !self.citations.is_empty() {
                    match self.native.get_mut("citations") {
                        Some(Value::Array(citations)) => citations.append(&mut self.citations),
                        _ => {
                            self.native.insert("citations".to_owned(), Value::Array(self.citations));
                        }
                    }
                }
            }
            "thinking" => {
                self.native.insert("thinking".to_owned(), Value::String(self.joined));
                if !self.signature.is_empty() || self.native.contains_key("signature") {
                    self.native.insert("signature".to_owned(), Value::String(self.signature));
                }
            }
            _ if !self.joined.is_empty() => {
                self.native.insert("input".to_owned(), serde_json::from_str(&self.joined).ok()?);
            }
            // llama.cpp starts a call without `input`.
            "tool_use" | "server_tool_use" if !self.native.contains_key("input") => {
                self.native.insert("input".to_owned(), Value::Object(Map::new()));
            }
            _ => {}
        }
        Some(Value::Object(self.native))
    }

    /// As [`Self::into_native`], but an input that is not JSON, cut off, is kept as its text.
    pub(super) fn into_kept(mut self) -> Value {
        let input = std::mem::take(&mut self.joined);
        if !input.is_empty() {
            let input = serde_json::from_str(&input).unwrap_or(Value::String(input));
            self.native.insert("input".to_owned(), input);
        }
        self.into_native().unwrap_or_default()
    }

    fn is_text(&self) -> bool {
        matches!(self.kind, BlockKind::Text)
    }
}

fn text_of(block: &Map<String, Value>, key: &str) -> String {
    block.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn content(text: &str) -> Option<Delta> {
    (!text.is_empty()).then(|| Delta { content: Some(text.to_owned()), ..Delta::default() })
}

fn thinking(index: u32, text: &str) -> Delta {
    Delta {
        reasoning_content: Some(text.to_owned()).filter(|text| !text.is_empty()),
        ..reasoning(blocks::thinking_detail(index as usize, text))
    }
}

fn reasoning(detail: ReasoningDetail) -> Delta {
    Delta { reasoning_details: Some(vec![detail]), ..Delta::default() }
}

fn call(index: u32, piece: ToolCallDelta) -> Delta {
    Delta { tool_calls: Some(vec![ToolCallDelta { index, ..piece }]), ..Delta::default() }
}

fn call_arguments(index: u32, arguments: String) -> Delta {
    let function = FunctionCallDelta { arguments: Some(arguments), ..FunctionCallDelta::default() };
    call(index, ToolCallDelta { function: Some(function), ..ToolCallDelta::default() })
}
