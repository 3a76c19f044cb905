//! Limits, identity, tiers, the wire's own fields, and what it cannot say.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::dialects::unsaid::refuse_unsaid;
use crate::error::{Error, Result};
use crate::types::chat::ChatRequest;
use crate::types::trace::TranslationAction;

/// Fields of the wire without a place in the common shape, sent as they are
/// (schemas `CreateMessageParams` and `BetaCreateMessageParams`).
const NATIVE_FIELDS: [&str; 10] = [
    "cache_control",
    "container",
    "context_management",
    "inference_geo",
    "mcp_servers",
    "output_config",
    "output_format",
    "speed",
    "thinking",
    "user_profile_id",
];

/// `max_tokens`, which the wire requires, and where to stop.
pub(super) fn limits(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    let max_tokens = match (request.max_completion_tokens, request.max_tokens) {
        (Some(new), Some(old)) if new != old => {
            return Err(Error::bad_request(
                "max_tokens",
                "`max_tokens` and `max_completion_tokens` differ: give one of the two",
            ));
        }
        (Some(limit), _) | (None, Some(limit)) => limit,
        (None, None) => {
            let limit = encoder.generation.default_max_tokens();
            encoder.translator.note(
                "max_tokens",
                TranslationAction::Added,
                format!("the wire requires a limit and none was given: {limit}"),
            );
            limit
        }
    };
    encoder.set("max_tokens", max_tokens);
    if let Some(stop) = &request.stop
        && !stop.texts().is_empty()
    {
        encoder.set("stop_sequences", stop.texts());
    }
    Ok(())
}

/// Unknown top-level fields: the wire's own pass, others are refused.
pub(super) fn native_fields(extra: &Map<String, Value>, encoder: &mut Encoder<'_>) -> Result<()> {
    for (key, value) in extra {
        if NATIVE_FIELDS.contains(&key.as_str()) {
            encoder.set(key, value.clone());
        } else {
            encoder.translator.unsupported(key.as_str(), "the messages wire has no such field")?;
        }
    }
    // docs.claude.com "Context editing" and "MCP connector"; the header of the
    // former is in recorded traffic, the two of the latter are unverified.
    if extra.contains_key("context_management") {
        encoder.betas.insert("context-management-2025-06-27");
    }
    if let Some(servers) = extra.get("mcp_servers").and_then(Value::as_array) {
        // The older form configures tools in the server's own entry, the newer by a toolset.
        let older = servers.iter().any(|server| server.get("tool_configuration").is_some());
        encoder.betas.insert(if older { "mcp-client-2025-04-04" } else { "mcp-client-2025-11-20" });
    }
    Ok(())
}

/// Identity and tier, then everything that the wire has no word for.
pub(super) fn rest(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    metadata(request, encoder)?;
    service_tier(request, encoder)?;
    let translator = &mut encoder.translator;

    translator.drop_cache_hints(request, "a hint that the wire lacks; it caches by `cache_control`");

    let search = "give the wire's own search tool in `tools`, such as `web_search_20250305`";
    refuse_unsaid(request, search, translator)
}

/// `metadata` of the wire holds the end user's id alone.
fn metadata(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    let mut user = request.safety_identifier.clone();
    if let Some(given) = &request.user {
        match &user {
            Some(id) if id != given => encoder.translator.note(
                "user",
                TranslationAction::Dropped,
                "the wire has one id of the end user; `safety_identifier` is it",
            ),
            _ => user = Some(given.clone()),
        }
    }
    for (key, value) in request.metadata.iter().flatten() {
        match (key.as_str(), value) {
            ("user_id", Value::String(id)) => user = Some(id.clone()),
            _ => encoder
                .translator
                .unsupported(format!("metadata.{key}"), "the wire's metadata is `user_id` alone")?,
        }
    }
    if let Some(user) = user {
        encoder.set("metadata", json!({ "user_id": user }));
    }
    Ok(())
}

fn service_tier(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    match request.service_tier.as_deref() {
        None => {}
        Some(tier @ ("auto" | "standard_only")) => encoder.set("service_tier", tier),
        Some("default") => {
            encoder.set("service_tier", "standard_only");
            encoder.translator.note(
                "service_tier",
                TranslationAction::Renamed,
                "`default` is `standard_only` here",
            );
        }
        Some(other) => encoder
            .translator
            .unsupported("service_tier", format!("`{other}`: the wire takes auto or standard_only"))?,
    }
    Ok(())
}
