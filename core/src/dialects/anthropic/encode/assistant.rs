//! An assistant message: the provider's own blocks where they still say what the
//! message says, else the plain fields.

use serde_json::{Value, json};

use super::messages::{Said, cached, input, tool_id};
use super::{Encoder, content, text_block};
use crate::dialects::DialectName;
use crate::dialects::anthropic::REASONING_FORMAT;
use crate::dialects::anthropic::blocks::{PlainFields, block_type};
use crate::error::Result;
use crate::types::chat::{
    AssistantMessage, Content, ContentPart, ReasoningDetail, ReasoningDetailType, ToolCall,
};
use crate::types::trace::TranslationAction;

/// `None` where the message says nothing. `last`: the answer continues it (a prefill).
///
/// Other fields of the message (annotations, another provider's own) are a reply's
/// and were never the model's input; they are not sent and not refused.
pub(super) fn said(
    message: &AssistantMessage,
    place: &str,
    last: bool,
    encoder: &mut Encoder<'_>,
) -> Result<Option<Said>> {
    if message.name.is_some() {
        encoder.translator.unsupported(format!("{place}.name"), "the wire names no participants")?;
    }
    if message.audio.is_some() {
        encoder.translator.unsupported(format!("{place}.audio"), "the wire has no audio")?;
    }
    if let Some(blocks) =
        native(message).filter(|blocks| encoder.generation.takes_unsigned() || signed(blocks))
    {
        return cached(Said::Blocks(blocks.to_vec()), message.cache_control.as_ref()).map(Some);
    }

    let mut thinking: Vec<Value> =
        message.reasoning_details.iter().flatten().filter_map(thinking_block).collect();
    let mut spoken = spoken(message, place, encoder)?;
    let calls = message.tool_calls.as_deref().unwrap_or_default();
    if last && calls.is_empty() {
        trim_prefill(&mut spoken, place, encoder);
    }
    if thinking.is_empty() && calls.is_empty() {
        return match spoken {
            Said::Text(text) if text.is_empty() => Ok(None),
            Said::Blocks(blocks) if blocks.is_empty() => Ok(None),
            said => cached(said, message.cache_control.as_ref()).map(Some),
        };
    }
    match spoken {
        Said::Text(text) if text.is_empty() => {}
        Said::Text(text) => thinking.push(Value::Object(text_block(&text))),
        Said::Blocks(blocks) => thinking.extend(blocks),
    }
    for (index, call) in calls.iter().enumerate() {
        thinking.extend(tool_use(call, &format!("{place}.tool_calls[{index}]"), encoder)?);
    }
    cached(Said::Blocks(thinking), message.cache_control.as_ref()).map(Some)
}

/// The message's own blocks, if they are this wire's and nobody edited the message since.
fn native(message: &AssistantMessage) -> Option<&[Value]> {
    let native = message.native_blocks.as_ref()?;
    if native.dialect != DialectName::Anthropic.as_str() || native.blocks.is_empty() {
        return None;
    }
    let said = PlainFields::of(&native.blocks);
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

/// Whether all thinking is signed. A local server's is not.
fn signed(blocks: &[Value]) -> bool {
    blocks.iter().filter(|block| block_type(block) == "thinking").all(|block| {
        block.get("signature").and_then(Value::as_str).is_some_and(|signature| !signature.is_empty())
    })
}

/// Calls are the same whatever blanks their arguments have: a stream keeps the model's.
pub(in crate::dialects) fn same_calls(given: &[ToolCall], native: &[ToolCall]) -> bool {
    given.len() == native.len()
        && given.iter().zip(native).all(|(given, native)| {
            given.id == native.id
                && given.function.name == native.function.name
                && match (input(&given.function.arguments, ""), input(&native.function.arguments, "")) {
                    (Ok(given), Ok(native)) => given == native,
                    _ => false,
                }
        })
}

/// Thinking that this wire signed. Unsigned thinking, or another's, would be refused.
fn thinking_block(detail: &ReasoningDetail) -> Option<Value> {
    if detail.format.as_deref() != Some(REASONING_FORMAT) {
        return None;
    }
    match detail.detail_type {
        ReasoningDetailType::Text => {
            let signature = detail.signature.as_deref().filter(|signature| !signature.is_empty())?;
            let text = detail.text.as_deref().unwrap_or_default();
            Some(json!({ "type": "thinking", "thinking": text, "signature": signature }))
        }
        ReasoningDetailType::Encrypted => {
            Some(json!({ "type": "redacted_thinking", "data": detail.data.as_deref()? }))
        }
        _ => None,
    }
}

fn spoken(message: &AssistantMessage, place: &str, encoder: &mut Encoder<'_>) -> Result<Said> {
    match (&message.content, &message.refusal) {
        (Some(Content::Parts(parts)), _) => {
            let mut blocks = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                let place = format!("{place}.content[{index}]");
                match part {
                    ContentPart::Text(_) | ContentPart::Refusal(_) | ContentPart::Native(_) => {
                        blocks.extend(content::block(part, &place, encoder)?);
                    }
                    _ => encoder.translator.unsupported(place, "an assistant of the wire says text alone")?,
                }
            }
            Ok(Said::Blocks(blocks))
        }
        (Some(Content::Text(text)), _) => Ok(Said::Text(text.clone())),
        (None, Some(refusal)) => Ok(Said::Text(refusal.clone())),
        (None, None) => Ok(Said::Text(String::new())),
    }
}

/// The service answers 400 to "final assistant content" that ends with blanks.
fn trim_prefill(spoken: &mut Said, place: &str, encoder: &mut Encoder<'_>) {
    let text = match spoken {
        Said::Text(text) => text,
        Said::Blocks(blocks) => match blocks.last_mut().and_then(|block| block.get_mut("text")) {
            Some(Value::String(text)) => text,
            _ => return,
        },
    };
    let kept = text.trim_end().len();
    if kept < text.len() {
        text.truncate(kept);
        encoder.translator.note(
            format!("{place}.content"),
            TranslationAction::Clamped,
            "blanks at its end left out: the wire refuses them in the message that the answer continues",
        );
    }
}

fn tool_use(call: &ToolCall, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    if call.call_type != "function" {
        encoder.translator.unsupported(format!("{place}.type"), "the wire has function calls alone")?;
        return Ok(None);
    }
    let id = tool_id(&call.id, &format!("{place}.id"), encoder);
    let input = input(&call.function.arguments, &format!("{place}.function.arguments"))?;
    Ok(Some(json!({ "type": "tool_use", "id": id, "name": call.function.name, "input": input })))
}
