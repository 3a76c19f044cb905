//! The public entry: read a call, prepare it, hand it to `execute`. Thin.

mod batches;
mod call;
mod change;
mod clock;
mod coalescing;
mod dispatch;
mod distance;
mod explain;
mod health_checks;
mod inline;
mod leads;
mod leg;
mod line;
mod listing;
mod live;
mod lock;
mod members;
mod models;
mod multipart;
mod named;
mod order;
mod permits;
mod plan;
mod prepare;
mod providers;
mod recorder;
mod reply;
mod rewards;
mod route;
mod routes;
mod selection;
mod service;
mod shadow;
mod shared;
mod spent;
mod states;
mod stats;
mod stream;
mod tail;
mod target;
mod target_facts;
mod target_state;
mod tokens;
mod turn;
mod uploads;
mod variants;
mod voice;

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use bytes::Bytes;
use serde_json::Value;

pub use call::{Call, RequestOptions};
pub use providers::Providers;
pub use reply::{ChatReply, RawResponse, Reply};
pub use rewards::Rewarded;
pub use routes::Routes;
pub use stream::{ChatReplyStream, ReplyStream};
pub use target::Target;

pub(crate) use clock::Clock;
pub(crate) use dispatch::Dispatch;
pub(crate) use leg::Leg;
pub(crate) use order::Asking;
pub(crate) use permits::Permits;
pub(crate) use prepare::{Piece, Prepared, limits, prepare, scrub};
pub(crate) use recorder::Recorder;
pub(crate) use route::Route;
pub(crate) use selection::{Budgets, Selection};
pub(crate) use shared::Asked;
pub(crate) use spent::Spent;
pub(crate) use turn::{Standing, Turn, not_in_time};

use dispatch::Purpose;
use health_checks::HealthChecks;
use plan::Plan;
use shared::{Living, Shared};
use states::States;
use target_state::TargetSettings;

use crate::config::{ClientConfig, Inventory, Settings, build};
use crate::error::{Error, Result};
use crate::execute;
use crate::resilience::{Hedging, QuotaConfig};
use crate::transport::proxy::ProxyOptions;
use crate::transport::{HttpClient, HttpOptions, Transport};
use crate::types::operation::Operation;

