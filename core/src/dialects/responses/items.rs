//! Items of the input, as messages of a chat.
//!
//! Reasoning, text and calls that follow one another are one message of the assistant's: the chat
//! that they came from had them so, and its provider's blocks stand for all of them together.

use serde_json::{Map, Value, json};

use crate::dialects::Translator;
use crate::dialects::over_chat::{Places, carried};
use crate::error::{Error, Result};
use crate::types::chat::{
    AssistantMessage, AudioPart, Content, ContentPart, FileData, FilePart, FunctionCall, ImagePart, ImageUrl,
    InputAudio, Message, RefusalPart, TextPart, ToolCall, ToolMessage,
};
use crate::types::responses::{ItemKind, ResponseItem};
use crate::types::trace::TranslationAction;

/// Appends the messages that say the same.
pub(super) fn messages(
    items: &[ResponseItem],
    messages: &mut Vec<Message>,
    places: &mut Places,
    translator: &mut Translator,
) -> Result<()> {
    let mut said: Option<Box<AssistantMessage>> = None;
    for (index, item) in items.iter().enumerate() {
        let place = format!("input[{index}]");
        let is_said = matches!(item.kind(), ItemKind::Reasoning | ItemKind::FunctionCall)
            || matches!(item.kind(), ItemKind::CustomCall | ItemKind::Image)
            || (item.kind() == ItemKind::Message && item.text("role") == "assistant");
        // A message of the assistant's is told by the first of its items.
        if item.kind() != ItemKind::Other && !(is_said && said.is_some()) {
            places.push(place.clone());
        }
        match item.kind() {
            // Refused or dropped already.
            ItemKind::Other => {}
            ItemKind::Message if item.text("role") == "assistant" => {
                assistant(item, said.get_or_insert_default());
            }
            ItemKind::Message => {
                messages.extend(said.take().map(whole));
                messages.push(message(item, &place)?);
            }
            ItemKind::Reasoning => reasoning(item, &place, said.get_or_insert_default(), translator),
            kind @ (ItemKind::FunctionCall | ItemKind::CustomCall) => {
                let call = call(item, kind, &place)?;
                said.get_or_insert_default().tool_calls.get_or_insert_default().push(call);
            }
            ItemKind::Image => image(item, said.get_or_insert_default()),
            ItemKind::CallOutput => {
                messages.extend(said.take().map(whole));
                messages.push(Message::Tool(ToolMessage {
                    tool_call_id: needed(item, "call_id", &place)?,
                    content: content(item.0.get("output"), &format!("{place}.output"))?,
                    name: None,
                    is_error: None,
                    cache_control: None,
                    extra: Map::new(),
                }));
            }
        }
    }
    messages.extend(said.take().map(whole));
    Ok(())
}

fn whole(mut said: Box<AssistantMessage>) -> Message {
    carried::put_calls(&mut said);
    // One text alone is said as one.
    if let Some(Content::Parts(parts)) = &said.content
        && let [ContentPart::Text(part)] = parts.as_slice()
    {
        said.content = Some(Content::Text(part.text.clone()));
    }
    Message::Assistant(said)
}

fn message(item: &ResponseItem, place: &str) -> Result<Message> {
    let content = content(item.0.get("content"), &format!("{place}.content"))?;
    match item.text("role") {
        "user" => Ok(Message::User(content.into())),
        "system" => Ok(Message::System(content.into())),
        "developer" => Ok(Message::Developer(content.into())),
        other => {
            let place = format!("{place}.role");
            let message =
                format!("{place}: unknown value `{other}`; allowed: user, assistant, system, developer");
            Err(Error::bad_request(place, message))
        }
    }
}

fn assistant(item: &ResponseItem, said: &mut AssistantMessage) {
    let mut parts = match said.content.take() {
        Some(Content::Parts(parts)) => parts,
        Some(Content::Text(text)) => vec![text_part(text)],
        None => Vec::new(),
    };
    match item.0.get("content") {
        Some(Value::String(text)) => parts.push(text_part(text.clone())),
        content => {
            for part in content.and_then(Value::as_array).into_iter().flatten() {
                let text = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                if part.get("type").is_some_and(|kind| kind == "refusal") {
                    let refusal = text("refusal");
                    parts.push(ContentPart::Refusal(RefusalPart { refusal, extra: Map::new() }));
                } else {
                    // Annotations and probabilities say something about a text and are no part of it.
                    parts.push(text_part(text("text")));
                }
            }
        }
    }
    said.content = (!parts.is_empty()).then_some(Content::Parts(parts));
}

