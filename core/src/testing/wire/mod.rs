//! The wires a mock speaks: how an answer, a stream and an error look.
//!
//! Written with plain `serde_json`, and on purpose without `dialects`: a mock
//! that used our own encoders would hide their mistakes. The shapes are those of
//! recorded replies; where a body is taken from elsewhere, its function says so.

mod anthropic;
pub(super) mod batches;
mod bedrock;
mod cohere;
mod completions;
pub(super) mod counts;
mod gemini;
pub(super) mod media;
mod ollama;
mod openai;
mod responses;
pub(super) mod vectors;

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::reply::{TokenUsage, ToolCall};

/// A wire format, told by a request's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Wire {
    OpenAi,
    Anthropic,
    Gemini,
    Bedrock,
    Cohere,
    Ollama,
    /// OpenAI's older one, of texts.
    Completions,
    /// OpenAI's Responses API.
    Responses,
}

/// What is to be said, in no wire's words.
pub(super) struct Said<'a> {
    /// Stands in every id; see `answer::NUMBER_MARK`.
    pub number: &'a str,
    pub model: &'a str,
    pub created: u64,
    pub content: Option<&'a str>,
    /// The content in the pieces of a stream.
    pub pieces: Vec<String>,
    pub reasoning: Option<&'a str>,
    pub signature: &'a str,
    pub tool_calls: &'a [ToolCall],
    pub finish_reason: &'a str,
    /// `None`: say nothing of it.
    pub usage: Option<TokenUsage>,
    /// Whether OpenAI's stream was asked for usage.
    pub include_usage: bool,
}

/// One event of a stream.
pub(super) struct Event {
    pub bytes: Vec<u8>,
    /// Whether it carries text, reasoning or tool arguments.
    pub content: bool,
}

/// An error to say.
pub(super) struct Failure<'a> {
    pub status: u16,
    pub message: Option<&'a str>,
    pub code: Option<&'a str>,
    /// The wrong key has a form of its own.
    pub wrong_key: bool,
}

/// How the events of a stream are put into its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum StreamForm {
    ServerSentEvents,
    /// Gemini's without `alt=sse`.
    JsonArray,
    /// Ollama's.
    Lines,
    /// Bedrock's.
    EventStream,
}

impl Wire {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Bedrock => "bedrock",
            Self::Cohere => "cohere",
            Self::Ollama => "ollama",
            Self::Completions => "completions",
            Self::Responses => "responses",
        }
    }

    /// The body of a plain answer.
    pub(super) fn plain(self, said: &Said<'_>) -> Value {
        match self {
            Self::OpenAi => openai::plain(said),
            Self::Anthropic => anthropic::plain(said),
            Self::Gemini => gemini::plain(said),
            Self::Bedrock => bedrock::plain(said),
            Self::Cohere => cohere::plain(said),
            Self::Ollama => ollama::plain(said),
            Self::Completions => completions::plain(said),
            Self::Responses => responses::plain(said),
        }
    }

    /// The events of a streamed answer.
    pub(super) fn stream(self, said: &Said<'_>, form: StreamForm) -> Vec<Event> {
        match self {
            Self::OpenAi => openai::stream(said),
            Self::Anthropic => anthropic::stream(said),
            Self::Gemini => gemini::stream(said, form),
            Self::Bedrock => bedrock::stream(said),
            Self::Cohere => cohere::stream(said),
            Self::Ollama => ollama::stream(said),
            Self::Completions => completions::stream(said),
            Self::Responses => responses::stream(said),
        }
    }

    /// The status and body of an error.
    pub(super) fn error(self, failure: &Failure<'_>, number: &str) -> (u16, Value) {
        match self {
            Self::OpenAi | Self::Completions | Self::Responses => (failure.status, openai::error(failure)),
            Self::Anthropic => (failure.status, anthropic::error(failure, number)),
            Self::Gemini => gemini::error(failure),
            Self::Bedrock => (failure.status, bedrock::error(failure)),
            Self::Cohere => (failure.status, cohere::error(failure, number)),
            Self::Ollama => (failure.status, ollama::error(failure)),
        }
    }

    /// An event that is not among the planned ones: an error, or no JSON.
    pub(super) fn broken_event(self, name: &str, data: &str, form: StreamForm, first: bool) -> Vec<u8> {
        match (self, form) {
            (_, StreamForm::JsonArray) => {
                format!("{}{data}\n]", if first { "[" } else { ",\r\n" }).into_bytes()
            }
            (_, StreamForm::Lines) => ollama::line(data),
            (_, StreamForm::EventStream) => bedrock::exception(data),
            (Self::Anthropic | Self::Cohere, _) => anthropic::event(name, data),
            (Self::Gemini, _) => gemini::event(data),
            (Self::Responses, _) => responses::broken_event(name, data),
            (_, StreamForm::ServerSentEvents) => openai::event(data),
        }
    }

    /// The list of models.
    pub(super) fn models(self, models: &[String]) -> Value {
        match self {
            // The others have their lists elsewhere, or in OpenAI's form.
            Self::OpenAi
            | Self::Completions
            | Self::Responses
            | Self::Bedrock
            | Self::Cohere
            | Self::Ollama => openai::models(models),
            Self::Anthropic => anthropic::models(models),
            Self::Gemini => gemini::models(models),
        }
    }

    pub(super) const fn json_content_type(self) -> &'static str {
        match self {
            Self::Gemini => "application/json; charset=UTF-8",
            _ => "application/json",
        }
    }

    pub(super) const fn stream_content_type(self, form: StreamForm) -> &'static str {
        match (self, form) {
            (_, StreamForm::JsonArray) => "application/json; charset=UTF-8",
            (_, StreamForm::Lines) => "application/x-ndjson",
            (_, StreamForm::EventStream) => "application/vnd.amazon.eventstream",
            (Self::Gemini | Self::Cohere, StreamForm::ServerSentEvents) => "text/event-stream",
            (_, StreamForm::ServerSentEvents) => "text/event-stream; charset=utf-8",
        }
    }

    /// The header that names an error.
    pub(super) fn error_header(self, failure: &Failure<'_>) -> Option<(HeaderName, HeaderValue)> {
        if self != Self::Bedrock {
            return None;
        }
        let name = HeaderValue::from_str(bedrock::error_name(failure)).ok()?;
        Some((HeaderName::from_static("x-amzn-errortype"), name))
    }

    /// The header that has the request's id.
    pub(super) const fn request_id_header(self) -> Option<&'static str> {
        match self {
            Self::OpenAi | Self::Completions | Self::Responses => Some("x-request-id"),
            Self::Anthropic => Some("request-id"),
            Self::Bedrock => Some("x-amzn-requestid"),
            Self::Gemini | Self::Cohere | Self::Ollama => None,
        }
    }
}
