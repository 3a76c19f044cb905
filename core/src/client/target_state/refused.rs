//! Why a target cannot be asked now, and which reason is told where there are several.

use std::time::Duration;

use super::Inner;
use crate::resilience::QuotaRefusal;
use crate::types::limits::Demand;

/// Why a target cannot be asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Background checks of the provider fail.
    Unhealthy,
    Breaker {
        until: Duration,
    },
    Cooldown {
        until: Duration,
    },
    /// By a limit that the provider's responses told.
    Told {
        wait: Duration,
    },
    /// By a limit that the user set.
    Quota(QuotaRefusal),
    /// By the limit of requests at a time that was found out.
    Concurrency {
        limit: u32,
    },
    /// Others came before, and wait for room.
    Line {
        waiting: usize,
    },
}

impl Inner {
    /// Limits of the user first, for they always hold; then what is gravest: of
    /// those that are left alone, one that fails is asked after one that only
    /// wants a pause, so that one which does both must pass for failing.
    pub(super) fn check(&self, now: Duration, demand: &Demand) -> Result<(), Refused> {
        self.quota.check(now, demand).map_err(Refused::Quota)?;
        if let Some(concurrency) = self.concurrency.as_ref().filter(|concurrency| !concurrency.has_room()) {
            return Err(Refused::Concurrency { limit: concurrency.limit() });
        }
        if self.is_unhealthy() {
            return Err(Refused::Unhealthy);
        }
        let until = self.breaker.available_at();
        if until > now {
            return Err(Refused::Breaker { until });
        }
        let until = self.cooldown.available_at();
        if until > now {
            return Err(Refused::Cooldown { until });
        }
        match self.learned.wait(now, demand) {
            Duration::ZERO => Ok(()),
            wait => Err(Refused::Told { wait }),
        }
    }
}

impl Refused {
    /// The one of two that is told: as within one state.
    pub fn graver(self, other: Self) -> Self {
        let rank = |refused: &Self| match refused {
            Self::Quota(_) | Self::Concurrency { .. } => 0,
            Self::Line { .. } => 1,
            Self::Unhealthy | Self::Breaker { .. } => 2,
            Self::Cooldown { .. } | Self::Told { .. } => 3,
        };
        if rank(&other) < rank(&self) { other } else { self }
    }

    /// Whether it is our guess about the target's health, which a try of last
    /// resort overrules, and not a limit that the user set.
    pub const fn is_guess(&self) -> bool {
        matches!(self, Self::Unhealthy | Self::Breaker { .. } | Self::Cooldown { .. } | Self::Told { .. })
    }
}
