//! One attempt's stream: bytes to frames to chunks.
//!
//! It knows its target and that target's state, and nothing of the request
//! around it: no trace, no other attempt.

use std::fmt;
use std::time::Duration;

use futures_util::StreamExt;

use super::RawResponse;
use super::clock::Clock;
use super::permits::Permits;
use super::prepare::{Prepared, scrub};
use super::route::RouteTarget;
use super::spent::Spent;
use super::tail::Tail;
use crate::dialects::ChatStream;
use crate::error::{Error, Result};
use crate::resilience::Seam;
use crate::transport::Body;
use crate::transport::framing::{Frame, Framing, framing};
use crate::types::chat::{
    Accumulator, ChatCompletion, ChatCompletionChunk, Continuation, ContinuedBy, Delta,
};

/// How long the end of the body is waited for after the last chunk, so that the
/// connection can be used again.
const DRAIN: Duration = Duration::from_millis(20);

/// One attempt's stream. Dropping it closes the connection.
pub(crate) struct Leg {
    prepared: Prepared,
    raw: RawResponse,
    body: Option<Body>,
    framing: Box<dyn Framing>,
    machine: Box<dyn ChatStream>,
    permit: Option<Permits>,
    clock: Clock,
    /// Unix time of its start, for chunks that say none.
    began: i64,
    frames: Vec<Frame>,
    pub ready: Vec<ChatCompletionChunk>,
    pub tail: Tail,
    pub sum: Accumulator,
    /// Id, model and time of its first chunk.
    pub first: ChatCompletionChunk,
    /// What it took, once it has ended.
    pub spent: Option<Spent>,
    committed: bool,
    pub failure: Option<Error>,
    pub ended: bool,
    /// Where it goes on with another one's answer.
    seam: Option<Box<Seam>>,
}

impl Leg {
    pub fn new(prepared: Prepared, raw: RawResponse, permit: Permits, clock: Clock, began: i64) -> Self {
        let framing = framing(prepared.dialect.framing(), prepared.limits.max_frame_bytes);
        let machine = prepared.dialect.chat_stream(&prepared.chosen.target.model);
        Self {
            prepared,
            raw,
            body: None,
            framing,
            machine,
            permit: Some(permit),
            clock,
            began,
            frames: Vec::new(),
            ready: Vec::new(),
            tail: Tail::default(),
            sum: Accumulator::new(),
            first: ChatCompletionChunk::default(),
            spent: None,
            committed: false,
            failure: None,
            ended: false,
            seam: None,
        }
    }

    /// The stream's chunks are to come from `body`.
    pub fn read_from(&mut self, body: Body) {
        self.body = Some(body);
    }

    /// The whole reply came at once: it is the stream.
    pub fn deliver(&mut self, completion: ChatCompletion) {
        self.take(completion.into());
        self.end();
    }

    pub fn continued_by(&self) -> Option<ContinuedBy> {
        self.prepared.continued_by
    }

    pub const fn prepared_mut(&mut self) -> &mut Prepared {
        &mut self.prepared
    }

    pub fn chosen(&self) -> &RouteTarget {
        &self.prepared.chosen
    }

    /// Status and headers of the response.
    pub const fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// Whether nothing more is to be read.
    pub const fn is_over(&self) -> bool {
        self.ended || self.failure.is_some()
    }

    /// Reads until the first content, so that a failure before it can go to
    /// another attempt.
    pub async fn commit(mut self) -> Result<Self> {
        while !self.committed && !self.is_over() {
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

    /// Reads the body once. Cancel-safe: nothing is lost when it is dropped.
    pub async fn read(&mut self) {
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
        if let Some(seam) = &mut self.seam {
            seam.join(&mut chunk);
        }
        if chunk.id.is_empty() {
            chunk.id.clone_from(&self.first.id);
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
        if self.first.model.is_empty() {
            self.first.id.clone_from(&chunk.id);
            self.first.model.clone_from(&chunk.model);
            self.first.created = chunk.created;
        }
        self.tail.push(chunk, &mut self.ready);
    }

    fn end(&mut self) {
        if self.ended {
            return;
        }
        self.ended = true;
        self.reckon();
        if let Some(permit) = self.permit.take() {
            permit.succeeded(self.clock.now(), self.spent.as_ref().map(|spent| spent.used));
        }
    }

    fn fail(&mut self, mut error: Error) {
        scrub(&mut error, &self.prepared.chosen);
        self.tail.give_up(&mut self.ready);
        self.body = None;
        if self.committed {
            self.reckon();
            if let Some(permit) = self.permit.take() {
                permit.failed(self.clock.now(), &error, self.spent.as_ref().map(|spent| spent.used));
            }
        }
        self.failure = Some(error);
    }

    fn reckon(&mut self) {
        let usage = self.sum.completion().usage.as_ref();
        self.spent = usage.map(|usage| self.prepared.chosen.spent(usage));
    }

    /// This leg goes on with an answer of which `before` is the beginning. Nothing of
    /// its own was taken yet.
    pub fn follow(&mut self, mut before: Accumulator, text: &str, from_target: String, by: ContinuedBy) {
        let mut seam = Box::new(Seam::after(text));
        let target = self.chosen().target.name();
        let mut continuation = Some(Box::new(Continuation {
            from_target,
            target,
            by,
            after_characters: text.chars().count() as u64,
        }));
        for chunk in self.ready.iter_mut().chain(self.tail.held_mut()) {
            seam.join(chunk);
            chunk.continuation = continuation.take();
            before.add(chunk);
        }
        self.sum = before;
        self.seam = Some(seam);
    }

    /// Lets the body end, so that its connection goes back to the pool.
    pub async fn drain(&mut self) {
        if let Some(mut body) = self.body.take() {
            let rest = async { while let Some(Ok(_)) = body.next().await {} };
            let _ = tokio::time::timeout(DRAIN, rest).await;
        }
    }
}

impl fmt::Debug for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leg")
            .field("target", &self.chosen().target.name())
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
