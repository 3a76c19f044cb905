//! What a request is sent to, and what routing is told of it.

use std::sync::Arc;

use crate::error::Error;
use crate::providers::{Kinds, Provider};
use crate::routing::{KindFacts, ProviderFacts};
use crate::types::provider::ProviderStatus;

/// One provider and one upstream model: what a request is sent to.
#[derive(Clone, Debug)]
pub struct Target {
    pub provider: Arc<Provider>,
    /// The model in the provider's words.
    pub model: String,
}

impl Target {
    /// `provider/model`; with several keys of one provider, `provider#2/model` for
    /// the second.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.provider.id, self.model)
    }
}

impl ProviderFacts for Provider {
    fn name(&self) -> &str {
        &self.name
    }
    fn kind(&self) -> &str {
        &self.kind
    }
    fn status(&self) -> ProviderStatus {
        self.status
    }
    fn models(&self) -> &[String] {
        &self.models
    }
    fn is_ready(&self) -> bool {
        self.is_ready()
    }
    fn api_key_env(&self) -> &[String] {
        &self.api_key_env
    }
}

impl KindFacts for Kinds {
    fn api_key_env(&self, kind: &str) -> Option<&[String]> {
        self.get(kind).map(|row| row.api_key_env.as_slice())
    }
    fn unknown(&self, param: &str, kind: &str) -> Error {
        self.unknown(param, kind)
    }
}
