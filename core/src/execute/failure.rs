//! A failed exchange, and the error that ends a request.

use std::time::Duration;

use super::Run;
use crate::client::{Permits, Prepared, Recorder, Selection, scrub};
use crate::dialects::Unsupported;
use crate::error::{Error, ErrorKind, TimeLimit};
use crate::types::operation::Request;
use crate::types::routing::Capability;

/// A failed exchange, and the provider's word on trying again.
pub(super) struct Failure {
    pub error: Error,
    pub should_retry: Option<bool>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, should_retry: None }
    }
}

/// Takes the target's key out of a failure and lets its state know.
pub(super) fn failed(run: &Run<'_>, permit: Permits, prepared: &Prepared, mut failure: Failure) -> Failure {
    scrub(&mut failure.error, &prepared.chosen);
    permit.failed(run.clock.now(), &failure.error, None);
    failure
}

/// The error that ends a request: the last failure, with what is known around it. `may_be_done`:
/// whether one of its attempts may have done what was asked.
pub(super) fn gave_up(
    run: &Run<'_>,
    recorder: &Recorder,
    selection: &Selection,
    last: Option<(Error, u32)>,
    may_be_done: bool,
) -> Error {
    let mut error = last_failure(run, recorder, selection, last);
    error.not_done = matches!(run.call.request, Request::Service(_)).then_some(!may_be_done);
    error
}

fn last_failure(
    run: &Run<'_>,
    recorder: &Recorder,
    selection: &Selection,
    last: Option<(Error, u32)>,
) -> Error {
    let Some((mut error, target)) = last else {
        let reasons = selection.reasons().join("; ");
        let message = format!("no target can serve this request: {reasons}");
        let mut error = Error::new(ErrorKind::NoTargetAvailable, message);
        if run.unsupported() == Unsupported::Error
            && let Some(place) = run.call.request.first_beyond_chat()
        {
            let what = match run.call.request {
                Request::Messages(_) => Capability::NativeMessages,
                _ => Capability::NativeResponses,
            };
            error.message = format!(
                "{}; `{place}` needs {}, and `unsupported=\"drop\"` leaves it out",
                error.message,
                what.words()
            );
            error.param = Some(place);
        }
        error.route = Some(Box::new((*recorder.trace()).clone()));
        return error;
    };
    if let Some(chosen) = run.route.targets.get(target as usize) {
        let target = &chosen.target;
        error.provider = Some(target.provider.name.clone());
        error.model = Some(target.model.clone());
        if recorder.attempts() > 0 {
            error.target = Some(target.name());
        }
    }
    if recorder.attempts() > 0 {
        error.attempts = recorder.attempts();
        error.route = Some(Box::new((*recorder.trace()).clone()));
    }
    error
}

pub(super) fn out_of_time(total: Duration) -> Error {
    Error::new(ErrorKind::ApiTimeout, format!("no answer within {} s (limit `total`)", total.as_secs_f64()))
        .with_limit(TimeLimit::Total)
}
