//! A configured account at one service.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use http::HeaderMap;
use url::Url;

use super::Hooks;
use super::health_check::HealthCheckSettings;
use crate::auth::fetched::Source;
use crate::auth::{Auth, Secret};
use crate::dialects::service::ServiceOperation;
use crate::dialects::{DialectName, Quirks};
use crate::error::{Error, Result};
use crate::resilience::{ConcurrencyConfig, QuotaConfig};
use crate::transport::{Timeout, TlsProfile};
use crate::types::model_override::ModelOverride;
use crate::types::provider::ProviderStatus;

/// A configured account at one service, ready to be asked.
#[derive(Clone)]
pub struct Provider {
    pub name: String,
    /// The name; for the second of several keys and on, with its number (`name#2`).
    pub id: String,
    pub kind: String,
    pub title: String,
    /// The usual one; see [`Provider::dialect_of`].
    pub dialect: DialectName,
    pub hooks: Hooks,
    /// Without a slash at its end.
    pub base_url: String,
    pub auth: Auth,
    /// Where its credential is fetched, if it is.
    pub credentials: Option<Arc<dyn Source>>,
    pub api_key: Option<Secret>,
    /// Where the key came from, for messages: `api_key` or a variable's name.
    pub api_key_source: Option<String>,
    /// The variables that could hold the missing key.
    pub api_key_env: Vec<String>,
    pub api_key_optional: bool,
    pub headers: HeaderMap,
    pub query: Vec<(String, String)>,
    /// Fields of the body that every request needs.
    pub body: Vec<(String, String)>,
    pub quirks: Quirks,
    pub status: ProviderStatus,
    /// Upstream models it serves, where declared, and its operations.
    pub models: Vec<String>,
    /// The operations that it declares.
    pub operations: Arc<BTreeMap<String, Arc<ServiceOperation>>>,
    /// Upstream model, or `*` for what no other entry says, to what the user says of it.
    pub overrides: BTreeMap<String, ModelOverride>,
    /// TLS of its own: a client certificate, authorities.
    pub tls: Option<Arc<TlsProfile>>,
    pub timeout: Option<Timeout>,
    pub max_retries: Option<u32>,
    /// How much may be asked of it.
    pub quota: QuotaConfig,
    /// How many requests at a time each of its targets gets is found out, if so.
    pub adaptive_concurrency: Option<ConcurrencyConfig>,
    /// How it is asked in the background whether it works, if it is.
    pub health_check: Option<HealthCheckSettings>,
    pub region: Option<String>,
    /// Where data is processed, in law.
    pub jurisdiction: Option<String>,
    /// What it promises about data.
    pub data_policies: Vec<String>,
    pub tags: Vec<String>,
    pub(crate) endpoint: Endpoint,
}

/// The URLs that were asked first and the paths they are of: most providers are asked
/// at one path for each operation, and reading a URL costs more than writing a request.
#[derive(Clone, Default)]
pub(crate) struct Endpoint([OnceLock<(String, Url)>; 3]);

impl Provider {
    /// The URL of a path below the base, which the dialect has encoded.
    ///
    /// Errors: `ConfigurationError` where base and path make no URL.
    pub(crate) fn endpoint(&self, path: &str) -> Result<Url> {
        for kept in &self.endpoint.0 {
            let Some((known, url)) = kept.get() else { break };
            if known == path {
                return Ok(url.clone());
            }
        }
        let url = Url::parse(&format!("{}{path}", self.base_url)).map_err(|error| {
            Error::configuration("base_url", format!("`{}{path}` is not a URL", self.base_url))
                .with_source(error)
        })?;
        // Only the first are kept: one of many paths would seldom be the next one.
        if let Some(free) = self.endpoint.0.iter().find(|kept| kept.get().is_none()) {
            free.get_or_init(|| (path.to_owned(), url.clone()));
        }
        Ok(url)
    }

    /// The wire that a model of it speaks.
    #[must_use]
    pub fn dialect_of(&self, model: &str) -> DialectName {
        self.hooks.dialect(model, self.dialect)
    }

    /// Whether what was learned of `other` holds for this one: the same address, key
    /// and limits.
    pub(crate) fn is_same_service(&self, other: &Self) -> bool {
        self.base_url == other.base_url
            && self.dialect == other.dialect
            && self.hooks == other.hooks
            && self.auth == other.auth
            && self.api_key == other.api_key
            && self.credential_identity() == other.credential_identity()
            && self.headers == other.headers
            && self.query == other.query
            && self.body == other.body
            && self.tls == other.tls
            && self.quota == other.quota
            && self.adaptive_concurrency == other.adaptive_concurrency
            && self.health_check == other.health_check
    }

    pub(crate) fn credential_identity(&self) -> Option<u64> {
        self.credentials.as_ref().map(|source| source.identity())
    }

    /// Whether it has models, beside the operations that it declares.
    #[must_use]
    pub fn has_models(&self) -> bool {
        self.operations.is_empty() || self.models.len() > self.operations.len()
    }

    /// Whether requests can be authenticated.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.credentials.is_some() || self.api_key.is_some() || self.api_key_optional
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("base_url", &self.base_url)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
