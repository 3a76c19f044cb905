//! Whether a request may be sent once more, which may have been done already.
//!
//! To ask a model twice costs money; to send a message or a payment twice does what
//! nobody wants. The error table ([`verdict`](super::verdict())) says where asking again could help,
//! [`repeats`] whether it is safe. It errs to one side: whatever is not known counts as done.

use crate::error::{ErrorDetails, ErrorKind, Stage};
use crate::types::service::Repetition;

/// Whether the service may have done what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Surely not.
    None,
    Possible,
}

/// Where a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    pub same_target: bool,
    pub other_targets: bool,
}

/// What a failure says of what was done.
///
/// - What a rule of the operation says (`not_done`) stands.
/// - Without a connection nothing was done.
/// - A response of status 4xx is the service's word that it did not do it. Not so 408 and 409: a
///   gateway says the first while the request is under way behind it (RFC 9110, 15.5.9, knows no
///   such promise), and the second is what services answer to a key or an object that is there
///   already (Stripe: "The request conflicts with another request (perhaps due to using the same
///   idempotent key)", <https://docs.stripe.com/api/errors>).
/// - Everything else may have been done: time limits, connections that broke, 5xx, answers that
///   could not be read.
#[must_use]
pub fn effect(error: &ErrorDetails) -> Effect {
    if let Some(not_done) = error.not_done {
        return if not_done { Effect::None } else { Effect::Possible };
    }
    let refused = |status: u16| (400..500).contains(&status) && !matches!(status, 408 | 409);
    match (error.stage, error.status) {
        (Some(Stage::Unsent), _) => Effect::None,
        (Some(Stage::Answered), Some(status)) if refused(status) => Effect::None,
        // The request could not even be made: no transport says so of one that it sent.
        (None, None) if error.kind == ErrorKind::Configuration => Effect::None,
        _ => Effect::Possible,
    }
}

/// Where a request of an operation may be sent again after a failure.
#[must_use]
pub const fn repeats(repetition: Repetition, effect: Effect) -> Repeats {
    match (repetition, effect) {
        (Repetition::Anywhere, _) | (_, Effect::None) => Repeats { same_target: true, other_targets: true },
        // The key is known where it was sent, and nowhere else.
        (Repetition::SameTarget, Effect::Possible) => Repeats { same_target: true, other_targets: false },
        (Repetition::Never, Effect::Possible) => Repeats { same_target: false, other_targets: false },
    }
}

/// What the attempts of one request leave to those that follow. It only becomes less: what one
/// attempt may have done stays so, whatever the next one is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bound {
    #[default]
    Free,
    /// This target alone.
    To(u32),
    Over,
}

impl Bound {
    /// After a failure at `target` that allows `repeats`.
    #[must_use]
    pub const fn after(self, target: u32, repeats: Repeats) -> Self {
        match (self, repeats) {
            (Self::Over, _) | (_, Repeats { same_target: false, .. }) => Self::Over,
            (Self::To(only), Repeats { other_targets: false, .. }) if only != target => Self::Over,
            (Self::To(only), _) => Self::To(only),
            (Self::Free, Repeats { other_targets: true, .. }) => Self::Free,
            (Self::Free, _) => Self::To(target),
        }
    }

    /// Why it is not asked again where it could be otherwise, for the trace.
    #[must_use]
    pub const fn why(self) -> Option<&'static str> {
        match self {
            Self::Free => None,
            Self::To(_) => Some(
                "it may have been done: its idempotency key makes it safe to ask the same target again, \
                 and no other one",
            ),
            Self::Over => Some(
                "it may have been done, and nothing makes it safe to ask again: the operation is neither \
                 `idempotent` nor has it an idempotency key here",
            ),
        }
    }
}

#[cfg(test)]
#[path = "repetition_tests.rs"]
mod tests;
