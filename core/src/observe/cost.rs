//! The cost of a reply, from its usage and a price.

use serde_json::Value;

use crate::types::chat::Usage;
use crate::types::price::{EffectivePrice, TokenCounts};
use crate::types::trace::Cost;

/// What the usage costs: the user's price where there is one, else the catalogue's.
///
/// Prices are those of the provider's standard service: other tiers of service
/// (`flex`, `priority`), batches, and tools charged by use are not in it. A price
/// that is lower at some hours counts as the higher one.
#[must_use]
pub fn cost(usage: &Usage, price: &EffectivePrice<'_>) -> Cost {
    let (input_usd, output_usd) = price.price.amounts(&counts(usage));
    Cost {
        total_usd: input_usd + output_usd,
        input_usd,
        output_usd,
        estimated: usage.estimated,
        source: Some(price.source),
    }
}

fn counts(usage: &Usage) -> TokenCounts {
    if let Some(billed) = billed(usage) {
        return billed;
    }
    let mut counts =
        TokenCounts { input: usage.prompt_tokens, output: usage.completion_tokens, ..TokenCounts::default() };
    if let Some(details) = &usage.prompt_tokens_details {
        counts.cached_input = details.cached_tokens.unwrap_or(0);
        counts.cache_write = details.cache_write_tokens.unwrap_or(0);
        counts.audio_input = details.audio_tokens.unwrap_or(0);
        counts.image_input = details.image_tokens.unwrap_or(0);
    }
    if let Some(details) = &usage.completion_tokens_details {
        counts.reasoning_output = details.reasoning_tokens.unwrap_or(0);
        counts.audio_output = details.audio_tokens.unwrap_or(0);
        counts.image_output = details.image_tokens.unwrap_or(0);
    }
    counts
}

/// What the provider says that it bills, where it says so and that is not what it counted: Cohere's
/// `billed_units`, without the service's own instructions (docs.cohere.com/docs/how-does-cohere-pricing-work).
fn billed(usage: &Usage) -> Option<TokenCounts> {
    let units = usage.provider_fields.get("billed_units")?;
    let count = |name: &str| units.get(name).and_then(Value::as_f64);
    let (input, output) = (count("input_tokens"), count("output_tokens"));
    if input.is_none() && output.is_none() {
        return None;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and no count comes near"
    )]
    let whole = |count: Option<f64>| count.unwrap_or(0.0) as u64;
    Some(TokenCounts { input: whole(input), output: whole(output), ..TokenCounts::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::chat::{CompletionTokensDetails, PromptTokensDetails};
    use crate::types::price::Price;
    use crate::types::trace::PriceSource;
    use std::borrow::Cow;

    fn usage() -> Usage {
        Usage {
            prompt_tokens: 1_000,
            completion_tokens: 100,
            prompt_tokens_details: Some(PromptTokensDetails {
                cached_tokens: Some(600),
                cache_write_tokens: Some(100),
                audio_tokens: Some(50),
                ..PromptTokensDetails::default()
            }),
            completion_tokens_details: Some(CompletionTokensDetails {
                image_tokens: Some(40),
                ..CompletionTokensDetails::default()
            }),
            ..Usage::default()
        }
    }

    #[test]
    fn what_is_billed_is_what_costs() {
        let price = Price { input: 2.0, output: 10.0, ..Price::default() };
        let effective = EffectivePrice { price: Cow::Borrowed(&price), source: PriceSource::Catalogue };
        let mut usage = usage();
        let billed = serde_json::json!({ "input_tokens": 10.0, "output_tokens": 1 });
        usage.provider_fields.insert("billed_units".to_owned(), billed);
        assert!((cost(&usage, &effective).total_usd - 30e-6).abs() < 1e-12);
        usage.provider_fields.insert("billed_units".to_owned(), serde_json::json!({ "search_units": 1 }));
        assert!((cost(&usage, &effective).total_usd - 3e-3).abs() < 1e-12);
    }

    #[test]
    fn each_part_has_its_own_price() {
        let price = Price {
            input: 3.0,
            output: 15.0,
            cached_input: Some(0.3),
            cache_write: Some(3.75),
            audio_input: Some(10.0),
            image_output: Some(30.0),
            ..Price::default()
        };
        let effective = EffectivePrice { price: Cow::Borrowed(&price), source: PriceSource::Catalogue };
        let cost = cost(&usage(), &effective);
        let input = 250.0 * 3.0 + 600.0 * 0.3 + 100.0 * 3.75 + 50.0 * 10.0;
        let output = 60.0 * 15.0 + 40.0 * 30.0;
        assert!((cost.input_usd - input / 1e6).abs() < 1e-12);
        assert!((cost.total_usd - (input + output) / 1e6).abs() < 1e-12);
        assert_eq!(cost.source, Some(PriceSource::Catalogue));
    }
}
