//! Tools and the choice among them (`toolConfig`).

use serde_json::{Map, Value, json};

use super::reasoning::Thinking;
use super::{Encoder, cache_point};
use crate::dialects::anthropic::input_schema;
use crate::dialects::bedrock::model::Family;
use crate::error::Result;
use crate::types::chat::{ChatRequest, FunctionTool, Tool, ToolChoice};
use crate::types::trace::TranslationAction;

/// Members of the schema's `Tool`: what a caller gives in the wire's own form, as in
/// `{"type": "systemTool", "systemTool": {"name": "nova_grounding"}}`.
const NATIVE: [&str; 3] = ["toolSpec", "systemTool", "cachePoint"];

pub(super) fn tools(request: &ChatRequest, thinking: Thinking, encoder: &mut Encoder<'_>) -> Result<()> {
    let mut tools = Vec::new();
    for (index, tool) in request.tools.iter().flatten().enumerate() {
        match tool {
            Tool::Function(tool) => function(tool, index, &mut tools, encoder)?,
            Tool::Other(native) if NATIVE.iter().any(|name| native.contains_key(*name)) => {
                let mut native = native.clone();
                native.shift_remove("type");
                tools.push(Value::Object(native));
            }
            Tool::Other(_) => {
                let detail = "the wire takes functions, and its own `systemTool`s";
                encoder.translator.unsupported(format!("tools[{index}].type"), detail)?;
            }
        }
    }
    if tools.is_empty() {
        return choice_of_none(request, encoder);
    }
    choice(request, thinking, tools, encoder)
}

fn function(
    tool: &FunctionTool,
    index: usize,
    tools: &mut Vec<Value>,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    let definition = &tool.function;
    let mut spec = Map::new();
    spec.insert("name".to_owned(), json!(definition.name));
    // The schema wants a text that is not empty, or none.
    if let Some(description) = definition.description.as_ref().filter(|text| !text.is_empty()) {
        spec.insert("description".to_owned(), json!(description));
    }
    spec.insert("inputSchema".to_owned(), json!({ "json": input_schema(definition.parameters.as_ref()) }));
    // False is the wire's default, and few models know the field.
    if definition.strict == Some(true) {
        spec.insert("strict".to_owned(), json!(true));
    }
    let outer = tool.extra.keys().map(|key| format!("tools[{index}].{key}"));
    let inner = definition.extra.keys().map(|key| format!("tools[{index}].function.{key}"));
    for place in outer.chain(inner) {
        encoder.translator.unsupported(place, "the wire's tools have no such field")?;
    }
    tools.push(json!({ "toolSpec": spec }));
    if let Some(control) = &tool.cache_control {
        tools.push(cache_point(control, &format!("tools[{index}]"), encoder)?);
    }
    Ok(())
}

/// Without tools there is nothing to choose, unless one must be called.
fn choice_of_none(request: &ChatRequest, encoder: &mut Encoder<'_>) -> Result<()> {
    match &request.tool_choice {
        None | Some(ToolChoice::Auto | ToolChoice::None) => Ok(()),
        Some(_) => encoder.translator.unsupported("tool_choice", "there are no tools to choose from"),
    }
}

fn choice(
    request: &ChatRequest,
    thinking: Thinking,
    tools: Vec<Value>,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    let mut native = match &request.tool_choice {
        None => None,
        Some(ToolChoice::Auto) => Some(json!({ "auto": {} })),
        Some(ToolChoice::None) if encoder.has_tool_blocks => {
            let detail =
                "the wire cannot forbid a call, and needs the tools that the conversation has called";
            encoder.translator.unsupported("tool_choice", detail)?;
            None
        }
        Some(ToolChoice::None) => {
            let detail = "the tools are left out: the wire cannot forbid a call";
            encoder.translator.note("tool_choice", TranslationAction::Emulated, detail);
            return Ok(());
        }
        Some(ToolChoice::Required) => Some(json!({ "any": {} })),
        Some(ToolChoice::Function(name)) => Some(json!({ "tool": { "name": name } })),
        Some(ToolChoice::Other(native)) => match native.as_object().and_then(|native| native.keys().next()) {
            Some(kind) if ["auto", "any", "tool"].contains(&kind.as_str()) => Some(native.clone()),
            _ => {
                let detail = "the wire takes auto, any or one tool";
                encoder.translator.unsupported("tool_choice", detail)?;
                None
            }
        },
    };
    let forced = native.as_ref().is_some_and(|native| native.get("auto").is_none());
    // Claude answers 400 ("Thinking may not be enabled when tool_choice forces tool use").
    if forced && thinking.budget {
        let detail = "with a budget of thinking no tool can be forced";
        encoder.translator.unsupported("tool_choice", detail)?;
        native = None;
    }
    if request.parallel_tool_calls == Some(false) {
        one_at_a_time(&mut native, encoder)?;
    }
    let mut config = json!({ "tools": tools });
    if let (Some(native), Some(config)) = (native, config.as_object_mut()) {
        config.insert("toolChoice".to_owned(), native);
    }
    encoder.set("toolConfig", config);
    Ok(())
}

/// Claude's own field does it, in place of a choice on the wire: with both the service
/// answers 400 (BerriAI/litellm 36536), and without its type as well (34347).
fn one_at_a_time(native: &mut Option<Value>, encoder: &mut Encoder<'_>) -> Result<()> {
    let free = native.as_ref().is_none_or(|native| native.get("auto").is_some());
    if matches!(encoder.family, Family::Claude(_)) && free {
        *native = None;
        let choice = json!({ "type": "auto", "disable_parallel_tool_use": true });
        return encoder.set_additional("tool_choice", choice, "parallel_tool_calls");
    }
    let detail = "the wire cannot ask for one call at a time";
    encoder.translator.unsupported("parallel_tool_calls", detail)
}
