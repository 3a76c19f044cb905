//! The names that items, responses and events have for callers: what is generated for Python and
//! TypeScript. The fields are those of OpenAI's published schema; what a service adds passes
//! through beside them.

#![allow(dead_code, reason = "only the schemas of these are read")]

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ModelResponse, ResponseEvent, ResponseItem, ResponsesInput};
use crate::types::surface::{text_or_many, with_schema_of};
use crate::types::trace::Trace;

with_schema_of!(ModelResponse, Response);
with_schema_of!(ResponseEvent, Event);
with_schema_of!(ResponseItem, Item);

impl JsonSchema for ResponsesInput {
    fn schema_name() -> Cow<'static, str> {
        "ResponsesInput".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<ResponseInputItem>();
        schemars::json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": item }] })
    }
}

/// A tool: a function of the caller's, or one of the service's, whose fields are its own.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseTool {
    /// `function`, `custom`, or a tool that the service runs, such as `web_search`.
    #[serde(rename = "type")]
    tool_type: String,
    name: Option<String>,
    description: Option<String>,
    /// A JSON Schema of an object.
    parameters: Option<Value>,
    /// Whether arguments must follow the schema exactly.
    strict: Option<bool>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Which tool to call.
pub(super) struct ResponseToolChoice;

impl JsonSchema for ResponseToolChoice {
    fn schema_name() -> Cow<'static, str> {
        "ResponseToolChoice".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "anyOf": [{ "type": "string", "enum": ["auto", "none", "required"] }, { "type": "object" }] })
    }
}

/// How to think, and what to tell of it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseReasoning {
    effort: Option<crate::types::chat::ReasoningEffort>,
    /// `auto`, `concise` or `detailed`.
    summary: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// The form of the answer.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseText {
    /// Of `type` `text`, `json_object`, or `json_schema` with `name`, `schema` and `strict`.
    format: Option<Map<String, Value>>,
    /// `low`, `medium` or `high`.
    verbosity: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// An item of a request; its other fields are those of its type.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseInputItem {
    /// `message` (default), `function_call`, `function_call_output`, `reasoning`, or another of the service's.
    #[serde(rename = "type")]
    item_type: Option<String>,
    /// Of a message: `user`, `assistant`, `system` or `developer`.
    role: Option<String>,
    /// Of a message: a text, or parts.
    content: Option<ResponseInputContent>,
    /// Of a result of a tool: a text, or parts.
    output: Option<ResponseInputContent>,
    /// What a call and its result have in common.
    call_id: Option<String>,
    /// Of a call: the tool.
    name: Option<String>,
    /// Of a call of a function: JSON.
    arguments: Option<String>,
    /// Of a call of a custom tool.
    input: Option<String>,
    /// Of reasoning.
    summary: Option<Vec<Map<String, Value>>>,
    /// Of reasoning: what its provider needs to have it back.
    encrypted_content: Option<String>,
    id: Option<String>,
    status: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

text_or_many! {
    /// A text, or parts.
    ResponseInputContent, ResponseInputPart
}

