//! Parameters that wires of one text answer have no word for.

use super::Translator;
use crate::error::Result;
use crate::types::chat::ChatRequest;

/// Refuses what a wire cannot say that gives one answer of text, samples without a
/// seed, and knows neither penalties nor probabilities. `search`: what to do instead of
/// `web_search_options`.
pub(super) fn refuse_unsaid(request: &ChatRequest, search: &str, translator: &mut Translator) -> Result<()> {
    // A neutral value asks for nothing.
    let not_zero = |value: Option<f64>| value.is_some_and(|value| value != 0.0);
    for (name, asked, detail) in [
        ("n", request.n.is_some_and(|n| n != 1), "the wire gives one answer"),
        ("seed", request.seed.is_some(), "the wire samples without a seed"),
        ("frequency_penalty", not_zero(request.frequency_penalty), "the wire has no penalties"),
        ("presence_penalty", not_zero(request.presence_penalty), "the wire has no penalties"),
        (
            "logit_bias",
            request.logit_bias.as_ref().is_some_and(|bias| !bias.is_empty()),
            "the wire has no bias of tokens",
        ),
        ("logprobs", request.logprobs == Some(true), "the wire tells no probabilities"),
        ("top_logprobs", request.top_logprobs.is_some_and(|n| n > 0), "the wire tells no probabilities"),
        ("verbosity", request.verbosity.is_some(), "the wire has no such field"),
        (
            "modalities",
            request.modalities.iter().flatten().any(|modality| modality != "text"),
            "the wire answers in text alone",
        ),
        ("audio", request.audio.is_some(), "the wire answers in text alone"),
        ("prediction", request.prediction.is_some(), "the wire has no predicted output"),
        ("store", request.store == Some(true), "the wire stores no completions"),
        ("web_search_options", request.web_search_options.is_some(), search),
    ] {
        if asked {
            translator.unsupported(name, detail)?;
        }
    }
    for key in request.stream_options.iter().flat_map(|options| options.extra.keys()) {
        translator.unsupported(format!("stream_options.{key}"), "the wire has no such option")?;
    }
    Ok(())
}
