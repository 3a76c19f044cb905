//! The public entry: read a call, prepare it, hand it to `execute`. Thin.

mod call;
mod change;
mod clock;
mod listing;
mod live;
mod lock;
mod members;
mod named;
mod order;
mod permits;
mod plan;
mod prepare;
mod providers;
mod recorder;
mod reply;
mod rewards;
mod room;
mod route;
mod routes;
mod selection;
mod states;
mod stats;
mod stream;
mod tail;
mod target;
mod target_facts;
mod target_state;

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use arc_swap::ArcSwap;
use serde_json::Value;

pub use call::{ChatCall, RequestOptions};
pub use providers::Providers;
pub use reply::{ChatReply, RawResponse};
pub use rewards::Rewarded;
pub use routes::Routes;
pub use stream::ChatReplyStream;
pub use target::Target;

pub(crate) use clock::Clock;
pub(crate) use order::Asking;
pub(crate) use permits::Permits;
pub(crate) use prepare::{Prepared, limits, prepare, scrub};
pub(crate) use recorder::Recorder;
pub(crate) use room::{Room, Watch};
pub(crate) use route::Route;
pub(crate) use selection::{Budgets, Full, Selection};

use lock::lock;
use plan::Plan;
use states::States;
use target_state::TargetSettings;

use crate::config::{ClientConfig, Inventory, OrderAnswer, Settings, build};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{self, Run};
use crate::resilience::{Hedging, QuotaConfig};
use crate::transport::proxy::ProxyOptions;
use crate::transport::{HttpClient, HttpOptions, Transport};
use crate::types::order::OrderQuestion;
use crate::types::routing_trace::RoutingTrace;

/// A client: providers and the connections to them. Cheap to clone.
///
/// Its futures need a tokio runtime with time and I/O enabled.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    living: Arc<Living>,
}

/// What a client and the clients made from it with other options share.
struct Living {
    transport: Arc<dyn Transport>,
    clock: Clock,
    states: States,
    plan: ArcSwap<Plan>,
    /// Held while another plan is made.
    changing: Mutex<()>,
    room: Arc<Room>,
    budgets: Arc<Budgets>,
    closed: AtomicBool,
}

