//! Messages of a conversation, as the caller gives them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::content::{CacheControl, Content, ContentPart};
use super::reasoning::{NativeBlocks, ReasoningDetail};
use super::tool::ToolCall;

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    System(SystemMessage),
    /// Like `System`; the name newer OpenAI models use.
    Developer(SystemMessage),
    User(UserMessage),
    Assistant(Box<AssistantMessage>),
    Tool(ToolMessage),
    /// A result of the deprecated `functions` API; only OpenAI's wire has it.
    Function(FunctionMessage),
}

impl Message {
    /// The roles that `role` may name.
    pub const ROLES: [&'static str; 6] = ["system", "developer", "user", "assistant", "tool", "function"];

    /// What it says, where it says something.
    #[must_use]
    pub const fn content(&self) -> Option<&Content> {
        match self {
            Self::System(message) | Self::Developer(message) => Some(&message.content),
            Self::User(message) => Some(&message.content),
            Self::Assistant(message) => message.content.as_ref(),
            Self::Tool(message) => Some(&message.content),
            Self::Function(_) => None,
        }
    }

    /// The parts of its content, where it has parts.
    #[must_use]
    pub fn parts(&self) -> &[ContentPart] {
        match self.content() {
            Some(Content::Parts(parts)) => parts,
            _ => &[],
        }
    }

    /// The name of who says it, where it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::System(message) | Self::Developer(message) => message.name.as_deref(),
            Self::User(message) => message.name.as_deref(),
            Self::Assistant(message) => message.name.as_deref(),
            Self::Tool(message) => message.name.as_deref(),
            Self::Function(message) => Some(&message.name),
        }
    }

    #[must_use]
    pub fn role(&self) -> &'static str {
        match self {
            Self::System(_) => "system",
            Self::Developer(_) => "developer",
            Self::User(_) => "user",
            Self::Assistant(_) => "assistant",
            Self::Tool(_) => "tool",
            Self::Function(_) => "function",
        }
    }

    /// Whether it is a role and a text, and nothing else: what every service takes.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.plain_text().is_some()
    }

    /// The function that the latest call of this id in `earlier` named.
    pub(crate) fn called_name<'a>(id: &str, earlier: &'a [Self]) -> Option<&'a str> {
        earlier.iter().rev().find_map(|message| match message {
            Self::Assistant(message) => message
                .tool_calls
                .iter()
                .flatten()
                .find(|call| call.id == id)
                .map(|call| call.function.name.as_str()),
            _ => None,
        })
    }

    /// The text of a message of the system or the user that has nothing beside it.
    pub(crate) fn plain_text(&self) -> Option<&str> {
        let (content, name, cache_control, extra) = match self {
            Self::System(message) => {
                (&message.content, &message.name, &message.cache_control, &message.extra)
            }
            Self::User(message) => (&message.content, &message.name, &message.cache_control, &message.extra),
            _ => return None,
        };
        match content {
            Content::Text(text) if name.is_none() && cache_control.is_none() && extra.is_empty() => {
                Some(text)
            }
            _ => None,
        }
    }
}

/// Instructions that come before the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemMessage {
    pub content: Content,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Marks the end of a prefix worth caching.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl From<Content> for SystemMessage {
    fn from(content: Content) -> Self {
        Self { content, name: None, cache_control: None, extra: Map::new() }
    }
}

/// What the user said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserMessage {
    pub content: Content,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl From<Content> for UserMessage {
    fn from(content: Content) -> Self {
        Self { content, name: None, cache_control: None, extra: Map::new() }
    }
}

/// What the model said. A reply's message handed back is one of these.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssistantMessage {
    #[serde(default)]
    pub content: Option<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The model's reasoning as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// The model's reasoning as typed blocks with signatures or encrypted data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_details: Option<Vec<ReasoningDetail>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCall>>,
    /// The id of an earlier audio answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Value>,
    /// The provider's own blocks, verbatim, for an exact second turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_blocks: Option<NativeBlocks>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// The result of a tool call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ToolMessage {
    /// The id of the call this answers.
    pub tool_call_id: String,
    /// Text, or parts (text, images, documents).
    pub content: Content,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the tool failed. Sent where the wire can say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_error: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// The result of a call by the deprecated `functions` API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FunctionMessage {
    pub name: String,
    #[serde(default)]
    pub content: Option<String>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}
