use super::*;
use crate::error::{Error, TimeLimit};

/// Targets 0..n in order; a window of 1000 × (number + 1).
struct Fixed {
    targets: u32,
    asked: Vec<u32>,
    dead: Vec<u32>,
    retries: u32,
    hedges: u32,
    hedge_after: Option<Duration>,
    repetition: Repetition,
}

impl Fixed {
    fn of(targets: u32) -> Self {
        Self {
            targets,
            asked: vec![],
            dead: vec![],
            retries: 9,
            hedges: 0,
            hedge_after: None,
            repetition: Repetition::Anywhere,
        }
    }
}

impl Choices for Fixed {
    fn choose(&mut self, want: Want, _: Duration) -> Option<u32> {
        let mut all = 0..self.targets;
        let target = match want {
            Want::Untried => all.find(|target| !self.asked.contains(target)),
            Want::LargerWindow { than } => all.find(|target| *target > than && !self.asked.contains(target)),
            Want::Again => all.find(|target| !self.dead.contains(target)),
            Want::Only { target } => all.find(|one| *one == target),
        }?;
        self.asked.push(target);
        Some(target)
    }
    fn take_retry(&mut self, _: Duration) -> bool {
        self.retries = self.retries.saturating_sub(1);
        self.retries > 0
    }
    fn hedge_after(&mut self, _: Duration, _: u32) -> Option<Duration> {
        self.hedge_after
    }
    fn repetition(&self, _: u32) -> Repetition {
        self.repetition
    }
    fn take_hedge(&mut self, _: Duration) -> bool {
        self.hedges > 0
    }
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn machine() -> Attempts {
    Attempts::new(AttemptPolicy {
        retry: RetryPolicy::new(2),
        max_fallbacks: 8,
        content_policy_fallback: false,
        deadline: None,
    })
}

fn fail(attempts: &mut Attempts, at: Duration, attempt: usize, kind: ErrorKind, choices: &mut Fixed) -> Step {
    let error = Error::new(kind, "x");
    attempts.failed(at, attempt, (&error, None), &mut fastrand::Rng::with_seed(1), choices)
}

#[test]
fn another_target_is_asked_at_once_and_the_same_ones_only_after_a_wait() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(2));
    let first = Step::Start { attempt: 0, target: 0, cause: Cause::First };
    assert_eq!(attempts.begin(ms(0), &mut choices), first);
    let second = Step::Start { attempt: 1, target: 1, cause: Cause::Fallback };
    assert_eq!(fail(&mut attempts, ms(5), 0, ErrorKind::Overloaded, &mut choices), second);
    let Step::Wait { until: Some(until) } =
        fail(&mut attempts, ms(9), 1, ErrorKind::InternalServer, &mut choices)
    else {
        panic!("no wait")
    };
    assert!((ms(509)..=ms(1509)).contains(&until), "{until:?}");
    assert_eq!(attempts.tick(until - ms(1), &mut choices), Step::Wait { until: Some(until) });
    let again = Step::Start { attempt: 2, target: 0, cause: Cause::Retry };
    assert_eq!(attempts.tick(until, &mut choices), again);
}

#[test]
fn two_retries_and_then_the_end() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(1));
    attempts.begin(ms(0), &mut choices);
    let mut now = ms(0);
    for attempt in 0..2 {
        let step = fail(&mut attempts, now, attempt, ErrorKind::ApiConnection, &mut choices);
        let Step::Wait { until: Some(until) } = step else { panic!("{step:?}") };
        now = until;
        let again = Step::Start { attempt: attempt + 1, target: 0, cause: Cause::Retry };
        assert_eq!(attempts.tick(now, &mut choices), again);
    }
    assert_eq!(fail(&mut attempts, now, 2, ErrorKind::ApiConnection, &mut choices), Step::GiveUp);
}

#[test]
fn a_wrong_request_ends_it_whatever_is_left() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(3));
    attempts.begin(ms(0), &mut choices);
    assert_eq!(fail(&mut attempts, ms(1), 0, ErrorKind::BadRequest, &mut choices), Step::GiveUp);
}

#[test]
fn a_prompt_too_long_goes_to_a_larger_window_alone() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(3));
    choices.asked = vec![0];
    assert!(matches!(attempts.begin(ms(0), &mut choices), Step::Start { target: 1, .. }));
    let step = fail(&mut attempts, ms(1), 0, ErrorKind::ContextWindowExceeded, &mut choices);
    assert_eq!(step, Step::Start { attempt: 1, target: 2, cause: Cause::LargerWindow });
    let step = fail(&mut attempts, ms(2), 1, ErrorKind::ContextWindowExceeded, &mut choices);
    assert_eq!(step, Step::GiveUp);
}

#[test]
fn refused_content_goes_elsewhere_only_where_that_is_allowed() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(2));
    attempts.begin(ms(0), &mut choices);
    assert_eq!(fail(&mut attempts, ms(1), 0, ErrorKind::ContentPolicy, &mut choices), Step::GiveUp);
    let (mut attempts, mut choices) = (machine(), Fixed::of(2));
    attempts.policy.content_policy_fallback = true;
    attempts.begin(ms(0), &mut choices);
    let step = fail(&mut attempts, ms(1), 0, ErrorKind::ContentPolicy, &mut choices);
    assert_eq!(step, Step::Start { attempt: 1, target: 1, cause: Cause::ContentPolicy });
}

