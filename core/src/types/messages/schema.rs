//! The names that turns, blocks, messages and events have for callers: what is generated for Python
//! and TypeScript. The fields are those of Anthropic's published schema; what a service adds passes
//! through beside them.

#![allow(dead_code, reason = "only the schemas of these are read")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{MessageEvent, MessageReply};
use crate::types::surface::{text_or_many, with_schema_of};
use crate::types::trace::Trace;

with_schema_of!(MessageReply, Reply);
with_schema_of!(MessageEvent, Event);

/// One turn of the conversation.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct MessageTurn {
    /// `user` or `assistant`.
    role: String,
    content: MessageContent,
    #[serde(flatten)]
    others: Map<String, Value>,
}

text_or_many! {
    /// A text, or blocks.
    MessageContent, MessageInputBlock
}

/// A block of a turn; its other fields are those of its type.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct MessageInputBlock {
    /// `text`, `image`, `document`, `tool_use`, `tool_result`, `thinking`, or another of the service's.
    #[serde(rename = "type")]
    block_type: String,
    text: Option<String>,
    /// Of an image or a document: of `type` `base64`, `url`, `file` or `text`.
    source: Option<Map<String, Value>>,
    /// Of a document.
    title: Option<String>,
    /// Of a document: what is to be known of it.
    context: Option<String>,
    /// Of a document: whether to cite it, `enabled`; of a text its citations.
    citations: Option<Value>,
    /// Of a call: what its result names it by.
    id: Option<String>,
    /// Of a call: the tool.
    name: Option<String>,
    /// Of a call: an object.
    input: Option<Value>,
    /// Of a result: the call that it answers.
    tool_use_id: Option<String>,
    /// Of a result: a text, or blocks.
    content: Option<Value>,
    /// Of a result: whether the tool failed.
    is_error: Option<bool>,
    thinking: Option<String>,
    signature: Option<String>,
    /// Of thinking that only its provider can read.
    data: Option<String>,
    cache_control: Option<Map<String, Value>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A tool: one of the caller's, or one of the service's, whose fields are its own.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct MessageTool {
    name: String,
    description: Option<String>,
    /// A JSON Schema of an object.
    input_schema: Option<Value>,
    /// `custom` (default), or a tool that the service runs, such as `web_search_20250305`.
    #[serde(rename = "type")]
    tool_type: Option<String>,
    /// Whether inputs must follow the schema exactly.
    strict: Option<bool>,
    cache_control: Option<Map<String, Value>>,
    /// Of a tool that the service runs: how often it may be called.
    max_uses: Option<u64>,
    /// Of a search.
    allowed_domains: Option<Vec<String>>,
    /// Of a search.
    blocked_domains: Option<Vec<String>>,
    /// Of a search.
    user_location: Option<Map<String, Value>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A block of a message: text, a call of a tool, thinking, or what else the service sends.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct MessageBlock {
    /// `text`, `tool_use`, `thinking`, `redacted_thinking`, or another of the service's.
    #[serde(rename = "type")]
    block_type: String,
    text: Option<String>,
    citations: Option<Vec<Map<String, Value>>>,
    /// Of a call: what its result names it by.
    id: Option<String>,
    /// Of a call: the tool.
    name: Option<String>,
    /// Of a call: an object.
    input: Option<Map<String, Value>>,
    thinking: Option<String>,
    /// Of thinking: what its provider needs to have it back. Hand the block back as it is.
    signature: Option<String>,
    /// Of thinking that only its provider can read.
    data: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Tokens of one message.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct MessageUsage {
    /// Input that was neither read from the provider's prompt cache nor written to it.
    #[serde(default)]
    input_tokens: u64,
    /// All output, thinking included.
    #[serde(default)]
    output_tokens: u64,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A message. Unknown fields of the provider's are in `provider_fields`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Reply {
    #[serde(default)]
    id: String,
    /// `message`.
    #[serde(rename = "type", default)]
    reply_type: String,
    /// `assistant`.
    #[serde(default)]
    role: String,
    /// The model that answered, in the provider's words.
    #[serde(default)]
    model: String,
    /// The blocks of the answer. Hand them back as the content of a turn of the assistant's.
    #[serde(default)]
    content: Vec<MessageBlock>,
    /// `end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `refusal`, …
    stop_reason: Option<String>,
    stop_sequence: Option<String>,
    usage: Option<MessageUsage>,
    /// The provider's id of the request, from the response's headers.
    request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    route: Option<Trace>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// What an event adds to a block, or to the message.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct MessageDelta {
    /// `text_delta`, `input_json_delta`, `thinking_delta`, `signature_delta` or `citations_delta`; of
    /// `message_delta` none.
    #[serde(rename = "type")]
    delta_type: Option<String>,
    text: Option<String>,
    partial_json: Option<String>,
    thinking: Option<String>,
    signature: Option<String>,
    citation: Option<Map<String, Value>>,
    stop_reason: Option<String>,
    stop_sequence: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// An event of a streamed message; which fields it has, its type says. The last one is `message_stop`,
/// and has the message as a whole, with its `route`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Event {
    /// `message_start`, `content_block_start`, `content_block_delta`, `content_block_stop`,
    /// `message_delta`, `message_stop`, `ping`, or another of the service's.
    #[serde(rename = "type")]
    event_type: String,
    /// The place of the block.
    index: Option<u64>,
    content_block: Option<MessageBlock>,
    delta: Option<MessageDelta>,
    usage: Option<MessageUsage>,
    /// The message so far; in the last event as a whole.
    message: Option<MessageReply>,
    #[serde(flatten)]
    others: Map<String, Value>,
}
