//! The heart of a mock: request in, answer out, everything remembered.
//!
//! No I/O: it is handed a request and the time. The server and the transport
//! are its two faces.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::answer::Answer;
use super::build::{self, Prompt};
use super::exchange::Exchange;
use super::incoming::{Incoming, Operation};
use super::options::{MockOptions, check_scripts};
use super::record::{Counters, Counting, Log, RecordedRequest, is_secret};
use super::script::{Expect, Script};
use super::subset::difference;
use super::wire::Failure;
use super::wire::batches::Batches;
use crate::error::Result;

/// Bodies kept for requests to come; more are of tests that never repeat one.
const MOST_TEMPLATES: usize = 256;

/// What a mock is asked about: the requests it saw, its counters, whether what
/// was expected came. [`MockServer`](super::MockServer) and
/// [`MockTransport`](super::MockTransport) are one each.
#[derive(Clone)]
pub struct Mock {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) started: Instant,
    pub(super) counting: Counting,
    api_key: Option<String>,
    models: Vec<String>,
    state: Mutex<State>,
}

struct State {
    scripts: Vec<Entry>,
    numbers: u64,
    log: Log,
    failures: Vec<String>,
    batches: Batches,
    templates: HashMap<(Option<usize>, Prompt), Arc<build::Built>>,
}

struct Entry {
    script: Arc<Script>,
    /// Requests for which its conditions held, whether it answered or not.
    seen: u32,
    /// Requests that it answered.
    used: u32,
}

/// What was decided about a request.
enum Decision {
    Answer(Option<usize>, Arc<Script>),
    Fail {
        status: u16,
        message: String,
        wrong_key: bool,
    },
    Models,
    /// A body, or a text.
    Body(Value),
    UnknownPath,
}

