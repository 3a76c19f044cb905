//! The ways a mock fails.
//!
//! Each is what really happens to clients: on the server's socket it is made
//! with the socket (a reset is an RST), in process it is the error a transport
//! would give. How a client should react does not go in here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::script::{check_headers, check_wait};
use crate::error::{Error, Result};

/// A way to fail. `after_chunks` counts the chunks of a stream that carry
/// content (text, reasoning or tool arguments): 0 is before the first of them,
/// left out is before the response's head. Of a plain answer, any number is
/// after half its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// An HTTP error in the wire's own form.
    Status {
        status: u16,
        /// Added to the response, such as `retry-after`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// The error's message, where the usual one will not do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// The error's code (OpenAI), type (Anthropic) or status (Gemini).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The whole body instead: a text is sent as it is, the rest as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
    },
    /// Nothing more comes, until the client leaves.
    Hang {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_chunks: Option<u32>,
    },
    /// The connection is reset.
    Reset {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_chunks: Option<u32>,
    },
    /// The connection is closed in the middle of the response.
    Cut {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_chunks: Option<u32>,
    },
    /// The response ends as HTTP has it, but its last events are missing.
    Truncate {
        #[serde(default)]
        after_chunks: u32,
    },
    /// A body that is not JSON, or in a stream an event that is not.
    Malformed {
        #[serde(default)]
        after_chunks: u32,
        /// What to send in place of JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// The body drips.
    Slow {
        #[serde(default = "one")]
        bytes_per_write: usize,
        #[serde(default = "one_millisecond")]
        interval_ms: f64,
    },
    /// An error inside a response of status 200.
    ErrorEvent {
        #[serde(default)]
        after_chunks: u32,
        /// The status whose error the event says.
        #[serde(default = "internal_error")]
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The event's whole data instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
    },
    /// In process, the connection is refused. A request that reached the server
    /// can no longer be refused and is reset; for a port that refuses, see the
    /// server's [`set_refusing`](super::MockServer::set_refusing).
    Refuse {},
}

const fn one() -> usize {
    1
}

const fn one_millisecond() -> f64 {
    1.0
}

const fn internal_error() -> u16 {
    500
}

impl Fault {
    /// An HTTP error with the wire's usual body.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::Status { status, headers: BTreeMap::new(), message: None, code: None, body: None }
    }

    /// Adds a header to a status; other faults have none.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.insert(name.into(), value.into());
        }
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        match self {
            Self::Status { status, headers, .. } => {
                check_status(*status)?;
                check_headers("fault.headers", headers)
            }
            Self::ErrorEvent { status, .. } => check_status(*status),
            Self::Slow { bytes_per_write: 0, .. } => {
                Err(Error::configuration("fault.bytes_per_write", "there must be 1 byte or more"))
            }
            Self::Slow { interval_ms, .. } => check_wait("fault.interval_ms", *interval_ms),
            _ => Ok(()),
        }
    }
}

fn check_status(status: u16) -> Result<()> {
    if (200..=599).contains(&status) {
        return Ok(());
    }
    Err(Error::configuration("fault.status", format!("{status} is no status of an answer: 200 to 599 are")))
}
