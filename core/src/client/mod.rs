//! The public entry: read a call, prepare it, hand it to `execute`. Thin.

mod call;
mod change;
mod clock;
mod health_checks;
mod line;
mod listing;
mod live;
mod lock;
mod members;
mod named;
mod permits;
mod plan;
mod prepare;
mod providers;
mod recorder;
mod reply;
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
mod turn;

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use serde_json::Value;

pub use call::{ChatCall, RequestOptions};
pub use providers::Providers;
pub use reply::{ChatReply, RawResponse};
pub use routes::Routes;
pub use stream::ChatReplyStream;
pub use target::Target;

pub(crate) use clock::Clock;
pub(crate) use permits::Permits;
pub(crate) use prepare::{Prepared, limits, prepare, scrub};
pub(crate) use recorder::Recorder;
pub(crate) use route::Route;
pub(crate) use selection::{Budgets, Selection};
pub(crate) use turn::{Standing, Turn, not_in_time};

use health_checks::HealthChecks;
use lock::lock;
use plan::Plan;
use states::States;
use target_state::TargetSettings;

use crate::config::{ClientConfig, Inventory, Settings, build};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{self, Run};
use crate::resilience::{Hedging, QuotaConfig};
use crate::transport::proxy::ProxyOptions;
use crate::transport::{HttpClient, HttpOptions, Transport};
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
    budgets: Arc<Budgets>,
    closed: AtomicBool,
    health_checks: HealthChecks,
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
            queue: resilience.queue,
            concurrency: resilience.adaptive_concurrency,
        });
        let plan = Plan::new(inventory, &states, resilience.hedge.enabled, None)?;
        let living = Living {
            transport,
            clock: Clock::start(),
            health_checks: HealthChecks::of(&plan),
            plan: ArcSwap::from_pointee(plan),
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
            shared.living.health_checks.ensure(&shared);
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
            shared.living.health_checks.ensure(&shared);
            execute::chat_stream(&shared.run(&call, &route, true)).await
        }
    }

    /// How the target of a request would be chosen now: every candidate, why it
    /// was left out, and the order of the others. Nothing is sent and nothing
    /// is booked.
    ///
    /// Errors: as those of the request before anything is sent.
    pub fn explain(&self, call: &ChatCall) -> Result<RoutingTrace> {
        let route = self.shared.route(call)?;
        let stream = call.request.stream == Some(true);
        Ok(self.shared.run(call, &route, stream).selection().explain())
    }

    /// What was seen of every target that was asked: requests, errors by class,
    /// latencies, breaker and cooldown, limits, tokens and cost.
    #[must_use]
    pub fn stats(&self) -> Value {
        stats::stats(&self.shared.living.states, self.shared.living.clock)
    }

    fn plan(&self) -> Arc<Plan> {
        self.shared.living.plan.load_full()
    }

    fn change(&self, change: impl FnOnce(&mut Inventory) -> Result<()>) -> Result<()> {
        self.shared.living.change(change)
    }

    /// Later calls fail; running ones go on. Background checks end.
    pub fn close(&self) {
        self.shared.living.closed.store(true, Ordering::Release);
        self.shared.living.health_checks.stop();
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
        let after = Arc::new(after);
        self.plan.store(Arc::clone(&after));
        self.health_checks.change_to(&after);
        Ok(())
    }
}

impl Shared {
    /// The targets that may answer. Errors: `BadRequest`, `Authentication` or
    /// `Configuration`; nothing was sent.
    fn route(&self, call: &ChatCall) -> Result<Arc<Route>> {
        if self.living.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Configuration, "this client is closed; make a new one"));
        }
        let Living { plan, states, .. } = &*self.living;
        plan.load().route(&call.request.model, call.options.provider.as_deref(), states)
    }

    fn run<'a>(&'a self, call: &'a ChatCall, route: &'a Route, stream: bool) -> Run<'a> {
        let Living { transport, clock, budgets, .. } = &*self.living;
        Run { transport: &**transport, settings: &self.settings, call, route, budgets, clock: *clock, stream }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("providers", &self.shared.living.plan.load().inventory.providers)
            .finish_non_exhaustive()
    }
}
