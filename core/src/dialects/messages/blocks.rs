//! Blocks of turns, as messages of a chat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::dialects::anthropic::REASONING_FORMAT;
use crate::dialects::responses::carried;
use crate::error::{Error, Result};
use crate::types::chat::{
    AssistantMessage, CacheControl, Content, ContentPart, FileData, FilePart, FunctionCall, ImagePart,
    ImageUrl, Message, ReasoningDetail, ReasoningDetailType, TextPart, ToolCall, ToolMessage,
};
use crate::types::messages::{is_of_chat, text_of};
use crate::types::placed;

type Block = Map<String, Value>;

/// The instructions: a text, or blocks of text.
pub(super) fn instructions(system: &Value) -> Result<Option<Content>> {
    Ok(match system {
        Value::String(text) if text.is_empty() => None,
        Value::Null => None,
        Value::String(text) => Some(Content::Text(text.clone())),
        system => {
            let parts = parts(system, "system")?;
            (!parts.is_empty()).then_some(Content::Parts(parts))
        }
    })
}

/// A turn of the user's: what tools answered, and what the user says, in their order.
pub(super) fn user(turn: &Block, place: &str, messages: &mut Vec<Message>) -> Result<()> {
    let blocks = match turn.get("content") {
        Some(Value::String(text)) => {
            messages.push(Message::User(Content::Text(text.clone()).into()));
            return Ok(());
        }
        content => content.and_then(Value::as_array).map_or(&[][..], Vec::as_slice),
    };
    let mut said = Vec::new();
    for (index, block) in objects(blocks) {
        let place = format!("{place}.content[{index}]");
        if text_of(block, "type") == "tool_result" {
            say(&mut said, messages);
            messages.push(Message::Tool(tool_result(block, &place)?));
        } else {
            said.extend(part(block, &place)?);
        }
    }
    say(&mut said, messages);
    Ok(())
}

fn say(said: &mut Vec<ContentPart>, messages: &mut Vec<Message>) {
    if !said.is_empty() {
        messages.push(Message::User(Content::Parts(std::mem::take(said)).into()));
    }
}

fn tool_result(block: &Block, place: &str) -> Result<ToolMessage> {
    Ok(ToolMessage {
        tool_call_id: needed(block, "tool_use_id", place)?,
        content: match block.get("content") {
            None | Some(Value::Null) => Content::Text(String::new()),
            Some(Value::String(text)) => Content::Text(text.clone()),
            Some(content) => Content::Parts(parts(content, &format!("{place}.content"))?),
        },
        name: None,
        is_error: block.get("is_error").and_then(Value::as_bool),
        cache_control: cache_control(block),
        extra: Map::new(),
    })
}

/// A turn of the assistant's.
pub(super) fn assistant(turn: &Block, place: &str) -> Result<Option<Message>> {
    let mut said = Box::<AssistantMessage>::default();
    let blocks = match turn.get("content") {
        Some(Value::String(text)) => {
            said.content = Some(Content::Text(text.clone()));
            return Ok(Some(Message::Assistant(said)));
        }
        content => content.and_then(Value::as_array).map_or(&[][..], Vec::as_slice),
    };
    let mut spoken = Vec::new();
    for (index, block) in objects(blocks) {
        let place = format!("{place}.content[{index}]");
        match text_of(block, "type") {
            "thinking" => {
                let (text, signature) = (text_of(block, "thinking"), text_of(block, "signature"));
                said.reasoning_content.get_or_insert_default().push_str(text);
                if !carried::read(signature, &mut said) {
                    let mut detail = detail(ReasoningDetailType::Text);
                    detail.text = Some(text.to_owned());
                    detail.signature = Some(signature.to_owned());
                    said.reasoning_details.get_or_insert_default().push(detail);
                }
            }
            "redacted_thinking" => {
                let data = text_of(block, "data");
                if !carried::read(data, &mut said) {
                    let mut detail = detail(ReasoningDetailType::Encrypted);
                    detail.data = Some(data.to_owned());
                    said.reasoning_details.get_or_insert_default().push(detail);
                }
            }
            "tool_use" => {
                let input = block.get("input").map_or_else(|| "{}".to_owned(), Value::to_string);
                said.tool_calls.get_or_insert_default().push(ToolCall {
                    id: needed(block, "id", &place)?,
                    call_type: "function".to_owned(),
                    function: FunctionCall {
                        name: needed(block, "name", &place)?,
                        arguments: input,
                        extra: Map::new(),
                    },
                    extra: Map::new(),
                });
            }
            _ => spoken.extend(part(block, &place)?),
        }
    }
    said.reasoning_content = said.reasoning_content.filter(|text| !text.is_empty());
    said.content = match spoken.as_slice() {
        [] => None,
        [ContentPart::Text(part)] if part.cache_control.is_none() => Some(Content::Text(part.text.clone())),
        _ => Some(Content::Parts(spoken)),
    };
    carried::put_calls(&mut said);
    let says = said.content.is_some() || said.tool_calls.is_some() || said.reasoning_details.is_some();
    Ok(says.then_some(Message::Assistant(said)))
}

