//! From a configuration and the environment to what a client is made of.

use http::HeaderMap;

use super::inventory::Inventory;
use super::provider::{at, present};
use super::{ClientConfig, ProviderConfig, ResilienceConfig};
use crate::auth::{Auth, Secret, insert_header};
use crate::dialects::Unsupported;
use crate::error::{Error, Result};
use crate::providers::Kinds;
use crate::transport::Timeout;

/// How a client treats requests, whoever serves them.
#[derive(Clone, Debug)]
pub struct Settings {
    pub timeout: Option<Timeout>,
    pub max_retries: u32,
    pub resilience: ResilienceConfig,
    pub unsupported: Unsupported,
    pub headers: HeaderMap,
    pub query: Vec<(String, String)>,
    pub max_request_bytes: usize,
    pub max_response_bytes: Option<usize>,
    pub proxy: Option<Secret>,
}

/// How many times a request is tried again, unless told otherwise.
const DEFAULT_MAX_RETRIES: u32 = 2;

/// Above what any of the services takes inline; a larger body is a mistake.
const DEFAULT_MAX_REQUEST_BYTES: usize = 64 << 20;

/// Validates `config` and makes its providers. `environment` looks up a variable.
///
/// Errors: `ConfigurationError` naming the place.
pub fn build(
    config: ClientConfig,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<(Settings, Inventory)> {
    let kinds = Kinds::built_in()?.with(config.kinds);
    let shorthand = config.provider.is_some() || config.api_key.is_some() || config.base_url.is_some();
    if shorthand && config.providers.is_some() {
        return Err(Error::configuration(
            "providers",
            "give either `providers`, or one provider by `provider`, `api_key` and `base_url`",
        ));
    }
    config.resilience.validate()?;
    let mut headers = HeaderMap::new();
    for (name, value) in &config.default_headers {
        insert_header(&mut headers, name, value).map_err(|error| at("default_headers", error))?;
    }
    let mut inventory = Inventory::new(kinds);
    match config.providers {
        Some(list) => {
            for (index, provider) in list.into_iter().enumerate() {
                inventory.add(provider, &format!("providers[{index}]"), environment)?;
            }
        }
        None if shorthand => {
            let default_kind = if config.base_url.is_some() { "custom" } else { "openai" };
            let kind = config.provider.unwrap_or_else(|| default_kind.to_owned());
            let provider = ProviderConfig {
                api_key: config.api_key,
                base_url: config.base_url,
                ..ProviderConfig::of(kind)
            };
            inventory.add(provider, "", environment)?;
        }
        None => add_from_environment(&mut inventory, environment),
    }
    inventory.set_routes(config.routes)?;
    inventory.default_route = config.default_route;
    Ok((
        Settings {
            timeout: config.timeout,
            max_retries: config.max_retries.unwrap_or(DEFAULT_MAX_RETRIES),
            resilience: config.resilience,
            unsupported: config.unsupported.unwrap_or_default(),
            headers,
            query: config.default_query.into_iter().collect(),
            max_request_bytes: config.max_request_bytes.unwrap_or(DEFAULT_MAX_REQUEST_BYTES),
            max_response_bytes: config.max_response_bytes,
            proxy: config.proxy,
        },
        inventory,
    ))
}

/// Every kind whose key, or whose other credential, is there.
fn add_from_environment(inventory: &mut Inventory, environment: &dyn Fn(&str) -> Option<String>) {
    inventory.from_environment = true;
    let offered: Vec<_> = inventory
        .kinds
        .iter()
        .filter(|(_, kind)| {
            let fetched = match &kind.auth_without_key {
                Some(Auth::Fetched(fetched)) => fetched.is_in(environment),
                _ => false,
            };
            fetched || kind.api_key_env.iter().any(|name| present(environment, name).is_some())
        })
        .map(|(name, _)| name.to_owned())
        .collect();
    for kind in offered {
        // A variable of the address may be missing: that kind is not ready.
        let _ = inventory.add(ProviderConfig::of(kind), "", environment);
    }
}

impl Settings {
    /// Replaces defaults of requests. Errors: `ConfigurationError` naming an
    /// option that cannot be changed after the client was made.
    pub fn override_with(&mut self, overrides: serde_json::Value) -> Result<()> {
        let config = ClientConfig::from_value(overrides)?;
        if config.providers.is_some()
            || config.provider.is_some()
            || config.api_key.is_some()
            || config.base_url.is_some()
        {
            return Err(Error::configuration(
                "providers",
                "providers cannot be changed here; allowed: timeout, max_retries, unsupported, default_headers, \
                 default_query, max_request_bytes, max_response_bytes",
            ));
        }
        self.timeout = config.timeout.or(self.timeout);
        self.max_retries = config.max_retries.unwrap_or(self.max_retries);
        self.unsupported = config.unsupported.unwrap_or(self.unsupported);
        self.max_request_bytes = config.max_request_bytes.unwrap_or(self.max_request_bytes);
        self.max_response_bytes = config.max_response_bytes.or(self.max_response_bytes);
        for (name, value) in &config.default_headers {
            insert_header(&mut self.headers, name, value).map_err(|error| at("default_headers", error))?;
        }
        for (name, value) in config.default_query {
            self.query.retain(|(given, _)| *given != name);
            self.query.push((name, value));
        }
        Ok(())
    }
}
