//! The line before one provider: who waits for room there, and whose turn it is.
//!
//! One at a time is called, in the order of the [`WaitQueue`]. It takes its room
//! itself; when it has, or has left, the next is called. Until then nobody who
//! comes later may take the room, so that no turn is overtaken. While nobody
//! waits a request pays for a look at two numbers. As with any fair lock, who is
//! called and neither goes on nor leaves keeps the others waiting: a request's
//! future must be polled or dropped.
//!
//! Nothing is polled. Room comes when a request ends (then
//! [`advance`](Line::advance) is called), or with time (then the first of the
//! line is told when to look again). Under the lock of a line the states of the
//! provider and its targets are looked at, never the reverse.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use super::lock::lock;
use super::target_state::{Refused, TargetState};
use crate::resilience::{QueueConfig, Rejected, WaitQueue, Waiter};
use crate::types::limits::Demand;

/// The ticket of nobody.
pub(super) const NOBODY: u64 = 0;

/// One that waits, maybe in several lines: the first that calls it has it.
#[derive(Debug)]
pub(super) struct Slot {
    /// Its number, unlike that of any other.
    pub ticket: u64,
    called: AtomicBool,
    /// When it is to look again whether the line goes on, in nanoseconds.
    look_at: AtomicU64,
    pub stirred: Notify,
}

impl Slot {
    pub fn new() -> Self {
        static TICKETS: AtomicU64 = AtomicU64::new(NOBODY + 1);
        Self {
            ticket: TICKETS.fetch_add(1, Ordering::Relaxed),
            called: AtomicBool::new(false),
            look_at: AtomicU64::new(u64::MAX),
            stirred: Notify::new(),
        }
    }

    pub fn is_called(&self) -> bool {
        self.called.load(Ordering::Acquire)
    }

    /// Whether it is called now; by one line only.
    fn call(&self) -> bool {
        let first = !self.called.swap(true, Ordering::AcqRel);
        if first {
            self.stirred.notify_one();
        }
        first
    }

    fn look_again(&self, at: Duration) {
        let at = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
        if at < self.look_at.fetch_min(at, Ordering::AcqRel) {
            self.stirred.notify_one();
        }
    }

    /// When it is to look again, if ever.
    pub fn looks_at(&self) -> Option<Duration> {
        let at = self.look_at.load(Ordering::Acquire);
        (at != u64::MAX).then(|| Duration::from_nanos(at))
    }

    /// It looks now.
    pub fn looks(&self) {
        self.look_at.store(u64::MAX, Ordering::Release);
    }
}

/// One that waits, as a line has it.
struct Place {
    slot: Arc<Slot>,
    demand: Demand,
    /// Those of the provider's targets that would do.
    targets: Vec<Arc<TargetState>>,
}

struct Inner {
    queue: WaitQueue,
    places: HashMap<u64, Place>,
}

/// The line before one provider.
pub(crate) struct Line {
    /// How many wait or have been called.
    busy: AtomicUsize,
    /// Who was called and has not gone yet.
    called: AtomicU64,
    /// Whether it is the provider itself that lets nobody go, not one target.
    held: AtomicBool,
    inner: Mutex<Inner>,
}

impl Line {
    pub fn new(config: QueueConfig) -> Self {
        Self {
            busy: AtomicUsize::new(0),
            called: AtomicU64::new(NOBODY),
            held: AtomicBool::new(false),
            inner: Mutex::new(Inner { queue: WaitQueue::new(config), places: HashMap::new() }),
        }
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.busy.load(Ordering::Acquire)
    }

    pub(super) fn has_called(&self, ticket: u64) -> bool {
        self.called.load(Ordering::Acquire) == ticket
    }

    /// Whether the holder of `ticket` may ask `target` although others wait: it
    /// was called, or they wait for other targets alone.
    pub fn is_open(&self, target: &TargetState, ticket: u64) -> bool {
        if self.waiting() == 0 {
            return true;
        }
        match self.called.load(Ordering::Acquire) {
            NOBODY => !self.held.load(Ordering::Acquire) && !target.is_waited_for(),
            called => called == ticket,
        }
    }

    /// Joins the line before `provider` for any of `targets`.
    pub(super) fn join(
        &self,
        now: Duration,
        provider: &TargetState,
        slot: &Arc<Slot>,
        (waiter, demand, targets): (Waiter, Demand, Vec<Arc<TargetState>>),
    ) -> Result<(), Rejected> {
        let mut inner = lock(&self.inner);
        inner.queue.push(now, waiter)?;
        targets.iter().for_each(|target| target.waited_for(true));
        inner.places.insert(slot.ticket, Place { slot: Arc::clone(slot), demand, targets });
        // Before the look at the room: a request that ends meanwhile sees one of the two.
        self.busy.fetch_add(1, Ordering::AcqRel);
        self.call_next(&mut inner, now, provider);
        Ok(())
    }

