//! The routes of a client: to be looked at, and changed while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{Client, listing};
use crate::config::OrderFunction;
use crate::error::Result;

/// The routes of a client. A change holds for requests that begin after it; those
/// under way end as they began. What is refused leaves all as it was.
#[derive(Clone, Copy, Debug)]
pub struct Routes<'a>(&'a Client);

impl Client {
    /// The routes of this client.
    #[must_use]
    pub const fn routes(&self) -> Routes<'_> {
        Routes(self)
    }
}

impl Routes<'_> {
    /// Every route as it was declared, with its name.
    #[must_use]
    pub fn list(&self) -> Value {
        listing::routes(&self.0.plan().inventory)
    }

    /// Sets a route, in place of another of its name. `config`: as in the client's
    /// configuration.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn set(&self, name: &str, config: Value) -> Result<()> {
        self.0.change(|inventory| inventory.set_route_value(name, config, None))
    }

    /// As [`set`](Self::set), with the function that the strategy `custom` asks.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn set_with(&self, name: &str, config: Value, function: Arc<dyn OrderFunction>) -> Result<()> {
        self.0.change(|inventory| inventory.set_route_value(name, config, Some(function)))
    }

    /// Sets the weights of some targets of a route, each by its name as the route
    /// declares it. What the others are owed of their shares stays.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn set_weights(&self, name: &str, weights: &BTreeMap<String, f64>) -> Result<()> {
        self.0.change(|inventory| inventory.set_weights(name, weights))
    }

    /// Takes a route away.
    ///
    /// Errors: `ConfigurationError` where there is none of that name, or another
    /// route leads to it.
    pub fn remove(&self, name: &str) -> Result<()> {
        self.0.change(|inventory| inventory.remove_route(name))
    }
}
