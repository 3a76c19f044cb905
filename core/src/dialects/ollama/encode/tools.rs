//! Tools. The wire has no choice among them: they are offered, or they are not.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::error::Result;
use crate::types::chat::{ChatRequest, FunctionTool, Tool, ToolChoice};
use crate::types::trace::TranslationAction;

pub(super) fn tools(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    let mut tools = Vec::new();
    for (index, tool) in request.tools.iter().flatten().enumerate() {
        let place = format!("tools[{index}]");
        match tool {
            Tool::Function(tool) => tools.push(function(tool, &place, encoder)?),
            Tool::Other(_) => {
                encoder.translator.unsupported(place, "the wire has tools of type `function` alone")?;
            }
        }
    }
    match &request.tool_choice {
        None | Some(ToolChoice::Auto) => {}
        Some(ToolChoice::None) => {
            if !tools.is_empty() {
                let detail = "the tools are left out, so that none is called";
                encoder.translator.note("tool_choice", TranslationAction::Emulated, detail);
            }
            tools.clear();
        }
        Some(_) => {
            encoder.translator.unsupported("tool_choice", "the server forces no tool; allowed: auto, none")?
        }
    }
    if !tools.is_empty() {
        encoder.set("tools", tools);
    }
    Ok(())
}

fn function(tool: &FunctionTool, place: &str, encoder: &mut Encoder) -> Result<Value> {
    encoder.drop_mark(tool.cache_control.is_some(), place);
    encoder.no_more(&tool.extra, place)?;
    let definition = &tool.function;
    let place = format!("{place}.function");
    encoder.no_more(&definition.extra, &place)?;
    if definition.strict == Some(true) {
        encoder
            .translator
            .unsupported(format!("{place}.strict"), "the server holds no call to its schema")?;
    }
    let mut function = Map::from_iter([("name".to_owned(), Value::from(definition.name.as_str()))]);
    if let Some(description) = &definition.description {
        function.insert("description".to_owned(), description.as_str().into());
    }
    // Required (specs/ollama.json `ToolDefinition`).
    let parameters = definition.parameters.clone();
    let parameters = parameters.unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
    function.insert("parameters".to_owned(), parameters);
    Ok(json!({ "type": "function", "function": function }))
}
