use std::collections::VecDeque;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const FAST: CallResult = CallResult::Success { took: Duration::from_millis(100) };
const SLOW: CallResult = CallResult::Success { took: Duration::from_secs(30) };

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Open for five seconds after five failures in a row, at `now`.
fn fail(breaker: &mut Breaker, now: Duration, times: u32) {
    for _ in 0..times {
        let permit = breaker.try_acquire(now).unwrap();
        breaker.record(now, permit, CallResult::Failure);
    }
}

fn call(breaker: &mut Breaker, now: Duration, result: CallResult) {
    let permit = breaker.try_acquire(now).unwrap();
    breaker.record(now, permit, result);
}

#[test]
fn five_failures_in_a_row_open_it_for_five_seconds() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    fail(&mut breaker, at(1), 4);
    call(&mut breaker, at(1), FAST);
    fail(&mut breaker, at(1), 4);
    assert_eq!(breaker.state(), BreakerState::Closed);
    fail(&mut breaker, at(2), 1);
    assert_eq!((breaker.state(), breaker.available_at()), (BreakerState::Open, at(7)));
    assert_eq!(breaker.try_acquire(at(7) - Duration::from_nanos(1)), None);
    assert!(breaker.try_acquire(at(7)).is_some());
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
}

/// One call in five fails, in a pattern; then the target dies.
#[test]
fn a_run_must_be_longer_than_the_target_makes_by_chance() {
    let opens_after = |calls: u32| {
        let mut breaker = Breaker::new(BreakerConfig::default());
        for n in 0..calls {
            call(&mut breaker, at(1), if n % 5 == 0 { CallResult::Failure } else { FAST });
        }
        (1..).find(|_| {
            fail(&mut breaker, at(2), 1);
            breaker.state() == BreakerState::Open
        })
    };
    // The least k for which calls * 0.2^k < 0.1, but five at least.
    assert_eq!([0, 10, 100, 1000, 10_000, 40_000, 100_000].map(opens_after), [5, 5, 5, 6, 8, 9, 9].map(Some));
}

/// Twenty minutes of a thousand calls a second, of which one in five fails at random, do
/// not open it; nor does a target that never failed get more than five.
#[test]
fn chance_does_not_open_it_and_death_does_at_once() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    let mut draws = crate::routing::draw::Draw::seeded(7);
    for n in 0..1_200_000_u64 {
        let result = if draws.unit() < 0.2 { CallResult::Failure } else { FAST };
        call(&mut breaker, Duration::from_millis(n), result);
        assert_eq!(breaker.state(), BreakerState::Closed, "after {n} calls");
    }
    let mut steady = Breaker::new(BreakerConfig::default());
    for n in 0..60_000 {
        call(&mut steady, Duration::from_millis(n), FAST);
    }
    fail(&mut steady, at(60), 5);
    assert_eq!(steady.state(), BreakerState::Open);
}

#[test]
fn two_probes_and_two_successes_close_it() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    fail(&mut breaker, at(0), 5);
    let first = breaker.try_acquire(at(5)).unwrap();
    assert_eq!(breaker.available_at(), Duration::ZERO, "a second probe may go");
    let second = breaker.try_acquire(at(5)).unwrap();
    assert_eq!((breaker.try_acquire(at(5)), breaker.available_at()), (None, Duration::MAX));
    breaker.record(at(6), first, FAST);
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    breaker.record(at(6), second, FAST);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn a_probe_without_a_result_gives_its_place_back() {
    let mut breaker = Breaker::new(BreakerConfig { probes: 1, ..BreakerConfig::default() });
    fail(&mut breaker, at(0), 5);
    let probe = breaker.try_acquire(at(5)).unwrap();
    assert_eq!(breaker.try_acquire(at(6)), None);
    breaker.record(at(6), probe, CallResult::Ignored);
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    assert!(breaker.try_acquire(at(6)).is_some());
}

#[test]
fn each_failed_probe_doubles_the_time_up_to_the_longest() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    let mut now = at(0);
    fail(&mut breaker, now, 5);
    for expected in [5, 10, 20, 40, 80, 160, 300, 300] {
        assert_eq!(breaker.available_at() - now, at(expected));
        now = breaker.available_at();
        fail(&mut breaker, now, 1);
    }
    // Closed for no longer than it had been open: it goes on growing.
    now = breaker.available_at();
    for _ in 0..2 {
        call(&mut breaker, now, FAST);
    }
    fail(&mut breaker, now + at(300), 5);
    assert_eq!(breaker.available_at(), now + at(600));
    // Closed for longer: it starts anew.
    now = breaker.available_at();
    for _ in 0..2 {
        call(&mut breaker, now, FAST);
    }
    fail(&mut breaker, now + at(301), 5);
    assert_eq!(breaker.available_at(), now + at(306));
}

#[test]
fn half_of_twenty_calls_opens_it() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    for second in 0..19 {
        call(&mut breaker, at(second), if second % 2 == 0 { FAST } else { CallResult::Failure });
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
    // Rate limits and cancelled calls are no sample.
    call(&mut breaker, at(19), CallResult::Ignored);
    assert_eq!(breaker.state(), BreakerState::Closed);
    call(&mut breaker, at(19), CallResult::Failure);
    assert_eq!(breaker.state(), BreakerState::Open);
}

