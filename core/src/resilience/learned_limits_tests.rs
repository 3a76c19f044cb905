use proptest::prelude::*;

use super::super::QuotaConfig;
use super::*;

const NANOSECOND: Duration = Duration::from_nanos(1);

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn told(unit: LimitUnit, limit: u64, remaining: u64, reset: u64, refill: Refill) -> ToldLimit {
    ToldLimit {
        limit: Some(limit),
        remaining: Some(remaining),
        reset_after: Some(at(reset)),
        refill,
        ..ToldLimit::empty(unit, None)
    }
}

/// Knows one limit, told at second 1.
fn knowing(limit: ToldLimit) -> LearnedLimits {
    let mut learned = LearnedLimits::new();
    learned.sent(&Demand::of(0, 0));
    learned.answered(at(1000), &Demand::of(0, 0), &[limit]);
    learned
}

#[test]
fn nothing_known_is_no_limit() {
    let mut learned = LearnedLimits::new();
    learned.sent(&Demand::of(u64::MAX, u64::MAX));
    assert_eq!(learned.available_at(&Demand::of(1_000_000, 0)), Duration::ZERO);
    learned.answered(at(0), &Demand::of(u64::MAX, u64::MAX), &[]);
    assert_eq!(learned.wait(at(0), &Demand::of(u64::MAX, u64::MAX)), Duration::ZERO);
}

#[test]
fn a_bucket_gives_back_evenly() {
    // 60,000 a minute, 59,000 of them used: 1,000 a second come back.
    let learned = knowing(told(LimitUnit::Tokens, 60_000, 1000, 59_000, Refill::Continuous));
    assert_eq!(learned.wait(at(1000), &Demand::of(900, 100)), Duration::ZERO);
    assert_eq!(learned.wait(at(1000), &Demand::of(2000, 1000)), at(2000));
    assert_eq!(learned.wait(at(2500), &Demand::of(2000, 1000)), at(500));
    assert_eq!(learned.wait(at(1000), &Demand::of(60_000, 0)), at(59_000));
    assert_eq!(learned.wait(at(1000), &Demand::of(90_000, 0)), at(59_000), "more than is ever allowed");
    assert_eq!(learned.left(at(11_000)).map(|left| left.remaining).collect::<Vec<_>>(), [11_000]);
}

#[test]
fn a_window_gives_back_at_its_end() {
    let learned = knowing(told(LimitUnit::Requests, 2, 0, 1000, Refill::AtReset));
    assert_eq!(learned.wait(at(1000), &Demand::of(5, 5)), at(1000));
    assert_eq!(learned.wait(at(2000) - NANOSECOND, &Demand::of(5, 5)), NANOSECOND);
    assert_eq!(learned.wait(at(2000), &Demand::of(5, 5)), Duration::ZERO);
    assert_eq!(learned.left(at(2000)).count(), 0, "nothing is believed past its reset");
}

#[test]
fn requests_on_their_way_are_taken_off() {
    let mut learned = knowing(told(LimitUnit::Requests, 10, 2, 60_000, Refill::AtReset));
    let one = Demand::of(10, 0);
    for _ in 0..2 {
        assert_eq!(learned.wait(at(1000), &one), Duration::ZERO);
        learned.sent(&one);
    }
    assert_eq!(learned.wait(at(1000), &one), at(60_000));
    // One failed before it was told anything: it may have counted.
    learned.answered(at(2000), &one, &[]);
    assert_eq!(learned.wait(at(2000), &one), at(59_000));
    // The other's response counts both, and says what is left.
    learned.answered(at(3000), &one, &[told(LimitUnit::Requests, 10, 1, 58_000, Refill::AtReset)]);
    assert_eq!(learned.wait(at(3000), &one), Duration::ZERO);
}