    /// Something has changed: calls who goes next, if there is room.
    pub fn advance(&self, now: Duration, provider: &TargetState) {
        if self.waiting() > 0 {
            self.call_next(&mut lock(&self.inner), now, provider);
        }
    }

    /// One that waits, or was called, leaves: it has gone, elsewhere maybe, or given up.
    pub(super) fn leave(&self, now: Duration, provider: &TargetState, slot: &Slot) {
        let mut inner = lock(&self.inner);
        let was_called =
            self.called.compare_exchange(slot.ticket, NOBODY, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if !was_called {
            self.remove(&mut inner, now, slot);
        } else if let Some(place) = inner.places.remove(&slot.ticket) {
            self.gone(&place);
        }
        self.call_next(&mut inner, now, provider);
    }

    fn remove(&self, inner: &mut Inner, now: Duration, slot: &Slot) {
        let Inner { queue, places } = inner;
        if slot.is_called() {
            queue.went_elsewhere(now, slot.ticket);
        } else {
            queue.cancel(slot.ticket);
        }
        if let Some(place) = places.remove(&slot.ticket) {
            self.gone(&place);
        }
    }

    fn gone(&self, place: &Place) {
        place.targets.iter().for_each(|target| target.waited_for(false));
        self.busy.fetch_sub(1, Ordering::AcqRel);
    }

    /// Calls the first that can go, unless one was called and has not gone yet.
    /// Who waits for the provider holds up all behind it, or a small request
    /// would always go before a large one; who waits for a target does not.
    fn call_next(&self, inner: &mut Inner, now: Duration, provider: &TargetState) {
        if self.called.load(Ordering::Acquire) != NOBODY {
            return;
        }
        self.held.store(false, Ordering::Release);
        loop {
            let Inner { queue, places } = &mut *inner;
            let mut look = Look { now, out: Vec::new(), later: None };
            let next = queue.next(now, |waiter| places.get(&waiter.id).is_some_and(|one| look.room_for(one)));
            let next = next.map(|waiter| waiter.id);
            if let Some((until, slot)) = look.later {
                slot.look_again(until);
            }
            let Some(Place { slot, demand, .. }) = next.and_then(|next| places.get(&next)) else { return };
            if let Err(refused) = provider.check(now, demand) {
                if let Some(until) = refused.until(now) {
                    slot.look_again(until);
                }
                self.held.store(true, Ordering::Release);
                return;
            }
            let slot = Arc::clone(slot);
            if slot.call() {
                queue.take(now, slot.ticket);
                self.called.store(slot.ticket, Ordering::Release);
                return;
            }
            // Another line has called it.
            self.remove(inner, now, &slot);
        }
    }
}

/// A look at the targets of those that wait.
struct Look<'a> {
    now: Duration,
    /// Those that have room for nobody: each is looked at once.
    out: Vec<&'a Arc<TargetState>>,
    /// When the first of those without room has some, and who waits for it.
    later: Option<(Duration, &'a Arc<Slot>)>,
}

impl<'a> Look<'a> {
    /// Whether one of its targets has room.
    fn room_for(&mut self, place: &'a Place) -> bool {
        for target in &place.targets {
            if self.out.iter().any(|out| Arc::ptr_eq(out, target)) {
                continue;
            }
            let Err(refused) = target.check(self.now, &place.demand) else { return true };
            if refused.is_for_all() {
                self.out.push(target);
            }
            if let Some(until) = refused.until(self.now)
                && self.later.is_none_or(|(known, _)| until < known)
            {
                self.later = Some((until, &place.slot));
            }
        }
        false
    }
}

impl Refused {
    /// Whether it holds for a request of any size.
    const fn is_for_all(self) -> bool {
        matches!(
            self,
            Self::Unhealthy | Self::Breaker { .. } | Self::Cooldown { .. } | Self::Concurrency { .. }
        )
    }

    /// When it ends, where that is known: not where it is when a request ends.
    fn until(self, now: Duration) -> Option<Duration> {
        match self {
            Self::Breaker { until } | Self::Cooldown { until } => (until != Duration::MAX).then_some(until),
            Self::Told { wait } => Some(now.saturating_add(wait)),
            Self::Quota(refusal) => refusal.wait().map(|wait| now.saturating_add(wait)),
            Self::Unhealthy | Self::Concurrency { .. } | Self::Line { .. } => None,
        }
    }
}