/// A part of a message or of a tool's result.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseInputPart {
    /// `input_text`, `input_image`, `input_file`, `input_audio`; of the model's own, `output_text` or `refusal`.
    #[serde(rename = "type")]
    part_type: String,
    text: Option<String>,
    refusal: Option<String>,
    /// An `https:` or `data:` URL.
    image_url: Option<String>,
    /// `auto`, `low` or `high`.
    detail: Option<String>,
    /// The id of a file uploaded to the provider.
    file_id: Option<String>,
    /// A `data:` URL.
    file_data: Option<String>,
    file_url: Option<String>,
    filename: Option<String>,
    /// `data` (base64) and `format`.
    input_audio: Option<Map<String, Value>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// An item of a response: a message, a call of a tool, reasoning, or what else the service sends.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Item {
    /// `message`, `function_call`, `reasoning`, or another of the service's.
    #[serde(rename = "type")]
    item_type: String,
    id: Option<String>,
    /// `in_progress`, `completed` or `incomplete`.
    status: Option<String>,
    /// Of a message: `assistant`.
    role: Option<String>,
    /// The parts of a message, or the texts of reasoning.
    content: Option<Vec<ResponsePart>>,
    /// Of a call: what its result names it by.
    call_id: Option<String>,
    /// Of a call: the tool.
    name: Option<String>,
    /// Of a call of a function: JSON, exactly as the model wrote it.
    arguments: Option<String>,
    /// Of a call of a custom tool: what the model wrote.
    input: Option<String>,
    /// Of reasoning: its summary.
    summary: Option<Vec<ResponsePart>>,
    /// Of reasoning: what its provider needs to have it back. Hand the item back as it is.
    encrypted_content: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A part of a message or of reasoning.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponsePart {
    /// `output_text`, `refusal`, `summary_text` or `reasoning_text`.
    #[serde(rename = "type")]
    part_type: String,
    text: Option<String>,
    refusal: Option<String>,
    /// Citations.
    annotations: Option<Vec<Map<String, Value>>>,
    logprobs: Option<Vec<Map<String, Value>>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Tokens of one response. Details are parts of the totals, not added to them.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseUsage {
    /// All input, cached included.
    input_tokens: u64,
    input_tokens_details: Option<ResponseInputTokens>,
    /// All output, reasoning included.
    output_tokens: u64,
    output_tokens_details: Option<ResponseOutputTokens>,
    total_tokens: u64,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Parts of `input_tokens`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseInputTokens {
    /// Read from the provider's prompt cache.
    cached_tokens: Option<u64>,
    /// Written to the provider's prompt cache.
    cache_write_tokens: Option<u64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Parts of `output_tokens`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseOutputTokens {
    reasoning_tokens: Option<u64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A response. Unknown fields of the provider's are in `provider_fields`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Response {
    #[serde(default)]
    id: String,
    /// `response`.
    #[serde(default)]
    object: String,
    /// Unix time in seconds.
    #[serde(default)]
    created_at: f64,
    /// Unix time in seconds, where the service says it.
    completed_at: Option<f64>,
    /// `completed`, or `incomplete` for a reason that `incomplete_details` says. Of a response that the
    /// service works on while nobody waits `queued`, `in_progress` or `cancelled`.
    status: Option<String>,
    incomplete_details: Option<ResponseIncomplete>,
    error: Option<Map<String, Value>>,
    /// The model that answered, in the provider's words.
    #[serde(default)]
    model: String,
    /// The items of the answer. Hand them back as items of the next request's `input`.
    #[serde(default)]
    output: Vec<ResponseItem>,
    /// All text of the output, joined; empty where there is none.
    #[serde(default)]
    output_text: String,
    usage: Option<ResponseUsage>,
    /// As in the request, in the service's form.
    instructions: Option<Value>,
    max_output_tokens: Option<u64>,
    metadata: Option<Map<String, Value>>,
    parallel_tool_calls: Option<bool>,
    previous_response_id: Option<String>,
    reasoning: Option<Value>,
    service_tier: Option<String>,
    store: Option<bool>,
    temperature: Option<f64>,
    text: Option<Map<String, Value>>,
    tool_choice: Option<Value>,
    tools: Option<Vec<Map<String, Value>>>,
    top_p: Option<f64>,
    truncation: Option<String>,
    /// The provider's id of the request, from the response's headers.
    request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    route: Option<Trace>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Why a response is incomplete.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct ResponseIncomplete {
    /// `max_output_tokens` or `content_filter`.
    reason: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// An event of a streamed response; which fields it has, its type says. The last one is
/// `response.completed` or `response.incomplete`, and has the response as a whole, with its `route`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Event {
    /// Such as `response.output_text.delta`.
    #[serde(rename = "type")]
    event_type: String,
    /// Its number in the stream, from 0.
    sequence_number: Option<u64>,
    /// The place of the item among those of the output.
    output_index: Option<u64>,
    item_id: Option<String>,
    /// The place of the part in the item's content.
    content_index: Option<u64>,
    /// The place of the part in the item's summary.
    summary_index: Option<u64>,
    /// The next piece of a text, of arguments or of reasoning.
    delta: Option<String>,
    /// The text as a whole.
    text: Option<String>,
    /// The refusal as a whole.
    refusal: Option<String>,
    /// The arguments as a whole: JSON.
    arguments: Option<String>,
    item: Option<ResponseItem>,
    part: Option<ResponsePart>,
    annotation: Option<Map<String, Value>>,
    /// The response so far; in the last event as a whole.
    response: Option<ModelResponse>,
    #[serde(flatten)]
    others: Map<String, Value>,
}
