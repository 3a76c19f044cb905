//! From the declared members of a route to its targets.
//!
//! A member that is itself a route brings in that route's targets. Alone in its
//! tier, it keeps its own strategy there. With others in the tier, its targets
//! stand among them, ranked by the outer strategy, and share the member's weight.
//! Its own tiers lie within the outer one.

use super::route::{Placed, Ranked, RouteTarget};
use super::states::States;
use super::{Target, leads};
use crate::config::{CheckedRoute, Inventory, RouteTargetConfig};
use crate::error::{Error, Result};

/// What names of members are looked up in.
#[derive(Clone, Copy)]
pub(super) struct Members<'a> {
    pub inventory: &'a Inventory,
    pub states: &'a States,
}

/// A target with its tiers, from the outermost route inwards.
struct Deep {
    target: RouteTarget,
    tiers: Vec<u32>,
    ranked: Option<Ranked>,
}

impl Members<'_> {
    /// The targets of the route `name`.
    ///
    /// Errors: `ConfigurationError` naming the member that is none, or the circle
    /// that routes make.
    pub fn of(self, name: &str) -> Result<Vec<Placed>> {
        let Some(route) = self.inventory.routes.get(name) else { return Ok(Vec::new()) };
        let mut deep = self.expand(route, &mut vec![name.to_owned()])?;
        let depth = deep.iter().map(|one| one.tiers.len()).max().unwrap_or_default();
        deep.iter_mut().for_each(|one| one.tiers.resize(depth, 1));
        let mut order: Vec<Vec<u32>> = deep.iter().map(|one| one.tiers.clone()).collect();
        order.sort_unstable();
        order.dedup();
        let tier = |tiers: &Vec<u32>| match tiers.as_slice() {
            // Without a route within, the numbers stay as they were given.
            [tier] => *tier,
            _ => u32::try_from(order.binary_search(tiers).unwrap_or_default() + 1).unwrap_or(u32::MAX),
        };
        let placed = |one: Deep| Placed { tier: tier(&one.tiers), target: one.target, ranked: one.ranked };
        Ok(deep.into_iter().map(placed).collect())
    }

    fn expand(self, route: &CheckedRoute, path: &mut Vec<String>) -> Result<Vec<Deep>> {
        let mut found = Vec::new();
        let own_tiers = route.config.tiers();
        for (index, (member, tier)) in route.config.targets.iter().zip(&own_tiers).enumerate() {
            let place =
                || format!("routes.{}.targets[{index}].target", path.last().map_or("", String::as_str));
            let mut own = match self.inventory.routes.get(&member.target) {
                None => self.targets(&member.target, &place())?,
                Some(_) if path.contains(&member.target) => {
                    return Err(leads::circle(place(), path, &member.target));
                }
                Some(nested)
                    if nested.config.leads().next().is_some() || !nested.config.requires.is_empty() =>
                {
                    let message = format!(
                        "{}: `{}` has rules, a split, a shadow or requirements, and a route within a route is its \
                         targets alone; send requests to it by a rule or a split",
                        place(),
                        member.target
                    );
                    return Err(Error::configuration(place(), message));
                }
                Some(nested) => {
                    path.push(member.target.clone());
                    let mut own = self.expand(nested, path)?;
                    path.pop();
                    let alone = own_tiers.iter().filter(|other| *other == tier).count() == 1;
                    for one in &mut own {
                        one.ranked = alone.then(|| one.ranked.take().unwrap_or_else(|| Ranked::of(nested)));
                    }
                    own
                }
            };
            place_in(member, *tier, &mut own);
            found.append(&mut own);
        }
        Ok(found)
    }

    fn targets(self, name: &str, place: &str) -> Result<Vec<Deep>> {
        let found = self
            .inventory
            .resolve_member(name)
            .map_err(|error| Error::configuration(place, format!("{place}: {}", error.message)))?;
        let deep = |(provider, model)| Deep {
            target: RouteTarget::new(Target { provider, model }, self.states),
            tiers: Vec::new(),
            ranked: None,
        };
        Ok(found.into_iter().map(deep).collect())
    }
}

/// What is declared of a member holds for each of its targets; they share its weight.
fn place_in(member: &RouteTargetConfig, tier: u32, targets: &mut [Deep]) {
    let whole: f64 = targets.iter().map(|one| one.target.weight).sum();
    for Deep { target, tiers, .. } in targets {
        target.weight = if whole > 0.0 { target.weight / whole * member.weight } else { 0.0 };
        target.quality = member.quality.or(target.quality);
        target.degraded |= member.degraded;
        for (name, value) in &member.parameters {
            target.parameters.insert(name.clone(), value.clone());
        }
        tiers.insert(0, tier);
    }
}
