//! Numbers and names in the words that tables have room for.

use serde::Serialize;

use crate::types::routing_trace::{Term, Why};
use crate::types::strategy::StrategyConfig;

/// The name of an enum's value, without underscores.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name.replace('_', " "),
        _ => String::new(),
    }
}

pub(super) fn milliseconds(ms: f64) -> String {
    match ms {
        0.0 => "0 ms".to_owned(),
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 99_950.0 => format!("{:.2} s", ms / 1e3),
        ms => format!("{:.0} s", ms / 1e3),
    }
}

pub(super) fn seconds(seconds: f64) -> String {
    milliseconds(seconds * 1e3)
}

/// Three significant digits, and cents at least.
pub(super) fn dollars(usd: f64) -> String {
    if usd == 0.0 || !usd.is_finite() {
        return format!("${usd}");
    }
    #[allow(clippy::cast_possible_truncation, reason = "the logarithm of a finite number is within i32")]
    let magnitude = usd.abs().log10().floor() as i32;
    let decimals = usize::try_from(2 - magnitude).unwrap_or(0).clamp(2, 15);
    format!("${usd:.decimals$}")
}

/// Four significant digits.
pub(super) fn figure(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    #[allow(clippy::cast_possible_truncation, reason = "the logarithm of a finite number is within i32")]
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = usize::try_from(3 - magnitude).unwrap_or(0).min(15);
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A strategy and those it falls back on: `cheapest, then least_latency`.
pub(super) fn strategy(config: &StrategyConfig) -> String {
    let mut text = config.options.name().as_str().to_owned();
    if config.at_most.is_some() {
        text.push_str(" below its ceilings");
    }
    if let Some(then) = &config.then {
        text.push_str(", then ");
        text.push_str(&strategy(then));
    }
    text
}

/// A value that a strategy read.
pub(super) fn term(term: Term, value: Option<f64>) -> String {
    let name = match term {
        Term::ExpectedCostUsd => "cost".to_owned(),
        Term::FirstTokenSeconds => "first token".to_owned(),
        Term::TokenSeconds => "per token".to_owned(),
        Term::OutputTokensPerSecond => "tokens/s".to_owned(),
        Term::SuccessRate => "success".to_owned(),
        Term::RoundTripSeconds => "round trip".to_owned(),
        other => word(&other),
    };
    let value = match (term, value) {
        (_, None) => "unknown".to_owned(),
        (Term::ExpectedCostUsd, Some(value)) => dollars(value),
        (Term::FirstTokenSeconds | Term::TokenSeconds | Term::RoundTripSeconds, Some(value)) => {
            seconds(value)
        }
        (Term::SuccessRate, Some(value)) => format!("{:.1}%", value * 100.0),
        (_, Some(value)) => figure(value),
    };
    format!("{name} {value}")
}

pub(super) const fn why(why: Why) -> &'static str {
    match why {
        Why::Only => "the only one left",
        Why::Declared => "next in the declared order",
        Why::Turn => "its turn",
        Why::Drawn => "drawn",
        Why::Best => "best of those compared",
        Why::Tie => "drawn from equals",
        Why::Unknown => "drawn, for nothing is known",
        Why::Home => "the key's own target",
        Why::NextHome => "next for the key, whose own target is out or busy",
        Why::AllLoaded => "the key's own target, for all are busy",
        Why::Sampled => "the highest reward was sampled for it",
        Why::Ordered => "first by the function",
        Why::NotOrdered => "next in the declared order, for the function gave none",
    }
}
