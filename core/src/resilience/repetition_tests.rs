use std::time::Duration;

use super::*;
use crate::error::{Error, TimeLimit};
use crate::resilience::{AttemptPolicy, Attempts, Choices, RetryPolicy, Step, Want};

const ALL: [Repetition; 3] = [Repetition::Anywhere, Repetition::SameTarget, Repetition::Never];
const BOTH: Repeats = Repeats { same_target: true, other_targets: true };
const SAME: Repeats = Repeats { same_target: true, other_targets: false };
const NOWHERE: Repeats = Repeats { same_target: false, other_targets: false };

/// Every kind of error at every stage, with every status that could come with it.
fn failures() -> Vec<Error> {
    let statuses =
        [None, Some(200), Some(302), Some(400), Some(404), Some(408), Some(409), Some(429), Some(503)];
    let stages = Stage::ALL.into_iter().map(Some).chain([None]);
    let mut failures = Vec::new();
    for (kind, stage) in stages.flat_map(|stage| ErrorKind::ALL.map(|kind| (kind, stage))) {
        for status in statuses {
            for not_done in [None, Some(true), Some(false)] {
                let mut error = Error::new(kind, "x");
                (error.stage, error.status, error.not_done) = (stage, status, not_done);
                failures.push(error);
            }
        }
    }
    failures
}

#[test]
fn only_what_is_surely_not_done_has_no_effect_whatever_the_kind() {
    let failures = failures();
    assert_eq!(failures.len(), 19 * 4 * 9 * 3);
    for error in failures {
        let unsent = error.stage == Some(Stage::Unsent);
        let refused = error.stage == Some(Stage::Answered)
            && matches!(error.status, Some(400..=499))
            && !matches!(error.status, Some(408 | 409));
        let unusable =
            error.kind == ErrorKind::Configuration && error.stage.is_none() && error.status.is_none();
        let surely = error.not_done.unwrap_or(unsent || refused || unusable);
        let expected = if surely { Effect::None } else { Effect::Possible };
        assert_eq!(effect(&error), expected, "{:?}", error.details());
    }
}

#[test]
fn the_table_of_what_may_be_repeated_where() {
    for (repetition, none, possible) in [
        (Repetition::Anywhere, BOTH, BOTH),
        (Repetition::SameTarget, BOTH, SAME),
        (Repetition::Never, BOTH, NOWHERE),
    ] {
        assert_eq!(repeats(repetition, Effect::None), none, "{repetition:?}");
        assert_eq!(repeats(repetition, Effect::Possible), possible, "{repetition:?}");
    }
}

#[test]
fn by_name_what_users_meet() {
    let of = |kind, stage, status| {
        let mut error = Error::new(kind, "x").with_stage(stage);
        error.status = status;
        repeats(Repetition::Never, effect(&error))
    };
    use ErrorKind as K;
    use Stage::{Answered, Sent, Unsent};
    for (kind, stage, status, expected) in [
        // Refused, DNS, TLS; the time to connect.
        (K::ApiConnection, Unsent, None, BOTH),
        (K::ApiTimeout, Unsent, None, BOTH),
        // Reset, closed; the first byte, idle, total.
        (K::ApiConnection, Sent, None, NOWHERE),
        (K::ApiTimeout, Sent, None, NOWHERE),
        (K::InternalServer, Answered, Some(500), NOWHERE),
        (K::InternalServer, Answered, Some(502), NOWHERE),
        (K::Overloaded, Answered, Some(503), NOWHERE),
        (K::ApiTimeout, Answered, Some(504), NOWHERE),
        (K::ApiTimeout, Answered, Some(408), NOWHERE),
        (K::BadRequest, Answered, Some(409), NOWHERE),
        (K::ResponseDecode, Answered, Some(200), NOWHERE),
        (K::Authentication, Answered, Some(401), BOTH),
        (K::QuotaExceeded, Answered, Some(402), BOTH),
        (K::RateLimit, Answered, Some(429), BOTH),
    ] {
        assert_eq!(of(kind, stage, status), expected, "{kind:?} {stage:?} {status:?}");
    }
}

#[test]
fn a_bound_only_becomes_tighter() {
    let all = [Bound::Free, Bound::To(0), Bound::To(1), Bound::Over];
    let rank = |bound| match bound {
        Bound::Free => 0,
        Bound::To(_) => 1,
        Bound::Over => 2,
    };
    for (bound, repeats) in
        all.iter().flat_map(|bound| [BOTH, SAME, NOWHERE].map(|repeats| (*bound, repeats)))
    {
        for target in 0..2 {
            let after = bound.after(target, repeats);
            assert!(rank(after) >= rank(bound), "{bound:?} {repeats:?} {after:?}");
            if let (Bound::To(before), Bound::To(after)) = (bound, after) {
                assert_eq!(before, after);
            }
        }
    }
}

/// Targets that are each as they are, and a routing that offers whatever it is asked for.
struct Offering<'a> {
    targets: &'a [Repetition],
    random: fastrand::Rng,
    asked: Vec<u32>,
}

