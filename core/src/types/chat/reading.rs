//! Reading the tagged types by hand, so that an error names the place.
//!
//! serde's own tagged and untagged enums forget where they were and answer
//! "did not match any variant". Each type here reads its tag first, then the
//! variant, and carries the path of an inner error outwards.

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{
    AssistantMessage, ChatRequest, Content, ContentPart, Message, Stop, SystemMessage, ToolMessage,
    UserMessage,
};
use crate::error::{Error, Result};
use crate::types::placed::{Misread, read, taken};

/// Reads any of our types from JSON, with an error that names the place.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    read(value).map_err(bad_request)
}

fn bad_request(error: Misread) -> Error {
    if error.path.is_empty() {
        Error::new(crate::error::ErrorKind::BadRequest, error.message.clone())
    } else {
        let message = error.to_string();
        Error::bad_request(error.path.clone(), message)
    }
}

impl ChatRequest {
    /// Reads a request.
    ///
    /// Errors: `BadRequestError` with `param` set to the place that is wrong,
    /// such as `messages[2].content[0].type`, and what is allowed there.
    pub fn from_value(value: Value) -> Result<Self> {
        let mut fields = match value {
            Value::Object(fields) => fields,
            other => {
                return Err(Error::bad_request(
                    "request",
                    format!("expected an object, got {}", kind_of(&other)),
                ));
            }
        };
        if !fields.contains_key("messages") {
            return Err(Error::bad_request("messages", "missing required parameter `messages`"));
        }
        // Messages are most of a request, and the readers below take them as they
        // are, where serde would rebuild each level on its way to the next.
        let messages = match fields.get_mut("messages") {
            Some(Value::Array(messages)) => std::mem::take(messages),
            _ => Vec::new(),
        };
        let mut request: Self = from_value(Value::Object(fields))?;
        request.messages = messages
            .into_iter()
            .enumerate()
            .map(|(index, message)| {
                read_message(message).map_err(|error| error.under(&format!("messages[{index}]")))
            })
            .collect::<Result<_, Misread>>()
            .map_err(bad_request)?;
        Ok(request)
    }
}

fn read_message(value: Value) -> Result<Message, Misread> {
    let mut fields = object(value, "a message")?;
    let role = tag(&mut fields, "role", &Message::ROLES)?;
    match role.as_str() {
        "system" => read_system(fields).map(Message::System),
        "developer" => read_system(fields).map(Message::Developer),
        "user" => {
            let content = take_content(&mut fields)?;
            match content {
                Some(content) if fields.is_empty() => Ok(Message::User(UserMessage::from(content))),
                content => with_content(fields, content, |message: &mut UserMessage, content| {
                    message.content = content;
                })
                .map(Message::User),
            }
        }
        "assistant" => {
            // A call's message has no content, which null says as well.
            if fields.get("content").is_some_and(Value::is_null) {
                return read(Value::Object(fields)).map(Message::Assistant);
            }
            let content = take_content(&mut fields)?;
            with_content(fields, content, |message: &mut Box<AssistantMessage>, content| {
                message.content = Some(content);
            })
            .map(Message::Assistant)
        }
        "tool" => {
            let content = take_content(&mut fields)?;
            with_content(fields, content, |message: &mut ToolMessage, content| message.content = content)
                .map(Message::Tool)
        }
        "function" => read(Value::Object(fields)).map(Message::Function),
        other => Err(unknown_tag("role", other, &Message::ROLES)),
    }
}

fn read_system(mut fields: Map<String, Value>) -> Result<SystemMessage, Misread> {
    match take_content(&mut fields)? {
        Some(content) if fields.is_empty() => Ok(SystemMessage::from(content)),
        content => {
            with_content(fields, content, |message: &mut SystemMessage, content| message.content = content)
        }
    }
}

fn take_content(fields: &mut Map<String, Value>) -> Result<Option<Content>, Misread> {
    let Some(content) = fields.shift_remove("content") else { return Ok(None) };
    read_content(content).map(Some).map_err(|error| error.under("content"))
}

/// A message of the other fields and this content; without one, serde says
/// whether it may be missing.
fn with_content<T: DeserializeOwned>(
    mut fields: Map<String, Value>,
    content: Option<Content>,
    put: fn(&mut T, Content),
) -> Result<T, Misread> {
    let Some(content) = content else { return read(Value::Object(fields)) };
    fields.insert("content".to_owned(), Value::String(String::new()));
    let mut message = read(Value::Object(fields))?;
    put(&mut message, content);
    Ok(message)
}

