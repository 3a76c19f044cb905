//! What an assistant message's content blocks mean to the common shape.
//!
//! One reading for the plain response, the stream's end and the check whether a
//! message handed back still says what its native blocks say. A block is an object of
//! one field, whose name is its kind (`ContentBlock`).

use serde_json::{Map, Value};

use super::model::Family;
use super::{REASONING_FORMAT, citations};
use crate::dialects::anthropic::{self, JSON_TOOL, arguments, count};
use crate::types::chat::{
    Annotation, FinishReason, FunctionCall, ImageOutput, ImageOutputUrl, ReasoningDetail,
    ReasoningDetailType, ToolCall,
};

/// The plain fields that blocks say.
#[derive(Debug, Default)]
pub(super) struct PlainFields {
    pub content: Option<String>,
    pub reasoning: Option<String>,
    pub reasoning_details: Option<Vec<ReasoningDetail>>,
    pub tool_calls: Option<Vec<ToolCall>>,
    pub annotations: Option<Vec<Annotation>>,
    pub images: Option<Vec<ImageOutput>>,
    /// Whether the reserved JSON tool gave (part of) the content.
    pub json_answer: bool,
    /// The calls of that tool after its first, verbatim.
    pub other_json_answers: Vec<Value>,
}

impl PlainFields {
    pub(super) fn of(blocks: &[Value], family: Family) -> Self {
        let mut fields = Self::default();
        let mut characters = 0;
        for (index, block) in blocks.iter().enumerate() {
            let Some((kind, inner)) = kind(block) else { continue };
            match kind {
                "text" => {
                    let text = inner.as_str().unwrap_or_default();
                    characters += count(text);
                    fields.content.get_or_insert_default().push_str(text);
                }
                "citationsContent" => {
                    let start = characters;
                    for part in list(inner, "content") {
                        let text = text_of(part, "text");
                        characters += count(text);
                        fields.content.get_or_insert_default().push_str(text);
                    }
                    for citation in list(inner, "citations") {
                        let annotation = citations::annotation(citation, start, characters);
                        fields.annotations.get_or_insert_default().push(annotation);
                    }
                }
                "reasoningContent" => {
                    if let Some(reasoning) = inner.get("reasoningText") {
                        let text = text_of(reasoning, "text");
                        if !text.is_empty() {
                            fields.reasoning.get_or_insert_default().push_str(text);
                        }
                        let mut detail = text_detail(index, text, family);
                        detail.signature = Some(text_of(reasoning, "signature").to_owned());
                        detail.signature = detail.signature.filter(|signature| !signature.is_empty());
                        fields.reasoning_details.get_or_insert_default().push(detail);
                    }
                    if let Some(data) = inner.get("redactedContent").and_then(Value::as_str) {
                        fields.reasoning_details.get_or_insert_default().push(redacted_detail(index, data));
                    }
                }
                "toolUse" if !is_callers(inner) => {}
                "toolUse" if text_of(inner, "name") == JSON_TOOL && fields.json_answer => {
                    fields.other_json_answers.push(block.clone());
                }
                "toolUse" if text_of(inner, "name") == JSON_TOOL => {
                    let answer = arguments(inner.get("input"));
                    characters += count(&answer);
                    fields.content.get_or_insert_default().push_str(&answer);
                    fields.json_answer = true;
                }
                "toolUse" => fields.tool_calls.get_or_insert_default().push(ToolCall {
                    id: text_of(inner, "toolUseId").to_owned(),
                    call_type: "function".to_owned(),
                    function: FunctionCall {
                        name: text_of(inner, "name").to_owned(),
                        arguments: arguments(inner.get("input")),
                        extra: Map::new(),
                    },
                    extra: Map::new(),
                }),
                "image" => fields.images.get_or_insert_default().extend(image(inner)),
                _ => {}
            }
        }
        fields
    }
}

/// A block's kind and what it holds.
pub(super) fn kind(block: &Value) -> Option<(&str, &Value)> {
    block.as_object()?.iter().next().map(|(kind, inner)| (kind.as_str(), inner))
}

/// Whether a `toolUse` is a call of the caller's tools. The service runs its own itself,
/// and says `server_tool_use` (schema `ToolUseType`); `tool_use`, which is not in the
/// schema, is recorded of Claude.
pub(super) fn is_callers(tool_use: &Value) -> bool {
    matches!(tool_use.get("type").and_then(Value::as_str), None | Some("tool_use"))
}

/// Whether encoding the plain fields gives these very blocks: at most one text,
/// then calls, none with a field the plain form has no place for.
pub(super) fn plain_is_exact(blocks: &[Value]) -> bool {
    blocks.iter().enumerate().all(|(index, block)| {
        block.as_object().is_some_and(|block| block.len() == 1)
            && match kind(block) {
                Some(("text", text)) => index == 0 && text.as_str().is_some_and(|text| !text.is_empty()),
                Some(("toolUse", call)) => {
                    let known = ["toolUseId", "name", "input", "type"];
                    is_callers(call)
                        && call.get("input").is_some_and(Value::is_object)
                        && call
                            .as_object()
                            .is_some_and(|call| call.keys().all(|key| known.contains(&key.as_str())))
                }
                _ => false,
            }
    })
}

pub(super) fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn text_detail(index: usize, text: &str, family: Family) -> ReasoningDetail {
    let claude = matches!(family, Family::Claude(_));
    let format = if claude { anthropic::REASONING_FORMAT } else { REASONING_FORMAT };
    ReasoningDetail {
        text: Some(text.to_owned()),
        format: Some(format.to_owned()),
        index: u32::try_from(index).ok(),
        ..ReasoningDetail::new(ReasoningDetailType::Text)
    }
}

pub(super) fn redacted_detail(index: usize, data: &str) -> ReasoningDetail {
    ReasoningDetail {
        data: Some(data.to_owned()),
        format: Some(REASONING_FORMAT.to_owned()),
        index: u32::try_from(index).ok(),
        ..ReasoningDetail::new(ReasoningDetailType::Encrypted)
    }
}

/// An image that is in the answer itself. One that lies in S3 stays a native block.
pub(super) fn image(image: &Value) -> Option<ImageOutput> {
    let data = image.get("source")?.get("bytes")?.as_str()?;
    let format = text_of(image, "format");
    let format = if format.is_empty() { "png" } else { format };
    Some(ImageOutput {
        image_type: "image_url".to_owned(),
        image_url: ImageOutputUrl {
            url: format!("data:image/{format};base64,{data}"),
            provider_fields: Map::new(),
        },
        provider_fields: Map::new(),
    })
}

/// The common word for a stop reason (schema `StopReason`), and the wire's own where it
/// differs. `json_only`: the reserved JSON tool was called and no other.
pub(super) fn finish(native: Option<&str>, json_only: bool) -> (Option<FinishReason>, Option<String>) {
    let Some(native) = native else { return (None, None) };
    let reason = match native {
        "tool_use" if json_only => FinishReason::Stop,
        "end_turn" | "stop_sequence" => FinishReason::Stop,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "guardrail_intervened" | "content_filtered" => FinishReason::ContentFilter,
        other => FinishReason::from(other),
    };
    let differs = reason.as_str() != native;
    (Some(reason), differs.then(|| native.to_owned()))
}
