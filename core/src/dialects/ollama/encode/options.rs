//! `options`, `think`, `format`, and the wire's own fields.

use serde_json::{Map, Value};

use super::Encoder;
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, ReasoningEffort, ResponseFormat};
use crate::types::trace::TranslationAction;

/// Fields of the wire without a place in the common shape, sent as they are (api/types.go
/// `ChatRequest`). `options` is joined with what the common parameters say.
const NATIVE_FIELDS: [&str; 6] = ["format", "keep_alive", "options", "shift", "think", "truncate"];

/// Names of `options` (api/types.go `Options` and `Runner`) that may be given beside the common
/// parameters, too.
const OPTIONS: [&str; 13] = [
    "draft_num_predict",
    "main_gpu",
    "min_p",
    "num_batch",
    "num_ctx",
    "num_gpu",
    "num_keep",
    "num_predict",
    "num_thread",
    "repeat_last_n",
    "repeat_penalty",
    "typical_p",
    "use_mmap",
];

/// What the wire has nothing like, and why.
const LACKING: [(&str, &str); 13] = [
    ("n", "the wire gives one answer"),
    ("logit_bias", "the wire has no bias of tokens"),
    ("parallel_tool_calls", "the model cannot be kept from calling several tools in one turn"),
    ("verbosity", "the wire has no such field"),
    ("modalities", "the wire answers in text alone"),
    ("audio", "the wire answers in text alone"),
    ("prediction", "the wire has no predicted output"),
    ("metadata", "the wire stores no labels with a request"),
    ("user", "the wire takes no id of the end user"),
    ("safety_identifier", "the wire takes no id of the end user"),
    ("store", "the wire stores no completions"),
    ("service_tier", "the wire has no tiers of service"),
    ("web_search_options", "the wire has no search of its own"),
];

pub(super) fn options(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    let mut options = sampling(request)?;
    think(request, encoder)?;
    response_format(request, encoder)?;
    if request.logprobs == Some(true) {
        encoder.set("logprobs", true);
        if let Some(top) = request.top_logprobs.filter(|top| *top > 0) {
            encoder.set("top_logprobs", top);
        }
    } else if request.top_logprobs.is_some_and(|top| top > 0) {
        return Err(Error::bad_request("top_logprobs", "top_logprobs needs logprobs=true"));
    }
    encoder.translator.refuse(request, &LACKING)?;
    encoder.translator.drop_cache_hints(request, "Ollama keeps the last prompt by itself, without a key");
    for (key, value) in &request.extra {
        match (key.as_str(), value) {
            ("options", Value::Object(more)) => {
                for (key, value) in more {
                    once(&mut options, key, value, &format!("options.{key}"))?;
                }
            }
            ("options", _) => return Err(Error::bad_request("options", "options: expected an object")),
            (name, value) if OPTIONS.contains(&name) => once(&mut options, name, value, name)?,
            (name, value) if NATIVE_FIELDS.contains(&name) => once(&mut encoder.body, name, value, name)?,
            (name, _) => encoder.translator.unsupported(name, "Ollama's chat has no such field")?,
        }
    }
    if !options.is_empty() {
        encoder.set("options", options);
    }
    Ok(())
}

fn once(fields: &mut Map<String, Value>, key: &str, value: &Value, param: &str) -> Result<()> {
    if fields.get(key).is_some_and(|known| known != value) {
        let text = format!("{param}: another parameter says it already; give one of the two");
        return Err(Error::bad_request(param, text));
    }
    fields.insert(key.to_owned(), value.clone());
    Ok(())
}

