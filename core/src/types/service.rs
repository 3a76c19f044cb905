//! Operations that a provider declares as data: an SMS, a payment, anything over HTTP.
//!
//! The input and the answer are the service's own; what is known of them is declared with the
//! operation. No wire format goes in here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::placed;
use super::trace::Trace;
use crate::error::{Error, Result};

/// Whether a request may be sent again once it may have been done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Repetition {
    /// Anywhere: it only reads, or doing it twice is as good as once. So it is with every model.
    #[default]
    Anywhere,
    /// To the same target: it knows the request again by a key.
    SameTarget,
    Never,
}

/// A request for an operation that providers declare.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceRequest {
    /// The operation, such as `sms.send`: of every active provider that declares it, in order. With
    /// a provider in front (`twilio/sms.send`) of that one alone. Or the name of a route.
    pub operation: String,
    /// What the operation is to have, by the names that its declaration uses.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Map<String, Value>>"))]
    pub input: Map<String, Value>,
    /// What a service that takes such a key is to know the request again by, where it may be sent
    /// once more later, by another call. Default: a new one for each request, the same in all of
    /// its attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// The key that was made for it.
    #[serde(skip)]
    pub(crate) own_key: Option<String>,
}

impl ServiceRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Result<Self> {
        let request: Self = placed::read(Value::Object(fields)).map_err(|misread| {
            let message = misread.to_string();
            Error::bad_request(misread.path.clone(), message)
        })?;
        if request.operation.trim().is_empty() {
            let message =
                "operation: must not be empty; name one that a provider declares, such as `sms.send`";
            return Err(Error::bad_request("operation", message));
        }
        if request.idempotency_key.as_ref().is_some_and(String::is_empty) {
            let message = "idempotency_key: must not be empty; leave it out to have one made";
            return Err(Error::bad_request("idempotency_key", message));
        }
        Ok(request)
    }

    /// With other input; null leaves a field out.
    #[must_use]
    pub fn with_input(&self, changes: &Map<String, Value>) -> Self {
        let mut changed = self.clone();
        for (name, value) in changes {
            if value.is_null() {
                changed.input.shift_remove(name);
            } else {
                changed.input.insert(name.clone(), value.clone());
            }
        }
        changed
    }

    /// The key that a service is to know it by: the caller's, else its own.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref().or(self.own_key.as_deref())
    }
}

/// What a service answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceReply {
    /// By the names of the operation's `answer`; without one the whole body. A text where that is
    /// no JSON, null where there is none.
    #[serde(default)]
    pub data: Value,
    /// HTTP status of the response.
    #[serde(default)]
    pub status: u16,
    /// The service's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
}
