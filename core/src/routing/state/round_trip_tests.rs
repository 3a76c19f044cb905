use super::*;

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn close(value: f64, wanted: f64) {
    assert!((value - wanted).abs() < 1e-9, "{value}, wanted {wanted}");
}

#[test]
fn an_address_never_asked_is_tried_at_once_by_one_request() {
    let mut trip = RoundTrip::default();
    close(trip.expected(at(100)), 0.0);
    assert_eq!(trip.least(), None);
    trip.began();
    close(trip.expected(at(100)), 1.0);
    trip.measured(at(101), ms(40));
    close(trip.expected(at(101)), 0.04);
    trip.ended(at(102));
    close(trip.expected(at(102)), 0.04);
}

#[test]
fn a_try_that_measures_nothing_does_not_look_near() {
    let mut trip = RoundTrip::default();
    trip.began();
    trip.ended(at(5));
    close(trip.expected(at(5)), 1.0);
    close(trip.expected(at(65)), 0.5);
}

#[test]
fn the_least_of_the_window_counts_and_the_past_is_forgotten() {
    let mut trip = RoundTrip::default();
    for (now, took, least) in [
        (0, 50, 0.05),
        (1, 20, 0.02),
        (2, 90, 0.02),
        // The next half: the one before counts.
        (300, 70, 0.02),
        (599, 60, 0.02),
        // It is forgotten with the next.
        (600, 80, 0.06),
        (900, 75, 0.075),
        // Nothing for longer than the window: the new one alone.
        (1500, 100, 0.1),
    ] {
        trip.measured(at(now), ms(took));
        assert_eq!(trip.least(), Some(least), "at {now}");
    }
    // Without a newer one the last stays.
    trip.began();
    close(trip.expected(at(90_000)), 0.1);
}

#[test]
fn one_that_is_left_alone_comes_nearer_until_it_is_asked_again() {
    let mut trip = RoundTrip::default();
    trip.measured(at(0), ms(100));
    close(trip.expected(at(60)), 0.05);
    close(trip.expected(at(540)), 0.01);
    trip.began();
    close(trip.expected(at(540)), 0.1);
    // Over an open connection nothing is measured, and it is known all the same.
    trip.ended(at(541));
    close(trip.expected(at(541)), 0.1);
}

/// What is promised of the price of asking again: however seldom requests come, one that
/// is k times as far gets every k-th at most, and the busy nearest one loses little.
#[test]
fn asking_again_costs_less_than_the_nearest_trip() {
    for (apart, far) in [(1, 30), (60, 30), (60, 100), (600, 100), (86_400, 50), (86_400, 11)] {
        let (mut near, mut distant) = (RoundTrip::default(), RoundTrip::default());
        near.measured(at(0), ms(10));
        distant.measured(at(0), ms(far));
        let (mut elsewhere, requests) = (0_u64, 5_000);
        for number in 1..=requests {
            let now = at(number * apart);
            let chosen = if near.expected(now) <= distant.expected(now) { &mut near } else { &mut distant };
            chosen.began();
            chosen.ended(now);
            elsewhere += u64::from(std::ptr::eq(chosen, &raw const distant));
        }
        assert!(elsewhere > 0, "{apart} s apart: never asked again");
        assert!(elsewhere * (far - 10) < requests * 10, "{apart} s apart, {far} ms: {elsewhere}");
    }
}
