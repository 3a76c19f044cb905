//! The only error that leaves the crate.
//!
//! One struct with a kind, because callers branch on what can be done about a
//! failure, not on where it arose. The kind comes from a status, code or type
//! of the provider, never from the text of a message where one of those exists.
//! Credentials may not go in here: every field may be logged by a user.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::types::chat::ChatCompletion;
use crate::types::completions::Completion;
use crate::types::messages::MessageReply;
use crate::types::responses::ModelResponse;
use crate::types::trace::Trace;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in terms of what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum ErrorKind {
    /// The credential is missing or was refused (401).
    #[serde(rename = "AuthenticationError")]
    Authentication,
    /// The credential is valid but not allowed to do this (403).
    #[serde(rename = "PermissionDeniedError")]
    PermissionDenied,
    /// The request is wrong (400, 413, 422, or found wrong before sending).
    #[serde(rename = "BadRequestError")]
    BadRequest,
    /// The prompt does not fit the model's context window.
    #[serde(rename = "ContextWindowExceededError")]
    ContextWindowExceeded,
    /// The service refused the content.
    #[serde(rename = "ContentPolicyError")]
    ContentPolicy,
    /// No such model or deployment (404).
    #[serde(rename = "NotFoundError")]
    NotFound,
    /// Too many requests (429).
    #[serde(rename = "RateLimitError")]
    RateLimit,
    /// The account has run out of credit or quota (402, `insufficient_quota`).
    #[serde(rename = "QuotaExceededError")]
    QuotaExceeded,
    /// The service is overloaded (503, 529).
    #[serde(rename = "OverloadedError")]
    Overloaded,
    /// The service failed (other 5xx).
    #[serde(rename = "InternalServerError")]
    InternalServer,
    /// A time limit of ours ran out, or the provider said so (408, 504).
    #[serde(rename = "APITimeoutError")]
    ApiTimeout,
    /// DNS, TLS, connection refused or reset.
    #[serde(rename = "APIConnectionError")]
    ApiConnection,
    /// A stream broke after its first content; `partial` has what was received.
    #[serde(rename = "StreamInterruptedError")]
    StreamInterrupted,
    /// The response is not what the dialect promises; `body` has it.
    #[serde(rename = "ResponseDecodeError")]
    ResponseDecode,
    /// No target is left; the trace lists each candidate and why.
    #[serde(rename = "NoTargetAvailableError")]
    NoTargetAvailable,
    /// A spending limit set by the user was reached.
    #[serde(rename = "BudgetExceededError")]
    BudgetExceeded,
    /// The configuration is wrong; the message names the place and what is allowed.
    #[serde(rename = "ConfigurationError")]
    Configuration,
    /// The caller cancelled the request.
    #[serde(rename = "RequestCancelledError")]
    Cancelled,
    /// A defect of this library: please report it.
    #[serde(rename = "InternalError")]
    Internal,
}

impl ErrorKind {
    /// Every kind, in the order of the table in the README.
    pub const ALL: [Self; 19] = [
        Self::Authentication,
        Self::PermissionDenied,
        Self::BadRequest,
        Self::ContextWindowExceeded,
        Self::ContentPolicy,
        Self::NotFound,
        Self::RateLimit,
        Self::QuotaExceeded,
        Self::Overloaded,
        Self::InternalServer,
        Self::ApiTimeout,
        Self::ApiConnection,
        Self::StreamInterrupted,
        Self::ResponseDecode,
        Self::NoTargetAvailable,
        Self::BudgetExceeded,
        Self::Configuration,
        Self::Cancelled,
        Self::Internal,
    ];

    /// The name of the class that carries this kind in Python and Node.
    #[must_use]
    pub const fn class_name(self) -> &'static str {
        match self {
            Self::Authentication => "AuthenticationError",
            Self::PermissionDenied => "PermissionDeniedError",
            Self::BadRequest => "BadRequestError",
            Self::ContextWindowExceeded => "ContextWindowExceededError",
            Self::ContentPolicy => "ContentPolicyError",
            Self::NotFound => "NotFoundError",
            Self::RateLimit => "RateLimitError",
            Self::QuotaExceeded => "QuotaExceededError",
            Self::Overloaded => "OverloadedError",
            Self::InternalServer => "InternalServerError",
            Self::ApiTimeout => "APITimeoutError",
            Self::ApiConnection => "APIConnectionError",
            Self::StreamInterrupted => "StreamInterruptedError",
            Self::ResponseDecode => "ResponseDecodeError",
            Self::NoTargetAvailable => "NoTargetAvailableError",
            Self::BudgetExceeded => "BudgetExceededError",
            Self::Configuration => "ConfigurationError",
            Self::Cancelled => "RequestCancelledError",
            Self::Internal => "InternalError",
        }
    }

    /// The kind whose class is the base class of this one's, if not the common base.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::ContextWindowExceeded | Self::ContentPolicy => Some(Self::BadRequest),
            Self::QuotaExceeded => Some(Self::RateLimit),
            Self::Overloaded => Some(Self::InternalServer),
            Self::ApiTimeout => Some(Self::ApiConnection),
            _ => None,
        }
    }

    /// The kind for an HTTP status where the body says nothing more exact.
    #[must_use]
    pub const fn from_status(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            402 => Self::QuotaExceeded,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            408 | 504 => Self::ApiTimeout,
            429 => Self::RateLimit,
            503 | 529 => Self::Overloaded,
            500..=599 => Self::InternalServer,
            400..=499 => Self::BadRequest,
            _ => Self::ResponseDecode,
        }
    }
}

