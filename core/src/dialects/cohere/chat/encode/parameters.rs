//! Sampling, limits, thinking, the form of the answer, and the wire's own fields.
//!
//! Ranges are those of the published types (cohere-ai/cohere-python, src/cohere/v2/client.py).

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, JsonSchemaFormat, ReasoningEffort, ResponseFormat};
use crate::types::trace::TranslationAction;

/// Fields of the wire without a place in the common shape, sent as they are.
const NATIVE_FIELDS: [&str; 9] = [
    "citation_options",
    "documents",
    "k",
    "p",
    "priority",
    "safety_mode",
    "stop_sequences",
    "strict_tools",
    "thinking",
];

/// What the wire has nothing like, and why.
const LACKING: [(&str, &str); 13] = [
    ("n", "the wire gives one answer"),
    ("logit_bias", "the wire has no bias of tokens"),
    ("top_logprobs", "the wire tells the probability of the chosen tokens alone"),
    ("parallel_tool_calls", "the model cannot be kept from calling several tools in one turn"),
    ("verbosity", "the wire has no such field"),
    ("modalities", "the wire answers in text alone"),
    ("audio", "the wire answers in text alone"),
    ("prediction", "the wire has no predicted output"),
    ("metadata", "the wire stores no labels with a request"),
    ("user", "the wire takes no id of the end user"),
    ("safety_identifier", "the wire takes no id of the end user"),
    ("store", "the wire stores no completions"),
    ("service_tier", "the wire has `priority`, a number"),
];

pub(super) fn parameters(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    limits(request, encoder)?;
    sampling(request, encoder)?;
    thinking(request, encoder)?;
    response_format(request, encoder)?;
    if request.logprobs == Some(true) {
        encoder.set("logprobs", true);
    }
    encoder.translator.refuse(request, &LACKING)?;
    if request.web_search_options.is_some() {
        encoder.translator.unsupported("web_search_options", "the wire has no search of its own")?;
    }
    encoder.translator.drop_cache_hints(request, "Cohere caches prompts by itself, without a key");
    for (key, value) in &request.extra {
        if !NATIVE_FIELDS.contains(&key.as_str()) {
            encoder.translator.unsupported(key.as_str(), "Cohere's chat has no such field")?;
        } else if encoder.body.contains_key(key) {
            let text = format!("{key}: another parameter says it already; give one of the two");
            return Err(Error::bad_request(key.as_str(), text));
        } else {
            encoder.set(key, value.clone());
        }
    }
    documents(encoder)
}

/// Documents of messages stand behind those of the request.
fn documents(encoder: &mut Encoder) -> Result<()> {
    let mut more = std::mem::take(&mut encoder.documents);
    if more.is_empty() {
        return Ok(());
    }
    match encoder.body.get_mut("documents") {
        Some(Value::Array(documents)) => documents.append(&mut more),
        Some(_) => return Err(Error::bad_request("documents", "documents: expected a list")),
        None => encoder.set("documents", more),
    }
    Ok(())
}

fn limits(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    match (request.max_completion_tokens, request.max_tokens) {
        (Some(one), Some(other)) if one != other => {
            let text = "max_tokens and max_completion_tokens differ; give one of the two";
            return Err(Error::bad_request("max_tokens", text));
        }
        (one, other) => {
            if let Some(most) = one.or(other) {
                encoder.set("max_tokens", most);
            }
        }
    }
    if let Some(stop) = request.stop.as_ref().filter(|stop| !stop.texts().is_empty()) {
        encoder.set("stop_sequences", stop.texts());
    }
    Ok(())
}

fn sampling(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    if let Some(temperature) = request.temperature {
        encoder.set("temperature", number("temperature", temperature)?);
    }
    if let Some(top_p) = request.top_p {
        let sent = number("top_p", top_p)?.as_f64().unwrap_or(top_p).clamp(0.01, 0.99);
        clamped("top_p", sent != top_p, format!("{sent}: `p` is 0.01 to 0.99"), encoder);
        encoder.set("p", sent);
    }
    if let Some(top_k) = request.top_k {
        let sent = top_k.min(500);
        clamped("top_k", sent != top_k, format!("{sent}: `k` is 500 at most"), encoder);
        encoder.set("k", sent);
    }
    if let Some(seed) = request.seed {
        encoder.set("seed", seed);
    }
    for (name, penalty) in
        [("frequency_penalty", request.frequency_penalty), ("presence_penalty", request.presence_penalty)]
    {
        match penalty.filter(|penalty| *penalty != 0.0) {
            Some(penalty) if (0.0..=1.0).contains(&penalty) => encoder.set(name, number(name, penalty)?),
            Some(_) => encoder.translator.unsupported(name, "the wire takes 0 to 1")?,
            None => {}
        }
    }
    Ok(())
}

fn clamped(param: &str, is: bool, detail: String, encoder: &mut Encoder) {
    if is {
        encoder.translator.note(param, TranslationAction::Clamped, detail);
    }
}

