//! The loop that awaits: asks resilience what comes next, does it, reports back.
//!
//! [`attempts`] is the loop, the same for plain calls of every operation and for streams; [`exchange`]
//! and [`opening`] are what an attempt does; [`failure`] is how a request ends
//! that has no answer. Nothing is decided in here: which target, whether again,
//! and when are answered by `routing` and `resilience`.

mod attempts;
mod continuation;
mod exchange;
mod failure;
mod opening;
mod response;
mod room;
mod start;

use std::sync::Arc;
use std::time::Duration;

use crate::catalogue::estimate_request;
use crate::client::{
    Asked, Budgets, Call, Clock, Dispatch, Recorder, Reply, ReplyStream, Route, Selection, limits,
};
use crate::config::Settings;
use crate::dialects::Unsupported;
use crate::error::Result;
use crate::resilience::{AttemptPolicy, RetryPolicy, StreamRecovery};
use crate::routing::RequestFacts;
use crate::transport::{Limits, Transport};

use attempts::Progress;
pub(crate) use attempts::ask_for_order;
pub(crate) use continuation::{Continued, Recovery};
use exchange::{Whole, exchange};
use opening::open;

/// One request and all that its attempts need.
pub(crate) struct Run<'a> {
    pub transport: &'a dyn Transport,
    pub settings: &'a Settings,
    pub call: &'a Call,
    pub dispatch: &'a Dispatch,
    /// The dispatch's.
    pub route: &'a Arc<Route>,
    pub budgets: &'a Arc<Budgets>,
    pub clock: Clock,
    pub stream: bool,
}

/// Sends a request until it is answered or given up.
pub(crate) async fn ask(run: &Run<'_>) -> Result<Reply> {
    let mut recorder = run.recorder();
    let mut progress = Progress::new(run);
    let step = progress.begin(run).await;
    let (Whole { mut reply, spent, .. }, attempt) = progress
        .until_answered(run, &mut recorder, step, |request, prepared, permit| {
            Box::pin(exchange(run, request, prepared, permit))
        })
        .await
        .inspect_err(|error| recorder.ended(error))?;
    progress.end(run, &mut recorder);
    recorder.succeeded(attempt, spent);
    *reply.answer.route_mut() = Some(recorder.finish());
    Ok(reply)
}

/// Sends a request until the first content of its stream, or gives up.
pub(crate) async fn stream(asked: Asked) -> Result<ReplyStream> {
    let run = asked.run();
    let mut recorder = run.recorder();
    let mut progress = Progress::new(&run);
    let step = progress.begin(&run).await;
    let (leg, attempt) = progress
        .until_answered(&run, &mut recorder, step, |request, prepared, permit| {
            Box::pin(open(&run, request, prepared, permit))
        })
        .await
        .inspect_err(|error| recorder.ended(error))?;
    let recovery = match run.stream_recovery() {
        StreamRecovery::Continue => {
            progress.decided(&run, &mut recorder);
            Some(Recovery::new(asked, progress))
        }
        StreamRecovery::Error => {
            progress.end(&run, &mut recorder);
            None
        }
    };
    Ok(ReplyStream::new(leg, attempt, recorder, recovery))
}

impl Run<'_> {
    /// The limits of an attempt at the route's first target; its `total` is that
    /// of the whole request, all attempts together.
    fn limits(&self) -> Limits {
        let first = self.route.targets.first();
        first.map_or_else(Limits::default, |first| {
            limits(self.settings, &first.target, &self.call.options, self.stream)
        })
    }

    fn recorder(&self) -> Recorder {
        let exposed = self.dispatch.exposed.as_ref().map(Arc::clone);
        Recorder::new(self.call.request.model(), self.clock, exposed)
    }

    /// The choices of this request.
    pub fn selection(&self) -> Selection {
        let request = &self.call.request;
        let Dispatch { options, seed, .. } = self.dispatch;
        let mut facts = RequestFacts::of_request(request, options, self.stream, estimate_request(request));
        if self.route.uses_prompt_key() {
            facts = facts.with_prompt_key_of(request);
        }
        if self.unsupported() == Unsupported::Error {
            facts = facts.with_unsaid(request);
        }
        let (route, budgets) = (Arc::clone(self.route), Arc::clone(self.budgets));
        Selection::new(route, budgets, self.clock, facts, *seed).repeating(request.repetition())
    }

    /// What is done with what a target cannot honour.
    fn unsupported(&self) -> Unsupported {
        self.call.options.unsupported.unwrap_or(self.settings.unsupported)
    }

    fn stream_recovery(&self) -> StreamRecovery {
        let of_request = self.call.options.stream_recovery;
        of_request.or(self.route.stream_recovery).unwrap_or(self.settings.resilience.stream_recovery)
    }

    fn policy(&self, deadline: Option<Duration>) -> AttemptPolicy {
        let of_provider = self.route.targets.first().and_then(|first| first.target.provider.max_retries);
        let max_retries = self.call.options.max_retries.or(of_provider).unwrap_or(self.settings.max_retries);
        AttemptPolicy {
            retry: RetryPolicy { max_retries, backoff: self.settings.resilience.retry },
            max_fallbacks: self.route.max_fallbacks,
            content_policy_fallback: self.route.content_policy_fallback,
            deadline,
        }
    }
}