/// Which of the four time limits ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimeLimit {
    Connect,
    FirstByte,
    Idle,
    Total,
}

/// How far a request had come when it failed, as far as the transport knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// There was no connection for it: surely nothing of it was sent.
    Unsent,
    /// Some of it may have been sent.
    Sent,
    /// A response has come.
    Answered,
}

impl Stage {
    pub const ALL: [Self; 3] = [Self::Unsent, Self::Sent, Self::Answered];
}

/// The fields of an [`Error`]. Serialises to what the bindings hand to the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErrorDetails {
    pub kind: ErrorKind,
    pub message: String,
    /// The place in the input that is wrong, such as `messages[2].content[0].type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    /// The provider's own error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's own error type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `provider/model` of the target that failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// HTTP status of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The provider's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Seconds that the provider asks to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// The time limit that ran out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<TimeLimit>,
    /// Of an operation that a provider declares: whether it is sure that it was not done, because
    /// nothing was sent or the service said so. False: it may have been done, by any of the attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_done: Option<bool>,
    /// How far the exchange had come. Unknown counts as sent.
    #[serde(skip)]
    pub stage: Option<Stage>,
    /// HTTP exchanges made for this request, this failure included.
    #[serde(default)]
    pub attempts: u32,
    /// The provider's error body: parsed when it is JSON, else its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// What a stream had delivered before it broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Box<ChatCompletion>>,
    /// What the stream of a response had delivered before it broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_response: Option<Box<ModelResponse>>,
    /// What the stream of a message had delivered before it broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_message: Option<Box<MessageReply>>,
    /// What the stream of a completion of a text had delivered before it broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_completion: Option<Box<Completion>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Box<Trace>>,
    /// The cause in the words of the layer below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A failure. Fields are reached through `Deref`, as in `error.kind`.
#[derive(Clone)]
pub struct Error(Box<ErrorDetails>);

impl Error {
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorDetails {
            kind,
            message: message.into(),
            param: None,
            code: None,
            error_type: None,
            provider: None,
            model: None,
            target: None,
            status: None,
            request_id: None,
            retry_after: None,
            limit: None,
            not_done: None,
            stage: None,
            attempts: 0,
            body: None,
            partial: None,
            partial_response: None,
            partial_message: None,
            partial_completion: None,
            route: None,
            source: None,
        }))
    }

    /// A request that is wrong at `param`; nothing was sent.
    #[must_use]
    pub fn bad_request(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadRequest, message).with_param(param)
    }

    /// A configuration that is wrong at `param`; nothing was sent.
    #[must_use]
    pub fn configuration(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message).with_param(param)
    }

    #[must_use]
    pub fn with_param(mut self, param: impl Into<String>) -> Self {
        self.0.param = Some(param.into());
        self
    }

    #[must_use]
    pub fn with_source(mut self, source: impl fmt::Display) -> Self {
        self.0.source = Some(source.to_string());
        self
    }

    #[must_use]
    pub fn with_body(mut self, body: Value) -> Self {
        self.0.body = Some(body);
        self
    }

    #[must_use]
    pub fn with_limit(mut self, limit: TimeLimit) -> Self {
        self.0.limit = Some(limit);
        self
    }

    #[must_use]
    pub fn with_stage(mut self, stage: Stage) -> Self {
        self.0.stage = Some(stage);
        self
    }

    #[must_use]
    pub fn details(&self) -> &ErrorDetails {
        &self.0
    }
}

impl From<ErrorDetails> for Error {
    fn from(details: ErrorDetails) -> Self {
        Self(Box::new(details))
    }
}

impl Deref for Error {
    type Target = ErrorDetails;
    fn deref(&self) -> &ErrorDetails {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut ErrorDetails {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(param) = &self.param
            && !self.message.contains(param.as_str())
        {
            write!(f, "{param}: ")?;
        }
        f.write_str(&self.message)?;
        let mut notes = Vec::new();
        if let Some(target) = &self.target {
            notes.push(format!("target {target}"));
        } else if let Some(provider) = &self.provider {
            notes.push(format!("provider {provider}"));
        }
        if let Some(status) = self.status {
            notes.push(format!("status {status}"));
        }
        if let Some(code) = &self.code {
            notes.push(format!("code {code}"));
        }
        if let Some(id) = &self.request_id {
            notes.push(format!("request id {id}"));
        }
        if self.attempts > 1 {
            notes.push(format!("after {} attempts", self.attempts));
        }
        if !notes.is_empty() {
            write!(f, " ({})", notes.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.kind.class_name())?;
        if let Some(source) = &self.source {
            write!(f, " [{source}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
