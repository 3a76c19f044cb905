//! The error table: what each kind of failure means for what comes next.
//!
//! The one place that says so. Retry, fallback, breaker and cooldown all ask
//! [`verdict`], so that no two of them can disagree about a failure.

use crate::error::{ErrorDetails, ErrorKind, TimeLimit};

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub same_target: SameTarget,
    pub next_target: NextTarget,
    pub health: Health,
}

/// Whether the same target may answer when asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameTarget {
    Never,
    WithBackoff,
    /// With backoff too, and never before the provider's `Retry-After`.
    AfterRetryAfter,
}

/// Whether another target may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextTarget {
    /// It would fail there too, or no time is left.
    Never,
    AtOnce,
    /// One with a larger context window.
    LargerWindow,
    /// Only where the user allowed it for this kind of error: another service's
    /// judgement of refused content, or going on with a stream that broke.
    IfPolicyAllows,
    /// One that costs nothing.
    FreeOfCharge,
}

/// What the failure says about the target's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// A failure for the breaker.
    Counts,
    /// The target works but wants fewer requests: no failure for the breaker.
    CoolsDown,
    /// The account is used up: others need not ask for a while.
    CoolsDownLong,
    /// It is about this request, or not about the target at all.
    Ignored,
}

/// Looks a failure up in the table.
#[must_use]
pub fn verdict(error: &ErrorDetails) -> Verdict {
    use Health::{CoolsDown, CoolsDownLong, Counts, Ignored};
    use NextTarget::{AtOnce, FreeOfCharge, IfPolicyAllows, LargerWindow};
    use SameTarget::{AfterRetryAfter, WithBackoff};
    let (same_target, next_target, health) = match error.kind {
        ErrorKind::Authentication => (SameTarget::Never, AtOnce, Counts),
        ErrorKind::PermissionDenied => (SameTarget::Never, AtOnce, Ignored),
        ErrorKind::BadRequest => (SameTarget::Never, NextTarget::Never, Ignored),
        ErrorKind::ContextWindowExceeded => (SameTarget::Never, LargerWindow, Ignored),
        ErrorKind::ContentPolicy => (SameTarget::Never, IfPolicyAllows, Ignored),
        ErrorKind::NotFound => (SameTarget::Never, AtOnce, Ignored),
        ErrorKind::RateLimit => (AfterRetryAfter, AtOnce, CoolsDown),
        ErrorKind::QuotaExceeded => (SameTarget::Never, AtOnce, CoolsDownLong),
        ErrorKind::Overloaded | ErrorKind::InternalServer => (WithBackoff, AtOnce, Counts),
        // The whole time is used up: nothing is left to try again in.
        ErrorKind::ApiTimeout if error.limit == Some(TimeLimit::Total) => {
            (SameTarget::Never, NextTarget::Never, Counts)
        }
        // Asking a model again changes nothing on the other side: it may always be done.
        ErrorKind::ApiTimeout | ErrorKind::ApiConnection => (WithBackoff, AtOnce, Counts),
        ErrorKind::StreamInterrupted => (SameTarget::Never, IfPolicyAllows, Counts),
        ErrorKind::ResponseDecode => (SameTarget::Never, AtOnce, Counts),
        ErrorKind::BudgetExceeded => (SameTarget::Never, FreeOfCharge, Ignored),
        ErrorKind::NoTargetAvailable
        | ErrorKind::Configuration
        | ErrorKind::Cancelled
        | ErrorKind::Internal => (SameTarget::Never, NextTarget::Never, Ignored),
    };
    Verdict { same_target, next_target, health }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    /// The table as the design has it, a line a kind.
    #[test]
    fn the_table_is_that_of_the_design() {
        let lines: Vec<String> = ErrorKind::ALL
            .into_iter()
            .map(|kind| {
                let Verdict { same_target, next_target, health } = verdict(&Error::new(kind, "x"));
                format!("{}: {same_target:?}, {next_target:?}, {health:?}", kind.class_name())
            })
            .collect();
        let expected = [
            "AuthenticationError: Never, AtOnce, Counts",
            "PermissionDeniedError: Never, AtOnce, Ignored",
            "BadRequestError: Never, Never, Ignored",
            "ContextWindowExceededError: Never, LargerWindow, Ignored",
            "ContentPolicyError: Never, IfPolicyAllows, Ignored",
            "NotFoundError: Never, AtOnce, Ignored",
            "RateLimitError: AfterRetryAfter, AtOnce, CoolsDown",
            "QuotaExceededError: Never, AtOnce, CoolsDownLong",
            "OverloadedError: WithBackoff, AtOnce, Counts",
            "InternalServerError: WithBackoff, AtOnce, Counts",
            "APITimeoutError: WithBackoff, AtOnce, Counts",
            "APIConnectionError: WithBackoff, AtOnce, Counts",
            "StreamInterruptedError: Never, IfPolicyAllows, Counts",
            "ResponseDecodeError: Never, AtOnce, Counts",
            "NoTargetAvailableError: Never, Never, Ignored",
            "BudgetExceededError: Never, FreeOfCharge, Ignored",
            "ConfigurationError: Never, Never, Ignored",
            "RequestCancelledError: Never, Never, Ignored",
            "InternalError: Never, Never, Ignored",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn nothing_is_tried_once_the_whole_time_is_used_up() {
        for (limit, same, next) in [
            (TimeLimit::Total, SameTarget::Never, NextTarget::Never),
            (TimeLimit::Connect, SameTarget::WithBackoff, NextTarget::AtOnce),
            (TimeLimit::FirstByte, SameTarget::WithBackoff, NextTarget::AtOnce),
            (TimeLimit::Idle, SameTarget::WithBackoff, NextTarget::AtOnce),
        ] {
            let said = verdict(&Error::new(ErrorKind::ApiTimeout, "late").with_limit(limit));
            assert_eq!((said.same_target, said.next_target, said.health), (same, next, Health::Counts));
        }
    }
}
