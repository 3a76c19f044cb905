//! What an assistant message's content blocks mean to the common shape.
//!
//! One reading for the plain response, the stream's end and the check whether a
//! message handed back still says what its native blocks say.

use serde_json::{Map, Value, json};

use super::{JSON_TOOL, OTHER_JSON_ANSWERS, REASONING_FORMAT};
use crate::types::chat::{
    Annotation, FinishReason, FunctionCall, ReasoningDetail, ReasoningDetailType, ToolCall, UrlCitation,
};

/// The plain fields that blocks say.
#[derive(Debug, Default)]
pub(super) struct PlainFields {
    pub content: Option<String>,
    pub reasoning: Option<String>,
    pub reasoning_details: Option<Vec<ReasoningDetail>>,
    pub tool_calls: Option<Vec<ToolCall>>,
    pub annotations: Option<Vec<Annotation>>,
    /// Whether the reserved JSON tool gave (part of) the content.
    pub json_answer: bool,
    /// The calls of that tool after its first, verbatim.
    pub other_json_answers: Vec<Value>,
}

impl PlainFields {
    pub(super) fn of(blocks: &[Value]) -> Self {
        let mut fields = Self::default();
        let mut characters = 0;
        for (index, block) in blocks.iter().enumerate() {
            let text_of = |key: &str| block.get(key).and_then(Value::as_str).unwrap_or_default();
            match block_type(block) {
                "text" => {
                    let text = text_of("text");
                    let start = characters;
                    characters += count(text);
                    fields.content.get_or_insert_default().push_str(text);
                    for citation in block.get("citations").and_then(Value::as_array).into_iter().flatten() {
                        fields
                            .annotations
                            .get_or_insert_default()
                            .push(annotation(citation, start, characters));
                    }
                }
                "thinking" => {
                    let text = text_of("thinking");
                    if !text.is_empty() {
                        fields.reasoning.get_or_insert_default().push_str(text);
                    }
                    let mut detail = thinking_detail(index, text);
                    detail.signature = Some(text_of("signature").to_owned()).filter(|s| !s.is_empty());
                    fields.reasoning_details.get_or_insert_default().push(detail);
                }
                "redacted_thinking" => fields
                    .reasoning_details
                    .get_or_insert_default()
                    .push(redacted_detail(index, text_of("data"))),
                "tool_use" if text_of("name") == JSON_TOOL && fields.json_answer => {
                    fields.other_json_answers.push(block.clone());
                }
                "tool_use" if text_of("name") == JSON_TOOL => {
                    let answer = arguments(block.get("input"));
                    characters += count(&answer);
                    fields.content.get_or_insert_default().push_str(&answer);
                    fields.json_answer = true;
                }
                "tool_use" => fields.tool_calls.get_or_insert_default().push(ToolCall {
                    id: text_of("id").to_owned(),
                    call_type: "function".to_owned(),
                    function: FunctionCall {
                        name: text_of("name").to_owned(),
                        arguments: arguments(block.get("input")),
                        extra: Map::new(),
                    },
                    extra: Map::new(),
                }),
                _ => {}
            }
        }
        fields
    }
}

/// The choice's own fields: what the reserved JSON tool was asked beside the answer.
///
/// They stand on the choice, which is never handed back, and not on the message.
pub(in crate::dialects) fn choice_fields(other_json_answers: Vec<Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    if !other_json_answers.is_empty() {
        fields.insert(OTHER_JSON_ANSWERS.to_owned(), Value::Array(other_json_answers));
    }
    fields
}

/// Whether encoding the plain fields gives these very blocks: at most one text,
/// then calls, none with a field the plain form has no place for.
pub(super) fn plain_is_exact(blocks: &[Value]) -> bool {
    for (index, block) in blocks.iter().enumerate() {
        let Some(block) = block.as_object() else { return false };
        match block.get("type").and_then(Value::as_str) {
            Some("text") => {
                let text = block.get("text").and_then(Value::as_str).unwrap_or_default();
                if index != 0 || block.len() != 2 || text.is_empty() {
                    return false;
                }
            }
            Some("tool_use") => {
                let input = block.get("input").is_some_and(Value::is_object);
                if !input || block.len() != 4 || !block.contains_key("id") || !block.contains_key("name") {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}

pub(super) fn block_type(block: &Value) -> &str {
    block.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Characters as a user counts them in an index: Unicode scalar values.
pub(in crate::dialects) fn count(text: &str) -> u64 {
    text.chars().count() as u64
}

/// A call's arguments as compact JSON, keys in the model's order.
pub(in crate::dialects) fn arguments(input: Option<&Value>) -> String {
    match input {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(input) => input.to_string(),
    }
}

pub(super) fn thinking_detail(index: usize, text: &str) -> ReasoningDetail {
    ReasoningDetail { text: Some(text.to_owned()), ..detail(ReasoningDetailType::Text, index) }
}

pub(super) fn redacted_detail(index: usize, data: &str) -> ReasoningDetail {
    ReasoningDetail { data: Some(data.to_owned()), ..detail(ReasoningDetailType::Encrypted, index) }
}

fn detail(detail_type: ReasoningDetailType, index: usize) -> ReasoningDetail {
    ReasoningDetail {
        format: Some(REASONING_FORMAT.to_owned()),
        index: u32::try_from(index).ok(),
        ..ReasoningDetail::new(detail_type)
    }
}

/// A citation of the text block that spans `start..end` of the content.
pub(super) fn annotation(citation: &Value, start: u64, end: u64) -> Annotation {
    let mut native = citation.as_object().cloned().unwrap_or_default();
    if block_type(citation) == "web_search_result_location" {
        native.shift_remove("type");
        let mut take = |key: &str| match native.get(key).and_then(Value::as_str).map(str::to_owned) {
            Some(text) => {
                native.shift_remove(key);
                Some(text)
            }
            None => None,
        };
        return Annotation {
            annotation_type: "url_citation".to_owned(),
            url_citation: Some(UrlCitation {
                start_index: Some(start),
                end_index: Some(end),
                title: take("title"),
                url: take("url"),
                provider_fields: native,
            }),
            provider_fields: Map::new(),
        };
    }
    let mut fields = Map::new();
    fields.insert("start_index".to_owned(), json!(start));
    fields.insert("end_index".to_owned(), json!(end));
    fields.insert("citation".to_owned(), citation.clone());
    Annotation {
        annotation_type: "document_citation".to_owned(),
        url_citation: None,
        provider_fields: fields,
    }
}

/// The common word for a stop reason, and the wire's own where it differs.
/// `json_only`: the reserved JSON tool was called and no other.
pub(super) fn finish(native: Option<&str>, json_only: bool) -> (Option<FinishReason>, Option<String>) {
    let Some(native) = native else { return (None, None) };
    let reason = match native {
        "tool_use" if json_only => FinishReason::Stop,
        "end_turn" | "stop_sequence" | "pause_turn" => FinishReason::Stop,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::ContentFilter,
        other => FinishReason::from(other),
    };
    let differs = reason.as_str() != native;
    (Some(reason), differs.then(|| native.to_owned()))
}
