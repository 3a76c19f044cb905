//! Who goes next where more want to go than may.
//!
//! - By priority: a higher one goes first, always; who has the same is of one class.
//! - Within a class fair by tenant, in cost: each tenant that waits earns the
//!   same credit, and whose first waiter is paid for goes. That is the bit-by-bit
//!   round robin of "Analysis and Simulation of a Fair Queueing Algorithm"
//!   (Demers, Keshav, Shenker, 1989). A tenant that floods the queue waits for
//!   itself; one with a large request cannot be starved by small ones.
//! - Within a tenant in order of arrival.
//! - Bounded, with a deadline for each. Who cannot be served in time by the
//!   measured rate is told so at once, rather than after the wait.
//!
//! Sans-IO: it holds ids, the caller wakes whom it names. No permit is taken
//! here. Its operations take time in proportion to who waits, at most
//! `most_waiting`; a request that need not wait never enters it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::types::fields::{require, seconds};

/// The settings of a [`WaitQueue`]. Durations are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QueueConfig {
    /// Requests that may wait for one provider. Default 1000. 0: none ever waits.
    pub most_waiting: usize,
    /// Requests of one tenant that may wait for one provider. Default null: as many as of all.
    pub most_waiting_per_tenant: Option<usize>,
    /// The longest that a request waits, whatever its own deadline. Default 30 s.
    #[serde(with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub longest_wait: Duration,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self { most_waiting: 1000, most_waiting_per_tenant: None, longest_wait: Duration::from_secs(30) }
    }
}

impl QueueConfig {
    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        require(self.most_waiting <= 1_000_000, place, "most_waiting", "at most 1000000")?;
        let per_tenant = self.most_waiting_per_tenant != Some(0);
        require(per_tenant, place, "most_waiting_per_tenant", "at least 1, or null")?;
        require(!self.longest_wait.is_zero(), place, "longest_wait", "a positive number of seconds")
    }
}

/// One that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// The caller's own name for it; unlike that of any other in the queue.
    pub id: u64,
    /// When it has to go at the latest.
    pub deadline: Duration,
    /// Higher goes first.
    pub priority: i32,
    /// Among whom the service is shared; empty where tenants are not told apart.
    pub tenant: Arc<str>,
    /// What it takes of the service, such as its estimated tokens. 0 counts as 1.
    pub cost: u64,
}

/// Why one may not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// As many wait as may.
    Full,
    /// As many of its tenant wait as may.
    TenantFull,
    /// Its deadline has passed.
    DeadlinePassed,
    /// By the measured rate it would go after `expected`, past its deadline.
    DeadlineCannotBeMet { expected: Duration },
}

/// How fast the measured rate follows: about the last ten matter.
const WEIGHT: f64 = 0.1;
/// How many have to go before anybody is turned away by their rate.
const FEW: u32 = 5;

#[derive(Clone, Debug)]
struct Tenant {
    name: Arc<str>,
    waiting: VecDeque<Waiter>,
    /// What it has earned; never more than its first waiter costs.
    credit: u64,
    /// When it began to wait, to settle ties.
    number: u64,
}

/// The queue.
#[derive(Clone, Debug)]
pub struct WaitQueue {
    config: QueueConfig,
    /// By priority, the highest first; none is empty.
    classes: BTreeMap<Reverse<i32>, Vec<Tenant>>,
    waiting: usize,
    /// Taken out because their deadline passed, and not yet told.
    lapsed: Vec<Waiter>,
    /// No deadline is earlier.
    next_deadline: Duration,
    tenants_seen: u64,
    /// Seconds from one to the next that went, while others waited.
    interval: Option<f64>,
    /// How many went, of those that count for it.
    went: u32,
    /// The last that went, or the first that waits since none did.
    busy_since: Duration,
}

impl WaitQueue {
    #[must_use]
    pub const fn new(config: QueueConfig) -> Self {
        Self {
            config,
            classes: BTreeMap::new(),
            waiting: 0,
            lapsed: Vec::new(),
            next_deadline: Duration::MAX,
            tenants_seen: 0,
            interval: None,
            went: 0,
            busy_since: Duration::ZERO,
        }
    }

