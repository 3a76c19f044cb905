//! A request of any operation.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Operation;
use crate::error::{Error, ErrorKind, Result};
use crate::types::audio::{SpeechRequest, TranscriptionRequest};
use crate::types::batches::BatchesRequest;
use crate::types::chat::ChatRequest;
use crate::types::completions::CompletionRequest;
use crate::types::embeddings::{EmbeddingsRequest, MostInput};
use crate::types::images::{ImageEditsRequest, ImagesRequest};
use crate::types::messages::MessagesRequest;
use crate::types::models::ModelsRequest;
use crate::types::moderations::ModerationRequest;
use crate::types::rerank::RerankRequest;
use crate::types::responses::ResponsesRequest;
use crate::types::service::{Repetition, ServiceRequest};
use crate::types::tokens::CountTokensRequest;
use crate::types::upload::Upload;

/// A request of any operation. As JSON it is the operation's own request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(
    clippy::large_enum_variant,
    reason = "the largest is the one that is asked most: a box would cost it"
)]
#[non_exhaustive]
pub enum Request {
    Chat(ChatRequest),
    Embeddings(EmbeddingsRequest),
    Rerank(RerankRequest),
    Models(ModelsRequest),
    Service(ServiceRequest),
    CountTokens(CountTokensRequest),
    Completions(CompletionRequest),
    Batches(BatchesRequest),
    Images(ImagesRequest),
    ImageEdits(ImageEditsRequest),
    Speech(SpeechRequest),
    Transcriptions(TranscriptionRequest),
    Translations(TranscriptionRequest),
    Moderations(ModerationRequest),
    Responses(ResponsesRequest),
    Messages(MessagesRequest),
}

/// The field that says what is asked for, where there is one.
macro_rules! asked {
    ($request:expr, $($borrowed:tt)+) => {
        match $request {
            Self::Models(_) => None,
            Self::Service(request) => Some($($borrowed)+ request.operation),
            Self::CountTokens(request) => Some($($borrowed)+ request.chat.model),
            Self::Chat(request) => Some($($borrowed)+ request.model),
            Self::Embeddings(request) => Some($($borrowed)+ request.model),
            Self::Rerank(request) => Some($($borrowed)+ request.model),
            Self::Completions(request) => Some($($borrowed)+ request.model),
            Self::Batches(request) => Some($($borrowed)+ request.model),
            Self::Images(request) => Some($($borrowed)+ request.model),
            Self::ImageEdits(request) => Some($($borrowed)+ request.model),
            Self::Speech(request) => Some($($borrowed)+ request.model),
            Self::Transcriptions(request) => Some($($borrowed)+ request.model),
            Self::Translations(request) => Some($($borrowed)+ request.model),
            Self::Moderations(request) => Some($($borrowed)+ request.model),
            Self::Responses(request) => Some($($borrowed)+ request.model),
            Self::Messages(request) => Some($($borrowed)+ request.model),
        }
    };
}