#[test]
fn calls_older_than_the_window_do_not_count() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    for second in 0..19 {
        call(&mut breaker, at(second / 2), if second % 2 == 0 { FAST } else { CallResult::Failure });
    }
    call(&mut breaker, at(70), CallResult::Failure);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn slow_calls_open_it_and_a_slow_probe_reopens_it() {
    let slow_call = Some(Duration::from_secs(10));
    let mut breaker = Breaker::new(BreakerConfig { slow_call, ..BreakerConfig::default() });
    for n in 0..20 {
        assert_eq!(breaker.state(), BreakerState::Closed);
        call(&mut breaker, at(n), if n < 2 { FAST } else { SLOW });
    }
    assert_eq!(breaker.state(), BreakerState::Open);
    call(&mut breaker, at(24), SLOW);
    assert_eq!((breaker.state(), breaker.available_at()), (BreakerState::Open, at(34)));
    // By default no call is slow.
    let mut breaker = Breaker::new(BreakerConfig::default());
    for _ in 0..100 {
        call(&mut breaker, at(0), SLOW);
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn results_of_an_earlier_state_are_ignored() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    let early: Vec<_> = (0..10).map(|_| breaker.try_acquire(at(0)).unwrap()).collect();
    fail(&mut breaker, at(0), 5);
    let probe = breaker.try_acquire(at(5)).unwrap();
    for permit in early {
        breaker.record(at(5), permit, CallResult::Failure);
        breaker.record(at(5), permit, FAST);
    }
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    breaker.record(at(5), probe, CallResult::Failure);
    breaker.record(at(5), probe, FAST);
    assert_eq!(breaker.state(), BreakerState::Open);
}

#[test]
fn a_try_of_last_resort_is_let_through_and_changes_nothing_while_open() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    fail(&mut breaker, at(0), 5);
    for result in [FAST, FAST, FAST, CallResult::Failure] {
        let permit = breaker.acquire_anyway(at(1));
        breaker.record(at(1), permit, result);
        assert_eq!((breaker.state(), breaker.available_at()), (BreakerState::Open, at(5)));
    }
    let permit = breaker.acquire_anyway(at(5));
    assert_eq!(breaker.state(), BreakerState::HalfOpen, "its time has passed: it is a probe");
    breaker.record(at(5), permit, FAST);
    assert_eq!(breaker.available_at(), Duration::ZERO);
}

/// A target that answers 429s or refuses wrong requests is not broken.
#[test]
fn only_what_counts_against_health_is_a_failure() {
    for kind in crate::error::ErrorKind::ALL {
        let health = super::super::verdict(&crate::error::Error::new(kind, "x")).health;
        let mut breaker = Breaker::new(BreakerConfig::default());
        for _ in 0..100 {
            let Some(permit) = breaker.try_acquire(at(0)) else { break };
            breaker.record(at(0), permit, health.into());
        }
        let opened = breaker.state() == BreakerState::Open;
        assert_eq!(opened, health == Health::Counts, "{kind:?}");
    }
}

#[test]
fn ejection_never_empties_a_group() {
    for members in 1..50 {
        for ejected in 0..=members {
            assert_eq!(panics(members, ejected, PANIC_THRESHOLD), ejected == members);
            assert_eq!(panics(members, ejected, 0.5), 2 * (members - ejected) < members);
        }
    }
    assert!(!panics(0, 0, 0.5), "an empty group has nothing to use");
}

#[test]
fn names_what_is_wrong() {
    for (given, field) in [
        (json!({"consecutive_failures": 0}), "consecutive_failures"),
        (json!({"failure_share": 0}), "failure_share"),
        (json!({"failure_share": 1.01}), "failure_share"),
        (json!({"slow_call": 0}), "slow_call"),
        (json!({"slow_share": 0}), "slow_share"),
        (json!({"minimum_calls": 0}), "minimum_calls"),
        (json!({"window": 0}), "window"),
        (json!({"open_for": 0}), "open_for"),
        (json!({"growth": 0.5}), "growth"),
        (json!({"longest_open": 1}), "longest_open"),
        (json!({"probes": 0}), "probes"),
        (json!({"successes_to_close": 0}), "successes_to_close"),
    ] {
        let config: BreakerConfig = serde_json::from_value(given.clone()).unwrap();
        let error = config.validate("breaker").unwrap_err();
        assert_eq!(error.param, Some(format!("breaker.{field}")), "{given}");
    }
    assert!(BreakerConfig::default().validate("breaker").is_ok());
    let off: BreakerConfig =
        serde_json::from_value(json!({"consecutive_failures": null, "failure_share": null})).unwrap();
    assert!(off.validate("breaker").is_ok());
}

/// The state diagram, written down the slow way.
struct Model {
    config: BreakerConfig,
    state: BreakerState,
    until: Duration,
    results: VecDeque<(Duration, bool, bool)>,
    in_a_row: u32,
    in_flight: u32,
    succeeded: u32,
}

