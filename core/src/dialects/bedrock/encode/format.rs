//! The form of the answer.
//!
//! A schema is said natively (`outputConfig.textFormat`; recorded) where the model is
//! known to take it and the schema is one that it accepts. Otherwise the answer is had as
//! the input of a reserved tool, which decoding turns back into content.

use serde_json::{Map, Value, json};

use super::Encoder;
use super::reasoning::Thinking;
use crate::dialects::anthropic::{JSON_TOOL, input_schema, is_closed};
use crate::dialects::bedrock::model::Forcing;
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, JsonSchemaFormat, ResponseFormat, ToolChoice};
use crate::types::trace::TranslationAction;

const PARAM: &str = "response_format";

pub(super) fn response_format(
    request: &ChatRequest,
    thinking: Thinking,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    match &request.response_format {
        None | Some(ResponseFormat::Text) => Ok(()),
        Some(ResponseFormat::JsonObject) => {
            let schema = json!({ "type": "object", "additionalProperties": true });
            by_tool(request, schema, "Give the whole answer as one JSON object.", thinking, encoder)
        }
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            json_schema_format(request, json_schema, thinking, encoder)
        }
        Some(ResponseFormat::Other(_)) => {
            encoder.translator.unsupported("response_format.type", "the wire takes text and json_schema")
        }
    }
}

fn json_schema_format(
    request: &ChatRequest,
    format: &JsonSchemaFormat,
    thinking: Thinking,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    let schema = input_schema(format.schema.as_ref());
    // The service refuses an object open to other properties. A caller who asked
    // for `strict` learns that from it; one who did not gets the tool.
    let takes = encoder.family.structured_output(encoder.model);
    if takes && (format.strict == Some(true) || is_closed(&schema)) {
        let mut definition = Map::new();
        definition.insert("schema".to_owned(), Value::String(schema.to_string()));
        definition.insert("name".to_owned(), json!(format.name));
        if let Some(description) = &format.description {
            definition.insert("description".to_owned(), json!(description));
        }
        let format = json!({ "type": "json_schema", "structure": { "jsonSchema": definition } });
        return encoder.set_within("outputConfig", "textFormat", format, PARAM);
    }
    let description = format.description.clone();
    let description = description.filter(|text| !text.is_empty());
    let description = description.unwrap_or_else(|| format!("Give the whole answer as `{}`.", format.name));
    by_tool(request, schema, &description, thinking, encoder)
}

fn by_tool(
    request: &ChatRequest,
    schema: Value,
    description: &str,
    thinking: Thinking,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    let spec = json!({ "name": JSON_TOOL, "description": description, "inputSchema": { "json": schema } });
    let config = encoder.body.entry("toolConfig").or_insert_with(|| json!({ "tools": [] }));
    let Some(tools) = config.get_mut("tools").and_then(Value::as_array_mut) else {
        return Err(Error::bad_request("tools", "expected a list"));
    };
    let others = !tools.is_empty();
    tools.push(json!({ "toolSpec": spec }));
    let asked = matches!(&request.tool_choice, Some(ToolChoice::Function(_) | ToolChoice::Other(_)));
    let forced = match encoder.family.forcing() {
        // A tool that the caller forces is this turn's answer.
        _ if asked || thinking.budget => None,
        Forcing::None => None,
        Forcing::Any => Some(json!({ "any": {} })),
        Forcing::Named if others && request.tool_choice != Some(ToolChoice::None) => {
            Some(json!({ "any": {} }))
        }
        Forcing::Named => Some(json!({ "tool": { "name": JSON_TOOL } })),
    };
    let how = match (&forced, asked) {
        (Some(_), _) => "forced",
        (None, true) => "offered beside the tool that is asked for",
        (None, false) if thinking.budget => "offered, since none can be forced with thinking on",
        (None, false) => "offered, since the model is not known to be held to any",
    };
    if let (Some(choice), Some(config)) =
        (forced, encoder.body.get_mut("toolConfig").and_then(Value::as_object_mut))
    {
        config.insert("toolChoice".to_owned(), choice);
        // Claude's own choice, which asks for one call at a time, would contradict it.
        let own = encoder.body.get_mut("additionalModelRequestFields").and_then(Value::as_object_mut);
        if let Some(own) = own {
            own.shift_remove("tool_choice");
            if own.is_empty() {
                encoder.body.shift_remove("additionalModelRequestFields");
            }
        }
    }
    encoder.translator.note(
        PARAM,
        TranslationAction::Emulated,
        format!("the answer is the input of the tool `{JSON_TOOL}`, which is {how}"),
    );
    Ok(())
}
