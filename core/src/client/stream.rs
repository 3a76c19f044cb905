//! A streamed reply, as its caller reads it.

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;

use super::leg::Leg;
use super::{RawResponse, Recorder};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{ChatCompletion, ChatCompletionChunk};
use crate::types::trace::Trace;

/// Chunks taken in one batch before the caller gets them, whatever is ready.
const MOST_IN_BATCH: usize = 256;

/// A streamed reply. Dropping it closes the connection.
pub struct ChatReplyStream {
    leg: Leg,
    /// The leg's number in the trace.
    attempt: usize,
    recorder: Recorder,
    /// Whether the end of the leg was seen to.
    settled: bool,
}

impl ChatReplyStream {
    pub(crate) fn new(leg: Leg, attempt: usize, recorder: Recorder) -> Self {
        let mut stream = Self { leg, attempt, recorder, settled: false };
        stream.settle();
        stream
    }

    /// The next chunks: waits for one, takes all that are ready. `None` at the end.
    ///
    /// Errors: once, and then the end. `StreamInterruptedError` with `partial`
    /// where the stream broke after its first content.
    pub async fn next_batch(&mut self) -> Option<Result<Vec<ChatCompletionChunk>>> {
        while self.leg.ready.is_empty() && !self.leg.is_over() {
            self.read().await;
        }
        // What has arrived meanwhile goes along, without waiting for more.
        while !self.leg.is_over() && self.leg.ready.len() < MOST_IN_BATCH {
            if self.read().now_or_never().is_none() {
                break;
            }
        }
        if !self.leg.ready.is_empty() {
            return Some(Ok(std::mem::take(&mut self.leg.ready)));
        }
        if let Some(error) = self.leg.failure.take() {
            self.leg.ended = true;
            return Some(Err(error));
        }
        self.leg.drain().await;
        None
    }

    async fn read(&mut self) {
        self.leg.read().await;
        self.settle();
    }

    /// Sees to the end of the leg, once.
    fn settle(&mut self) {
        if self.settled || !self.leg.is_over() {
            return;
        }
        self.settled = true;
        if let Some(cause) = self.leg.failure.take() {
            // Content that came before the failure is delivered first.
            self.leg.failure = Some(self.interrupted(&cause));
            return;
        }
        let leg = &mut self.leg;
        self.recorder.succeeded(self.attempt, leg.spent.take());
        leg.tail.finish(self.recorder.trace(), &leg.first, &mut leg.ready);
    }

    /// The same failure as one that came after content: never silently retried.
    fn interrupted(&mut self, cause: &Error) -> Error {
        self.recorder.failed(self.attempt, cause);
        let (target, raw) = (&self.leg.chosen().target, self.leg.raw());
        let mut error = cause.clone();
        error.kind = ErrorKind::StreamInterrupted;
        error.message = format!("the stream broke after its first content: {}", cause.message);
        error.source = Some(format!("{cause:?}"));
        error.status = error.status.or(Some(raw.status));
        error.request_id = error.request_id.take().or_else(|| raw.request_id.clone());
        error.provider = Some(target.provider.name.clone());
        error.model = Some(target.model.clone());
        error.target = Some(target.name());
        error.attempts = self.recorder.attempts();
        error.route = Some(Box::new((*self.trace()).clone()));
        error.partial = Some(Box::new(self.partial()));
        error
    }

    /// What was received so far, added up, with what is known beside the chunks:
    /// the trace so far and the provider's id of the request.
    #[must_use]
    pub fn partial(&self) -> ChatCompletion {
        let mut sum = self.leg.sum.completion().clone();
        sum.route = Some(self.trace());
        sum.request_id = sum.request_id.or_else(|| self.leg.raw().request_id.clone());
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

impl fmt::Debug for ChatReplyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatReplyStream").field("leg", &self.leg).finish_non_exhaustive()
    }
}
