//! An assistant message: the service's own blocks where they still say what the
//! message says, else the plain fields.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::messages::{cached, tool_id};
use super::{Encoder, content};
use crate::dialects::DialectName;
use crate::dialects::anthropic::{self, input, same_calls};
use crate::dialects::bedrock::REASONING_FORMAT;
use crate::dialects::bedrock::blocks::{PlainFields, kind};
use crate::dialects::bedrock::model::Family;
use crate::error::Result;
use crate::types::chat::{
    AssistantMessage, Content, ContentPart, ReasoningDetail, ReasoningDetailType, ToolCall,
};
use crate::types::trace::TranslationAction;

/// Empty where the message says nothing. `last`: the answer continues it (a prefill).
///
/// Other fields of the message (annotations, another provider's own) are a reply's
/// and were never the model's input; they are not sent and not refused.
pub(super) fn blocks(
    message: &AssistantMessage,
    place: &str,
    last: bool,
    encoder: &mut Encoder<'_>,
) -> Result<Vec<Value>> {
    if message.name.is_some() {
        encoder.translator.unsupported(format!("{place}.name"), "the wire names no participants")?;
    }
    if message.audio.is_some() {
        encoder.translator.unsupported(format!("{place}.audio"), "an assistant of the wire has no audio")?;
    }
    if let Some(native) = native(message, encoder.family) {
        let blocks = native.iter().filter_map(sendable).collect();
        return cached(blocks, message.cache_control.as_ref(), place, encoder);
    }
    let family = encoder.family;
    let details = message.reasoning_details.iter().flatten();
    let mut blocks: Vec<Value> = details.filter_map(|detail| reasoning(detail, family)).collect();
    let calls = message.tool_calls.as_deref().unwrap_or_default();
    spoken(message, place, &mut blocks, encoder)?;
    if last && calls.is_empty() {
        trim_prefill(&mut blocks, place, encoder);
    }
    for (index, call) in calls.iter().enumerate() {
        blocks.extend(tool_use(call, &format!("{place}.tool_calls[{index}]"), encoder)?);
    }
    cached(blocks, message.cache_control.as_ref(), place, encoder)
}

/// The message's own blocks, if they are this wire's and nobody edited the message since.
fn native(message: &AssistantMessage, family: Family) -> Option<&[Value]> {
    let native = message.native_blocks.as_ref()?;
    if native.dialect != DialectName::Bedrock.as_str() || native.blocks.is_empty() {
        return None;
    }
    let said = PlainFields::of(&native.blocks, family);
    let content = message.content.as_ref().map(Content::text).unwrap_or_default();
    let only_text = match &message.content {
        Some(Content::Parts(parts)) => parts.iter().all(|part| matches!(part, ContentPart::Text(_))),
        _ => true,
    };
    let same = only_text
        && content == said.content.unwrap_or_default()
        && same_calls(
            message.tool_calls.as_deref().unwrap_or_default(),
            said.tool_calls.as_deref().unwrap_or_default(),
        );
    same.then_some(native.blocks.as_slice())
}

/// A block as it may be handed back: exactly, but for what the service says and does not
/// take. `tool_use` as a type of a call is not in the schema (`ToolUseType`), and no recorded
/// client sends it; reasoning without a signature is refused by Claude and left out by
/// the recorded clients for others; an empty text is refused.
fn sendable(block: &Value) -> Option<Value> {
    match kind(block)? {
        ("text", text) if text.as_str().is_some_and(str::is_empty) => None,
        ("toolUse", call) if call.get("type").is_some_and(|kind| kind == "tool_use") => {
            let mut call = call.clone();
            if let Some(fields) = call.as_object_mut() {
                fields.shift_remove("type");
            }
            Some(json!({ "toolUse": call }))
        }
        ("reasoningContent", reasoning) => {
            let signature = reasoning.get("reasoningText").and_then(|text| text.get("signature"));
            let signed = signature.and_then(Value::as_str).is_some_and(|signature| !signature.is_empty());
            (signed || reasoning.get("redactedContent").is_some()).then(|| block.clone())
        }
        _ => Some(block.clone()),
    }
}

/// Reasoning that a service of this model signed. Claude's signatures hold wherever it
/// is served ("Extended thinking": "compatible across platforms"); what Claude's own wire
/// calls `data` is the bytes of this one's blob (recorded: base64 within base64).
fn reasoning(detail: &ReasoningDetail, family: Family) -> Option<Value> {
    let claude = matches!(family, Family::Claude(_));
    let (own, claudes) = match detail.format.as_deref()? {
        REASONING_FORMAT => (true, false),
        anthropic::REASONING_FORMAT => (false, claude),
        _ => return None,
    };
    match detail.detail_type {
        ReasoningDetailType::Text if own || claudes => {
            let signature = detail.signature.as_deref().filter(|signature| !signature.is_empty())?;
            let text = detail.text.as_deref().unwrap_or_default();
            Some(json!({ "reasoningContent": { "reasoningText": { "text": text, "signature": signature } } }))
        }
        ReasoningDetailType::Encrypted if own => {
            Some(json!({ "reasoningContent": { "redactedContent": detail.data.as_deref()? } }))
        }
        ReasoningDetailType::Encrypted if claudes => {
            let data = STANDARD.encode(detail.data.as_deref()?);
            Some(json!({ "reasoningContent": { "redactedContent": data } }))
        }
        _ => None,
    }
}

fn spoken(
    message: &AssistantMessage,
    place: &str,
    blocks: &mut Vec<Value>,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    match (&message.content, &message.refusal) {
        (Some(Content::Parts(parts)), _) => {
            for (index, part) in parts.iter().enumerate() {
                let place = format!("{place}.content[{index}]");
                match part {
                    ContentPart::Text(_) | ContentPart::Refusal(_) | ContentPart::Native(_) => {
                        content::part(part, &place, blocks, encoder)?;
                    }
                    _ => encoder.translator.unsupported(place, "an assistant of the wire says text alone")?,
                }
            }
        }
        (Some(Content::Text(text)), _) | (None, Some(text)) if !text.is_empty() => {
            blocks.push(json!({ "text": text }));
        }
        _ => {}
    }
    Ok(())
}

/// Claude answers 400 to "final assistant content" that ends with blanks.
fn trim_prefill(blocks: &mut Vec<Value>, place: &str, encoder: &mut Encoder<'_>) {
    if !matches!(encoder.family, Family::Claude(_)) {
        return;
    }
    let Some(Value::String(text)) = blocks.last_mut().and_then(|block| block.get_mut("text")) else { return };
    let kept = text.trim_end().len();
    if kept == text.len() {
        return;
    }
    text.truncate(kept);
    if kept == 0 {
        blocks.pop();
    }
    encoder.translator.note(
        format!("{place}.content"),
        TranslationAction::Clamped,
        "blanks at its end left out: Claude refuses them in the message that the answer continues",
    );
}

fn tool_use(call: &ToolCall, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    if call.call_type != "function" {
        encoder.translator.unsupported(format!("{place}.type"), "the wire has function calls alone")?;
        return Ok(None);
    }
    let id = tool_id(&call.id, &format!("{place}.id"), encoder);
    let input = input(&call.function.arguments, &format!("{place}.function.arguments"))?;
    Ok(Some(json!({ "toolUse": { "toolUseId": id, "name": call.function.name, "input": input } })))
}
