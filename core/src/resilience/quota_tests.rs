use proptest::prelude::*;
use serde_json::json;

use super::*;

const NANOSECOND: Duration = Duration::from_nanos(1);
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

fn quota(config: serde_json::Value) -> Quota {
    let config: QuotaConfig = serde_json::from_value(config).unwrap();
    config.validate("quota").unwrap();
    Quota::new(&config)
}

fn wait(quota: &Quota, now: Duration, demand: &Demand) -> Option<(&'static str, Duration)> {
    match quota.check(now, demand) {
        Ok(()) => None,
        Err(QuotaRefusal::Rate { name, wait }) => Some((name, wait)),
        Err(QuotaRefusal::Concurrency) => panic!("a rate was expected"),
    }
}

#[test]
fn sixty_a_minute_go_at_once_and_then_one_a_second() {
    let mut quota = quota(json!({"requests_per_minute": 60}));
    let one = Demand::of(0, 0);
    for left in (0..60).rev() {
        assert_eq!(quota.check(SECOND, &one), Ok(()));
        quota.take(SECOND, &one);
        assert_eq!(quota.left(SECOND)[0].remaining, left);
    }
    assert_eq!(wait(&quota, SECOND, &one), Some(("requests_per_minute", SECOND)));
    assert_eq!(quota.available_at(&one), SECOND * 2);
    assert_eq!(wait(&quota, SECOND * 2 - NANOSECOND, &one), Some(("requests_per_minute", NANOSECOND)));
    assert_eq!(quota.check(SECOND * 2, &one), Ok(()));
}

#[test]
fn a_rate_that_no_whole_nanosecond_divides_does_not_drift() {
    // Seven a second, all asked for at once: the n-th goes at ceil(n / 7 s).
    let mut gcra = Gcra::new(7, SECOND, 1);
    for n in 0..70_000_u64 {
        let expected = Duration::from_nanos((n * 1_000_000_000).div_ceil(7));
        assert_eq!(gcra.available_at(1), expected);
        gcra.take(Duration::ZERO, 1);
    }
    assert_eq!(gcra.available_at(1), SECOND * 10_000);
}

#[test]
fn limits_of_a_day_and_huge_rates_are_exact() {
    let mut day = Gcra::new(86_400_000_000_000, DAY, 1);
    day.take(DAY, 5);
    assert_eq!(day.check(DAY, 1), Err(NANOSECOND * 5), "a token a nanosecond");
    let mut most = Gcra::new(u64::MAX, DAY * 365, u64::MAX);
    most.take(DAY * 365 * 100, u64::MAX);
    assert_eq!(most.remaining(DAY * 365 * 100), 0);
    assert_eq!(most.check(DAY * 365 * 100, u64::MAX), Err(DAY * 365));
    let mut slow = Gcra::new(1, DAY, 1);
    slow.take(Duration::ZERO, 1);
    assert_eq!(slow.check(NANOSECOND, 1), Err(DAY - NANOSECOND));
}

#[test]
fn the_longest_wait_of_several_limits_counts() {
    let mut quota = quota(json!({"requests_per_second": 1, "tokens_per_minute": 6000}));
    quota.take(Duration::ZERO, &Demand::of(4000, 1000));
    assert_eq!(wait(&quota, Duration::ZERO, &Demand::of(500, 0)), Some(("requests_per_second", SECOND)));
    let long = Demand::of(1000, 500);
    assert_eq!(wait(&quota, Duration::ZERO, &long), Some(("tokens_per_minute", SECOND * 5)));
}

#[test]
fn an_estimate_is_settled_with_what_was_used() {
    let mut quota = quota(json!({"tokens_per_minute": 6000}));
    let whole = Demand::of(6000, 0);
    quota.take(SECOND, &Demand::of(1000, 4000));
    assert_eq!(wait(&quota, SECOND, &whole), Some(("tokens_per_minute", SECOND * 50)));
    quota.settle(SECOND * 2, &Demand::of(1000, 4000), &Demand::of(1000, 200));
    assert_eq!(quota.available_at(&whole), SECOND * 13, "12 s for 1,200 tokens, from second 1 on");
    quota.take(SECOND * 13, &Demand::of(100, 0));
    quota.settle(SECOND * 14, &Demand::of(100, 0), &Demand::of(100, 500));
    assert_eq!(quota.available_at(&whole), SECOND * 19);
}

#[test]
fn what_is_given_back_late_is_no_credit() {
    let mut gcra = Gcra::new(60, Duration::from_secs(60), 10);
    gcra.take(Duration::ZERO, 10);
    gcra.settle(SECOND * 100, 10, 0);
    assert_eq!(gcra.remaining(SECOND * 100), 10, "the burst, no more");
}

