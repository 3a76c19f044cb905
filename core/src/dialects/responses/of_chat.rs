//! A chat, said as the input of a response: for a service that counts tokens in those words alone.
//!
//! Facts: specs/openai.json TokenCountsBody, EasyInputMessage, FunctionToolCall, FunctionCallOutputItemParam,
//! InputFileContent; recordings/openai (`openai.responses_count_tokens`). What a model reads is all that is
//! said here; nothing is answered by it.

use serde_json::{Map, Value, json};

use crate::dialects::{DialectName, Translator};
use crate::error::{Error, Result};
use crate::types::chat::{
    AssistantMessage, ChatRequest, Content, ContentPart, FilePart, Message, ResponseFormat, Tool, ToolCall,
    ToolChoice, ToolMessage,
};
use crate::types::trace::TranslationAction;

/// The body that asks for the tokens of a chat.
///
/// Errors: `BadRequest` naming a part that the API has no word for.
pub fn counted(chat: &ChatRequest, model: &str, translator: &mut Translator) -> Result<Map<String, Value>> {
    let mut input = Vec::new();
    for (index, message) in chat.messages.iter().enumerate() {
        let earlier = chat.messages.get(..index).unwrap_or_default();
        items(message, earlier, &format!("messages[{index}]"), &mut input, translator)?;
    }
    let mut body = Map::from_iter([("model".to_owned(), model.into()), ("input".to_owned(), input.into())]);
    let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    if let Some(tools) = chat.tools.as_ref().filter(|tools| !tools.is_empty()) {
        put("tools", tools.iter().map(tool).collect());
        if let Some(choice) = chat.tool_choice.as_ref().and_then(choice) {
            put("tool_choice", choice);
        }
        if let Some(parallel) = chat.parallel_tool_calls {
            put("parallel_tool_calls", parallel.into());
        }
    }
    if let Some(format) = chat.response_format.as_ref().and_then(format) {
        put("text", json!({ "format": format }));
    }
    if let Some(effort) = &chat.reasoning_effort {
        put("reasoning", json!({ "effort": effort.as_str() }));
    }
    Ok(body)
}

fn items(
    message: &Message,
    earlier: &[Message],
    place: &str,
    input: &mut Vec<Value>,
    translator: &mut Translator,
) -> Result<()> {
    if message.name().is_some() && !matches!(message, Message::Tool(_) | Message::Function(_)) {
        let detail = "a response names no participants; the name is not counted";
        translator.note(format!("{place}.name"), TranslationAction::Dropped, detail);
    }
    match message {
        Message::System(said) | Message::Developer(said) => {
            input
                .push(json!({ "role": message.role(), "content": parts(&said.content, place, translator)? }));
        }
        Message::User(said) => {
            input.push(json!({ "role": "user", "content": parts(&said.content, place, translator)? }));
        }
        Message::Assistant(said) => input.extend(assistant(said)),
        Message::Tool(said) => input.push(result(said, earlier, place, translator)?),
        Message::Function(_) => {
            translator.unsupported(place, "a response has no results of `functions`; use role `tool`")?;
        }
    }
    Ok(())
}

/// What it said, and its calls. Its words stand as one text: lists of parts are for what goes in.
fn assistant(message: &AssistantMessage) -> Vec<Value> {
    let said = message.content.as_ref().map(Content::text).or_else(|| message.refusal.clone());
    let said = said.filter(|text| !text.is_empty());
    let said = said.map(|text| json!({ "role": "assistant", "content": text }));
    let call = |call: &ToolCall| {
        let (kind, words) = match call.call_type.as_str() {
            "custom" => ("custom_tool_call", "input"),
            _ => ("function_call", "arguments"),
        };
        let ToolCall { id, function, .. } = call;
        json!({ "type": kind, "call_id": id, "name": function.name, words: function.arguments })
    };
    said.into_iter().chain(message.tool_calls.iter().flatten().map(call)).collect()
}

