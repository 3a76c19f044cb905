//! One request as the caller gave it: what to ask, and how to send it.
//!
//! The same for every operation: see [`operation`](crate::types::operation).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::dialects::Unsupported;
use crate::error::{Error, ErrorKind, Result};
use crate::resilience::StreamRecovery;
use crate::transport::Timeout;
use crate::types::operation::{Operation, Request};
use crate::types::routing::RoutingOptions;

/// A request and how to send it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub request: Request,
    pub options: RequestOptions,
}

/// How one request is sent. None of it reaches the model.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RequestOptions {
    /// The provider (or kind) to ask; `model` is then its own name for the model.
    pub provider: Option<String>,
    /// What routing is to know of this request: tags, region, session, task, …
    pub routing: Arc<RoutingOptions>,
    /// Time limits. Default: the client's.
    pub timeout: Option<Timeout>,
    /// Retries after the first attempt. Default: the client's.
    pub max_retries: Option<u32>,
    /// Headers added to the request, over all others.
    pub extra_headers: BTreeMap<String, String>,
    /// Query parameters added to the request's URL.
    pub extra_query: BTreeMap<String, String>,
    /// Fields put into the wire body last, over what the dialect wrote.
    pub extra_body: Map<String, Value>,
    /// What to do with parameters the target cannot honour. Default: the client's.
    pub unsupported: Option<Unsupported>,
    /// What is done with a stream that breaks after its first content: `error`, or `continue`
    /// at another target. Default: the route's, else the client's `resilience.stream_recovery`.
    pub stream_recovery: Option<StreamRecovery>,
    /// Whether it may share the reply of an identical request (with equal options) that is on its
    /// way already. Plain calls only. Default false.
    pub coalesce: bool,
}

/// Options that may stand among the request's own fields.
const OPTION_NAMES: [&str; 9] = [
    "routing",
    "timeout",
    "max_retries",
    "extra_headers",
    "extra_query",
    "extra_body",
    "unsupported",
    "stream_recovery",
    "coalesce",
];

impl Call {
    /// This call with other parameters of the request; null leaves one out.
    ///
    /// Errors: `BadRequestError` naming the place.
    pub(crate) fn with_parameters(&self, parameters: &Map<String, Value>) -> Result<Self> {
        Ok(Self { request: self.request.with_parameters(parameters)?, options: self.options.clone() })
    }

    /// Reads a call of `operation`. `body` holds the request's fields, and may hold options
    /// beside them; `options` holds options alone. An absent one is null.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_values(operation: Operation, body: Value, options: Value) -> Result<Self> {
        let Value::Object(mut body) = body else {
            return Err(Error::new(ErrorKind::BadRequest, "the request must be an object of parameters"));
        };
        let mut options = match options {
            Value::Null => Map::new(),
            Value::Object(options) => options,
            _ => return Err(Error::bad_request("options", "options must be an object")),
        };
        // Absent parameters of the host language arrive as null.
        if body.values().any(Value::is_null) {
            body.retain(|_, value| !value.is_null());
        }
        for name in OPTION_NAMES {
            // Found by comparing: a request has few fields, and hashing costs more.
            if body.keys().any(|given| given == name)
                && let Some(value) = body.shift_remove(name)
            {
                options.insert(name.to_owned(), value);
            }
        }
        // As text it names one of our providers; as an object it is OpenRouter's field.
        if body.get("provider").is_some_and(Value::is_string)
            && let Some(provider) = body.shift_remove("provider")
        {
            options.insert("provider".to_owned(), provider);
        }
        options.retain(|_, value| !value.is_null());
        let options: RequestOptions = if options.is_empty() {
            RequestOptions::default()
        } else {
            crate::types::from_value(Value::Object(options))?
        };
        options.routing.validate()?;
        Ok(Self { request: Request::from_fields(operation, body)?, options })
    }
}
