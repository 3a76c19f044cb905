//! An answer of any operation.

use std::sync::Arc;

use serde::Serialize;

use super::Operation;
use crate::error::{Error, ErrorKind, Result};
use crate::types::audio::{Speech, Transcription};
use crate::types::batches::{Batch, BatchList, BatchResults};
use crate::types::chat::{ChatCompletion, Usage};
use crate::types::completions::Completion;
use crate::types::embeddings::Embeddings;
use crate::types::images::Images;
use crate::types::messages::MessageReply;
use crate::types::models::ModelList;
use crate::types::moderations::Moderation;
use crate::types::price::MediaAmounts;
use crate::types::rerank::Reranking;
use crate::types::responses::ModelResponse;
use crate::types::service::ServiceReply;
use crate::types::tokens::TokenCount;
use crate::types::trace::Trace;

/// An answer of any operation. As JSON it is the operation's own answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(
    clippy::large_enum_variant,
    reason = "the largest is the one that is asked most: a box would cost it"
)]
#[non_exhaustive]
pub enum Answer {
    Chat(ChatCompletion),
    Embeddings(Embeddings),
    Rerank(Reranking),
    Models(ModelList),
    Service(ServiceReply),
    CountTokens(TokenCount),
    Completions(Completion),
    Batch(Batch),
    Batches(BatchList),
    BatchResults(BatchResults),
    Images(Images),
    ImageEdits(Images),
    Speech(Speech),
    Transcriptions(Transcription),
    Translations(Transcription),
    Moderations(Moderation),
    Responses(ModelResponse),
    Messages(MessageReply),
}

/// What all answers have alike, of whichever it is.
macro_rules! each {
    ($answer:expr, $of:ident => $field:expr) => {
        match $answer {
            Self::Chat($of) => $field,
            Self::Embeddings($of) => $field,
            Self::Rerank($of) => $field,
            Self::Models($of) => $field,
            Self::Service($of) => $field,
            Self::CountTokens($of) => $field,
            Self::Completions($of) => $field,
            Self::Batch($of) => $field,
            Self::Batches($of) => $field,
            Self::BatchResults($of) => $field,
            Self::Images($of) => $field,
            Self::ImageEdits($of) => $field,
            Self::Speech($of) => $field,
            Self::Transcriptions($of) => $field,
            Self::Translations($of) => $field,
            Self::Moderations($of) => $field,
            Self::Responses($of) => $field,
            Self::Messages($of) => $field,
        }
    };
}

impl Answer {
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Chat(_) => Operation::Chat,
            Self::Embeddings(_) => Operation::Embeddings,
            Self::Rerank(_) => Operation::Rerank,
            Self::Models(_) => Operation::Models,
            Self::Service(_) => Operation::Service,
            Self::CountTokens(_) => Operation::CountTokens,
            Self::Completions(_) => Operation::Completions,
            Self::Batch(_) | Self::Batches(_) | Self::BatchResults(_) => Operation::Batches,
            Self::Images(_) => Operation::Images,
            Self::ImageEdits(_) => Operation::ImageEdits,
            Self::Speech(_) => Operation::Speech,
            Self::Transcriptions(_) => Operation::Transcriptions,
            Self::Translations(_) => Operation::Translations,
            Self::Moderations(_) => Operation::Moderations,
            Self::Responses(_) => Operation::Responses,
            Self::Messages(_) => Operation::Messages,
        }
    }

    /// What it took, where the provider said so.
    #[must_use]
    pub const fn usage(&self) -> Option<&Usage> {
        match self {
            Self::Chat(completion) => completion.usage.as_ref(),
            Self::Embeddings(embeddings) => embeddings.usage.as_ref(),
            Self::Rerank(reranking) => reranking.usage.as_ref(),
            Self::Completions(completion) => completion.usage.as_ref(),
            Self::Images(images) | Self::ImageEdits(images) => images.usage.as_ref(),
            Self::Speech(speech) => speech.usage.as_ref(),
            Self::Transcriptions(said) | Self::Translations(said) => said.usage.as_ref(),
            Self::Moderations(moderation) => moderation.usage.as_ref(),
            Self::Responses(response) => response.usage.as_ref(),
            Self::Messages(message) => message.usage.as_ref(),
            _ => None,
        }
    }

    /// What it holds that has a price of its own where no tokens are counted.
    #[must_use]
    pub fn media(&self) -> MediaAmounts {
        let mut amounts = MediaAmounts::default();
        match self {
            Self::Images(images) | Self::ImageEdits(images) => amounts.images = images.data.len() as u64,
            Self::Speech(speech) => amounts.characters = speech.characters,
            Self::Transcriptions(said) | Self::Translations(said) => {
                let charged = said.usage.as_ref().and_then(|usage| usage.seconds);
                amounts.seconds = charged.or(said.duration).unwrap_or(0.0);
            }
            _ => {}
        }
        amounts
    }

    /// How it came about, once that is known.
    pub const fn route_mut(&mut self) -> &mut Option<Arc<Trace>> {
        each!(self, answer => &mut answer.route)
    }

    /// The provider's id of the request.
    pub const fn request_id_mut(&mut self) -> &mut Option<String> {
        each!(self, answer => &mut answer.request_id)
    }

    /// Whether it answers each of the `inputs` of its request; see [`Request::inputs`](super::Request::inputs).
    ///
    /// Errors: `ResponseDecode`; whoever puts inputs and vectors side by side would pair wrong ones.
    pub(crate) fn check(&self, inputs: Option<usize>) -> Result<()> {
        let (Self::Embeddings(embeddings), Some(inputs)) = (self, inputs) else {
            return Ok(());
        };
        let vectors = embeddings.data.len();
        if vectors == inputs {
            return Ok(());
        }
        let message = format!("{vectors} vectors came for {inputs} inputs");
        Err(Error::new(ErrorKind::ResponseDecode, message))
    }

    /// Puts the answer to the next piece of a request after this one; see
    /// [`Request::split`](super::Request::split).
    pub fn join(&mut self, next: Self) {
        if let (Self::Embeddings(embeddings), Self::Embeddings(next)) = (self, next) {
            embeddings.join(next);
        }
    }
}

macro_rules! taken {
    ($($variant:ident => $name:ident, $type:ty, $words:literal;)+) => {
        impl Answer {
            $(
                #[doc = concat!("The ", $words, " that it is, if it is one.")]
                #[must_use]
                pub fn $name(self) -> Option<$type> {
                    match self {
                        Self::$variant(answer) => Some(answer),
                        _ => None,
                    }
                }
            )+
        }
    };
}

taken! {
    Chat => into_chat, ChatCompletion, "chat completion";
    Embeddings => into_embeddings, Embeddings, "list of embeddings";
    Rerank => into_rerank, Reranking, "ranked list";
    Models => into_models, ModelList, "list of models";
    Service => into_service, ServiceReply, "answer of a service";
    CountTokens => into_count, TokenCount, "count of tokens";
    Completions => into_completion, Completion, "completion of a text";
    Batch => into_batch, Batch, "batch";
    Batches => into_batches, BatchList, "list of batches";
    BatchResults => into_batch_results, BatchResults, "results of a batch";
    Images => into_images, Images, "list of images";
    ImageEdits => into_image_edits, Images, "list of changed images";
    Speech => into_speech, Speech, "speech";
    Transcriptions => into_transcription, Transcription, "transcription";
    Translations => into_translation, Transcription, "translation";
    Moderations => into_moderation, Moderation, "judgement";
    Responses => into_response, ModelResponse, "response";
    Messages => into_message, MessageReply, "message";
}
