//! The Responses API: a request of items in, a response of items out.
//!
//! The shape is OpenAI's (published schemas `CreateResponse`, `Response` and
//! `ResponseStreamEvent`). It grows monthly and services add to it, so that an item, a response
//! and an event are the fields that came, read where something has to be known of them; their
//! names for callers are in `schema`. No wire format goes in here.

mod accumulate;
mod beyond_chat;
mod event;
mod input;
mod response;
#[cfg(feature = "schema")]
mod schema;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use accumulate::ResponseSum;
pub use event::ResponseEvent;
pub use input::{ItemKind, ResponseItem, ResponsesInput};
pub use response::ModelResponse;

use crate::error::{Error, Result as Checked};

/// A request for a response. Targets without this API are asked for a chat completion, which is
/// then put into this form; what only the API itself can do (`previous_response_id`, tools that
/// the service runs) leaves such targets out, unless `unsupported` is `drop`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResponsesRequest {
    /// A text, or the items of the conversation so far. Items of a response's `output` may be
    /// handed back as they are.
    #[serde(default, skip_serializing_if = "ResponsesInput::is_absent")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<ResponsesInput>"))]
    pub input: ResponsesInput,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// What the model is told before the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Most tokens to generate, reasoning included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u64>,
    /// Tools that the model may call: functions of the caller's, and those of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<schema::ResponseTool>>"))]
    pub tools: Option<Vec<Map<String, Value>>>,
    /// `none`, `auto`, `required`, or an object that names a tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::ResponseToolChoice>"))]
    pub tool_choice: Option<Value>,
    /// Whether several tools may be called in one turn. Default: the service's, true at OpenAI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// How to think, and what to tell of it: `effort`, `summary`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::ResponseReasoning>"))]
    pub reasoning: Option<Map<String, Value>>,
    /// The form of the answer: `format` and `verbosity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::ResponseText>"))]
    pub text: Option<Map<String, Value>>,
    /// Sampling temperature, 0 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling: the share of probability mass considered, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// How many likely tokens to tell at each position, 0 to 20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<u32>,
    /// The response that this one goes on from; the service must have stored it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_response_id: Option<String>,
    /// A conversation that the service keeps: its id, or an object with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Value>,
    /// Whether the service works on while nobody waits. Default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<bool>,
    /// Whether the service stores the response. Default: the service's, true at OpenAI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<bool>,
    /// What else the response is to hold, such as `reasoning.encrypted_content`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<String>>,
    /// What happens to input beyond the context window: `disabled` (default, an error) or `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncation: Option<String>,
    /// A prompt that is kept at the service, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Map<String, Value>>,
    /// Most calls of the service's own tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tool_calls: Option<u64>,
    /// Labels stored with the response at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// A stable id of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// A stable hashed id of the end user, for abuse detection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// Requests with one key share a prompt cache more often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_cache_key: Option<String>,
    /// `in_memory` or `24h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_cache_retention: Option<String>,
    /// The provider's tier of service, such as `auto`, `default`, `flex`, `priority`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// Whether to stream the answer. Default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<Map<String, Value>>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// The request's own fields that a typing error may be meant for.
const FIELDS: [&str; 15] = [
    "input",
    "instructions",
    "max_output_tokens",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "temperature",
    "top_logprobs",
    "previous_response_id",
    "conversation",
    "truncation",
    "metadata",
    "service_tier",
    "stream_options",
];

impl ResponsesRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        let request: Self = super::from_value(Value::Object(fields))?;
        for name in request.extra.keys() {
            if let [near, ..] = crate::nearest::nearest(name, FIELDS.into_iter()).as_slice() {
                let message = format!(
                    "unknown parameter `{name}`; did you mean {near}? `extra_body` sends it as it is"
                );
                return Err(Error::bad_request(name.as_str(), message));
            }
        }
        let goes_on = request.previous_response_id.is_some()
            || request.conversation.is_some()
            || request.prompt.is_some();
        match &request.input {
            ResponsesInput::Absent if !goes_on => {
                return Err(Error::bad_request("input", "missing required parameter `input`"));
            }
            ResponsesInput::Items(items) if items.is_empty() && !goes_on => {
                return Err(Error::bad_request("input", "input: at least one item is needed"));
            }
            _ => {}
        }
        for (index, tool) in request.tools.iter().flatten().enumerate() {
            if !tool.get("type").is_some_and(Value::is_string) {
                let place = format!("tools[{index}].type");
                let message = format!("{place}: missing; `function`, `custom`, or a tool of the service's");
                return Err(Error::bad_request(place, message));
            }
        }
        Ok(request)
    }

    /// A field of `reasoning`, `text` or the like, as text.
    pub(crate) fn text_in<'a>(fields: &'a Option<Map<String, Value>>, name: &str) -> Option<&'a str> {
        fields.as_ref()?.get(name)?.as_str()
    }
}