#[test]
fn more_than_the_burst_goes_when_nothing_is_owed_and_is_paid_off_after() {
    let mut gcra = Gcra::new(10, SECOND, 10);
    assert_eq!(gcra.check(Duration::ZERO, 25), Ok(()));
    gcra.take(Duration::ZERO, 25);
    assert_eq!(gcra.check(Duration::ZERO, 25), Err(Duration::from_millis(2500)));
    assert_eq!(gcra.check(Duration::ZERO, 1), Err(Duration::from_millis(1600)));
}

#[test]
fn a_smaller_burst_spreads_the_limit() {
    let mut quota = quota(json!({"requests_per_minute": 60, "burst": 0.1}));
    for _ in 0..6 {
        assert_eq!(quota.check(Duration::ZERO, &Demand::of(0, 0)), Ok(()));
        quota.take(Duration::ZERO, &Demand::of(0, 0));
    }
    assert_eq!(quota.available_at(&Demand::of(0, 0)), SECOND);
}

#[test]
fn concurrency_is_given_back() {
    assert!(quota(json!({})).is_unlimited());
    let mut quota = quota(json!({"concurrency": 2}));
    assert!(!quota.is_unlimited());
    let demand = Demand::of(10, 10);
    for _ in 0..2 {
        assert_eq!(quota.check(SECOND, &demand), Ok(()));
        quota.take(SECOND, &demand);
    }
    assert_eq!((quota.check(SECOND, &demand), quota.in_flight()), (Err(QuotaRefusal::Concurrency), 2));
    quota.settle(SECOND, &demand, &demand);
    assert_eq!((quota.check(SECOND, &demand), quota.in_flight()), (Ok(()), 1));
}

#[test]
fn names_what_is_wrong() {
    for (given, field) in [
        (json!({"requests_per_minute": 0}), "requests_per_minute"),
        (json!({"tokens_per_day": 0}), "tokens_per_day"),
        (json!({"burst": 0}), "burst"),
        (json!({"burst": 1.5}), "burst"),
        (json!({"concurrency": 0}), "concurrency"),
    ] {
        let config: QuotaConfig = serde_json::from_value(given).unwrap();
        let error = config.validate("providers[0].quota").unwrap_err();
        assert_eq!(error.param, Some(format!("providers[0].quota.{field}")));
    }
    assert!(serde_json::from_value::<QuotaConfig>(json!({"requests_per_minute": 1.5})).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Waiting exactly as long as told succeeds; a nanosecond less does not.
    #[test]
    fn the_wait_is_exact(
        limit in prop_oneof![1_u64..20, 1_u64..1_000_000_000, Just(u64::from(u32::MAX))],
        period in prop_oneof![Just(SECOND), Just(SECOND * 60), Just(DAY)],
        burst in prop_oneof![1_u64..10, 1_u64..1_000_000],
        steps in prop::collection::vec((0_u64..5_000_000_000, 0_u64..2_000_000, 0_u64..2_000_000), 1..60),
    ) {
        let mut gcra = Gcra::new(limit, period, burst);
        let mut now = Duration::ZERO;
        for (pause, cost, actual) in steps {
            now += Duration::from_nanos(pause);
            if let Err(wait) = gcra.check(now, cost) {
                prop_assert!(!wait.is_zero());
                prop_assert_eq!(gcra.check(now + wait, cost), Ok(()));
                prop_assert_eq!(gcra.check(now + wait - NANOSECOND, cost), Err(NANOSECOND));
                now += wait;
            }
            gcra.take(now, cost);
            if actual % 3 == 0 {
                gcra.settle(now, cost, actual);
            }
        }
    }

    /// No more than the burst and the even flow ever goes, in any stretch of time.
    #[test]
    fn the_rate_is_kept(
        limit in 1_u64..100,
        burst in 1_u64..50,
        pauses in prop::collection::vec(0_u64..200_000_000, 1..200),
    ) {
        let mut gcra = Gcra::new(limit, SECOND, burst);
        let mut now = Duration::ZERO;
        let mut went = Vec::new();
        for pause in pauses {
            now += Duration::from_nanos(pause);
            if gcra.check(now, 1).is_ok() {
                gcra.take(now, 1);
                went.push(now);
            }
        }
        for (first, from) in went.iter().enumerate() {
            for (last, to) in went.iter().enumerate().skip(first) {
                let flow = (*to - *from).as_nanos() * u128::from(limit) / 1_000_000_000;
                prop_assert!((last - first + 1) as u128 <= u128::from(burst) + flow);
            }
        }
    }

    /// The remaining units go at once, and one more does not.
    #[test]
    fn the_remaining_is_what_may_go(taken in 0_u64..200, now in 0_u64..10_000_000_000) {
        let mut gcra = Gcra::new(33, SECOND, 100);
        gcra.take(SECOND, taken);
        let now = SECOND + Duration::from_nanos(now);
        let remaining = gcra.remaining(now);
        prop_assert!(remaining <= 100);
        prop_assert!(remaining == 0 || gcra.check(now, remaining).is_ok());
        prop_assert!(remaining == 100 || gcra.check(now, remaining + 1).is_err());
    }
}
