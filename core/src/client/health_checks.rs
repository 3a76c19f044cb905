//! The background checks of a client's providers: a task for each that has one.
//!
//! They start with the first request, in its runtime, and end with the client,
//! with [`HealthChecks::stop`], or with their runtime; then the next request
//! starts them again where it runs. What they found is kept in the provider's
//! state. A task holds nothing of the client that would keep it alive.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use http::StatusCode;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::call::{Call, RequestOptions};
use super::clock::Clock;
use super::lock::lock;
use super::plan::Plan;
use super::prepare::{limits, prepare, prepare_get, scrub};
use super::route::RouteTarget;
use super::spent::Spent;
use super::target_state::TargetState;
use super::{Shared, Target};
use crate::auth::fetched::Cache;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::providers::{HealthCheckSettings, HealthProbe, Provider};
use crate::resilience::NextCheck;
use crate::routing::state::Used;
use crate::transport::{HttpResponse, Transport, collect};
use crate::types::operation::Request;
use crate::types::provider::ProviderStatus;

/// What a check reads of an answer at most.
const MOST_BYTES: usize = 1 << 20;

/// The checks of a client.
pub(super) struct HealthChecks {
    /// Whether any provider has one: all that a request looks at where none has.
    wanted: AtomicBool,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    /// The process of the tasks: those of a parent are not here.
    process: u32,
    tasks: Vec<AbortHandle>,
    ended: bool,
}

impl Running {
    fn is_alive(&self) -> bool {
        let here = self.process == std::process::id();
        here && !self.tasks.is_empty() && !self.tasks.iter().any(AbortHandle::is_finished)
    }

    fn abort(&mut self) {
        // To stop those of a parent process would wake threads that are not here.
        if self.process == std::process::id() {
            self.tasks.iter().for_each(AbortHandle::abort);
        }
        self.tasks.clear();
    }
}

impl HealthChecks {
    pub fn of(plan: &Plan) -> Self {
        Self { wanted: AtomicBool::new(checked(plan).next().is_some()), running: Mutex::default() }
    }

    /// A request begins: they run from now on, if there are any.
    pub fn ensure(&self, shared: &Shared) {
        if !self.wanted.load(Ordering::Acquire) {
            return;
        }
        let mut running = lock(&self.running);
        if running.ended || running.is_alive() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        running.abort();
        running.process = std::process::id();
        let settings = Arc::new(shared.settings.clone());
        let living = &shared.living;
        let plan = living.plan.load_full();
        let checks = checked(&plan).map(|(provider, check)| Check {
            check: check.clone(),
            state: living.states.of_provider(provider),
            provider: Arc::clone(provider),
            settings: Arc::clone(&settings),
            transport: Arc::clone(&living.transport),
            credentials: living.states.credentials_of(provider),
            clock: living.clock,
        });
        let begin = |check: Check| {
            let timing = check.check.timing;
            check.state.begin_checks(timing, check.clock.now(), &mut fastrand::Rng::new());
            runtime.spawn(check.run()).abort_handle()
        };
        running.tasks = checks.map(begin).collect();
    }

    /// The providers are others now; the next request starts the checks of those.
    pub fn change_to(&self, plan: &Plan) {
        lock(&self.running).abort();
        self.wanted.store(checked(plan).next().is_some(), Ordering::Release);
    }

    /// Ends them for good.
    pub fn stop(&self) {
        let mut running = lock(&self.running);
        running.ended = true;
        running.abort();
    }
}

impl Drop for HealthChecks {
    fn drop(&mut self) {
        self.stop();
    }
}

fn checked(plan: &Plan) -> impl Iterator<Item = (&Arc<Provider>, &HealthCheckSettings)> {
    let active = plan.inventory.providers.iter().filter(|provider| provider.status == ProviderStatus::Active);
    active.filter_map(|provider| Some((provider, provider.health_check.as_ref()?)))
}

/// The checks of one provider.
struct Check {
    check: HealthCheckSettings,
    state: Arc<TargetState>,
    provider: Arc<Provider>,
    settings: Arc<Settings>,
    transport: Arc<dyn Transport>,
    credentials: Option<Arc<Cache>>,
    clock: Clock,
}

impl Check {
    async fn run(self) {
        let timing = self.check.timing;
        loop {
            let now = self.clock.now();
            match self.state.next_check(now) {
                Some(NextCheck::Start { number }) => {
                    let end = self.clock.at(now.saturating_add(timing.timeout));
                    // Where it takes too long, the next look says so.
                    if let Ok(result) = tokio::time::timeout_at(end, self.ask()).await {
                        let result =
                            result.map_err(|error| format!("{}: {}", error.kind.class_name(), error.message));
                        self.state.checked(self.clock.now(), number, result);
                    }
                }
                Some(NextCheck::At(at)) => tokio::time::sleep_until(self.clock.at(at)).await,
                Some(NextCheck::TimedOut { .. }) => {}
                None => return,
            }
        }
    }

    /// Asks once; what it took, where that is known.
    async fn ask(&self) -> Result<Option<Used>> {
        match &self.check.probe {
            HealthProbe::Path(path) => self.get(path).await,
            HealthProbe::Request(request) => {
                let target = Target { provider: Arc::clone(&self.provider), model: request.model.clone() };
                // No state of its own: it is no target that statistics should show.
                let states = (Arc::clone(&self.state), Arc::clone(&self.state));
                let target =
                    Arc::new(RouteTarget::with_states(target, states.0, states.1, self.credentials.clone()));
                let call =
                    Call { request: Request::Chat((**request).clone()), options: RequestOptions::default() };
                self.chat(&call, &target).await.map_err(|mut error| {
                    scrub(&mut error, &target);
                    error
                })
            }
        }
    }

    async fn get(&self, path: &str) -> Result<Option<Used>> {
        let request = prepare_get(&self.settings, &self.provider, path)?;
        let HttpResponse { status, body, round_trip, .. } = match &self.credentials {
            Some(credentials) => credentials.send(request).await?,
            None => self.transport.send(request).await?,
        };
        self.state.distance().measured(self.clock.now(), round_trip);
        // Read to its end, so that the connection can be used again.
        let _ = collect(body, MOST_BYTES).await;
        if status.is_success() || is_alive(status) {
            return Ok(None);
        }
        let mut error = Error::new(
            ErrorKind::ApiConnection,
            format!("`{path}` answered with status {}", status.as_u16()),
        );
        error.kind = if status.is_server_error() { ErrorKind::InternalServer } else { ErrorKind::NotFound };
        Err(error)
    }

    async fn chat(&self, call: &Call, chosen: &Arc<RouteTarget>) -> Result<Option<Used>> {
        let limits = limits(&self.settings, &chosen.target, &call.options, false);
        let (request, prepared) = prepare(&self.settings, call, chosen, false, limits, 0)?;
        let HttpResponse { status, headers, body, round_trip } =
            chosen.send(&*self.transport, request).await?;
        self.state.distance().measured(self.clock.now(), round_trip);
        let body = collect(body, MOST_BYTES).await?;
        if is_alive(status) {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(prepared.dialect.decode_error(status, &headers, &body));
        }
        let completion = prepared.dialect.decode_chat(&body, &chosen.target.model)?;
        Ok(completion.usage.as_ref().map(|usage| Spent::of(usage, chosen.price.as_ref()).used))
    }
}

/// Who has too much to do works: a cooldown is for that.
fn is_alive(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
}
