//! What tokens cost, and the arithmetic of it. Pure: no clock, no table.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::trace::PriceSource;

const MILLION: f64 = 1_000_000.0;

/// US dollars per million tokens, save `request`, `image`, `second` and `character`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub input: f64,
    pub output: f64,
    /// Input read from the provider's prompt cache. Default: as `input`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<f64>,
    /// Input written to the provider's prompt cache. Default: as `input`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<f64>,
    /// Reasoning, where it has a price of its own. Default: as `output`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_output: Option<f64>,
    /// Default: as `input`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_input: Option<f64>,
    /// Default: as `output`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_output: Option<f64>,
    /// Default: as `input`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_input: Option<f64>,
    /// Default: as `output`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_output: Option<f64>,
    /// US dollars for each request, whatever its size. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<f64>,
    /// US dollars for each image made, where the provider counts no tokens of it. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<f64>,
    /// US dollars for each second of audio that is transcribed, where no tokens are counted. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<f64>,
    /// US dollars per million characters that are read aloud, where no tokens are counted. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character: Option<f64>,
    /// In `tiers` only: the input tokens above which this price holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above_input_tokens: Option<u64>,
    /// Other prices for long inputs, by rising `above_input_tokens`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Price>,
    /// A lower price at some hours; the price itself is that of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off_peak: Option<Box<OffPeak>>,
}

/// A price for some hours of the week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffPeak {
    pub price: Price,
    pub windows: Vec<PriceWindow>,
}

/// A span of time on some days of the week, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceWindow {
    /// 1 is Monday, 7 is Sunday.
    pub weekdays: Vec<u8>,
    /// Minutes of the day, 0 to 1440; the span ends before `to_minute`.
    pub from_minute: u16,
    pub to_minute: u16,
}

/// The price of a model at a provider, and whose word it is.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectivePrice<'a> {
    pub price: Cow<'a, Price>,
    pub source: PriceSource,
}

impl EffectivePrice<'_> {
    /// The same, to be kept.
    #[must_use]
    pub fn into_owned(self) -> EffectivePrice<'static> {
        EffectivePrice { price: Cow::Owned(self.price.into_owned()), source: self.source }
    }
}

/// Counts of tokens. The parts of input and of output are within the totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenCounts {
    pub input: u64,
    pub cached_input: u64,
    pub cache_write: u64,
    pub audio_input: u64,
    pub image_input: u64,
    pub output: u64,
    pub reasoning_output: u64,
    pub audio_output: u64,
    pub image_output: u64,
}

/// What has a price of its own where no tokens are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MediaAmounts {
    /// Images made.
    pub images: u64,
    /// Seconds of audio transcribed.
    pub seconds: f64,
    /// Characters read aloud.
    pub characters: u64,
}

impl Price {
    /// US dollars for input and for output of what no tokens are counted of. `None`: it has no such price.
    #[must_use]
    pub fn media(&self, amounts: &MediaAmounts) -> Option<(f64, f64)> {
        let of = |count: f64, price: Option<f64>| price.filter(|_| count > 0.0).map(|price| count * price);
        let seconds = of(amounts.seconds, self.second);
        let characters = of(amount(amounts.characters), self.character.map(|price| price / MILLION));
        let images = of(amount(amounts.images), self.image);
        if seconds.is_none() && characters.is_none() && images.is_none() {
            return None;
        }
        Some((seconds.unwrap_or(0.0) + characters.unwrap_or(0.0), images.unwrap_or(0.0)))
    }

    /// US dollars for input (with the price of the request) and for output.
    #[must_use]
    pub fn amounts(&self, tokens: &TokenCounts) -> (f64, f64) {
        let tier = self.tier(tokens.input);
        let input = split(
            tokens.input,
            tier.input,
            [
                (tokens.cached_input, tier.cached_input),
                (tokens.cache_write, tier.cache_write),
                (tokens.audio_input, tier.audio_input),
                (tokens.image_input, tier.image_input),
            ],
        );
        let output = split(
            tokens.output,
            tier.output,
            [
                (tokens.reasoning_output, tier.reasoning_output),
                (tokens.audio_output, tier.audio_output),
                (tokens.image_output, tier.image_output),
                (0, None),
            ],
        );
        (input + self.request.unwrap_or(0.0), output)
    }

    /// US dollars that a request will cost: of `input_tokens`, the first
    /// `cached_prefix_tokens` are read from the provider's cache.
    #[must_use]
    pub fn expected_cost(&self, input_tokens: u64, cached_prefix_tokens: u64, output_tokens: u64) -> f64 {
        let (input, output) = self.amounts(&TokenCounts {
            input: input_tokens,
            cached_input: cached_prefix_tokens,
            output: output_tokens,
            ..TokenCounts::default()
        });
        input + output
    }

