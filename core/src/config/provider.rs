//! One provider as the user declares it, and the making of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::HeaderMap;
use serde::Deserialize;
use url::Url;

use super::{HealthCheckOptions, Models, ServiceOperationConfig, TlsConfig, service};
use crate::auth::fetched::Source;
use crate::auth::{Auth, Secret, insert_header};
use crate::dialects::{DialectName, Quirks};
use crate::error::{Error, Result};
use crate::providers::{Endpoint, Hooks, Kind, Kinds, Provider};
use crate::resilience::{ConcurrencyConfig, QuotaConfig};
use crate::transport::Timeout;
use crate::types::model_override::ModelOverride;
use crate::types::price::Price;
use crate::types::provider::ProviderStatus;

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
    /// Several keys instead: its requests take turns among them, and a key that is
    /// refused or at its limit leaves its share to the others.
    #[serde(default)]
    pub api_keys: Vec<Secret>,
    /// The environment variable that holds the key. Default: the kind's.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// With the version (`https://host/v1`, for kind `anthropic` too): only the
    /// operation's path is appended. Default: the kind's.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Variables of the kind's `base_url`, such as an account id, and of `operations`.
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
    /// What can be asked of it beside models: from a name such as `sms.send` to a request over HTTP.
    /// A provider with operations serves those and the `models` that it declares, and nothing else.
    #[serde(default)]
    pub operations: BTreeMap<String, ServiceOperationConfig>,
    /// A client certificate (mutual TLS), authorities of its own.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    #[serde(default)]
    pub timeout: Option<Timeout>,
    #[serde(default)]
    pub max_retries: Option<u32>,
    /// How much may be asked of it: requests and tokens in a time, requests at once.
    #[serde(default)]
    pub quota: QuotaConfig,
    /// How many requests at a time each of its targets gets, found out by trying.
    /// Default: the client's `resilience.adaptive_concurrency`.
    #[serde(default)]
    pub adaptive_concurrency: Option<ConcurrencyConfig>,
    /// Asks it in the background whether it works: a `path` below `base_url`, or a
    /// `request` that may cost money; `interval` (30 s), `timeout` (10 s),
    /// `unhealthy_after` (3 failures) and `healthy_after` (2 successes). Default: never.
    #[serde(default)]
    pub health_check: Option<HealthCheckOptions>,
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

impl ProviderConfig {
    /// A provider of `kind` with everything from the kind.
    #[must_use]
    pub fn of(kind: String) -> Self {
        Self {
            name: None,
            kind,
            api_key: None,
            api_keys: Vec::new(),
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
            operations: BTreeMap::new(),
            tls: None,
            timeout: None,
            max_retries: None,
            quota: QuotaConfig::default(),
            adaptive_concurrency: None,
            health_check: None,
            region: None,
            jurisdiction: None,
            data_policies: Vec::new(),
            tags: Vec::new(),
        }
    }
}