fn read_content(value: Value) -> Result<Content, Misread> {
    match value {
        Value::String(text) => Ok(Content::Text(text)),
        Value::Array(parts) => parts
            .into_iter()
            .enumerate()
            .map(|(index, part)| read_part(part).map_err(|error| error.under(&format!("[{index}]"))))
            .collect::<Result<_, Misread>>()
            .map(Content::Parts),
        other => Err(Misread::custom(format_args!(
            "expected a string or a list of content parts, got {}",
            kind_of(&other)
        ))),
    }
}

fn read_part(value: Value) -> Result<ContentPart, Misread> {
    let mut fields = object(value, "a content part")?;
    let part_type = tag(&mut fields, "type", &ContentPart::TYPES)?;
    let rest = Value::Object(fields);
    match part_type.as_str() {
        "text" => read(rest).map(ContentPart::Text),
        "image_url" => read(rest).map(ContentPart::ImageUrl),
        "input_audio" => read(rest).map(ContentPart::InputAudio),
        "file" => read(rest).map(ContentPart::File),
        "document_url" => read(rest).map(ContentPart::DocumentUrl),
        "video_url" => read(rest).map(ContentPart::VideoUrl),
        "refusal" => read(rest).map(ContentPart::Refusal),
        "native" => read(rest).map(ContentPart::Native),
        other => Err(unknown_tag("type", other, &ContentPart::TYPES)),
    }
}

/// The JSON type of a value, for messages.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

pub(super) fn object(value: Value, what: &str) -> Result<Map<String, Value>, Misread> {
    match value {
        Value::Object(map) => Ok(map),
        other => Err(Misread::custom(format_args!("expected {what} (an object), got {}", kind_of(&other)))),
    }
}

pub(super) fn tag(map: &mut Map<String, Value>, key: &str, allowed: &[&str]) -> Result<String, Misread> {
    match map.shift_remove(key) {
        Some(Value::String(tag)) => Ok(tag),
        Some(other) => Err(Misread::custom(format_args!(
            "expected a string, got {}; allowed: {}",
            kind_of(&other),
            allowed.join(", ")
        ))
        .under(key)),
        None => Err(Misread::custom(format_args!("missing; allowed: {}", allowed.join(", "))).under(key)),
    }
}

pub(super) fn unknown_tag(key: &str, tag: &str, allowed: &[&str]) -> Misread {
    Misread::custom(format_args!("unknown value `{tag}`; allowed: {}", allowed.join(", "))).under(key)
}

#[derive(Serialize)]
pub(super) struct WithType<'a, T: Serialize> {
    pub r#type: &'a str,
    #[serde(flatten)]
    pub value: &'a T,
}

#[derive(Serialize)]
struct WithRole<'a, T: Serialize> {
    role: &'a str,
    #[serde(flatten)]
    value: &'a T,
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let role = self.role();
        if let Some(content) = self.plain_text() {
            // What the general form below writes, at a third of its cost.
            let mut message = serializer.serialize_struct("Message", 2)?;
            message.serialize_field("role", role)?;
            message.serialize_field("content", content)?;
            return message.end();
        }
        match self {
            Self::System(value) | Self::Developer(value) => WithRole { role, value }.serialize(serializer),
            Self::User(value) => WithRole { role, value }.serialize(serializer),
            Self::Assistant(value) => WithRole { role, value: &**value }.serialize(serializer),
            Self::Tool(value) => WithRole { role, value }.serialize(serializer),
            Self::Function(value) => WithRole { role, value }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, read_message)
    }
}

impl Serialize for ContentPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let r#type = self.part_type();
        match self {
            Self::Text(value) => WithType { r#type, value }.serialize(serializer),
            Self::ImageUrl(value) => WithType { r#type, value }.serialize(serializer),
            Self::InputAudio(value) => WithType { r#type, value }.serialize(serializer),
            Self::File(value) => WithType { r#type, value }.serialize(serializer),
            Self::DocumentUrl(value) => WithType { r#type, value }.serialize(serializer),
            Self::VideoUrl(value) => WithType { r#type, value }.serialize(serializer),
            Self::Refusal(value) => WithType { r#type, value }.serialize(serializer),
            Self::Native(value) => WithType { r#type, value }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ContentPart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, read_part)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, read_content)
    }
}

impl<'de> Deserialize<'de> for Stop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, |value| match value {
            Value::String(text) => Ok(Self::One(text)),
            texts @ Value::Array(_) => read(texts).map(Self::Many),
            other => Err(Misread::custom(format_args!(
                "expected a string or a list of strings, got {}",
                kind_of(&other)
            ))),
        })
    }
}