    /// The price for an input of this length.
    ///
    /// Above a tier's mark the whole request has the tier's price, output and
    /// cached input included, not only the tokens beyond the mark: OpenAI (272K)
    /// "for the full request", xAI "for every token in the request" (both quoted
    /// in genai-prices 0.2.3), Gemini "prompts > 200k" (ai.google.dev/gemini-api/docs/pricing).
    #[must_use]
    pub fn tier(&self, input_tokens: u64) -> &Self {
        let reached = |tier: &&Self| tier.above_input_tokens.is_some_and(|above| input_tokens > above);
        self.tiers.iter().rev().find(reached).unwrap_or(self)
    }

    /// The price at an instant, in seconds since 1970 UTC.
    #[must_use]
    pub fn at(&self, unix_seconds: u64) -> &Self {
        match &self.off_peak {
            Some(off_peak) if off_peak.windows.iter().any(|window| window.holds(unix_seconds)) => {
                &off_peak.price
            }
            _ => self,
        }
    }

    /// Errors: the place in the price, which may be empty, and what is wrong.
    pub fn check(&self) -> Result<(), (String, String)> {
        let wrong = |place: &str, why: &str| Err((place.to_owned(), why.to_owned()));
        if self.above_input_tokens.is_some() {
            return wrong("above_input_tokens", "belongs to a price in `tiers`");
        }
        self.check_amounts("")?;
        let mut last = None;
        for (index, tier) in self.tiers.iter().enumerate() {
            let place = format!("tiers[{index}]");
            tier.check_amounts(&place)?;
            if !tier.tiers.is_empty() || tier.off_peak.is_some() || tier.request.is_some() {
                return wrong(&place, "a tier has no `tiers`, `off_peak` or `request` of its own");
            }
            let Some(above) = tier.above_input_tokens else {
                return wrong(&place, "a tier needs `above_input_tokens`");
            };
            if last.is_some_and(|last| above <= last) {
                return wrong(&place, "tiers come by rising `above_input_tokens`");
            }
            last = Some(above);
        }
        if let Some(off_peak) = &self.off_peak {
            if off_peak.price.off_peak.is_some() {
                return wrong("off_peak.price", "has no `off_peak` of its own");
            }
            off_peak.price.check().map_err(|(place, why)| (join("off_peak.price", &place), why))?;
            let valid = |window: &PriceWindow| {
                window.from_minute < window.to_minute
                    && window.to_minute <= 1440
                    && window.weekdays.iter().all(|day| (1..=7).contains(day))
            };
            if !off_peak.windows.iter().all(valid) {
                return wrong(
                    "off_peak.windows",
                    "weekdays are 1 (Monday) to 7, from_minute < to_minute <= 1440",
                );
            }
        }
        Ok(())
    }

    fn check_amounts(&self, place: &str) -> Result<(), (String, String)> {
        let optional = [
            self.cached_input,
            self.cache_write,
            self.reasoning_output,
            self.audio_input,
            self.audio_output,
            self.image_input,
            self.image_output,
            self.request,
            self.image,
            self.second,
            self.character,
        ];
        let all = [self.input, self.output].into_iter().chain(optional.into_iter().flatten());
        if all.into_iter().any(|amount| !amount.is_finite() || amount < 0.0) {
            return Err((place.to_owned(), "a price must be a number of at least 0".to_owned()));
        }
        Ok(())
    }
}

impl PriceWindow {
    fn holds(&self, unix_seconds: u64) -> bool {
        // 1970-01-01 was a Thursday, day 4.
        let weekday = (unix_seconds / 86_400 + 3) % 7 + 1;
        let minute = unix_seconds % 86_400 / 60;
        self.weekdays.iter().any(|day| u64::from(*day) == weekday)
            && (u64::from(self.from_minute)..u64::from(self.to_minute)).contains(&minute)
    }
}

/// Two parts of a place in a configuration, of which the second may be empty.
pub(crate) fn join(place: &str, rest: &str) -> String {
    if rest.is_empty() { place.to_owned() } else { format!("{place}.{rest}") }
}

/// Dollars for a total whose parts may have prices of their own. Parts that are
/// said to be more than the total count only as far as it reaches.
fn split(total: u64, price: f64, parts: [(u64, Option<f64>); 4]) -> f64 {
    let mut rest = total;
    let mut sum = 0.0;
    for (count, own) in parts {
        let count = count.min(rest);
        rest -= count;
        sum += amount(count) * own.unwrap_or(price);
    }
    (sum + amount(rest) * price) / MILLION
}

/// Token counts stay far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn amount(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
#[path = "price_tests.rs"]
mod tests;