impl Mock {
    /// Errors: `Configuration` for options that cannot be.
    pub(super) fn new(options: MockOptions) -> Result<Self> {
        options.check()?;
        let state = State {
            scripts: entries(options.scripts),
            numbers: 0,
            log: Log::new(options.log_limit),
            failures: Vec::new(),
            batches: Batches::default(),
            templates: HashMap::new(),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                started: Instant::now(),
                counting: Counting::default(),
                api_key: options.api_key,
                models: options.models,
                state: Mutex::new(state),
            }),
        })
    }

    /// The requests received, oldest first, as far as they are remembered.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.inner.state().log.all()
    }

    #[must_use]
    pub fn counters(&self) -> Counters {
        self.inner.counting.read()
    }

    /// Puts other scripts in place of those there; what was recorded stays.
    ///
    /// Errors: `Configuration` for scripts that cannot be; then nothing changes.
    pub fn set_scripts(&self, scripts: Vec<Script>) -> Result<()> {
        check_scripts(&scripts)?;
        let mut state = self.inner.state();
        state.scripts = entries(scripts);
        state.templates.clear();
        Ok(())
    }

    /// Forgets the requests and failures, and lets every script begin anew.
    /// Numbers and counters go on.
    pub fn clear(&self) {
        let mut state = self.inner.state();
        state.log.clear();
        state.failures.clear();
        for entry in &mut state.scripts {
            (entry.seen, entry.used) = (0, 0);
        }
    }

    /// Whether every request was as its script expects, and every script that
    /// expects a number of requests had it. The error says all that was not so.
    pub fn assert_satisfied(&self) -> Result<(), String> {
        let state = self.inner.state();
        let mut failures = state.failures.clone();
        for (place, entry) in state.scripts.iter().enumerate() {
            if let Some(expected) = entry.script.expect.requests.filter(|expected| *expected != entry.used) {
                let name = script_name(place, &entry.script);
                failures.push(format!("{name}: expected {expected} requests, got {}", entry.used));
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
    }

    /// Decides what to do with a request, and remembers it.
    pub(super) fn respond(&self, incoming: &Incoming, now: Instant) -> (Answer, Exchange) {
        let inner = &self.inner;
        let received = now.saturating_duration_since(inner.started);
        inner.counting.requests.fetch_add(1, Ordering::SeqCst);
        let mut state = inner.state();
        state.numbers += 1;
        let number = state.numbers;
        state.log.push(|| RecordedRequest::new(incoming, number, milliseconds(received)));
        let number_text = format!("{:010}", number % 10_000_000_000);

        let decision = inner.decide(&mut state, incoming);
        let place = if let Decision::Answer(place, _) = &decision { *place } else { None };
        let built = match decision {
            Decision::Answer(place, script) => {
                let prompt = Prompt::new(incoming, &script);
                let key = (place, prompt);
                match state.templates.get(&key) {
                    Some(built) => Arc::clone(built),
                    None => {
                        let built = Arc::new(build::scripted(incoming, &script, &key.1));
                        if state.templates.len() >= MOST_TEMPLATES {
                            state.templates.clear();
                        }
                        state.templates.insert(key, Arc::clone(&built));
                        built
                    }
                }
            }
            Decision::Models => Arc::new(build::models(incoming, &inner.models)),
            Decision::Body(body) => Arc::new(build::bare(incoming, &body)),
            Decision::UnknownPath => Arc::new(build::unknown_path(incoming)),
            Decision::Fail { status, message, wrong_key } => {
                let message = (!wrong_key).then_some(message.as_str());
                let failure = Failure { status, message, code: None, wrong_key };
                Arc::new(build::failure(incoming, &failure))
            }
        };
        if let Some(request) = state.log.get_mut(number) {
            request.script = place;
        }
        drop(state);
        // Writing the number into the body needs no lock.
        (built.answer(&number_text), Exchange::new(self.clone(), number, now))
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the state whole: each change is one statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn update(&self, number: u64, change: impl FnOnce(&mut RecordedRequest)) {
        if let Some(request) = self.state().log.get_mut(number) {
            change(request);
        }
    }

    fn decide(&self, state: &mut State, incoming: &Incoming) -> Decision {
        if let Some(key) = &self.api_key
            && incoming.key().as_ref() != Some(key)
        {
            return Decision::Fail { status: 401, message: String::new(), wrong_key: true };
        }
        let is_asked = incoming.is_asked();
        if let Some(message) = incoming.fault().filter(|_| is_asked) {
            return Decision::Fail { status: 400, message, wrong_key: false };
        }
        let mut chosen = None;
        for (place, entry) in state.scripts.iter_mut().enumerate() {
            // Only a script that names the path speaks where no model is asked.
            if !(is_asked || entry.script.when.path.is_some()) || !matches(&entry.script, incoming) {
                continue;
            }
            entry.seen += 1;
            let is_turn = entry.script.when.attempt.is_none_or(|attempt| attempt == entry.seen);
            let is_left = entry.script.times.is_none_or(|times| entry.used < times);
            if chosen.is_none() && is_turn && is_left {
                entry.used += 1;
                chosen = Some((place, Arc::clone(&entry.script)));
            }
        }
        match (chosen, incoming.operation) {
            (Some((place, script)), _) => match unexpected(&script.expect, incoming) {
                None => Decision::Answer(Some(place), script),
                Some(difference) => {
                    let message = format!("{}: {difference}", script_name(place, &script));
                    state.failures.push(message.clone());
                    Decision::Fail { status: 400, message, wrong_key: false }
                }
            },
            (None, Operation::Models) => Decision::Models,
            (None, Operation::Unknown) => {
                state.batches.answer(incoming).map_or(Decision::UnknownPath, Decision::Body)
            }
            (None, _) => Decision::Answer(None, Arc::new(Script::default())),
        }
    }
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn entries(scripts: Vec<Script>) -> Vec<Entry> {
    scripts.into_iter().map(|script| Entry { script: Arc::new(script), seen: 0, used: 0 }).collect()
}

fn script_name(place: usize, script: &Script) -> String {
    script.name.clone().unwrap_or_else(|| format!("scripts[{place}]"))
}

/// Whether the conditions hold that do not count requests.
fn matches(script: &Script, incoming: &Incoming) -> bool {
    let when = &script.when;
    when.model.as_ref().is_none_or(|model| incoming.model.as_ref() == Some(model))
        && when.path.as_ref().is_none_or(|path| incoming.path.contains(path.as_str()))
        && when.stream.is_none_or(|stream| stream == incoming.stream().is_some())
        && when
            .contains
            .as_ref()
            .is_none_or(|text| memchr::memmem::find(&incoming.bytes, text.as_bytes()).is_some())
}

/// What a request has not that its script expects.
fn unexpected(expect: &Expect, incoming: &Incoming) -> Option<String> {
    for (name, expected) in &expect.headers {
        let actual =
            incoming.headers.get(name.as_str()).map(|value| String::from_utf8_lossy(value.as_bytes()));
        if actual.as_deref() != Some(expected.as_str()) {
            return Some(match actual {
                None => format!("headers.{name}: expected it, but it is not there"),
                Some(_) if is_secret(name) => format!("headers.{name}: another value than expected"),
                Some(actual) => format!("headers.{name}: expected {expected:?}, got {actual:?}"),
            });
        }
    }
    let expected = expect.body.as_ref()?;
    difference(expected, incoming.body.as_ref().unwrap_or(&Value::Null), "body")
}
