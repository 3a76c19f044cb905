//! The providers of a client: to be looked at, and changed while it runs.

use serde_json::{Map, Value};

use super::{Client, environment, listing};
use crate::error::Result;
use crate::types::provider::ProviderStatus;

/// The providers of a client. A change holds for requests that begin after it;
/// those under way end as they began. What is refused leaves all as it was.
#[derive(Clone, Copy, Debug)]
pub struct Providers<'a>(&'a Client);

impl Client {
    /// The providers of this client.
    #[must_use]
    pub const fn providers(&self) -> Providers<'_> {
        Providers(self)
    }
}

impl Providers<'_> {
    /// Every provider: what it is, where it is, whether it is ready. No credential.
    #[must_use]
    pub fn list(&self) -> Value {
        listing::providers(&self.0.plan().inventory)
    }

    /// Every known kind and whether it is ready.
    #[must_use]
    pub fn kinds(&self) -> Value {
        listing::kinds(&self.0.plan().inventory)
    }

    /// Adds a provider, after all others. `config`: as in the client's configuration.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn add(&self, config: Value) -> Result<()> {
        self.0.change(|inventory| inventory.add_value(config, &environment))
    }

    /// Changes a provider: each field of `changes` replaces that of its declaration,
    /// null brings back the default. With another address, key or limit it begins
    /// anew: what was learned of it is forgotten.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn update(&self, name: &str, changes: Map<String, Value>) -> Result<()> {
        self.0.change(|inventory| inventory.update(name, changes, &environment))
    }

    /// Lets a provider take part again, with what is known of it.
    ///
    /// Errors: `ConfigurationError` where there is none of that name.
    pub fn activate(&self, name: &str) -> Result<()> {
        self.0.change(|inventory| inventory.set_status(name, ProviderStatus::Active))
    }

    /// Lets a provider rest: no new request goes there. Routes keep its targets.
    ///
    /// Errors: `ConfigurationError` where there is none of that name.
    pub fn deactivate(&self, name: &str) -> Result<()> {
        self.0.change(|inventory| inventory.set_status(name, ProviderStatus::Inactive))
    }

    /// Takes a provider away.
    ///
    /// Errors: `ConfigurationError` where there is none of that name, or a route names it.
    pub fn remove(&self, name: &str) -> Result<()> {
        self.0.change(|inventory| inventory.remove(name))
    }
}
