//! A streamed reply, as its caller reads it.

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use futures_util::FutureExt;

use super::leg::Leg;
use super::spent::Spent;
use super::{RawResponse, Recorder};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Continued, Recovery};
use crate::types::chat::{ChatCompletion, ChatCompletionChunk, ContinuedBy, Usage};
use crate::types::operation::{Answer, StreamItem};

use crate::types::trace::Trace;

/// Chunks taken in one batch before the caller gets them, whatever is ready.
const MOST_IN_BATCH: usize = 256;

/// A streamed reply of any operation. Dropping it closes the connection.
pub struct ReplyStream {
    leg: Leg,
    /// The leg's number in the trace.
    attempt: usize,
    recorder: Recorder,
    /// What going on with a broken leg takes, where it was asked for.
    recovery: Option<Box<Recovery>>,
    /// A leg broke, and the next one is sought.
    continuing: Option<Box<Continuing>>,
    /// What the legs before this one took.
    before: Option<Box<Usage>>,
    /// Whether the end of the leg was seen to.
    settled: bool,
}

/// The search for a leg that goes on.
struct Continuing {
    found: BoxFuture<'static, Continued>,
    /// Why the leg before it broke.
    cause: Error,
    /// The text that it goes on with.
    text: String,
}

impl ReplyStream {
    pub(crate) fn new(leg: Leg, attempt: usize, recorder: Recorder, recovery: Option<Box<Recovery>>) -> Self {
        let mut stream =
            Self { leg, attempt, recorder, recovery, continuing: None, before: None, settled: false };
        stream.settle();
        stream
    }

    /// The next items: waits for one, takes all that are ready. `None` at the end.
    ///
    /// Errors: once, and then the end. `StreamInterruptedError` with `partial` (of a response with
    /// `partial_response`, of a message with `partial_message`, of a text with `partial_completion`), where
    /// the stream broke after its first content; under `stream_recovery: continue` only where it could not
    /// be continued, as none of these three can, which the message of the error then explains.
    pub async fn next_batch(&mut self) -> Option<Result<Vec<StreamItem>>> {
        while self.leg.ready.is_empty() && !self.is_over() {
            self.read().await;
        }
        // What has arrived meanwhile goes along, without waiting for more.
        while !self.is_over() && self.leg.ready.len() < MOST_IN_BATCH {
            if self.read().now_or_never().is_none() {
                break;
            }
        }
        if !self.leg.ready.is_empty() {
            return Some(Ok(self.leg.take_ready()));
        }
        if let Some(error) = self.leg.failure.take() {
            self.leg.ended = true;
            return Some(Err(error));
        }
        self.leg.drain().await;
        None
    }

    fn is_over(&self) -> bool {
        self.continuing.is_none() && self.leg.is_over()
    }

    /// Reads once, or finds the next leg. Cancel-safe: nothing is lost when it is dropped.
    async fn read(&mut self) {
        match &mut self.continuing {
            None => self.leg.read().await,
            Some(continuing) => {
                let continued = continuing.found.as_mut().await;
                self.go_on(continued);
            }
        }
        self.settle();
    }

    /// Sees to the end of the leg, once.
    fn settle(&mut self) {
        if self.settled || !self.is_over() {
            return;
        }
        self.settled = true;
        let spent = self.leg.spent.take();
        if let Some(cause) = self.leg.failure.take() {
            self.broke(cause, spent);
            return;
        }
        self.recorder.succeeded(self.attempt, spent);
        self.leg.finish(self.recorder.trace());
        if self.leg.usage().is_none() {
            // Without the last leg's it would be no sum.
            self.before = None;
        } else if self.before.is_some() {
            let usage = self.usage();
            if let Some(last) = self.leg.ready.last_mut().and_then(StreamItem::chunk_mut) {
                last.usage = usage;
            }
        }
    }

    /// The leg failed after content, which is delivered first.
    fn broke(&mut self, cause: Error, spent: Option<Spent>) {
        self.recorder.failed(self.attempt, &cause);
        let received = self.leg.sum.completion();
        let recovery = self.recovery.take();
        let (mut recovery, beginning) = match recovery.map(|of| (of.beginning(received), of)) {
            Some((Ok(beginning), recovery)) => (recovery, beginning),
            not => {
                self.recorder.paid(self.attempt, spent);
                let why = not.and_then(|(beginning, _)| beginning.err());
                self.leg.failure = Some(self.interrupted(&cause, why));
                return;
            }
        };
        let usage = recovery.usage(self.leg.sum.take_usage(), self.leg.sum.completion());
        self.recorder.paid(self.attempt, Some(self.leg.chosen().spent(&usage)));
        match &mut self.before {
            Some(before) => before.add(&usage),
            none => *none = Some(Box::new(usage)),
        }
        let text = beginning.text.clone();
        let found = recovery.go_on(self.recorder.clone(), cause.clone(), beginning);
        self.continuing = Some(Box::new(Continuing { found, cause, text }));
    }