/// Thinking that Claude signed: a service that serves Claude too can read it.
fn detail(detail_type: ReasoningDetailType) -> ReasoningDetail {
    ReasoningDetail { format: Some(REASONING_FORMAT.to_owned()), ..ReasoningDetail::new(detail_type) }
}

fn objects(blocks: &[Value]) -> impl Iterator<Item = (usize, &Block)> {
    // Others were refused or dropped already.
    let of_chat = blocks.iter().enumerate().filter_map(|(index, block)| Some((index, block.as_object()?)));
    of_chat.filter(|(_, block)| is_of_chat(block))
}

fn parts(blocks: &Value, place: &str) -> Result<Vec<ContentPart>> {
    let Some(blocks) = blocks.as_array() else {
        return Err(Error::bad_request(place, format!("{place}: expected a text or a list of blocks")));
    };
    let mut read = Vec::with_capacity(blocks.len());
    for (index, block) in objects(blocks) {
        read.extend(part(block, &format!("{place}[{index}]"))?);
    }
    Ok(read)
}

fn part(block: &Block, place: &str) -> Result<Option<ContentPart>> {
    let cache_control = cache_control(block);
    Ok(Some(match text_of(block, "type") {
        "text" => ContentPart::Text(TextPart { text: needed(block, "text", place)?, cache_control, extra: Map::new() }),
        "image" => {
            let url = source(block, place)?;
            let image_url = ImageUrl { url, detail: None, extra: Map::new() };
            ContentPart::ImageUrl(ImagePart { image_url, cache_control, extra: Map::new() })
        }
        "document" => {
            let is_file = block.get("source").is_some_and(|source| source["type"] == "file");
            let given = source(block, place)?;
            let (file_id, file_data) = if is_file { (Some(given), None) } else { (None, Some(given)) };
            let filename = Some(text_of(block, "title").to_owned()).filter(|title| !title.is_empty());
            let file = FileData { file_id, file_data, filename, extra: Map::new() };
            ContentPart::File(FilePart { file, cache_control, extra: Map::new() })
        }
        _ => return Ok(None),
    }))
}

/// Where an image or a document is, as one text.
fn source(block: &Block, place: &str) -> Result<String> {
    let place = format!("{place}.source");
    let Some(source) = block.get("source").and_then(Value::as_object) else {
        return Err(Error::bad_request(&place, format!("{place}: expected an object")));
    };
    match text_of(source, "type") {
        "base64" => {
            let data = needed(source, "data", &place)?;
            Ok(format!("data:{};base64,{data}", needed(source, "media_type", &place)?))
        }
        "text" => {
            let text = STANDARD.encode(needed(source, "data", &place)?);
            Ok(format!("data:text/plain;base64,{text}"))
        }
        "url" => needed(source, "url", &place),
        "file" => needed(source, "file_id", &place),
        other => {
            let place = format!("{place}.type");
            let message = format!("{place}: unknown value `{other}`; allowed: base64, url, file, text");
            Err(Error::bad_request(place, message))
        }
    }
}

fn cache_control(block: &Block) -> Option<CacheControl> {
    placed::read(block.get("cache_control").filter(|mark| !mark.is_null())?.clone()).ok()
}

fn needed(fields: &Block, name: &str, place: &str) -> Result<String> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => {
            let place = format!("{place}.{name}");
            Err(Error::bad_request(&place, format!("{place}: expected a string")))
        }
    }
}
