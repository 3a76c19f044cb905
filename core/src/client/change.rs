//! A change of providers or routes as data, for hosts of other languages.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Client;
use crate::config::OrderFunction;
use crate::error::{Error, Result};
use crate::types::placed::{self, Misread};

/// What [`Providers`](super::Providers) and [`Routes`](super::Routes) can do.
#[derive(Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
enum Change {
    AddProvider { config: Value },
    UpdateProvider { name: String, changes: Map<String, Value> },
    ActivateProvider { name: String },
    DeactivateProvider { name: String },
    RemoveProvider { name: String },
    SetRoute { name: String, config: Value },
    SetWeights { name: String, weights: BTreeMap<String, f64> },
    RemoveRoute { name: String },
}

impl Client {
    /// Makes the change that `change` describes: its name, and what the method of that
    /// name takes, as `{"change": "add_provider", "config": {…}}`. `function` is that
    /// of a route's strategy `custom`.
    ///
    /// Errors: `ConfigurationError` naming the place; everything is as it was.
    pub fn apply(&self, change: Value, function: Option<Arc<dyn OrderFunction>>) -> Result<()> {
        let change = placed::read(change)
            .map_err(|error: Misread| Error::configuration("change", error.to_string()))?;
        match change {
            Change::AddProvider { config } => self.providers().add(config),
            Change::UpdateProvider { name, changes } => self.providers().update(&name, changes),
            Change::ActivateProvider { name } => self.providers().activate(&name),
            Change::DeactivateProvider { name } => self.providers().deactivate(&name),
            Change::RemoveProvider { name } => self.providers().remove(&name),
            Change::SetRoute { name, config } => match function {
                Some(function) => self.routes().set_with(&name, config, function),
                None => self.routes().set(&name, config),
            },
            Change::SetWeights { name, weights } => self.routes().set_weights(&name, &weights),
            Change::RemoveRoute { name } => self.routes().remove(&name),
        }
    }
}
