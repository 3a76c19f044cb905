//! Leave to ask a target, from its own state and from its provider's.

use std::sync::Arc;
use std::time::Duration;

use super::distance::Underway;
use super::selection::Budgets;
use super::target_state::Permit;
use crate::error::ErrorDetails;
use crate::routing::state::Used;
use crate::types::limits::ToldLimit;

/// A request on its way: leave of its target and of its provider.
pub(crate) struct Permits {
    target: Permit,
    provider: Permit,
    underway: Underway,
    budgets: Option<Arc<Budgets>>,
}

impl Permits {
    pub(super) const fn new(target: Permit, provider: Permit, underway: Underway) -> Self {
        Self { target, provider, underway, budgets: None }
    }

    /// What the request costs is to be known to `budgets`, for hedges to be a
    /// share of it.
    pub fn paid_from(self, budgets: &Arc<Budgets>) -> Self {
        Self { budgets: Some(Arc::clone(budgets)), ..self }
    }

    /// It asks for something else than what the target is chosen for: neither its time nor the limits
    /// that the provider tells of it say anything about that.
    pub fn apart(&mut self) {
        self.target.apart();
        self.provider.apart();
    }

    /// A connection was made for it, if one was, and shows how long a round trip takes.
    pub fn connected(&self, now: Duration, round_trip: Option<Duration>) {
        self.underway.connected(now, round_trip);
    }

    /// The head of the response is in; `told` is what it says of limits.
    pub fn answered(&mut self, now: Duration, told: &[ToldLimit]) {
        // Limits are told for the model that was asked, where they differ.
        self.target.answered(now, told);
        self.provider.answered(now, &[]);
    }

    /// The first content is in.
    pub fn first_token(&mut self, now: Duration) {
        self.target.first_token(now);
        self.provider.first_token(now);
    }

    /// The whole answer is in.
    pub fn succeeded(self, now: Duration, used: Option<Used>) {
        if let (Some(budgets), Some(cost)) = (&self.budgets, used.and_then(|used| used.cost)) {
            budgets.spent(now, cost);
        }
        self.target.succeeded(now, used);
        self.provider.succeeded(now, used);
    }

    /// The attempt failed.
    pub fn failed(self, now: Duration, error: &ErrorDetails, used: Option<Used>) {
        self.target.failed(now, error, used);
        self.provider.failed(now, error, used);
    }
}
