//! The wire's own fields, identity, tiers, and what it cannot say.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::dialects::unsaid::refuse_unsaid;
use crate::error::Result;
use crate::types::chat::ChatRequest;
use crate::types::trace::TranslationAction;

/// Fields of the wire without a place in the common shape, sent as they are (schema
/// `ConverseRequest`).
const NATIVE_FIELDS: [&str; 8] = [
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "guardrailConfig",
    "outputConfig",
    "performanceConfig",
    "promptVariables",
    "requestMetadata",
    "serviceTier",
];

/// Unknown top-level fields: the wire's own pass; others are the model's, and the wire
/// has a place for those.
pub(super) fn native_fields(extra: &Map<String, Value>, encoder: &mut Encoder<'_>) -> Result<()> {
    for (key, value) in extra.iter().filter(|(key, _)| NATIVE_FIELDS.contains(&key.as_str())) {
        encoder.set(key, value.clone());
    }
    for (key, value) in extra.iter().filter(|(key, _)| !NATIVE_FIELDS.contains(&key.as_str())) {
        encoder.set_additional(key, value.clone(), key)?;
        let detail = "sent among `additionalModelRequestFields`, which the wire hands on to the model";
        encoder.translator.note(key, TranslationAction::Renamed, detail);
    }
    Ok(())
}

/// Identity and tier, then everything that the wire has no word for.
pub(super) fn rest(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    metadata(request, encoder)?;
    service_tier(request, encoder)?;
    for (name, given) in [("user", &request.user), ("safety_identifier", &request.safety_identifier)] {
        if given.is_some() {
            let detail = "the wire takes no id of the end user; `metadata` labels a request";
            encoder.translator.unsupported(name, detail)?;
        }
    }
    let hint = "a hint that the wire lacks; it caches by cache points, from `cache_control`";
    encoder.translator.drop_cache_hints(request, hint);
    let search = "the wire has no search of its own; a model's tool of the service goes into `tools`";
    refuse_unsaid(request, search, &mut encoder.translator)
}

/// `requestMetadata`: texts by which logs can be filtered.
fn metadata(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    for (key, value) in request.metadata.iter().flatten() {
        let at = format!("metadata.{key}");
        match value {
            Value::String(text) => encoder.set_within("requestMetadata", key, text.as_str(), &at)?,
            _ => encoder.translator.unsupported(at, "the wire's `requestMetadata` is texts alone")?,
        }
    }
    Ok(())
}

/// Schema `ServiceTierType`. `auto` asks for what happens anyway.
fn service_tier(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    match request.service_tier.as_deref() {
        None | Some("auto") => Ok(()),
        Some(tier @ ("default" | "priority" | "flex" | "reserved")) => {
            encoder.set("serviceTier", json!({ "type": tier }));
            Ok(())
        }
        Some(other) => encoder.translator.unsupported(
            "service_tier",
            format!("`{other}`: the wire takes default, priority, flex or reserved"),
        ),
    }
}
