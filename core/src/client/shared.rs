//! What a client and the clients made from it share, and how a request goes through it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;

use super::call::Call;
use super::clock::Clock;
use super::coalescing::Coalescing;
use super::dispatch::{Dispatch, Purpose};
use super::health_checks::HealthChecks;
use super::lock::lock;
use super::models;
use super::plan::Plan;
use super::reply::Reply;
use super::selection::Budgets;
use super::service::with_own_key;
use super::states::States;
use super::tokens::{self, Vocabularies};
use super::variants::{Exposed, Unsent};
use crate::config::{Inventory, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{self, Run};
use crate::resilience::StreamRecovery;
use crate::transport::Transport;
use crate::types::operation::Request;

/// A client's settings, and what it shares.
pub(crate) struct Shared {
    pub(super) settings: Settings,
    pub(super) coalescing: Arc<Coalescing>,
    pub(super) living: Arc<Living>,
}

/// What a client and the clients made from it with other options share.
pub(super) struct Living {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Clock,
    pub(super) states: States,
    pub(super) plan: ArcSwap<Plan>,
    /// Held while another plan is made.
    pub(super) changing: Mutex<()>,
    pub(super) budgets: Arc<Budgets>,
    pub(super) closed: AtomicBool,
    pub(super) health_checks: HealthChecks,
    /// For counting tokens here.
    pub(super) vocabularies: Vocabularies,
}

impl Living {
    /// Makes `change` to what may be asked, whole or not at all.
    pub fn change(&self, change: impl FnOnce(&mut Inventory) -> Result<()>) -> Result<()> {
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
    /// What is coalesced has the same settings, so that each has its own.
    pub fn new(settings: Settings, living: Arc<Living>) -> Self {
        Self { settings, coalescing: Arc::default(), living }
    }

    pub fn open(&self) -> Result<()> {
        if self.living.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Configuration, "this client is closed; make a new one"));
        }
        Ok(())
    }

    /// The targets that may answer. Errors: `BadRequest`, `Authentication` or
    /// `Configuration`; nothing was sent.
    pub fn dispatch(&self, call: &Call, stream: bool, purpose: Purpose<'_>) -> Result<Dispatch> {
        self.open()?;
        let Living { plan, states, .. } = &*self.living;
        Dispatch::new(&plan.load(), states, call, stream, purpose)
    }

    pub async fn ask(self: &Arc<Self>, call: &Call) -> Result<Reply> {
        if let Request::Models(_) = call.request {
            // Boxed, so that any other request is no larger for it.
            return Box::pin(models::list(self, call)).await;
        }
        if let Request::CountTokens(request) = &call.request {
            return Box::pin(tokens::count(self, call, request)).await;
        }
        let keyed = with_own_key(call)?;
        let call = keyed.as_ref().unwrap_or(call);
        let mut dispatch = self.dispatch(call, false, Purpose::Send)?;
        self.living.health_checks.ensure(self);
        Self::send_copies(self, call, &mut dispatch, false);
        execute::ask(&self.run(call, &dispatch, false)).await
    }

    pub fn run<'a>(&'a self, call: &'a Call, dispatch: &'a Dispatch, stream: bool) -> Run<'a> {
        let Living { transport, clock, budgets, .. } = &*self.living;
        Run {
            transport: &**transport,
            settings: &self.settings,
            call,
            dispatch,
            route: &dispatch.route,
            budgets,
            clock: *clock,
            stream,
        }
    }

    /// Sends the copies of a request that were drawn for it.
    pub fn send_copies(shared: &Arc<Self>, call: &Call, dispatch: &mut Dispatch, stream: bool) {
        let options = Arc::clone(&dispatch.options);
        dispatch.send_copies(|shadow| {
            let mut copy = call.clone();
            // Where data may not go, no copy of it may either.
            copy.options.routing = Arc::clone(&options);
            copy.request.set_model(shadow.to());
            copy.options.provider = None;
            if let Request::Service(request) = &mut copy.request {
                // Under the same key it would be the same request to the service.
                (request.idempotency_key, request.own_key) = (None, None);
            }
            // A copy is worth no second try.
            copy.options.max_retries = Some(0);
            copy.options.stream_recovery = Some(StreamRecovery::Error);
            let shared = Arc::clone(shared);
            let route = shadow.route.clone();
            let unsent = Unsent::new(shared.living.states.variants.copies(&route));
            shadow.send(Box::pin(async move {
                unsent.sent();
                shared.copy(copy, &route, stream).await;
            }))
        });
    }

    /// What becomes of a copy is told by numbers alone.
    async fn copy(self: Arc<Self>, call: Call, route: &str, stream: bool) {
        let dispatch = match self.dispatch(&call, stream, Purpose::Copy(route)) {
            Ok(dispatch) => dispatch,
            Err(error) => {
                let living = &self.living;
                let copies = vec![living.states.variants.copies(route)];
                if let Some(exposed) = Exposed::begin(copies, living.clock) {
                    exposed.failed(error.kind, None);
                }
                return;
            }
        };
        if !stream {
            let Ok(keyed) = with_own_key(&call) else { return };
            let call = keyed.unwrap_or(call);
            let _ = execute::ask(&self.run(&call, &dispatch, false)).await;
            return;
        }
        let asked = Asked { shared: self, call: Box::new(call), dispatch };
        if let Ok(mut reply) = execute::chat_stream(asked).await {
            while let Some(Ok(_)) = reply.next_batch().await {}
        }
    }
}

/// A request on its own: its stream may outlive the call that asked for it.
pub(crate) struct Asked {
    pub(super) shared: Arc<Shared>,
    pub call: Box<Call>,
    pub(super) dispatch: Dispatch,
}

impl Asked {
    pub fn run(&self) -> Run<'_> {
        self.shared.run(&self.call, &self.dispatch, true)
    }
}
