//! Token counts of the wire in the common shape.

use serde_json::{Map, Value};

use crate::types::chat::{PromptTokensDetails, Usage};

/// `TokenUsage`: the wire counts uncached, read and written input apart (in every
/// recording the four add up to `totalTokens`); the common shape's `prompt_tokens` is all
/// of it. Every number without a place there is kept.
pub(super) fn decode(mut native: Map<String, Value>) -> Usage {
    let mut take = |key: &str| match native.get(key).and_then(Value::as_u64) {
        Some(number) => {
            native.shift_remove(key);
            Some(number)
        }
        None => None,
    };
    let input = take("inputTokens");
    let output = take("outputTokens");
    let total = take("totalTokens");
    let read = take("cacheReadInputTokens");
    let written = take("cacheWriteInputTokens");
    native.retain(|_, value| !value.is_null());

    let prompt_tokens =
        [input, read, written].into_iter().flatten().fold(0_u64, |sum, tokens| sum.saturating_add(tokens));
    let completion_tokens = output.unwrap_or(0);
    Usage {
        prompt_tokens,
        completion_tokens,
        total_tokens: total.unwrap_or_else(|| prompt_tokens.saturating_add(completion_tokens)),
        prompt_tokens_details: (read.is_some() || written.is_some()).then(|| PromptTokensDetails {
            cached_tokens: read,
            cache_write_tokens: written,
            ..PromptTokensDetails::default()
        }),
        completion_tokens_details: None,
        estimated: false,
        seconds: None,
        provider_fields: native,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cached_input_is_part_of_the_prompt_and_other_numbers_are_kept() {
        let native = json!({"inputTokens": 2, "outputTokens": 5, "totalTokens": 1329, "serverToolUsage": {},
            "cacheReadInputTokens": 10, "cacheWriteInputTokens": 1312, "cacheDetails": [{"ttl": "5m", "inputTokens": 1312}]});
        let usage = decode(native.as_object().unwrap().clone());
        assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (1324, 5, 1329));
        let prompt = usage.prompt_tokens_details.unwrap();
        assert_eq!((prompt.cached_tokens, prompt.cache_write_tokens), (Some(10), Some(1312)));
        assert_eq!(
            Value::Object(usage.provider_fields),
            json!({"serverToolUsage": {}, "cacheDetails": [{"ttl": "5m", "inputTokens": 1312}]})
        );
        let none = decode(Map::new());
        assert_eq!((none.total_tokens, none.prompt_tokens_details), (0, None));
    }
}