    /// How many wait, those included that are yet to be told by
    /// [`expired`](Self::expired).
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting + self.lapsed.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets one wait, and tells how many go before it if none comes after.
    pub fn push(&mut self, now: Duration, mut waiter: Waiter) -> Result<usize, Rejected> {
        self.sweep(now);
        waiter.cost = waiter.cost.max(1);
        waiter.deadline = waiter.deadline.min(now.saturating_add(self.config.longest_wait));
        if waiter.deadline <= now {
            return Err(Rejected::DeadlinePassed);
        }
        if self.len() >= self.config.most_waiting {
            return Err(Rejected::Full);
        }
        let of_tenant: usize = self
            .classes
            .values()
            .flatten()
            .filter(|tenant| tenant.name == waiter.tenant)
            .map(|tenant| tenant.waiting.len())
            .sum();
        if self.config.most_waiting_per_tenant.is_some_and(|most| of_tenant >= most) {
            return Err(Rejected::TenantFull);
        }
        let ahead = self.ahead_of(&waiter);
        if let Some(interval) = self.interval_at(now)
            && self.went >= FEW
        {
            let expected =
                Duration::try_from_secs_f64(interval * (ahead + 1) as f64).unwrap_or(Duration::MAX);
            if now.saturating_add(expected) > waiter.deadline {
                return Err(Rejected::DeadlineCannotBeMet { expected });
            }
        }
        if self.waiting == 0 {
            self.interval = self.interval_at(now);
            if self.interval.is_none() {
                self.went = 0;
            }
            self.busy_since = now;
        }
        self.waiting += 1;
        self.next_deadline = self.next_deadline.min(waiter.deadline);
        let number = self.tenants_seen;
        let class = self.classes.entry(Reverse(waiter.priority)).or_default();
        if let Some(tenant) = class.iter_mut().find(|tenant| tenant.name == waiter.tenant) {
            tenant.waiting.push_back(waiter);
        } else {
            self.tenants_seen += 1;
            let name = Arc::clone(&waiter.tenant);
            class.push(Tenant { name, waiting: VecDeque::from([waiter]), credit: 0, number });
        }
        Ok(ahead)
    }

    /// Who goes next of those that are `able` to, whose deadline has not passed.
    /// It goes on waiting, until it is [taken out](Self::take).
    pub fn next(&mut self, now: Duration, mut able: impl FnMut(&Waiter) -> bool) -> Option<&Waiter> {
        self.sweep(now);
        self.classes.values().find_map(|class| {
            let first = |tenant: &'_ Tenant| tenant.waiting.iter().position(&mut able);
            soonest(class, first).and_then(|(tenant, at)| class.get(tenant)?.waiting.get(at))
        })
    }

    /// Takes out one that goes now; none where it is not there. The others of its
    /// class have earned what it cost.
    pub fn take(&mut self, now: Duration, id: u64) -> Option<Waiter> {
        for class in self.classes.values_mut() {
            let place = class.iter().enumerate().find_map(|(index, tenant)| {
                Some((index, tenant.waiting.iter().position(|waiter| waiter.id == id)?))
            });
            let Some((index, at)) = place else { continue };
            let tenant = class.get(index)?;
            let needs = tenant.waiting.get(at)?.cost.saturating_sub(tenant.credit);
            for tenant in &mut *class {
                tenant.credit = tenant.credit.saturating_add(needs);
            }
            let tenant = class.get_mut(index)?;
            let waiter = tenant.waiting.remove(at)?;
            tenant.credit = tenant.credit.saturating_sub(waiter.cost);
            tidy(class);
            self.left(now);
            return Some(waiter);
        }
        None
    }

    /// Takes out who goes next.
    pub fn pop(&mut self, now: Duration) -> Option<Waiter> {
        let id = self.next(now, |_| true)?.id;
        self.take(now, id)
    }

    /// Takes one out that went by another queue in which it waited too. It made
    /// room here as one that goes does, and nobody has paid for it.
    pub fn went_elsewhere(&mut self, now: Duration, id: u64) -> Option<Waiter> {
        let waiter = self.cancel(id)?;
        self.waiting += 1;
        self.left(now);
        Some(waiter)
    }

    /// One of those that wait goes: the measured rate follows.
    fn left(&mut self, now: Duration) {
        self.waiting = self.waiting.saturating_sub(1);
        self.classes.retain(|_, class| !class.is_empty());
        let took = now.saturating_sub(self.busy_since).as_secs_f64();
        self.went = self.went.saturating_add(1);
        // The first ones are a plain mean.
        let weight = WEIGHT.max(1.0 / f64::from(self.went));
        self.interval = Some(self.interval.map_or(took, |known| known + (took - known) * weight));
        self.busy_since = now;
    }

    /// Takes one out that no longer wants to go; none where it is not there.
    pub fn cancel(&mut self, id: u64) -> Option<Waiter> {
        for class in self.classes.values_mut() {
            for tenant in &mut *class {
                if let Some(at) = tenant.waiting.iter().position(|waiter| waiter.id == id) {
                    let waiter = tenant.waiting.remove(at);
                    tidy(class);
                    self.classes.retain(|_, class| !class.is_empty());
                    self.waiting -= 1;
                    return waiter;
                }
            }
        }
        let at = self.lapsed.iter().position(|waiter| waiter.id == id)?;
        Some(self.lapsed.swap_remove(at))
    }

