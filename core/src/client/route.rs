//! The targets of one request, with what is known of each.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::Target;
use super::clock::Clock;
use super::dispatch::Lead;
use super::distance::Underway;
use super::live::Credits;
use super::permits::Permits;
use super::rewards::Published;
use super::spent::Spent;
use super::states::States;
use super::target_facts::table;
use super::target_state::{Refused, TargetState};
use crate::auth::fetched::Cache;
use crate::config::{CheckedRoute, Function};
use crate::error::Error;
use crate::resilience::StreamRecovery;
use crate::routing::policies::Strategy;
use crate::routing::state::Delivery;
use crate::routing::{TargetSet, TargetTable};
use crate::transport::{HttpRequest, HttpResponse, Transport};
use crate::types::chat::Usage;
use crate::types::limits::Demand;
use crate::types::model::ModelFacts;
use crate::types::operation::Answer;
use crate::types::price::EffectivePrice;
use crate::types::service::Repetition;
use crate::types::strategy::{BanditOptions, StrategyConfig};

/// A set of targets and how one is chosen among them.
pub(crate) struct Route {
    /// None for what a model name stands for by itself.
    pub name: Option<String>,
    pub targets: Vec<Arc<RouteTarget>>,
    /// The same targets, as filters see them.
    pub table: Arc<TargetTable>,
    pub strategy: Arc<Strategy>,
    /// Of tiers that have another one, in the order of the tiers; empty: none has.
    pub tier_strategies: Arc<[Option<Arc<Strategy>>]>,
    pub(super) credits: Arc<Credits>,
    /// What it does with a request before its targets are looked at.
    pub(super) lead: Option<Box<Lead>>,
    /// What was reported of each target; none where there is no name to report by.
    pub(super) rewards: Vec<Arc<Published>>,
    /// The functions that order targets, each those of its own.
    pub functions: Vec<Orders>,
    /// Other targets that are asked after failures.
    pub max_fallbacks: u32,
    /// Whether refused content is shown to another target.
    pub content_policy_fallback: bool,
    /// What is done with a stream that breaks after its first content, where the route says so.
    pub stream_recovery: Option<StreamRecovery>,
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
    pub price: Option<EffectivePrice<'static>>,
    /// What its requests are signed with, where that is fetched.
    pub credentials: Option<Arc<Cache>>,
    pub weight: f64,
    pub quality: Option<f64>,
    /// Whether an answer from it is a degradation, as declared.
    pub degraded: bool,
    /// Parameters that are different here.
    pub parameters: Map<String, Value>,
}

impl RouteTarget {
    /// A target with nothing declared of it.
    pub fn new(target: Target, states: &States) -> Self {
        let (state, provider_state) = (states.of(&target), states.of_provider(&target.provider));
        let credentials = states.credentials_of(&target.provider);
        Self::with_states(target, state, provider_state, credentials)
    }

    /// The same with states that are given.
    pub fn with_states(
        target: Target,
        state: Arc<TargetState>,
        provider_state: Arc<TargetState>,
        credentials: Option<Arc<Cache>>,
    ) -> Self {
        let facts = target.provider.facts(&target.model);
        Self {
            state,
            provider_state,
            credentials,
            price: target.provider.price(&target.model).map(EffectivePrice::into_owned),
            facts,
            target,
            weight: 1.0,
            quality: None,
            degraded: false,
            parameters: Map::new(),
        }
    }

    /// Sends a request that is ready but for what is fetched to sign it.
    ///
    /// Errors: as [`Transport::send`] and [`Cache::send`].
    pub async fn send(&self, transport: &dyn Transport, request: HttpRequest) -> Result<HttpResponse, Error> {
        match &self.credentials {
            None => transport.send(request).await,
            // Boxed, so that a request without is no larger for it.
            Some(credentials) => Box::pin(credentials.send(request)).await,
        }
    }

    /// Tokens of input and output together, where known.
    pub const fn window(&self) -> Option<u64> {
        self.facts.context_window
    }

    /// What an answer took.
    pub fn spent(&self, usage: &Usage) -> Spent {
        Spent::of(usage, self.price.as_ref())
    }

