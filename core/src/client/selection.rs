//! Which of a route's targets is asked next: what the attempts of one request
//! have used up, on top of what routing ranks.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use super::clock::Clock;
use super::line::NOBODY;
use super::live::LiveTargets;
use super::lock::lock;
use super::order::{self, Asking};
use super::route::{Orders, Route, RouteTarget};
use super::target_state::Refused;
use super::turn::{Turn, Wanted};
use crate::config::OrderAnswer;
use crate::error::{ErrorDetails, ErrorKind};
use crate::resilience::{Choices, Hedge, Hedging, RetryBudget, RetryBudgetConfig, Want, may_be_asked_again};
use crate::routing::state::Delivery;
use crate::routing::{Decision, Question, Record, RequestFacts, Shortage, decide};
use crate::types::deferred::Deferred;
use crate::types::limits::Demand;
use crate::types::routing_trace::RoutingTrace;
use crate::types::service::Repetition;

/// What all requests of a client spend from.
pub(crate) struct Budgets {
    retries: Mutex<RetryBudget>,
    hedges: Mutex<Hedging>,
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
pub(crate) struct Selection {
    route: Arc<Route>,
    budgets: Arc<Budgets>,
    clock: Clock,
    pub demand: Demand,
    pub delivery: Delivery,
    decision: Decision,
    /// The places in the orders that functions gave; empty where none was asked.
    places: Vec<f64>,
    /// Why one gave none that can be used.
    order_failed: Vec<String>,
    /// Of the request, whoever is asked.
    repetition: Repetition,
    /// Failed in a way that asking again would not mend.
    spent: Vec<bool>,
    /// Asked, in order.
    order: Vec<u32>,
    /// Nothing is left but what its state speaks against.
    resorting: bool,
    /// The last choice was made although its state spoke against it.
    pub last_resort: bool,
    /// The right to go next, once it waited for that.
    turn: Option<Turn>,
}

/// Every target that is left is at a limit.
pub(crate) struct Full {
    /// Whose room can be waited for.
    pub wanted: Vec<Wanted>,
    /// When the first of them has room at the earliest; none where that is when
    /// another request ends.
    pub until: Option<Duration>,
}

impl Full {
    fn want(&mut self, target: &RouteTarget) {
        let state = Arc::clone(&target.state);
        let known = self.wanted.iter_mut().find(|one| Arc::ptr_eq(&one.provider, &target.provider_state));
        match known {
            Some(known) => known.targets.push(state),
            None => self
                .wanted
                .push(Wanted { provider: Arc::clone(&target.provider_state), targets: vec![state] }),
        }
    }
}

impl Selection {
    /// `request` is what routing is told of the request, `seed` that of every
    /// random choice.
    pub fn new(
        route: Arc<Route>,
        budgets: Arc<Budgets>,
        clock: Clock,
        request: RequestFacts,
        seed: u64,
    ) -> Self {
        let demand = Demand::of(request.input_tokens, request.expected_output_tokens);
        let delivery = request.delivery();
        let question = Question {
            table: Arc::clone(&route.table),
            strategy: Arc::clone(&route.strategy),
            tier_strategies: Arc::clone(&route.tier_strategies),
            request,
            now: unix_now(),
            seed,
            // Where there is nothing to choose there is nothing to replay.
            record: if route.targets.len() > 1 { Record::ALL } else { Record::No },
        };
        let count = route.targets.len();
        Self {
            decision: decide(question, &live(&route, clock, (demand, delivery), (NOBODY, &[]), true)),
            places: Vec::new(),
            order_failed: Vec::new(),
            route,
            budgets,
            clock,
            demand,
            delivery,
            repetition: Repetition::Anywhere,
            spent: vec![false; count],
            order: Vec::new(),
            resorting: false,
            last_resort: false,
            turn: None,
        }
    }

    /// May be sent again so far only, whoever is asked.
    pub fn repeating(self, repetition: Repetition) -> Self {
        Self { repetition, ..self }
    }

    /// The number of its turn, if it had to wait for one.
    pub fn ticket(&self) -> u64 {
        self.turn.as_ref().map_or(NOBODY, Turn::ticket)
    }

    /// It has its room: who is next may go.
    pub fn has_begun(&mut self) {
        self.turn = None;
    }

