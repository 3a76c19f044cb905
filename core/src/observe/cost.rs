//! The cost of a reply, from its usage and a declared price.

use crate::types::chat::Usage;
use crate::types::provider::Price;
use crate::types::trace::Cost;

const MILLION: f64 = 1_000_000.0;

/// (input − cached − written) × input price + cached × cached price + written ×
/// write price + output × output price; prices are per million tokens.
#[must_use]
pub fn cost(usage: &Usage, price: &Price) -> Cost {
    let details = usage.prompt_tokens_details.as_ref();
    let cached = details.and_then(|details| details.cached_tokens).unwrap_or(0).min(usage.prompt_tokens);
    let written =
        details.and_then(|details| details.cache_write_tokens).unwrap_or(0).min(usage.prompt_tokens - cached);
    let plain = usage.prompt_tokens - cached - written;
    let input_usd = (tokens(plain) * price.input
        + tokens(cached) * price.cached_input.unwrap_or(price.input)
        + tokens(written) * price.cache_write.unwrap_or(price.input))
        / MILLION;
    let output_usd = tokens(usage.completion_tokens) * price.output / MILLION;
    Cost { total_usd: input_usd + output_usd, input_usd, output_usd, estimated: usage.estimated }
}

/// Token counts stay far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn tokens(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::chat::PromptTokensDetails;

    #[test]
    fn cached_input_has_its_own_price() {
        let usage = Usage {
            prompt_tokens: 1_000,
            completion_tokens: 100,
            prompt_tokens_details: Some(PromptTokensDetails {
                cached_tokens: Some(600),
                cache_write_tokens: Some(100),
                ..PromptTokensDetails::default()
            }),
            ..Usage::default()
        };
        let price = Price { input: 3.0, output: 15.0, cached_input: Some(0.3), cache_write: Some(3.75) };
        let cost = cost(&usage, &price);
        assert!((cost.input_usd - (300.0 * 3.0 + 600.0 * 0.3 + 100.0 * 3.75) / 1e6).abs() < 1e-12);
        assert!((cost.total_usd - cost.input_usd - 0.0015).abs() < 1e-12);
    }
}