#[test]
fn the_tightest_of_several_counts_and_each_takes_its_own() {
    let mut learned = LearnedLimits::new();
    let limits = [
        told(LimitUnit::Requests, 100, 50, 30_000, Refill::Continuous),
        told(LimitUnit::InputTokens, 10_000, 100, 9900, Refill::Continuous),
        told(LimitUnit::OutputTokens, 1000, 10, 990, Refill::Continuous),
    ];
    learned.answered(at(0), &Demand::default(), &limits);
    assert_eq!(learned.available_at(&Demand::of(100, 10)), Duration::ZERO);
    assert_eq!(learned.available_at(&Demand::of(600, 10)), at(500));
    assert_eq!(learned.available_at(&Demand::of(600, 910)), at(900));
}

#[test]
fn windows_of_one_unit_stand_beside_each_other() {
    let mut learned = LearnedLimits::new();
    let minute = ToldLimit {
        window: Some(at(60_000)),
        reset_after: None,
        ..told(LimitUnit::Requests, 5, 0, 0, Refill::AtReset)
    };
    let day = ToldLimit {
        window: Some(at(86_400_000)),
        ..told(LimitUnit::Requests, 1000, 900, 40_000_000, Refill::AtReset)
    };
    learned.answered(at(0), &Demand::default(), &[minute, day]);
    assert_eq!(learned.left(at(0)).count(), 2);
    assert_eq!(learned.available_at(&Demand::of(1, 1)), at(60_000), "a whole window, where no reset is told");
    let none_left = ToldLimit { remaining: Some(0), ..day };
    learned.answered(at(1000), &Demand::default(), &[none_left]);
    assert_eq!(learned.available_at(&Demand::of(1, 1)), at(40_001_000));
}

#[test]
fn what_cannot_be_used_is_left_out_and_memory_is_bounded() {
    let mut learned = LearnedLimits::new();
    let whole = told(LimitUnit::Requests, 5, 0, 60_000, Refill::AtReset);
    let useless = [ToldLimit { remaining: None, ..whole }, ToldLimit { reset_after: None, ..whole }];
    learned.answered(at(0), &Demand::default(), &useless);
    assert_eq!(learned.left(at(0)).count(), 0);
    let many: Vec<_> = (1..1000).map(|window| ToldLimit { window: Some(at(window)), ..whole }).collect();
    learned.answered(at(0), &Demand::default(), &many);
    assert_eq!(learned.left(at(0)).count(), MOST);
}

#[test]
fn the_tighter_of_what_is_set_and_what_was_told_wins() {
    let config = QuotaConfig { requests_per_minute: Some(60), ..QuotaConfig::default() };
    let mut quota = Quota::new(&config);
    let one = Demand::of(0, 0);
    for _ in 0..60 {
        quota.take(at(1000), &one);
    }
    let loose = knowing(told(LimitUnit::Requests, 100, 99, 600, Refill::Continuous));
    let tight = knowing(told(LimitUnit::Requests, 100, 0, 60_000, Refill::AtReset));
    assert_eq!(allowed_at(&quota, &loose, &one), at(2000));
    assert_eq!(allowed_at(&quota, &tight, &one), at(61_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// At the instant named the bucket holds what is wanted; a nanosecond
    /// before, it does not.
    #[test]
    fn the_wait_is_exact(
        limit in 1_u64..10_000_000,
        used in 0.0_f64..1.0,
        cost in 1_u64..10_000_000,
        reset in 1_u64..100_000_000_000,
    ) {
        let remaining = (limit as f64 * used) as u64;
        let reset_after = Some(Duration::from_nanos(reset));
        let limit = told(LimitUnit::Tokens, limit, remaining, 0, Refill::Continuous);
        let limit = ToldLimit { reset_after, ..limit };
        let learned = knowing(limit);
        let known = learned.learned[0];
        let at = learned.available_at(&Demand::of(cost, 0));
        if at.is_zero() {
            prop_assert!(cost <= remaining);
        } else if at < known.reset_at {
            prop_assert!(known.remaining_at(at) >= cost);
            prop_assert!(known.remaining_at(at - NANOSECOND) < cost);
        } else {
            prop_assert_eq!(at, known.reset_at);
            prop_assert!(known.remaining_at(at - NANOSECOND) < cost);
        }
    }
}
