//! Audio: a text in, speech out; speech in, its text out, in its own language or in English.
//!
//! The shape is OpenAI's (published schemas `CreateSpeechRequest`, `CreateTranscriptionRequest`,
//! `CreateTranslationRequest` and their answers). No wire format goes in here.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::chat::Usage;
use super::media;
use super::trace::Trace;
use super::upload::Upload;
use crate::error::Result as Checked;

/// A request to read a text aloud.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpeechRequest {
    /// The text.
    pub input: String,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// The name or the id of a voice of the provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// `mp3` (most services' default), `opus`, `aac`, `flac`, `wav` or `pcm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<String>,
    /// 1 is the voice's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// How it is to be spoken, for models that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// A voice: its name, or an object that names one of the caller's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Voice {
    Name(String),
    Custom(Map<String, Value>),
}

impl SpeechRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        media::required(&fields, &["input"])?;
        let request: Self = super::from_value(Value::Object(fields))?;
        media::check(&request.input, "input", None, &request.extra)?;
        Ok(request)
    }
}

/// Speech: the bytes of a sound file.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-content" = true)))]
pub struct Speech {
    /// The bytes. They never stand in JSON.
    #[serde(skip)]
    pub content: Bytes,
    /// What they are, such as `audio/mpeg`, as the provider says.
    #[serde(default)]
    pub content_type: String,
    /// The model that was asked.
    #[serde(default)]
    pub model: String,
    /// Characters of the text that was read aloud.
    #[serde(default)]
    pub characters: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
}

impl fmt::Debug for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Speech")
            .field("content_type", &self.content_type)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// A request for the text of speech. A translation has the same, but that its text is English.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TranscriptionRequest {
    /// The sound file.
    pub file: Upload,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// The language spoken, such as `en` (ISO 639-1). Default: the model finds out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What came before, or words that will come: it guides the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// `json` (default), `verbose_json` (with times), `text`, `srt` or `vtt`; the last three are in `text`
    /// of the answer as they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<String>,
    /// From 0 to 1; higher is more random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Which times to give: `word`, `segment`. Most services want `verbose_json` for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_granularities: Option<Vec<String>>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl TranscriptionRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        media::required(&fields, &["file"])?;
        let request: Self = super::from_value(Value::Object(fields))?;
        media::whole(&request.extra)?;
        Ok(request)
    }

    /// Whether its answer is a text that is no JSON.
    #[must_use]
    pub fn wants_text(&self) -> bool {
        matches!(self.response_format.as_deref(), Some("text" | "srt" | "vtt"))
    }
}

/// What was said. Unknown fields of the provider's are in `provider_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Transcription {
    /// The whole text; of `srt` and `vtt` the file as it came.
    #[serde(default)]
    pub text: String,
    /// The language spoken, in the provider's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Seconds of the recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Each word with its times, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<TranscriptionWord>>,
    /// Each part with its times, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<Vec<TranscriptionSegment>>,
    /// The model that was asked, or that the provider says answered.
    #[serde(default)]
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

/// A word, and when it was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TranscriptionWord {
    #[serde(default)]
    pub word: String,
    /// Seconds from the beginning.
    #[serde(default)]
    pub start: f64,
    /// Seconds from the beginning.
    #[serde(default)]
    pub end: f64,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

/// A part of the text, and when it was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TranscriptionSegment {
    #[serde(default)]
    pub text: String,
    /// Seconds from the beginning.
    #[serde(default)]
    pub start: f64,
    /// Seconds from the beginning.
    #[serde(default)]
    pub end: f64,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}
