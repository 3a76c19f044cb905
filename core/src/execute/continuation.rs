//! Going on with a stream that broke: the loop of attempts once more, with what
//! was received so far.

use futures_core::future::BoxFuture;

use super::attempts::Progress;
use super::opening::open;
use crate::catalogue::{estimate_text, estimate_tokens};
use crate::client::{Asked, Leg, Recorder};
use crate::error::{Error, Result};
use crate::resilience::continuation::prefix;
use crate::types::chat::{ChatCompletion, ChatRequest, Usage};

/// What it takes to go on with a stream that breaks: the request, and how far its
/// attempts have come.
pub(crate) struct Recovery {
    asked: Asked,
    progress: Progress,
    /// Tokens of output of the legs that broke before, estimated.
    before: u64,
}

/// The beginning of an answer, for another target to go on with.
#[derive(Clone, Debug)]
pub(crate) struct Beginning {
    pub text: String,
    /// Of the text, estimated.
    pub tokens: u64,
}

/// What came of going on.
pub(crate) struct Continued {
    pub recovery: Box<Recovery>,
    pub recorder: Recorder,
    /// The leg that goes on and its number in the trace, or why there is none.
    pub result: Result<(Leg, usize)>,
}

impl Recovery {
    pub(super) fn new(asked: Asked, progress: Progress) -> Box<Self> {
        Box::new(Self { asked, progress, before: 0 })
    }

    fn chat(&self) -> Option<&ChatRequest> {
        self.asked.call.request.chat()
    }

    /// What another target is to go on with. Errors: why none may.
    pub fn beginning(&self, received: &ChatCompletion) -> Result<Beginning, &'static str> {
        let text = prefix(self.chat().ok_or("it is no chat")?, received)?.to_owned();
        Ok(Beginning { tokens: estimate_text(&text), text })
    }

    /// The usage of a leg that broke: what the provider said of it, which is seldom more
    /// than the input, completed by an estimate that is marked as one. `received` is all
    /// that there is of the answer.
    pub fn usage(&mut self, told: Option<Usage>, received: &ChatCompletion) -> Usage {
        let messages = received.choices.iter().map(|choice| &choice.message);
        let texts = messages.flat_map(|message| [&message.reasoning_content, &message.content]);
        let all: u64 = texts.flatten().map(|text| estimate_text(text)).sum();
        let before = std::mem::replace(&mut self.before, all);
        let output = all.saturating_sub(before);
        let mut usage = told.unwrap_or_else(|| Usage {
            prompt_tokens: self.chat().map_or(0, estimate_tokens).saturating_add(before),
            estimated: true,
            ..Usage::default()
        });
        if output > usage.completion_tokens {
            usage.completion_tokens = output;
            usage.estimated = true;
        }
        usage.total_tokens = usage.prompt_tokens + usage.completion_tokens;
        usage
    }

    /// Asks other targets, or the same one after a wait, for the rest. `attempt` is
    /// the one that broke, by its number in the trace.
    pub fn go_on(
        mut self: Box<Self>,
        mut recorder: Recorder,
        cause: Error,
        beginning: Beginning,
    ) -> BoxFuture<'static, Continued> {
        Box::pin(async move {
            let Self { asked, progress, .. } = &mut *self;
            let run = asked.run();
            let step = progress.broke(&run, &mut recorder, &cause, beginning);
            let result = progress
                .until_answered(&run, &mut recorder, step, |request, prepared, permit| {
                    Box::pin(open(&run, request, prepared, permit))
                })
                .await;
            progress.decided(&run, &mut recorder);
            Continued { recovery: self, recorder, result }
        })
    }
}
