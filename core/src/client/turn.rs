//! Waiting for one's turn at any of several providers.

use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::line::Slot;
use super::target_state::TargetState;
use crate::error::{Error, ErrorKind};
use crate::resilience::{Rejected, Waiter};
use crate::types::limits::Demand;

/// A provider whose room is waited for, and those of its targets that would do.
pub(crate) struct Wanted {
    pub provider: Arc<TargetState>,
    pub targets: Vec<Arc<TargetState>>,
}

/// Who waits, as the lines are to rank it.
pub(crate) struct Standing {
    pub demand: Demand,
    pub priority: i32,
    pub tenant: Arc<str>,
    /// When it has to go at the latest.
    pub deadline: Duration,
}

/// A place in lines; once it was called, the right to go next. Dropped, it leaves
/// the lines, and whoever is next is called.
pub(crate) struct Turn {
    clock: Clock,
    slot: Arc<Slot>,
    at: Vec<Arc<TargetState>>,
    deadline: Duration,
}

impl Turn {
    /// Joins the lines of all of `wanted`.
    ///
    /// Errors: why none of them takes it; of several reasons the most hopeful.
    pub fn join(clock: Clock, wanted: Vec<Wanted>, standing: &Standing) -> Result<Self, Rejected> {
        let Standing { demand, priority, tenant, deadline } = standing;
        let slot = Arc::new(Slot::new());
        let mut turn = Self { clock, slot: Arc::clone(&slot), at: Vec::new(), deadline: *deadline };
        let mut rejected = Rejected::DeadlinePassed;
        for Wanted { provider, targets } in wanted {
            let waiter = Waiter {
                id: slot.ticket,
                deadline: *deadline,
                priority: *priority,
                tenant: Arc::clone(tenant),
                cost: demand.input_tokens.saturating_add(demand.output_tokens),
            };
            match provider.line().join(clock.now(), &provider, &slot, (waiter, *demand, targets)) {
                Ok(()) => turn.at.push(provider),
                Err(reason) => rejected = sooner(rejected, reason),
            }
        }
        if turn.at.is_empty() { Err(rejected) } else { Ok(turn) }
    }

    /// The number by which a line knows who was called.
    pub fn ticket(&self) -> u64 {
        self.slot.ticket
    }

    /// Waits until it is called. Errors: its deadline has passed.
    pub async fn called(&mut self) -> Result<(), Rejected> {
        loop {
            if self.slot.is_called() {
                self.leave_others();
                return Ok(());
            }
            let now = self.clock.now();
            if now >= self.deadline {
                return Err(Rejected::DeadlinePassed);
            }
            let look = self.slot.looks_at();
            if look.is_some_and(|look| now >= look) {
                self.slot.looks();
                self.at.iter().for_each(|provider| provider.line().advance(now, provider));
                continue;
            }
            let until = look.map_or(self.deadline, |look| look.min(self.deadline));
            drop(tokio::time::timeout_at(self.clock.at(until), self.slot.stirred.notified()).await);
        }
    }

    /// Leaves all lines but the one that called it.
    fn leave_others(&mut self) {
        let (now, slot) = (self.clock.now(), &self.slot);
        self.at.retain(|provider| {
            let here = provider.line().has_called(slot.ticket);
            if !here {
                provider.line().leave(now, provider, slot);
            }
            here
        });
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = self.clock.now();
        self.at.iter().for_each(|provider| provider.line().leave(now, provider, &self.slot));
    }
}

/// The one of two reasons that leaves more hope.
fn sooner(one: Rejected, other: Rejected) -> Rejected {
    match (one, other) {
        (Rejected::DeadlinePassed, other) => other,
        (Rejected::DeadlineCannotBeMet { expected: a }, Rejected::DeadlineCannotBeMet { expected: b }) => {
            Rejected::DeadlineCannotBeMet { expected: a.min(b) }
        }
        (_, other @ Rejected::DeadlineCannotBeMet { .. }) => other,
        (one, _) => one,
    }
}

/// The error of a request whose turn would come too late, or did not come.
pub(crate) fn not_in_time(rejected: Rejected, reasons: &[String]) -> Error {
    let (why, retry_after) = match rejected {
        Rejected::DeadlineCannotBeMet { expected } => {
            let expected = expected.as_secs_f64();
            (format!("its turn would come in {expected:.1} s, which is too late"), Some(expected))
        }
        Rejected::DeadlinePassed => ("its turn did not come in time".to_owned(), None),
        Rejected::Full => ("as many requests wait as may (`resilience.queue.most_waiting`)".to_owned(), None),
        Rejected::TenantFull => (
            "as many requests of its tenant wait as may (`resilience.queue.most_waiting_per_tenant`)"
                .to_owned(),
            None,
        ),
    };
    let reasons = reasons.join("; ");
    let message = format!("every target is at a limit, and {why}: {reasons}");
    let mut error = Error::new(ErrorKind::NoTargetAvailable, message);
    error.retry_after = retry_after;
    error
}
