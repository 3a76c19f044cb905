//! The start of an attempt: the call translated, leave to ask taken.

use super::Run;
use super::continuation::Beginning;
use super::failure::out_of_time;
use crate::client::{Call, Permits, Prepared, Recorder, Selection, Target, limits, prepare};
use crate::dialects::{EncodeContext, dialect};
use crate::error::{Error, ErrorKind};
use crate::resilience::continuation::continued;
use crate::transport::{HttpRequest, Limits};
use crate::types::chat::ContinuedBy;
use crate::types::operation::Request;
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
/// limits at the route's first target, `beginning` what it is to go on with.
pub(super) fn start(
    run: &Run<'_>,
    recorder: &mut Recorder,
    (target, cause): (u32, Cause),
    first: &Limits,
    selection: &Selection,
    beginning: Option<&Beginning>,
) -> Result<Started, NotSent> {
    let Some(chosen) = run.route.targets.get(target as usize) else {
        return Err(Error::new(ErrorKind::Internal, "a target was chosen that is not there").into());
    };
    let changed = match chosen.parameters.is_empty() {
        true => None,
        false => Some(run.call.with_parameters(&chosen.parameters)?),
    };
    let call = changed.as_ref().unwrap_or(run.call);
    let rest = beginning.and_then(|beginning| rest(run, call, &chosen.target, beginning));
    let (call, continued_by) = rest.as_ref().map_or((call, None), |(call, by)| (call, Some(*by)));
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
    let (request, mut prepared) = prepare(run.settings, call, chosen, run.stream, limits, run.dispatch.seed)?;
    prepared.continued_by = continued_by;
    if prepared.asked.is_none() {
        prepared.asked = changed.map(|call| call.request).filter(|own| own.chat().is_none()).map(Box::new);
    }
    let mut demand = selection.demand;
    demand.requests += prepared.pieces.len() as u64;
    let permit = chosen
        .begin(run.clock, (demand, selection.delivery), selection.last_resort, selection.ticket())
        .map_err(|_| NotSent::Refused)?;
    let permit = if run.route.hedges { permit.paid_from(run.budgets) } else { permit };
    let recorded = recorder.begin(&chosen.target, cause);
    Ok(Started { recorded, request, prepared, permit })
}

/// The call that asks for the rest of an answer, in the form that the target has for it.
fn rest(run: &Run<'_>, call: &Call, target: &Target, beginning: &Beginning) -> Option<(Call, ContinuedBy)> {
    let chat = call.request.chat()?;
    let context = EncodeContext {
        model: &target.model,
        stream: run.stream,
        unsupported: call.options.unsupported.unwrap_or(run.settings.unsupported),
        quirks: &target.provider.quirks,
    };
    let continues = dialect(target.provider.dialect_of(&target.model)).continues(chat, &context);
    let request = continued(chat, &beginning.text, continues, beginning.tokens);
    let by = if continues { ContinuedBy::Prefill } else { ContinuedBy::Instruction };
    Some((Call { request: Request::Chat(request), options: call.options.clone() }, by))
}
