//! From a configuration and the environment to providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::HeaderMap;
use url::Url;

use super::Models;
use super::{CheckedRoute, ClientConfig, ProviderConfig, ResilienceConfig, check_routes, with_functions};
use crate::auth::{Secret, insert_header};
use crate::dialects::Unsupported;
use crate::error::{Error, Result};
use crate::providers::{Endpoint, Kind, Kinds, Provider};
use crate::resilience::QuotaConfig;
use crate::transport::Timeout;
use crate::types::provider::ProviderStatus;

/// A validated configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    pub kinds: Kinds,
    pub providers: Vec<Arc<Provider>>,
    /// Whether `providers` is what the environment offers, not a list given.
    pub from_environment: bool,
    pub timeout: Option<Timeout>,
    pub max_retries: u32,
    pub resilience: ResilienceConfig,
    pub routes: BTreeMap<String, CheckedRoute>,
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
pub fn build(config: ClientConfig, environment: &dyn Fn(&str) -> Option<String>) -> Result<Settings> {
    let kinds = Kinds::built_in()?.with(config.kinds);
    let shorthand = config.provider.is_some() || config.api_key.is_some() || config.base_url.is_some();
    if shorthand && config.providers.is_some() {
        return Err(Error::configuration(
            "providers",
            "give either `providers`, or one provider by `provider`, `api_key` and `base_url`",
        ));
    }
    config.resilience.validate()?;
    let mut from_environment = false;
    let providers = match config.providers {
        Some(list) => list
            .into_iter()
            .enumerate()
            .map(|(index, provider)| make(provider, &format!("providers[{index}]"), &kinds, environment))
            .collect::<Result<Vec<_>>>()?,
        None if shorthand => {
            let default_kind = if config.base_url.is_some() { "custom" } else { "openai" };
            let kind = config.provider.unwrap_or_else(|| default_kind.to_owned());
            let provider = ProviderConfig {
                api_key: config.api_key,
                base_url: config.base_url,
                ..ProviderConfig::of(kind)
            };
            vec![make(provider, "", &kinds, environment)?]
        }
        None => {
            from_environment = true;
            kinds
                .iter()
                .filter(|(_, kind)| kind.api_key_env.iter().any(|name| present(environment, name).is_some()))
                // A variable of the address may be missing: that kind is not ready.
                .filter_map(|(name, _)| {
                    make(ProviderConfig::of(name.to_owned()), "", &kinds, environment).ok()
                })
                .collect()
        }
    };
    reject_same_names(&providers)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &config.default_headers {
        insert_header(&mut headers, name, value).map_err(|error| at("default_headers", error))?;
    }
    let mut routes = check_routes(config.routes)?;
    with_functions(&mut routes, &config.functions)?;
    Ok(Settings {
        kinds,
        providers: providers.into_iter().map(Arc::new).collect(),
        from_environment,
        timeout: config.timeout,
        max_retries: config.max_retries.unwrap_or(DEFAULT_MAX_RETRIES),
        resilience: config.resilience,
        routes,
        unsupported: config.unsupported.unwrap_or_default(),
        headers,
        query: config.default_query.into_iter().collect(),
        max_request_bytes: config.max_request_bytes.unwrap_or(DEFAULT_MAX_REQUEST_BYTES),
        max_response_bytes: config.max_response_bytes,
        proxy: config.proxy,
    })
}

impl ProviderConfig {
    /// A provider of `kind` with everything from the kind.
    #[must_use]
    pub fn of(kind: String) -> Self {
        Self {
            name: None,
            kind,
            api_key: None,
            api_key_env: None,
            base_url: None,
            variables: BTreeMap::new(),
            dialect: None,
            auth: None,
            headers: BTreeMap::new(),
            query: BTreeMap::new(),
            quirks: None,
            status: ProviderStatus::default(),
            models: Models::default(),
            prices: BTreeMap::new(),
            timeout: None,
            max_retries: None,
            quota: QuotaConfig::default(),
            region: None,
            jurisdiction: None,
            data_policies: Vec::new(),
            tags: Vec::new(),
        }
    }
}

