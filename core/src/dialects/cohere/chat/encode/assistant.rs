//! An assistant's message: the service's own where it still says what the message says, else the
//! plain fields.

use serde_json::{Map, Value, json};

use super::{Encoder, content};
use crate::dialects::DialectName;
use crate::dialects::cohere::chat::{THINKING, TOOL_PLAN, message};
use crate::error::Result;
use crate::types::chat::{AssistantMessage, Content, ContentPart, ToolCall};

/// `None` where the message says nothing.
///
/// Other fields of the message (annotations, another provider's own) are a reply's and were never the
/// model's input; they are not sent and not refused.
pub(super) fn turn(message: &AssistantMessage, place: &str, encoder: &mut Encoder) -> Result<Option<Value>> {
    encoder.drop_mark(message.cache_control.is_some(), place);
    if message.name.is_some() {
        encoder.translator.unsupported(format!("{place}.name"), "the wire names no participants")?;
    }
    if message.audio.is_some() {
        encoder.translator.unsupported(format!("{place}.audio"), "the wire has no audio")?;
    }
    if let Some(native) = native(message) {
        let mut native = native.clone();
        native.insert("role".to_owned(), "assistant".into());
        return Ok(Some(Value::Object(native)));
    }

    let of_format = |format: &'static str| {
        let details = message.reasoning_details.iter().flatten();
        details
            .filter(move |detail| detail.format.as_deref() == Some(format))
            .filter_map(|detail| detail.text.as_deref())
    };
    let mut blocks: Vec<Value> =
        of_format(THINKING).map(|text| json!({ "type": "thinking", "thinking": text })).collect();
    let mut turn = Map::from_iter([("role".to_owned(), Value::from("assistant"))]);
    let said = match (&message.content, &message.refusal) {
        (Some(Content::Parts(parts)), _) => {
            content::texts(parts, place, "an assistant of the wire says text alone", encoder)?
        }
        (Some(Content::Text(text)), _) | (None, Some(text)) if !text.is_empty() => vec![content::text(text)],
        _ => Vec::new(),
    };
    match said.as_slice() {
        [only] if blocks.is_empty() && !matches!(message.content, Some(Content::Parts(_))) => {
            turn.insert("content".to_owned(), only.get("text").cloned().unwrap_or_default());
        }
        _ => blocks.extend(said),
    }
    if !blocks.is_empty() {
        turn.insert("content".to_owned(), blocks.into());
    }
    let plan: String = of_format(TOOL_PLAN).collect();
    let mut calls = Vec::new();
    for (index, call) in message.tool_calls.iter().flatten().enumerate() {
        calls.extend(tool_call(call, &format!("{place}.tool_calls[{index}]"), encoder)?);
    }
    if !calls.is_empty() {
        turn.insert("tool_calls".to_owned(), calls.into());
        if !plan.is_empty() {
            turn.insert("tool_plan".to_owned(), plan.into());
        }
    }
    Ok((turn.len() > 1).then_some(Value::Object(turn)))
}

/// The service's own message, if nobody edited it since.
fn native(given: &AssistantMessage) -> Option<&Map<String, Value>> {
    let blocks =
        given.native_blocks.as_ref().filter(|native| native.dialect == DialectName::Cohere.as_str())?;
    let [Value::Object(native)] = blocks.blocks.as_slice() else { return None };
    let said = message::read(native.clone())?;
    let only_text = match &given.content {
        Some(Content::Parts(parts)) => parts.iter().all(|part| matches!(part, ContentPart::Text(_))),
        _ => true,
    };
    let content = given.content.as_ref().map(Content::text).unwrap_or_default();
    let same = only_text
        && content == said.content.unwrap_or_default()
        && given.tool_calls.as_deref().unwrap_or_default() == said.tool_calls.as_deref().unwrap_or_default();
    same.then_some(native)
}

fn tool_call(call: &ToolCall, place: &str, encoder: &mut Encoder) -> Result<Option<Value>> {
    if call.call_type != "function" {
        encoder.translator.unsupported(format!("{place}.type"), "the wire has function calls alone")?;
        return Ok(None);
    }
    let function = json!({ "name": call.function.name, "arguments": call.function.arguments });
    Ok(Some(json!({ "id": call.id, "type": "function", "function": function })))
}