    /// What an answer of any operation took. A price for each request holds where the
    /// provider counts no tokens, too.
    pub fn spent_by(&self, answer: &Answer) -> Option<Spent> {
        let (media, price) = (answer.media(), self.price.as_ref());
        let Some(usage) = answer.usage() else {
            let priced =
                price.is_some_and(|of| of.price.request.is_some() || of.price.media(&media).is_some());
            return priced.then(|| Spent::of_all(&Usage::default(), &media, price));
        };
        Some(Spent::of_all(usage, &media, price))
    }

    /// Whether the user set limits that hold for it.
    pub fn has_limits(&self) -> bool {
        self.state.has_limits() || self.provider_state.has_limits()
    }

    /// From when on a request may go, as far as needs no look at its size.
    pub fn available_at(&self) -> Duration {
        self.state.available_at().max(self.provider_state.available_at())
    }

    /// Why a request of `demand` may not go now, if so. `ticket` is that of its
    /// turn, if it had to wait.
    pub fn check(&self, now: Duration, demand: &Demand, ticket: u64) -> Result<(), Refused> {
        let refused = self.check_states(now, demand);
        match (refused, self.check_line(ticket)) {
            (Err(refused), Err(line)) => Err(refused.graver(line)),
            (refused, line) => refused.and(line),
        }
    }

    /// Whether the holder of `ticket` may go although others wait.
    fn check_line(&self, ticket: u64) -> Result<(), Refused> {
        let line = self.provider_state.line();
        if line.is_open(&self.state, ticket) {
            return Ok(());
        }
        Err(Refused::Line { waiting: line.waiting() })
    }

    fn check_states(&self, now: Duration, demand: &Demand) -> Result<(), Refused> {
        match (self.provider_state.check(now, demand), self.state.check(now, demand)) {
            (Err(of_provider), Err(of_target)) => Err(of_provider.graver(of_target)),
            (of_provider, of_target) => of_provider.and(of_target),
        }
    }

    /// Begins a request; see [`TargetState::begin`].
    pub fn begin(
        &self,
        clock: Clock,
        (demand, delivery): (Demand, Delivery),
        anyway: bool,
        ticket: u64,
    ) -> Result<Permits, Refused> {
        self.check_line(ticket)?;
        let provider = self.provider_state.begin(clock, demand, delivery, anyway)?;
        match self.state.begin(clock, demand, delivery, anyway) {
            Ok(target) => Ok(Permits::new(target, provider, Underway::begin(self.state.distance(), clock))),
            Err(refused) => {
                provider.never_sent();
                Err(refused)
            }
        }
    }
}

/// A target, and where it stands in its route.
pub(super) struct Placed {
    pub target: RouteTarget,
    /// 1 is used first.
    pub tier: u32,
    /// What ranks its tier, where that is not the route's own.
    pub ranked: Option<Ranked>,
}

/// A strategy, and the function that it asks.
#[derive(Clone)]
pub(super) struct Ranked {
    strategy: StrategyConfig,
    function: Option<Function>,
}

impl Ranked {
    pub fn of(route: &CheckedRoute) -> Self {
        Self { strategy: route.strategy.clone(), function: route.config.function.clone() }
    }
}

impl From<StrategyConfig> for Ranked {
    fn from(strategy: StrategyConfig) -> Self {
        Self { strategy, function: None }
    }
}

/// A function of the user's, and what it orders.
pub(crate) struct Orders {
    pub function: Function,
    pub limit: Duration,
    pub among: TargetSet,
}

impl Orders {
    fn of(ranked: &Ranked, among: TargetSet) -> Option<Self> {
        let limit = Duration::from_secs_f64(ranked.strategy.custom()?.timeout_seconds);
        Some(Self { function: ranked.function.clone()?, limit, among })
    }
}

/// How many failovers one request may cause, unless a route says otherwise:
/// enough for the targets of most routes, and an end for a list of hundreds.
const MAX_FALLBACKS: u32 = 8;

impl Route {
    /// The route of a name that is no route's: its providers in order; several
    /// keys of one take turns.
    pub fn of_targets(targets: Vec<Target>, states: &States, hedges: bool) -> Self {
        let mut providers: Vec<String> = Vec::new();
        let count = targets.len();
        let mut placed = Vec::with_capacity(count);
        for target in targets {
            let name = &target.provider.name;
            let tier = match providers.iter().position(|known| known == name) {
                Some(tier) => tier,
                None => {
                    providers.push(name.clone());
                    providers.len() - 1
                }
            };
            let tier = u32::try_from(tier).unwrap_or(u32::MAX).saturating_add(1);
            placed.push(Placed { target: RouteTarget::new(target, states), tier, ranked: None });
        }
        let strategy = if providers.len() < count {
            StrategyConfig::round_robin()
        } else {
            // Without several keys the order alone says it.
            placed.iter_mut().for_each(|placed| placed.tier = 1);
            StrategyConfig::default()
        };
        Self::of_placed(None, placed, &strategy.into(), hedges)
    }

