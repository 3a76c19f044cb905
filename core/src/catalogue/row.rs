//! Reads one row of the table; `tools/catalogue/write.py` writes it.
//!
//! `name|mode|window|input|output|inputs|outputs|features|price|released|deprecation`
//!
//! - Empty fields at the end are left out. `128k` is 128000.
//! - mode: `c`hat, `r`esponses, `t`ext completion, `e`mbedding, ran`k`, `m`oderation, `i`mage.
//! - inputs, outputs, features: letters of what it has; after `-` of what it
//!   lacks; `.` at the end: all others are lacking. See [`modality`] and [`feature`].
//! - price: `input,output` in dollars per million tokens, then other prices with
//!   their letter; `>200000:` begins a tier; `~` the off-peak price, and after
//!   `@` its windows: weekdays and spans in minutes.
//! - released, deprecation: `20261130`; deprecation `x`: said, without a day.

use crate::types::model::{Date, Feature, Modality, ModelFacts, ModelMode};
use crate::types::price::{OffPeak, Price, PriceWindow};

/// The name and the facts of a row; `None` where it is not one.
pub(super) fn read(line: &str) -> Option<(&str, ModelFacts)> {
    let mut fields = line.split('|');
    let name = fields.next()?;
    let mut next = || fields.next().unwrap_or_default();
    let mut facts = ModelFacts::default();
    facts.mode = mode(next())?;
    facts.context_window = number(next());
    facts.max_input_tokens = number(next());
    facts.max_output_tokens = number(next());
    letters(next(), &Modality::ALL, modality, |modality, yes| facts.set_input(modality, yes));
    letters(next(), &Modality::ALL, modality, |modality, yes| facts.set_output(modality, yes));
    letters(next(), &Feature::ALL, feature, |feature, yes| facts.set_feature(feature, yes));
    facts.price = price(next());
    facts.released = date(next());
    let deprecation = next();
    facts.deprecation = date(deprecation);
    facts.deprecated = !deprecation.is_empty();
    Some((name, facts))
}

fn mode(text: &str) -> Option<ModelMode> {
    Some(match text {
        "c" => ModelMode::Chat,
        "r" => ModelMode::Responses,
        "t" => ModelMode::Completion,
        "e" => ModelMode::Embedding,
        "k" => ModelMode::Rerank,
        "m" => ModelMode::Moderation,
        "i" => ModelMode::Image,
        _ => return None,
    })
}

fn modality(modality: Modality) -> char {
    match modality {
        Modality::Text => 't',
        Modality::Image => 'i',
        Modality::Audio => 'a',
        Modality::Video => 'v',
        Modality::Document => 'd',
    }
}

fn feature(feature: Feature) -> char {
    match feature {
        Feature::Tools => 't',
        Feature::ParallelTools => 'p',
        Feature::ToolChoice => 'c',
        Feature::JsonSchema => 's',
        Feature::JsonMode => 'j',
        Feature::Reasoning => 'r',
        Feature::PromptCaching => 'k',
        Feature::Streaming => 'n',
        Feature::Sampling => 'e',
        Feature::SystemMessages => 'm',
        Feature::WebSearch => 'w',
    }
}

fn letters<T: Copy>(text: &str, all: &[T], letter: fn(T) -> char, mut set: impl FnMut(T, bool)) {
    let (text, whole) = text.strip_suffix('.').map_or((text, false), |text| (text, true));
    let (yes, no) = text.split_once('-').unwrap_or((text, ""));
    for &one in all {
        if yes.contains(letter(one)) {
            set(one, true);
        } else if whole || no.contains(letter(one)) {
            set(one, false);
        }
    }
}

fn number(text: &str) -> Option<u64> {
    match text.strip_suffix('k') {
        Some(thousands) => thousands.parse::<u64>().ok()?.checked_mul(1000),
        None => text.parse().ok(),
    }
}

fn date(text: &str) -> Option<Date> {
    (text.len() == 8).then_some(())?;
    Some(Date {
        year: text.get(..4)?.parse().ok()?,
        month: text.get(4..6)?.parse().ok()?,
        day: text.get(6..)?.parse().ok()?,
    })
}

/// A price that cannot be read is unknown.
fn price(text: &str) -> Option<Price> {
    let (text, off_peak) = text.split_once('~').map_or((text, None), |(text, rest)| (text, Some(rest)));
    let mut parts = text.split('>');
    let mut price = plain(parts.next()?)?;
    for tier in parts {
        let (above, amounts) = tier.split_once(':')?;
        let tier = plain(amounts)?;
        price.tiers.push(Price { above_input_tokens: Some(above.parse().ok()?), ..tier });
    }
    if let Some(text) = off_peak {
        let (amounts, spans) = text.split_once('@')?;
        price.off_peak = Some(Box::new(OffPeak { price: plain(amounts)?, windows: windows(spans)? }));
    }
    Some(price)
}

fn plain(text: &str) -> Option<Price> {
    let mut amounts = text.split(',');
    let mut price = Price {
        input: amounts.next()?.parse().ok()?,
        output: amounts.next()?.parse().ok()?,
        ..Price::default()
    };
    for amount in amounts {
        let (letter, value) = amount.split_at_checked(1)?;
        let value = Some(value.parse().ok()?);
        match letter {
            "c" => price.cached_input = value,
            "w" => price.cache_write = value,
            "r" => price.reasoning_output = value,
            "a" => price.audio_input = value,
            "A" => price.audio_output = value,
            "i" => price.image_input = value,
            "I" => price.image_output = value,
            "q" => price.request = value,
            _ => return None,
        }
    }
    Some(price)
}

fn windows(text: &str) -> Option<Vec<PriceWindow>> {
    let mut windows = Vec::new();
    for group in text.split(';') {
        let mut words = group.split(' ');
        let weekdays: Vec<u8> = words.next()?.bytes().map(|digit| digit.wrapping_sub(b'0')).collect();
        for span in words {
            let (from, to) = span.split_once('-')?;
            windows.push(PriceWindow {
                weekdays: weekdays.clone(),
                from_minute: from.parse().ok()?,
                to_minute: to.parse().ok()?,
            });
        }
    }
    Some(windows)
}
