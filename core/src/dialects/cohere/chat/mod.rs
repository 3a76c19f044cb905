//! Chat: `POST /chat` of API v2.
//!
//! What a message of the service says is read in one place (`message`): plain decoding, the stream's
//! end and the check of messages handed back all use it.

mod decode;
mod encode;
mod message;
mod stream;
mod usage;

pub(super) use decode::decode;
pub(super) use encode::encode;

use crate::dialects::ChatStream;

/// `format` of thinking that this wire wrote.
const THINKING: &str = "cohere-v2";

/// `format` of a tool plan, "a chain-of-thought style reflection and plan" before tool calls
/// (specs/cohere.json): reasoning too, in a field of its own.
const TOOL_PLAN: &str = "cohere-v2-tool-plan";

/// A machine for one streamed response.
pub(super) fn stream(model: &str) -> Box<dyn ChatStream> {
    Box::new(stream::MessageStream::new(model))
}
