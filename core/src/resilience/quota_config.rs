//! The limits that a user sets for a provider, key or target.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::types::fields::{is_share, require};
use crate::types::limits::LimitUnit;

/// The settings of a [`Quota`](super::Quota). Every limit is off by default;
/// tokens are input and output together.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QuotaConfig {
    pub requests_per_second: Option<u64>,
    pub requests_per_minute: Option<u64>,
    pub requests_per_day: Option<u64>,
    pub tokens_per_second: Option<u64>,
    pub tokens_per_minute: Option<u64>,
    pub tokens_per_day: Option<u64>,
    /// The share of each limit that may go at once, above 0 and up to 1; the rest
    /// follows evenly. Default 1: the buckets of providers hold their whole limit,
    /// as the headers of OpenAI and Anthropic show. A lower one suits a service
    /// that counts in fixed windows, where a full burst followed by the even flow
    /// may pass up to twice the limit in one window.
    pub burst: f64,
    /// Requests in flight at a time.
    pub concurrency: Option<u32>,
}

impl Default for QuotaConfig {
    fn default() -> Self {
        Self {
            requests_per_second: None,
            requests_per_minute: None,
            requests_per_day: None,
            tokens_per_second: None,
            tokens_per_minute: None,
            tokens_per_day: None,
            burst: 1.0,
            concurrency: None,
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// Name, unit, limit and period of one rate.
type RateFields = (&'static str, LimitUnit, Option<u64>, Duration);

impl QuotaConfig {
    fn fields(&self) -> [RateFields; 6] {
        use LimitUnit::{Requests, Tokens};
        [
            ("requests_per_second", Requests, self.requests_per_second, SECOND),
            ("requests_per_minute", Requests, self.requests_per_minute, MINUTE),
            ("requests_per_day", Requests, self.requests_per_day, DAY),
            ("tokens_per_second", Tokens, self.tokens_per_second, SECOND),
            ("tokens_per_minute", Tokens, self.tokens_per_minute, MINUTE),
            ("tokens_per_day", Tokens, self.tokens_per_day, DAY),
        ]
    }

    /// Name, unit, limit, period and burst of each rate that is set.
    pub(super) fn rates(
        &self,
    ) -> impl Iterator<Item = (&'static str, LimitUnit, u64, Duration, u64)> + use<> {
        let burst = self.burst;
        self.fields()
            .into_iter()
            .filter_map(move |(name, unit, limit, period)| Some((name, unit, limit?, period)))
            .map(move |(name, unit, limit, period)| (name, unit, limit, period, share_of(limit, burst)))
    }

    /// Errors: `ConfigurationError` naming the field below `place`.
    pub fn validate(&self, place: &str) -> Result<()> {
        for (name, _, limit, _) in self.fields() {
            require(limit != Some(0), place, name, "at least 1, or null")?;
        }
        let burst = is_share(self.burst) && self.burst > 0.0;
        require(burst, place, "burst", "a number above 0 and up to 1")?;
        require(self.concurrency != Some(0), place, "concurrency", "at least 1, or null")
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a limit; `as` saturates, and the whole is not rounded"
)]
fn share_of(limit: u64, share: f64) -> u64 {
    if share >= 1.0 { limit } else { ((limit as f64 * share) as u64).max(1) }
}
