//! The form of the answer.
//!
//! A schema is said natively (`output_config.format`, generally available and
//! without a beta header: platform.claude.com/docs "Structured outputs") where the
//! model takes it and the schema is one the service accepts. Otherwise the answer
//! is had as the input of a reserved tool, which decoding turns back into content.

use serde_json::{Value, json};

use super::{Encoder, thinking, tools};
use crate::dialects::anthropic::JSON_TOOL;
use crate::error::Result;
use crate::types::chat::{ChatRequest, JsonSchemaFormat, ResponseFormat, ToolChoice};
use crate::types::trace::TranslationAction;

const PARAM: &str = "response_format";

pub(super) fn response_format(request: &ChatRequest, thinks: bool, encoder: &mut Encoder<'_>) -> Result<()> {
    tools::free_choice(encoder)?;
    match &request.response_format {
        None | Some(ResponseFormat::Text) => Ok(()),
        Some(ResponseFormat::JsonObject) => {
            let schema = json!({ "type": "object", "additionalProperties": true });
            by_tool(request, schema, "Give the whole answer as one JSON object.", thinks, encoder);
            Ok(())
        }
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            json_schema_format(request, json_schema, thinks, encoder)
        }
        Some(ResponseFormat::Other(_)) => {
            encoder.translator.unsupported("response_format.type", "the wire takes text and json_schema")
        }
    }
}

fn json_schema_format(
    request: &ChatRequest,
    format: &JsonSchemaFormat,
    thinks: bool,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    let schema = tools::input_schema(format.schema.as_ref());
    // The service refuses an object open to other properties. A caller who asked
    // for `strict` learns that from it; one who did not gets the tool.
    if encoder.generation.structured_output() && (format.strict == Some(true) || is_closed(&schema)) {
        return thinking::output_config(
            encoder,
            PARAM,
            "format",
            json!({ "type": "json_schema", "schema": schema }),
        );
    }
    let description = format.description.clone();
    let description = description.unwrap_or_else(|| format!("Give the whole answer as `{}`.", format.name));
    by_tool(request, schema, &description, thinks, encoder);
    Ok(())
}

fn by_tool(request: &ChatRequest, schema: Value, description: &str, thinks: bool, encoder: &mut Encoder<'_>) {
    let tool = json!({ "name": JSON_TOOL, "description": description, "input_schema": schema });
    let tools = encoder.body.entry("tools").or_insert_with(|| Value::Array(Vec::new()));
    let mut others = false;
    if let Some(tools) = tools.as_array_mut() {
        others = !tools.is_empty();
        tools.push(tool);
    }
    // One answer is asked for, so one call. Where other tools may be called as well,
    // how many is the caller's to say.
    let answer = || json!({ "type": "tool", "name": JSON_TOOL, "disable_parallel_tool_use": true });
    let forced = match &request.tool_choice {
        // A tool that the caller forces is this turn's answer.
        Some(ToolChoice::Function(_) | ToolChoice::Other(_)) => None,
        _ if thinks => Some(json!({ "type": "auto" })),
        Some(ToolChoice::None) => Some(answer()),
        _ if others => Some(json!({ "type": "any" })),
        _ => Some(answer()),
    };
    if let Some(mut choice) = forced {
        if let (Some(choice), Some(single)) = (
            choice.as_object_mut(),
            encoder.body.get("tool_choice").and_then(|choice| choice.get("disable_parallel_tool_use")),
        ) {
            choice.insert("disable_parallel_tool_use".to_owned(), single.clone());
        }
        encoder.set("tool_choice", choice);
    }
    let how = if matches!(&request.tool_choice, Some(ToolChoice::Function(_) | ToolChoice::Other(_))) {
        "offered beside the tool that is asked for"
    } else if thinks {
        "offered, since none can be forced with thinking on"
    } else {
        "forced"
    };
    encoder.translator.note(
        PARAM,
        TranslationAction::Emulated,
        format!("the answer is the input of the tool `{JSON_TOOL}`, which is {how}"),
    );
}

/// Whether every object of a schema is closed to other properties.
pub(in crate::dialects) fn is_closed(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => {
            let object = map.get("type").is_some_and(|kind| match kind {
                Value::String(kind) => kind == "object",
                Value::Array(kinds) => kinds.iter().any(|kind| kind == "object"),
                _ => false,
            });
            (!object || map.get("additionalProperties") == Some(&Value::Bool(false)))
                && map.values().all(is_closed)
        }
        Value::Array(list) => list.iter().all(is_closed),
        _ => true,
    }
}
