//! One credential for all requests that need it: the file that awaits.
//!
//! The first who needs it starts a task that fetches it, and all wait for that one: a
//! waiter that leaves stops nothing for the others. What ends soon is fetched anew
//! while it is still used. Whoever needs another credential waits for nothing here.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::StatusCode;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::lease::{Lease, Standing, may_replace, pause};
use super::{Answer, Credential, Fetched, Moment, Source, Step, failed};
use crate::auth::{Secret, scrub};
use crate::error::{Error, ErrorKind, Result, Stage, TimeLimit};
use crate::transport::{HttpRequest, HttpResponse, Transport, collect};

/// A flow has a handful; more is a circle.
const MOST_STEPS: usize = 16;
/// A file of credentials is far smaller.
const MOST_BYTES: u64 = 1 << 20;
/// How often a question is asked whose failure may pass, and the first wait between.
const ASKED: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// A credential, fetched when it is needed and kept while it is good.
pub struct Cache {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Arc<dyn Transport>,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    source: Arc<dyn Source>,
    held: Option<Arc<Held>>,
    /// The one before: what was signed with it may still be answered.
    previous: Option<Arc<Held>>,
    /// What a fetch that is under way will say.
    flight: Option<Flight>,
    /// In a row, of fetching ahead.
    failures: u32,
    rests_until: Duration,
    replaced_at: Option<Duration>,
}

struct Held {
    credential: Arc<dyn Credential>,
    lease: Lease,
}

type Flight = watch::Receiver<Option<Result<Arc<Held>>>>;

impl Cache {
    /// Nothing is fetched before it is needed.
    #[must_use]
    pub fn new(source: Arc<dyn Source>, transport: Arc<dyn Transport>) -> Self {
        let state = State {
            source,
            held: None,
            previous: None,
            flight: None,
            failures: 0,
            rests_until: Duration::ZERO,
            replaced_at: None,
        };
        Self { shared: Arc::new(Shared { transport, began: Instant::now(), state: Mutex::new(state) }) }
    }

    /// Signs and sends a request; once more where the answer says that the credential
    /// is not good any more. Waiting for a credential counts for the limit `total`.
    ///
    /// Errors: those of the transport; `Authentication` where no credential can be had.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse> {
        let began = Instant::now();
        let held = self.wait(&request, began).await.map_err(unsent)?;
        let response = self.send_with(&held, &request, began).await?;
        if !matches!(response.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Ok(response);
        }
        let HttpResponse { status, headers, body, round_trip } = response;
        let body = collect(body, request.limits.max_response_bytes).await?;
        if held.credential.is_refused(status, &headers, &body) && self.replace(&held) {
            let held = self.wait(&request, began).await.map_err(unsent)?;
            return self.send_with(&held, &request, began).await;
        }
        let body = Box::pin(futures_util::stream::once(async move { Ok(body) }));
        Ok(HttpResponse { status, headers, body, round_trip })
    }

    /// What must not be shown of what is held, and of what was held before.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        let state = self.shared.lock();
        let mut secrets = state.source.secrets();
        let held = state.held.iter().chain(&state.previous);
        secrets.extend(held.flat_map(|held| held.credential.secrets()));
        secrets
    }

    async fn send_with(&self, held: &Held, request: &HttpRequest, began: Instant) -> Result<HttpResponse> {
        let mut request = request.clone();
        if let Some(total) = &mut request.limits.total {
            *total = total.saturating_sub(began.elapsed());
        }
        if held.credential.signs_body() {
            request.body = request.body.gathered().await?.into();
        }
        held.credential.sign(&mut request, unix_now()).map_err(unsent)?;
        self.shared.transport.send(request).await
    }

    async fn wait(&self, request: &HttpRequest, began: Instant) -> Result<Arc<Held>> {
        match request.limits.total {
            None => self.get().await,
            Some(total) => tokio::time::timeout_at(began + total, self.get()).await.unwrap_or_else(|_| {
                let message = "no credential in time (limit `total`)";
                Err(Error::new(ErrorKind::ApiTimeout, message).with_limit(TimeLimit::Total))
            }),
        }
    }

    async fn get(&self) -> Result<Arc<Held>> {
        loop {
            let mut flight = match self.shared.look() {
                Look::Use(held) => return Ok(held),
                Look::Wait(flight) => flight,
            };
            // A task whose runtime ended says nothing; then another one begins.
            if let Ok(said) = flight.wait_for(Option::is_some).await
                && let Some(result) = said.clone()
            {
                return result;
            }
        }
    }

    /// Whether what was refused is replaced: the next look waits for another.
    fn replace(&self, refused: &Arc<Held>) -> bool {
        let now = self.shared.began.elapsed();
        let mut state = self.shared.lock();
        let is_held = state.held.as_ref().is_some_and(|held| Arc::ptr_eq(held, refused));
        if is_held && may_replace(now, state.replaced_at) {
            state.previous = state.held.take();
            state.replaced_at = Some(now);
            return true;
        }
        // Somebody else saw it first.
        !is_held
    }
}

