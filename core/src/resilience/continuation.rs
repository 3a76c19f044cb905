//! Going on with a stream that broke after its first content.
//!
//! What was received is given to the next target as the start of its answer: as
//! an assistant message that it continues, where its wire has that; else with a
//! turn that asks it to go on. Neither makes the next target say what the first
//! one would have said, so that it is done only where it was asked for, and never
//! where pieces of two answers make no whole: calls of tools, JSON, signed
//! reasoning. No clock, no socket, and no target in here.

use serde::{Deserialize, Serialize};

use crate::types::chat::{
    AssistantMessage, ChatCompletion, ChatCompletionChunk, ChatRequest, Content, Message, ResponseFormat,
};

/// What is done with a stream that breaks after its first content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StreamRecovery {
    /// `StreamInterruptedError` with what was received. The default.
    #[default]
    Error,
    /// Another target goes on where it broke, or the same one after a wait. Never where tool
    /// calls or blocks of reasoning have begun, nor with JSON output: then the error.
    Continue,
}

/// What the turn after a partial answer says, to a target that cannot continue a message.
const GO_ON: &str = "Your reply above was cut off. Continue it from exactly where it stopped. \
                     Repeat nothing of it, add no introduction and do not mention the interruption.";

/// The text that an answer to be continued begins with.
///
/// Errors: why it must not be continued, as the end of a sentence.
pub fn prefix<'a>(request: &ChatRequest, received: &'a ChatCompletion) -> Result<&'a str, &'static str> {
    if !matches!(request.response_format, None | Some(ResponseFormat::Text)) {
        return Err("its output has a format, which two answers together would break");
    }
    if matches!(request.messages.last(), Some(Message::Assistant(_))) {
        return Err("the request itself ends with an assistant message");
    }
    let [choice] = received.choices.as_slice() else { return Err("several answers were asked for") };
    if request.n.is_some_and(|n| n > 1) {
        return Err("several answers were asked for");
    }
    if choice.finish_reason.is_some() {
        return Err("the answer itself was complete");
    }
    let message = &choice.message;
    let has_calls = message.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty());
    if has_calls || message.provider_fields.contains_key("function_call") {
        return Err("tool calls had begun");
    }
    if message.reasoning_details.as_ref().is_some_and(|details| !details.is_empty()) {
        return Err("it has blocks of reasoning, which only their own provider can go on from");
    }
    if message.audio.is_some() || message.images.as_ref().is_some_and(|images| !images.is_empty()) {
        return Err("it has sound or images");
    }
    if message.refusal.as_ref().is_some_and(|refusal| !refusal.is_empty()) {
        return Err("it is a refusal");
    }
    match message.content.as_deref() {
        Some(text) if !text.trim().is_empty() => Ok(text),
        _ => Err("no text was received yet"),
    }
}

/// The request that asks for the rest of an answer. `continues`: the target goes
/// on with an assistant message at the end. `tokens`: how many the text has; they
/// count against the request's own limit.
#[must_use]
pub fn continued(request: &ChatRequest, text: &str, continues: bool, tokens: u64) -> ChatRequest {
    let mut request = request.clone();
    // The blanks at the end are handed out already: a wire may refuse them in a message
    // that is continued, and a model says them again or not. `Seam` sees to it.
    let said = AssistantMessage {
        content: Some(Content::Text(text.trim_end().to_owned())),
        ..AssistantMessage::default()
    };
    request.messages.push(Message::Assistant(Box::new(said)));
    if !continues {
        request.messages.push(Message::User(Content::Text(GO_ON.to_owned()).into()));
    }
    for limit in [&mut request.max_completion_tokens, &mut request.max_tokens].into_iter().flatten() {
        *limit = limit.saturating_sub(tokens).max(1);
    }
    request
}

/// The place where two answers meet: blanks that the first one ended with and the
/// second one begins with are the same ones.
#[derive(Clone, Debug)]
pub struct Seam {
    /// Blanks that may come again.
    blanks: String,
}

impl Seam {
    /// After this text.
    #[must_use]
    pub fn after(text: &str) -> Self {
        Self { blanks: text.get(text.trim_end().len()..).unwrap_or_default().to_owned() }
    }

    /// Makes a chunk of the second answer one that follows the first.
    pub fn join(&mut self, chunk: &mut ChatCompletionChunk) {
        for choice in &mut chunk.choices {
            // They would be those of the second part alone.
            choice.delta.native_blocks = None;
            if let Some(text) = &mut choice.delta.content
                && !text.is_empty()
                && !self.blanks.is_empty()
            {
                let same = text.chars().zip(self.blanks.chars()).take_while(|(new, old)| new == old);
                let length = same.map(|(new, _)| new.len_utf8()).sum::<usize>();
                let all_of_it = length == text.len();
                text.drain(..length);
                // Where it went on with something else, no more of them can come.
                self.blanks.drain(..if all_of_it { length } else { self.blanks.len() });
            }
        }
    }
}

#[cfg(test)]
#[path = "continuation_tests.rs"]
mod tests;