/// Makes a provider, once for each of its keys. `place` is where it stands in the
/// configuration.
///
/// Errors: `ConfigurationError` naming the place.
pub(super) fn make(
    config: &ProviderConfig,
    place: &str,
    kinds: &Kinds,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Provider>> {
    let field = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    let Some(kind) = kinds.get(&config.kind) else {
        return Err(kinds.unknown(&field("kind"), &config.kind));
    };
    let name = config.name().to_owned();
    if name.is_empty() || name.contains(['/', '#']) || name.chars().any(char::is_control) {
        return Err(Error::configuration(
            field("name"),
            format!(
                "{}: a provider's name must not be empty or hold `/` or `#`, got {name:?}",
                field("name")
            ),
        ));
    }
    let (mut models, mut overrides) = config.models.clone().into_parts(&config.prices, &field)?;
    config.quota.validate(&field("quota"))?;
    if let Some(concurrency) = &config.adaptive_concurrency {
        concurrency.validate(&field("adaptive_concurrency"))?;
    }
    let mut query = filled(&kind.query, config, kind, environment);
    query.extend(config.query.clone());
    let query: Vec<(String, String)> = query.into_iter().collect();
    let api_version = query.iter().find(|(name, _)| name == "api-version").map(|(_, value)| value.as_str());
    let base_url = base_url(config, kind, &field("base_url"), environment)?;
    // Another wire than the kind's is asked as it stands.
    let is_known = |dialect| dialect == kind.dialect || kind.hooks.knows(dialect);
    let hooks = if config.dialect.is_none_or(is_known) { kind.hooks } else { Hooks::None };
    let base_url = hooks.base_url(&base_url, api_version);
    let dialect = config.dialect.unwrap_or_else(|| hooks.dialect_at(&base_url, kind.dialect));
    let (operations, prices) = service::check_all(&config.operations, &config.variables, &base_url, &field)?;
    for name in operations.keys() {
        if models.contains(name) || overrides.contains_key(name) {
            let place = field(&format!("operations.{name}"));
            let message = format!("{place}: stands among the models or their prices too");
            return Err(Error::configuration(place, message));
        }
        models.push(name.clone());
    }
    for (name, price) in prices {
        let price = Price { request: Some(price), ..Price::default() };
        overrides.insert(name, ModelOverride { price: Some(price), ..ModelOverride::default() });
    }
    let tls = config.tls.as_ref().map(|tls| tls.profile(&field("tls"), &base_url)).transpose()?;
    let health_check = config.health_check.as_ref();
    let health_check =
        health_check.map(|check| check.check(&field("health_check"), &base_url)).transpose()?;
    let api_key_env: Vec<String> =
        config.api_key_env.as_ref().map_or_else(|| kind.api_key_env.clone(), |name| vec![name.clone()]);
    let (api_key, api_key_source) = match config.keys(&field)? {
        [key, ..] => (Some(key.clone()), Some("api_key".to_owned())),
        [] => api_key_env
            .iter()
            .find_map(|name| present(environment, name).map(|key| (Secret::from(key), name.clone())))
            .map_or((None, None), |(key, name)| (Some(key), Some(name))),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in kind.headers.iter().chain(&config.headers) {
        insert_header(&mut headers, name, value).map_err(|error| at(&field("headers"), error))?;
    }
    let without_key = kind.auth_without_key.as_ref().filter(|auth| {
        api_key.is_none() && !matches!(auth, Auth::Fetched(fetched) if !fetched.is_offered(environment))
    });
    let auth = config.auth.as_ref().or(without_key).unwrap_or(&kind.auth).clone();
    let credentials = match &auth {
        Auth::Fetched(fetched) if fetched.takes_key() => signing(&auth, api_key.as_ref(), &field)?,
        Auth::Fetched(_) if !config.keys(&field)?.is_empty() => {
            let place = field("auth");
            let message = format!("{place}: fetches a credential; leave `api_key` out, or `auth`");
            return Err(Error::configuration(place, message));
        }
        Auth::Fetched(fetched) => Some(fetched.source(&field("auth"), environment)?),
        auth => signing(auth, api_key.as_ref(), &field)?,
    };
    let first = Provider {
        id: name.clone(),
        name,
        title: kind.title.clone(),
        dialect,
        hooks,
        base_url,
        api_key_optional: kind.api_key_optional || auth == Auth::None,
        auth,
        credentials,
        api_key,
        api_key_source,
        api_key_env,
        headers,
        query,
        body: filled(&kind.body, config, kind, environment).into_iter().collect(),
        quirks: config.quirks.clone().unwrap_or_else(|| kind.quirks.clone()),
        status: config.status,
        models,
        operations: Arc::new(operations),
        overrides,
        tls,
        timeout: config.timeout,
        max_retries: config.max_retries,
        quota: config.quota,
        adaptive_concurrency: config.adaptive_concurrency,
        health_check,
        region: config.region.clone(),
        jurisdiction: config.jurisdiction.clone(),
        data_policies: config.data_policies.clone(),
        tags: config.tags.clone(),
        kind: config.kind.clone(),
        endpoint: Endpoint::default(),
    };
    let mut made = vec![first];
    for (index, key) in config.api_keys.iter().enumerate().skip(1) {
        let Some(first) = made.first() else { break };
        let id = format!("{}#{}", first.name, index + 1);
        let credentials = signing(&first.auth, Some(key), &field)?.or_else(|| first.credentials.clone());
        made.push(Provider { id, api_key: Some(key.clone()), credentials, ..first.clone() });
    }
    Ok(made)
}

/// What signs requests with a key, where that is how they are authenticated.
fn signing(
    auth: &Auth,
    key: Option<&Secret>,
    field: &dyn Fn(&str) -> String,
) -> Result<Option<Arc<dyn Source>>> {
    match (auth, key) {
        (Auth::Fetched(fetched), Some(key)) => fetched.source_with(key, &field("auth")),
        (Auth::Hmac(hmac), Some(key)) => hmac.source(&field("auth"), key).map(Some),
        (Auth::Hmac(_), None) => {
            let place = field("api_key");
            let message = format!(
                "{place}: is missing; with `auth.hmac` it is the secret that requests are signed with"
            );
            Err(Error::configuration(place, message))
        }
        _ => Ok(None),
    }
}

impl ProviderConfig {
    /// What requests call it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.kind)
    }

    /// The keys that were given. Errors: both forms, or one key twice.
    fn keys(&self, field: &dyn Fn(&str) -> String) -> Result<&[Secret]> {
        let place = field("api_keys");
        let Some(key) = &self.api_key else {
            for (index, key) in self.api_keys.iter().enumerate() {
                if self.api_keys.iter().take(index).any(|other| other == key) {
                    let place = format!("{place}[{index}]");
                    let message = format!("{place}: the same key stands before it");
                    return Err(Error::configuration(place, message));
                }
            }
            return Ok(&self.api_keys);
        };
        if self.api_keys.is_empty() {
            return Ok(std::slice::from_ref(key));
        }
        Err(Error::configuration(place.clone(), format!("{place}: give either `api_key` or `api_keys`")))
    }
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

/// Replaces each `{variable}` by its value from the configuration, the environment or the kind.
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
        let Some(value) = variable_value(variable, config, kind, environment) else {
            return Err(Error::configuration(
                format!("variables.{variable}"),
                format!("kind `{}` needs `{}`{}", config.kind, said_by(variable), or_named(names)),
            ));
        };
        // Some variables hold a whole address where only its host belongs.
        let value = value.trim_start_matches("https://").trim_end_matches('/');
        text = text.replace(&pattern, value);
    }
    Ok(text)
}

