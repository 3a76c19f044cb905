//! `thinkingConfig`: how hard to think.
//!
//! Generation 3 takes a level, 2.5 a budget of tokens, never both (ai.google.dev,
//! thinking). Google's OpenAI-compatible endpoint maps efforts to budgets as
//! done here: minimal and low 1,024, medium 8,192, high 24,576; and thinking
//! cannot be turned off for 2.5 Pro and for generation 3 (ai.google.dev, OpenAI
//! compatibility). Ranges of budgets: 2.5 Pro 128 to 32,768, Flash 0 to 24,576,
//! Flash-Lite 0 or 512 to 24,576.

use serde_json::{Map, Value};

use super::Model;
use crate::dialects::Translator;
use crate::error::Result;
use crate::types::chat::{ChatRequest, ReasoningEffort};
use crate::types::trace::TranslationAction;

pub(super) fn encode(
    request: &ChatRequest,
    model: &Model,
    translator: &mut Translator,
) -> Result<Option<Map<String, Value>>> {
    let options = request.reasoning.clone().unwrap_or_default();
    for key in options.extra.keys() {
        translator.unsupported(format!("reasoning.{key}"), "Gemini has no such setting of thinking")?;
    }
    if options.summary.as_deref().is_some_and(|summary| summary != "auto") {
        translator.unsupported("reasoning.summary", "Gemini summarises its thinking in one way only")?;
    }
    let (place, mut effort) = match (&options.effort, &request.reasoning_effort) {
        (Some(effort), _) => ("reasoning.effort", Some(effort.clone())),
        (None, effort) => ("reasoning_effort", effort.clone()),
    };
    if options.enabled == Some(false) {
        effort = Some(ReasoningEffort::None);
    }
    let mut config = Map::new();
    let off = effort == Some(ReasoningEffort::None);
    if let Some(tokens) = options.max_tokens.filter(|_| !off) {
        if effort.is_some() {
            translator.note(
                place,
                TranslationAction::Dropped,
                "reasoning.max_tokens says it exactly, and both cannot be sent",
            );
        }
        // Generation 3 still takes budgets (ai.google.dev, Gemini 3).
        let budget = clamp(tokens, model, "reasoning.max_tokens", translator);
        config.insert("thinkingBudget".to_owned(), budget.into());
    } else if let Some(effort) = &effort {
        if model.is_current() {
            if let Some(level) = level(effort, model, place, translator)? {
                config.insert("thinkingLevel".to_owned(), level.into());
            }
        } else if let Some(budget) = budget(effort, model, place, translator)? {
            config.insert("thinkingBudget".to_owned(), budget.into());
        }
    }
    let asked = effort.is_some()
        || options.max_tokens.is_some()
        || options.enabled == Some(true)
        || options.exclude == Some(false)
        || options.summary.is_some();
    if asked && !off && options.exclude != Some(true) {
        config.insert("includeThoughts".to_owned(), true.into());
    }
    Ok((!config.is_empty()).then_some(config))
}

fn level(
    effort: &ReasoningEffort,
    model: &Model,
    place: &str,
    translator: &mut Translator,
) -> Result<Option<&'static str>> {
    // Pro has no MINIMAL (docs.cloud.google.com, thinking).
    let least = if model.pro { "LOW" } else { "MINIMAL" };
    let (level, clamped) = match effort {
        ReasoningEffort::None => (least, true),
        ReasoningEffort::Minimal => (least, model.pro),
        ReasoningEffort::Low => ("LOW", false),
        ReasoningEffort::Medium => ("MEDIUM", false),
        ReasoningEffort::High => ("HIGH", false),
        ReasoningEffort::XHigh | ReasoningEffort::Max => ("HIGH", true),
        ReasoningEffort::Other(_) => {
            translator.unsupported(place, "allowed: none, minimal, low, medium, high, xhigh, max")?;
            return Ok(None);
        }
    };
    let (action, why) = if clamped {
        (TranslationAction::Clamped, ", the nearest the model takes")
    } else {
        (TranslationAction::Renamed, "")
    };
    translator.note(place, action, format!("`{effort}` sent as thinkingLevel {level}{why}"));
    Ok(Some(level))
}

fn budget(
    effort: &ReasoningEffort,
    model: &Model,
    place: &str,
    translator: &mut Translator,
) -> Result<Option<u64>> {
    let tokens = match effort {
        ReasoningEffort::None => 0,
        ReasoningEffort::Minimal | ReasoningEffort::Low => 1_024,
        ReasoningEffort::Medium => 8_192,
        ReasoningEffort::High => 24_576,
        ReasoningEffort::XHigh | ReasoningEffort::Max => range(model).1,
        ReasoningEffort::Other(_) => {
            translator.unsupported(place, "allowed: none, minimal, low, medium, high, xhigh, max")?;
            return Ok(None);
        }
    };
    let sent = clamp(tokens, model, place, translator);
    if sent == tokens {
        let detail = format!("`{effort}` sent as a thinkingBudget of {sent} tokens");
        translator.note(place, TranslationAction::Emulated, detail);
    }
    Ok(Some(sent))
}

fn range(model: &Model) -> (u64, u64) {
    if model.pro { (128, 32_768) } else { (if model.lite { 512 } else { 0 }, 24_576) }
}

/// A budget that the model takes. Generation 3's ranges are not published: sent as given.
fn clamp(tokens: u64, model: &Model, place: &str, translator: &mut Translator) -> u64 {
    let (least, most) = range(model);
    if model.is_current() || (tokens == 0 && !model.pro) || (least..=most).contains(&tokens) {
        return tokens;
    }
    let sent = tokens.clamp(least, most);
    let detail = format!("sent as a thinkingBudget of {sent} tokens: the model takes {least} to {most}");
    translator.note(place, TranslationAction::Clamped, detail);
    sent
}
