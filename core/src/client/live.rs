//! A route's targets as they are at one instant, for strategies to read.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use super::lock::lock;
use super::route::{Route, RouteTarget};
use super::target_state::Refused;
use crate::resilience::QuotaRefusal;
use crate::routing::policies::Credit;
use crate::routing::state::{Arm, Delivery};
use crate::routing::{Shortage, Targets, Term};
use crate::types::limits::Demand;
use crate::types::routing_trace::QuotaOf;

/// What each target is owed, for strategies that share in turn.
#[derive(Debug)]
pub(super) struct Credits(Mutex<Vec<Credit>>);

impl Credits {
    pub fn new(count: usize) -> Self {
        Self(Mutex::new(vec![Credit::default(); count]))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Credit>> {
        lock(&self.0)
    }
}

/// A route's targets now.
pub(super) struct LiveTargets<'a> {
    pub route: &'a Route,
    /// Since the client's start.
    pub now: Duration,
    /// Seconds since 1970, for what is told of times.
    pub unix_now: f64,
    pub demand: Demand,
    /// How the answer is to come: what is expected of a target depends on it.
    pub delivery: Delivery,
    /// Of the request's turn, if it had to wait.
    pub ticket: u64,
    /// The places in the orders that functions gave; empty where none was asked.
    pub order: &'a [f64],
    /// Whether turns that are taken are booked: not for an explanation.
    pub books: bool,
}

impl LiveTargets<'_> {
    fn target(&self, index: u32) -> Option<&RouteTarget> {
        self.route.targets.get(index as usize).map(|target| &**target)
    }

    fn until(&self, at: Duration) -> Option<f64> {
        (at != Duration::MAX).then(|| self.unix_now + at.saturating_sub(self.now).as_secs_f64())
    }

    fn rewards(&self, index: u32) -> Option<Arm> {
        Some(self.route.rewards.get(index as usize)?.arm())
    }

    fn value(&self, index: u32, term: Term) -> Option<f64> {
        let target = self.target(index)?;
        Some(match term {
            Term::Weight => target.weight,
            Term::Credit => self.route.credits.lock().get(index as usize)?.owed(),
            Term::InFlight => f64::from(target.state.in_flight()),
            Term::FirstTokenSeconds => {
                target.state.latency().first_token(self.now, self.delivery, target.state.in_flight())
            }
            Term::TokenSeconds => target.state.latency().per_token(self.delivery, target.state.in_flight()),
            Term::OutputTokensPerSecond => 1.0 / target.state.measured_token_seconds()?,
            Term::ExpectedCostUsd => {
                let price = &target.price.as_ref()?.price;
                price.expected_cost(self.demand.input_tokens, 0, self.demand.output_tokens)
            }
            Term::Quality => target.quality?,
            Term::SuccessRate => target.state.success_rate()?,
            Term::RewardMean => self.rewards(index)?.mean(),
            Term::RewardCount => {
                let half_life = self.route.bandit(index)?.half_life_seconds;
                self.rewards(index)?.count(self.now.as_secs_f64(), half_life)
            }
            Term::Order => *self.order.get(index as usize)?,
            Term::RoundTripSeconds => target.state.distance().expected(self.now),
        })
    }
}

impl Targets for LiveTargets<'_> {
    fn count(&self) -> usize {
        self.route.targets.len()
    }

    fn term(&self, index: u32, term: Term) -> f64 {
        self.value(index, term).unwrap_or(f64::NAN)
    }

    fn key(&self, index: u32) -> u64 {
        self.route.table.key(index)
    }

    fn region(&self, index: u32) -> u64 {
        self.route.table.region(index)
    }

    fn shortage(&self, index: u32) -> Option<Shortage> {
        let target = self.target(index)?;
        // The published number tells of most targets that nothing is amiss.
        if !target.has_limits() && target.available_at() <= self.now {
            return None;
        }
        Some(match target.check(self.now, &self.demand, self.ticket).err()? {
            Refused::Unhealthy => Shortage::Unhealthy,
            Refused::Breaker { until } => Shortage::Breaker { until: self.until(until) },
            Refused::Cooldown { until } => Shortage::Cooldown { until: self.until(until) },
            Refused::Told { wait } => Shortage::Cooldown { until: self.until(self.now.saturating_add(wait)) },
            Refused::Concurrency { limit } => Shortage::Concurrency { limit },
            Refused::Line { waiting } => {
                Shortage::Queue { waiting: u32::try_from(waiting).unwrap_or(u32::MAX) }
            }
            Refused::Quota(QuotaRefusal::Rate { name, wait }) => Shortage::Quota {
                of: if name.starts_with("tokens") { QuotaOf::Tokens } else { QuotaOf::Requests },
                until: self.until(self.now.saturating_add(wait)),
            },
            Refused::Quota(QuotaRefusal::Concurrency) => {
                Shortage::Concurrency { limit: target.target.provider.quota.concurrency.unwrap_or(0) }
            }
        })
    }

    fn charge(&self, among: &[u32], picked: u32, by_weight: bool) {
        if self.books {
            let weight = |index: u32| if by_weight { self.term(index, Term::Weight) } else { 1.0 };
            Credit::charge(&mut self.route.credits.lock(), among, weight, picked);
        }
    }
}
