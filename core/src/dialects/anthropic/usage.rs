//! Token counts of the wire in the common shape.

use serde_json::{Map, Value};

use crate::types::chat::{CompletionTokensDetails, PromptTokensDetails, Usage};

/// The wire counts uncached, read and written input apart; the common shape's
/// `prompt_tokens` is all of it. Every number without a place there is kept.
pub(super) fn decode(mut native: Map<String, Value>) -> Usage {
    let mut take = |key: &str| match native.get(key).and_then(Value::as_u64) {
        Some(number) => {
            native.shift_remove(key);
            Some(number)
        }
        None => None,
    };
    let input = take("input_tokens");
    let read = take("cache_read_input_tokens");
    let written = take("cache_creation_input_tokens");
    let output = take("output_tokens");
    let thinking = take_thinking(&mut native);
    native.retain(|_, value| !value.is_null());

    let prompt_tokens =
        [input, read, written].into_iter().flatten().fold(0_u64, |sum, tokens| sum.saturating_add(tokens));
    let completion_tokens = output.unwrap_or(0);
    Usage {
        prompt_tokens,
        completion_tokens,
        total_tokens: prompt_tokens.saturating_add(completion_tokens),
        prompt_tokens_details: (read.is_some() || written.is_some()).then(|| PromptTokensDetails {
            cached_tokens: read,
            cache_write_tokens: written,
            ..PromptTokensDetails::default()
        }),
        completion_tokens_details: thinking.map(|tokens| CompletionTokensDetails {
            reasoning_tokens: Some(tokens),
            ..CompletionTokensDetails::default()
        }),
        estimated: false,
        seconds: None,
        provider_fields: native,
    }
}

/// `output_tokens_details: {thinking_tokens}`; other details stay.
fn take_thinking(native: &mut Map<String, Value>) -> Option<u64> {
    let details = native.get_mut("output_tokens_details")?.as_object_mut()?;
    let tokens = details.get("thinking_tokens")?.as_u64()?;
    details.shift_remove("thinking_tokens");
    if details.is_empty() {
        native.shift_remove("output_tokens_details");
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cached_input_is_part_of_the_prompt_and_other_numbers_are_kept() {
        let Value::Object(native) = json!({
            "input_tokens": 3, "cache_creation_input_tokens": 1143, "cache_read_input_tokens": 10,
            "cache_creation": {"ephemeral_5m_input_tokens": 1143}, "output_tokens": 101,
            "output_tokens_details": {"thinking_tokens": 22}, "service_tier": "standard",
            "inference_geo": null
        }) else {
            panic!("an object")
        };
        let usage = decode(native);
        assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (1156, 101, 1257));
        let prompt = usage.prompt_tokens_details.unwrap();
        assert_eq!((prompt.cached_tokens, prompt.cache_write_tokens), (Some(10), Some(1143)));
        assert_eq!(usage.completion_tokens_details.unwrap().reasoning_tokens, Some(22));
        assert_eq!(
            Value::Object(usage.provider_fields),
            json!({"cache_creation": {"ephemeral_5m_input_tokens": 1143}, "service_tier": "standard"})
        );
    }
}
