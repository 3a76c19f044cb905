//! Which targets can serve a request at all.
//!
//! [`exclusion`] defines it, target by target and in words. [`survivors`] is
//! the same over the columns of a table, for all at once; a property test holds
//! the two together. What a target lacks for a moment only is a
//! [`Shortage`](super::Shortage), found by its view.
//!
//! Where a fact is unknown: a capability, a window, a limit, a date passes,
//! since catalogues lag behind models and the provider's own refusal is exact. A
//! region, a jurisdiction, a tag, a promise about data does not: these are what
//! the caller insists on, and no provider would refuse in their place.

use std::collections::HashMap;

use super::request_facts::RequestFacts;
use super::target_set::TargetSet;
use super::target_table::TargetTable;
use crate::types::provider::ProviderStatus;
use crate::types::routing::{Capability, TargetFacts};
use crate::types::routing_trace::Exclusion;

/// Why this target can never serve this request: the first reason in the order
/// of [`Exclusion`]. `now` is in seconds since 1970.
#[must_use]
pub fn exclusion(target: &TargetFacts, request: &RequestFacts, now: f64) -> Option<Exclusion> {
    let options = &*request.options;
    let missing = |wanted: &[String], has: &[String]| wanted.iter().find(|name| !has.contains(name)).cloned();
    let asked_for = options.provider.as_ref() == Some(&target.provider);
    match target.status {
        ProviderStatus::Inactive => return Some(Exclusion::Status { status: target.status }),
        ProviderStatus::Draft if !asked_for => return Some(Exclusion::Status { status: target.status }),
        ProviderStatus::Draft | ProviderStatus::Active => {}
    }
    if let (Some(wanted), false) = (&options.provider, asked_for) {
        return Some(Exclusion::Provider { wanted: wanted.clone() });
    }
    if let Some(missing) = missing(&options.tags, &target.tags) {
        return Some(Exclusion::Tag { missing });
    }
    if let Some(wanted) = &options.region
        && target.region.as_ref() != Some(wanted)
    {
        return Some(Exclusion::Region { wanted: wanted.clone(), region: target.region.clone() });
    }
    if let Some(allowed) = &options.residency
        && !target.jurisdiction.as_ref().is_some_and(|jurisdiction| allowed.contains(jurisdiction))
    {
        return Some(Exclusion::Residency {
            allowed: allowed.clone(),
            jurisdiction: target.jurisdiction.clone(),
        });
    }
    if let Some(missing) = missing(&options.data_policy, &target.data_policies) {
        return Some(Exclusion::DataPolicy { missing });
    }
    if target.degraded && options.allow_degraded == Some(false) {
        return Some(Exclusion::Degraded);
    }
    if let Some(missing) = request.required().and(target.lacks).iter().next() {
        return Some(Exclusion::Capability { missing });
    }
    let needed = request.window_tokens();
    if let Some(window) = target.context_window.filter(|window| needed > *window) {
        return Some(Exclusion::ContextWindow { window, needed });
    }
    let wanted = request.output_limit.unwrap_or(0);
    if let Some(limit) = target.output_limit.filter(|limit| wanted > *limit) {
        return Some(Exclusion::OutputLimit { limit, wanted });
    }
    if let Some(from) = target.available_from.filter(|from| now < *from) {
        return Some(Exclusion::NotYet { from });
    }
    let since = target.retired_from.filter(|since| now >= *since)?;
    Some(Exclusion::Retired { since })
}

/// Those without an [`exclusion`].
#[must_use]
pub fn survivors(table: &TargetTable, request: &RequestFacts, now: f64) -> TargetSet {
    let options = &*request.options;
    let mut left = table.active.clone();
    if let Some(provider) = &options.provider {
        // Its drafts were asked for by name.
        left.add(&table.drafts);
        keep_all(&mut left, std::slice::from_ref(provider), &table.of_provider);
    }
    keep_all(&mut left, &options.tags, &table.tagged);
    if let Some(region) = &options.region {
        keep_all(&mut left, std::slice::from_ref(region), &table.in_region);
    }
    if let Some(allowed) = &options.residency {
        let mut anywhere = TargetSet::none(table.count());
        allowed.iter().filter_map(|name| table.in_jurisdiction.get(name)).for_each(|set| anywhere.add(set));
        left.keep_only(&anywhere);
    }
    keep_all(&mut left, &options.data_policy, &table.promising);
    if options.allow_degraded == Some(false) {
        left.take_out(&table.degraded);
    }
    if let Some(lacking) = table.lacking.get(request.operation.capability() as usize) {
        left.take_out(lacking);
    }
    if !request.needs.is_empty() {
        for (capability, lacking) in Capability::ALL.into_iter().zip(&table.lacking) {
            if request.needs.contains(capability) {
                left.take_out(lacking);
            }
        }
    }
    let (needed, wanted) = (request.window_tokens(), request.output_limit.unwrap_or(0));
    table.windows.filter(&mut left, |window| needed <= window);
    table.output_limits.filter(&mut left, |limit| wanted <= limit);
    table.available_from.filter(&mut left, |from| now >= from);
    table.retired_from.filter(&mut left, |since| now < since);
    left
}

/// Keeps those that are in the set of every name.
fn keep_all(left: &mut TargetSet, names: &[String], sets: &HashMap<String, TargetSet>) {
    for name in names {
        match sets.get(name) {
            Some(set) => left.keep_only(set),
            None => *left = TargetSet::default(),
        }
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
