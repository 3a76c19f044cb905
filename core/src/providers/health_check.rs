//! How a provider is asked in the background whether it works.

use crate::resilience::HealthCheckConfig;
use crate::types::chat::ChatRequest;

/// What is asked, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheckSettings {
    pub probe: HealthProbe,
    pub timing: HealthCheckConfig,
}

/// What a check asks.
#[derive(Clone, Debug, PartialEq)]
pub enum HealthProbe {
    /// A path below the base URL, by GET.
    Path(String),
    /// A chat request, which may cost money.
    Request(Box<ChatRequest>),
}