    /// A declared route over its targets.
    pub(super) fn declared(
        name: &str,
        route: &CheckedRoute,
        placed: Vec<Placed>,
        lead: Option<Box<Lead>>,
        states: &States,
        hedges: bool,
    ) -> Self {
        let (config, rewards) = (&route.config, states.rewards.of(name));
        Self {
            lead,
            rewards: placed.iter().map(|placed| rewards.of(&placed.target.target.name())).collect(),
            max_fallbacks: config.max_fallbacks.unwrap_or(MAX_FALLBACKS),
            content_policy_fallback: config.content_policy_fallback,
            stream_recovery: config.stream_recovery,
            ..Self::of_placed(Some(name.to_owned()), placed, &Ranked::of(route), hedges)
        }
    }

    fn of_placed(name: Option<String>, placed: Vec<Placed>, ranked: &Ranked, hedges: bool) -> Self {
        let mut own: Vec<(u32, Option<Ranked>)> =
            placed.iter().map(|placed| (placed.tier, placed.ranked.clone())).collect();
        own.sort_by_key(|(tier, _)| *tier);
        own.dedup_by_key(|(tier, _)| *tier);
        let of = |holds: &dyn Fn(u32) -> bool| {
            TargetSet::of(placed.len(), |at| placed.get(at).is_some_and(|placed| holds(placed.tier)))
        };
        let has_own = |tier: u32| own.iter().any(|(other, own)| *other == tier && own.is_some());
        let of_tier = |(tier, own): &(u32, Option<Ranked>)| Orders::of(own.as_ref()?, of(&|at| at == *tier));
        let functions = Orders::of(ranked, of(&|tier| !has_own(tier)))
            .into_iter()
            .chain(own.iter().filter_map(of_tier))
            .collect();
        let tier_strategies = match own.iter().any(|(_, own)| own.is_some()) {
            true => {
                let strategy = |own: Ranked| Arc::new(Strategy::new(own.strategy));
                own.into_iter().map(|(_, own)| own.map(strategy)).collect()
            }
            false => Arc::default(),
        };
        // A second attempt beside another is for what may be done twice.
        let hedges =
            hedges && placed.iter().all(|one| one.target.target.repetition() == Repetition::Anywhere);
        let (targets, tiers): (Vec<_>, Vec<_>) =
            placed.into_iter().map(|placed| (Arc::new(placed.target), placed.tier)).unzip();
        Self {
            name,
            table: Arc::new(table(&targets, &tiers)),
            strategy: Arc::new(Strategy::new(ranked.strategy.clone())),
            tier_strategies,
            credits: Arc::new(Credits::new(targets.len())),
            lead: None,
            rewards: Vec::new(),
            functions,
            targets,
            max_fallbacks: MAX_FALLBACKS,
            content_policy_fallback: false,
            stream_recovery: None,
            hedges,
        }
    }

    /// Goes on with what targets are owed where `before` had the same targets.
    pub fn go_on_from(&mut self, before: &Self) {
        let names =
            |route: &Self| route.targets.iter().map(|target| target.target.name()).collect::<Vec<_>>();
        if names(self) == names(before) {
            self.credits = Arc::clone(&before.credits);
        }
    }

    /// The options of the bandit that chooses among the tier of a target.
    pub fn bandit(&self, index: u32) -> Option<&BanditOptions> {
        let tier = self.table.tiers().iter().position(|tier| tier.contains(index));
        let own = tier.and_then(|tier| self.tier_strategies.get(tier)?.as_ref());
        own.unwrap_or(&self.strategy).bandit()
    }

    /// Whether any of its strategies looks at the start of the prompt.
    pub fn uses_prompt_key(&self) -> bool {
        let own = self.tier_strategies.iter().flatten();
        own.chain([&self.strategy]).any(|strategy| strategy.uses_prompt_key())
    }
}
