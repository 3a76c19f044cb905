//! The targets of a route as columns: what is known of them before any request.
//!
//! Built when a route is set, shared by all its requests, never changed. A
//! filter on it costs a few word operations for any number of targets. Nothing
//! that is learned while running goes in here.

use std::collections::HashMap;

use super::plain::region_key;
use super::stable_hash::stable_hash;
use super::target_set::TargetSet;
use crate::types::provider::ProviderStatus;
use crate::types::routing::{Capability, TargetFacts};

/// A target of a route, and its tier there: 1 is used first.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub facts: TargetFacts,
    pub tier: u32,
}

/// The targets of one route, in its order.
#[derive(Clone, Debug, Default)]
pub struct TargetTable {
    members: Vec<Member>,
    keys: Vec<u64>,
    regions: Vec<u64>,
    /// Of each tier that has targets, the first first.
    tiers: Vec<TargetSet>,
    pub(super) active: TargetSet,
    pub(super) drafts: TargetSet,
    pub(super) degraded: TargetSet,
    /// By the capability's place in `Capability::ALL`.
    pub(super) lacking: Vec<TargetSet>,
    pub(super) of_provider: HashMap<String, TargetSet>,
    pub(super) tagged: HashMap<String, TargetSet>,
    pub(super) in_region: HashMap<String, TargetSet>,
    pub(super) in_jurisdiction: HashMap<String, TargetSet>,
    pub(super) promising: HashMap<String, TargetSet>,
    /// Unknown limits are above every request.
    pub(super) windows: Column<u64>,
    pub(super) output_limits: Column<u64>,
    pub(super) retired_from: Column<f64>,
    pub(super) available_from: Column<f64>,
}

/// One number of each target, and the one that most requests are within.
#[derive(Clone, Debug, Default)]
pub(super) struct Column<N> {
    values: Vec<N>,
    strictest: Option<N>,
}

impl<N: Copy + PartialOrd> Column<N> {
    /// `strictest`: whether the first of two is the harder one to meet.
    fn new(values: Vec<N>, stricter: impl Fn(&N, &N) -> bool) -> Self {
        let strictest =
            values.iter().copied().reduce(|most, value| if stricter(&value, &most) { value } else { most });
        Self { values, strictest }
    }

    /// Takes out of `left` those whose value does not meet `meets`.
    pub(super) fn filter(&self, left: &mut TargetSet, meets: impl Fn(N) -> bool) {
        if self.strictest.is_none_or(&meets) {
            return;
        }
        for (index, value) in self.values.iter().enumerate() {
            if !meets(*value) {
                left.remove(index as u32);
            }
        }
    }
}

impl TargetTable {
    #[must_use]
    pub fn new(members: Vec<Member>) -> Self {
        let length = members.len();
        let of = |holds: &dyn Fn(&TargetFacts) -> bool| {
            TargetSet::of(length, |index| members.get(index).is_some_and(|member| holds(&member.facts)))
        };
        let by = |names: &dyn Fn(&TargetFacts) -> Vec<String>| {
            let mut sets: HashMap<String, TargetSet> = HashMap::new();
            for (index, member) in members.iter().enumerate() {
                for name in names(&member.facts) {
                    sets.entry(name).or_insert_with(|| TargetSet::none(length)).insert(index as u32);
                }
            }
            sets
        };
        let limits = |limit: &dyn Fn(&TargetFacts) -> Option<u64>| {
            let values = members.iter().map(|member| limit(&member.facts).unwrap_or(u64::MAX)).collect();
            Column::new(values, |a, b| a < b)
        };
        let instants = |instant: &dyn Fn(&TargetFacts) -> f64, stricter: fn(&f64, &f64) -> bool| {
            Column::new(members.iter().map(|member| instant(&member.facts)).collect(), stricter)
        };
        let mut tiers: Vec<u32> = members.iter().map(|member| member.tier).collect();
        tiers.sort_unstable();
        tiers.dedup();
        let in_tier = |tier: u32| {
            TargetSet::of(length, |index| members.get(index).is_some_and(|member| member.tier == tier))
        };
        Self {
            keys: members.iter().map(|member| stable_hash(member.facts.name.as_bytes(), 0)).collect(),
            regions: members.iter().map(|member| region_key(member.facts.region.as_deref())).collect(),
            tiers: tiers.into_iter().map(in_tier).collect(),
            active: of(&|facts| facts.status == ProviderStatus::Active),
            drafts: of(&|facts| facts.status == ProviderStatus::Draft),
            degraded: of(&|facts| facts.degraded),
            lacking: Capability::ALL
                .into_iter()
                .map(|capability| of(&|facts| facts.lacks.contains(capability)))
                .collect(),
            of_provider: by(&|facts| vec![facts.provider.clone()]),
            tagged: by(&|facts| facts.tags.clone()),
            in_region: by(&|facts| facts.region.iter().cloned().collect()),
            in_jurisdiction: by(&|facts| facts.jurisdiction.iter().cloned().collect()),
            promising: by(&|facts| facts.data_policies.clone()),
            windows: limits(&|facts| facts.context_window),
            output_limits: limits(&|facts| facts.output_limit),
            retired_from: instants(&|facts| facts.retired_from.unwrap_or(f64::INFINITY), |a, b| a < b),
            available_from: instants(&|facts| facts.available_from.unwrap_or(f64::NEG_INFINITY), |a, b| {
                a > b
            }),
            members,
        }
    }

    /// How many targets there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.members.len()
    }

    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Whether a target has `capability`, as far as is known.
    #[must_use]
    pub fn some_has(&self, capability: Capability) -> bool {
        self.members.iter().any(|member| !member.facts.lacks.contains(capability))
    }

    /// `provider/model`; empty for a target that is not there.
    #[must_use]
    pub fn name(&self, index: u32) -> &str {
        self.members.get(index as usize).map_or("", |member| &member.facts.name)
    }

    /// What [`Targets::key`](super::Targets::key) gives.
    #[must_use]
    pub fn key(&self, index: u32) -> u64 {
        self.keys.get(index as usize).copied().unwrap_or(0)
    }

    /// What [`Targets::region`](super::Targets::region) gives.
    #[must_use]
    pub fn region(&self, index: u32) -> u64 {
        self.regions.get(index as usize).copied().unwrap_or(0)
    }

    /// The numbers of the tiers, in the order of use.
    pub fn tier_numbers(&self) -> impl Iterator<Item = u32> {
        self.tiers.iter().filter_map(|tier| Some(self.members.get(tier.iter().next()? as usize)?.tier))
    }

    /// The targets of each tier, the first tier first.
    #[must_use]
    pub fn tiers(&self) -> &[TargetSet] {
        &self.tiers
    }
}
