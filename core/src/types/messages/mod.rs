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
use serde_json::{Map, Value};

pub use accumulate::MessageSum;
pub use event::MessageEvent;
pub use reply::MessageReply;

use crate::error::{Error, Result as Checked};

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
    pub temperature: Option<f64>,
    /// Nucleus sampling: the share of probability mass considered, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
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
    /// Whether to stream the answer. Default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// The request's own fields that a typing error may be meant for.
const FIELDS: [&str; 12] = [
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
                let message =
                    format!("unknown parameter `{name}`; did you mean {near}? `extra_body` sends it as it is");
                return Err(Error::bad_request(name.as_str(), message));
            }
        }
        if request.messages.is_empty() {
            return Err(Error::bad_request("messages", "messages: at least one message is needed"));
        }
        if request.max_tokens == 0 {
            return Err(Error::bad_request("max_tokens", "max_tokens: must be at least 1"));
        }
        for (index, message) in request.messages.iter().enumerate() {
            if !matches!(text_of(message, "role"), "user" | "assistant") {
                let place = format!("messages[{index}].role");
                let message = format!("{place}: allowed: user, assistant; instructions are the parameter `system`");
                return Err(Error::bad_request(place, message));
            }
            if !message.get("content").is_some_and(|content| content.is_string() || content.is_array()) {
                let place = format!("messages[{index}].content");
                let message = format!("{place}: expected a text or a list of blocks");
                return Err(Error::bad_request(place, message));
            }
        }
        Ok(request)
    }

    /// The id of the end user, where it was given.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.metadata.as_ref()?.get("user_id")?.as_str()
    }

    /// All blocks of all turns, those within results of tools included.
    pub(crate) fn has_block(&self, block_type: &str) -> bool {
        let of_type = |block: &Value| block.get("type").is_some_and(|given| given == block_type);
        self.messages.iter().flat_map(|message| blocks_of(message, "content")).any(|block| {
            let inner = block.as_object().map_or(&[][..], |block| blocks_of(block, "content"));
            of_type(block) || inner.iter().any(of_type)
        })
    }
}

/// A field as text; empty where it is none.
pub(crate) fn text_of<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The blocks of a field, where that is a list.
pub(crate) fn blocks_of<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    fields.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
