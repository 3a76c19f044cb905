//! Models that sample by themselves: what a service refuses for them, by the beginnings of their names, as its row
//! has it. A value that is the model's own is no wish and stays.

use super::encode::Body;
use crate::dialects::{EncodeContext, OwnSampling, Quirks, Translator};
use crate::error::Result;
use crate::types::chat::{ChatRequest, ReasoningEffort};

/// What such a model takes none of, and the value that it has: learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning,
/// "Not supported"; the service's own 400: "Only the default (1) value is supported"
/// (github.com/diffbot/code-gpt-docs/issues/445).
const REFUSED: [(&str, f64); 4] =
    [("temperature", 1.0), ("top_p", 1.0), ("presence_penalty", 0.0), ("frequency_penalty", 0.0)];
const REFUSED_AT_ALL: [&str; 3] = ["logit_bias", "logprobs", "top_logprobs"];

pub(super) fn encode(
    body: &mut Body,
    request: &ChatRequest,
    context: &EncodeContext<'_>,
    translator: &mut Translator,
) -> Result<()> {
    let Some(rule) = rule(context.quirks, context.model) else { return Ok(()) };
    let thinks = match rule {
        OwnSampling::Never => false,
        OwnSampling::Always => true,
        OwnSampling::Thinking => asks_to_think(request),
    };
    if !thinks {
        return Ok(());
    }
    let mut refuse = |name: &str| {
        body.shift_remove(name);
        translator.unsupported(name, "the model samples by itself and takes none")
    };
    for (name, own) in REFUSED {
        let given = match name {
            "temperature" => request.temperature,
            "top_p" => request.top_p,
            "presence_penalty" => request.presence_penalty,
            _ => request.frequency_penalty,
        };
        if given.is_some_and(|given| (given - own).abs() > f64::EPSILON) {
            refuse(name)?;
        }
    }
    for name in REFUSED_AT_ALL {
        let given = match name {
            "logit_bias" => request.logit_bias.as_ref().is_some_and(|bias| !bias.is_empty()),
            "logprobs" => request.logprobs == Some(true),
            _ => request.top_logprobs.is_some_and(|top| top > 0),
        };
        if given {
            refuse(name)?;
        }
    }
    Ok(())
}

/// The first whose name the model's begins with, and ends there or goes on with another word.
fn rule(quirks: &Quirks, model: &str) -> Option<OwnSampling> {
    let begins = |name: &str| {
        model.strip_prefix(name).is_some_and(|rest| {
            let goes_on = |text: &str| text.starts_with(|next: char| next.is_ascii_alphanumeric());
            !goes_on(rest) || name.ends_with(['.', '-'])
        })
    };
    quirks.own_sampling.iter().find(|(name, _)| begins(name)).map(|(_, when)| *when)
}

/// Those that may think do not, unless they are asked to.
fn asks_to_think(request: &ChatRequest) -> bool {
    let asks = |effort: &ReasoningEffort| *effort != ReasoningEffort::None;
    let options = request.reasoning.as_ref();
    request.reasoning_effort.as_ref().is_some_and(asks)
        || options
            .is_some_and(|options| options.enabled == Some(true) || options.effort.as_ref().is_some_and(asks))
}
