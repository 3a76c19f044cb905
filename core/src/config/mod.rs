//! What a client is made of, as the user gives it, and its validation.
//!
//! One structure serves keyword arguments, a JSON object and later a file. All
//! errors are `ConfigurationError` and name the place and what is allowed. The
//! environment is read through a function, so that a test can give its own.

mod build;
mod functions;
mod health_check;
mod inventory;
mod models;
mod provider;
mod provider_update;
mod resilience;
mod route;
mod service;
mod tls;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub use build::{Settings, build};
pub use functions::{Function, OrderAnswer, OrderFunction};
pub use health_check::HealthCheckOptions;
pub use inventory::Inventory;
pub use models::Models;
pub use provider::ProviderConfig;
pub use resilience::ResilienceConfig;
pub use route::{CheckedRoute, RequirementsConfig, RouteConfig, RouteTargetConfig};
pub use service::{ErrorRuleConfig, IdempotencyConfig, ServiceOperationConfig};
pub use tls::TlsConfig;

use crate::auth::Secret;
use crate::dialects::Unsupported;
use crate::error::{Error, ErrorKind, Result};
use crate::providers::Kind;
use crate::transport::Timeout;
use crate::types::placed::{self, Misread};

/// The configuration of a client. Everything is optional: without providers,
/// those whose keys are in the environment are used.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientConfig {
    /// The providers. Absent: every kind whose key is in the environment.
    pub providers: Option<Vec<ProviderConfig>>,
    /// Shorthand for one provider: its kind. Default `custom` with `base_url`,
    /// else `openai`.
    pub provider: Option<String>,
    /// Shorthand for one provider: its key.
    pub api_key: Option<Secret>,
    /// Shorthand for one provider: where it is.
    pub base_url: Option<String>,
    /// Named sets of targets; a request names one as its `model`.
    pub routes: BTreeMap<String, RouteConfig>,
    /// The route of requests that name no model.
    pub default_route: Option<String>,
    /// Own kinds, in the form of the built-in rows.
    pub kinds: BTreeMap<String, Kind>,
    /// Default time limits of a request.
    pub timeout: Option<Timeout>,
    /// Default number of retries after a first attempt. Default 2.
    pub max_retries: Option<u32>,
    /// How failures are treated: waits, budgets, breakers, cooldowns, hedges.
    pub resilience: ResilienceConfig,
    /// What to do with parameters a target cannot honour. Default an error.
    pub unsupported: Option<Unsupported>,
    /// Headers sent with every request.
    pub default_headers: BTreeMap<String, String>,
    /// Query parameters sent with every request.
    pub default_query: BTreeMap<String, String>,
    /// Bytes of a request's body above which it is refused. Default 64 MiB.
    pub max_request_bytes: Option<usize>,
    /// Bytes of a response's body above which it is refused. Default 512 MiB.
    pub max_response_bytes: Option<usize>,
    /// A proxy for every request, such as `http://host:8080` or
    /// `socks5://host:1080`. Default: the usual environment variables.
    pub proxy: Option<Secret>,
}

impl ClientConfig {
    /// Reads a configuration. Errors: `ConfigurationError` naming the place.
    pub fn from_value(value: Value) -> Result<Self> {
        let value = match value {
            Value::Null => Value::Object(serde_json::Map::new()),
            Value::Object(mut fields) => {
                // An absent keyword argument arrives as null.
                fields.retain(|_, value| !value.is_null());
                Value::Object(fields)
            }
            other => other,
        };
        read(value, "")
    }
}

/// Reads a part of a configuration that stands at `place`; empty: the whole.
///
/// Errors: `ConfigurationError` naming the place.
fn read<T: serde::de::DeserializeOwned>(value: Value, place: &str) -> Result<T> {
    placed::read(value).map_err(|error: Misread| {
        let place = placed::join_path(place, &error.path);
        if place.is_empty() {
            return Error::new(ErrorKind::Configuration, error.message.clone());
        }
        Error::configuration(place.clone(), format!("{place}: {}", error.message))
    })
}

#[cfg(test)]
mod tests;
