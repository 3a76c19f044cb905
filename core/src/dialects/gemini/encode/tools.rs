//! `tools` and `toolConfig`.

use serde_json::{Map, Value, json};

use super::native_fields::camel_case;
use crate::dialects::Translator;
use crate::error::Result;
use crate::types::chat::{ChatRequest, FunctionTool, Tool, ToolChoice};
use crate::types::trace::TranslationAction;

pub(super) fn encode(
    request: &ChatRequest,
    translator: &mut Translator,
    body: &mut Map<String, Value>,
) -> Result<()> {
    let mut declarations = Vec::new();
    let mut others = Vec::new();
    let mut strict = None;
    for (index, tool) in request.tools.iter().flatten().enumerate() {
        match tool {
            Tool::Function(function) => {
                let place = format!("tools[{index}]");
                declarations.push(declaration(function, &place, translator)?);
                if function.function.strict == Some(true) {
                    strict.get_or_insert(format!("{place}.function.strict"));
                }
            }
            Tool::Other(map) if map.get("type").and_then(Value::as_str) == Some("custom") => {
                translator
                    .unsupported(format!("tools[{index}]"), "Gemini has no tools with free text as input")?;
            }
            Tool::Other(map) => others.push(service_tool(map)),
        }
    }
    if let Some(options) = &request.web_search_options {
        for key in options.keys() {
            let place = format!("web_search_options.{key}");
            translator.unsupported(place, "Gemini's Google Search has no such setting")?;
        }
        let detail = "sent as the tool googleSearch";
        translator.note("web_search_options", TranslationAction::Renamed, detail);
        others.push(json!({ "googleSearch": {} }));
    }
    if request.parallel_tool_calls == Some(false) {
        translator.unsupported(
            "parallel_tool_calls",
            "Gemini cannot be kept from calling several tools in one turn",
        )?;
    }
    let has_functions = !declarations.is_empty();
    let mut tools = Vec::new();
    if has_functions {
        tools.push(json!({ "functionDeclarations": declarations }));
    }
    tools.extend(others);
    if !tools.is_empty() {
        body.insert("tools".to_owned(), tools.into());
    }
    if let Some(calling) = calling_config(request, strict, has_functions, translator)? {
        body.insert("toolConfig".to_owned(), json!({ "functionCallingConfig": calling }));
    }
    Ok(())
}

fn declaration(tool: &FunctionTool, place: &str, translator: &mut Translator) -> Result<Value> {
    if tool.cache_control.is_some() {
        super::parts::drop_cache_mark(place, translator);
    }
    let function = &tool.function;
    for (fields, place) in [(&tool.extra, place.to_owned()), (&function.extra, format!("{place}.function"))] {
        for key in fields.keys() {
            translator.unsupported(format!("{place}.{key}"), "no field of a Gemini function declaration")?;
        }
    }
    // `description` is "Required" (published schema); callers that have none send it empty.
    let mut declaration = Map::from_iter([
        ("name".to_owned(), Value::from(function.name.as_str())),
        ("description".to_owned(), function.description.as_deref().unwrap_or("").into()),
    ]);
    if let Some(parameters) = &function.parameters {
        // Takes JSON Schema as it is; `parameters` takes a subset of OpenAPI's and
        // excludes it. Both published requests have it, and recordings use it.
        declaration.insert("parametersJsonSchema".to_owned(), parameters.clone());
    }
    Ok(declaration.into())
}

/// A tool that the service runs: `{"type": "google_search"}` is `{"googleSearch": {}}`;
/// with more keys than `type` they are the wire's own.
fn service_tool(map: &Map<String, Value>) -> Value {
    let mut tool = map.clone();
    match tool.shift_remove("type") {
        Some(Value::String(name)) if tool.is_empty() => {
            Value::Object(Map::from_iter([(camel_case(&name), json!({}))]))
        }
        _ => tool.into(),
    }
}

/// `strict` is the place of a tool that asks for it.
///
/// Mode ANY guarantees that arguments follow the schema, AUTO does not, VALIDATED
/// does where the model calls at all (ai.google.dev, function calling).
fn calling_config(
    request: &ChatRequest,
    strict: Option<String>,
    has_functions: bool,
    translator: &mut Translator,
) -> Result<Option<Value>> {
    let config = match &request.tool_choice {
        // Without functions there is nothing to choose.
        None | Some(ToolChoice::Auto | ToolChoice::None) if !has_functions => None,
        None | Some(ToolChoice::Auto) => match (strict, &request.tool_choice) {
            (Some(place), _) => {
                let detail = "sent as mode VALIDATED, which holds for all functions of the request";
                translator.note(place, TranslationAction::Emulated, detail);
                Some(json!({ "mode": "VALIDATED" }))
            }
            (None, Some(_)) => Some(json!({ "mode": "AUTO" })),
            (None, None) => None,
        },
        Some(ToolChoice::None) => Some(json!({ "mode": "NONE" })),
        Some(ToolChoice::Required) => Some(json!({ "mode": "ANY" })),
        Some(ToolChoice::Function(name)) => Some(json!({ "mode": "ANY", "allowedFunctionNames": [name] })),
        Some(ToolChoice::Other(value)) => match (allowed_tools(value), value.get("functionCallingConfig")) {
            (Some(config), _) => Some(config),
            (None, Some(native)) => Some(native.clone()),
            (None, None) => {
                translator.unsupported("tool_choice", "allowed: auto, none, required, or one function")?;
                None
            }
        },
    };
    Ok(config)
}

/// OpenAI's `{"type": "allowed_tools", "allowed_tools": {"mode", "tools"}}`.
fn allowed_tools(choice: &Value) -> Option<Value> {
    let allowed = choice.get("allowed_tools")?;
    let mode = match allowed.get("mode")?.as_str()? {
        "required" => "ANY",
        "auto" => "VALIDATED",
        _ => return None,
    };
    let names =
        allowed.get("tools")?.as_array()?.iter().map(|tool| tool.get("function")?.get("name")?.as_str());
    let names: Vec<&str> = names.collect::<Option<_>>()?;
    Some(json!({ "mode": mode, "allowedFunctionNames": names }))
}
