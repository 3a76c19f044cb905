//! What a client can ask: kinds, providers and routes, and the changes to them.
//!
//! A change is made to a copy, which is taken only as a whole: what is wrong with
//! it leaves everything as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::functions::{Function, OrderFunction};
use super::provider::{ProviderConfig, make};
use super::route::{CheckedRoute, RouteConfig, check_name};
use super::{provider_update, read};
use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::providers::{Kinds, Provider};
use crate::routing::{resolve, resolve_member};
use crate::types::provider::ProviderStatus;

/// The kinds, providers and routes of a client.
#[derive(Clone, Debug)]
pub struct Inventory {
    pub kinds: Kinds,
    /// In the order of their declaration, each once for each of its keys.
    pub providers: Vec<Arc<Provider>>,
    /// As they were declared, for updates: one for each name.
    declared: Vec<ProviderConfig>,
    /// Whether the providers are what the environment offers, not a list given.
    pub from_environment: bool,
    pub routes: BTreeMap<String, CheckedRoute>,
    /// The route of requests that name no model.
    pub default_route: Option<String>,
    /// Names of providers that were taken away.
    removed: BTreeSet<String>,
}

impl Inventory {
    #[must_use]
    pub const fn new(kinds: Kinds) -> Self {
        Self {
            kinds,
            providers: Vec::new(),
            declared: Vec::new(),
            from_environment: false,
            routes: BTreeMap::new(),
            default_route: None,
            removed: BTreeSet::new(),
        }
    }

    /// Adds a provider, last. `place` is where it stands in the configuration.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn add(
        &mut self,
        config: ProviderConfig,
        place: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<()> {
        let made = make(&config, place, &self.kinds, environment)?;
        if self.declared.iter().any(|other| other.name() == config.name()) {
            let place = if place.is_empty() { "name".to_owned() } else { format!("{place}.name") };
            let message = format!(
                "{place}: another provider is called `{}`; give each a `name` of its own",
                config.name()
            );
            return Err(Error::configuration(place, message));
        }
        self.removed.remove(config.name());
        self.providers.extend(made.into_iter().map(Arc::new));
        self.declared.push(config);
        Ok(())
    }

    /// Adds the provider that `config` describes.
    ///
    /// Errors: as [`Inventory::add`].
    pub fn add_value(&mut self, config: Value, environment: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        self.add(read(without_nulls(config), "")?, "", environment)
    }

    /// Changes a provider: each field of `changes` replaces that of the declaration,
    /// null brings back the default.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn update(
        &mut self,
        name: &str,
        changes: Map<String, Value>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<()> {
        let index = self.place(name)?;
        let Some(before) = self.declared.get(index) else { return Ok(()) };
        let config = provider_update::update(before.clone(), changes)?;
        let mut made: Vec<_> =
            make(&config, "", &self.kinds, environment)?.into_iter().map(Arc::new).collect();
        let first = self.providers.iter().position(|provider| provider.name == name).unwrap_or_default();
        self.providers.retain(|provider| provider.name != name);
        let after = self.providers.split_off(first.min(self.providers.len()));
        self.providers.append(&mut made);
        self.providers.extend(after);
        if let Some(declared) = self.declared.get_mut(index) {
            *declared = config;
        }
        Ok(())
    }

    /// Lets a provider take part, or not.
    ///
    /// Errors: `ConfigurationError` where there is none of that name.
    pub fn set_status(&mut self, name: &str, status: ProviderStatus) -> Result<()> {
        let index = self.place(name)?;
        if let Some(declared) = self.declared.get_mut(index) {
            declared.status = status;
        }
        for provider in self.providers.iter_mut().filter(|provider| provider.name == name) {
            *provider = Arc::new(Provider { status, ..(**provider).clone() });
        }
        Ok(())
    }

    /// Takes a provider away.
    ///
    /// Errors: `ConfigurationError` where there is none of that name.
    pub fn remove(&mut self, name: &str) -> Result<()> {
        let index = self.place(name)?;
        self.declared.remove(index);
        self.providers.retain(|provider| provider.name != name);
        self.removed.insert(name.to_owned());
        Ok(())
    }