    /// Takes out all whose deadline has passed, in the order of their deadlines.
    pub fn expired(&mut self, now: Duration) -> Vec<Waiter> {
        self.sweep(now);
        let mut expired = std::mem::take(&mut self.lapsed);
        expired.sort_by_key(|waiter| waiter.deadline);
        expired
    }

    /// When [`expired`](Self::expired) may have something to tell:
    /// [`Duration::MAX`] where none waits.
    #[must_use]
    pub fn next_deadline(&self) -> Duration {
        match (self.lapsed.is_empty(), self.waiting) {
            (false, _) => Duration::ZERO,
            (true, 0) => Duration::MAX,
            (true, _) => self.next_deadline,
        }
    }

    /// Seconds from one that goes to the next. A pause that is longer than that
    /// counts as one that is about to end. Where none has waited for longer than
    /// any waits, what was measured before says nothing.
    fn interval_at(&self, now: Duration) -> Option<f64> {
        let known = self.interval?;
        let pause = now.saturating_sub(self.busy_since);
        if self.waiting == 0 {
            return (pause <= self.config.longest_wait).then_some(known);
        }
        Some(known + (pause.as_secs_f64() - known).max(0.0) * WEIGHT)
    }

    /// Who goes before `waiter` if none comes after: all of higher classes; of
    /// its own class, who is paid for before it is.
    fn ahead_of(&self, waiter: &Waiter) -> usize {
        let count = |tenants: &Vec<Tenant>| tenants.iter().map(|tenant| tenant.waiting.len()).sum::<usize>();
        let class = Reverse(waiter.priority);
        let higher: usize = self.classes.range(..class).map(|(_, tenants)| count(tenants)).sum();
        let Some(tenants) = self.classes.get(&class) else { return higher };
        let own = tenants.iter().find(|tenant| tenant.name == waiter.tenant);
        let (before, number) = own.map_or((0, u64::MAX), |own| {
            let cost = own.waiting.iter().fold(0_u64, |sum, waiter| sum.saturating_add(waiter.cost));
            (cost.saturating_sub(own.credit), own.number)
        });
        let paid_at = before.saturating_add(waiter.cost);
        let earlier = tenants.iter().map(|tenant| {
            if tenant.number == number {
                return tenant.waiting.len();
            }
            let mut cost = 0_u64;
            let paid = tenant.waiting.iter().take_while(|waiter| {
                cost = cost.saturating_add(waiter.cost);
                let level = cost.saturating_sub(tenant.credit);
                level < paid_at || (level == paid_at && tenant.number < number)
            });
            paid.count()
        });
        higher + earlier.sum::<usize>()
    }

    /// Takes out whose deadline has passed.
    fn sweep(&mut self, now: Duration) {
        if now < self.next_deadline {
            return;
        }
        let lapsed = self.lapsed.len();
        let mut next = Duration::MAX;
        for class in self.classes.values_mut() {
            for tenant in &mut *class {
                tenant.waiting.retain(|waiter| {
                    let waits = waiter.deadline > now;
                    if waits {
                        next = next.min(waiter.deadline);
                    } else {
                        self.lapsed.push(waiter.clone());
                    }
                    waits
                });
            }
            tidy(class);
        }
        self.classes.retain(|_, class| !class.is_empty());
        self.waiting -= self.lapsed.len() - lapsed;
        self.next_deadline = next;
    }
}

/// Forgets tenants of whom none waits: credit is earned by waiting alone. What
/// is left of it where a costlier waiter left is no more than the next one costs.
fn tidy(class: &mut Vec<Tenant>) {
    class.retain_mut(|tenant| {
        let Some(first) = tenant.waiting.front() else { return false };
        tenant.credit = tenant.credit.min(first.cost);
        true
    });
}

/// Whose waiter is paid for soonest, all earning alike until then: of each
/// tenant the one at the place that `first` says.
fn soonest(class: &[Tenant], mut first: impl FnMut(&Tenant) -> Option<usize>) -> Option<(usize, usize)> {
    class
        .iter()
        .enumerate()
        .filter_map(|(index, tenant)| {
            let at = first(tenant)?;
            let needs = tenant.waiting.get(at)?.cost.saturating_sub(tenant.credit);
            Some((needs, tenant.number, index, at))
        })
        .min()
        .map(|(_, _, index, at)| (index, at))
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
