//! Anthropic's Messages: a request of blocks in, a message of blocks out.
//!
//! The shape is Anthropic's (published schemas `CreateMessageParams`, `Message` and
//! `MessageStreamEvent`). As with responses, a message, a block and an event are the fields that
//! came, read where something has to be known of them. No wire format goes in here.

mod accumulate;
mod beyond_chat;
mod event;
mod reply;
#[cfg(feature = "schema")]
mod schema;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

pub use accumulate::MessageSum;
pub(crate) use beyond_chat::is_of_chat;
pub use event::MessageEvent;
pub use reply::MessageReply;

use crate::error::{Error, Result as Checked};
use crate::types::surface::{list_of, text_of};

/// A request for a message. Targets of another wire than Anthropic's are asked for a chat completion,
/// which is then put into this form; what only the wire itself has (tools that the service runs,
/// containers) leaves such targets out, unless `unsupported` is `drop`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessagesRequest {
    /// The conversation so far: turns of `user` and `assistant`. The `content` of a reply may be handed
    /// back as it is.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<schema::MessageTurn>"))]
    pub messages: Vec<Map<String, Value>>,
    /// Most tokens to generate, thinking included.
    pub max_tokens: u64,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// What the model is told before the conversation: a text, or blocks of text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::MessageContent>"))]
    pub system: Option<Value>,
    /// Tools that the model may call: those of the caller's, and those of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<schema::MessageTool>>"))]
    pub tools: Option<Vec<Map<String, Value>>>,
    /// Of `type` `auto`, `any`, `none`, or `tool` with its `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Map<String, Value>>,
    /// Of `type` `enabled` with `budget_tokens`, `adaptive`, or `disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Map<String, Value>>,
    /// `effort`, and the `format` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_config: Option<Map<String, Value>>,
    /// Sampling temperature, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub temperature: Option<Number>,
    /// Nucleus sampling: the share of probability mass considered, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub top_p: Option<Number>,
    /// Sample from the k most likely tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    /// Texts to stop at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_sequences: Option<Vec<String>>,
    /// `user_id`: a stable id of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// `auto` or `standard_only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// Beta features of Anthropic's to use, such as `context-management-2025-06-27`: its header `anthropic-beta`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub betas: Option<Vec<String>>,
    /// Whether to stream the answer. Default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// The request's own fields that a typing error may be meant for.
const FIELDS: [&str; 14] = [
    "messages",
    "max_tokens",
    "system",
    "tools",
    "tool_choice",
    "thinking",
    "output_config",
    "temperature",
    "stop_sequences",
    "metadata",
    "service_tier",
    "container",
    "context_management",
    "mcp_servers",
];

impl MessagesRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        for name in ["messages", "max_tokens"] {
            if !fields.contains_key(name) {
                return Err(Error::bad_request(name, format!("missing required parameter `{name}`")));
            }
        }
        let request: Self = super::from_value(Value::Object(fields))?;
        for name in request.extra.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
            if let [near, ..] = crate::nearest::nearest(name, FIELDS.into_iter()).as_slice() {
                let message = format!(
                    "unknown parameter `{name}`; did you mean {near}? `extra_body` sends it as it is"
                );
                return Err(Error::bad_request(name.as_str(), message));
            }
        }
        if request.messages.is_empty() {
            return Err(Error::bad_request("messages", "messages: at least one message is needed"));
        }
        for (index, message) in request.messages.iter().enumerate() {
            if !matches!(text_of(message, "role"), "user" | "assistant" | "system") {
                let place = format!("messages[{index}].role");
                let message = format!("{place}: allowed: user, assistant, system");
                return Err(Error::bad_request(place, message));
            }
            text_or_blocks(message.get("content"), &format!("messages[{index}].content"))?;
        }
        if request.system.is_some() {
            text_or_blocks(request.system.as_ref(), "system")?;
        }
        Ok(request)
    }

    /// The id of the end user, where it was given.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.metadata.as_ref()?.get("user_id")?.as_str()
    }

    /// The form that the answer is to have: of `output_config`, or by the older `output_format`.
    pub(crate) fn format(&self) -> Option<&Value> {
        let format = self.output_config.as_ref().and_then(|config| config.get("format"));
        format.or_else(|| self.extra.get("output_format"))
    }

    /// All blocks of all turns, those within results of tools included.
    pub(crate) fn has_block(&self, block_type: &str) -> bool {
        self.any_block(&|block| block.get("type").is_some_and(|given| given == block_type))
    }

    /// Whether any document is plain text, or one that is not.
    pub(crate) fn has_document(&self, text: bool) -> bool {
        let is_text = |source: &Value| match source.get("type").and_then(Value::as_str) {
            Some("text") => true,
            Some("base64") => source
                .get("media_type")
                .and_then(Value::as_str)
                .is_some_and(|media| media.starts_with("text/")),
            _ => false,
        };
        self.any_block(&|block| {
            block.get("type").is_some_and(|given| given == "document")
                && block.get("source").is_some_and(is_text) == text
        })
    }

    fn any_block(&self, of_type: &dyn Fn(&Value) -> bool) -> bool {
        self.messages.iter().flat_map(|message| list_of(message, "content")).any(|block| {
            let inner = block.as_object().map_or(&[][..], |block| list_of(block, "content"));
            of_type(block) || inner.iter().any(of_type)
        })
    }
}

/// Errors: `BadRequest` at the place of what is neither a text nor a list of objects.
fn text_or_blocks(given: Option<&Value>, place: &str) -> Checked<()> {
    match given {
        Some(Value::String(_)) => Ok(()),
        Some(Value::Array(blocks)) => match blocks.iter().position(|block| !block.is_object()) {
            None => Ok(()),
            Some(index) => {
                let place = format!("{place}[{index}]");
                let message = format!("{place}: expected a block (an object)");
                Err(Error::bad_request(place, message))
            }
        },
        _ => Err(Error::bad_request(place, format!("{place}: expected a text or a list of blocks"))),
    }
}