enum Look {
    Use(Arc<Held>),
    Wait(Flight),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // What is guarded changes in single steps, which a panic leaves done or not begun.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What there is, or who brings it; begins to fetch where that is due.
    fn look(self: &Arc<Self>) -> Look {
        let now = self.began.elapsed();
        let mut state = self.lock();
        // One that ended without a word has gone with its runtime.
        if state.flight.as_ref().is_some_and(|flight| flight.has_changed().is_err()) {
            state.flight = None;
        }
        let held = state.held.as_ref().map(|held| (Arc::clone(held), held.lease.standing(now)));
        match held {
            Some((held, Standing::Fresh)) => Look::Use(held),
            Some((held, Standing::Aging)) => {
                if state.flight.is_none() && now >= state.rests_until {
                    self.begin(&mut state);
                }
                Look::Use(held)
            }
            Some((_, Standing::Ended)) | None => {
                let flight = state.flight.clone();
                Look::Wait(flight.unwrap_or_else(|| self.begin(&mut state)))
            }
        }
    }

    fn begin(self: &Arc<Self>, state: &mut State) -> Flight {
        let (told, flight) = watch::channel(None);
        state.flight = Some(flight.clone());
        let (shared, source) = (Arc::clone(self), Arc::clone(&state.source));
        tokio::spawn(async move {
            let result = fetch(&*source, &*shared.transport).await;
            let result = shared.ended(result);
            let _ = told.send(Some(result));
        });
        flight
    }

    /// Keeps what was fetched.
    fn ended(&self, result: Result<Fetched>) -> Result<Arc<Held>> {
        let now = self.began.elapsed();
        let mut state = self.lock();
        state.flight = None;
        match result {
            Ok(Fetched { credential, lifetime, next }) => {
                let held = Arc::new(Held { credential, lease: Lease::new(now, lifetime, fastrand::f64()) });
                if let Some(previous) = state.held.replace(Arc::clone(&held)) {
                    state.previous = Some(previous);
                }
                state.failures = 0;
                if let Some(next) = next {
                    state.source = next;
                }
                Ok(held)
            }
            Err(mut error) => {
                state.failures = state.failures.saturating_add(1);
                state.rests_until = now.saturating_add(pause(state.failures));
                state.source.secrets().iter().for_each(|secret| scrub(&mut error, secret));
                Err(error)
            }
        }
    }
}

/// Without a credential nothing of the request itself was sent; an earlier one was refused.
fn unsent(error: Error) -> Error {
    error.with_stage(Stage::Unsent)
}

fn unix_now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// Does what a source wants done, step by step.
async fn fetch(source: &dyn Source, transport: &dyn Transport) -> Result<Fetched> {
    let mut moment = Moment { unix_now: unix_now(), random: fastrand::Rng::new() };
    let mut step = source.begin(&mut moment)?;
    for _ in 0..MOST_STEPS {
        step = match step {
            Step::Done(fetched) => return Ok(fetched),
            Step::Read { path, then } => {
                let read = tokio::task::spawn_blocking(move || read(path)).await;
                then(read.unwrap_or_else(|error| Err(std::io::Error::other(error))), &mut moment)?
            }
            Step::Ask { request, then } => then(ask(request, transport).await, &mut moment)?,
        };
    }
    Err(failed("the credential's flow does not end"))
}

fn read(path: PathBuf) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES).read_to_end(&mut content)?;
    Ok(content)
}

/// Asks; again after a wait where the failure may pass.
async fn ask(request: HttpRequest, transport: &dyn Transport) -> Result<Answer> {
    let mut wait = FIRST_WAIT;
    let mut asked = 1;
    loop {
        let answer = ask_once(request.clone(), transport).await;
        let may_pass = match &answer {
            Ok(answer) => answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS,
            Err(error) => matches!(error.kind, ErrorKind::ApiConnection | ErrorKind::ApiTimeout),
        };
        if !may_pass || asked == ASKED {
            return answer;
        }
        asked += 1;
        sleep(wait).await;
        wait *= 2;
    }
}

async fn ask_once(request: HttpRequest, transport: &dyn Transport) -> Result<Answer> {
    let most = request.limits.max_response_bytes;
    let HttpResponse { status, headers, body, .. } = transport.send(request).await?;
    Ok(Answer { status, headers, body: collect(body, most).await? })
}
