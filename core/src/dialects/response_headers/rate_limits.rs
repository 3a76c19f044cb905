//! What a response's headers say of the provider's limits, in one form.
//!
//! Forms seen in recorded traffic and in documentation:
//!
//! - `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`: OpenAI, Groq, Azure.
//!   Resets are durations such as `6m0s` or `17ms`, or bare numbers (below).
//! - `x-ratelimit-…-{requests,tokens,req}-{minute,hour,day}`: Mistral, which tells
//!   no reset, and Cerebras, whose resets are seconds
//!   (inference-docs.cerebras.ai/support/rate-limits).
//! - `x-ratelimit-{limit,remaining,reset}` and `ratelimit-…` for requests:
//!   Together and Replicate in seconds, OpenRouter in milliseconds of Unix time.
//! - `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-…` with
//!   RFC 3339 dates.
//!
//! Other dimensions (images, `tokens_usage_based`, audio) are left alone. Pure:
//! dates need `now`, which the caller hands in.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

use super::text;
use crate::types::limits::{LimitUnit, Refill, ToldLimit};

/// The limits that the headers tell, one for each unit and window. Headers that
/// cannot be read are left out.
///
/// Dates are reckoned from the response's own `date` where it has one: the
/// provider's clock and ours may differ.
#[must_use]
pub fn rate_limits(headers: &HeaderMap, now: SystemTime) -> Vec<ToldLimit> {
    let mut found: Vec<Told> = Vec::new();
    for name in headers.keys() {
        let Some(part) = part(name.as_str()) else { continue };
        let Some(value) = text(headers, name.as_str()) else { continue };
        let index =
            found.iter().position(|told| (told.limit.unit, told.limit.window) == (part.unit, part.window));
        let index = index.unwrap_or_else(|| {
            found.push(Told { limit: ToldLimit::empty(part.unit, part.window), renewal: None, reset: None });
            found.len() - 1
        });
        let Some(told) = found.get_mut(index) else { continue };
        match part.field {
            Field::Limit => told.limit.limit = count(value),
            Field::Remaining => told.limit.remaining = count(value),
            Field::Reset => told.reset = Reset::read(value),
            Field::Renewal => told.renewal = count(value).map(Duration::from_secs),
        }
        if part.bucket {
            told.limit.refill = Refill::Continuous;
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let sent = text(headers, "date").and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    found
        .into_iter()
        .map(|told| told.finish(sent))
        .filter(|limit| limit.limit.is_some() || limit.remaining.is_some())
        .collect()
}

/// What the headers of one unit and window told so far.
struct Told {
    limit: ToldLimit,
    /// Azure's `renewalperiod`.
    renewal: Option<Duration>,
    reset: Option<Reset>,
}

impl Told {
    fn finish(mut self, sent: SystemTime) -> ToldLimit {
        self.limit.window = self.limit.window.or(self.renewal);
        self.limit.reset_after = self.reset.and_then(|reset| match reset {
            Reset::After(duration) => Some(duration),
            Reset::At(date) => Some(date.duration_since(sent).unwrap_or_default()),
            Reset::Bare(number) => bare(number, &self.limit, self.renewal),
        });
        self.limit
    }
}

/// A bare number is seconds, save where Azure says milliseconds with nothing to
/// tell the two apart: recorded are `limit` 120, `remaining` 119, `reset` 500 and
/// 120,000, 119,986, 7 at a `renewalperiod` of 60 s, which is what one request
/// and 14 tokens take to come back, in milliseconds. Others report seconds from
/// the same service. The reading nearer to what the other headers imply is taken.
fn bare(number: f64, limit: &ToldLimit, renewal: Option<Duration>) -> Option<Duration> {
    let seconds = Duration::try_from_secs_f64(number).ok()?;
    let (Some(renewal), Some(most), Some(remaining)) = (renewal, limit.limit, limit.remaining) else {
        return Some(seconds);
    };
    let milliseconds = seconds / 1000;
    let used = most.saturating_sub(remaining) as f64 / most.max(1) as f64;
    let expected = renewal.mul_f64(used);
    let nearer = milliseconds.abs_diff(expected) < seconds.abs_diff(expected);
    Some(if nearer { milliseconds } else { seconds })
}

/// One number of a limit.
#[derive(Clone, Copy)]
enum Field {
    Limit,
    Remaining,
    Reset,
    Renewal,
}

/// What a header's name says.
struct Part {
    field: Field,
    unit: LimitUnit,
    window: Option<Duration>,
    /// Whether headers of this form tell of a bucket that fills evenly. So do
    /// OpenAI's: recorded are 117 of 200,000 tokens (a minute) used and back in
    /// 34 ms, 7 of 10,000 requests (a day) in 55.5 s. So do Anthropic's, by what
    /// is written of its limits (a token bucket); its recorded resets are whole
    /// seconds without the date of the response, and cannot show it. Of the others
    /// nothing is known, or they tell of windows.
    bucket: bool,
}

fn part(name: &str) -> Option<Part> {
    if let Some(rest) = name.strip_prefix("anthropic-ratelimit-") {
        let (dimension, field) = rest.rsplit_once('-')?;
        let (unit, window) = dimension_of(dimension)?;
        return Some(Part { field: field_of(field)?, unit, window, bucket: true });
    }
    let rest = name.strip_prefix("x-").unwrap_or(name).strip_prefix("ratelimit-")?;
    let (field, dimension) = rest.split_once('-').unwrap_or((rest, ""));
    let (unit, window) = dimension_of(dimension)?;
    Some(Part { field: field_of(field)?, unit, window, bucket: !dimension.is_empty() && window.is_none() })
}

fn field_of(name: &str) -> Option<Field> {
    Some(match name {
        "limit" => Field::Limit,
        "remaining" => Field::Remaining,
        "reset" => Field::Reset,
        "renewalperiod" => Field::Renewal,
        _ => return None,
    })
}

fn dimension_of(name: &str) -> Option<(LimitUnit, Option<Duration>)> {
    let windows = [("-second", 1), ("-minute", 60), ("-hour", 3600), ("-day", 86_400)];
    let (unit, window) = windows
        .into_iter()
        .find_map(|(end, seconds)| Some((name.strip_suffix(end)?, Some(Duration::from_secs(seconds)))))
        .unwrap_or((name, None));
    let unit = match unit {
        "" | "requests" | "req" => LimitUnit::Requests,
        "tokens" => LimitUnit::Tokens,
        "input-tokens" => LimitUnit::InputTokens,
        "output-tokens" => LimitUnit::OutputTokens,
        _ => return None,
    };
    Some((unit, window))
}

/// A count, also in the form `100, 100;w=60`. One below zero tells nothing.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be at least 0; `as` saturates, and part of a unit is none"
)]
fn count(value: &str) -> Option<u64> {
    let first = value.split([',', ';']).next()?.trim();
    first.parse::<u64>().ok().or_else(|| {
        first
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite() && *number >= 0.0)
            .map(|number| number as u64)
    })
}

