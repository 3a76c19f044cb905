//! A streamed reply.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};

use super::prepare::{SharedPlan, scrub};
use super::tail::Tail;
use super::{RawResponse, Recorder};
use crate::dialects::ChatStream;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::Body;
use crate::transport::framing::{Frame, Framing};
use crate::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk, Delta};
use crate::types::trace::Trace;

/// Chunks taken in one batch before the caller gets them, whatever is ready.
const MOST_IN_BATCH: usize = 256;

/// How long the end of the body is waited for after the last chunk, so that the
/// connection can be used again.
const DRAIN: Duration = Duration::from_millis(20);

/// A streamed reply. Dropping it closes the connection.
pub struct ChatReplyStream {
    plan: SharedPlan,
    raw: RawResponse,
    body: Option<Body>,
    framing: Box<dyn Framing>,
    machine: Box<dyn ChatStream>,
    recorder: Recorder,
    /// Unix time of the stream's start, for chunks that say none.
    began: i64,
    frames: Vec<Frame>,
    ready: Vec<ChatCompletionChunk>,
    tail: Tail,
    sum: Accumulator,
    last: ChatCompletionChunk,
    committed: bool,
    failure: Option<Error>,
    ended: bool,
}

impl ChatReplyStream {
    pub(crate) fn new(
        plan: SharedPlan,
        raw: RawResponse,
        framing: Box<dyn Framing>,
        machine: Box<dyn ChatStream>,
        recorder: Recorder,
        began: i64,
    ) -> Self {
        Self {
            plan,
            raw,
            body: None,
            framing,
            machine,
            recorder,
            began,
            frames: Vec::new(),
            ready: Vec::new(),
            tail: Tail::default(),
            sum: Accumulator::new(),
            last: ChatCompletionChunk::default(),
            committed: false,
            failure: None,
            ended: false,
        }
    }

    /// The stream's chunks are to come from `body`.
    pub(crate) fn read_from(&mut self, body: Body) {
        self.body = Some(body);
    }

    /// The whole reply came at once: it is the stream.
    pub(crate) fn deliver(&mut self, completion: ChatCompletion) {
        self.take(completion.into());
        self.end();
    }

    /// The next chunks: waits for one, takes all that are ready. `None` at the end.
    ///
    /// Errors: once, and then the end. `StreamInterruptedError` with `partial`
    /// where the stream broke after its first content.
    pub async fn next_batch(&mut self) -> Option<Result<Vec<ChatCompletionChunk>>> {
        while self.ready.is_empty() && self.failure.is_none() && !self.ended {
            self.read().await;
        }
        // What has arrived meanwhile goes along, without waiting for more.
        while !self.ended && self.failure.is_none() && self.ready.len() < MOST_IN_BATCH {
            if self.read().now_or_never().is_none() {
                break;
            }
        }
        if !self.ready.is_empty() {
            return Some(Ok(std::mem::take(&mut self.ready)));
        }
        if let Some(error) = self.failure.take() {
            self.ended = true;
            self.body = None;
            return Some(Err(error));
        }
        self.drain().await;
        None
    }

    /// Reads until the first content, so that a failure before it can go to
    /// another attempt.
    pub(crate) async fn commit(mut self) -> std::result::Result<Self, (Error, Recorder)> {
        while !self.committed && self.failure.is_none() && !self.ended {
            self.read().await;
        }
        match self.failure.take() {
            // Content came before the failure: it is delivered first.
            Some(error) if self.committed => {
                self.failure = Some(error);
                Ok(self)
            }
            Some(error) => Err((error, self.recorder)),
            None => Ok(self),
        }
    }

    /// What was received so far, added up, with what is known beside the chunks:
    /// the trace so far and the provider's id of the request.
    #[must_use]
    pub fn partial(&self) -> ChatCompletion {
        let mut sum = self.sum.completion().clone();
        sum.route = Some(self.trace());
        sum.request_id = sum.request_id.or_else(|| self.raw.request_id.clone());
        sum
    }

    /// Status and headers of the response.
    #[must_use]
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// The trace so far; complete after the last chunk.
    #[must_use]
    pub fn trace(&self) -> Arc<Trace> {
        self.recorder.trace()
    }

