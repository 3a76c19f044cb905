//! Token counts of the wire in the common shape.

use serde_json::{Map, Value};

use crate::types::chat::{PromptTokensDetails, Usage};

/// `tokens` are all that the model read and wrote, the service's own instructions included;
/// `billed_units`, which are fewer, are kept as they are and are what costs.
/// `None` where nothing was counted: an error's usage is `{}`.
pub(super) fn decode(mut native: Map<String, Value>) -> Option<Usage> {
    native.retain(|_, value| !value.is_null());
    if native.is_empty() {
        return None;
    }
    let mut tokens = match native.shift_remove("tokens") {
        Some(Value::Object(tokens)) => tokens,
        _ => Map::new(),
    };
    let billed = |key: &str| whole(native.get("billed_units")?.get(key)?);
    let prompt_tokens = take(&mut tokens, "input_tokens").or_else(|| billed("input_tokens")).unwrap_or(0);
    let completion_tokens =
        take(&mut tokens, "output_tokens").or_else(|| billed("output_tokens")).unwrap_or(0);
    let details = PromptTokensDetails {
        cached_tokens: take(&mut native, "cached_tokens"),
        // Recorded beside the two, though the published type has only those.
        image_tokens: take(&mut tokens, "image_tokens"),
        ..PromptTokensDetails::default()
    };
    if !tokens.is_empty() {
        native.insert("tokens".to_owned(), Value::Object(tokens));
    }
    Some(Usage {
        prompt_tokens,
        completion_tokens,
        total_tokens: prompt_tokens.saturating_add(completion_tokens),
        prompt_tokens_details: (details != PromptTokensDetails::default()).then_some(details),
        completion_tokens_details: None,
        estimated: false,
        seconds: None,
        provider_fields: native,
    })
}

fn take(fields: &mut Map<String, Value>, key: &str) -> Option<u64> {
    let number = fields.get(key).and_then(whole)?;
    fields.shift_remove(key);
    Some(number)
}

/// The published type of counts is a number, not an integer.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64().filter(|number| *number >= 0.0 && number.fract() == 0.0)?;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and not negative; `as` saturates"
        )]
        Some(number as u64)
    })
}
