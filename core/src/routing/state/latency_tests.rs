use proptest::prelude::*;
use serde_json::json;

use super::Delivery::{Plain, Streamed};
use super::*;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const SECOND: Duration = Duration::from_secs(1);

fn seen(took: Duration) -> Latency {
    let mut latency = Latency::new(LatencyConfig::default());
    latency.first_token(at(0), took);
    latency
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn a_peak_counts_at_once_and_fades_by_time() {
    let mut latency = seen(SECOND);
    latency.first_token(at(10), SECOND * 10);
    assert!(near(latency.view().first_token(at(10), Streamed, 0), 10.0));
    // One decay later, fast again: 37 % of the peak and 63 % of the present.
    latency.first_token(at(40), SECOND);
    let expected = 10.0 / std::f64::consts::E + (1.0 - 1.0 / std::f64::consts::E);
    assert!(near(latency.view().first_token(at(40), Streamed, 0), expected));
}

#[test]
fn many_quick_observations_do_not_outrun_time() {
    let mut often = seen(SECOND * 10);
    let mut once = often;
    for millisecond in 1..=3000 {
        often.first_token(Duration::from_millis(millisecond), SECOND);
    }
    once.first_token(at(3), SECOND);
    let (often, once) =
        (often.view().first_token(at(3), Streamed, 0), once.view().first_token(at(3), Streamed, 0));
    assert!((often - once).abs() < 0.01, "{often} {once}");
}

#[test]
fn a_new_target_is_tried_by_one_and_its_first_observation_replaces_the_estimate() {
    let mut latency = Latency::new(LatencyConfig::default());
    let new = latency.view();
    for delivery in [Streamed, Plain] {
        assert!(near(new.load(at(0), delivery, 0, 50), 0.0), "nothing speaks against a try");
        assert!(near(new.first_token(at(1_000_000), delivery, 1), 1.0), "by one: it does not fade");
    }
    assert!(near(new.load(at(0), Plain, 1, 50), 2.0));
    assert!(near(new.load(at(0), Streamed, 3, 50), (1.0 + 50.0 * 0.02) * 4.0));
    latency.first_token(at(5), Duration::from_millis(200));
    latency.generated(at(6), 100, SECOND);
    assert!(near(latency.view().load(at(5), Streamed, 0, 100), 0.2 + 1.0));
}

#[test]
fn an_idle_target_fades_until_one_request_tries_it() {
    let slow = seen(SECOND * 10).view();
    let peer = 1.0;
    assert!(
        slow.load(at(69), Streamed, 0, 0) > peer && slow.load(at(70), Streamed, 0, 0) < peer,
        "tried again after 70 s"
    );
    assert!(slow.load(at(70), Streamed, 1, 0) > peer * 9.0, "by one at a time");
}

#[test]
fn time_per_token_follows_by_time() {
    let mut latency = Latency::new(LatencyConfig::default());
    latency.generated(at(0), 100, SECOND);
    assert!(near(latency.view().per_token, 0.01));
    latency.generated(at(30), 10, SECOND);
    let e = 1.0 / std::f64::consts::E;
    assert!(near(latency.view().per_token, 0.01 * e + 0.1 * (1.0 - e)));
    let before = latency.view();
    latency.generated(at(60), 0, SECOND);
    assert_eq!(latency.view(), before);
}

#[test]
fn failures_count_as_slow_and_double() {
    let mut latency = seen(Duration::from_millis(500));
    let mut counted = Vec::new();
    for second in 1..=6 {
        latency.failed(at(second), Streamed, Duration::from_millis(5));
        counted.push(latency.view().streamed.seconds);
    }
    assert_eq!(counted, [10.0, 20.0, 40.0, 80.0, 120.0, 120.0]);
    latency.failed(at(7), Streamed, SECOND * 600);
    assert!(near(latency.view().streamed.seconds, 600.0), "a hang counts in full");
    let mut slow_model = seen(SECOND * 30);
    slow_model.failed(at(0), Streamed, Duration::from_millis(5));
    assert!(near(slow_model.view().streamed.seconds, 60.0), "slower than its own successes");
    let mut new = Latency::new(LatencyConfig::default());
    new.failed(at(0), Streamed, Duration::ZERO);
    assert!(near(new.view().streamed.seconds, 10.0));
}

#[test]
fn what_fails_together_counts_once() {
    let mut latency = seen(Duration::from_millis(500));
    for millisecond in 0..50 {
        latency.failed(at(10) + Duration::from_millis(millisecond), Streamed, SECOND);
    }
    let counted = latency.view().streamed.seconds;
    assert!((9.9..=10.0).contains(&counted), "{counted}");
    latency.failed(at(12), Streamed, SECOND);
    let doubled = latency.view().streamed.seconds;
    assert!(near(doubled, counted * 2.0), "begun after: {doubled}");
}

#[test]
fn a_cancelled_request_only_ever_slows() {
    let mut latency = seen(SECOND);
    let before = latency.view();
    latency.took_at_least(at(5), Streamed, Duration::from_millis(900));
    assert_eq!(latency.view(), before);
    latency.took_at_least(at(5), Streamed, SECOND * 4);
    assert!(near(latency.view().first_token(at(5), Streamed, 0), 4.0));
}

#[test]
fn a_new_target_that_was_left_is_no_longer_new() {
    for delivery in [Streamed, Plain] {
        let mut latency = Latency::new(LatencyConfig::default());
        latency.took_at_least(at(5), delivery, Duration::from_millis(1));
        assert!(near(latency.view().first_token(at(5), delivery, 0), 1.0), "{delivery:?}");
        // Its first answer counts in full all the same.
        latency.first_token(at(5), SECOND / 4);
        latency.answered(at(5), Plain, SECOND / 4);
        assert!(near(latency.view().first_token(at(5), delivery, 0), 0.25), "{delivery:?}");
    }
}

#[test]
fn a_plain_call_is_judged_by_the_whole_time_alone() {
    let mut latency = seen(SECOND);
    latency.generated(at(0), 100, SECOND * 2);
    latency.answered(at(0), Plain, SECOND * 4);
    let view = latency.view();
    assert!(near(view.load(at(0), Plain, 0, 256), 4.0), "no tokens come after it");
    assert!(near(view.load(at(0), Plain, 1, 256), 8.0));
    assert!(near(view.load(at(0), Streamed, 0, 100), 1.0 + 2.0), "and streams as before");
    latency.first_token(at(0), SECOND * 9);
    latency.answered(at(0), Streamed, SECOND * 99);
    assert!(near(latency.view().load(at(0), Plain, 0, 256), 4.0));
}

#[test]
fn what_was_seen_the_other_way_is_a_guess_until_the_first_own_observation() {
    let mut latency = seen(SECOND);
    latency.answered(at(3), Streamed, SECOND * 3);
    assert!(near(latency.view().load(at(3), Plain, 0, 256), 3.0), "a stream's whole time");
    latency.answered(at(3), Plain, SECOND * 2);
    assert!(near(latency.view().load(at(3), Plain, 0, 256), 2.0));

    let mut latency = Latency::new(LatencyConfig::default());
    latency.answered(at(0), Plain, SECOND * 5);
    let view = latency.view();
    assert!(near(view.load(at(0), Streamed, 0, 100), 5.0), "a first token comes before the end");
    assert!(near(view.load(at(0), Streamed, 1, 100), (5.0 + 2.0) * 2.0), "one tries how fast it goes on");
    latency.first_token(at(0), SECOND);
    assert!(near(latency.view().load(at(0), Streamed, 0, 100), 1.0 + 2.0));
}

#[test]
fn a_failure_counts_for_streams_and_plain_calls_and_its_time_for_its_own() {
    for (delivery, other) in [(Streamed, Plain), (Plain, Streamed)] {
        let mut latency = Latency::new(LatencyConfig::default());
        latency.failed(at(60), delivery, SECOND * 60);
        let view = latency.view();
        assert!(near(view.first_token(at(60), delivery, 0), 60.0), "{delivery:?}");
        assert!(near(view.first_token(at(60), other, 0), 10.0), "{delivery:?}");
    }
}

#[test]
fn names_what_is_wrong() {
    for (given, field) in [
        (json!({"decay": 0}), "decay"),
        (json!({"first_token": 0}), "first_token"),
        (json!({"per_token": 0}), "per_token"),
        (json!({"failure": 0}), "failure"),
        (json!({"longest_failure": 1}), "longest_failure"),
    ] {
        let config: LatencyConfig = serde_json::from_value(given).unwrap();
        assert_eq!(config.validate("latency").unwrap_err().param, Some(format!("latency.{field}")));
    }
    assert!(LatencyConfig::default().validate("latency").is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// However quick a failure or a cancellation, it never lowers the estimate;
    /// and the estimate stays between the quickest and the slowest it was told.
    #[test]
    fn a_failure_never_attracts_load(
        steps in prop::collection::vec((0_u64..60_000, 0_u8..3, 1_u64..30_000), 1..60),
    ) {
        let mut latency = Latency::new(LatencyConfig::default());
        let mut now = Duration::ZERO;
        let (mut least, mut most) = (1.0_f64, 1.0_f64);
        for (pause, what, took) in steps {
            now += Duration::from_millis(pause);
            let took = Duration::from_millis(took);
            let before = latency.view();
            match what {
                0 => latency.first_token(now, took),
                1 => latency.failed(now, Streamed, took / 1000),
                _ => latency.took_at_least(now, Streamed, took),
            }
            let after = latency.view().first_token(now, Streamed, 0);
            if what != 0 {
                prop_assert!(after >= before.first_token(now, Streamed, 0));
            }
            if what == 1 {
                prop_assert!(after >= 10.0);
            }
            least = least.min(took.as_secs_f64());
            most = most.max(took.as_secs_f64()).max(120.0);
            let told = latency.view().streamed.seconds;
            prop_assert!(told.is_finite() && (least - 1e-9..=most + 1e-9).contains(&told));
        }
    }
}