    /// The same choice once more, by what is known now: time has passed, and it
    /// is its turn.
    pub fn renew(&mut self, turn: Turn) {
        self.turn = Some(turn);
        let question = Question { now: unix_now(), ..self.decision.question().clone() };
        let live =
            live(&self.route, self.clock, (self.demand, self.delivery), (self.ticket(), &self.places), true);
        self.decision = decide(question, &live);
        self.order_failed.iter().for_each(|why| self.decision.order_failed(why.clone()));
        self.resorting = false;
        self.order.clear();
    }

    /// What functions of the `route` are to be asked for their order, each where it has a choice;
    /// `model` is what the request asked for. Before anything is chosen.
    pub fn askings<'r>(&self, route: &'r Route, model: &str) -> Vec<Asking<'r>> {
        let asking = |orders: &'r Orders| {
            self.decision.eligible().and(&orders.among).iter().nth(1)?;
            let live = live(route, self.clock, (self.demand, self.delivery), (NOBODY, &[]), false);
            let question = order::question(&self.decision, &live, &orders.among, model);
            Some(Asking { orders, question })
        };
        route.functions.iter().filter_map(asking).collect()
    }

    /// What the function of `orders` answered.
    pub fn ordered(&mut self, orders: &Orders, answer: OrderAnswer) {
        let Self { decision, route, places, .. } = self;
        if let Err(why) = order::place(decision, answer, route, &orders.among, places) {
            self.decision.order_failed(why.clone());
            self.order_failed.push(why);
        }
    }

    /// How it was decided, where there was something to decide.
    pub fn trace(&self) -> Option<Deferred<RoutingTrace>> {
        let decision = (self.route.targets.len() > 1).then(|| self.decision.clone())?;
        Some(Deferred::new(move || decision.trace()))
    }

    /// The same, where nothing more is chosen.
    pub fn into_trace(self) -> Option<Deferred<RoutingTrace>> {
        let Self { route, decision, .. } = self;
        (route.targets.len() > 1).then(|| Deferred::new(move || decision.trace()))
    }

    /// The whole order, for an explanation: nothing is asked and nothing booked.
    pub fn explain(mut self) -> RoutingTrace {
        let live = live(&self.route, self.clock, (self.demand, self.delivery), (NOBODY, &self.places), false);
        while self.decision.next(&live).is_some() {}
        if self.decision.last_resort() {
            while self.decision.next(&live).is_some() {}
        }
        self.decision.trace()
    }

    /// A target failed.
    pub fn failed(&mut self, target: u32, error: &ErrorDetails, should_retry: Option<bool>) {
        if let Some(spent) = self.spent.get_mut(target as usize) {
            *spent |= !may_be_asked_again(error, should_retry);
        }
        let provider =
            |index: u32| self.route.targets.get(index as usize).map(|other| &other.target.provider.id);
        if matches!(error.kind, ErrorKind::Authentication | ErrorKind::QuotaExceeded) {
            let refused = provider(target);
            self.decision.leave_out("the same key was refused", |other| provider(other) == refused);
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
        self.order.retain(|asked| *asked != target);
    }

    /// Whether nothing was asked because all targets are at limits, and which.
    pub fn full(&self, now: Duration) -> Option<Full> {
        if !self.order.is_empty() {
            return None;
        }
        let mut full = Full { wanted: Vec::new(), until: Some(Duration::MAX) };
        for index in self.decision.eligible().iter() {
            let (Some(target), Some(false)) =
                (self.route.targets.get(index as usize), self.spent.get(index as usize))
            else {
                continue;
            };
            let until = match target.check(now, &self.demand, self.ticket()) {
                Err(Refused::Quota(refusal)) => refusal.wait().map(|wait| now.saturating_add(wait)),
                Err(Refused::Concurrency { .. } | Refused::Line { .. }) => None,
                // It has room now.
                Ok(()) => Some(now),
                Err(_) => continue,
            };
            full.until = full.until.zip(until).map(|(known, until)| known.min(until));
            full.want(target);
        }
        (!full.wanted.is_empty()).then_some(full)
    }

    /// Why nothing is left, a line for each target.
    pub fn reasons(&self) -> Vec<String> {
        let trace = self.decision.trace();
        trace
            .candidates
            .into_iter()
            .filter_map(|candidate| Some(format!("{}: {}", candidate.facts.name, candidate.why?)))
            .collect()
    }

    /// Begins again with those that only our guess about their health spoke
    /// against: one that works and asked for a pause is better than one that fails.
    fn resort(&mut self) -> bool {
        if !self.decision.last_resort() {
            return false;
        }
        self.resorting = true;
        let rests = |shortage: &Shortage| matches!(shortage, Shortage::Cooldown { .. });
        if self.decision.shortages().iter().any(|(_, shortage)| rests(shortage)) {
            let broken: Vec<u32> = self
                .decision
                .shortages()
                .iter()
                .filter(|(_, shortage)| !rests(shortage))
                .map(|(index, _)| *index)
                .collect();
            self.decision.leave_out("another target only asked for a pause", |index| broken.contains(&index));
        }
        true
    }

    fn take_fit(&mut self, last_resort: bool) -> Option<u32> {
        while let Some(target) = self.take(last_resort) {
            if !self.is_spent(target) {
                return Some(target);
            }
        }
        None
    }

    fn take(&mut self, last_resort: bool) -> Option<u32> {
        let live =
            live(&self.route, self.clock, (self.demand, self.delivery), (self.ticket(), &self.places), true);
        let pick = self.decision.next(&live)?;
        self.last_resort = last_resort;
        self.order.push(pick.index);
        Some(pick.index)
    }

    fn is_spent(&self, target: u32) -> bool {
        self.spent.get(target as usize).copied().unwrap_or(true)
    }
}

