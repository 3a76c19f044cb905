//! One row of facts about a service.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Hooks;
use crate::auth::Auth;
use crate::dialects::{DialectName, Quirks};

/// What a provider of this kind speaks and where. The fields are explained at
/// the head of `core/data/kinds.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The service's name for people.
    pub title: String,
    pub dialect: DialectName,
    /// Where the service is, without the operation's path. May hold `{variables}`.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Environment variables that may hold the key; the first is named in messages.
    #[serde(default)]
    pub api_key_env: Vec<String>,
    #[serde(default)]
    pub base_url_env: Vec<String>,
    /// Appended to a URL from `base_url_env`, where the vendor's variable lacks it.
    #[serde(default)]
    pub base_url_env_suffix: Option<String>,
    /// Variables of `base_url` and the environment variables that may hold them.
    #[serde(default)]
    pub variables: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub auth: Auth,
    /// How it authenticates where no key is given, if it can.
    #[serde(default)]
    pub auth_without_key: Option<Auth>,
    /// Whether the service works without a key. Default false.
    #[serde(default)]
    pub api_key_optional: bool,
    /// Headers that every request needs.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Parameters of the query that every request needs. May hold `{variables}`.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Fields of the body that every request needs. May hold `{variables}`.
    #[serde(default)]
    pub body: BTreeMap<String, String>,
    /// Values of variables that nobody gave.
    #[serde(default)]
    pub variable_defaults: BTreeMap<String, String>,
    /// Its code, where data does not suffice.
    #[serde(default)]
    pub hooks: Hooks,
    #[serde(default)]
    pub documentation: Option<String>,
    #[serde(default)]
    pub quirks: Quirks,
}
