//! Messages on their way out: what this wire has no field for, and what a
//! reply's message carries when it is handed back.

use serde_json::{Map, Value, json};

use super::content;
use super::encode::{Body, items_of};
use super::reply::UPSTREAM;
use crate::dialects::{DialectName, Quirks, ReasoningReplay, Translator};
use crate::error::{Error, Result};
use crate::types::chat::NativeBlocks;
use crate::types::placed;
use crate::types::trace::TranslationAction;

/// Fields of a reply's message that no request takes: strict services refuse
/// them, and the model has no use for them. In recorded replies; not in the
/// request schemas of OpenAI, Mistral and OpenRouter. `images` is not here,
/// because OpenRouter's request schema has it.
const REPLY_ONLY: [&str; 4] = ["executed_tools", "provider_metadata", "channel", "token_id"];

pub(super) fn encode(body: &mut Body, quirks: &Quirks, translator: &mut Translator) -> Result<()> {
    for (index, message) in items_of(body, "messages").iter_mut().enumerate() {
        let place = format!("messages[{index}]");
        let Value::Object(message) = message else {
            continue;
        };
        splice_native_parts(message, &place)?;
        match message.get("role").and_then(Value::as_str) {
            Some("developer") if !quirks.developer_role => {
                message.insert("role".to_owned(), "system".into());
                translator.note(
                    format!("{place}.role"),
                    TranslationAction::Renamed,
                    "the target calls `developer` `system`",
                );
            }
            Some("tool") => drop_failure_mark(message, &place, translator),
            Some("assistant") => encode_assistant(message, &place, quirks, translator),
            _ => {}
        }
    }
    Ok(())
}

fn drop_failure_mark(message: &mut Body, place: &str, translator: &mut Translator) {
    if message.shift_remove("is_error").is_some() {
        translator.drop_failure_mark(place);
    }
}

/// Puts each native part's block in its place.
fn splice_native_parts(message: &mut Body, place: &str) -> Result<()> {
    for (index, part) in items_of(message, "content").iter_mut().enumerate() {
        if part.get("type").and_then(Value::as_str) != Some("native") {
            continue;
        }
        let own = DialectName::OpenAi.as_str();
        if let Some(dialect) = part.get("dialect").and_then(Value::as_str)
            && dialect != own
        {
            return Err(Error::bad_request(
                format!("{place}.content[{index}].dialect"),
                format!("a native part of `{dialect}` cannot be sent to a target that speaks `{own}`"),
            ));
        }
        *part = part.get_mut("block").map(Value::take).unwrap_or_default();
    }
    Ok(())
}

fn encode_assistant(message: &mut Body, place: &str, quirks: &Quirks, translator: &mut Translator) {
    let restored = restore_native_blocks(message, quirks);
    replay_reasoning(message, place, restored, quirks, translator);
    for name in REPLY_ONLY {
        message.shift_remove(name);
    }
    // Of annotations, requests take only those that spare a file's second
    // parsing (OpenRouter's guide to PDF inputs).
    if let Some(Value::Array(annotations)) = message.get_mut("annotations") {
        annotations.retain(|annotation| annotation.get("type").and_then(Value::as_str) == Some("file"));
        if annotations.is_empty() {
            message.shift_remove("annotations");
        }
    }
    // A reply's audio goes back as its id alone.
    if let Some(audio) = message.shift_remove("audio")
        && let Some(id) = audio.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())
    {
        message.insert("audio".to_owned(), json!({ "id": id }));
    }
    for call in items_of(message, "tool_calls") {
        encode_custom_call(call);
    }
    // Null says nothing, and neither does an empty old-style call; strict
    // services refuse unknown fields even so.
    message.retain(|name, value| {
        let is_empty_call = name == "function_call" && value.get("name").is_some_and(|name| name == "");
        name == "content" || !(value.is_null() || is_empty_call || name.starts_with(UPSTREAM))
    });
}

/// Restores content that came as a list, unless the caller edited the message.
/// Whether the list holds the reasoning, too. Only the services that send such
/// lists take them back.
fn restore_native_blocks(message: &mut Body, quirks: &Quirks) -> bool {
    let Some(Ok(native)) = message.shift_remove("native_blocks").map(placed::read::<NativeBlocks>) else {
        return false;
    };
    if quirks.reasoning_replay != ReasoningReplay::Content {
        return false;
    }
    let text = match message.get("content") {
        Some(Value::String(text)) => Some(text.as_str()),
        Some(Value::Null) | None => None,
        Some(_) => return false,
    };
    let reasoning = message.get("reasoning_content").and_then(Value::as_str);
    if native.dialect != DialectName::OpenAi.as_str() || !content::still_say(&native.blocks, text, reasoning)
    {
        return false;
    }
    message.insert("content".to_owned(), Value::Array(native.blocks));
    true
}

/// Hands reasoning back in the field that the service takes, and in no other.
fn replay_reasoning(
    message: &mut Body,
    place: &str,
    restored: bool,
    quirks: &Quirks,
    translator: &mut Translator,
) {
    let content = message.shift_remove("reasoning_content").filter(|text| !text.is_null());
    let reasoning = message.shift_remove("reasoning").filter(|text| !text.is_null());
    let details = message.shift_remove("reasoning_details").filter(|details| !details.is_null());
    if restored {
        return;
    }
    let had = content.is_some() || reasoning.is_some() || details.is_some();
    let text = || content.clone().or_else(|| reasoning.clone()).or_else(|| text_of(details.as_ref()?));
    let (name, value) = match quirks.reasoning_replay {
        ReasoningReplay::None | ReasoningReplay::Content => ("", None),
        ReasoningReplay::ReasoningContent => ("reasoning_content", text()),
        ReasoningReplay::Reasoning => ("reasoning", text()),
        ReasoningReplay::ReasoningDetails => {
            // Details say all; the text beside them is sent where the caller
            // gave it under the service's own name, or where there is nothing else.
            if let Some(reasoning) =
                reasoning.clone().or_else(|| content.clone().filter(|_| details.is_none()))
            {
                message.insert("reasoning".to_owned(), reasoning);
            }
            ("reasoning_details", details.clone())
        }
    };
    match value {
        Some(value) => {
            message.insert(name.to_owned(), value);
        }
        None if had && !message.contains_key("reasoning") => translator.note(
            format!("{place}.reasoning_content"),
            TranslationAction::Dropped,
            "the target does not take reasoning back",
        ),
        None => {}
    }
}

/// The text of reasoning blocks, for a service that takes text alone.
fn text_of(details: &Value) -> Option<Value> {
    let text: String = details
        .as_array()?
        .iter()
        .filter_map(|detail| detail.get("text").or_else(|| detail.get("summary"))?.as_str())
        .collect();
    (!text.is_empty()).then(|| text.into())
}

/// A call of a custom tool is `custom: {name, input}` on this wire.
fn encode_custom_call(call: &mut Value) {
    let Value::Object(call) = call else {
        return;
    };
    if call.get("type").and_then(Value::as_str) != Some("custom") {
        return;
    }
    if let Some(Value::Object(function)) = call.shift_remove("function") {
        let custom: Map<String, Value> = function
            .into_iter()
            .map(|(name, value)| (if name == "arguments" { "input".to_owned() } else { name }, value))
            .collect();
        call.insert("custom".to_owned(), Value::Object(custom));
    }
}
