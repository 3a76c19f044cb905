//! Whether a request asks for something by a parameter, and the refusal of what a wire lacks.
//!
//! A neutral value (`n` of 1, a penalty of 0) asks for what happens anyway and is no reason to refuse.

use super::Translator;
use crate::error::Result;
use crate::types::chat::ChatRequest;

impl Translator {
    /// Refuses each parameter of `lacking` that the request asks for something by; beside it stands why.
    pub(super) fn refuse(&mut self, request: &ChatRequest, lacking: &[(&str, &str)]) -> Result<()> {
        for (param, detail) in lacking.iter().filter(|(param, _)| asks(request, param)) {
            self.unsupported(*param, *detail)?;
        }
        for key in request.stream_options.iter().flat_map(|options| options.extra.keys()) {
            self.unsupported(format!("stream_options.{key}"), "the wire has no such option")?;
        }
        Ok(())
    }
}

/// Whether the request asks for something by `param` that would not happen anyway.
fn asks(request: &ChatRequest, param: &str) -> bool {
    match param {
        "n" => request.n.is_some_and(|n| n != 1),
        "logit_bias" => request.logit_bias.as_ref().is_some_and(|bias| !bias.is_empty()),
        "top_logprobs" => request.top_logprobs.is_some_and(|most| most > 0),
        "parallel_tool_calls" => request.parallel_tool_calls == Some(false),
        "verbosity" => request.verbosity.as_deref().is_some_and(|verbosity| verbosity != "medium"),
        "modalities" => request.modalities.iter().flatten().any(|modality| modality != "text"),
        "audio" => request.audio.is_some(),
        "prediction" => request.prediction.is_some(),
        "metadata" => request.metadata.as_ref().is_some_and(|metadata| !metadata.is_empty()),
        "user" => request.user.is_some(),
        "safety_identifier" => request.safety_identifier.is_some(),
        "store" => request.store == Some(true),
        "service_tier" => {
            request.service_tier.as_deref().is_some_and(|tier| !["auto", "default"].contains(&tier))
        }
        "web_search_options" => request.web_search_options.is_some(),
        _ => false,
    }
}
