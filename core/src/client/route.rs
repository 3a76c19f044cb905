//! The targets of one request, with what is known of each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::Target;
use super::target_state::{TargetSettings, TargetState};

/// A set of targets and how one is chosen among them.
pub(crate) struct Route {
    pub targets: Vec<RouteTarget>,
    /// Other targets that are asked after failures.
    pub max_fallbacks: u32,
    /// Whether refused content is shown to another target.
    pub content_policy_fallback: bool,
}

/// One target as a route has it.
pub(crate) struct RouteTarget {
    pub target: Target,
    pub state: Arc<TargetState>,
}

/// How many failovers one request may cause, unless a route says otherwise:
/// enough for the targets of most routes, and an end for a list of hundreds.
const MAX_FALLBACKS: u32 = 8;

impl Route {
    /// The route of a name that is no route's: its targets in order.
    pub fn of_targets(targets: Vec<Target>, states: &States) -> Self {
        let targets =
            targets.into_iter().map(|target| RouteTarget { state: states.of(&target), target }).collect();
        Self { targets, max_fallbacks: MAX_FALLBACKS, content_policy_fallback: false }
    }
}

/// How many targets are remembered; more are asked all the same, and forgotten.
const MOST_STATES: usize = 10_000;

/// The state of every target that was asked. Reading needs no lock.
#[derive(Default)]
pub(crate) struct States {
    known: ArcSwap<HashMap<String, Arc<TargetState>>>,
    growing: Mutex<()>,
    settings: TargetSettings,
}

impl States {
    pub fn of(&self, target: &Target) -> Arc<TargetState> {
        let name = target.name();
        if let Some(state) = self.known.load().get(&name) {
            return Arc::clone(state);
        }
        let _growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.load();
        if let Some(state) = known.get(&name) {
            return Arc::clone(state);
        }
        let state = Arc::new(TargetState::new(&self.settings));
        if known.len() < MOST_STATES {
            let mut more = HashMap::clone(&known);
            more.insert(name, Arc::clone(&state));
            self.known.store(Arc::new(more));
        }
        state
    }

    /// Every target that was asked, by name.
    pub fn all(&self) -> Arc<HashMap<String, Arc<TargetState>>> {
        self.known.load_full()
    }
}