impl Client {
    /// A client over HTTP. Keys and addresses not given come from the environment.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn new(config: ClientConfig) -> Result<Self> {
        let (settings, inventory) = build(config, &environment)?;
        Self::over_http(settings, inventory)
    }

    /// A client of the same providers and routes, as they are now, with connections
    /// and a memory of its own: for a child process, which cannot use its parent's.
    ///
    /// Errors: `ConfigurationError`, where the environment has changed for the worse.
    pub fn anew(&self) -> Result<Self> {
        Self::over_http(self.shared.settings.clone(), self.plan().inventory.clone())
    }

    fn over_http(settings: Settings, inventory: Inventory) -> Result<Self> {
        let mut options = HttpOptions::from_environment(&environment)?;
        if let Some(proxy) = &settings.proxy {
            options.proxy = ProxyOptions::all("proxy", proxy.expose())?;
        }
        Self::from_settings(settings, inventory, Arc::new(HttpClient::new(options)))
    }

    /// A client over another transport, such as a mock.
    pub fn with_transport(config: ClientConfig, transport: Arc<dyn Transport>) -> Result<Self> {
        let (settings, inventory) = build(config, &environment)?;
        Self::from_settings(settings, inventory, transport)
    }

    fn from_settings(
        settings: Settings,
        inventory: Inventory,
        transport: Arc<dyn Transport>,
    ) -> Result<Self> {
        // Read now: a fork while another thread reads it for the first time would
        // leave the child waiting for that thread for ever.
        let _ = crate::catalogue::catalogue();
        let resilience = &settings.resilience;
        let states = States::new(TargetSettings {
            breaker: resilience.breaker,
            cooldown: resilience.cooldown,
            latency: resilience.latency,
            quota: QuotaConfig::default(),
        });
        let living = Living {
            transport,
            clock: Clock::start(),
            room: states.room(),
            plan: ArcSwap::from_pointee(Plan::new(inventory, &states, resilience.hedge.enabled, None)?),
            changing: Mutex::new(()),
            states,
            budgets: Arc::new(Budgets::new(&resilience.retry_budget, Hedging::new(resilience.hedge))),
            closed: AtomicBool::new(false),
        };
        Ok(Self { shared: Arc::new(Shared { settings, living: Arc::new(living) }) })
    }

    /// This client with other defaults: `timeout`, `max_retries`, `unsupported`,
    /// `default_headers`, `default_query`. Connections are shared, closing too.
    pub fn config_with(&self, overrides: Value) -> Result<Self> {
        let mut settings = self.shared.settings.clone();
        settings.override_with(overrides)?;
        Ok(Self { shared: Arc::new(Shared { settings, living: Arc::clone(&self.shared.living) }) })
    }

    /// Reads a call: request fields in `body`, options in either.
    ///
    /// Errors: `BadRequestError` naming the place; nothing is sent.
    pub fn call(&self, body: Value, options: Value) -> Result<ChatCall> {
        ChatCall::from_values(body, options)
    }

    /// Sends a chat request and waits for the whole reply.
    ///
    /// Dropping the future stops the request.
    pub fn chat(&self, call: ChatCall) -> impl Future<Output = Result<ChatReply>> + Send + 'static {
        // Boxed, for a future that is moved about is copied whole.
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            let route = shared.route(&call)?;
            execute::chat(&shared.run(&call, &route, false)).await
        }
    }

    /// Sends a chat request and waits for the first content of its stream.
    ///
    /// Dropping the future or the stream stops the request.
    pub fn chat_stream(
        &self,
        call: ChatCall,
    ) -> impl Future<Output = Result<ChatReplyStream>> + Send + 'static {
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            let route = shared.route(&call)?;
            execute::chat_stream(&shared.run(&call, &route, true)).await
        }
    }

    /// How the target of a request would be chosen now: every candidate, why it
    /// was left out, and the order of the others. Nothing is sent and nothing
    /// is booked. Functions that order the targets are asked, and not waited for.
    ///
    /// Errors: as those of the request before anything is sent.
    pub fn explain(&self, call: &ChatCall) -> Result<RoutingTrace> {
        self.explained(call, |asking| {
            let answer = pin!(asking.orders.function.function.order(asking.question));
            match answer.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => answer,
                Poll::Pending => Err("an explanation does not wait for it".to_owned()),
            }
        })
    }

    /// As [`explain`](Self::explain), and waits for functions that order the targets.
    pub fn explain_asking(
        &self,
        call: ChatCall,
    ) -> impl Future<Output = Result<RoutingTrace>> + Send + 'static {
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            let route = shared.route(&call)?;
            let run = shared.run(&call, &route, call.request.stream == Some(true));
            let mut selection = run.selection();
            execute::ask_for_order(&run, &mut selection).await;
            Ok(selection.explain())
        }
    }

    /// What functions would be asked for this request, each with the route that
    /// declares it: for those who ask them themselves.
    ///
    /// Errors: as [`explain`](Self::explain).
    pub fn order_questions(&self, call: &ChatCall) -> Result<Vec<(String, OrderQuestion)>> {
        let route = self.shared.route(call)?;
        let run = self.shared.run(call, &route, call.request.stream == Some(true));
        let askings = run.selection().askings(&call.request.model);
        Ok(askings
            .into_iter()
            .map(|asking| (asking.orders.function.route.clone(), asking.question))
            .collect())
    }

    /// As [`explain`](Self::explain), with the answers to [`order_questions`](Self::order_questions).
    pub fn explain_ordered(&self, call: &ChatCall, answers: Vec<OrderAnswer>) -> Result<RoutingTrace> {
        let mut answers = answers.into_iter();
        self.explained(call, |_| answers.next().unwrap_or_else(|| Err("it was not asked".to_owned())))
    }

    fn explained(
        &self,
        call: &ChatCall,
        mut ask: impl FnMut(Asking<'_>) -> OrderAnswer,
    ) -> Result<RoutingTrace> {
        let route = self.shared.route(call)?;
        let run = self.shared.run(call, &route, call.request.stream == Some(true));
        let mut selection = run.selection();
        for asking in selection.askings(&call.request.model) {
            let orders = asking.orders;
            let answer = ask(asking);
            selection.ordered(orders, answer);
        }
        Ok(selection.explain())
    }

    /// What was seen of every target that was asked: requests, errors by class,
    /// latencies, breaker and cooldown, limits, tokens and cost.
    #[must_use]
    pub fn stats(&self) -> Value {
        stats::stats(&self.shared.living.states, self.shared.living.clock)
    }

    /// Tells how good a reply was, from 0 to 1, for the strategy `bandit` to learn
    /// from. Sends nothing, and may come at any time after the reply: it counts
    /// from now on. A second report of the same reply takes the place of the
    /// first, as far as that is among the latest 4,096 of the route. A route of
    /// another strategy keeps the rewards too, for a bandit that comes later.
    ///
    /// Errors: `BadRequestError` naming the place: a reward outside 0 to 1, a
    /// route that is not there, a target that is none of it.
    pub fn report_reward(&self, rewarded: &Rewarded, reward: f64) -> Result<()> {
        self.shared.open()?;
        let Living { states, clock, .. } = &*self.shared.living;
        let plan = self.plan();
        let Some(route) = plan.declared(rewarded.route()) else {
            let known: Vec<_> = plan.inventory.routes.keys().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
            let message = format!("route: no route is called `{}`; routes: {known}", rewarded.route());
            return Err(Error::bad_request("route", message));
        };
        states.rewards.report(route, rewarded, reward, clock.now())
    }

    fn plan(&self) -> Arc<Plan> {
        self.shared.living.plan.load_full()
    }

    fn change(&self, change: impl FnOnce(&mut Inventory) -> Result<()>) -> Result<()> {
        self.shared.living.change(change)
    }

    /// Later calls fail; running ones go on.
    pub fn close(&self) {
        self.shared.living.closed.store(true, Ordering::Release);
    }

    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.living.closed.load(Ordering::Acquire)
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Living {
    /// Makes `change` to what may be asked, whole or not at all.
    fn change(&self, change: impl FnOnce(&mut Inventory) -> Result<()>) -> Result<()> {
        let _changing = lock(&self.changing);
        let before = self.plan.load_full();
        let mut inventory = before.inventory.clone();
        change(&mut inventory)?;
        // Once to see whether it holds, with nothing forgotten yet.
        let after = before.following(inventory.clone(), &self.states)?;
        let outdated = before.outdated_by(&after);
        let after = if outdated.is_empty() {
            after
        } else {
            outdated.iter().for_each(|provider| self.states.forget(provider));
            before.following(inventory, &self.states)?
        };
        self.plan.store(Arc::new(after));
        Ok(())
    }
}

impl Shared {
    fn open(&self) -> Result<()> {
        if self.living.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Configuration, "this client is closed; make a new one"));
        }
        Ok(())
    }

    /// The targets that may answer. Errors: `BadRequest`, `Authentication` or
    /// `Configuration`; nothing was sent.
    fn route(&self, call: &ChatCall) -> Result<Arc<Route>> {
        self.open()?;
        let Living { plan, states, .. } = &*self.living;
        plan.load().route(&call.request.model, call.options.provider.as_deref(), states)
    }

    fn run<'a>(&'a self, call: &'a ChatCall, route: &'a Route, stream: bool) -> Run<'a> {
        let Living { transport, clock, budgets, room, .. } = &*self.living;
        Run {
            transport: &**transport,
            settings: &self.settings,
            call,
            route,
            budgets,
            room,
            clock: *clock,
            stream,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("providers", &self.shared.living.plan.load().inventory.providers)
            .finish_non_exhaustive()
    }
}
