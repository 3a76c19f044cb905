//! Providers and kinds as plain data, for people and for tests. No credential.

use serde_json::{Value, json};

use crate::config::Settings;
use crate::providers::Provider;

/// The client's providers, in order.
pub(super) fn providers(settings: &Settings) -> Value {
    settings.providers.iter().map(|provider| one(provider)).collect()
}

fn one(provider: &Provider) -> Value {
    json!({
        "name": provider.name,
        "kind": provider.kind,
        "title": provider.title,
        "dialect": provider.dialect,
        "base_url": provider.base_url,
        "status": provider.status,
        "ready": provider.is_ready(),
        // Where the key is, never the key.
        "api_key_source": provider.api_key_source,
        "api_key_env": provider.api_key_env,
        "models": provider.models,
        "region": provider.region,
        "tags": provider.tags,
    })
}

/// Every kind: what it is, what stands behind its facts, whether it is ready.
pub(super) fn kinds(settings: &Settings) -> Value {
    settings
        .kinds
        .iter()
        .map(|(name, kind)| {
            json!({
                "kind": name,
                "title": kind.title,
                "dialect": kind.dialect,
                "base_url": kind.base_url,
                "api_key_env": kind.api_key_env,
                "api_key_optional": kind.api_key_optional,
                "documentation": kind.documentation,
                "verified": kind.verified,
                "ready": settings.providers.iter().any(|provider| provider.kind == name && provider.is_ready()),
            })
        })
        .collect()
}
