//! The Responses API at targets that only chat: the request said as a chat, and what the chat
//! answers said as a response. And a chat said in the API's words, where these alone are counted.
//!
//! The chat is encoded and decoded by the target's own dialect, which knows nothing of this. No
//! wire format goes in here; the API's own wire is `openai::responses`.

mod items;
mod of_chat;
mod over_chat;
mod synthesis;
#[cfg(test)]
mod tests;
mod to_chat;
mod usage;

pub(super) use of_chat::counted;
pub use over_chat::OverChat;
pub use synthesis::Synthesis;
pub use to_chat::to_chat;

use super::{DialectName, Quirks};

/// Whether a service of this wire has the API itself.
#[must_use]
pub fn is_native(dialect: DialectName, quirks: &Quirks) -> bool {
    dialect == DialectName::OpenAi && quirks.responses
}
