//! Shadows: copies of requests to another route, whose answers nobody waits for.
//!
//! A copy is sent only where there is room for it at once, or in a short queue;
//! else it is dropped. So the request itself is never delayed, and
//! a slow shadow costs at most so many connections and so much memory. Only the
//! decision is here; what sends and counts the copies, and keeps their errors away from the
//! reply, is elsewhere.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::types::fields::{require, seconds};

/// Shadow copies, as they are set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShadowConfig {
    /// The route or target that gets the copies.
    pub to: String,
    /// Percent of the requests that are copied, above 0 and up to 100. No default:
    /// each copy costs what its request costs.
    pub share: f64,
    /// Copies under way at a time. Default 4.
    #[serde(default = "default_in_flight")]
    pub max_in_flight: u32,
    /// Copies that wait for one of those to end. Default 0: a copy that waits keeps
    /// its whole request in memory.
    #[serde(default)]
    pub max_queue: u32,
    /// Seconds that a copy has, waiting included. Default 60.
    #[serde(default = "default_timeout", with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub timeout: Duration,
}

const fn default_in_flight() -> u32 {
    4
}

const fn default_timeout() -> Duration {
    Duration::from_secs(60)
}

/// What becomes of a request's copy. `deadline` is when the copy must have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShadowDecision {
    /// The draw did not fall on it: there is none.
    None,
    Send {
        deadline: Duration,
    },
    /// To be sent when one of those under way ends, if its deadline is not past.
    Wait {
        deadline: Duration,
    },
    /// There was no room.
    Dropped,
}

/// Checked settings.
#[derive(Debug)]
pub struct Shadows {
    config: ShadowConfig,
}

impl Shadows {
    /// `place`: where the settings stand in the configuration, such as `routes.smart.shadow`.
    ///
    /// Errors: `ConfigurationError` at the first thing that is wrong.
    pub fn new(config: ShadowConfig, place: &str) -> Result<Self> {
        require(!config.to.trim().is_empty(), place, "to", "the name of a route or target")?;
        let share = config.share > 0.0 && config.share <= 100.0;
        require(share, place, "share", "a percentage, a number above 0 and up to 100")?;
        require(config.max_in_flight > 0, place, "max_in_flight", "at least 1")?;
        require(!config.timeout.is_zero(), place, "timeout", "a positive number of seconds")?;
        Ok(Self { config })
    }

    /// Whether a request with this draw, in 0 ≤ x < 1, is one of the share.
    #[must_use]
    pub fn is_drawn(&self, draw: f64) -> bool {
        // Not a number: not drawn.
        draw * 100.0 < self.config.share
    }

    /// Whether a request is copied now. `draw`: a number in 0 ≤ x < 1, the request's
    /// own. `in_flight`, `queued`: copies of this shadow that are. To be asked under
    /// whatever guards those two, that no two requests take one place.
    pub fn decide(&self, now: Duration, draw: f64, in_flight: u32, queued: u32) -> ShadowDecision {
        let deadline = now.saturating_add(self.config.timeout);
        if !self.is_drawn(draw) {
            ShadowDecision::None
        } else if in_flight < self.config.max_in_flight {
            ShadowDecision::Send { deadline }
        } else if queued < self.config.max_queue {
            ShadowDecision::Wait { deadline }
        } else {
            ShadowDecision::Dropped
        }
    }

    /// Whether a copy that waited is still sent, now that there is room.
    #[must_use]
    pub fn resume(&self, now: Duration, deadline: Duration) -> bool {
        now < deadline
    }

    #[must_use]
    pub const fn config(&self) -> &ShadowConfig {
        &self.config
    }
}

#[cfg(test)]
#[path = "shadow_tests.rs"]
mod tests;
