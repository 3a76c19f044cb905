//! What may be asked now: the providers of a client, and its routes.
//!
//! A plan is never changed. A change of providers or routes makes another one;
//! requests that are under way end by the plan that they began with.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::clock::Clock;
use super::dispatch::Lead;
use super::members::Members;
use super::named::Named;
use super::route::Route;
use super::shadow::Shadow;
use super::states::States;
use super::{Target, leads};
use crate::config::{CheckedRoute, Inventory};
use crate::error::{Error, Result};
use crate::routing::splits::Shadows;

/// Providers and routes, checked together.
pub(super) struct Plan {
    pub inventory: Inventory,
    /// The declared routes, by name.
    routes: BTreeMap<String, Arc<Route>>,
    /// Those of other names, made when they are first asked for.
    direct: Named<Route>,
    hedges: bool,
}

impl Plan {
    /// Makes the routes. `before`: the plan that this one follows.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn new(inventory: Inventory, states: &States, hedges: bool, before: Option<&Self>) -> Result<Self> {
        let mut routes = BTreeMap::new();
        for (name, checked) in &inventory.routes {
            let placed = Members { inventory: &inventory, states }.of(name)?;
            let known = before.and_then(|before| before.routes.get(name));
            let lead = Lead::of(checked, shadow(checked, known.map(|route| &**route), name, states.clock())?);
            let mut route = Route::declared(name, checked, placed, lead, states, hedges);
            if let Some(known) = known {
                route.go_on_from(known);
            }
            routes.insert(name.clone(), Arc::new(route));
        }
        if let Some(name) = &inventory.default_route
            && !routes.contains_key(name)
        {
            let message = format!("default_route: no route is called `{name}`");
            return Err(Error::configuration("default_route", message));
        }
        leads::check(&inventory, &|name| routes.get(name).map(|route| &**route))?;
        Ok(Self { inventory, routes, direct: Named::default(), hedges })
    }

    /// The plan after this one.
    ///
    /// Errors: as [`Plan::new`].
    pub fn following(&self, inventory: Inventory, states: &States) -> Result<Self> {
        Self::new(inventory, states, self.hedges, Some(self))
    }

    /// The declared route of this name.
    pub fn declared(&self, name: &str) -> Option<&Arc<Route>> {
        self.routes.get(name)
    }

    /// The route of a request: a declared one, or the targets that the name stands for.
    ///
    /// Errors: `BadRequest`, `Authentication` or `Configuration`; nothing was sent.
    pub fn route(&self, model: &str, provider: Option<&str>, states: &States) -> Result<Arc<Route>> {
        let Some(provider) = provider else {
            let model = match &self.inventory.default_route {
                Some(default) if model.is_empty() => default,
                None if model.is_empty() => {
                    let message = "model: is missing; name a model or a route, or declare a `default_route`";
                    return Err(Error::bad_request("model", message));
                }
                _ => model,
            };
            if let Some(route) = self.routes.get(model) {
                return Ok(Arc::clone(route));
            }
            return self.direct.get_or_try(model, || self.make(model, None, states));
        };
        // No name holds a control character.
        self.direct.get_or_try(&format!("{provider}\n{model}"), || self.make(model, Some(provider), states))
    }

    fn make(&self, model: &str, provider: Option<&str>, states: &States) -> Result<Route> {
        let found = self.inventory.resolve(model, provider)?;
        let targets = found.into_iter().map(|(provider, model)| Target { provider, model }).collect();
        Ok(Route::of_targets(targets, states, self.hedges))
    }

    /// Providers that `after` does not have any more, or has with another address,
    /// another key or other limits: what was learned of them holds no longer.
    pub fn outdated_by(&self, after: &Self) -> Vec<Arc<crate::providers::Provider>> {
        let kept: HashMap<_, _> =
            after.inventory.providers.iter().map(|provider| (provider.id.as_str(), provider)).collect();
        let providers = self.inventory.providers.iter();
        providers
            .filter(|old| kept.get(old.id.as_str()).is_none_or(|new| !new.is_same_service(old)))
            .map(Arc::clone)
            .collect()
    }
}

/// The copies of a route; the same as before where nothing was changed about them.
fn shadow(
    checked: &CheckedRoute,
    before: Option<&Route>,
    name: &str,
    clock: Clock,
) -> Result<Option<Arc<Shadow>>> {
    let Some(config) = &checked.config.shadow else { return Ok(None) };
    let before = before.and_then(|route| route.lead.as_ref()?.shadow.as_ref());
    if let Some(same) = before.filter(|shadow| shadow.config() == config) {
        return Ok(Some(Arc::clone(same)));
    }
    let shadows = Shadows::new(config.clone(), &format!("routes.{name}.shadow"))?;
    Ok(Some(Arc::new(Shadow::new(shadows, clock))))
}
