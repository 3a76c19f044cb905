//! The one form of a date that a signature has, and the one in which keys say their end.

use std::time::{Duration, SystemTime};

const DAY: u64 = 86_400;

/// `20150830T123600Z`. A time before 1970 is its beginning.
pub(super) fn basic_iso8601(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let (year, month, day) = civil(seconds / DAY);
    let second = seconds % DAY;
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Year, month and day of a number of days since 1970-01-01: `civil_from_days` of
/// Howard Hinnant ("chrono-Compatible Low-Level Date Algorithms").
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

/// Seconds since 1970 of `2026-11-21T12:00:00Z`, with or without a fraction.
pub(in crate::auth) fn seconds_of_iso8601(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    let of = |at: usize, mark: &str| text.get(at..at + mark.len()) == Some(mark);
    if !(of(4, "-") && of(7, "-") && of(10, "T") && of(13, ":") && of(16, ":") && text.ends_with('Z')) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let time = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    Some(days(year, month, day) * DAY + time)
}

/// Days since 1970-01-01: `days_from_civil` of the same.
const fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_date_is_none() {
        assert_eq!(
            seconds_of_iso8601("2026-11-21T12:00:00.123Z"),
            seconds_of_iso8601("2026-11-21T12:00:00Z")
        );
        for text in
            ["", "soon", "2026-11-21", "2026-11-21T12:00:00", "2026-13-21T12:00:00Z", "1969-11-21T12:00:00Z"]
        {
            assert_eq!(seconds_of_iso8601(text), None, "{text}");
        }
    }

    #[test]
    fn dates_of_leap_years_and_ends_of_months() {
        // `date -u -d @SECONDS +%Y%m%dT%H%M%SZ`
        for (seconds, text) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (1_440_938_160, "20150830T123600Z"),
            (1_709_251_199, "20240229T235959Z"),
            (1_735_689_599, "20241231T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            assert_eq!(basic_iso8601(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)), text);
            let (day, time) = text.split_once('T').unwrap();
            let long = format!(
                "{}-{}-{}T{}:{}:{}Z",
                &day[..4],
                &day[4..6],
                &day[6..],
                &time[..2],
                &time[2..4],
                &time[4..6]
            );
            assert_eq!(seconds_of_iso8601(&long), Some(seconds));
        }
    }
}
