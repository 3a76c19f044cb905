//! What one answer took.

use crate::observe::cost;
use crate::routing::state::Used;
use crate::types::chat::Usage;
use crate::types::price::{EffectivePrice, MediaAmounts};
use crate::types::trace::Cost;

/// Tokens and cost of one answer, reckoned once: for the target's state and for the trace.
pub(crate) struct Spent {
    pub used: Used,
    /// Whether the tokens were estimated.
    pub estimated: bool,
    /// None where the price is not known.
    pub cost: Option<Cost>,
}

impl Spent {
    pub fn of(usage: &Usage, price: Option<&EffectivePrice<'_>>) -> Self {
        Self::of_all(usage, &MediaAmounts::default(), price)
    }

    /// The same of an answer with images or audio: what is counted in tokens is paid for by them.
    pub fn of_all(usage: &Usage, media: &MediaAmounts, price: Option<&EffectivePrice<'_>>) -> Self {
        let cost = price.map(|price| {
            let mut cost = cost(usage, price);
            let counted = usage.prompt_tokens > 0 || usage.completion_tokens > 0;
            if let Some((input, output)) = price.price.media(media).filter(|_| !counted) {
                cost.input_usd += input;
                cost.output_usd += output;
                cost.total_usd += input + output;
            }
            cost
        });
        let used = Used {
            input_tokens: usage.prompt_tokens,
            output_tokens: usage.completion_tokens,
            cost: cost.as_ref().map(|cost| cost.total_usd),
        };
        Self { used, estimated: usage.estimated, cost }
    }
}
