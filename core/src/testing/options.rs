//! How a mock is set up, and how that is read from JSON.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::script::Script;
use crate::error::{Error, Result};
use crate::types::placed::{self, Misread};

/// How a mock is set up. All of it may be left out.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MockOptions {
    /// What to answer, first match first.
    pub scripts: Vec<Script>,
    /// Requests without this key are refused, in the wire's own form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// The models that a list of models has.
    pub models: Vec<String>,
    /// How many requests are remembered, the latest ones. Default 1000.
    pub log_limit: usize,
    /// The server's port on 127.0.0.1; 0, the default, is any free one.
    pub port: u16,
    /// The server starts with its port closed.
    pub refusing: bool,
}

impl Default for MockOptions {
    fn default() -> Self {
        Self {
            scripts: Vec::new(),
            api_key: None,
            models: vec!["mock-model".to_owned()],
            log_limit: 1000,
            port: 0,
            refusing: false,
        }
    }
}

/// A test's key may be a real one: it is not shown.
impl fmt::Debug for MockOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockOptions")
            .field("scripts", &self.scripts)
            .field("api_key", &self.api_key.as_ref().map(|_| "***"))
            .field("models", &self.models)
            .field("log_limit", &self.log_limit)
            .field("port", &self.port)
            .field("refusing", &self.refusing)
            .finish()
    }
}

impl From<Vec<Script>> for MockOptions {
    fn from(scripts: Vec<Script>) -> Self {
        Self { scripts, ..Self::default() }
    }
}

impl From<Script> for MockOptions {
    fn from(script: Script) -> Self {
        vec![script].into()
    }
}

impl MockOptions {
    /// Reads options, or a list of scripts alone.
    ///
    /// Errors: `Configuration` naming the place that is wrong, such as
    /// `scripts[1].fault`.
    pub fn from_value(value: Value) -> Result<Self> {
        let value = match value {
            Value::Array(scripts) => serde_json::json!({ "scripts": scripts }),
            other => other,
        };
        let options: Self = placed::read(value).map_err(|error: Misread| {
            let place = if error.path.is_empty() { "scripts".to_owned() } else { error.path.clone() };
            Error::configuration(place, error.message.clone())
        })?;
        options.check()?;
        Ok(options)
    }

    /// Reads options, or a list of scripts alone, from a JSON text.
    ///
    /// Errors: `Configuration`, as [`Self::from_value`] has them.
    pub fn from_json(text: &str) -> Result<Self> {
        let value = serde_json::from_str(text)
            .map_err(|error| Error::configuration("scripts", format!("this is not JSON: {error}")))?;
        Self::from_value(value)
    }

    pub(super) fn check(&self) -> Result<()> {
        check_scripts(&self.scripts)
    }
}

pub(super) fn check_scripts(scripts: &[Script]) -> Result<()> {
    for (place, script) in scripts.iter().enumerate() {
        script.check().map_err(|mut error| {
            error.param = Some(format!("scripts[{place}].{}", error.param.as_deref().unwrap_or_default()));
            error
        })?;
    }
    Ok(())
}