    /// The targets that the name of a model stands for; see [`resolve`].
    ///
    /// Errors: as [`resolve`]. What named a provider that was taken away never goes
    /// to another one, whose model the whole name could be.
    pub fn resolve(&self, model: &str, provider: Option<&str>) -> Result<Vec<(Arc<Provider>, String)>> {
        self.check_not_removed(model, provider)?;
        resolve(model, provider, &self.kinds, &self.providers)
    }

    /// As [`Inventory::resolve`], for a member of a route.
    ///
    /// Errors: as [`resolve`].
    pub fn resolve_member(&self, member: &str) -> Result<Vec<(Arc<Provider>, String)>> {
        self.check_not_removed(member, None)?;
        resolve_member(member, &self.kinds, &self.providers)
    }

    fn check_not_removed(&self, model: &str, provider: Option<&str>) -> Result<()> {
        let Some(named) = provider.or_else(|| Some(model.split_once('/')?.0)) else { return Ok(()) };
        if !self.removed.contains(named) {
            return Ok(());
        }
        let param = if provider.is_some() { "provider" } else { "model" };
        Err(Error::bad_request(param, format!("{param}: the provider `{named}` was taken away")))
    }

    fn place(&self, name: &str) -> Result<usize> {
        let found = self.declared.iter().position(|provider| provider.name() == name);
        found.ok_or_else(|| unknown("provider", name, self.declared.iter().map(ProviderConfig::name)))
    }

    /// Sets all routes. Errors: `ConfigurationError` naming the place.
    pub fn set_routes(&mut self, routes: BTreeMap<String, RouteConfig>) -> Result<()> {
        for (name, route) in routes {
            self.set_route(&name, route)?;
        }
        Ok(())
    }

    /// Sets one route, in place of another of its name.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn set_route(&mut self, name: &str, route: RouteConfig) -> Result<()> {
        check_name(name)?;
        let checked = route.check(&format!("routes.{name}"))?;
        self.routes.insert(name.to_owned(), checked);
        Ok(())
    }

    /// Sets the route that `config` describes; `function` is what its strategy
    /// `custom` asks. Errors: as [`Inventory::set_route`].
    pub fn set_route_value(
        &mut self,
        name: &str,
        config: Value,
        function: Option<Arc<dyn OrderFunction>>,
    ) -> Result<()> {
        let mut config: RouteConfig = read(without_nulls(config), &format!("routes.{name}"))?;
        config.function = function.map(|function| Function { route: name.to_owned(), function });
        self.set_route(name, config)
    }

    /// Sets weights of targets of a route, by their names as it declares them.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn set_weights(&mut self, name: &str, weights: &BTreeMap<String, f64>) -> Result<()> {
        let mut config = self.route(name)?.config.clone();
        for (target, weight) in weights {
            let mut found = false;
            for member in config.targets.iter_mut().filter(|member| member.target == *target) {
                member.weight = *weight;
                found = true;
            }
            if !found {
                let place = format!("weights.{target}");
                let message = format!("{place}: the route `{name}` has no such target");
                return Err(Error::configuration(place, message));
            }
        }
        self.set_route(name, config)
    }

    fn route(&self, name: &str) -> Result<&CheckedRoute> {
        let found = self.routes.get(name);
        found.ok_or_else(|| unknown("route", name, self.routes.keys().map(String::as_str)))
    }

    /// Takes a route away. Errors: `ConfigurationError` where there is none of that name.
    pub fn remove_route(&mut self, name: &str) -> Result<()> {
        self.route(name)?;
        self.routes.remove(name);
        Ok(())
    }
}

/// An absent keyword argument arrives as null.
fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Error {
    let near = nearest(name, known.clone());
    let hint = match (near.is_empty(), known.clone().count()) {
        (false, _) => format!("did you mean {}?", near.join(" or ")),
        (true, 0) => "there is none".to_owned(),
        (true, _) => format!(
            "there are {}",
            known.take(8).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Error::configuration("name", format!("name: no {what} is called `{name}`; {hint}"))
}
