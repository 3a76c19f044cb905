//! The targets of one request, with what is known of each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::Target;
use super::clock::Clock;
use super::room::Room;
use super::selection::Budgets;
use super::target_state::{Permit, Refused, Scope, TargetSettings, TargetState};
use crate::error::ErrorDetails;
use crate::providers::Provider;
use crate::routing::state::Used;
use crate::types::limits::{Demand, ToldLimit};

/// A set of targets and how one is chosen among them.
pub(crate) struct Route {
    pub targets: Vec<RouteTarget>,
    /// Other targets that are asked after failures.
    pub max_fallbacks: u32,
    /// Whether refused content is shown to another target.
    pub content_policy_fallback: bool,
    /// Whether a slow attempt may get a second one beside it.
    pub hedges: bool,
}

/// One target as a route has it.
pub(crate) struct RouteTarget {
    pub target: Target,
    pub state: Arc<TargetState>,
    /// The state of its provider, which all its models share.
    pub provider_state: Arc<TargetState>,
}

impl RouteTarget {
    /// Tokens of input and output together, where known.
    pub fn window(&self) -> Option<u64> {
        self.target.provider.facts(&self.target.model).context_window
    }

    /// Why a request of `demand` may not go now, if so.
    pub fn check(&self, now: Duration, demand: &Demand) -> Result<(), Refused> {
        self.provider_state.check(now, demand)?;
        self.state.check(now, demand)
    }

    /// Begins a request; see [`TargetState::begin`].
    pub fn begin(&self, clock: Clock, demand: Demand, anyway: bool) -> Result<Permits, Refused> {
        let provider = self.provider_state.begin(clock, demand, anyway)?;
        match self.state.begin(clock, demand, anyway) {
            Ok(target) => Ok(Permits { target, provider, budgets: None }),
            Err(refused) => {
                provider.never_sent();
                Err(refused)
            }
        }
    }
}

/// A request on its way: leave of its target and of its provider.
pub(crate) struct Permits {
    target: Permit,
    provider: Permit,
    budgets: Option<Arc<Budgets>>,
}

impl Permits {
    /// What the request costs is to be known to `budgets`, for hedges to be a
    /// share of it.
    pub fn paid_from(self, budgets: &Arc<Budgets>) -> Self {
        Self { budgets: Some(Arc::clone(budgets)), ..self }
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

/// How many failovers one request may cause, unless a route says otherwise:
/// enough for the targets of most routes, and an end for a list of hundreds.
const MAX_FALLBACKS: u32 = 8;

impl Route {
    /// The route of a name that is no route's: its targets in order.
    pub fn of_targets(targets: Vec<Target>, states: &States, hedges: bool) -> Self {
        let targets = targets
            .into_iter()
            .map(|target| RouteTarget {
                state: states.of(&target),
                provider_state: states.of_provider(&target.provider),
                target,
            })
            .collect();
        Self { targets, max_fallbacks: MAX_FALLBACKS, content_policy_fallback: false, hedges }
    }
}

/// How many targets are remembered; more are asked all the same, and forgotten.
const MOST_STATES: usize = 10_000;

/// The states by name. Reading needs no lock.
#[derive(Default)]
struct Named {
    known: ArcSwap<HashMap<String, Arc<TargetState>>>,
    growing: Mutex<()>,
}

impl Named {
    fn get_or_make(&self, name: &str, make: impl FnOnce() -> TargetState) -> Arc<TargetState> {
        if let Some(state) = self.known.load().get(name) {
            return Arc::clone(state);
        }
        let _growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.load();
        if let Some(state) = known.get(name) {
            return Arc::clone(state);
        }
        let state = Arc::new(make());
        if known.len() < MOST_STATES {
            let mut more = HashMap::clone(&known);
            more.insert(name.to_owned(), Arc::clone(&state));
            self.known.store(Arc::new(more));
        }
        state
    }
}

/// The state of every target that was asked, and of every provider.
pub(crate) struct States {
    targets: Named,
    providers: Named,
    settings: TargetSettings,
    room: Arc<Room>,
}

impl States {
    pub fn new(settings: TargetSettings) -> Self {
        Self { targets: Named::default(), providers: Named::default(), settings, room: Arc::default() }
    }

    pub fn of(&self, target: &Target) -> Arc<TargetState> {
        self.targets
            .get_or_make(&target.name(), || TargetState::new(Scope::Target, &self.settings, self.room()))
    }

    /// With the limits that the user set for the provider.
    pub fn of_provider(&self, provider: &Provider) -> Arc<TargetState> {
        self.providers.get_or_make(&provider.name, || {
            TargetState::new(
                Scope::Provider,
                &TargetSettings { quota: provider.quota, ..self.settings },
                self.room(),
            )
        })
    }

    /// Where the end of requests is told.
    pub fn room(&self) -> Arc<Room> {
        Arc::clone(&self.room)
    }

    /// Every target that was asked, by name.
    pub fn all(&self) -> Arc<HashMap<String, Arc<TargetState>>> {
        self.targets.known.load_full()
    }
}
