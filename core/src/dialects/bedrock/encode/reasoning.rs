//! `inferenceConfig`, and how hard to think.
//!
//! The wire has limits and sampling for all models, and reasoning for none: each maker's
//! models have fields of their own for it, which go into `additionalModelRequestFields`.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::dialects::Translator;
use crate::dialects::anthropic::{ClaudeFields, Generation, claude_fields};
use crate::dialects::bedrock::model::Family;
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, ReasoningEffort};
use crate::types::trace::TranslationAction;

/// How the model was told to think, as far as tools are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Thinking {
    pub on: bool,
    /// Within a budget, with which Claude can be held to no tool.
    pub budget: bool,
}

pub(super) fn inference(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<Thinking> {
    if let Family::Claude(generation) = encoder.family {
        return claude(request, generation, encoder);
    }
    if let Some(limit) = limit(request)? {
        encoder.set_within("inferenceConfig", "maxTokens", limit, "max_tokens")?;
    }
    if let Some(temperature) = request.temperature {
        let clamped = clamped("temperature", temperature, encoder);
        encoder.set_within("inferenceConfig", "temperature", clamped, "temperature")?;
    }
    if let Some(top_p) = request.top_p {
        let clamped = clamped("top_p", top_p, encoder);
        encoder.set_within("inferenceConfig", "topP", clamped, "top_p")?;
    }
    stop(request.stop.as_ref().map(|stop| stop.texts()).unwrap_or_default(), encoder)?;
    top_k(request, encoder)?;
    effort(request, encoder)
}

/// Claude takes the same on this wire as on its own: limits, thinking and sampling are
/// made there and put in their places here.
fn claude(request: &ChatRequest, generation: Generation, encoder: &mut Encoder<'_>) -> Result<Thinking> {
    let mut given = Map::new();
    let thinking = encoder.body.get_mut("additionalModelRequestFields").and_then(Value::as_object_mut);
    if let Some(thinking) = thinking.and_then(|fields| fields.shift_remove("thinking")) {
        given.insert("thinking".to_owned(), thinking);
    }
    let translator = std::mem::replace(&mut encoder.translator, Translator::new(Default::default()));
    let ClaudeFields { fields, thinks, budget, translator } =
        claude_fields(request, generation, given, translator)?;
    encoder.translator = translator;
    for (key, value) in fields {
        match key.as_str() {
            "max_tokens" => encoder.set_within("inferenceConfig", "maxTokens", value, &key)?,
            "temperature" => encoder.set_within("inferenceConfig", "temperature", value, &key)?,
            "top_p" => encoder.set_within("inferenceConfig", "topP", value, &key)?,
            "stop_sequences" => encoder.set_within("inferenceConfig", "stopSequences", value, "stop")?,
            // The wire has a place for effort (schema `OutputConfig`; no recording has it).
            "output_config" => {
                if let Some(effort) = value.get("effort") {
                    encoder.set_within("outputConfig", "effort", effort.clone(), "reasoning_effort")?;
                }
            }
            // Recorded: `{"thinking": {"type": "enabled", "budget_tokens": 1024}}`.
            _ => encoder.set_additional(&key, value, &key)?,
        }
    }
    Ok(Thinking { on: thinks, budget })
}

fn limit(request: &ChatRequest) -> Result<Option<u64>> {
    match (request.max_completion_tokens, request.max_tokens) {
        (Some(new), Some(old)) if new != old => Err(Error::bad_request(
            "max_tokens",
            "`max_tokens` and `max_completion_tokens` differ: give one of the two",
        )),
        (new, old) => Ok(new.or(old)),
    }
}

/// Schema `InferenceConfiguration`: 0 to 1.
fn clamped(name: &str, value: f64, encoder: &mut Encoder<'_>) -> f64 {
    let clamped = value.clamp(0.0, 1.0);
    if clamped != value {
        let detail = format!("{value} is outside the wire's range, 0 to 1: {clamped}");
        encoder.translator.note(name, TranslationAction::Clamped, detail);
    }
    clamped
}

fn stop(texts: &[String], encoder: &mut Encoder<'_>) -> Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    encoder.set_within("inferenceConfig", "stopSequences", texts, "stop")
}

/// Each maker's name for it. Nova's is recorded.
fn top_k(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    let Some(top_k) = request.top_k else { return Ok(()) };
    if matches!(encoder.family, Family::Nova { .. }) {
        return encoder.set_additional("inferenceConfig", json!({ "topK": top_k }), "top_k");
    }
    encoder.set_additional("top_k", top_k, "top_k")?;
    let detail = "sent among `additionalModelRequestFields`, which the wire hands on to the model";
    encoder.translator.note("top_k", TranslationAction::Renamed, detail);
    Ok(())
}

/// Nova 2: `reasoningConfig` (docs.aws.amazon.com/nova "Extended thinking"); OpenAI's open
/// models: `reasoning_effort` (public clients' code; unverified). Others have no word for it.
fn effort(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<Thinking> {
    let options = request.reasoning.as_ref();
    let param = if options.is_some() { "reasoning" } else { "reasoning_effort" };
    let effort = options.and_then(|options| options.effort.as_ref()).or(request.reasoning_effort.as_ref());
    let enabled = options.and_then(|options| options.enabled);
    if let Some(options) = options {
        if options.max_tokens.is_some() {
            let detail = "the model takes no budget of tokens";
            encoder.translator.unsupported("reasoning.max_tokens", detail)?;
        }
        if options.exclude == Some(true) {
            let detail = "the wire shows the reasoning that there is";
            encoder.translator.unsupported("reasoning.exclude", detail)?;
        }
        for key in options.extra.keys() {
            encoder.translator.unsupported(format!("reasoning.{key}"), "the wire has no such option")?;
        }
    }
    if effort.is_none() && enabled.is_none() {
        return Ok(Thinking::default());
    }
    let off = effort == Some(&ReasoningEffort::None) || enabled == Some(false);
    match encoder.family {
        Family::Nova { reasons: true } if off => {
            encoder.set_additional("reasoningConfig", json!({ "type": "disabled" }), param)?;
            Ok(Thinking::default())
        }
        Family::Nova { reasons: true } => {
            let level = level(effort, param, encoder);
            let config = json!({ "type": "enabled", "maxReasoningEffort": level });
            encoder.set_additional("reasoningConfig", config, param)?;
            Ok(Thinking { on: true, budget: false })
        }
        Family::GptOss if !off => {
            let level = level(effort, param, encoder);
            encoder.set_additional("reasoning_effort", level, param)?;
            Ok(Thinking { on: true, budget: false })
        }
        // Not to reason is what these do anyway.
        Family::Nova { .. } if off => Ok(Thinking::default()),
        _ => {
            let detail = "the wire has no word for it, and the model none that is known";
            encoder.translator.unsupported(param, detail)?;
            Ok(Thinking::default())
        }
    }
}

/// Both know low, medium and high.
fn level(effort: Option<&ReasoningEffort>, param: &str, encoder: &mut Encoder<'_>) -> &'static str {
    let level = match effort {
        Some(ReasoningEffort::Minimal | ReasoningEffort::Low) => "low",
        Some(ReasoningEffort::High | ReasoningEffort::XHigh | ReasoningEffort::Max) => "high",
        _ => "medium",
    };
    if let Some(effort) = effort.filter(|effort| effort.as_str() != level) {
        let detail = format!("the model has no effort `{effort}`; the nearest is `{level}`");
        encoder.translator.note(param, TranslationAction::Clamped, detail);
    }
    level
}
