//! Times in texts, as wires send them.

/// Seconds since 1970 of a time by RFC 3339 in UTC, such as `2026-05-27T16:53:45.443719Z`.
pub(super) fn unix_seconds(time: &str) -> Option<i64> {
    let (date, clock) = time.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, separator| -> Option<Vec<i64>> {
        text.split(separator).map(|number| number.parse().ok()).collect()
    };
    let date = numbers(date, '-')?;
    let clock = numbers(clock.split('.').next()?, ':')?;
    let (&[year, month, day], &[hour, minute, second]) = (date.as_slice(), clock.as_slice()) else {
        return None;
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    // Days since 1970 in the proleptic Gregorian calendar, years begun in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_seconds_since_1970() {
        assert_eq!(unix_seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(unix_seconds("2000-02-29T12:00:00Z"), Some(951_825_600));
        assert_eq!(unix_seconds("2026-05-27T16:53:45.443719Z"), Some(1_779_900_825));
        for wrong in ["", "now", "2026-05-27", "2026-13-01T00:00:00Z", "2026-05-27T16:53Z"] {
            assert_eq!(unix_seconds(wrong), None, "{wrong}");
        }
    }
}
