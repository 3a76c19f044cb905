//! Exclusions and shortages as sentences.

use std::fmt;

use super::{Exclusion, QuotaOf, Shortage};
use crate::types::provider::ProviderStatus;

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status: ProviderStatus::Draft } => {
                f.write_str("its provider is a draft, and was not asked for by name")
            }
            Self::Status { .. } => f.write_str("its provider is inactive"),
            Self::Provider { wanted } => write!(f, "provider `{wanted}` was asked for"),
            Self::Tag { missing } => write!(f, "it does not carry the tag `{missing}`"),
            Self::Region { wanted, region: Some(region) } => {
                write!(f, "it is in region `{region}`, and `{wanted}` was asked for")
            }
            Self::Region { wanted, region: None } => {
                write!(f, "its region is not known, and `{wanted}` was asked for")
            }
            Self::Residency { allowed, jurisdiction: Some(jurisdiction) } => {
                write!(f, "it processes data in `{jurisdiction}`; allowed: {}", quoted(allowed))
            }
            Self::Residency { allowed, jurisdiction: None } => {
                write!(f, "it does not say where it processes data; allowed: {}", quoted(allowed))
            }
            Self::DataPolicy { missing } => write!(f, "it does not promise `{missing}`"),
            Self::Degraded => f.write_str("it is a degradation, and `allow_degraded` is false"),
            Self::Capability { missing } => write!(f, "it does not support {}", missing.words()),
            Self::ContextWindow { window, needed } => {
                write!(f, "an estimated {needed} tokens do not fit its context window of {window}")
            }
            Self::OutputLimit { limit, wanted } => {
                write!(f, "{wanted} tokens of output are asked for; it gives {limit} at most")
            }
            Self::NotYet { from } => write!(f, "it is served from {from} (seconds since 1970)"),
            Self::Retired { since } => write!(f, "it is retired since {since} (seconds since 1970)"),
        }
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Breaker { .. } => f.write_str("it failed too often of late"),
            Self::Unhealthy => f.write_str("the health checks of its provider fail"),
            Self::Cooldown { .. } => f.write_str("the provider asked to wait"),
            Self::Quota { of: QuotaOf::Requests, .. } => f.write_str("its quota of requests is used up"),
            Self::Quota { of: QuotaOf::Tokens, .. } => f.write_str("its quota of tokens is used up"),
            Self::Concurrency { limit } => write!(f, "{limit} requests are in flight, as many as allowed"),
            Self::Queue { waiting } => write!(f, "{waiting} requests came before and wait for room"),
            Self::Budget { .. } => f.write_str("its spending limit is reached"),
        }?;
        match self.until() {
            Some(until) => write!(f, ", until {until} (seconds since 1970)"),
            None => Ok(()),
        }
    }
}

impl Shortage {
    /// When it ends, in seconds since 1970, where known.
    #[must_use]
    pub const fn until(&self) -> Option<f64> {
        match self {
            Self::Breaker { until }
            | Self::Cooldown { until }
            | Self::Quota { until, .. }
            | Self::Budget { until } => *until,
            Self::Unhealthy | Self::Concurrency { .. } | Self::Queue { .. } => None,
        }
    }

    /// Whether it is our guess about the target's health, and not a limit that
    /// was declared: only a guess may be overruled when nothing else is left.
    #[must_use]
    pub const fn is_guess(&self) -> bool {
        matches!(self, Self::Breaker { .. } | Self::Unhealthy | Self::Cooldown { .. })
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
