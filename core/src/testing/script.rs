//! What a mock is told to do: plain data, from Rust, JSON, Python or JavaScript.
//!
//! A script says which requests it answers (`when`), what it requires of them
//! (`expect`), what it says (`reply`, `stream`, `latency_ms`) and how it fails
//! (`fault`). Nothing here knows a wire format: one script answers on all three.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::Fault;
use super::reply::Reply;
use crate::error::{Error, Result};

/// One answer of a mock, and the requests it is for.
///
/// A mock holds a list of them; the first that matches and has `times` left
/// answers. Where none does, the mock says back what it was told.
///
/// ```
/// use roocode::testing::Script;
/// let script: Script = serde_json::from_value(serde_json::json!({
///     "when": {"model": "gpt-mock"},
///     "reply": {"content": "Hello", "usage": {"prompt_tokens": 3, "completion_tokens": 1}},
///     "stream": {"chunk_interval_ms": 10},
///     "times": 2,
/// })).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Named in messages; else the script's place in the list is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which requests it answers; all of them where nothing is said.
    pub when: When,
    /// What the request must look like; else it is answered with status 400 and
    /// [`assert_satisfied`](super::Mock::assert_satisfied) fails.
    pub expect: Expect,
    /// What to say.
    pub reply: Reply,
    /// How a streamed answer is cut and paced.
    pub stream: StreamPlan,
    /// Wait before the response's head, in milliseconds.
    pub latency_ms: f64,
    /// How to fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// How many requests it answers before the next script does; no end where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// Conditions on a request; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// The model asked for, exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A text that occurs anywhere in the request's body as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// A text that occurs in the request's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether a stream is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Only the n-th request, from 1, of those for which the other conditions hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
}

/// What a request must look like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// What the body must have: of an object the fields that are named, of an
    /// array every element in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Headers and their exact values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// How many requests this script must have answered in the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
}

/// How a streamed answer is cut and paced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StreamPlan {
    /// How the content is cut: a number of chunks, or their texts. Else by words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunks: Option<Chunks>,
    /// Wait before the first chunk with content, in milliseconds.
    pub first_token_ms: f64,
    /// Wait between chunks with content, in milliseconds.
    pub chunk_interval_ms: f64,
    /// The same said as a rate; give one of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_second: Option<f64>,
    /// Puts before each chunk of content the time of its writing and a space:
    /// nanoseconds since 1970, 19 digits. Another process on the machine can
    /// so measure the delay. Not on Bedrock's wire, whose events have checksums.
    pub timestamps: bool,
}

/// How content is cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "a number of chunks or a list of their texts")]
pub enum Chunks {
    /// So many chunks of about equal length. Without `reply.content`, so many words.
    Count(usize),
    /// These; together they are the content.
    Texts(Vec<String>),
}

impl Script {
    /// Says `content`.
    #[must_use]
    pub fn text(content: impl Into<String>) -> Self {
        Self { reply: Reply { content: Some(content.into()), ..Reply::default() }, ..Self::default() }
    }

    /// Fails.
    #[must_use]
    pub fn failing(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// Answers so many requests only.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Answers requests for this model only.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.when.model = Some(model.into());
        self
    }

    /// Errors: `Configuration` naming the field that says what cannot be done.
    pub(super) fn check(&self) -> Result<()> {
        if self.times == Some(0) {
            return Err(Error::configuration("times", "`times` must be 1 or more"));
        }
        if self.when.attempt == Some(0) {
            return Err(Error::configuration("when.attempt", "attempts count from 1"));
        }
        check_wait("latency_ms", self.latency_ms)?;
        self.stream.check(self.reply.content.as_deref())?;
        check_headers("reply.headers", &self.reply.headers)?;
        self.fault.as_ref().map_or(Ok(()), Fault::check)
    }

    pub(super) fn latency(&self) -> Duration {
        milliseconds(self.latency_ms)
    }
}

impl StreamPlan {
    pub(super) fn first_token(&self) -> Duration {
        milliseconds(self.first_token_ms)
    }

    pub(super) fn interval(&self) -> Duration {
        milliseconds(self.tokens_per_second.map_or(self.chunk_interval_ms, |rate| 1000.0 / rate))
    }

    fn check(&self, content: Option<&str>) -> Result<()> {
        check_wait("stream.first_token_ms", self.first_token_ms)?;
        check_wait("stream.chunk_interval_ms", self.chunk_interval_ms)?;
        if let Some(rate) = self.tokens_per_second {
            if !(rate.is_finite() && rate >= 0.001) {
                return Err(Error::configuration(
                    "stream.tokens_per_second",
                    format!("{rate} is no rate: it must be 0.001 or more"),
                ));
            }
            if self.chunk_interval_ms > 0.0 {
                return Err(Error::configuration(
                    "stream.tokens_per_second",
                    "give `tokens_per_second` or `chunk_interval_ms`, not both",
                ));
            }
        }
        let wrong = |message: String| Err(Error::configuration("stream.chunks", message));
        match (&self.chunks, content) {
            (Some(Chunks::Count(0)), _) => wrong("there must be 1 chunk or more".to_owned()),
            (Some(Chunks::Count(count)), Some(content)) if *count > content.chars().count() => {
                wrong(format!(
                    "{count} chunks cannot be cut from `reply.content` of {} characters; \
                 leave `reply.content` out to have {count} words",
                    content.chars().count()
                ))
            }
            (Some(Chunks::Texts(texts)), Some(content)) if texts.concat() != content => wrong(
                "the chunks together are not `reply.content`; leave that out or make them equal".to_owned(),
            ),
            _ => Ok(()),
        }
    }
}

fn milliseconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value / 1000.0).unwrap_or(Duration::ZERO)
}

/// A day is longer than any test and far from what a timer cannot hold.
pub(super) fn check_wait(param: &str, value: f64) -> Result<()> {
    if (0.0..=86_400_000.0).contains(&value) {
        return Ok(());
    }
    Err(Error::configuration(param, format!("{value} ms is no wait: it must be 0 to 86400000 (a day)")))
}

pub(super) fn check_headers(param: &str, headers: &BTreeMap<String, String>) -> Result<()> {
    for (name, value) in headers {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err()
            || http::HeaderValue::from_str(value).is_err()
        {
            return Err(Error::configuration(format!("{param}.{name}"), "this cannot be a header of HTTP"));
        }
    }
    Ok(())
}
