//! What an assistant's message of the service says in the common shape.

use serde_json::{Map, Value, json};

use super::{THINKING, TOOL_PLAN};
use crate::dialects::DialectName;
use crate::types::chat::{
    Annotation, ChatMessage, FinishReason, FunctionCall, NativeBlocks, ReasoningDetail, ReasoningDetailType,
    ToolCall,
};

/// The message in the common shape. `None` where its lists are no lists.
pub(super) fn read(mut native: Map<String, Value>) -> Option<ChatMessage> {
    native.retain(|_, value| !is_nothing(value));
    let content = list(native.get("content"))?;
    let calls = list(native.get("tool_calls"))?;
    let citations = list(native.get("citations"))?;

    let mut message = ChatMessage::default();
    for (index, block) in content.iter().enumerate() {
        match block.get("type").and_then(Value::as_str) {
            Some("text") => message.content.get_or_insert_default().push_str(text_of(block, "text")),
            Some("thinking") => {
                let thinking = text_of(block, "thinking");
                message.reasoning_content.get_or_insert_default().push_str(thinking);
                let detail = thinking_detail(index, thinking);
                message.reasoning_details.get_or_insert_default().push(detail);
            }
            // Kept among the native blocks.
            _ => {}
        }
    }
    if let Some(plan) = native.get("tool_plan").and_then(Value::as_str) {
        message.reasoning_content.get_or_insert_default().push_str(plan);
        message.reasoning_details.get_or_insert_default().push(plan_detail(plan));
    }
    if !calls.is_empty() {
        message.tool_calls = Some(calls.iter().map(tool_call).collect());
    }
    if !citations.is_empty() {
        let start_of = |at| characters(content.iter().take(usize::try_from(at).unwrap_or(usize::MAX)));
        message.annotations = Some(citations.iter().map(|citation| annotation(citation, start_of)).collect());
    }
    message.native_blocks = native_blocks(native);
    Some(message)
}

/// The message itself for an exact second turn, where the plain fields do not say all of it.
pub(super) fn native_blocks(native: Map<String, Value>) -> Option<NativeBlocks> {
    (!plain_is_exact(&native)).then(|| NativeBlocks {
        dialect: DialectName::Cohere.as_str().to_owned(),
        blocks: vec![Value::Object(native)],
    })
}

/// Whether plain fields encode to the same: one text at most, calls, and nothing besides.
fn plain_is_exact(native: &Map<String, Value>) -> bool {
    let has_only = |value: &Value, keys: &[&str]| {
        value.as_object().is_some_and(|fields| fields.keys().all(|key| keys.contains(&key.as_str())))
    };
    native.iter().all(|(key, value)| match (key.as_str(), value) {
        ("role", _) => true,
        ("content", Value::Array(blocks)) => match blocks.as_slice() {
            [block] => {
                block.get("type").is_some_and(|kind| kind == "text") && has_only(block, &["type", "text"])
            }
            _ => false,
        },
        ("tool_calls", Value::Array(calls)) => calls.iter().all(|call| {
            has_only(call, &["id", "type", "function"])
                && call.get("function").is_some_and(|function| has_only(function, &["name", "arguments"]))
        }),
        _ => false,
    })
}

/// Null, and the empty text and lists that a stream's start has for what may come.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

fn list(value: Option<&Value>) -> Option<&[Value]> {
    match value {
        None => Some(&[]),
        Some(Value::Array(values)) => Some(values),
        Some(_) => None,
    }
}

pub(super) fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn tool_call(native: &Value) -> ToolCall {
    let function = native.get("function").unwrap_or(&Value::Null);
    ToolCall {
        id: text_of(native, "id").to_owned(),
        call_type: "function".to_owned(),
        function: FunctionCall {
            name: text_of(function, "name").to_owned(),
            arguments: text_of(function, "arguments").to_owned(),
            extra: Map::new(),
        },
        extra: Map::new(),
    }
}

pub(super) fn thinking_detail(index: usize, text: &str) -> ReasoningDetail {
    ReasoningDetail { index: u32::try_from(index).ok(), ..detail(THINKING, text) }
}

pub(super) fn plan_detail(text: &str) -> ReasoningDetail {
    detail(TOOL_PLAN, text)
}

fn detail(format: &str, text: &str) -> ReasoningDetail {
    ReasoningDetail {
        format: Some(format.to_owned()),
        text: Some(text.to_owned()),
        ..ReasoningDetail::new(ReasoningDetailType::Text)
    }
}

/// Characters of text in these blocks: where the text after them starts. A citation counts
/// characters, recorded with a text beyond ASCII.
pub(super) fn characters<'a>(blocks: impl Iterator<Item = &'a Value>) -> u64 {
    blocks.map(|block| text_of(block, "text").chars().count() as u64).sum()
}

/// A citation in the common shape, with the service's own whole beside it. `start_of` says where the
/// text of a block starts within the content.
///
/// Its place counts from the start of the block that `content_index` names; without one, the text that
/// there is. Only a place in the answer's text is said in the common shape: `THINKING_CONTENT` and
/// `PLAN` are about other texts.
pub(super) fn annotation(citation: &Value, start_of: impl Fn(u64) -> u64) -> Annotation {
    let number = |key: &str| citation.get(key).and_then(Value::as_u64);
    let mut fields = Map::new();
    if matches!(text_of(citation, "type"), "" | "TEXT_CONTENT")
        && let (Some(start), Some(end)) = (number("start"), number("end"))
    {
        let offset = number("content_index").map_or(0, start_of);
        fields.insert("start_index".to_owned(), json!(offset.saturating_add(start)));
        fields.insert("end_index".to_owned(), json!(offset.saturating_add(end)));
    }
    fields.insert("citation".to_owned(), citation.clone());
    Annotation {
        annotation_type: "document_citation".to_owned(),
        url_citation: None,
        provider_fields: fields,
    }
}

/// The common word for a finish reason, and the wire's own.
///
/// `ERROR` and `TIMEOUT` are no end in the common words and stay as they are.
pub(super) fn finish(native: Option<String>) -> (Option<FinishReason>, Option<String>) {
    let Some(native) = native else { return (None, None) };
    let reason = match native.as_str() {
        "COMPLETE" | "STOP_SEQUENCE" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "TOOL_CALL" => FinishReason::ToolCalls,
        other => FinishReason::from(other),
    };
    let differs = reason.as_str() != native;
    (Some(reason), differs.then_some(native))
}