    /// Another leg goes on, or none.
    fn go_on(&mut self, Continued { recovery, recorder, result }: Continued) {
        let Some(continuing) = self.continuing.take() else { return };
        let asked = recorder.attempts() > self.recorder.attempts();
        self.recorder = recorder;
        match result {
            Ok((mut leg, attempt)) => {
                let from = self.leg.chosen().target.name();
                let sum = std::mem::take(&mut self.leg.sum);
                let by = leg.continued_by().unwrap_or(ContinuedBy::Instruction);
                leg.follow(sum, &continuing.text, from, by);
                // Chunks that are not taken yet come first.
                leg.ready.splice(..0, self.leg.ready.drain(..));
                self.leg = leg;
                self.attempt = attempt;
                self.recovery = Some(recovery);
                self.settled = false;
            }
            Err(error) => {
                let why = match asked {
                    true => format!("it could not be continued: {error}"),
                    false => "no target was left to continue it at, or no time".to_owned(),
                };
                self.leg.failure = Some(self.interrupted(&continuing.cause, Some(&why)));
            }
        }
    }

    /// The usage of all legs together, as far as it was told or estimated.
    fn usage(&self) -> Option<Usage> {
        let own = self.leg.usage();
        let Some(before) = self.before.as_deref() else { return own.cloned() };
        let mut sum = before.clone();
        if let Some(own) = own {
            sum.add(own);
        }
        Some(sum)
    }

    /// The same failure as one that came after content: never silently retried.
    /// `why` it was not continued, where that was asked for.
    fn interrupted(&self, cause: &Error, why: Option<&str>) -> Error {
        let (target, raw) = (&self.leg.chosen().target, self.leg.raw());
        let mut error = cause.clone();
        error.kind = ErrorKind::StreamInterrupted;
        error.message = format!("the stream broke after its first content: {}", cause.message);
        if let Some(why) = why {
            error.message = format!("{}; not continued: {why}", error.message);
        }
        error.source = Some(format!("{cause:?}"));
        error.status = error.status.or(Some(raw.status));
        error.request_id = error.request_id.take().or_else(|| raw.request_id.clone());
        error.provider = Some(target.provider.name.clone());
        error.model = Some(target.model.clone());
        error.target = Some(target.name());
        error.attempts = self.recorder.attempts();
        error.route = Some(Box::new((*self.trace()).clone()));
        match self.partial() {
            Answer::Responses(response) => error.partial_response = Some(Box::new(response)),
            Answer::Messages(message) => error.partial_message = Some(Box::new(message)),
            Answer::Completions(text) => error.partial_completion = Some(Box::new(text)),
            partial => error.partial = partial.into_chat().map(Box::new),
        }
        self.recorder.ended(&error);
        error
    }

    /// What was received so far, added up, with what is known beside it: the trace so far and the
    /// provider's id of the request.
    #[must_use]
    pub fn partial(&self) -> Answer {
        let mut sum = self.leg.partial();
        if let Answer::Chat(completion) = &mut sum {
            completion.usage = self.usage();
        }
        *sum.route_mut() = Some(self.trace());
        if sum.request_id_mut().is_none() {
            sum.request_id_mut().clone_from(&self.leg.raw().request_id);
        }
        sum
    }

    /// Status and headers of the response.
    #[must_use]
    pub fn raw(&self) -> &RawResponse {
        self.leg.raw()
    }

    /// The trace so far; complete after the last chunk.
    #[must_use]
    pub fn trace(&self) -> Arc<Trace> {
        self.recorder.trace()
    }
}

impl fmt::Debug for ReplyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyStream").field("leg", &self.leg).finish_non_exhaustive()
    }
}

/// A streamed chat completion: the same, in chunks. Dropping it closes the connection.
#[derive(Debug)]
pub struct ChatReplyStream(pub(super) ReplyStream);

impl ChatReplyStream {
    /// As [`ReplyStream::next_batch`].
    pub async fn next_batch(&mut self) -> Option<Result<Vec<ChatCompletionChunk>>> {
        let items = self.0.next_batch().await?;
        Some(items.map(|items| items.into_iter().filter_map(StreamItem::into_chunk).collect()))
    }

    /// As [`ReplyStream::partial`].
    #[must_use]
    pub fn partial(&self) -> ChatCompletion {
        self.0.partial().into_chat().unwrap_or_default()
    }

    /// As [`ReplyStream::raw`].
    #[must_use]
    pub fn raw(&self) -> &RawResponse {
        self.0.raw()
    }

    /// As [`ReplyStream::trace`].
    #[must_use]
    pub fn trace(&self) -> Arc<Trace> {
        self.0.trace()
    }
}
