//! Date and time of day from a number of seconds, without a clock or time zones.
//!
//! Named zones need a database that ages; a fixed offset does for rules.

use crate::error::{Error, Result};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// An instant, as a wall clock at some offset shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    /// 1 (Monday) to 7 (Sunday), as in ISO 8601.
    pub weekday: i64,
}

impl Clock {
    /// `unix`: seconds since 1970-01-01 00:00 UTC; `offset`: seconds east of UTC.
    pub fn at(unix: i64, offset: i64) -> Self {
        let local = unix.saturating_add(offset);
        let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        Self {
            year,
            month,
            day,
            hour: second / HOUR,
            minute: second % HOUR / MINUTE,
            // Day 0 was a Thursday.
            weekday: (days + 3).rem_euclid(7) + 1,
        }
    }

    /// `2026-01-31`: dates compare as texts.
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Year, month and day of a number of days since 1970-01-01: `civil_from_days` of
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// <https://howardhinnant.github.io/date_algorithms.html>.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Seconds of an offset such as `+02:00` or `-05:30`.
///
/// Errors: `ConfigurationError` at `place`.
pub(super) fn offset(text: &str, place: &str) -> Result<i64> {
    read_offset(text).ok_or_else(|| {
        let message = format!(
            "`{text}` is no offset from UTC: write hours and minutes from -12:00 to +14:00, as +02:00"
        );
        Error::configuration(place, message)
    })
}

fn read_offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse::<i64>().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = sign * (hours * HOUR + minutes * MINUTE);
    (minutes < 60 && (-12 * HOUR..=14 * HOUR).contains(&seconds)).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants_show_as_on_a_calendar() {
        // `date -u -d @N +'%F %H:%M %u'`
        for (unix, date, hour, minute, weekday) in [
            (0, "1970-01-01", 0, 0, 4),
            (-1, "1969-12-31", 23, 59, 3),
            (951_782_399, "2000-02-28", 23, 59, 1),
            (951_782_400, "2000-02-29", 0, 0, 2),
            (1_709_164_800, "2024-02-29", 0, 0, 4),
            (1_735_689_599, "2024-12-31", 23, 59, 2),
            (4_107_542_400, "2100-03-01", 0, 0, 1),
        ] {
            let clock = Clock::at(unix, 0);
            let shown = (clock.date(), clock.hour, clock.minute, clock.weekday);
            assert_eq!(shown, (date.to_owned(), hour, minute, weekday), "{unix}");
        }
    }

    #[test]
    fn days_follow_one_another_through_four_centuries() {
        let mut before = Clock::at(-DAY, 0);
        for day in 0..146_097 {
            let clock = Clock::at(day * DAY, 0);
            assert!(clock.date() > before.date(), "{} after {}", clock.date(), before.date());
            assert_eq!(clock.weekday % 7 + 1, Clock::at((day + 1) * DAY, 0).weekday);
            assert!(clock.day == before.day + 1 || (clock.day == 1 && before.day >= 28));
            before = clock;
        }
        assert_eq!(before.date(), "2369-12-31");
    }

    #[test]
    fn an_offset_shifts_the_day() {
        let east = Clock::at(1_735_689_599, offset("+02:00", "").unwrap());
        assert_eq!((east.date().as_str(), east.hour, east.weekday), ("2025-01-01", 1, 3));
        let west = Clock::at(0, offset("-00:30", "").unwrap());
        assert_eq!((west.date().as_str(), west.hour, west.minute), ("1969-12-31", 23, 30));
        for extreme in [i64::MIN, i64::MAX] {
            assert!((1..=7).contains(&Clock::at(extreme, 14 * HOUR).weekday));
        }
    }

    #[test]
    fn what_is_no_offset_is_refused_with_its_place() {
        for wrong in ["", "Z", "02:00", "+2:00", "+02", "+02:60", "+14:01", "-12:01", "+0a:00", "+-1:00", "é"]
        {
            let error = offset(wrong, "routes.smart.rules[0].utc_offset").unwrap_err();
            assert_eq!(error.param.as_deref(), Some("routes.smart.rules[0].utc_offset"), "{wrong}");
            assert!(error.message.contains("+02:00"), "{error}");
        }
    }
}