    /// Reads the body once. Cancel-safe: nothing is lost when it is dropped.
    async fn read(&mut self) {
        let Some(body) = &mut self.body else {
            self.ended = true;
            return;
        };
        let item = body.next().await;
        let mut chunks = Vec::new();
        let result = match item {
            Some(Ok(bytes)) => {
                self.framing.push(bytes, &mut self.frames).and_then(|()| self.decode(&mut chunks))
            }
            Some(Err(error)) => Err(error),
            None => self
                .framing
                .finish(&mut self.frames)
                .and_then(|()| {
                    self.decode(&mut chunks)?;
                    if self.machine.is_done() { Ok(()) } else { self.machine.end(&mut chunks) }
                })
                .map(|()| self.body = None),
        };
        for chunk in chunks {
            self.take(chunk);
        }
        match result {
            Err(error) => self.fail(error),
            Ok(()) if self.machine.is_done() || self.body.is_none() => self.end(),
            Ok(()) => {}
        }
    }

    fn decode(&mut self, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()> {
        for frame in self.frames.drain(..) {
            self.machine.frame(&frame, chunks)?;
            if self.machine.is_done() {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, mut chunk: ChatCompletionChunk) {
        chunk.fill_created(self.began);
        if chunk.id.is_empty() {
            chunk.id.clone_from(&self.last.id);
        }
        self.sum.add(&chunk);
        if !self.committed
            && chunk.choices.iter().any(|choice| choice.finish_reason.is_some() || has_content(&choice.delta))
        {
            self.committed = true;
            self.recorder.first_content();
        }
        if self.last.model.is_empty() {
            self.last.id.clone_from(&chunk.id);
            self.last.model.clone_from(&chunk.model);
            self.last.created = chunk.created;
        }
        self.tail.push(chunk, &mut self.ready);
    }

    fn end(&mut self) {
        if self.ended {
            return;
        }
        self.ended = true;
        self.recorder.succeeded(&self.plan, self.sum.completion().usage.as_ref());
        self.tail.finish(self.recorder.trace(), &self.last, &mut self.ready);
    }

    fn fail(&mut self, mut error: Error) {
        scrub(&mut error, &self.plan.target);
        self.tail.give_up(&mut self.ready);
        self.body = None;
        if self.committed {
            error = self.interrupted(error);
        }
        self.failure = Some(error);
    }

    /// The same failure as one that came after content: never silently retried.
    fn interrupted(&mut self, cause: Error) -> Error {
        self.recorder.failed(&cause, None);
        let mut error = cause.clone();
        error.kind = ErrorKind::StreamInterrupted;
        error.message = format!("the stream broke after its first content: {}", cause.message);
        error.source = Some(format!("{cause:?}"));
        error.status = error.status.or(Some(self.raw.status));
        error.request_id = error.request_id.take().or_else(|| self.raw.request_id.clone());
        error.attempts = self.recorder.attempts();
        let target = &self.plan.target;
        error.provider = Some(target.provider.name.clone());
        error.model = Some(target.model.clone());
        error.target = Some(target.name());
        error.partial = Some(Box::new(self.partial()));
        error.route = Some(Box::new((*self.recorder.trace()).clone()));
        error
    }

    /// Lets the body end, so that its connection goes back to the pool.
    async fn drain(&mut self) {
        if let Some(mut body) = self.body.take() {
            let rest = async { while let Some(Ok(_)) = body.next().await {} };
            let _ = tokio::time::timeout(DRAIN, rest).await;
        }
    }
}

impl fmt::Debug for ChatReplyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatReplyStream")
            .field("target", &self.plan.target.name())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

fn has_content(delta: &Delta) -> bool {
    let text = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    text(&delta.content)
        || text(&delta.refusal)
        || text(&delta.reasoning_content)
        || delta.reasoning_details.as_ref().is_some_and(|details| !details.is_empty())
        || delta.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty())
        || delta.images.as_ref().is_some_and(|images| !images.is_empty())
        || delta.audio.is_some()
}
