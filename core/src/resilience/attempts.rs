//! The attempts of one request: who is asked next, when, and when it ends.
//!
//! One machine for plain calls and streams. The loop that awaits tells it what
//! happened and does what it says; which target is the next best is answered by
//! [`Choices`], whether a failure may be tried again by the error table
//! ([`verdict`]). Another target is asked at once where one is left, because it
//! does not share the fault; only then the same ones again, after a wait and
//! within the client's retry budget. A failover is bounded by its own number and
//! adds no load to what failed, so that it is not taken from that budget.
//!
//! No clock, no socket, no `async`: `now` is the time since the client's start.

use std::time::Duration;

use super::repetition::{Bound, Effect, effect, repeats};
use super::retry::{Decision, RetryPolicy};
use super::verdict::{NextTarget, SameTarget, verdict};
use crate::error::{ErrorDetails, ErrorKind};
use crate::types::service::Repetition;
use crate::types::trace::Cause;

/// Which target is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The best that this request has not asked yet.
    Untried,
    /// As `Untried`, with a larger context window than this target's.
    LargerWindow { than: u32 },
    /// The best of those that failed and may be asked again.
    Again,
    /// This one again.
    Only { target: u32 },
}

/// What the machine asks of routing and of the client's state.
pub trait Choices {
    /// The best target that is wanted, by its number among the candidates.
    fn choose(&mut self, want: Want, now: Duration) -> Option<u32>;
    /// Takes one retry from the client's budget, if there is one.
    fn take_retry(&mut self, now: Duration) -> bool;
    /// How long after its start an attempt at `target` is slow, where hedging is on.
    fn hedge_after(&mut self, now: Duration, target: u32) -> Option<Duration>;
    /// Whether what is asked of `target` may be asked again once it may have been done.
    fn repetition(&self, target: u32) -> Repetition;
    /// Takes one hedge from the client's budgets, if it may be made.
    fn take_hedge(&mut self, now: Duration) -> bool;
}

/// The bounds of one request's attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttemptPolicy {
    pub retry: RetryPolicy,
    /// Other targets that are asked after failures.
    pub max_fallbacks: u32,
    /// Whether refused content is shown to another target.
    pub content_policy_fallback: bool,
    /// When the whole request must have ended.
    pub deadline: Option<Duration>,
}

/// What the loop is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Begin this attempt, then ask [`Attempts::wait`].
    Start { attempt: usize, target: u32, cause: Cause },
    /// Nothing before `until`, or before an attempt tells something.
    Wait { until: Option<Duration> },
    /// It is over; the last failure is the caller's.
    GiveUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running { since: Duration },
    Over,
}

#[derive(Clone, Copy, Debug)]
struct Attempt {
    target: u32,
    phase: Phase,
}

/// The attempts of one request.
#[derive(Clone, Debug)]
pub struct Attempts {
    policy: AttemptPolicy,
    made: Vec<Attempt>,
    retries: u32,
    fallbacks: u32,
    hedged: bool,
    /// A stream broke after its first content: what comes now goes on with it.
    continuing: bool,
    /// Where it may go on, as to what may have been done.
    bound: Bound,
    /// Whether an attempt may have done what was asked.
    may_be_done: bool,
    /// Why the last failure led nowhere, or not elsewhere, where it could have.
    held_back: Option<&'static str>,
    last_wait: Option<Duration>,
    /// When the next retry is due.
    due: Option<Duration>,
}

impl Attempts {
    #[must_use]
    pub const fn new(policy: AttemptPolicy) -> Self {
        Self {
            policy,
            made: Vec::new(),
            retries: 0,
            fallbacks: 0,
            hedged: false,
            continuing: false,
            bound: Bound::Free,
            may_be_done: false,
            held_back: None,
            last_wait: None,
            due: None,
        }
    }

    /// The first step.
    pub fn begin(&mut self, now: Duration, choices: &mut impl Choices) -> Step {
        match choices.choose(Want::Untried, now) {
            Some(target) => self.start(now, target, Cause::First),
            None => Step::GiveUp,
        }
    }

    /// `attempt` failed. `should_retry` is the provider's own word on it.
    pub fn failed(
        &mut self,
        now: Duration,
        attempt: usize,
        (error, should_retry): (&ErrorDetails, Option<bool>),
        random: &mut fastrand::Rng,
        choices: &mut impl Choices,
    ) -> Step {
        let Some(failed) = self.made.get_mut(attempt) else { return Step::GiveUp };
        failed.phase = Phase::Over;
        let failed_target = failed.target;
        let (effect, repetition) = (effect(error), choices.repetition(failed_target));
        self.may_be_done |= effect == Effect::Possible;
        self.bound = self.bound.after(failed_target, repeats(repetition, effect));
        self.held_back = None;
        if self.is_running() {
            return self.wait(now, choices);
        }
        if self.is_late(now) {
            return Step::GiveUp;
        }
        let elsewhere = self.elsewhere(error, failed_target);
        let could = elsewhere.is_some() || may_be_asked_again(error, should_retry);
        self.held_back = self.bound.why().filter(|_| could);
        if self.bound == Bound::Over {
            return Step::GiveUp;
        }
        if let Some((want, cause)) = elsewhere
            && self.bound == Bound::Free
            && self.fallbacks < self.policy.max_fallbacks
            && let Some(target) = choices.choose(want, now)
        {
            self.fallbacks += 1;
            return self.start(now, target, self.cause(cause));
        }
        let wait = self.policy.retry.decide(error, should_retry, self.retries + 1, self.last_wait, random);
        let Decision::Retry { wait } = wait else { return Step::GiveUp };
        let due = now.saturating_add(wait);
        if self.is_late(due) || !choices.take_retry(now) {
            return Step::GiveUp;
        }
        self.retries += 1;
        self.last_wait = Some(wait);
        self.due = Some(due);
        Step::Wait { until: self.due }
    }

