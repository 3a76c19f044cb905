//! Tokens used, from the several ways in which services of this wire count.
//!
//! Numbers are the service's own; where two of its numbers mean what one of
//! ours does, they are put there, and the originals stay in `provider_fields`.

use serde_json::{Map, Value};

use crate::types::chat::{CompletionTokensDetails, PromptTokensDetails, Usage};

/// Other names of `prompt_tokens_details.cached_tokens`, seen in recorded traffic.
const CACHED: [&str; 4] =
    ["prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens"];

/// Reads usage; `None` where it is null or not an object.
pub(super) fn read(value: Option<Value>) -> Option<Usage> {
    let Some(Value::Object(mut fields)) = value else {
        return None;
    };
    let mut usage = Usage {
        prompt_tokens: take(&mut fields, "prompt_tokens").unwrap_or(0),
        completion_tokens: take(&mut fields, "completion_tokens").unwrap_or(0),
        total_tokens: 0,
        prompt_tokens_details: take_object(&mut fields, "prompt_tokens_details").map(read_prompt_details),
        completion_tokens_details: take_object(&mut fields, "completion_tokens_details")
            .map(read_completion_details),
        estimated: false,
        provider_fields: Map::new(),
    };
    let total = take(&mut fields, "total_tokens");
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
    Some(usage)
}

fn read_prompt_details(mut fields: Map<String, Value>) -> PromptTokensDetails {
    PromptTokensDetails {
        cached_tokens: take(&mut fields, "cached_tokens"),
        cache_write_tokens: take(&mut fields, "cache_write_tokens"),
        audio_tokens: take(&mut fields, "audio_tokens"),
        image_tokens: take(&mut fields, "image_tokens"),
        text_tokens: take(&mut fields, "text_tokens"),
        video_tokens: take(&mut fields, "video_tokens"),
        provider_fields: fields,
    }
}

fn read_completion_details(mut fields: Map<String, Value>) -> CompletionTokensDetails {
    CompletionTokensDetails {
        reasoning_tokens: take(&mut fields, "reasoning_tokens"),
        audio_tokens: take(&mut fields, "audio_tokens"),
        image_tokens: take(&mut fields, "image_tokens"),
        text_tokens: take(&mut fields, "text_tokens"),
        accepted_prediction_tokens: take(&mut fields, "accepted_prediction_tokens"),
        rejected_prediction_tokens: take(&mut fields, "rejected_prediction_tokens"),
        provider_fields: fields,
    }
}

/// Takes a number of tokens out of `fields`; null counts as missing.
fn take(fields: &mut Map<String, Value>, name: &str) -> Option<u64> {
    count(&fields.shift_remove(name)?)
}

fn take_object(fields: &mut Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    match fields.shift_remove(name)? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// A whole number of tokens, written as integer, as fraction or as text.
fn count(value: &Value) -> Option<u64> {
    match value {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` saturates, and no count comes near"
        )]
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().map(|count| count as u64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
