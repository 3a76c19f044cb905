//! The start of an attempt: the call translated, leave to ask taken.

use super::Run;
use super::failure::out_of_time;
use crate::client::{Permits, Prepared, Recorder, Selection, limits, prepare};
use crate::error::{Error, ErrorKind};
use crate::transport::{HttpRequest, Limits};
use crate::types::trace::Cause;

/// Why an attempt was not sent.
pub(super) enum NotSent {
    /// The target cannot be asked this.
    Unfit(Error),
    /// It cannot be asked now.
    Refused,
}

impl From<Error> for NotSent {
    fn from(error: Error) -> Self {
        Self::Unfit(error)
    }
}

/// An attempt that may go.
pub(super) struct Started {
    /// Its number in the trace.
    pub recorded: usize,
    pub request: HttpRequest,
    pub prepared: Prepared,
    pub permit: Permits,
}

/// Translates the call for a target and takes leave to ask it. `first` are the
/// limits at the route's first target.
pub(super) fn start(
    run: &Run<'_>,
    recorder: &mut Recorder,
    target: u32,
    cause: Cause,
    first: &Limits,
    selection: &Selection,
) -> Result<Started, NotSent> {
    let Some(chosen) = run.route.targets.get(target as usize) else {
        return Err(Error::new(ErrorKind::Internal, "a target was chosen that is not there").into());
    };
    let changed = match chosen.parameters.is_empty() {
        true => None,
        false => Some(run.call.with_parameters(&chosen.parameters)?),
    };
    let call = changed.as_ref().unwrap_or(run.call);
    let mut limits = match target {
        0 => first.clone(),
        _ => limits(run.settings, &chosen.target, &call.options, run.stream),
    };
    // One limit for the whole request, shared by all attempts.
    if let Some(total) = first.total {
        let left = total.saturating_sub(recorder.elapsed());
        if left.is_zero() {
            return Err(out_of_time(total).into());
        }
        limits.total = Some(left);
    }
    let (request, prepared) = prepare(run.settings, call, chosen, run.stream, limits)?;
    let permit =
        chosen.begin(run.clock, selection.demand, selection.last_resort).map_err(|_| NotSent::Refused)?;
    let permit = if run.route.hedges { permit.paid_from(run.budgets) } else { permit };
    let recorded = recorder.begin(&chosen.target, cause);
    Ok(Started { recorded, request, prepared, permit })
}
