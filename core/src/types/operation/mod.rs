//! What can be asked: the operations, and the one request and the one answer that all of them share.
//!
//! Routing, attempts, retries, breakers, quotas, hedging and traces see a [`Request`] and an
//! [`Answer`] and never which operation it is, save in the few places below. That is why these are
//! enums and no type parameter: the loop of attempts exists once in the binary, and a chat pays one
//! comparison. A new operation is
//!
//! 1. its types, in a file beside `embeddings.rs`;
//! 2. a variant of [`Operation`], [`Request`] and [`Answer`], and what the matches in this folder ask;
//! 3. its tokens, in `catalogue::estimate`, and what routing has to know of it, in `RequestFacts`;
//! 4. encode and decode in the dialects that have it; the others lack it, and are left out by routing.
//!
//! No wire format and no decision may go in here.

mod answer;
mod request;
mod stream_item;

use serde::{Deserialize, Serialize};

pub use answer::Answer;
pub use request::Request;
pub use stream_item::StreamItem;

use super::routing::Capability;

/// Something that can be asked of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    #[default]
    Chat,
    Embeddings,
    Rerank,
    Models,
    /// One that a provider declares.
    Service,
    CountTokens,
    Completions,
    Batches,
    /// Makes images.
    Images,
    /// Changes images.
    ImageEdits,
    /// Reads a text aloud.
    Speech,
    /// Speech to text.
    Transcriptions,
    /// Speech to English text.
    Translations,
    Moderations,
    /// OpenAI's Responses API.
    Responses,
    /// Anthropic's Messages.
    Messages,
}

impl Operation {
    pub const ALL: [Self; 16] = [
        Self::Chat,
        Self::Embeddings,
        Self::Rerank,
        Self::Models,
        Self::Service,
        Self::CountTokens,
        Self::Completions,
        Self::Batches,
        Self::Images,
        Self::ImageEdits,
        Self::Speech,
        Self::Transcriptions,
        Self::Translations,
        Self::Moderations,
        Self::Responses,
        Self::Messages,
    ];

    /// The operation of a name, such as `embeddings`.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == name)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embeddings => "embeddings",
            Self::Rerank => "rerank",
            Self::Models => "models",
            Self::Service => "service",
            Self::CountTokens => "count_tokens",
            Self::Completions => "completions",
            Self::Batches => "batches",
            Self::Images => "images",
            Self::ImageEdits => "image_edits",
            Self::Speech => "speech",
            Self::Transcriptions => "transcriptions",
            Self::Translations => "translations",
            Self::Moderations => "moderations",
            Self::Responses => "responses",
            Self::Messages => "messages",
        }
    }

    /// What a target must have for it.
    #[must_use]
    pub const fn capability(self) -> Capability {
        match self {
            Self::Chat => Capability::Chat,
            Self::Embeddings => Capability::Embeddings,
            Self::Rerank => Capability::Rerank,
            Self::Models => Capability::Models,
            Self::Service => Capability::Service,
            Self::CountTokens => Capability::CountTokens,
            Self::Completions => Capability::Completions,
            Self::Batches => Capability::Batches,
            Self::Images => Capability::Images,
            Self::ImageEdits => Capability::ImageEdits,
            Self::Speech => Capability::Speech,
            Self::Transcriptions => Capability::Transcriptions,
            Self::Translations => Capability::Translations,
            Self::Moderations => Capability::Moderations,
            // Whoever chats can answer it.
            Self::Responses | Self::Messages => Capability::Chat,
        }
    }

    /// Its parameters that are files.
    #[must_use]
    pub const fn files(self) -> &'static [&'static str] {
        match self {
            Self::Transcriptions | Self::Translations => &["file"],
            Self::ImageEdits => &["image", "mask"],
            _ => &[],
        }
    }

    pub(crate) const fn is_chat(&self) -> bool {
        matches!(self, Self::Chat)
    }
}
