//! How long to wait before asking again whether something that takes long has ended.
//!
//! A batch takes minutes to a day, and asking is free but limited: the first looks are close together,
//! for small ones end soon, and the later ones further apart.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(2);
const GROWTH: f64 = 1.5;
const LONGEST: Duration = Duration::from_secs(60);

/// The wait before the look of this number; the first, 0, waits for nothing. It grows by half each
/// time, from 2 s to a minute. `seed` draws up to a tenth more, for those who began together not to ask
/// together.
#[must_use]
pub fn wait_before(poll: u32, seed: u64) -> Duration {
    let Some(waits) = poll.checked_sub(1) else { return Duration::ZERO };
    let grown = FIRST.as_secs_f64() * GROWTH.powi(i32::try_from(waits.min(64)).unwrap_or(64));
    let wait = grown.min(LONGEST.as_secs_f64());
    let more = fastrand::Rng::with_seed(seed ^ u64::from(poll)).f64() / 10.0;
    Duration::from_secs_f64(wait * (1.0 + more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_differ_between_callers() {
        assert_eq!(wait_before(0, 7), Duration::ZERO);
        let waits: Vec<f64> = (1..40).map(|poll| wait_before(poll, 7).as_secs_f64()).collect();
        assert!((2.0..=2.2).contains(&waits[0]), "{waits:?}");
        assert!(waits.iter().all(|wait| (2.0..=66.0).contains(wait)), "{waits:?}");
        assert!(waits[0] < waits[3] && waits[3] < waits[6]);
        assert!(waits[30] >= 60.0);
        assert_ne!(wait_before(3, 7), wait_before(3, 8));
        assert_eq!(wait_before(u32::MAX, 7), wait_before(u32::MAX, 7));
    }
}