impl Request {
    /// Reads and checks a request of `operation`.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(operation: Operation, fields: Map<String, Value>) -> Result<Self> {
        Ok(match operation {
            Operation::Chat => {
                let request = ChatRequest::from_value(Value::Object(fields))?;
                request.validate()?;
                Self::Chat(request)
            }
            Operation::Embeddings => Self::Embeddings(EmbeddingsRequest::from_fields(fields)?),
            Operation::Rerank => Self::Rerank(RerankRequest::from_fields(fields)?),
            Operation::Models => Self::Models(ModelsRequest::from_fields(fields)?),
            Operation::Service => Self::Service(ServiceRequest::from_fields(fields)?),
            Operation::CountTokens => Self::CountTokens(CountTokensRequest::from_fields(fields)?),
            Operation::Completions => Self::Completions(CompletionRequest::from_fields(fields)?),
            Operation::Batches => Self::Batches(BatchesRequest::from_fields(fields)?),
            Operation::Images => Self::Images(ImagesRequest::from_fields(fields)?),
            Operation::ImageEdits => Self::ImageEdits(ImageEditsRequest::from_fields(fields)?),
            Operation::Speech => Self::Speech(SpeechRequest::from_fields(fields)?),
            Operation::Transcriptions => Self::Transcriptions(TranscriptionRequest::from_fields(fields)?),
            Operation::Translations => Self::Translations(TranscriptionRequest::from_fields(fields)?),
            Operation::Moderations => Self::Moderations(ModerationRequest::from_fields(fields)?),
            Operation::Responses => Self::Responses(ResponsesRequest::from_fields(fields)?),
            Operation::Messages => Self::Messages(MessagesRequest::from_fields(fields)?),
        })
    }

    /// This request with other parameters, of a service with other input; null leaves one out.
    ///
    /// Errors: as [`from_fields`](Self::from_fields).
    pub fn with_parameters(&self, parameters: &Map<String, Value>) -> Result<Self> {
        if let Self::Service(request) = self {
            return Ok(Self::Service(request.with_input(parameters)));
        }
        if let Self::Batches(request) = self {
            return request.with_parameters(parameters).map(Self::Batches);
        }
        let Ok(Value::Object(mut fields)) = serde_json::to_value(self) else {
            return Err(Error::new(
                ErrorKind::Internal,
                "a request serialised to something else than an object",
            ));
        };
        for (name, value) in parameters {
            if value.is_null() {
                fields.shift_remove(name);
            } else {
                fields.insert(name.clone(), value.clone());
            }
        }
        let mut other = Self::from_fields(self.operation(), fields)?;
        // JSON says what files there are, and not what they hold.
        for ((_, upload), (_, own)) in other.uploads_mut().into_iter().zip(self.uploads()) {
            upload.clone_from(own);
        }
        Ok(other)
    }

    /// Puts the files in that came beside its JSON, where they stand as `{"attached": 0}`, by their number.
    ///
    /// Errors: `BadRequestError` naming the place of one that is not there.
    pub fn attach(&mut self, attached: &[Bytes]) -> Result<()> {
        self.uploads_mut().into_iter().try_for_each(|(place, upload)| upload.attach(place, attached))
    }

    /// Its files, each with the name of its parameter.
    #[must_use]
    pub fn uploads(&self) -> Vec<(&'static str, &Upload)> {
        match self {
            Self::Transcriptions(request) | Self::Translations(request) => vec![("file", &request.file)],
            Self::ImageEdits(request) => {
                let images = request.image.iter().map(|image| ("image", image));
                images.chain(request.mask.as_ref().map(|mask| ("mask", mask))).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn uploads_mut(&mut self) -> Vec<(&'static str, &mut Upload)> {
        match self {
            Self::Transcriptions(request) | Self::Translations(request) => vec![("file", &mut request.file)],
            Self::ImageEdits(request) => {
                let images = request.image.iter_mut().map(|image| ("image", image));
                images.chain(request.mask.as_mut().map(|mask| ("mask", mask))).collect()
            }
            _ => Vec::new(),
        }
    }

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
            Self::Batches(_) => Operation::Batches,
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

    /// The model or route asked for, of a service the operation; empty where none is named.
    #[must_use]
    pub fn model(&self) -> &str {
        asked!(self, &).map_or("", String::as_str)
    }

    /// Asks another model or route.
    pub fn set_model(&mut self, model: &str) {
        if let Some(asked) = asked!(self, &mut) {
            model.clone_into(asked);
        }
    }

    /// The id of the end user, where it was given.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::Chat(request) => request.user.as_deref(),
            Self::Embeddings(request) => request.user.as_deref(),
            Self::Completions(request) => request.user.as_deref(),
            Self::CountTokens(request) => request.chat.user.as_deref(),
            Self::Responses(request) => request.user.as_deref(),
            Self::Messages(request) => request.user(),
            Self::Images(request) => request.user.as_deref(),
            Self::ImageEdits(request) => request.user.as_deref(),
            _ => None,
        }
    }

    /// Whether it may be sent again once it may have been done. Two batches cost twice.
    #[must_use]
    pub const fn repetition(&self) -> Repetition {
        match self {
            Self::Batches(request) if request.makes_one() => Repetition::Never,
            _ => Repetition::Anywhere,
        }
    }

    /// Whether the request itself asks for a stream.
    #[must_use]
    pub fn asks_for_stream(&self) -> bool {
        match self {
            Self::Chat(request) => request.stream == Some(true),
            Self::Completions(request) => request.stream == Some(true),
            Self::Responses(request) => request.stream == Some(true),
            Self::Messages(request) => request.stream == Some(true),
            _ => false,
        }
    }

    /// The chat that it is, if it is one.
    #[must_use]
    pub const fn chat(&self) -> Option<&ChatRequest> {
        match self {
            Self::Chat(request) => Some(request),
            _ => None,
        }
    }

    /// Whether its answer may be streamed.
    #[must_use]
    pub const fn may_stream(&self) -> bool {
        matches!(self, Self::Chat(_) | Self::Responses(_) | Self::Completions(_) | Self::Messages(_))
    }

    /// The first place of it that only targets understand which are asked in its own form.
    #[must_use]
    pub(crate) fn first_beyond_chat(&self) -> Option<String> {
        match self {
            Self::Responses(request) => request.first_beyond_chat(),
            Self::Messages(request) => request.first_beyond_chat(),
            _ => None,
        }
    }

    /// How many inputs it has, each of which is answered for itself; `None`: it is one whole.
    #[must_use]
    pub const fn inputs(&self) -> Option<usize> {
        match self {
            Self::Embeddings(request) => Some(request.input.count()),
            _ => None,
        }
    }

    /// The requests, each within `most`, that together ask the same; empty where this one
    /// is, or is not one of many inputs.
    #[must_use]
    pub fn split(&self, most: MostInput) -> Vec<Self> {
        match self {
            Self::Embeddings(request) => request.split(most).into_iter().map(Self::Embeddings).collect(),
            _ => Vec::new(),
        }
    }
}