/// `thinking: {type, token_budget}`. On by default where a model thinks, so only what was asked for is
/// said. The wire knows no efforts: a lower one is a budget, as the other wires with budgets have it.
fn thinking(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    let options = request.reasoning.clone().unwrap_or_default();
    let (param, effort) = match (&options.effort, &request.reasoning_effort) {
        (Some(effort), _) => ("reasoning.effort", Some(effort.clone())),
        (None, effort) => ("reasoning_effort", effort.clone()),
    };
    for key in options.extra.keys() {
        encoder.translator.unsupported(format!("reasoning.{key}"), "the wire has no such option")?;
    }
    if options.exclude == Some(true) {
        encoder.translator.unsupported("reasoning.exclude", "the wire tells all thinking, or does none")?;
    }
    if options.summary.is_some() {
        encoder.translator.unsupported("reasoning.summary", "the wire has no summaries of thinking")?;
    }
    if options.enabled == Some(false) || effort == Some(ReasoningEffort::None) {
        encoder.set("thinking", json!({ "type": "disabled" }));
        return Ok(());
    }
    let budget = match (&effort, options.max_tokens) {
        (_, Some(budget)) => Some(budget),
        (None, None) if options.enabled == Some(true) => None,
        (None, None) => return Ok(()),
        (Some(ReasoningEffort::Minimal | ReasoningEffort::Low), _) => beside_the_answer(1_024, request),
        (Some(ReasoningEffort::Medium), _) => beside_the_answer(8_192, request),
        (Some(ReasoningEffort::High | ReasoningEffort::XHigh | ReasoningEffort::Max), _) => None,
        (Some(other), _) => {
            let detail = format!("effort `{other}`; known are none, minimal, low, medium, high, xhigh, max");
            return encoder.translator.unsupported(param, detail);
        }
    };
    if let Some(effort) = effort {
        let detail = match budget {
            Some(budget) => format!("`{effort}` sent as a token_budget of {budget}"),
            None => format!("`{effort}` sent as thinking without a budget"),
        };
        encoder.translator.note(param, TranslationAction::Emulated, detail);
    }
    let mut thinking = Map::from_iter([("type".to_owned(), Value::from("enabled"))]);
    if let Some(budget) = budget {
        thinking.insert("token_budget".to_owned(), budget.into());
    }
    encoder.set("thinking", thinking);
    Ok(())
}

/// The budget of an effort, kept a thousand tokens below `max_tokens`, which holds for thinking and answer
/// together: "make sure to leave at least 1K tokens for the response" (docs.cohere.com, Reasoning).
/// None where nothing is left: the model then divides them itself.
fn beside_the_answer(budget: u64, request: &ChatRequest) -> Option<u64> {
    const ANSWER: u64 = 1_024;
    match request.max_completion_tokens.or(request.max_tokens) {
        Some(most) => Some(budget.min(most.saturating_sub(ANSWER))).filter(|budget| *budget > 0),
        None => Some(budget),
    }
}

/// Not with tools or documents, which the service refuses it beside: "not supported when used in combinations
/// with the `documents` or `tools` parameters" (cohere-ai/cohere-python, types/response_format_v2.py).
fn response_format(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    let asked = matches!(
        request.response_format,
        Some(ResponseFormat::JsonObject | ResponseFormat::JsonSchema { .. })
    );
    let with_documents = !encoder.documents.is_empty() || request.extra.contains_key("documents");
    if asked && (encoder.body.contains_key("tools") || with_documents) {
        let detail = "Cohere gives no JSON of a form beside tools or documents";
        return encoder.translator.unsupported("response_format", detail);
    }
    let schema = match &request.response_format {
        None | Some(ResponseFormat::Text) => return Ok(()),
        Some(ResponseFormat::JsonObject) => None,
        Some(ResponseFormat::JsonSchema { json_schema }) => json_schema_of(json_schema, encoder)?,
        Some(ResponseFormat::Other(_)) => {
            return encoder
                .translator
                .unsupported("response_format", "allowed: text, json_object, json_schema");
        }
    };
    let mut format = Map::from_iter([("type".to_owned(), Value::from("json_object"))]);
    // The published type's name. Examples of the guide, and a recorded client, say `schema`; which of
    // the two the service reads, or both, is unverified.
    format.extend(schema.map(|schema| ("json_schema".to_owned(), schema)));
    encoder.set("response_format", format);
    Ok(())
}

/// Always followed ("100% of the time", the guide), so `strict` asks for nothing more.
fn json_schema_of(format: &JsonSchemaFormat, encoder: &mut Encoder) -> Result<Option<Value>> {
    if format.description.is_some() {
        encoder.translator.note(
            "response_format.json_schema.description",
            TranslationAction::Dropped,
            "the wire takes a description inside the schema only",
        );
    }
    encoder.no_more(&format.extra, "response_format.json_schema")?;
    Ok(format.schema.clone())
}

/// JSON has no infinity and no NaN: they would silently become `null`.
fn number(param: &str, value: f64) -> Result<Value> {
    serde_json::Number::from_f64(value)
        .map(Value::Number)
        .ok_or_else(|| Error::bad_request(param, format!("{param}: expected a finite number, got {value}")))
}
