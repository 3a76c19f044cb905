//! What is known of a model at a provider, and what a user may say of it.
//!
//! Everything is optional: what no one said is unknown, which is neither no nor
//! zero. How the facts were found may not go in here.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::operation::Operation;
use super::price::Price;

/// What a model is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelMode {
    #[default]
    Chat,
    /// Answers on the service's responses API only.
    Responses,
    /// Completes a text; knows no messages.
    Completion,
    Embedding,
    Rerank,
    Moderation,
    /// Makes images, and may chat.
    Image,
}

impl ModelMode {
    /// Whether it is for another operation than `operation`: a model of vectors knows no chat.
    /// Of models that chat nothing more is known by it.
    #[must_use]
    pub const fn excludes(self, operation: Operation) -> bool {
        match (self, operation) {
            (_, Operation::Models)
            | (Self::Embedding, Operation::Embeddings)
            | (Self::Rerank, Operation::Rerank)
            | (Self::Embedding, Operation::CountTokens)
            | (Self::Moderation, Operation::Moderations)
            | (Self::Chat | Self::Responses | Self::Completion | Self::Image, _) => false,
            (Self::Embedding | Self::Rerank | Self::Moderation, _) => true,
        }
    }
}

/// A form of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    Text,
    Image,
    Audio,
    Video,
    /// PDF and the like.
    Document,
}

impl Modality {
    pub const ALL: [Self; 5] = [Self::Text, Self::Image, Self::Audio, Self::Video, Self::Document];
}

/// Something a model can or cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    Tools,
    /// Several tool calls in one turn.
    ParallelTools,
    /// A tool may be named or required.
    ToolChoice,
    /// Answers that follow a JSON schema.
    JsonSchema,
    /// Answers that are any JSON.
    JsonMode,
    Reasoning,
    PromptCaching,
    Streaming,
    /// `temperature` and its like.
    Sampling,
    SystemMessages,
    WebSearch,
}

impl Feature {
    pub const ALL: [Self; 11] = [
        Self::Tools,
        Self::ParallelTools,
        Self::ToolChoice,
        Self::JsonSchema,
        Self::JsonMode,
        Self::Reasoning,
        Self::PromptCaching,
        Self::Streaming,
        Self::Sampling,
        Self::SystemMessages,
        Self::WebSearch,
    ];
}

/// Yes, no or unknown for each of a few things.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    yes: u16,
    no: u16,
}

impl Known {
    /// `None`: not known.
    fn get(self, bit: u16) -> Option<bool> {
        let mask = 1 << bit;
        if self.yes & mask != 0 { Some(true) } else { (self.no & mask != 0).then_some(false) }
    }

    fn set(&mut self, bit: u16, value: bool) {
        let mask = 1 << bit;
        self.yes = if value { self.yes | mask } else { self.yes & !mask };
        self.no = if value { self.no & !mask } else { self.no | mask };
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "yes {:b}, no {:b}", self.yes, self.no)
    }
}

/// A day of the calendar; written `2026-11-30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What is known of one model at one kind of provider.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelFacts {
    pub mode: ModelMode,
    /// Most tokens of input and output together.
    pub context_window: Option<u64>,
    /// Most tokens of input, where that is less than the window.
    pub max_input_tokens: Option<u64>,
    pub max_output_tokens: Option<u64>,
    inputs: Known,
    outputs: Known,
    features: Known,
    /// `None`: unknown. A free model has a price of 0.
    pub price: Option<Price>,
    pub released: Option<Date>,
    /// When it ends or ended, where a day was announced.
    pub deprecation: Option<Date>,
    /// Whether it is said to be on its way out.
    pub deprecated: bool,
}

impl ModelFacts {
    /// Whether it takes this in. `None`: not known.
    #[must_use]
    pub fn accepts(&self, modality: Modality) -> Option<bool> {
        self.inputs.get(modality as u16)
    }

    /// Whether it gives this out. `None`: not known.
    #[must_use]
    pub fn produces(&self, modality: Modality) -> Option<bool> {
        self.outputs.get(modality as u16)
    }

    /// Whether it can do this. `None`: not known.
    #[must_use]
    pub fn supports(&self, feature: Feature) -> Option<bool> {
        self.features.get(feature as u16)
    }

    pub fn set_input(&mut self, modality: Modality, yes: bool) {
        self.inputs.set(modality as u16, yes);
    }

    pub fn set_output(&mut self, modality: Modality, yes: bool) {
        self.outputs.set(modality as u16, yes);
    }

    pub fn set_feature(&mut self, feature: Feature, yes: bool) {
        self.features.set(feature as u16, yes);
    }

    /// US dollars that a request will cost; `None` where the price is unknown.
    /// Arguments as in [`Price::expected_cost`].
    #[must_use]
    pub fn expected_cost(
        &self,
        input_tokens: u64,
        cached_prefix_tokens: u64,
        output_tokens: u64,
    ) -> Option<f64> {
        let price = self.price.as_ref()?;
        Some(price.expected_cost(input_tokens, cached_prefix_tokens, output_tokens))
    }
}
