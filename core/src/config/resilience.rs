//! How a client treats failures, in its configuration.

use serde::Deserialize;

use crate::error::Result;
use crate::resilience::{
    Backoff, BreakerConfig, ConcurrencyConfig, CooldownConfig, HedgeConfig, QueueConfig, RetryBudgetConfig,
    StreamRecovery,
};
use crate::routing::state::LatencyConfig;

/// How a client treats failures. Everything has a default.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ResilienceConfig {
    /// The waits between retries.
    pub retry: Backoff,
    /// How many retries and hedges the client as a whole may make.
    pub retry_budget: RetryBudgetConfig,
    /// When a target that fails is left alone.
    pub breaker: BreakerConfig,
    /// How long one that asked for it is left alone.
    pub cooldown: CooldownConfig,
    /// What is expected of targets that were not asked yet, and how fast it changes.
    pub latency: LatencyConfig,
    /// Second attempts beside slow ones.
    pub hedge: HedgeConfig,
    /// How many requests at a time each target gets, found out by trying. Default
    /// null: as many as come. `{}` is on with its defaults.
    pub adaptive_concurrency: Option<ConcurrencyConfig>,
    /// Waiting for limits that the user set.
    pub queue: QueueConfig,
    /// What is done with a stream that breaks after its first content. Default `error`.
    pub stream_recovery: StreamRecovery,
}

impl ResilienceConfig {
    /// Errors: `ConfigurationError` naming the place.
    pub fn validate(&self) -> Result<()> {
        self.retry.validate("resilience.retry")?;
        self.retry_budget.validate("resilience.retry_budget")?;
        self.breaker.validate("resilience.breaker")?;
        self.cooldown.validate("resilience.cooldown")?;
        self.latency.validate("resilience.latency")?;
        self.hedge.validate("resilience.hedge")?;
        if let Some(concurrency) = &self.adaptive_concurrency {
            concurrency.validate("resilience.adaptive_concurrency")?;
        }
        self.queue.validate("resilience.queue")
    }
}
