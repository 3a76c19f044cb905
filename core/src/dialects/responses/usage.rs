//! Tokens used, in the words of the Responses API.

use serde_json::{Map, Value};

use crate::types::chat::Usage;

/// Counts that nobody told stay out.
pub(super) fn in_response_words(usage: &Usage) -> Value {
    let counts = |counts: &[(&str, Option<u64>)], others: Option<&Map<String, Value>>| {
        let mut fields: Map<String, Value> = counts
            .iter()
            .filter_map(|(name, count)| Some(((*name).to_owned(), Value::from((*count)?))))
            .collect();
        fields.extend(others.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(fields)
    };
    let input = usage.prompt_tokens_details.as_ref();
    let output = usage.completion_tokens_details.as_ref();
    let input_details = counts(
        &[
            ("cached_tokens", input.and_then(|details| details.cached_tokens)),
            ("cache_write_tokens", input.and_then(|details| details.cache_write_tokens)),
            ("audio_tokens", input.and_then(|details| details.audio_tokens)),
            ("image_tokens", input.and_then(|details| details.image_tokens)),
            ("text_tokens", input.and_then(|details| details.text_tokens)),
            ("video_tokens", input.and_then(|details| details.video_tokens)),
        ],
        input.map(|details| &details.provider_fields),
    );
    let output_details = counts(
        &[
            ("reasoning_tokens", output.and_then(|details| details.reasoning_tokens)),
            ("audio_tokens", output.and_then(|details| details.audio_tokens)),
            ("image_tokens", output.and_then(|details| details.image_tokens)),
            ("text_tokens", output.and_then(|details| details.text_tokens)),
            ("accepted_prediction_tokens", output.and_then(|details| details.accepted_prediction_tokens)),
            ("rejected_prediction_tokens", output.and_then(|details| details.rejected_prediction_tokens)),
        ],
        output.map(|details| &details.provider_fields),
    );
    let mut fields = Map::new();
    fields.insert("input_tokens".to_owned(), usage.prompt_tokens.into());
    fields.insert("input_tokens_details".to_owned(), input_details);
    fields.insert("output_tokens".to_owned(), usage.completion_tokens.into());
    fields.insert("output_tokens_details".to_owned(), output_details);
    fields.insert("total_tokens".to_owned(), usage.total_tokens.into());
    if usage.estimated {
        fields.insert("estimated".to_owned(), true.into());
    }
    for (name, value) in &usage.provider_fields {
        fields.entry(name.as_str()).or_insert_with(|| value.clone());
    }
    Value::Object(fields)
}