/// Makes one provider. `place` is where it stands in the configuration.
pub(crate) fn make(
    config: ProviderConfig,
    place: &str,
    kinds: &Kinds,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Provider> {
    let field = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    let Some(kind) = kinds.get(&config.kind) else {
        return Err(kinds.unknown(&field("kind"), &config.kind));
    };
    let name = config.name.clone().unwrap_or_else(|| config.kind.clone());
    if name.is_empty() || name.contains('/') || name.chars().any(char::is_control) {
        return Err(Error::configuration(
            field("name"),
            format!("{}: a provider's name must not be empty or hold `/`, got {name:?}", field("name")),
        ));
    }
    let (models, overrides) = config.models.clone().into_parts(&config.prices, &field)?;
    config.quota.validate(&field("quota"))?;
    let base_url = base_url(&config, kind, &field("base_url"), environment)?;
    let api_key_env: Vec<String> =
        config.api_key_env.as_ref().map_or_else(|| kind.api_key_env.clone(), |name| vec![name.clone()]);
    let (api_key, api_key_source) = match config.api_key {
        Some(key) => (Some(key), Some("api_key".to_owned())),
        None => api_key_env
            .iter()
            .find_map(|name| present(environment, name).map(|key| (Secret::from(key), name.clone())))
            .map_or((None, None), |(key, name)| (Some(key), Some(name))),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in kind.headers.iter().chain(&config.headers) {
        insert_header(&mut headers, name, value).map_err(|error| at(&field("headers"), error))?;
    }
    let auth = config.auth.unwrap_or_else(|| kind.auth.clone());
    Ok(Provider {
        name,
        title: kind.title.clone(),
        dialect: config.dialect.unwrap_or(kind.dialect),
        base_url,
        api_key_optional: kind.api_key_optional || auth == crate::auth::Auth::None,
        auth,
        api_key,
        api_key_source,
        api_key_env,
        headers,
        query: config.query.into_iter().collect(),
        quirks: config.quirks.unwrap_or_else(|| kind.quirks.clone()),
        status: config.status,
        models,
        overrides,
        timeout: config.timeout,
        max_retries: config.max_retries,
        quota: config.quota,
        region: config.region,
        jurisdiction: config.jurisdiction,
        data_policies: config.data_policies,
        tags: config.tags,
        kind: config.kind,
        endpoint: Endpoint::default(),
    })
}

/// The provider's address: given, from the vendor's variable, or the kind's.
fn base_url(
    config: &ProviderConfig,
    kind: &Kind,
    place: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String> {
    let from_environment = || {
        kind.base_url_env.iter().find_map(|name| {
            let url = present(environment, name)?;
            let suffix = kind.base_url_env_suffix.as_deref().unwrap_or_default();
            Some(format!("{}{suffix}", url.trim_end_matches('/').trim_end_matches(suffix)))
        })
    };
    let text = match config.base_url.clone().or_else(from_environment).or_else(|| kind.base_url.clone()) {
        Some(text) => fill_variables(text, config, kind, environment)?,
        None => {
            return Err(Error::configuration(
                place,
                format!("{place}: kind `{}` needs a base_url, such as `https://host/v1`", config.kind),
            ));
        }
    };
    let wrong = |why: &str| {
        Error::configuration(
            place,
            format!("{place}: {why}; expected `http://` or `https://`, a host and an optional path"),
        )
    };
    let url = Url::parse(&text).map_err(|error| wrong(&format!("not a URL ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(&format!("scheme `{}` is not supported", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("credentials do not belong in the URL; use `auth` and `api_key`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("a query or fragment does not belong here; use `query`"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Replaces each `{variable}` by its value from the configuration or the environment.
fn fill_variables(
    mut text: String,
    config: &ProviderConfig,
    kind: &Kind,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String> {
    for (variable, names) in &kind.variables {
        let pattern = format!("{{{variable}}}");
        if !text.contains(&pattern) {
            continue;
        }
        let value = config
            .variables
            .get(variable)
            .cloned()
            .or_else(|| names.iter().find_map(|name| present(environment, name)));
        let Some(value) = value else {
            return Err(Error::configuration(
                format!("variables.{variable}"),
                format!(
                    "kind `{}` needs `variables.{variable}`, or {} in the environment",
                    config.kind,
                    names.join(" or ")
                ),
            ));
        };
        // Some variables hold a whole address where only its host belongs.
        let value = value.trim_start_matches("https://").trim_end_matches('/');
        text = text.replace(&pattern, value);
    }
    Ok(text)
}

/// A variable that is set and not empty.
fn present(environment: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    environment(name).filter(|value| !value.trim().is_empty())
}

fn at(place: &str, error: Error) -> Error {
    let message = format!("{place}: {}", error.message);
    Error::configuration(place, message)
}

fn reject_same_names(providers: &[Provider]) -> Result<()> {
    for (index, provider) in providers.iter().enumerate() {
        if providers.iter().take(index).any(|other| other.name == provider.name) {
            let place = format!("providers[{index}].name");
            return Err(Error::configuration(
                place.clone(),
                format!(
                    "{place}: another provider is called `{}`; give each a `name` of its own",
                    provider.name
                ),
            ));
        }
    }
    Ok(())
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
