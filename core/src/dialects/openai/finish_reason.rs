//! Why an answer ended, in the canonical words.

use crate::types::chat::FinishReason;

/// Words of this wire's services that mean a canonical one.
///
/// `eos`: recorded traffic. `model_length`: Mistral's published schema.
/// `end_turn`, `completed`, `tool_use`: recorded as `native_finish_reason` of
/// models behind a gateway. The rest are words of the models' own APIs that a
/// gateway may pass on; on this wire they are unverified.
const SYNONYMS: [(&str, FinishReason); 16] = [
    ("eos", FinishReason::Stop),
    ("eos_token", FinishReason::Stop),
    ("end_turn", FinishReason::Stop),
    ("stop_sequence", FinishReason::Stop),
    ("completed", FinishReason::Stop),
    ("max_tokens", FinishReason::Length),
    ("max_output_tokens", FinishReason::Length),
    ("model_length", FinishReason::Length),
    ("model_context_window_exceeded", FinishReason::Length),
    ("tool_call", FinishReason::ToolCalls),
    ("tool_use", FinishReason::ToolCalls),
    ("safety", FinishReason::ContentFilter),
    ("refusal", FinishReason::ContentFilter),
    ("recitation", FinishReason::ContentFilter),
    ("prohibited_content", FinishReason::ContentFilter),
    ("sensitive", FinishReason::ContentFilter),
];

/// The canonical reason, and the service's own word where it differs.
///
/// `native` is the word of the model behind a gateway, where it sends one.
pub(super) fn read(reason: Option<String>, native: Option<String>) -> (Option<FinishReason>, Option<String>) {
    let Some(word) = reason.filter(|word| !word.is_empty()) else {
        return (None, native);
    };
    let canonical = match FinishReason::from(word.as_str()) {
        FinishReason::Other(_) => SYNONYMS
            .into_iter()
            .find(|(synonym, _)| synonym.eq_ignore_ascii_case(&word))
            .map_or_else(|| known_in_capitals(&word), |(_, reason)| reason),
        known => known,
    };
    let native = native.or(Some(word)).filter(|native| native != canonical.as_str());
    (Some(canonical), native)
}

fn known_in_capitals(word: &str) -> FinishReason {
    match FinishReason::from(word.to_ascii_lowercase().as_str()) {
        FinishReason::Other(_) => FinishReason::Other(word.to_owned()),
        known => known,
    }
}
