//! Which of a route's targets is asked next: what the attempts of one request
//! have used up, on top of what routing ranks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::route::{Route, RouteTarget};
use super::target_state::Refused;
use crate::error::ErrorDetails;
use crate::resilience::{
    Choices, Hedge, Hedging, QuotaRefusal, RetryBudget, RetryBudgetConfig, Want, may_be_asked_again,
};
use crate::types::limits::Demand;

/// What all requests of a client spend from.
pub(crate) struct Budgets {
    retries: Mutex<RetryBudget>,
    hedges: Mutex<Hedging>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Budgets {
    pub fn new(retries: &RetryBudgetConfig, hedges: Hedging) -> Self {
        Self { retries: Mutex::new(RetryBudget::new(retries)), hedges: Mutex::new(hedges) }
    }

    /// A request begins.
    pub fn deposit(&self, now: Duration) {
        lock(&self.retries).deposit(now, 1);
    }

    /// A request cost so many US dollars.
    pub fn spent(&self, now: Duration, cost: f64) {
        lock(&self.hedges).spent(now, cost);
    }
}

/// The choices of one request.
pub(crate) struct Selection<'a> {
    route: &'a Route,
    budgets: &'a Budgets,
    pub demand: Demand,
    /// Expected US dollars, where the price is known; of the target asked first.
    expected_cost: Option<f64>,
    asked: Vec<bool>,
    /// Failed in a way that asking again would not mend.
    spent: Vec<bool>,
    /// The last choice was made although its state spoke against it.
    pub last_resort: bool,
}

/// Every target that is left is at a limit that the user set.
pub(crate) struct Full<'a> {
    /// The one that has room first, as far as is known.
    pub target: &'a RouteTarget,
    /// When it has; none where it is when another request ends.
    pub until: Option<Duration>,
}

impl<'a> Selection<'a> {
    pub fn new(route: &'a Route, budgets: &'a Budgets, demand: Demand) -> Self {
        let count = route.targets.len();
        let expected_cost = route.targets.first().and_then(|first| {
            let price = first.target.provider.price(&first.target.model)?;
            Some(price.price.expected_cost(demand.input_tokens, 0, demand.output_tokens))
        });
        Self {
            route,
            budgets,
            demand,
            expected_cost,
            asked: vec![false; count],
            spent: vec![false; count],
            last_resort: false,
        }
    }

    /// A target failed: whether it may be asked again.
    pub fn failed(&mut self, target: u32, error: &ErrorDetails, should_retry: Option<bool>) {
        if let Some(spent) = self.spent.get_mut(target as usize) {
            *spent |= !may_be_asked_again(error, should_retry);
        }
    }

    /// A target was found not to be able to serve this request.
    pub fn unfit(&mut self, target: u32) {
        if let Some(spent) = self.spent.get_mut(target as usize) {
            *spent = true;
        }
    }

    /// A target that was chosen had no room when it was to be asked.
    pub fn not_asked(&mut self, target: u32) {
        if let Some(asked) = self.asked.get_mut(target as usize) {
            *asked = false;
        }
    }

    /// Whether nothing was asked because all targets are at limits that the user
    /// set, and which has room first.
    pub fn full(&self, now: Duration) -> Option<Full<'a>> {
        if self.asked.contains(&true) {
            return None;
        }
        let mut first: Option<Full<'a>> = None;
        for (target, spent) in self.route.targets.iter().zip(&self.spent) {
            let until = match target.check(now, &self.demand) {
                _ if *spent => continue,
                Err(Refused::Quota(QuotaRefusal::Rate { wait, .. })) => Some(now.saturating_add(wait)),
                Err(Refused::Quota(QuotaRefusal::Concurrency)) => None,
                _ => return None,
            };
            let sooner = match (&first, until) {
                (None, _) | (Some(Full { until: None, .. }), Some(_)) => true,
                (Some(Full { until: Some(known), .. }), Some(until)) => until < *known,
                (Some(_), None) => false,
            };
            if sooner {
                first = Some(Full { target, until });
            }
        }
        first
    }

    fn find(&self, now: Duration, wanted: impl Fn(usize) -> bool) -> Option<(u32, bool)> {
        let mut last_resort = None;
        for (number, target) in (0_u32..).zip(&self.route.targets) {
            if !wanted(number as usize) {
                continue;
            }
            match target.check(now, &self.demand) {
                Ok(()) => return Some((number, false)),
                // What the user set is never passed by.
                Err(Refused::Quota(_)) => {}
                // All are left alone for now: the first is better than none.
                Err(_) => last_resort = last_resort.or(Some((number, true))),
            }
        }
        last_resort
    }
}

impl Choices for Selection<'_> {
    fn choose(&mut self, want: Want, now: Duration) -> Option<u32> {
        let is_left = |list: &[bool], number: usize| !list.get(number).copied().unwrap_or(true);
        let (target, last_resort) = match want {
            Want::Untried => {
                self.find(now, |number| is_left(&self.asked, number) && is_left(&self.spent, number))?
            }
            Want::LargerWindow { than } => {
                let window = |number: usize| self.route.targets.get(number).and_then(RouteTarget::window);
                let least = window(than as usize);
                self.find(now, |number| {
                    is_left(&self.asked, number)
                        && is_left(&self.spent, number)
                        && window(number).is_some_and(|window| least.is_none_or(|least| window > least))
                })?
            }
            Want::Again => self.find(now, |number| is_left(&self.spent, number))?,
        };
        // A failover goes to a target that is believed to work, or not at all.
        if last_resort && want != Want::Again && self.asked.contains(&true) {
            return None;
        }
        self.last_resort = last_resort;
        if let Some(asked) = self.asked.get_mut(target as usize) {
            *asked = true;
        }
        Some(target)
    }

    fn take_retry(&mut self, now: Duration) -> bool {
        lock(&self.budgets.retries).try_withdraw(now)
    }

    fn hedge_after(&mut self, now: Duration, target: u32) -> Option<Duration> {
        if !self.route.hedges || self.route.targets.len() < 2 {
            return None;
        }
        let (samples, p95) = self.route.targets.get(target as usize)?.state.first_token_p95(now);
        lock(&self.budgets.hedges).after(samples, p95)
    }

    fn take_hedge(&mut self, now: Duration) -> bool {
        let mut retries = lock(&self.budgets.retries);
        lock(&self.budgets.hedges).decide(now, false, self.expected_cost, &mut retries) == Hedge::Start
    }
}
