//! What a client is made of, as the user gives it, and its validation.
//!
//! One structure serves keyword arguments, a JSON object and later a file. All
//! errors are `ConfigurationError` and name the place and what is allowed. The
//! environment is read through a function, so that a test can give its own.

mod build;
mod functions;
mod models;
mod resilience;
mod route;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub use build::{Settings, build};
pub use functions::{Function, OrderAnswer, OrderFunction, OrderFunctions, with_functions};
pub use models::Models;
pub use resilience::ResilienceConfig;
pub use route::{CheckedRoute, RouteConfig, RouteTargetConfig, check_routes};

use crate::auth::{Auth, Secret};
use crate::dialects::{DialectName, Quirks, Unsupported};
use crate::error::{Error, ErrorKind, Result};
use crate::providers::Kind;
use crate::resilience::QuotaConfig;
use crate::transport::Timeout;
use crate::types::price::Price;
use crate::types::provider::ProviderStatus;

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
    /// The functions of routes with the strategy `custom`.
    #[serde(skip)]
    pub functions: OrderFunctions,
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

/// The configuration of one provider. What is absent comes from its kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    /// What requests call it. Default: the name of its kind.
    #[serde(default)]
    pub name: Option<String>,
    pub kind: String,
    #[serde(default)]
    pub api_key: Option<Secret>,
    /// The environment variable that holds the key. Default: the kind's.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// With the version (`https://host/v1`, for kind `anthropic` too): only the
    /// operation's path is appended. Default: the kind's.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Variables of the kind's `base_url`, such as an account id.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// The wire it speaks; for kind `custom`. Default `openai`.
    #[serde(default)]
    pub dialect: Option<DialectName>,
    #[serde(default)]
    pub auth: Option<Auth>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    #[serde(default)]
    pub quirks: Option<Quirks>,
    #[serde(default)]
    pub status: ProviderStatus,
    /// The upstream models it serves: a list of names, or a table from name (or `*`) to what
    /// the catalogue does not know of them or has wrong.
    #[serde(default)]
    pub models: Models,
    /// Upstream model (or `*`) to its price in US dollars per million tokens; the same as
    /// `price` in the table form of `models`.
    #[serde(default)]
    pub prices: BTreeMap<String, Price>,
    #[serde(default)]
    pub timeout: Option<Timeout>,
    #[serde(default)]
    pub max_retries: Option<u32>,
    /// How much may be asked of it: requests and tokens in a time, requests at once.
    #[serde(default)]
    pub quota: QuotaConfig,
    /// Where its servers are, such as `eu-west-1`.
    #[serde(default)]
    pub region: Option<String>,
    /// Where data is processed, in law, such as `eu`.
    #[serde(default)]
    pub jurisdiction: Option<String>,
    /// What it promises about data, such as `no_training`.
    #[serde(default)]
    pub data_policies: Vec<String>,
    #[serde(default)]
    pub tags: Vec<String>,
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
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let message = error.into_inner().to_string();
            if path == "." {
                Error::new(ErrorKind::Configuration, message)
            } else {
                Error::configuration(path.clone(), format!("{path}: {message}"))
            }
        })
    }
}

#[cfg(test)]
mod tests;
