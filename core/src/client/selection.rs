//! Which of a route's targets is asked next: what the attempts of one request
//! have used up, on top of what routing ranks.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::route::Route;
use super::target_state::Refused;
use crate::error::ErrorDetails;
use crate::resilience::{Choices, RetryBudget, Want, may_be_asked_again};
use crate::types::limits::Demand;

/// The choices of one request.
pub(crate) struct Selection<'a> {
    route: &'a Route,
    budget: &'a Mutex<RetryBudget>,
    demand: Demand,
    asked: Vec<bool>,
    /// Failed in a way that asking again would not mend.
    spent: Vec<bool>,
    /// The last choice was made although its state spoke against it.
    pub last_resort: bool,
}

impl<'a> Selection<'a> {
    pub fn new(route: &'a Route, budget: &'a Mutex<RetryBudget>, demand: Demand) -> Self {
        let count = route.targets.len();
        Self {
            route,
            budget,
            demand,
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

    fn find(&self, now: Duration, wanted: impl Fn(usize) -> bool) -> Option<(u32, bool)> {
        let mut last_resort: Option<((bool, Duration), u32)> = None;
        for (number, target) in (0_u32..).zip(&self.route.targets) {
            if !wanted(number as usize) {
                continue;
            }
            let refused = match target.state.check(now, &self.demand) {
                Ok(()) => return Some((number, false)),
                Err(refused) => refused,
            };
            // All are left alone for now: one that works is better than one that
            // fails, and the soonest better than the later.
            let rank = (refused == Refused::Breaker, target.state.available_at());
            if last_resort.is_none_or(|(best, _)| rank < best) {
                last_resort = Some((rank, number));
            }
        }
        last_resort.map(|(_, number)| (number, true))
    }
}

impl Choices for Selection<'_> {
    fn choose(&mut self, want: Want, now: Duration) -> Option<u32> {
        let (target, last_resort) = match want {
            Want::Untried => self.find(now, |number| !self.asked[number] && !self.spent[number])?,
            // Windows are not known yet.
            Want::LargerWindow { .. } => return None,
            Want::Again => self.find(now, |number| !self.spent[number])?,
        };
        // A failover to a target that is believed not to work is a retry.
        if last_resort
            && want == Want::Untried
            && self.asked.contains(&true)
            && !self.budget.lock().unwrap_or_else(PoisonError::into_inner).try_withdraw(now)
        {
            return None;
        }
        self.last_resort = last_resort;
        if let Some(asked) = self.asked.get_mut(target as usize) {
            *asked = true;
        }
        Some(target)
    }

    fn take_retry(&mut self, now: Duration) -> bool {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).try_withdraw(now)
    }

    fn hedge_after(&mut self, _: u32) -> Option<Duration> {
        None
    }

    fn take_hedge(&mut self, _: Duration) -> bool {
        false
    }
}
