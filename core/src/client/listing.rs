//! Providers and kinds as plain data, for people and for tests. No credential.

use serde_json::{Value, json};

use crate::config::{CheckedRoute, Inventory};
use crate::dialects::{DialectName, Quirks};
use crate::providers::Provider;
use crate::providers::capabilities::capabilities;

/// The client's providers, in order.
pub(super) fn providers(inventory: &Inventory) -> Value {
    let declared = inventory.providers.iter().filter(|provider| provider.id == provider.name);
    declared.map(|provider| one(provider, inventory)).collect()
}

fn one(provider: &Provider, inventory: &Inventory) -> Value {
    let keys = inventory.providers.iter().filter(|other| other.name == provider.name).count();
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
        // How many of them take turns; one, or none, counts as one.
        "api_keys": keys,
        "models": provider.models.iter().filter(|name| !provider.operations.contains_key(*name)).collect::<Vec<_>>(),
        "operations": provider.operations.keys().collect::<Vec<_>>(),
        "capabilities": can(&provider.kind, provider.dialect, &provider.quirks),
        "region": provider.region,
        "tags": provider.tags,
    })
}

/// The operations and features of a kind, each with what stands behind it.
fn can(kind: &str, wire: DialectName, quirks: &Quirks) -> Value {
    capabilities(kind, wire, quirks).map_or(Value::Null, |can| json!(can))
}

/// Every kind: what it is, what it can do and what stands behind that, whether it is ready.
pub(super) fn kinds(inventory: &Inventory) -> Value {
    inventory
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
                "capabilities": can(name, kind.dialect, &kind.quirks),
                "ready": inventory.providers.iter().any(|provider| provider.kind == name && provider.is_ready()),
            })
        })
        .collect()
}

/// Every route as it was declared, with its name.
pub(super) fn routes(inventory: &Inventory) -> Value {
    let one = |(name, checked): (&String, &CheckedRoute)| {
        let mut route = json!({ "name": name, "default": inventory.default_route.as_ref() == Some(name) });
        if let (Value::Object(route), Ok(Value::Object(config))) =
            (&mut route, serde_json::to_value(&checked.config))
        {
            route.extend(config);
        }
        route
    };
    inventory.routes.iter().map(one).collect()
}