impl Model {
    fn acquire(&mut self, now: Duration) -> bool {
        if self.state == BreakerState::Open && now >= self.until {
            self.state = BreakerState::HalfOpen;
            (self.in_flight, self.succeeded) = (0, 0);
        }
        match self.state {
            BreakerState::Closed => true,
            BreakerState::Open => false,
            BreakerState::HalfOpen => {
                let free = self.in_flight < self.config.probes;
                self.in_flight += u32::from(free);
                free
            }
        }
    }

    /// A result of a call of the present state. True where the state changed.
    fn record(&mut self, now: Duration, result: CallResult) -> bool {
        let slow = result == SLOW && self.config.slow_call.is_some();
        let failed = result == CallResult::Failure;
        let before = self.state;
        match self.state {
            BreakerState::HalfOpen => {
                self.in_flight -= 1;
                self.succeeded += u32::from(result == FAST || (result == SLOW && !slow));
                if failed || slow {
                    self.state = BreakerState::Open;
                } else if self.succeeded >= self.config.successes_to_close {
                    self.state = BreakerState::Closed;
                    self.results.clear();
                    self.in_a_row = 0;
                }
            }
            BreakerState::Closed if result != CallResult::Ignored => {
                self.in_a_row = if failed { self.in_a_row + 1 } else { 0 };
                self.results.push_back((now, failed, slow));
                let slice = |at: Duration| at.as_nanos() / (self.config.window / 10).as_nanos();
                self.results.retain(|(at, ..)| slice(now) - slice(*at) < 10);
                let all = self.results.len() as f64;
                let failures = self.results.iter().filter(|(_, failed, _)| *failed).count() as f64;
                let slows = self.results.iter().filter(|(.., slow)| *slow).count() as f64;
                let enough = self.results.len() >= self.config.minimum_calls as usize;
                let shares = (failures > 0.0 && failures / all >= self.config.failure_share.unwrap())
                    || (slows > 0.0 && slows / all >= self.config.slow_share);
                // What is left of the window without the run.
                let before = self.results.len().saturating_sub(self.in_a_row as usize);
                let failed = self.results.iter().take(before).filter(|(_, failed, _)| *failed).count() as f64;
                let share = (failed / before as f64).min(self.config.failure_share.unwrap());
                let mut by_chance = before as f64;
                for _ in 0..self.in_a_row {
                    by_chance *= share;
                }
                let news = before < self.config.minimum_calls as usize || by_chance < 0.1;
                let run = self.in_a_row >= self.config.consecutive_failures.unwrap();
                if (run && news) || (enough && shares) {
                    self.state = BreakerState::Open;
                }
            }
            BreakerState::Closed | BreakerState::Open => {}
        }
        self.state != before
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// For any sequence of calls and results, every state is that of the diagram.
    #[test]
    fn the_transitions_are_those_of_the_diagram(
        consecutive_failures in 1_u32..6,
        minimum_calls in 1_u32..8,
        probes in 1_u32..4,
        successes_to_close in 1_u32..4,
        slow in any::<bool>(),
        steps in prop::collection::vec((0_u64..4000, 0_u8..8, any::<prop::sample::Index>()), 1..200),
    ) {
        let config = BreakerConfig {
            consecutive_failures: Some(consecutive_failures),
            minimum_calls, probes, successes_to_close,
            slow_call: slow.then_some(Duration::from_secs(10)),
            window: Duration::from_secs(20),
            longest_open: Duration::from_secs(40),
            ..BreakerConfig::default()
        };
        let mut breaker = Breaker::new(config);
        let mut model = Model {
            config, state: BreakerState::Closed, until: Duration::ZERO, results: VecDeque::new(),
            in_a_row: 0, in_flight: 0, succeeded: 0,
        };
        let mut now = Duration::ZERO;
        // The calls in flight, each with the change of state it was begun after.
        let (mut calls, mut changes) = (Vec::new(), 0);
        for (pause, what, which) in steps {
            now += Duration::from_millis(pause);
            if what < 4 || calls.is_empty() {
                let was = model.state;
                let available = breaker.available_at() <= now;
                let permit = breaker.try_acquire(now);
                prop_assert_eq!(permit.is_some(), model.acquire(now));
                prop_assert_eq!(permit.is_some(), available, "what is published is what happens");
                changes += u32::from(was != model.state);
                calls.extend(permit.map(|permit| (permit, changes)));
            } else {
                let result = [FAST, SLOW, CallResult::Failure, CallResult::Ignored][usize::from(what - 4)];
                let (permit, begun) = calls.swap_remove(which.index(calls.len()));
                breaker.record(now, permit, result);
                if begun == changes && model.record(now, result) {
                    changes += 1;
                    if model.state == BreakerState::Open {
                        let open = breaker.available_at() - now;
                        prop_assert!(open >= config.open_for && open <= config.longest_open);
                        model.until = breaker.available_at();
                    }
                }
            }
            prop_assert_eq!(breaker.state(), model.state);
        }
    }
}
