//! The targets of one request, with what is known of each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use serde_json::{Map, Value};

use super::Target;
use super::clock::Clock;
use super::live::Credits;
use super::rewards::{AllRewards, Published};
use super::room::Room;
use super::selection::Budgets;
use super::target_state::{Permit, Refused, Scope, TargetSettings, TargetState};
use crate::config::{CheckedRoute, Function};
use crate::error::{Error, ErrorDetails, Result};
use crate::providers::Provider;
use crate::routing::policies::Strategy;
use crate::routing::state::Used;
use crate::routing::{Member, TargetTable};
use crate::types::limits::{Demand, ToldLimit};
use crate::types::model::{Feature, Modality, ModelFacts};
use crate::types::price::Price;
use crate::types::routing::{Capabilities, Capability, TargetFacts};
use crate::types::strategy::StrategyConfig;

/// A set of targets and how one is chosen among them.
pub(crate) struct Route {
    /// None for what a model name stands for by itself.
    pub name: Option<String>,
    pub targets: Vec<RouteTarget>,
    /// The same targets, as filters see them.
    pub table: Arc<TargetTable>,
    pub strategy: Arc<Strategy>,
    pub(super) credits: Credits,
    /// What was reported of each target; none where there is no name to report by.
    pub(super) rewards: Vec<Arc<Published>>,
    /// What the strategy `custom` asks.
    pub function: Option<Function>,
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
    /// What is known of it; kept, as reading it costs more than a choice.
    pub facts: ModelFacts,
    pub price: Option<Price>,
    pub weight: f64,
    pub quality: Option<f64>,
    /// Parameters that are different here.
    pub parameters: Map<String, Value>,
}

impl RouteTarget {
    /// A target with nothing declared of it.
    pub fn new(target: Target, states: &States) -> Self {
        let facts = target.provider.facts(&target.model);
        Self {
            state: states.of(&target),
            provider_state: states.of_provider(&target.provider),
            price: target.provider.price(&target.model).map(|price| price.price.into_owned()),
            facts,
            target,
            weight: 1.0,
            quality: None,
            parameters: Map::new(),
        }
    }

    /// Tokens of input and output together, where known.
    pub const fn window(&self) -> Option<u64> {
        self.facts.context_window
    }

    /// Whether the user set limits that hold for it.
    pub fn has_limits(&self) -> bool {
        self.state.has_limits() || self.provider_state.has_limits()
    }

    /// From when on a request may go, as far as needs no look at its size.
    pub fn available_at(&self) -> Duration {
        self.state.available_at().max(self.provider_state.available_at())
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
        let targets: Vec<_> = targets.into_iter().map(|target| RouteTarget::new(target, states)).collect();
        let tiers = vec![1; targets.len()];
        Self {
            name: None,
            table: Arc::new(table(&targets, &tiers)),
            strategy: Arc::new(Strategy::new(StrategyConfig::default())),
            credits: Credits::new(targets.len()),
            rewards: Vec::new(),
            targets,
            function: None,
            max_fallbacks: MAX_FALLBACKS,
            content_policy_fallback: false,
            hedges,
        }
    }

    /// A declared route. `targets_of` says what a target's name stands for.
    ///
    /// Errors: `ConfigurationError` naming the target that is none.
    pub fn declared(
        name: &str,
        checked: &CheckedRoute,
        targets_of: impl Fn(&str) -> Result<Vec<Target>>,
        states: &States,
        hedges: bool,
    ) -> Result<Self> {
        let (mut targets, mut tiers) = (Vec::new(), Vec::new());
        for (index, member) in checked.config.targets.iter().enumerate() {
            let found = targets_of(&member.target).map_err(|error| {
                let place = format!("routes.{name}.targets[{index}].target");
                let message = format!("{place}: {}", error.message);
                Error::configuration(place, message)
            })?;
            for target in found {
                let mut target = RouteTarget::new(target, states);
                target.weight = member.weight;
                target.quality = member.quality;
                target.parameters.clone_from(&member.parameters);
                targets.push(target);
                tiers.push(member.priority);
            }
        }
        let rewards = states.rewards.of(name);
        Ok(Self {
            name: Some(name.to_owned()),
            table: Arc::new(table(&targets, &tiers)),
            strategy: Arc::new(Strategy::new(checked.strategy.clone())),
            credits: Credits::new(targets.len()),
            rewards: targets.iter().map(|target| rewards.of(&target.target.name())).collect(),
            targets,
            function: checked.function.clone(),
            max_fallbacks: checked.config.max_fallbacks.unwrap_or(MAX_FALLBACKS),
            content_policy_fallback: checked.config.content_policy_fallback,
            hedges,
        })
    }
}

fn table(targets: &[RouteTarget], tiers: &[u32]) -> TargetTable {
    let members = targets.iter().zip(tiers);
    TargetTable::new(members.map(|(target, tier)| Member { facts: facts(target), tier: *tier }).collect())
}

/// What filters look at. A day of retirement is not among it: catalogues say
/// such days of models that go on answering.
fn facts(target: &RouteTarget) -> TargetFacts {
    let Provider { name, status, tags, region, jurisdiction, data_policies, .. } = &*target.target.provider;
    TargetFacts {
        name: target.target.name(),
        provider: name.clone(),
        status: *status,
        tags: tags.clone(),
        region: region.clone(),
        jurisdiction: jurisdiction.clone(),
        data_policies: data_policies.clone(),
        lacks: lacks(&target.facts),
        context_window: target.facts.context_window,
        output_limit: target.facts.max_output_tokens,
        ..TargetFacts::default()
    }
}

fn lacks(facts: &ModelFacts) -> Capabilities {
    let features = [
        (Capability::Tools, Feature::Tools),
        (Capability::ParallelTools, Feature::ParallelTools),
        (Capability::JsonSchema, Feature::JsonSchema),
        (Capability::JsonMode, Feature::JsonMode),
        (Capability::Reasoning, Feature::Reasoning),
        (Capability::Streaming, Feature::Streaming),
    ];
    let inputs = [
        (Capability::Vision, Modality::Image),
        (Capability::Document, Modality::Document),
        (Capability::AudioInput, Modality::Audio),
        (Capability::Video, Modality::Video),
    ];
    let outputs = [(Capability::AudioOutput, Modality::Audio), (Capability::ImageOutput, Modality::Image)];
    features
        .into_iter()
        .map(|(capability, feature)| (capability, facts.supports(feature)))
        .chain(inputs.into_iter().map(|(capability, modality)| (capability, facts.accepts(modality))))
        .chain(outputs.into_iter().map(|(capability, modality)| (capability, facts.produces(modality))))
        .filter(|(_, had)| *had == Some(false))
        .map(|(capability, _)| capability)
        .collect()
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
    pub(super) rewards: AllRewards,
}

impl States {
    pub fn new(settings: TargetSettings) -> Self {
        Self {
            targets: Named::default(),
            providers: Named::default(),
            settings,
            room: Arc::default(),
            rewards: AllRewards::default(),
        }
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