/// When everything is given back, as it was written.
#[derive(Clone, Copy)]
enum Reset {
    After(Duration),
    At(SystemTime),
    /// A number alone that is no date.
    Bare(f64),
}

impl Reset {
    fn read(value: &str) -> Option<Self> {
        if let Ok(number) = value.parse::<f64>() {
            if !number.is_finite() || number < 0.0 {
                return None;
            }
            // Unix time: in seconds since 2001, in milliseconds since 1970-04.
            let seconds = match number {
                1e10.. => number / 1000.0,
                1e9..1e10 => number,
                _ => return Some(Self::Bare(number)),
            };
            let since = Duration::try_from_secs_f64(seconds).ok()?;
            return SystemTime::UNIX_EPOCH.checked_add(since).map(Self::At);
        }
        duration(value)
            .map(Self::After)
            .or_else(|| rfc3339(value).map(Self::At))
            .or_else(|| httpdate::parse_http_date(value).ok().map(Self::At))
    }
}

/// A duration in Go's form: `6m0s`, `1h2m3.5s`, `17ms`, `2d`.
fn duration(value: &str) -> Option<Duration> {
    let mut rest = value;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit_on) = rest.split_at_checked(digits)?;
        let end = unit_on.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(unit_on.len());
        let (unit, after) = unit_on.split_at_checked(end)?;
        let seconds = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        let part = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()?;
        sum = sum.checked_add(part)?;
        rest = after;
    }
    (!value.is_empty()).then_some(sum)
}

/// A date and time of RFC 3339, from 1970 on.
pub(in crate::dialects) fn rfc3339(value: &str) -> Option<SystemTime> {
    let number = |range: std::ops::Range<usize>| {
        let digits = value.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok())?
    };
    let mark = |at: usize, marks: &[u8]| value.as_bytes().get(at).is_some_and(|byte| marks.contains(byte));
    if !(mark(4, b"-") && mark(7, b"-") && mark(10, b"Tt ") && mark(13, b":") && mark(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = value.get(19..)?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (fraction, zone) = rest.split_at_checked(zone_at)?;
    let fraction = match fraction {
        "" => 0.0,
        _ => format!("0{}", fraction.strip_prefix('.').map(|digits| format!(".{digits}"))?).parse().ok()?,
    };
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let zone_starts = 19 + zone_at;
            let of = |from: usize| number(zone_starts + from..zone_starts + from + 2);
            let minutes = of(1)? * 60 + of(4)?;
            if zone.len() != 6 {
                return None;
            } else if zone.starts_with('-') {
                -minutes
            } else {
                minutes
            }
        }
    };
    let seconds = days_from_1970(year, month, day) * 86_400 + hour * 3600 + (minute - offset) * 60 + second;
    let since = Duration::from_secs(u64::try_from(seconds).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since + Duration::try_from_secs_f64(fraction).ok()?)
}

/// Days of the Gregorian calendar, by Howard Hinnant's `days_from_civil`
/// (howardhinnant.github.io/date_algorithms.html).
const fn days_from_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
#[path = "rate_limits_tests.rs"]
mod tests;