fn result(
    message: &ToolMessage,
    earlier: &[Message],
    place: &str,
    translator: &mut Translator,
) -> Result<Value> {
    let is_custom = |said: &AssistantMessage| {
        let mut calls = said.tool_calls.iter().flatten();
        calls.any(|call| call.id == message.tool_call_id && call.call_type == "custom")
    };
    let custom = earlier.iter().any(|earlier| matches!(earlier, Message::Assistant(said) if is_custom(said)));
    let kind = if custom { "custom_tool_call_output" } else { "function_call_output" };
    let output = parts(&message.content, place, translator)?;
    Ok(json!({ "type": kind, "call_id": message.tool_call_id, "output": output }))
}

fn parts(content: &Content, place: &str, translator: &mut Translator) -> Result<Value> {
    let text = |text: &str| json!({ "type": "input_text", "text": text });
    let parts = match content {
        Content::Text(said) => return Ok(said.as_str().into()),
        Content::Parts(parts) => parts,
    };
    let mut said = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let place = format!("{place}.content[{index}]");
        said.push(match part {
            ContentPart::Text(part) => text(&part.text),
            ContentPart::Refusal(part) => text(&part.refusal),
            ContentPart::ImageUrl(part) => {
                let detail = part.image_url.detail.as_deref().unwrap_or("auto");
                json!({ "type": "input_image", "image_url": part.image_url.url, "detail": detail })
            }
            ContentPart::File(part) => file(part),
            ContentPart::DocumentUrl(part) => {
                let url = part.document_url.get("url").unwrap_or(&part.document_url);
                json!({ "type": "input_file", "file_url": url })
            }
            ContentPart::InputAudio(_) | ContentPart::VideoUrl(_) => {
                translator.unsupported(place, "the service counts texts, images and files alone")?;
                continue;
            }
            ContentPart::Native(part) => match part.dialect.as_deref() {
                None => part.block.clone(),
                Some(own) if own == DialectName::OpenAi.as_str() => part.block.clone(),
                Some(other) => {
                    let message = format!("a block of dialect `{other}` cannot be counted by OpenAI's API");
                    return Err(Error::bad_request(format!("{place}.dialect"), message));
                }
            },
        });
    }
    Ok(said.into())
}

fn file(part: &FilePart) -> Value {
    let file = &part.file;
    let mut said = Map::from_iter([("type".to_owned(), "input_file".into())]);
    for (name, value) in
        [("file_id", &file.file_id), ("file_data", &file.file_data), ("filename", &file.filename)]
    {
        said.extend(value.as_ref().map(|value| (name.to_owned(), value.as_str().into())));
    }
    said.into()
}

/// The same fields, one level further out.
fn tool(tool: &Tool) -> Value {
    match tool {
        Tool::Function(tool) => {
            let mut fields = match serde_json::to_value(&tool.function) {
                Ok(Value::Object(fields)) => fields,
                _ => Map::new(),
            };
            // Both have to be there (schema `FunctionTool`).
            fields.entry("parameters").or_insert_with(|| json!({ "type": "object", "properties": {} }));
            fields.entry("strict").or_insert(Value::Null);
            fields.insert("type".to_owned(), "function".into());
            fields.into()
        }
        Tool::Other(fields) => level(fields),
    }
}

/// `{"type": "custom", "custom": {…}}` as one object; others as they are.
fn level(fields: &Map<String, Value>) -> Value {
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    match fields.get(kind) {
        Some(Value::Object(inner)) => {
            let mut inner = inner.clone();
            inner.insert("type".to_owned(), kind.into());
            inner.into()
        }
        _ => Value::Object(fields.clone()),
    }
}

fn choice(choice: &ToolChoice) -> Option<Value> {
    Some(match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Function(name) => json!({ "type": "function", "name": name }),
        ToolChoice::Other(Value::Object(fields)) => {
            let mut sent = level(fields);
            if let Some(Value::Array(tools)) = sent.get_mut("tools") {
                let outer = |tool: &mut Value| {
                    if let Value::Object(fields) = tool {
                        *tool = level(fields);
                    }
                };
                tools.iter_mut().for_each(outer);
            }
            sent
        }
        ToolChoice::Other(_) => return None,
    })
}

fn format(format: &ResponseFormat) -> Option<Value> {
    match serde_json::to_value(format) {
        Ok(Value::Object(fields)) => Some(level(&fields)),
        _ => None,
    }
}