/// `own`: the request's ticket, and the places that functions gave.
fn live<'a>(
    route: &'a Route,
    clock: Clock,
    (demand, delivery): (Demand, Delivery),
    own: (u64, &'a [f64]),
    books: bool,
) -> LiveTargets<'a> {
    let (ticket, order) = own;
    LiveTargets { route, now: clock.now(), unix_now: unix_now(), demand, delivery, ticket, order, books }
}

/// Seconds since 1970: for people, not to reckon with.
pub(super) fn unix_now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

impl Choices for Selection {
    fn choose(&mut self, want: Want, now: Duration) -> Option<u32> {
        match want {
            Want::Untried => {
                if !self.resorting {
                    if let Some(target) = self.take_fit(false) {
                        return Some(target);
                    }
                    if !self.resort() {
                        return None;
                    }
                }
                // A failover to a target that is believed not to work is a retry.
                if !self.order.is_empty() && !self.take_retry(now) {
                    return None;
                }
                self.take_fit(true)
            }
            Want::LargerWindow { than } => {
                let targets = &self.route.targets;
                let window = |index: u32| targets.get(index as usize).and_then(|target| target.window());
                let least = window(than);
                let too_small = |index: u32| {
                    window(index).is_none_or(|window| least.is_some_and(|least| window <= least))
                };
                self.decision.leave_out("its context window is not known to be larger", too_small);
                self.take(false)
            }
            Want::Only { target } => {
                let ready = self.route.targets.get(target as usize)?.check(now, &self.demand, self.ticket());
                self.last_resort = ready.is_err();
                (!self.is_spent(target)).then_some(target)
            }
            // The first asked that may be asked again and has room; else the first.
            Want::Again => {
                let mut again = self.order.iter().copied().filter(|target| !self.is_spent(*target));
                let first = again.clone().next()?;
                let (demand, ticket) = (self.demand, self.ticket());
                let ready = again.find(|target| {
                    let target = self.route.targets.get(*target as usize);
                    target.is_some_and(|target| target.check(now, &demand, ticket).is_ok())
                });
                self.last_resort = ready.is_none();
                Some(ready.unwrap_or(first))
            }
        }
    }

    fn take_retry(&mut self, now: Duration) -> bool {
        lock(&self.budgets.retries).try_withdraw(now)
    }

    fn hedge_after(&mut self, now: Duration, target: u32) -> Option<Duration> {
        if !self.route.hedges || self.route.targets.len() < 2 || self.repetition != Repetition::Anywhere {
            return None;
        }
        let state = &self.route.targets.get(target as usize)?.state;
        let (samples, p95) = state.first_content_p95(now, self.delivery);
        lock(&self.budgets.hedges).after(samples, p95)
    }

    fn repetition(&self, target: u32) -> Repetition {
        let target = self.route.targets.get(target as usize);
        match self.repetition {
            Repetition::Anywhere => target.map_or(Repetition::Never, |target| target.target.repetition()),
            stricter => stricter,
        }
    }

    fn take_hedge(&mut self, now: Duration) -> bool {
        let price = self.route.targets.first().and_then(|first| first.price.as_ref());
        let cost = price
            .map(|price| price.price.expected_cost(self.demand.input_tokens, 0, self.demand.output_tokens));
        let mut retries = lock(&self.budgets.retries);
        lock(&self.budgets.hedges).decide(now, false, cost, &mut retries) == Hedge::Start
    }
}