fn sampling(request: &ChatRequest) -> Result<Map<String, Value>> {
    let mut options = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        options.extend(value.map(|value| (name.to_owned(), value)));
    };
    if let (Some(one), Some(other)) = (request.max_completion_tokens, request.max_tokens)
        && one != other
    {
        let text = "max_tokens and max_completion_tokens differ; give one of the two";
        return Err(Error::bad_request("max_tokens", text));
    }
    set("num_predict", request.max_completion_tokens.or(request.max_tokens).map(Value::from));
    for (name, number) in [
        ("temperature", request.temperature),
        ("top_p", request.top_p),
        ("frequency_penalty", request.frequency_penalty.filter(|penalty| *penalty != 0.0)),
        ("presence_penalty", request.presence_penalty.filter(|penalty| *penalty != 0.0)),
    ] {
        // JSON has no infinity and no NaN: they would silently become `null`.
        if let Some(number) = number {
            let finite = serde_json::Number::from_f64(number).ok_or_else(|| {
                Error::bad_request(name, format!("{name}: expected a finite number, got {number}"))
            })?;
            set(name, Some(finite.into()));
        }
    }
    set("top_k", request.top_k.map(Value::from));
    set("seed", request.seed.map(Value::from));
    let stop = request.stop.as_ref().map(|stop| stop.texts()).filter(|texts| !texts.is_empty());
    set("stop", stop.map(Value::from));
    Ok(options)
}

/// `think`: whether, or how hard. What an effort becomes is the server's own reading of OpenAI's
/// parameter (openai/openai.go `thinkFromReasoningEffort`); a model that knows no efforts takes each
/// for true.
fn think(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    let options = request.reasoning.clone().unwrap_or_default();
    let (param, effort) = match (&options.effort, &request.reasoning_effort) {
        (Some(effort), _) => ("reasoning.effort", Some(effort)),
        (None, effort) => ("reasoning_effort", effort.as_ref()),
    };
    for (given, name, why) in [
        (options.max_tokens.is_some(), "max_tokens", "the wire has no budget of thinking"),
        (options.exclude == Some(true), "exclude", "the wire tells all thinking, or does none"),
        (options.summary.is_some(), "summary", "the wire has no summaries of thinking"),
    ] {
        if given {
            encoder.translator.unsupported(format!("reasoning.{name}"), why)?;
        }
    }
    encoder.no_more(&options.extra, "reasoning")?;
    let think: Value = match effort {
        _ if options.enabled == Some(false) => false.into(),
        Some(ReasoningEffort::None) => false.into(),
        None if options.enabled == Some(true) => true.into(),
        None => return Ok(()),
        Some(ReasoningEffort::Minimal | ReasoningEffort::Low) => "low".into(),
        Some(ReasoningEffort::XHigh | ReasoningEffort::Max) => "max".into(),
        Some(known @ (ReasoningEffort::Medium | ReasoningEffort::High)) => known.as_str().into(),
        Some(other) => {
            let detail = format!("effort `{other}`; known are none, minimal, low, medium, high, xhigh, max");
            return encoder.translator.unsupported(param, detail);
        }
    };
    if let Some(effort) = effort {
        let detail = format!("`{effort}` sent as think {think}");
        encoder.translator.note(param, TranslationAction::Renamed, detail);
    }
    encoder.set("think", think);
    Ok(())
}

/// `json`, or the schema itself, which is always followed: `strict` asks for nothing more.
fn response_format(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    match &request.response_format {
        None | Some(ResponseFormat::Text) => Ok(()),
        Some(ResponseFormat::JsonObject) => {
            encoder.set("format", "json");
            Ok(())
        }
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            if json_schema.description.is_some() {
                encoder.translator.note(
                    "response_format.json_schema.description",
                    TranslationAction::Dropped,
                    "the wire takes a description inside the schema only",
                );
            }
            encoder.no_more(&json_schema.extra, "response_format.json_schema")?;
            encoder.set("format", json_schema.schema.clone().unwrap_or_else(|| "json".into()));
            Ok(())
        }
        Some(ResponseFormat::Other(_)) => {
            encoder.translator.unsupported("response_format", "allowed: text, json_object, json_schema")
        }
    }
}
