//! Tokens used, from the several ways in which services of this wire count.
//!
//! Numbers are the service's own; where two of its numbers mean what one of
//! ours does, they are put there, and the originals stay in `provider_fields`.

use super::wire_usage::{CompletionDetails, PromptDetails, WireUsage, count};
use crate::types::chat::{CompletionTokensDetails, PromptTokensDetails, Usage};

/// Other names of `prompt_tokens_details.cached_tokens`, seen in recorded traffic.
const CACHED: [&str; 4] =
    ["prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens"];

/// Reads usage.
pub(super) fn read(wire: WireUsage) -> Usage {
    let mut fields = wire.extra;
    let mut usage = Usage {
        prompt_tokens: wire.prompt_tokens.0.unwrap_or(0),
        completion_tokens: wire.completion_tokens.0.unwrap_or(0),
        prompt_tokens_details: wire.prompt_tokens_details.0.map(read_prompt_details),
        completion_tokens_details: wire.completion_tokens_details.0.map(read_completion_details),
        ..Usage::default()
    };
    let total = wire.total_tokens.0;
    if let Some(cached) = CACHED.iter().find_map(|name| fields.get(*name).and_then(count)) {
        usage.prompt_tokens_details.get_or_insert_default().cached_tokens.get_or_insert(cached);
    }
    if let Some(written) = fields.get("cache_creation_input_tokens").and_then(count) {
        usage.prompt_tokens_details.get_or_insert_default().cache_write_tokens.get_or_insert(written);
    }
    if let Some(reasoning) = fields.get("reasoning_tokens").and_then(count) {
        usage.completion_tokens_details.get_or_insert_default().reasoning_tokens.get_or_insert(reasoning);
    }
    // Our `completion_tokens` includes reasoning. One service's does not, and
    // its own total, the sum of all three, says so (recorded traffic).
    let reasoning = usage.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
    if let (Some(reasoning @ 1..), Some(total)) = (reasoning, total)
        && [usage.prompt_tokens, usage.completion_tokens, reasoning]
            .iter()
            .copied()
            .fold(0, u64::saturating_add)
            == total
    {
        fields.insert("completion_tokens_without_reasoning".to_owned(), usage.completion_tokens.into());
        usage.completion_tokens += reasoning;
    }
    usage.total_tokens = total.unwrap_or(usage.prompt_tokens.saturating_add(usage.completion_tokens));
    usage.provider_fields = super::reply::without_our_names(fields, &["estimated"]);
    usage
}

fn read_prompt_details(wire: PromptDetails) -> PromptTokensDetails {
    PromptTokensDetails {
        cached_tokens: wire.cached_tokens.0,
        cache_write_tokens: wire.cache_write_tokens.0,
        audio_tokens: wire.audio_tokens.0,
        image_tokens: wire.image_tokens.0,
        text_tokens: wire.text_tokens.0,
        video_tokens: wire.video_tokens.0,
        provider_fields: wire.extra,
    }
}

fn read_completion_details(wire: CompletionDetails) -> CompletionTokensDetails {
    CompletionTokensDetails {
        reasoning_tokens: wire.reasoning_tokens.0,
        audio_tokens: wire.audio_tokens.0,
        image_tokens: wire.image_tokens.0,
        text_tokens: wire.text_tokens.0,
        accepted_prediction_tokens: wire.accepted_prediction_tokens.0,
        rejected_prediction_tokens: wire.rejected_prediction_tokens.0,
        provider_fields: wire.extra,
    }
}
