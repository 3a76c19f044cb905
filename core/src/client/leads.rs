//! Checks where routes lead: to what exists, in no circle, and to targets that can serve.

use super::Target;
use super::route::Route;
use super::target_facts::declared;
use crate::config::{CheckedRoute, Inventory};
use crate::error::{Error, Result};
use crate::routing::{RequestFacts, exclusion};
use crate::types::provider::ProviderStatus;
use crate::types::routing::{Capabilities, RoutingOptions, TargetFacts};
use crate::types::routing_trace::RequestRecord;

/// What the way so far has been, and what it asks of targets.
#[derive(Clone, Default)]
struct Way {
    names: Vec<String>,
    options: RoutingOptions,
}

/// Checks every route of a plan. `route`: the route of a name that is one.
///
/// Errors: `ConfigurationError` naming the place.
pub(super) fn check<'a>(inventory: &Inventory, route: &impl Fn(&str) -> Option<&'a Route>) -> Result<()> {
    for (name, checked) in &inventory.routes {
        follow(inventory, route, name, checked, Way::default())?;
    }
    Ok(())
}

fn follow<'a>(
    inventory: &Inventory,
    route: &impl Fn(&str) -> Option<&'a Route>,
    name: &str,
    checked: &CheckedRoute,
    mut way: Way,
) -> Result<()> {
    way.names.push(name.to_owned());
    let requires = &checked.config.requires;
    if !requires.is_empty() {
        way.options = requires.and(&way.options);
    }
    if let Some(route) = route(name) {
        let facts = route.table.members().iter().map(|member| member.facts.clone());
        somebody_can(&way, facts).map_err(|why| {
            let place = format!("routes.{name}.requires");
            let message = format!("{place}: no target could ever serve what is required{why}");
            Error::configuration(place, message)
        })?;
    }
    for (place, to) in checked.config.leads() {
        let place = format!("routes.{name}.{place}");
        if way.names.iter().any(|known| known == to) {
            return Err(circle(place, &way.names, to));
        }
        if let Some(next) = inventory.routes.get(to) {
            follow(inventory, route, to, next, way.clone())?;
        } else {
            let found = inventory.resolve_member(to).map_err(|error| {
                Error::configuration(place.clone(), format!("{place}: {}", error.message))
            })?;
            let facts = found.into_iter().map(|(provider, model)| declared(&Target { provider, model }));
            somebody_can(&way, facts).map_err(|why| {
                let message = format!("{place}: `{to}` could never serve what is required{why}");
                Error::configuration(place.clone(), message)
            })?;
        }
    }
    Ok(())
}

/// The error of a way that comes back to a route it has been at.
pub(super) fn circle(place: String, names: &[String], to: &str) -> Error {
    let circle = format!("`{}` → `{to}`", names.join("` → `"));
    let message = format!("{place}: routes must not make a circle: {circle}");
    Error::configuration(place, message)
}

/// Errs where no target could ever meet what the routes on the way ask: by which routes,
/// and why not each.
fn somebody_can(way: &Way, targets: impl Iterator<Item = TargetFacts>) -> Result<(), String> {
    let RoutingOptions { tags, region, residency, data_policy, .. } = &way.options;
    let asked = RequestFacts::recorded(&RequestRecord {
        tags: tags.clone(),
        region: region.clone(),
        residency: residency.clone(),
        data_policy: data_policy.clone(),
        ..RequestRecord::default()
    });
    let mut reasons = Vec::new();
    for target in targets {
        // What rests now may be active later, and what is to be done is the request's to say:
        // a route may be of targets that know no chat.
        let lacks = Capabilities::default();
        let target = TargetFacts { status: ProviderStatus::Active, lacks, ..target };
        match exclusion(&target, &asked, 0.0) {
            None => return Ok(()),
            Some(reason) => reasons.push(format!("{}: {reason}", target.name)),
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let by =
        if way.names.len() > 1 { format!(" (by `{}`)", way.names.join("` → `")) } else { String::new() };
    Err(format!("{by}: {}", reasons.join("; ")))
}
