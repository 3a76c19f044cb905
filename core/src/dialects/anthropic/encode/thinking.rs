//! How hard to think, and the sampling that thinking allows.
//!
//! Older models think within a budget of tokens, newer ones by effort
//! (`Generation::thinking`). Where a budget must be made of an effort, it is the
//! share of `max_tokens` that OpenRouter's clients compute, so that one effort means
//! the same behind either (unverified against OpenRouter's own page).

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::dialects::anthropic::model::Thinking;
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, ReasoningEffort};
use crate::types::trace::TranslationAction;

/// The least budget that the wire takes (schema `ThinkingConfigEnabled`).
const LEAST_BUDGET: u64 = 1_024;
const LARGEST_EMULATED_BUDGET: u64 = 128_000;

/// What the caller asks for.
struct Wish<'a> {
    /// Where it was said, for errors and notes.
    param: &'static str,
    effort: Option<&'a ReasoningEffort>,
    budget: Option<u64>,
    enabled: Option<bool>,
    display: Option<&'static str>,
}

/// Adds `thinking` and effort. Gives whether the model will be told to think.
pub(super) fn thinking(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<bool> {
    let wish = wish(request, encoder)?;
    if let Some(native) = encoder.body.get("thinking") {
        if let Some(wish) = wish {
            return Err(Error::bad_request(
                wish.param,
                format!("`{}` and `thinking` say the same thing: give one of the two", wish.param),
            ));
        }
        return Ok(matches!(native.get("type").and_then(Value::as_str), Some("enabled" | "adaptive")));
    }
    let Some(wish) = wish else { return Ok(false) };

    let off = wish.effort == Some(&ReasoningEffort::None) || wish.enabled == Some(false);
    let mode = encoder.generation.thinking();
    if off {
        if mode != Thinking::Never {
            encoder.set("thinking", json!({ "type": "disabled" }));
        }
        return Ok(false);
    }
    match (mode, wish.budget) {
        (Thinking::Never, _) => {
            encoder.translator.unsupported(wish.param, "the model does not think")?;
            Ok(false)
        }
        (Thinking::Budget | Thinking::Either, Some(budget)) => {
            given_budget(&wish, budget, encoder);
            Ok(true)
        }
        (Thinking::Budget, None) => budget_of_effort(&wish, encoder),
        (Thinking::Either, None) | (Thinking::Adaptive, _) => {
            if wish.budget.is_some() {
                encoder
                    .translator
                    .unsupported("reasoning.max_tokens", "the model takes an effort, no budget of tokens")?;
            }
            adaptive(&wish, encoder)?;
            Ok(true)
        }
    }
}

fn wish<'a>(request: &'a ChatRequest, encoder: &mut Encoder<'_>) -> Result<Option<Wish<'a>>> {
    let Some(options) = &request.reasoning else {
        return Ok(request.reasoning_effort.as_ref().map(|effort| Wish {
            param: "reasoning_effort",
            effort: Some(effort),
            budget: None,
            enabled: None,
            display: None,
        }));
    };
    for key in options.extra.keys() {
        encoder.translator.unsupported(format!("reasoning.{key}"), "the wire has no such option")?;
    }
    let display = match (options.exclude, options.summary.as_deref()) {
        (Some(true), _) => Some("omitted"),
        // Newer models leave the text of their thinking out unless asked for it;
        // its one form is a summary, whatever length is wished for.
        (Some(false), _) | (None, Some(_)) => Some("summarized"),
        (None, None) => None,
    };
    let effort = options.effort.as_ref().or(request.reasoning_effort.as_ref());
    // How to show the thinking is no wish for it.
    if effort.is_none() && options.max_tokens.is_none() && options.enabled.is_none() {
        return Ok(None);
    }
    Ok(Some(Wish {
        param: "reasoning",
        effort,
        budget: options.max_tokens,
        enabled: options.enabled,
        display,
    }))
}

fn given_budget(wish: &Wish<'_>, budget: u64, encoder: &mut Encoder<'_>) {
    if budget < LEAST_BUDGET {
        encoder.translator.note(
            "reasoning.max_tokens",
            TranslationAction::Clamped,
            format!("{budget} is below the wire's least budget, {LEAST_BUDGET}"),
        );
    }
    let budget = budget.max(LEAST_BUDGET);
    // The limit counts thinking too; a limit of our own making leaves room for both.
    if max_tokens(encoder) <= budget && added_limit(encoder) {
        let limit = encoder.generation.default_max_tokens().saturating_add(budget);
        encoder.set("max_tokens", limit);
        encoder.translator.note(
            "max_tokens",
            TranslationAction::Added,
            format!("{limit}, so that {budget} tokens of thinking leave room for the answer"),
        );
    }
    enable(wish, budget, encoder);
}

fn budget_of_effort(wish: &Wish<'_>, encoder: &mut Encoder<'_>) -> Result<bool> {
    let (effort, percent) = match wish.effort {
        Some(ReasoningEffort::Minimal) => ("minimal", 10),
        Some(ReasoningEffort::Low) => ("low", 20),
        None | Some(ReasoningEffort::Medium) => ("medium", 50),
        Some(ReasoningEffort::High) => ("high", 80),
        Some(ReasoningEffort::XHigh) => ("xhigh", 95),
        Some(ReasoningEffort::Max) => ("max", 95),
        Some(other) => {
            encoder.translator.unsupported(
                wish.param,
                format!("effort `{other}`; known are minimal, low, medium, high, xhigh, max"),
            )?;
            return Ok(false);
        }
    };
    let limit = max_tokens(encoder);
    if limit <= LEAST_BUDGET {
        encoder.translator.unsupported(
            wish.param,
            format!("thinking takes at least {LEAST_BUDGET} tokens, and `max_tokens` is {limit}"),
        )?;
        return Ok(false);
    }
    let share = limit.saturating_mul(percent) / 100;
    let budget = share.clamp(LEAST_BUDGET, LARGEST_EMULATED_BUDGET).min(limit - 1);
    encoder.translator.note(
        wish.param,
        TranslationAction::Emulated,
        format!("effort {effort} is a budget of {budget} of {limit} tokens"),
    );
    enable(wish, budget, encoder);
    Ok(true)
}

fn enable(wish: &Wish<'_>, budget: u64, encoder: &mut Encoder<'_>) {
    let mut config = Map::new();
    config.insert("type".to_owned(), json!("enabled"));
    config.insert("budget_tokens".to_owned(), json!(budget));
    display(wish, &mut config);
    encoder.set("thinking", config);
}

fn adaptive(wish: &Wish<'_>, encoder: &mut Encoder<'_>) -> Result<()> {
    let mut config = Map::new();
    config.insert("type".to_owned(), json!("adaptive"));
    display(wish, &mut config);
    encoder.set("thinking", config);

    let Some(effort) = wish.effort else { return Ok(()) };
    let sent = match effort {
        ReasoningEffort::Minimal => "low",
        ReasoningEffort::XHigh if !encoder.generation.knows_xhigh() => "high",
        other => other.as_str(),
    };
    if sent != effort.as_str() {
        encoder.translator.note(
            wish.param,
            TranslationAction::Clamped,
            format!("the model has no effort `{effort}`; the nearest is `{sent}`"),
        );
    }
    output_config(encoder, wish.param, "effort", json!(sent))
}

fn display(wish: &Wish<'_>, config: &mut Map<String, Value>) {
    if let Some(display) = wish.display {
        config.insert("display".to_owned(), json!(display));
    }
}

/// Adds a field of `output_config`, which the caller may have given in part.
pub(super) fn output_config(encoder: &mut Encoder<'_>, param: &str, key: &str, value: Value) -> Result<()> {
    let config = encoder.body.entry("output_config").or_insert_with(|| Value::Object(Map::new()));
    let Some(config) = config.as_object_mut() else {
        return Err(Error::bad_request("output_config", "expected an object"));
    };
    if config.contains_key(key) {
        return Err(Error::bad_request(
            param,
            format!("`{param}` and `output_config.{key}` say the same thing: give one of the two"),
        ));
    }
    config.insert(key.to_owned(), value);
    Ok(())
}

fn max_tokens(encoder: &Encoder<'_>) -> u64 {
    encoder.body.get("max_tokens").and_then(Value::as_u64).unwrap_or_default()
}

fn added_limit(encoder: &Encoder<'_>) -> bool {
    encoder.translator.notes.iter().any(|note| note.param == "max_tokens")
}

/// Temperature, top-p and top-k.
///
/// With thinking on the service takes no change of them (docs.aws.amazon.com
/// "Extended thinking", feature compatibility); that a top-p from 0.95 is taken
/// is unverified. From Opus 4.1 on it takes one of the first two, from 4.7 on none at all.
pub(super) fn sampling(request: &ChatRequest, thinks: bool, encoder: &mut Encoder<'_>) -> Result<()> {
    let detail = if !encoder.generation.samples() {
        Some("the model takes no sampling parameters")
    } else if thinks {
        Some("with thinking on, the wire samples by its defaults")
    } else {
        None
    };
    if let Some(temperature) = request.temperature {
        match detail {
            Some(_) if temperature == 1.0 => {}
            Some(detail) => encoder.translator.unsupported("temperature", detail)?,
            None => {
                let clamped = temperature.clamp(0.0, 1.0);
                if clamped != temperature {
                    encoder.translator.note(
                        "temperature",
                        TranslationAction::Clamped,
                        format!("{temperature} is outside the wire's range, 0 to 1: {clamped}"),
                    );
                }
                encoder.set("temperature", clamped);
            }
        }
    }
    if let Some(top_p) = request.top_p {
        match detail {
            Some(_) if top_p == 1.0 => {}
            Some(_) if encoder.generation.samples() && top_p >= 0.95 => encoder.set("top_p", top_p),
            Some(detail) => encoder.translator.unsupported("top_p", detail)?,
            None if request.temperature.is_some() && !encoder.generation.samples_by_both() => {
                // 1 asks for nothing.
                if top_p != 1.0 {
                    encoder.translator.unsupported("top_p", "beside `temperature` the model takes none")?;
                }
            }
            None => encoder.set("top_p", top_p),
        }
    }
    if let Some(top_k) = request.top_k {
        match detail {
            Some(detail) => encoder.translator.unsupported("top_k", detail)?,
            None => encoder.set("top_k", top_k),
        }
    }
    Ok(())
}
