//! What one answer took.

use crate::observe::cost;
use crate::routing::state::Used;
use crate::types::chat::Usage;
use crate::types::price::EffectivePrice;
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
        let cost = price.map(|price| cost(usage, price));
        let used = Used {
            input_tokens: usage.prompt_tokens,
            output_tokens: usage.completion_tokens,
            cost: cost.as_ref().map(|cost| cost.total_usd),
        };
        Self { used, estimated: usage.estimated, cost }
    }
}