/// A client: providers and the connections to them. Cheap to clone.
///
/// Its futures need a tokio runtime with time and I/O enabled.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
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
        let clock = Clock::start();
        let settings_of_targets = TargetSettings {
            breaker: resilience.breaker,
            cooldown: resilience.cooldown,
            latency: resilience.latency,
            quota: QuotaConfig::default(),
            queue: resilience.queue,
            concurrency: resilience.adaptive_concurrency,
        };
        let states = States::new(settings_of_targets, clock, Arc::clone(&transport));
        let plan = Plan::new(inventory, &states, resilience.hedge.enabled, None)?;
        let living = Living {
            transport,
            clock,
            health_checks: HealthChecks::of(&plan),
            plan: ArcSwap::from_pointee(plan),
            changing: Mutex::new(()),
            states,
            budgets: Arc::new(Budgets::new(&resilience.retry_budget, Hedging::new(resilience.hedge))),
            closed: AtomicBool::new(false),
            vocabularies: tokens::Vocabularies::default(),
        };
        Ok(Self { shared: Arc::new(Shared::new(settings, Arc::new(living))) })
    }

    /// This client with other defaults: `timeout`, `max_retries`, `unsupported`,
    /// `default_headers`, `default_query`. Connections are shared, closing too.
    pub fn config_with(&self, overrides: Value) -> Result<Self> {
        let mut settings = self.shared.settings.clone();
        settings.override_with(overrides)?;
        Ok(Self { shared: Arc::new(Shared::new(settings, Arc::clone(&self.shared.living))) })
    }

    /// Reads a call of a chat: request fields in `body`, options in either.
    ///
    /// Errors: `BadRequestError` naming the place; nothing is sent.
    pub fn call(&self, body: Value, options: Value) -> Result<Call> {
        Call::from_values(Operation::Chat, body, options)
    }

    /// Reads a call of any operation, as [`call`](Self::call) does.
    ///
    /// Errors: as [`call`](Self::call).
    pub fn call_of(&self, operation: Operation, body: Value, options: Value) -> Result<Call> {
        Call::from_values(operation, body, options)
    }

    /// Reads a call of any operation, with the files that came beside its JSON: they stand in `body` as
    /// `{"attached": 0}`, by their number, with `name` and `content_type` where these are known.
    ///
    /// Errors: as [`call`](Self::call).
    pub fn call_with_files(
        &self,
        operation: Operation,
        body: Value,
        options: Value,
        attached: &[Bytes],
    ) -> Result<Call> {
        let mut call = Call::from_values(operation, body, options)?;
        call.request.attach(attached)?;
        Ok(call)
    }

    /// Reads a call of an operation that providers declare, such as `sms.send`; `input` is an object.
    ///
    /// Errors: as [`call`](Self::call).
    pub fn call_service(&self, operation: &str, input: Value, options: Value) -> Result<Call> {
        let body = serde_json::json!({ "operation": operation, "input": input });
        Call::from_values(Operation::Service, body, options)
    }

    /// Reads a call to be explained: of the operation that `body.operation` names, one that a
    /// provider declares included, of a chat without it.
    ///
    /// Errors: as [`call`](Self::call).
    pub fn call_to_explain(&self, mut body: Value, options: Value) -> Result<Call> {
        let named = body.as_object_mut().and_then(|fields| fields.shift_remove("operation"));
        let operation = match named.as_ref().map(|named| (named.as_str(), named)) {
            None => Operation::Chat,
            Some((Some(name), named)) if Operation::of(name).is_none() => {
                if let Some(fields) = body.as_object_mut() {
                    fields.insert("operation".to_owned(), named.clone());
                }
                Operation::Service
            }
            Some((name, _)) => {
                let own = [Operation::Models, Operation::Service];
                let operation = name.and_then(Operation::of).filter(|named| !own.contains(named));
                operation.ok_or_else(|| {
                    let names = Operation::ALL.into_iter().filter(|one| !own.contains(one));
                    let names: Vec<_> = names.map(|one| format!("`{}`", one.as_str())).collect();
                    let names = names.join(", ");
                    let message = format!("operation: must be {names}, or one that a provider declares");
                    Error::bad_request("operation", message)
                })?
            }
        };
        self.call_of(operation, body, options)
    }

    /// Sends a chat request and waits for the whole reply.
    ///
    /// Dropping the future stops the request.
    pub fn chat(&self, call: Call) -> impl Future<Output = Result<ChatReply>> + Send + 'static {
        // Boxed, for a future that is moved about is copied whole.
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            if call.request.chat().is_none() {
                return Err(not_a_chat());
            }
            answered(shared, call).await?.into_chat()
        }
    }

    /// Sends a request of any operation and waits for the whole answer.
    ///
    /// Dropping the future stops the request.
    pub fn ask(&self, call: Call) -> impl Future<Output = Result<Reply>> + Send + 'static {
        answered(Arc::clone(&self.shared), Box::new(call))
    }

    /// Sends a chat request and waits for the first content of its stream.
    ///
    /// Dropping the future or the stream stops the request.
    pub fn chat_stream(&self, call: Call) -> impl Future<Output = Result<ChatReplyStream>> + Send + 'static {
        let refused = call.request.chat().is_none();
        let stream = self.stream(call);
        async move { if refused { Err(not_a_chat()) } else { stream.await.map(ChatReplyStream) } }
    }

    /// Sends a request of an operation that has streams (a chat, a response, a message, a completion of a
    /// text), and waits for the first content of its stream.
    ///
    /// Dropping the future or the stream stops the request.
    pub fn stream(&self, call: Call) -> impl Future<Output = Result<ReplyStream>> + Send + 'static {
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            if !call.request.may_stream() {
                return Err(Error::bad_request("stream", "stream: this operation has no streams"));
            }
            if call.options.coalesce {
                return Err(Error::bad_request(
                    "coalesce",
                    "coalesce: plain calls only; a stream has one reader",
                ));
            }
            let mut dispatch = shared.dispatch(&call, true, Purpose::Send)?;
            shared.living.health_checks.ensure(&shared);
            Shared::send_copies(&shared, &call, &mut dispatch, true);
            execute::stream(Asked { shared, call, dispatch }).await
        }
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
    /// A reply whose request a rule or a split sent on counts for the route that
    /// served it.
    ///
    /// Errors: `BadRequestError` naming the place: a reward outside 0 to 1, a
    /// route that is not there, a target that is none of it, a reply that no route
    /// served: a rule or a split may lead straight to a target.
    pub fn report_reward(&self, rewarded: &Rewarded, reward: f64) -> Result<()> {
        self.shared.open()?;
        let Living { states, clock, .. } = &*self.shared.living;
        let plan = self.plan();
        let Some(route) = plan.declared(rewarded.route()) else {
            return Err(rewarded.of_no_route(plan.inventory.routes.keys()));
        };
        states.rewards.report(route, rewarded, reward, clock.now())
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

async fn answered(shared: Arc<Shared>, mut call: Box<Call>) -> Result<Reply> {
    if !call.request.uploads().is_empty() {
        // Boxed, so that a plain call is no larger for it.
        Box::pin(uploads::measure(&mut call)).await?;
    }
    if !call.options.coalesce {
        return shared.ask(&call).await;
    }
    let (coalescing, plan) = (Arc::clone(&shared.coalescing), shared.living.plan.load_full());
    let clock = shared.living.clock;
    let send = |call| async move { shared.ask(&call).await };
    // Boxed, so that a plain call is no larger for it.
    Box::pin(coalescing.ask(*call, plan, clock, send)).await
}

fn not_a_chat() -> Error {
    Error::bad_request("request", "this call is of another operation than chat")
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("providers", &self.shared.living.plan.load().inventory.providers)
            .finish_non_exhaustive()
    }
}