fn reasoning(item: &ResponseItem, place: &str, said: &mut AssistantMessage, translator: &mut Translator) {
    let texts = item.parts("summary").iter().chain(item.parts("content"));
    let text: String = texts.filter_map(|part| part.get("text")?.as_str()).collect();
    if !text.is_empty() {
        said.reasoning_content.get_or_insert_default().push_str(&text);
    }
    let encrypted = item.text("encrypted_content");
    if !encrypted.is_empty() && !carried::read(encrypted, said) {
        translator.note(
            format!("{place}.encrypted_content"),
            TranslationAction::Dropped,
            "only the service that wrote this reasoning can read it",
        );
    }
}

fn call(item: &ResponseItem, kind: ItemKind, place: &str) -> Result<ToolCall> {
    let (call_type, input) = match kind {
        ItemKind::CustomCall => ("custom", "input"),
        _ => ("function", "arguments"),
    };
    Ok(ToolCall {
        id: needed(item, "call_id", place)?,
        call_type: call_type.to_owned(),
        function: FunctionCall {
            name: needed(item, "name", place)?,
            arguments: match item.0.get(input) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            },
            extra: Map::new(),
        },
        extra: Map::new(),
    })
}

/// An image that the model made, where a message of ours has it.
fn image(item: &ResponseItem, said: &mut AssistantMessage) {
    let url = match item.text("result") {
        "" => return,
        url if url.starts_with("data:") || url.starts_with("http") => url.to_owned(),
        // The API's default form (specs/openai.json ImageGenTool.output_format).
        base64 => format!("data:image/png;base64,{base64}"),
    };
    let images = said.extra.entry("images").or_insert_with(|| json!([]));
    if let Value::Array(images) = images {
        images.push(json!({ "type": "image_url", "image_url": { "url": url } }));
    }
}

fn needed(item: &ResponseItem, name: &str, place: &str) -> Result<String> {
    match item.0.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => {
            let place = format!("{place}.{name}");
            Err(Error::bad_request(&place, format!("{place}: expected a string")))
        }
    }
}

fn text_part(text: String) -> ContentPart {
    ContentPart::Text(TextPart { text, cache_control: None, extra: Map::new() })
}

/// What a user, the instructions or a tool say.
fn content(content: Option<&Value>, place: &str) -> Result<Content> {
    match content {
        Some(Value::String(text)) => Ok(Content::Text(text.clone())),
        Some(Value::Array(parts)) => {
            let mut read = Vec::with_capacity(parts.len());
            for (index, part) in parts.iter().enumerate() {
                read.extend(self::part(part, &format!("{place}[{index}]"))?);
            }
            Ok(Content::Parts(read))
        }
        _ => Err(Error::bad_request(place, format!("{place}: expected a text or a list of parts"))),
    }
}

/// A part; none of a type that was refused or dropped already.
fn part(part: &Value, place: &str) -> Result<Option<ContentPart>> {
    let given = |name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
    let wrong = |name: &str| {
        let place = format!("{place}.{name}");
        Error::bad_request(&place, format!("{place}: expected a string"))
    };
    Ok(Some(match part.get("type").and_then(Value::as_str).unwrap_or_default() {
        "input_text" | "output_text" | "text" | "summary_text" => {
            text_part(given("text").ok_or_else(|| wrong("text"))?)
        }
        "refusal" => text_part(given("refusal").ok_or_else(|| wrong("refusal"))?),
        "input_image" => {
            let url = given("image_url").or_else(|| given("file_id")).ok_or_else(|| wrong("image_url"))?;
            let image_url = ImageUrl { url, detail: given("detail"), extra: Map::new() };
            ContentPart::ImageUrl(ImagePart { image_url, cache_control: None, extra: Map::new() })
        }
        "input_file" => {
            let (file_id, data) = (given("file_id"), given("file_data").or_else(|| given("file_url")));
            if file_id.is_none() && data.is_none() {
                return Err(wrong("file_data"));
            }
            let file = FileData { file_id, file_data: data, filename: given("filename"), extra: Map::new() };
            ContentPart::File(FilePart { file, cache_control: None, extra: Map::new() })
        }
        "input_audio" => {
            let audio = part.get("input_audio");
            let field = |name: &str| audio.and_then(|audio| audio.get(name)?.as_str()).map(str::to_owned);
            let input_audio = InputAudio {
                data: field("data").ok_or_else(|| wrong("input_audio.data"))?,
                format: field("format").ok_or_else(|| wrong("input_audio.format"))?,
                extra: Map::new(),
            };
            ContentPart::InputAudio(AudioPart { input_audio, cache_control: None, extra: Map::new() })
        }
        _ => return Ok(None),
    }))
}
