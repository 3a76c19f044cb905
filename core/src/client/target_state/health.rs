//! What background checks found of a provider.

use std::time::Duration;

use super::{Inner, TargetState};
use crate::client::lock::lock;
use crate::resilience::{HealthCheck, HealthCheckConfig, NextCheck};
use crate::routing::state::Used;
use crate::types::stats::HealthStats;

/// The checks of a provider, and what they showed.
pub(super) struct Checks {
    config: HealthCheckConfig,
    check: HealthCheck,
    stats: HealthStats,
}

impl Checks {
    pub const fn is_healthy(&self) -> bool {
        self.check.healthy()
    }

    fn failed(&mut self, why: String) {
        self.stats.failures += 1;
        self.stats.last_failure = Some(why);
    }
}

impl TargetState {
    /// Checks begin, or go on after a pause: what was found before holds.
    pub fn begin_checks(&self, config: HealthCheckConfig, now: Duration, random: &mut fastrand::Rng) {
        let mut inner = lock(&self.inner);
        let health = inner.health.get_or_insert_with(|| Checks {
            config,
            check: HealthCheck::new(config, now, random),
            stats: HealthStats::default(),
        });
        health.check.abandon();
    }

    /// What to do about the checks now; none where they have not begun.
    pub fn next_check(&self, now: Duration) -> Option<NextCheck> {
        let mut inner = lock(&self.inner);
        let health = inner.health.as_mut()?;
        let next = health.check.next(now);
        match next {
            NextCheck::Start { .. } => health.stats.checks += 1,
            NextCheck::TimedOut { .. } => {
                health.failed(format!("no answer within {} s", health.config.timeout.as_secs_f64()));
                self.publish(&inner);
            }
            NextCheck::At(_) => {}
        }
        Some(next)
    }

    /// Check `number` ended; what it took, or why it failed.
    pub fn checked(&self, now: Duration, number: u64, result: Result<Option<Used>, String>) {
        let mut inner = lock(&self.inner);
        let Some(health) = &mut inner.health else { return };
        health.check.finished(number, result.is_ok());
        match result {
            Ok(used) => {
                let stats = &mut health.stats;
                let used = used.unwrap_or_default();
                stats.input_tokens += used.input_tokens;
                stats.output_tokens += used.output_tokens;
                stats.cost += used.cost.unwrap_or_default();
            }
            Err(why) => health.failed(why),
        }
        self.publish(&inner);
        drop(inner);
        // Some may wait for it to be well again.
        self.line.advance(now, self);
    }

    /// What checks found, where there are any.
    pub fn health(&self) -> Option<HealthStats> {
        let inner = lock(&self.inner);
        let health = inner.health.as_ref()?;
        Some(HealthStats { healthy: health.is_healthy(), ..health.stats.clone() })
    }
}

impl Inner {
    pub(super) fn is_unhealthy(&self) -> bool {
        self.health.as_ref().is_some_and(|health| !health.is_healthy())
    }
}
