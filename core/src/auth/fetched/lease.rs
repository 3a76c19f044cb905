//! When a fetched credential is used, fetched ahead, and waited for: decisions alone.

use std::time::Duration;

/// A credential is fetched anew this long before it ends, or a quarter of its life before
/// where that is shorter. Google's metadata server hands out the same token until five
/// minutes before its end.
const AHEAD: Duration = Duration::from_secs(300);
/// It counts as ended this long before it does, or a tenth of its life, for the way to the
/// service and clocks that differ.
const MARGIN: Duration = Duration::from_secs(10);
/// Waits between attempts to fetch ahead that fail: the first, doubled up to the last.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A refused credential is replaced at once, and then not again for this long: where the
/// new one is refused too, fetching is not what helps.
const REPLACED_AT_MOST_EVERY: Duration = Duration::from_secs(30);

/// How long a credential is good. All times are since the client was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    refresh_at: Duration,
    ends_at: Duration,
}

/// What is to be done about a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Use it.
    Fresh,
    /// Use it, and fetch another beside.
    Aging,
    /// Wait for another.
    Ended,
}

impl Lease {
    /// `random`, 0 to 1, spreads over time what many processes do.
    pub fn new(now: Duration, lifetime: Option<Duration>, random: f64) -> Self {
        let Some(lifetime) = lifetime else {
            return Self { refresh_at: Duration::MAX, ends_at: Duration::MAX };
        };
        let ahead = AHEAD.min(lifetime / 4);
        let earlier = ahead.mul_f64(random.clamp(0.0, 1.0) / 4.0);
        Self {
            refresh_at: now.saturating_add(lifetime.saturating_sub(ahead + earlier)),
            ends_at: now.saturating_add(lifetime.saturating_sub(MARGIN.min(lifetime / 10))),
        }
    }

    pub fn standing(&self, now: Duration) -> Standing {
        match now {
            now if now >= self.ends_at => Standing::Ended,
            now if now >= self.refresh_at => Standing::Aging,
            _ => Standing::Fresh,
        }
    }
}

/// How long to rest after so many failures in a row to fetch ahead.
pub(super) fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(8)).min(LONGEST_PAUSE)
}

/// Whether a refused credential is to be replaced, by when one was last.
pub(super) fn may_replace(now: Duration, replaced_at: Option<Duration>) -> bool {
    replaced_at.is_none_or(|at| now >= at.saturating_add(REPLACED_AT_MOST_EVERY))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn an_hour_is_refreshed_five_minutes_ahead_or_a_little_sooner() {
        for (random, refresh) in [(0.0, 3300), (1.0, 3225)] {
            let lease = Lease::new(seconds(100), Some(seconds(3600)), random);
            assert_eq!(lease.standing(seconds(100 + refresh - 1)), Standing::Fresh);
            assert_eq!(lease.standing(seconds(100 + refresh)), Standing::Aging);
            assert_eq!(lease.standing(seconds(100 + 3589)), Standing::Aging);
            assert_eq!(lease.standing(seconds(100 + 3590)), Standing::Ended);
        }
    }

    #[test]
    fn a_short_life_is_used_for_most_of_it_and_none_is_never_used_twice() {
        let lease = Lease::new(seconds(0), Some(seconds(60)), 0.0);
        assert_eq!(lease.standing(seconds(44)), Standing::Fresh);
        assert_eq!(lease.standing(seconds(45)), Standing::Aging);
        assert_eq!(lease.standing(seconds(54)), Standing::Ended);
        assert_eq!(Lease::new(seconds(0), Some(seconds(0)), 0.5).standing(seconds(0)), Standing::Ended);
        assert_eq!(Lease::new(seconds(0), None, 0.5).standing(seconds(1 << 40)), Standing::Fresh);
    }

    #[test]
    fn failures_to_fetch_ahead_are_spaced_and_replacing_has_a_limit() {
        assert_eq!([1, 2, 3, 4, 5, 99].map(|n| pause(n).as_secs()), [5, 10, 20, 40, 60, 60]);
        assert!(may_replace(seconds(1), None));
        assert!(!may_replace(seconds(30), Some(seconds(1))));
        assert!(may_replace(seconds(31), Some(seconds(1))));
    }
}
