//! One attempt's stream: bytes to frames to chunks, or to events. A text goes as chunks, too, and is one
//! again where it is handed out.
//!
//! It knows its target and that target's state, and nothing of the request
//! around it: no trace, no other attempt.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;

use super::RawResponse;
use super::clock::Clock;
use super::permits::Permits;
use super::prepare::{Prepared, scrub};
use super::route::RouteTarget;
use super::spent::Spent;
use super::voice::{Machine, Voice};
use crate::error::{Error, Result};
use crate::resilience::Seam;
use crate::transport::Body;
use crate::transport::framing::{Frame, Framing, framing};
use crate::types::chat::{Accumulator, ChatCompletionChunk, Continuation, ContinuedBy, Delta, Usage};
use crate::types::operation::{Answer, Operation, StreamItem};
use crate::types::trace::Trace;

/// How long the end of the body is waited for after the last chunk, so that the
/// connection can be used again.
const DRAIN: Duration = Duration::from_millis(20);

/// One attempt's stream. Dropping it closes the connection.
pub(crate) struct Leg {
    prepared: Prepared,
    raw: RawResponse,
    body: Option<Body>,
    framing: Box<dyn Framing>,
    machine: Machine,
    permit: Option<Permits>,
    clock: Clock,
    /// What the target was asked.
    spoken: Operation,
    /// Unix time of its start, for chunks that say none.
    began: i64,
    frames: Vec<Frame>,
    /// Of a text as chunks; see [`take_ready`](Self::take_ready).
    pub ready: Vec<StreamItem>,
    /// In what form it is handed out.
    voice: Voice,
    /// Of its chunks; of a target's own events none come.
    pub sum: Accumulator,
    /// Id, model and time of its first chunk.
    first: ChatCompletionChunk,
    /// What it took, once it has ended.
    pub spent: Option<Spent>,
    committed: bool,
    pub failure: Option<Error>,
    pub ended: bool,
    /// Where it goes on with another one's answer.
    seam: Option<Box<Seam>>,
}

impl Leg {
    /// `spoken`: what the target was asked; a chat where one stands for something else.
    ///
    /// Errors: as [`Machine::of`].
    pub fn new(
        mut prepared: Prepared,
        raw: RawResponse,
        permit: Permits,
        clock: Clock,
        began: i64,
        spoken: Operation,
    ) -> Result<Self> {
        let framing = framing(prepared.dialect.framing_of(spoken), prepared.limits.max_frame_bytes);
        let machine = Machine::of(&prepared, spoken)?;
        let voice = Voice::of(prepared.over_chat.take(), &machine);
        Ok(Self {
            prepared,
            raw,
            body: None,
            framing,
            machine,
            permit: Some(permit),
            clock,
            spoken,
            began,
            frames: Vec::new(),
            ready: Vec::new(),
            voice,
            sum: Accumulator::new(),
            first: ChatCompletionChunk::default(),
            spent: None,
            committed: false,
            failure: None,
            ended: false,
            seam: None,
        })
    }

    /// The stream's chunks are to come from `body`.
    pub fn read_from(&mut self, body: Body) {
        self.body = Some(body);
    }

    /// The whole reply came at once: it is the stream.
    pub fn deliver(&mut self, answer: Answer) {
        match answer {
            Answer::Chat(completion) => self.take(completion.into()),
            Answer::Completions(text) => self.take(text.into()),
            other => {
                if let Some(event) = StreamItem::of_whole(other) {
                    self.take_event(event);
                }
            }
        }
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
        let (mut chunks, mut events) = (Vec::new(), Vec::new());
        let result = match item {
            Some(Ok(bytes)) => {
                let framed = self.framing.push(bytes, &mut self.frames);
                framed.and_then(|()| self.machine.frames(&mut self.frames, &mut chunks, &mut events))
            }
            Some(Err(error)) => Err(error),
            None => self
                .framing
                .finish(&mut self.frames)
                .and_then(|()| {
                    self.machine.frames(&mut self.frames, &mut chunks, &mut events)?;
                    if self.machine.is_done() { Ok(()) } else { self.machine.end(&mut chunks) }
                })
                .map(|()| self.body = None),
        };
        for chunk in chunks {
            self.take(chunk);
        }
        for event in events {
            self.take_event(event);
        }
        match result {
            Err(error) => self.fail(error),
            Ok(()) if self.machine.is_done() || self.body.is_none() => self.end(),
            Ok(()) => {}
        }
    }

    fn take(&mut self, mut chunk: ChatCompletionChunk) {
        chunk.fill_created(self.began);
        self.prepared.tool_names.restore_chunk(&mut chunk);
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
            self.has_content();
        }
        if self.first.model.is_empty() {
            self.first.id.clone_from(&chunk.id);
            self.first.model.clone_from(&chunk.model);
            self.first.created = chunk.created;
        }
        self.voice.chunk(chunk, &mut self.ready);
    }

    /// Takes an event of the target's own.
    fn take_event(&mut self, mut event: StreamItem) {
        self.prepared.tool_names.restore_event(&mut event);
        if !self.committed && event.has_content() {
            self.has_content();
        }
        self.voice.event(event, &mut self.ready);
    }

    fn has_content(&mut self) {
        self.committed = true;
        if let Some(permit) = &mut self.permit {
            permit.first_token(self.clock.now());
        }
    }

    /// Its part of the answer has ended well: gives out the end, with the trace.
    pub fn finish(&mut self, route: Arc<Trace>) {
        let Self { voice, sum, first, ready, raw, .. } = self;
        voice.finish(sum, first, (route, raw.request_id.as_ref()), ready);
    }

    /// What it took, as far as it was told.
    pub fn usage(&self) -> Option<&Usage> {
        self.voice.usage().or(self.sum.completion().usage.as_ref())
    }

    /// What is ready, in the form in which it is handed out.
    pub fn take_ready(&mut self) -> Vec<StreamItem> {
        let ready = std::mem::take(&mut self.ready);
        match self.spoken {
            Operation::Completions => ready.into_iter().map(StreamItem::into_piece).collect(),
            _ => ready,
        }
    }

    /// What came of it so far.
    pub fn partial(&self) -> Answer {
        let read = || {
            let mut answer = self.machine.answer()?;
            self.prepared.tool_names.restore_answer(&mut answer);
            Some(answer)
        };
        self.voice.answer().or_else(read).unwrap_or_else(|| {
            let sum = self.sum.completion().clone();
            match self.spoken {
                Operation::Completions => Answer::Completions(sum.into()),
                _ => Answer::Chat(sum),
            }
        })
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
        self.voice.give_up(&mut self.ready);
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
        self.spent = self.usage().map(|usage| self.prepared.chosen.spent(usage));
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
        let ready = self.ready.iter_mut().filter_map(StreamItem::chunk_mut);
        for chunk in ready.chain(self.voice.held_mut()) {
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
