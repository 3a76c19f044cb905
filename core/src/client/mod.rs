//! The public entry: read a call, prepare it, hand it to `execute`. Thin.

mod call;
mod clock;
mod listing;
mod prepare;
mod recorder;
mod reply;
mod room;
mod route;
mod selection;
mod stats;
mod stream;
mod tail;
mod target;
mod target_state;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

pub use call::{ChatCall, RequestOptions};
pub use reply::{ChatReply, RawResponse};
pub use stream::ChatReplyStream;
pub use target::Target;

pub(crate) use clock::Clock;
pub(crate) use prepare::{Prepared, limits, prepare, scrub};
pub(crate) use recorder::Recorder;
pub(crate) use room::{Room, Watch};
pub(crate) use route::{Permits, Route};
pub(crate) use selection::{Budgets, Full, Selection};

use route::States;
use target_state::TargetSettings;

use crate::config::{ClientConfig, Settings, build};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{self, Run};
use crate::resilience::{Hedging, QuotaConfig};
use crate::routing::resolve;
use crate::transport::proxy::ProxyOptions;
use crate::transport::{HttpClient, HttpOptions, Transport};

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
    room: Arc<Room>,
    budgets: Arc<Budgets>,
    closed: AtomicBool,
}

impl Client {
    /// A client over HTTP. Keys and addresses not given come from the environment.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn new(config: ClientConfig) -> Result<Self> {
        let environment = |name: &str| std::env::var(name).ok();
        let settings = build(config, &environment)?;
        let mut options = HttpOptions::from_environment(&environment)?;
        if let Some(proxy) = &settings.proxy {
            options.proxy = ProxyOptions::all("proxy", proxy.expose())?;
        }
        Ok(Self::from_settings(settings, Arc::new(HttpClient::new(options))))
    }

    /// A client over another transport, such as a mock.
    pub fn with_transport(config: ClientConfig, transport: Arc<dyn Transport>) -> Result<Self> {
        let settings = build(config, &|name| std::env::var(name).ok())?;
        Ok(Self::from_settings(settings, transport))
    }

    fn from_settings(settings: Settings, transport: Arc<dyn Transport>) -> Self {
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
            states,
            budgets: Arc::new(Budgets::new(&resilience.retry_budget, Hedging::new(resilience.hedge))),
            closed: AtomicBool::new(false),
        };
        Self { shared: Arc::new(Shared { settings, living: Arc::new(living) }) }
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

    /// The providers of this client.
    #[must_use]
    pub fn providers(&self) -> Value {
        listing::providers(&self.shared.settings)
    }

    /// Every known kind and whether it is ready.
    #[must_use]
    pub fn kinds(&self) -> Value {
        listing::kinds(&self.shared.settings)
    }

    /// What was seen of every target that was asked: requests, errors by class,
    /// latencies, breaker and cooldown, limits, tokens and cost.
    #[must_use]
    pub fn stats(&self) -> Value {
        stats::stats(&self.shared.living.states, self.shared.living.clock)
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

impl Shared {
    /// The targets that may answer. Errors: `BadRequest`, `Authentication` or
    /// `Configuration`; nothing was sent.
    fn route(&self, call: &ChatCall) -> Result<Route> {
        if self.living.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Configuration, "this client is closed; make a new one"));
        }
        let Settings { kinds, providers, .. } = &self.settings;
        let targets = resolve(&call.request.model, call.options.provider.as_deref(), kinds, providers)?;
        let targets = targets.into_iter().map(|(provider, model)| Target { provider, model }).collect();
        Ok(Route::of_targets(targets, &self.living.states, self.settings.resilience.hedge.enabled))
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
        f.debug_struct("Client").field("providers", &self.shared.settings.providers).finish_non_exhaustive()
    }
}
