//! Changes to the declaration of a provider.

use serde_json::{Map, Value};

use super::provider::ProviderConfig;
use super::read;
use crate::error::{Error, Result};

/// `config` with the fields of `changes` in place of its own; null: the default.
///
/// Errors: `ConfigurationError` naming the place.
pub(super) fn update(config: ProviderConfig, changes: Map<String, Value>) -> Result<ProviderConfig> {
    let fields: Vec<String> = changes.keys().cloned().collect();
    let mut given: Map<String, Value> = changes.into_iter().filter(|(_, value)| !value.is_null()).collect();
    // Read as a whole declaration, whose kind alone must be there.
    given.entry("kind").or_insert_with(|| Value::String(config.kind.clone()));
    let changed: ProviderConfig = read(Value::Object(given), "")?;
    let mut updated = config;
    for field in fields {
        take(&mut updated, &changed, &field)?;
    }
    Ok(updated)
}

/// Writes the taking of each field once.
macro_rules! fields {
    ($updated:ident, $changed:ident, $name:ident, [$($field:ident),* $(,)?]) => {
        match $name {
            $(stringify!($field) => $updated.$field.clone_from(&$changed.$field),)*
            other => return Err(Error::configuration(other, format!("{other}: cannot be changed"))),
        }
    };
}

fn take(updated: &mut ProviderConfig, changed: &ProviderConfig, name: &str) -> Result<()> {
    match name {
        // Routes and requests name it: another name is another provider.
        "name" if changed.name() != updated.name() => {
            let message = "name: cannot be changed; add a provider of the new name and remove this one";
            return Err(Error::configuration("name", message));
        }
        "name" => {}
        // One form of the key replaces the other.
        "api_key" | "api_keys" => {
            updated.api_key.clone_from(&changed.api_key);
            updated.api_keys.clone_from(&changed.api_keys);
        }
        name => fields!(
            updated,
            changed,
            name,
            [
                kind,
                api_key_env,
                base_url,
                variables,
                dialect,
                auth,
                headers,
                query,
                quirks,
                status,
                models,
                prices,
                operations,
                tls,
                timeout,
                max_retries,
                quota,
                adaptive_concurrency,
                health_check,
                region,
                jurisdiction,
                data_policies,
                tags,
            ]
        ),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn updated(changes: Value) -> Result<ProviderConfig> {
        let before = json!({ "name": "a", "kind": "openai", "api_key": "k", "tags": ["x"], "region": "eu" });
        let Value::Object(changes) = changes else { unreachable!() };
        update(read(before, "").unwrap(), changes)
    }

    #[test]
    fn what_is_not_named_stays() {
        let config = updated(json!({ "region": null, "tags": ["y"] })).unwrap();
        assert_eq!((config.region.as_deref(), config.tags.as_slice()), (None, &["y".to_owned()][..]));
        assert!(config.api_key.is_some());
    }

    #[test]
    fn every_field_can_be_changed_but_the_name() {
        for field in [
            "kind",
            "api_key",
            "api_keys",
            "api_key_env",
            "base_url",
            "variables",
            "dialect",
            "auth",
            "headers",
            "query",
            "quirks",
            "status",
            "models",
            "prices",
            "operations",
            "timeout",
            "max_retries",
            "quota",
            "adaptive_concurrency",
            "health_check",
            "region",
            "jurisdiction",
            "data_policies",
            "tags",
        ] {
            let mut changes = Map::new();
            changes.insert(field.to_owned(), Value::Null);
            assert!(updated(Value::Object(changes)).is_ok(), "{field}");
        }
        assert_eq!(updated(json!({ "name": "b" })).unwrap_err().param.as_deref(), Some("name"));
        assert_eq!(updated(json!({ "regoin": "b" })).unwrap_err().param.as_deref(), Some("regoin"));
    }
}
