//! What a chat answered, as a response.

use serde_json::{Map, Value, json};

use super::synthesis::Synthesis;
use super::usage::in_response_words;
use crate::dialects::over_chat::carried;
use crate::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk, FinishReason};
use crate::types::responses::{ModelResponse, ResponsesRequest};

/// What a response says beside the chat's answer: a number for its ids, and what was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverChat {
    pub(super) number: u64,
    asked: Map<String, Value>,
}

impl OverChat {
    /// `number` is in every id that is made; it should be another one each time.
    #[must_use]
    pub fn new(request: &ResponsesRequest, number: u64) -> Self {
        let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
        let object = |fields: &Option<Map<String, Value>>| fields.clone().map(Value::Object);
        // Where OpenAI's own has a default, it is said; elsewhere null, as there.
        let asked = [
            ("instructions", text(&request.instructions)),
            ("max_output_tokens", request.max_output_tokens.map(Value::from)),
            ("metadata", Some(object(&request.metadata).unwrap_or_else(|| json!({})))),
            ("parallel_tool_calls", Some(request.parallel_tool_calls.unwrap_or(true).into())),
            ("previous_response_id", None),
            ("prompt_cache_key", text(&request.prompt_cache_key)),
            ("reasoning", object(&request.reasoning)),
            ("safety_identifier", text(&request.safety_identifier)),
            ("store", Some(false.into())),
            ("temperature", request.temperature.map(Value::from)),
            ("text", Some(object(&request.text).unwrap_or_else(|| json!({ "format": { "type": "text" } })))),
            ("tool_choice", Some(request.tool_choice.clone().unwrap_or_else(|| "auto".into()))),
            ("tools", Some(request.tools.as_ref().map_or_else(|| json!([]), |tools| json!(tools)))),
            ("top_logprobs", request.top_logprobs.map(Value::from)),
            ("top_p", request.top_p.map(Value::from)),
            ("truncation", Some("disabled".into())),
        ];
        let named = |(name, value): (&str, Option<Value>)| (name.to_owned(), value.unwrap_or_default());
        let mut asked: Map<String, Value> = asked.into_iter().map(named).collect();
        if let Some(user) = &request.user {
            asked.insert("user".to_owned(), user.as_str().into());
        }
        Self { number, asked }
    }

    /// The whole answer as a response.
    #[must_use]
    pub fn response(self, completion: ChatCompletion) -> ModelResponse {
        // A whole answer is a stream of one chunk, whose events nobody reads.
        let mut synthesis = Synthesis::silent(self);
        let mut sum = Accumulator::new();
        let chunk = ChatCompletionChunk::from(completion);
        sum.add(&chunk);
        synthesis.chunk(&chunk, &mut Vec::new());
        synthesis.finish(sum.completion(), &mut Vec::new())
    }

    /// The response that has only begun.
    pub(super) fn begun(&self, created: i64, model: &str) -> Map<String, Value> {
        let mut fields = Map::new();
        for (name, value) in [
            ("id", carried::response_id(self.number).into()),
            ("object", "response".into()),
            ("created_at", created.into()),
            ("status", "in_progress".into()),
            ("error", Value::Null),
            ("incomplete_details", Value::Null),
            ("model", model.into()),
            ("output", json!([])),
            ("usage", Value::Null),
        ] {
            fields.insert(name.to_owned(), value);
        }
        fields.extend(self.asked.clone());
        fields
    }

    /// The response as a whole.
    pub(super) fn ended(&self, completion: &ChatCompletion, output: &[Value]) -> ModelResponse {
        let mut fields = self.begun(completion.created, &completion.model);
        let choice = completion.choices.first();
        let (status, why) = status(choice.and_then(|choice| choice.finish_reason.as_ref()));
        fields.insert("status".to_owned(), status.into());
        if let Some(why) = why {
            fields.insert("incomplete_details".to_owned(), json!({ "reason": why }));
        }
        fields.insert("output".to_owned(), output.into());
        if let Some(usage) = &completion.usage {
            fields.insert("usage".to_owned(), in_response_words(usage));
        }
        if let Some(tier) = &completion.service_tier {
            fields.insert("service_tier".to_owned(), tier.as_str().into());
        }
        // What has no place of its own here keeps its name; the chat's id is how the provider knows it.
        let mut others = completion.provider_fields.clone();
        if !completion.id.is_empty() {
            others.insert("completion_id".to_owned(), completion.id.as_str().into());
        }
        if let Some(print) = &completion.system_fingerprint {
            others.insert("system_fingerprint".to_owned(), print.as_str().into());
        }
        if let Some(reason) = choice.and_then(|choice| choice.native_finish_reason.as_ref()) {
            others.insert("native_finish_reason".to_owned(), reason.as_str().into());
        }
        for (name, value) in others {
            fields.entry(name).or_insert(value);
        }
        ModelResponse::new(fields, completion.usage.clone())
    }
}

/// `status`, and the reason of `incomplete_details`.
pub(super) fn status(finish: Option<&FinishReason>) -> (&'static str, Option<&'static str>) {
    match finish {
        Some(FinishReason::Length) => ("incomplete", Some("max_output_tokens")),
        Some(FinishReason::ContentFilter) => ("incomplete", Some("content_filter")),
        _ => ("completed", None),
    }
}
