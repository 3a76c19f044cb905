//! Waiting for the limits that the user set.

use std::time::Duration;

use super::Run;
use crate::client::{Full, Watch};
use crate::error::{Error, ErrorKind, Result};

/// Waits until a target that is at a limit of the user's may have room.
///
/// Errors: `NoTargetAvailable` at once where that would be too late.
pub(super) async fn wait_for_room(
    run: &Run<'_>,
    full: &Full<'_>,
    watch: Watch<'_>,
    deadline: Option<Duration>,
    began: Duration,
) -> Result<()> {
    let longest = began.saturating_add(run.settings.resilience.queue.longest_wait);
    let latest = deadline.map_or(longest, |deadline| deadline.min(longest));
    let now = run.clock.now();
    if now >= latest || full.until.is_some_and(|until| until >= latest) {
        let wait = full.until.unwrap_or(latest).saturating_sub(now).as_secs_f64();
        let mut error = Error::new(
            ErrorKind::NoTargetAvailable,
            format!(
                "every target is at a limit of its `quota`; `{}` has room in {wait:.1} s, which is too late",
                full.target.target.provider.name
            ),
        );
        error.retry_after = Some(wait);
        return Err(error);
    }
    // Room comes with time, or when another request ends.
    let until = run.clock.at(full.until.unwrap_or(latest));
    drop(tokio::time::timeout_at(until, watch.ended()).await);
    Ok(())
}
