//! What is known of targets and providers, kept by name.

use std::collections::HashMap;
use std::sync::Arc;

use super::Target;
use super::clock::Clock;
use super::distance::Distance;
use super::named::Named;
use super::rewards::AllRewards;
use super::target_state::{Scope, TargetSettings, TargetState};
use super::variants::Variants;
use crate::auth::fetched::Cache;
use crate::providers::Provider;
use crate::transport::Transport;

/// The state of every target that was asked, and of every provider.
pub(crate) struct States {
    targets: Named<TargetState>,
    providers: Named<TargetState>,
    /// Fetched credentials, by the identity of their source: providers that ask the same share one.
    credentials: Named<Cache>,
    transport: Arc<dyn Transport>,
    /// By address: they outlive what is known of providers.
    distances: Named<Distance>,
    settings: TargetSettings,
    clock: Clock,
    pub(super) rewards: AllRewards,
    pub(super) variants: Variants,
}

impl States {
    pub fn new(settings: TargetSettings, clock: Clock, transport: Arc<dyn Transport>) -> Self {
        Self {
            targets: Named::default(),
            providers: Named::default(),
            credentials: Named::default(),
            transport,
            distances: Named::default(),
            settings,
            clock,
            rewards: AllRewards::default(),
            variants: Variants::default(),
        }
    }

    /// What time is told by.
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    pub fn of(&self, target: &Target) -> Arc<TargetState> {
        let concurrency = target.provider.adaptive_concurrency.or(self.settings.concurrency);
        let settings = TargetSettings { concurrency, ..self.settings };
        let make = || TargetState::new(Scope::Target, &settings, self.distance(&target.provider));
        self.targets.get_or_make(&target.name(), make)
    }

    /// With the limits that the user set for the provider.
    pub fn of_provider(&self, provider: &Provider) -> Arc<TargetState> {
        let settings = TargetSettings { quota: provider.quota, concurrency: None, ..self.settings };
        let make = || TargetState::new(Scope::Provider, &settings, self.distance(provider));
        self.providers.get_or_make(&provider.id, make)
    }

    fn distance(&self, provider: &Provider) -> Arc<Distance> {
        self.distances.get_or_make(&Distance::address(provider), Distance::default)
    }

    /// What requests to a provider are signed with, where that is fetched.
    pub fn credentials_of(&self, provider: &Provider) -> Option<Arc<Cache>> {
        let source = provider.credentials.as_ref()?;
        let make = || Cache::new(Arc::clone(source), Arc::clone(&self.transport));
        Some(self.credentials.get_or_make(&source.identity().to_string(), make))
    }

    /// Every target that was asked, by name.
    pub fn all(&self) -> Arc<HashMap<String, Arc<TargetState>>> {
        self.targets.all()
    }

    /// The state of the provider of the target called `name`, if it was asked.
    pub fn provider_of(&self, name: &str) -> Option<Arc<TargetState>> {
        let (id, _) = name.split_once('/')?;
        self.providers.all().get(id).map(Arc::clone)
    }

    /// Forgets what is known of a provider and of its targets.
    pub fn forget(&self, provider: &Provider) {
        self.providers.forget(|id| id == provider.id);
        self.targets.forget(|name| name.split_once('/').is_some_and(|(id, _)| id == provider.id));
    }
}
