//! Anthropic's Messages at targets of other wires: the request said as a chat, and what the chat
//! answers said as a message.
//!
//! The chat is encoded and decoded by the target's own dialect, which knows nothing of this. No
//! wire format goes in here; the wire itself is `anthropic::messages`.

mod blocks;
mod over_chat;
mod synthesis;
#[cfg(test)]
mod tests;
mod to_chat;

pub use over_chat::MessageOverChat;
pub use synthesis::MessageSynthesis;
pub use to_chat::to_chat;

use super::{DialectName, Quirks};

/// Whether a target of this wire takes the request as it is.
#[must_use]
pub fn is_native(dialect: DialectName, quirks: &Quirks) -> bool {
    dialect == DialectName::Anthropic || dialect == DialectName::OpenAi && quirks.messages
}
