//! A streamed reply.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};

use super::clock::Clock;
use super::permits::Permits;
use super::prepare::{Prepared, scrub};
use super::tail::Tail;
use super::{RawResponse, Recorder};
use crate::dialects::ChatStream;
use crate::error::{Error, ErrorKind, Result};
use crate::routing::state::Used;
use crate::transport::Body;
use crate::transport::framing::{Frame, Framing, framing};
use crate::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk, Delta};
use crate::types::trace::Trace;

/// Chunks taken in one batch before the caller gets them, whatever is ready.
const MOST_IN_BATCH: usize = 256;

/// How long the end of the body is waited for after the last chunk, so that the
/// connection can be used again.
const DRAIN: Duration = Duration::from_millis(20);

/// A streamed reply. Dropping it closes the connection.
pub struct ChatReplyStream {
    prepared: Prepared,
    raw: RawResponse,
    body: Option<Body>,
    framing: Box<dyn Framing>,
    machine: Box<dyn ChatStream>,
    permit: Option<Permits>,
    clock: Clock,
    /// The request's trace and this attempt's number in it, once it answers.
    recorder: Option<(Recorder, usize)>,
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
        prepared: Prepared,
        raw: RawResponse,
        permit: Permits,
        clock: Clock,
        began: i64,
    ) -> Self {
        let framing = framing(prepared.dialect.framing(), prepared.limits.max_frame_bytes);
        let machine = prepared.dialect.chat_stream(&prepared.target.model);
        Self {
            prepared,
            raw,
            body: None,
            framing,
            machine,
            permit: Some(permit),
            clock,
            recorder: None,
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

    /// This attempt answers the request: its trace goes on here.
    pub(crate) fn answer(&mut self, recorder: Recorder, attempt: usize) {
        self.recorder = Some((recorder, attempt));
        if self.ended {
            self.hand_out_tail();
        } else if let Some(error) = self.failure.take() {
            // Content came before the failure: it is delivered first.
            self.failure = Some(self.interrupted(error));
        }
    }

    pub(crate) fn prepared_mut(&mut self) -> &mut Prepared {
        &mut self.prepared
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
    pub(crate) async fn commit(mut self) -> Result<Self> {
        while !self.committed && self.failure.is_none() && !self.ended {
            self.read().await;
        }
        match self.failure.take() {
            Some(error) if !self.committed => {
                if let Some(permit) = self.permit.take() {
                    permit.failed(self.clock.now(), &error, None);
                }
                Err(error)
            }
            failure => {
                self.failure = failure;
                Ok(self)
            }
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
        self.recorder.as_ref().map(|(recorder, _)| recorder.trace()).unwrap_or_default()
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
            if let Some(permit) = &mut self.permit {
                permit.first_token(self.clock.now());
            }
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
        let used = self.used();
        if let Some(permit) = self.permit.take() {
            permit.succeeded(self.clock.now(), used);
        }
        if self.recorder.is_some() {
            self.hand_out_tail();
        }
    }

    fn hand_out_tail(&mut self) {
        let Some((recorder, attempt)) = &mut self.recorder else { return };
        recorder.succeeded(*attempt, &self.prepared.target, self.sum.completion().usage.as_ref());
        self.tail.finish(recorder.trace(), &self.last, &mut self.ready);
    }

    fn used(&self) -> Option<Used> {
        self.sum.completion().usage.as_ref().map(|usage| self.prepared.target.used(usage))
    }

    fn fail(&mut self, mut error: Error) {
        scrub(&mut error, &self.prepared.target);
        self.tail.give_up(&mut self.ready);
        self.body = None;
        if self.committed {
            let used = self.used();
            if let Some(permit) = self.permit.take() {
                permit.failed(self.clock.now(), &error, used);
            }
            if self.recorder.is_some() {
                error = self.interrupted(error);
            }
        }
        self.failure = Some(error);
    }

    /// The same failure as one that came after content: never silently retried.
    fn interrupted(&mut self, cause: Error) -> Error {
        let target = &self.prepared.target;
        let mut error = cause.clone();
        error.kind = ErrorKind::StreamInterrupted;
        error.message = format!("the stream broke after its first content: {}", cause.message);
        error.source = Some(format!("{cause:?}"));
        error.status = error.status.or(Some(self.raw.status));
        error.request_id = error.request_id.take().or_else(|| self.raw.request_id.clone());
        error.provider = Some(target.provider.name.clone());
        error.model = Some(target.model.clone());
        error.target = Some(target.name());
        if let Some((recorder, attempt)) = &mut self.recorder {
            recorder.failed(*attempt, &cause);
            error.attempts = recorder.attempts();
        }
        error.route = Some(Box::new((*self.trace()).clone()));
        error.partial = Some(Box::new(self.partial()));
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
            .field("target", &self.prepared.target.name())
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