#[test]
fn fallbacks_are_bounded() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(9));
    attempts.policy.max_fallbacks = 1;
    attempts.begin(ms(0), &mut choices);
    assert!(matches!(
        fail(&mut attempts, ms(1), 0, ErrorKind::NotFound, &mut choices),
        Step::Start { target: 1, .. }
    ));
    assert_eq!(fail(&mut attempts, ms(1), 1, ErrorKind::NotFound, &mut choices), Step::GiveUp);
}

#[test]
fn nothing_is_begun_that_would_come_after_the_deadline() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(1));
    attempts.policy.deadline = Some(ms(400));
    attempts.begin(ms(0), &mut choices);
    assert_eq!(fail(&mut attempts, ms(1), 0, ErrorKind::Overloaded, &mut choices), Step::GiveUp);
    let (mut attempts, mut choices) = (machine(), Fixed::of(2));
    attempts.policy.deadline = Some(ms(400));
    attempts.begin(ms(0), &mut choices);
    assert_eq!(fail(&mut attempts, ms(400), 0, ErrorKind::Overloaded, &mut choices), Step::GiveUp);
}

#[test]
fn an_empty_retry_budget_ends_it() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(1));
    choices.retries = 1;
    attempts.begin(ms(0), &mut choices);
    assert_eq!(fail(&mut attempts, ms(1), 0, ErrorKind::Overloaded, &mut choices), Step::GiveUp);
}

#[test]
fn a_slow_first_attempt_gets_one_hedge_and_the_loser_is_named() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(3));
    (choices.hedge_after, choices.hedges) = (Some(ms(200)), 1);
    attempts.begin(ms(10), &mut choices);
    assert_eq!(attempts.wait(ms(10), &mut choices), Step::Wait { until: Some(ms(210)) });
    let hedge = Step::Start { attempt: 1, target: 1, cause: Cause::Hedge };
    assert_eq!(attempts.tick(ms(210), &mut choices), hedge);
    assert_eq!(attempts.wait(ms(10), &mut choices), Step::Wait { until: None });
    assert_eq!(attempts.losers(1).collect::<Vec<_>>(), [0]);
    // The first one fails: the hedge goes on.
    let step = fail(&mut attempts, ms(230), 0, ErrorKind::Overloaded, &mut choices);
    assert_eq!(step, Step::Wait { until: None });
    // The hedge fails as well: the third target.
    let step = fail(&mut attempts, ms(240), 1, ErrorKind::Overloaded, &mut choices);
    assert_eq!(step, Step::Start { attempt: 2, target: 2, cause: Cause::Fallback });
}

#[test]
fn a_broken_stream_is_gone_on_with_by_the_same_bounds() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(2));
    attempts.begin(ms(0), &mut choices);
    attempts.answered(0);
    let cut = Error::new(ErrorKind::ApiConnection, "cut");
    let mut random = fastrand::Rng::with_seed(1);
    let step = attempts.broke(ms(5), 0, &cut, &mut random, &mut choices);
    assert_eq!(step, Step::Start { attempt: 1, target: 1, cause: Cause::Continuation });
    // Nobody else is left: the same ones after a wait, for the same cause, twice.
    for attempt in [2, 3] {
        let Step::Wait { until: Some(due) } =
            fail(&mut attempts, ms(10), attempt - 1, ErrorKind::Overloaded, &mut choices)
        else {
            unreachable!("a retry is left")
        };
        let again = attempts.tick(due, &mut choices);
        assert!(matches!(again, Step::Start { cause: Cause::Continuation, .. }), "{again:?}");
    }
    assert_eq!(fail(&mut attempts, ms(20), 3, ErrorKind::Overloaded, &mut choices), Step::GiveUp);
}

#[test]
fn a_stream_that_breaks_after_its_loser_was_left_waits_for_nobody() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(3));
    (choices.hedge_after, choices.hedges) = (Some(ms(200)), 1);
    attempts.begin(ms(0), &mut choices);
    attempts.tick(ms(200), &mut choices);
    attempts.answered(1);
    let cut = Error::new(ErrorKind::ApiConnection, "cut");
    let mut random = fastrand::Rng::with_seed(1);
    let step = attempts.broke(ms(300), 1, &cut, &mut random, &mut choices);
    assert_eq!(step, Step::Start { attempt: 2, target: 2, cause: Cause::Continuation });
}

#[test]
fn no_hedge_without_leave() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(2));
    choices.hedge_after = Some(ms(200));
    attempts.begin(ms(0), &mut choices);
    assert_eq!(attempts.tick(ms(200), &mut choices), Step::Wait { until: None });
}

#[test]
fn the_whole_time_used_up_ends_it() {
    let (mut attempts, mut choices) = (machine(), Fixed::of(2));
    attempts.begin(ms(0), &mut choices);
    let error = Error::new(ErrorKind::ApiTimeout, "late").with_limit(TimeLimit::Total);
    let mut random = fastrand::Rng::with_seed(1);
    assert_eq!(attempts.failed(ms(1), 0, (&error, None), &mut random, &mut choices), Step::GiveUp);
}

#[test]
fn the_providers_word_stands_above_the_table() {
    let overloaded = Error::new(ErrorKind::Overloaded, "x");
    let wrong = Error::new(ErrorKind::BadRequest, "x");
    assert!(may_be_asked_again(&overloaded, None) && !may_be_asked_again(&overloaded, Some(false)));
    assert!(may_be_asked_again(&wrong, Some(true)) && !may_be_asked_again(&wrong, None));
}