    /// `attempt` answers: the others that still run are left.
    pub fn answered(&mut self, attempt: usize) {
        self.due = None;
        for (number, other) in self.made.iter_mut().enumerate() {
            if number != attempt {
                other.phase = Phase::Over;
            }
        }
    }

    /// The stream of `attempt`, which answered, broke after its first content and
    /// is to be gone on with: as after any failure, by the same bounds.
    pub fn broke(
        &mut self,
        now: Duration,
        attempt: usize,
        error: &ErrorDetails,
        random: &mut fastrand::Rng,
        choices: &mut impl Choices,
    ) -> Step {
        self.continuing = true;
        self.failed(now, attempt, (error, None), random, choices)
    }

    /// An attempt could not even be sent: its target is no choice any more.
    pub fn not_sent(&mut self, now: Duration, attempt: usize, choices: &mut impl Choices) -> Step {
        let cause = self.cause(if attempt == 0 { Cause::First } else { Cause::Fallback });
        if let Some(attempt) = self.made.get_mut(attempt) {
            attempt.phase = Phase::Over;
        }
        if self.is_running() {
            return self.wait(now, choices);
        }
        if self.bound != Bound::Free {
            return Step::GiveUp;
        }
        match choices.choose(Want::Untried, now) {
            Some(target) => self.start(now, target, cause),
            None => Step::GiveUp,
        }
    }

    /// Why the last failure led nowhere, or not elsewhere, where the error table would have had it so.
    #[must_use]
    pub const fn held_back(&self) -> Option<&'static str> {
        self.held_back
    }

    /// Whether any of the attempts that failed may have done what was asked.
    #[must_use]
    pub const fn may_be_done(&self) -> bool {
        self.may_be_done
    }

    /// The time that a [`Step::Wait`] named has come.
    pub fn tick(&mut self, now: Duration, choices: &mut impl Choices) -> Step {
        if let Some(due) = self.due
            && now >= due
        {
            self.due = None;
            let want = match self.bound {
                Bound::Free => Want::Again,
                Bound::To(target) => Want::Only { target },
                Bound::Over => return Step::GiveUp,
            };
            return match choices.choose(want, now) {
                Some(target) => self.start(now, target, self.cause(Cause::Retry)),
                None => Step::GiveUp,
            };
        }
        if let Some(due) = self.hedge_due(now, choices)
            && now >= due
        {
            self.hedged = true;
            if choices.take_hedge(now)
                && let Some(target) = choices.choose(Want::Untried, now)
            {
                return self.start(now, target, Cause::Hedge);
            }
        }
        self.wait(now, choices)
    }

    /// What to wait for while attempts run.
    pub fn wait(&mut self, now: Duration, choices: &mut impl Choices) -> Step {
        Step::Wait { until: self.due.or_else(|| self.hedge_due(now, choices)) }
    }

    /// The attempts that still run and are to be left, once `winner` answered.
    pub fn losers(&self, winner: usize) -> impl Iterator<Item = usize> {
        self.made
            .iter()
            .enumerate()
            .filter(move |(number, attempt)| *number != winner && attempt.phase != Phase::Over)
            .map(|(number, _)| number)
    }

    /// Why an attempt is made, in the end: while a stream is gone on with, for that.
    const fn cause(&self, cause: Cause) -> Cause {
        if self.continuing { Cause::Continuation } else { cause }
    }

    fn elsewhere(&self, error: &ErrorDetails, failed: u32) -> Option<(Want, Cause)> {
        match verdict(error).next_target {
            NextTarget::AtOnce => Some((Want::Untried, Cause::Fallback)),
            NextTarget::LargerWindow => Some((Want::LargerWindow { than: failed }, Cause::LargerWindow)),
            NextTarget::IfPolicyAllows
                if error.kind == ErrorKind::ContentPolicy && self.policy.content_policy_fallback =>
            {
                Some((Want::Untried, Cause::ContentPolicy))
            }
            NextTarget::IfPolicyAllows | NextTarget::FreeOfCharge | NextTarget::Never => None,
        }
    }

    fn start(&mut self, now: Duration, target: u32, cause: Cause) -> Step {
        self.made.push(Attempt { target, phase: Phase::Running { since: now } });
        Step::Start { attempt: self.made.len() - 1, target, cause }
    }

    fn is_running(&self) -> bool {
        self.made.iter().any(|attempt| attempt.phase != Phase::Over)
    }

    fn is_late(&self, at: Duration) -> bool {
        self.policy.deadline.is_some_and(|deadline| at >= deadline)
    }

    /// When the only running attempt is slow enough for a second one.
    fn hedge_due(&self, now: Duration, choices: &mut impl Choices) -> Option<Duration> {
        if self.hedged {
            return None;
        }
        let mut running = self.made.iter().filter_map(|attempt| match attempt.phase {
            Phase::Running { since } => Some((attempt.target, since)),
            Phase::Over => None,
        });
        let (target, since) = running.next()?;
        // A second one beside it is asked while the first may be at it.
        if choices.repetition(target) != Repetition::Anywhere {
            return None;
        }
        Some(since.saturating_add(choices.hedge_after(now, target)?))
    }
}

/// Whether a target that failed so may be asked again by this request.
#[must_use]
pub fn may_be_asked_again(error: &ErrorDetails, should_retry: Option<bool>) -> bool {
    should_retry.unwrap_or_else(|| verdict(error).same_target != SameTarget::Never)
}

#[cfg(test)]
#[path = "attempts_tests.rs"]
mod tests;
