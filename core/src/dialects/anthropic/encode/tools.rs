//! Tools and the choice among them.

use serde_json::{Map, Value, json};

use super::{Encoder, to_json};
use crate::error::Result;
use crate::types::chat::{ChatRequest, FunctionTool, Tool, ToolChoice};

/// Fields of the wire's tools without a place in the common shape (schema `Tool`).
const NATIVE_FIELDS: [&str; 4] =
    ["allowed_callers", "defer_loading", "eager_input_streaming", "input_examples"];

pub(super) fn tools(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    let mut tools = Vec::new();
    for (index, tool) in request.tools.iter().flatten().enumerate() {
        tools.push(match tool {
            Tool::Function(tool) => function(tool, index, encoder)?,
            Tool::Other(native) if native.contains_key("custom") => {
                let place = format!("tools[{index}].type");
                encoder.translator.unsupported(place, "the wire has no tools of free text")?;
                continue;
            }
            // A tool that the service runs itself.
            Tool::Other(native) => Value::Object(native.clone()),
        });
    }
    let any = !tools.is_empty();
    if any {
        encoder.set("tools", tools);
    }
    choice(request, any, encoder)
}

fn function(tool: &FunctionTool, index: usize, encoder: &mut Encoder<'_>) -> Result<Value> {
    let definition = &tool.function;
    let mut native = Map::new();
    native.insert("name".to_owned(), json!(definition.name));
    if let Some(description) = &definition.description {
        native.insert("description".to_owned(), json!(description));
    }
    native.insert("input_schema".to_owned(), input_schema(definition.parameters.as_ref()));
    // False is the wire's default, and older servers do not know the field.
    if definition.strict == Some(true) {
        native.insert("strict".to_owned(), json!(true));
    }
    if let Some(cache_control) = &tool.cache_control {
        native.insert("cache_control".to_owned(), to_json(cache_control)?);
    }
    let outer = tool.extra.iter().map(|(key, value)| (format!("tools[{index}].{key}"), key, value));
    let inner =
        definition.extra.iter().map(|(key, value)| (format!("tools[{index}].function.{key}"), key, value));
    for (place, key, value) in outer.chain(inner) {
        if NATIVE_FIELDS.contains(&key.as_str()) {
            native.insert(key.clone(), value.clone());
        } else {
            encoder.translator.unsupported(place, "the wire's tools have no such field")?;
        }
    }
    Ok(Value::Object(native))
}

/// The wire requires a schema of type object.
pub(in crate::dialects) fn input_schema(parameters: Option<&Value>) -> Value {
    match parameters {
        Some(Value::Object(schema)) if !schema.is_empty() => {
            let mut schema = schema.clone();
            schema.entry("type").or_insert_with(|| json!("object"));
            Value::Object(schema)
        }
        Some(other) if !other.is_null() && !other.is_object() => other.clone(),
        _ => json!({ "type": "object", "properties": {} }),
    }
}

fn choice(request: &ChatRequest, any_tools: bool, encoder: &mut Encoder<'_>) -> Result<()> {
    let single = any_tools && request.parallel_tool_calls == Some(false);
    let native = match &request.tool_choice {
        // Without tools there is nothing to choose: both say what happens anyway.
        None | Some(ToolChoice::Auto) if !any_tools => None,
        Some(ToolChoice::None) if !any_tools => None,
        None => single.then(|| json!({ "type": "auto" })),
        Some(ToolChoice::Auto) => Some(json!({ "type": "auto" })),
        Some(ToolChoice::None) => Some(json!({ "type": "none" })),
        Some(ToolChoice::Required) => {
            Some(json!({ "type": encoder.quirks.tool_choice_required.as_deref().unwrap_or("any") }))
        }
        Some(ToolChoice::Function(name)) => Some(json!({ "type": "tool", "name": name })),
        Some(ToolChoice::Other(native)) => match native.get("type").and_then(Value::as_str) {
            Some("auto" | "any" | "tool" | "none") => Some(native.clone()),
            _ => {
                encoder
                    .translator
                    .unsupported("tool_choice", "the wire takes auto, any, none or one tool")?;
                None
            }
        },
    };
    let Some(mut native) = native else { return Ok(()) };
    if single
        && let Some(native) = native.as_object_mut()
        && native.get("type").and_then(Value::as_str) != Some("none")
    {
        native.insert("disable_parallel_tool_use".to_owned(), json!(true));
    }
    encoder.set("tool_choice", native);
    Ok(())
}

/// A budget of thinking does not go with a forced tool: the service answers 400
/// ("Thinking may not be enabled when tool_choice forces tool use").
pub(super) fn free_choice(encoder: &mut Encoder<'_>) -> Result<()> {
    let budget = encoder.body.get("thinking").and_then(|thinking| thinking.get("budget_tokens")).is_some();
    let forced = encoder
        .body
        .get("tool_choice")
        .and_then(|choice| choice.get("type"))
        .is_some_and(|choice| choice == "any" || choice == "tool");
    if budget && forced {
        encoder.translator.unsupported("tool_choice", "with a budget of thinking no tool can be forced")?;
        encoder.body.shift_remove("tool_choice");
    }
    Ok(())
}
