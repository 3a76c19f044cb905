//! Waiting for room, where every target is at a limit.

use std::time::Duration;

use super::Run;
use crate::client::{Recorder, Selection, Standing, Turn, not_in_time};
use crate::error::Result;
use crate::resilience::Rejected;

/// Waits for the turn of a request at a target that is at a limit, where waiting
/// is what is left. Whether it is its turn; `false` where nothing is to be waited for.
///
/// Errors: `NoTargetAvailable`, at once where its turn would come too late.
pub(super) async fn wait_for_room(
    run: &Run<'_>,
    recorder: &mut Recorder,
    selection: &mut Selection,
    deadline: Option<Duration>,
) -> Result<bool> {
    let now = run.clock.now();
    let Some(full) = selection.full(now) else { return Ok(false) };
    let waited = recorder.elapsed();
    let longest = run.settings.resilience.queue.longest_wait.saturating_sub(waited);
    let latest = deadline.unwrap_or(Duration::MAX).min(now.saturating_add(longest));
    let options = &run.call.options.routing;
    let standing = Standing {
        demand: selection.demand,
        priority: options.priority.unwrap_or(0),
        tenant: options.tenant.as_deref().unwrap_or_default().into(),
        deadline: latest,
    };
    selection.has_begun();
    let turn = match full.until.filter(|until| *until >= latest) {
        Some(until) => Err(Rejected::DeadlineCannotBeMet { expected: until.saturating_sub(now) }),
        None => match Turn::join(run.clock, full.wanted, &standing) {
            Ok(mut turn) => turn.called().await.map(|()| turn),
            Err(rejected) => Err(rejected),
        },
    };
    recorder.queued(run.clock.now().saturating_sub(now));
    match turn {
        Ok(turn) => {
            selection.renew(turn);
            Ok(true)
        }
        Err(rejected) => {
            recorder.decided(run.dispatch, selection.trace());
            let mut error = not_in_time(rejected, &selection.reasons());
            error.route = Some(Box::new((*recorder.trace()).clone()));
            Err(error)
        }
    }
}