/// What of a provider's configuration says a variable.
fn said_by(variable: &str) -> String {
    if variable == "region" { variable.to_owned() } else { format!("variables.{variable}") }
}

fn or_named(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!(", or {} in the environment", names.join(" or "))
}

fn variable_value(
    variable: &str,
    config: &ProviderConfig,
    kind: &Kind,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let known = |name: &str| match name {
        "region" => config.region.clone(),
        // Not itself again.
        name if name == variable => None,
        name => variable_value(name, config, kind, environment),
    };
    let names = kind.variables.get(variable).map_or(&[][..], Vec::as_slice);
    config
        .variables
        .get(variable)
        .cloned()
        // Where its servers are was said of this provider, what the environment says of all.
        .or_else(|| config.region.clone().filter(|_| variable == "region"))
        .or_else(|| names.iter().find_map(|name| present(environment, name)))
        .or_else(|| kind.hooks.variable(variable, &known))
        .or_else(|| kind.variable_defaults.get(variable).cloned())
}

/// What a kind has every request say. A parameter whose variable nobody gave is left out.
fn filled(
    parameters: &BTreeMap<String, String>,
    config: &ProviderConfig,
    kind: &Kind,
    environment: &dyn Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let filled = parameters.iter().filter_map(|(name, value)| {
        let value = fill_variables(value.clone(), config, kind, environment).ok()?;
        Some((name.clone(), value))
    });
    filled.collect()
}

/// A variable that is set and not empty.
pub(super) fn present(environment: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    environment(name).filter(|value| !value.trim().is_empty())
}

pub(super) fn at(place: &str, error: Error) -> Error {
    let message = format!("{place}: {}", error.message);
    Error::configuration(place, message)
}