impl Choices for Offering<'_> {
    fn choose(&mut self, want: Want, _: Duration) -> Option<u32> {
        let count = self.targets.len() as u32;
        let target = match want {
            Want::Untried | Want::LargerWindow { .. } => (0..count).find(|one| !self.asked.contains(one)),
            Want::Again => (count > 0).then(|| self.random.u32(0..count)),
            Want::Only { target } => Some(target),
        }?;
        self.asked.push(target);
        Some(target)
    }
    fn take_retry(&mut self, _: Duration) -> bool {
        true
    }
    fn hedge_after(&mut self, _: Duration, _: u32) -> Option<Duration> {
        Some(Duration::from_millis(1))
    }
    fn repetition(&self, target: u32) -> Repetition {
        self.targets[target as usize]
    }
    fn take_hedge(&mut self, _: Duration) -> bool {
        true
    }
}

/// Runs a request to its end against random failures and looks at each attempt that is begun:
/// whatever may have been done by then must allow it.
fn run(seed: u64, failures: &[Error], most: &mut usize) {
    let mut random = fastrand::Rng::with_seed(seed);
    let targets: Vec<Repetition> = (0..random.usize(1..4)).map(|_| ALL[random.usize(0..3)]).collect();
    let policy = AttemptPolicy {
        retry: RetryPolicy::new(6),
        max_fallbacks: 6,
        content_policy_fallback: true,
        deadline: None,
    };
    let mut attempts = Attempts::new(policy);
    let mut choices = Offering { targets: &targets, random: random.fork(), asked: Vec::new() };
    let mut now = Duration::ZERO;
    let mut step = attempts.begin(now, &mut choices);
    let (mut running, mut done, mut begun): (Vec<(usize, u32)>, Vec<u32>, usize) = (vec![], vec![], 0);
    for _ in 0..40 {
        step = match step {
            Step::GiveUp => break,
            Step::Start { attempt, .. } if random.u8(0..10) == 0 => {
                attempts.not_sent(now, attempt, &mut choices)
            }
            Step::Start { attempt, target, .. } => {
                let all = done.iter().chain(running.iter().map(|(_, target)| target));
                for earlier in all {
                    let may = match targets[*earlier as usize] {
                        Repetition::Anywhere => true,
                        Repetition::SameTarget => *earlier == target && done.contains(earlier),
                        Repetition::Never => false,
                    };
                    assert!(may, "seed {seed}: {target} after {earlier} of {targets:?}");
                }
                begun += 1;
                running.push((attempt, target));
                attempts.wait(now, &mut choices)
            }
            Step::Wait { until } => {
                if running.is_empty() || random.bool() {
                    now = until.unwrap_or(now) + Duration::from_millis(1);
                    if running.is_empty() || until.is_some() {
                        step = attempts.tick(now, &mut choices);
                        continue;
                    }
                }
                let (attempt, target) = running.swap_remove(random.usize(0..running.len()));
                let error = &failures[random.usize(0..failures.len())];
                let should_retry = [None, Some(true), Some(false)][random.usize(0..3)];
                if effect(error) == Effect::Possible {
                    done.push(target);
                }
                let step = attempts.failed(now, attempt, (error, should_retry), &mut random, &mut choices);
                assert_eq!(attempts.may_be_done(), !done.is_empty());
                step
            }
        };
    }
    *most = begun.max(*most);
}

#[test]
fn no_request_is_repeated_where_what_was_done_by_then_forbids_it() {
    let failures: Vec<Error> = failures()
        .into_iter()
        // Those that are tried again at all, so that runs are long.
        .filter(|error| crate::resilience::may_be_asked_again(error, None))
        .collect();
    let mut most = 0;
    for seed in 0..5_000 {
        run(seed, &failures, &mut most);
    }
    assert!(most >= 6, "{most}");
}

#[test]
fn why_is_said_where_it_could_have_been_repeated_otherwise() {
    let policy = AttemptPolicy {
        retry: RetryPolicy::new(2),
        max_fallbacks: 8,
        content_policy_fallback: false,
        deadline: None,
    };
    for (repetition, said) in [
        (Repetition::Anywhere, None),
        (Repetition::SameTarget, Some("same target again")),
        (Repetition::Never, Some("nothing makes it safe")),
    ] {
        let targets = [repetition; 2];
        let mut choices =
            Offering { targets: &targets, random: fastrand::Rng::with_seed(1), asked: Vec::new() };
        let mut attempts = Attempts::new(policy);
        attempts.begin(Duration::ZERO, &mut choices);
        let late = Error::new(ErrorKind::ApiTimeout, "late").with_limit(TimeLimit::FirstByte);
        let mut random = fastrand::Rng::with_seed(1);
        let step = attempts.failed(Duration::ZERO, 0, (&late, None), &mut random, &mut choices);
        let why = attempts.held_back();
        assert_eq!(why.is_some(), said.is_some(), "{repetition:?}");
        assert!(said.is_none_or(|said| why.is_some_and(|why| why.contains(said))), "{why:?}");
        match repetition {
            Repetition::Anywhere => assert!(matches!(step, Step::Start { target: 1, .. })),
            Repetition::SameTarget => assert!(matches!(step, Step::Wait { until: Some(_) })),
            Repetition::Never => assert_eq!(step, Step::GiveUp),
        }
    }
}
