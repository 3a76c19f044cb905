//! What makes no sense at any provider, found before anything is sent.
//!
//! Limits of one provider or wire do not go in here: its dialect knows those.

use std::collections::HashSet;

use serde_json::Value;

use super::{ChatRequest, Content, Message, ResponseFormat, Tool};
use crate::error::{Error, Result};

/// The request's own fields, for hints about misspelt ones.
const FIELDS: [&str; 35] = [
    "model",
    "messages",
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "top_p",
    "top_k",
    "n",
    "stop",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "reasoning_effort",
    "reasoning",
    "verbosity",
    "modalities",
    "audio",
    "prediction",
    "metadata",
    "user",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "store",
    "service_tier",
    "web_search_options",
    "stream",
    "stream_options",
];

impl ChatRequest {
    /// Errors: `BadRequestError` with `param` naming the first place that is wrong.
    pub fn validate(&self) -> Result<()> {
        self.validate_names()?;
        if self.messages.is_empty() {
            return Err(Error::bad_request("messages", "messages: at least one message is needed"));
        }
        if self.n == Some(0) {
            return Err(Error::bad_request("n", "n: must be at least 1"));
        }
        if self.max_tokens.is_some()
            && self.max_completion_tokens.is_some()
            && self.max_tokens != self.max_completion_tokens
        {
            return Err(Error::bad_request(
                "max_tokens",
                "max_tokens: is the older name of max_completion_tokens; give one of the two",
            ));
        }
        self.validate_tool_results()?;
        self.validate_content()?;
        self.validate_schemas()
    }

    /// A field that is a typing error away from a known one is a typing error.
    fn validate_names(&self) -> Result<()> {
        for name in self.extra.keys() {
            if let [near, ..] = crate::nearest::nearest(name, FIELDS.into_iter()).as_slice() {
                return Err(Error::bad_request(
                    name.clone(),
                    format!(
                        "unknown parameter `{name}`; did you mean {near}? `extra_body` sends it as it is"
                    ),
                ));
            }
        }
        Ok(())
    }

    fn validate_tool_results(&self) -> Result<()> {
        let mut called: HashSet<&str> = HashSet::new();
        for (index, message) in self.messages.iter().enumerate() {
            match message {
                Message::Assistant(assistant) => {
                    called.extend(assistant.tool_calls.iter().flatten().map(|call| call.id.as_str()));
                }
                Message::Tool(result) if !called.contains(result.tool_call_id.as_str()) => {
                    let place = format!("messages[{index}].tool_call_id");
                    let known = if called.is_empty() {
                        "no assistant message before it calls a tool".to_owned()
                    } else {
                        let mut ids: Vec<_> = called.iter().map(|id| format!("`{id}`")).collect();
                        ids.sort_unstable();
                        format!("the calls before it are {}", ids.join(", "))
                    };
                    return Err(Error::bad_request(
                        place.clone(),
                        format!("{place}: `{}` answers no tool call; {known}", result.tool_call_id),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn validate_content(&self) -> Result<()> {
        for (index, message) in self.messages.iter().enumerate() {
            let content = match message {
                Message::System(message) | Message::Developer(message) => &message.content,
                Message::User(message) => &message.content,
                Message::Tool(message) => &message.content,
                Message::Assistant(_) | Message::Function(_) => continue,
            };
            if matches!(content, Content::Parts(parts) if parts.is_empty()) && message.role() != "tool" {
                let place = format!("messages[{index}].content");
                return Err(Error::bad_request(
                    place.clone(),
                    format!("{place}: at least one part is needed"),
                ));
            }
        }
        Ok(())
    }

    fn validate_schemas(&self) -> Result<()> {
        for (index, tool) in self.tools.iter().flatten().enumerate() {
            if let Tool::Function(tool) = tool {
                let place = format!("tools[{index}].function");
                if tool.function.name.is_empty() {
                    let place = format!("{place}.name");
                    return Err(Error::bad_request(place.clone(), format!("{place}: must not be empty")));
                }
                if let Some(parameters) = &tool.function.parameters {
                    check_schema(parameters, &format!("{place}.parameters"))?;
                }
            }
        }
        if let Some(ResponseFormat::JsonSchema { json_schema }) = &self.response_format
            && let Some(schema) = &json_schema.schema
        {
            check_schema(schema, "response_format.json_schema.schema")?;
        }
        Ok(())
    }
}

/// The JSON types that JSON Schema knows.
const SCHEMA_TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];

/// Checks the keywords that hold other schemas or have a fixed form: what a
/// typing error breaks. Unknown keywords are a schema's right.
fn check_schema(schema: &Value, place: &str) -> Result<()> {
    let wrong = |place: &str, why: &str| {
        Err(Error::bad_request(place, format!("{place}: not a valid JSON Schema: {why}")))
    };
    let fields = match schema {
        Value::Bool(_) => return Ok(()),
        Value::Object(fields) => fields,
        _ => return wrong(place, "expected an object"),
    };
    for (keyword, value) in fields {
        let place = format!("{place}.{keyword}");
        match (keyword.as_str(), value) {
            ("type", Value::String(name)) => check_type(name, &place)?,
            ("type", Value::Array(names)) => {
                for name in names {
                    check_type(name.as_str().unwrap_or_default(), &place)?;
                }
            }
            ("type", _) => return wrong(&place, "expected a name or a list of names"),
            ("properties" | "$defs" | "definitions" | "patternProperties", Value::Object(children)) => {
                for (name, child) in children {
                    check_schema(child, &format!("{place}.{name}"))?;
                }
            }
            ("properties" | "$defs" | "definitions" | "patternProperties", _) => {
                return wrong(&place, "expected an object of schemas");
            }
            ("items" | "not" | "additionalProperties", child @ (Value::Object(_) | Value::Bool(_))) => {
                check_schema(child, &place)?;
            }
            ("items", Value::Array(children))
            | ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(children)) => {
                for (index, child) in children.iter().enumerate() {
                    check_schema(child, &format!("{place}[{index}]"))?;
                }
            }
            ("items" | "not" | "additionalProperties", _) => return wrong(&place, "expected a schema"),
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", _) => {
                return wrong(&place, "expected a list of schemas");
            }
            ("required", Value::Array(names)) if names.iter().all(Value::is_string) => {}
            ("required", _) => return wrong(&place, "expected a list of property names"),
            ("enum", Value::Array(_)) => {}
            ("enum", _) => return wrong(&place, "expected a list of values"),
            _ => {}
        }
    }
    Ok(())
}

fn check_type(name: &str, place: &str) -> Result<()> {
    // Gemini's schema dialect writes them in capitals.
    if SCHEMA_TYPES.contains(&name.to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    Err(Error::bad_request(
        place,
        format!(
            "{place}: not a valid JSON Schema: unknown type `{name}`; allowed: {}",
            SCHEMA_TYPES.join(", ")
        ),
    ))
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
