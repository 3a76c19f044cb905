//! Tools and the choice among them.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, FunctionTool, Tool, ToolChoice};
use crate::types::trace::TranslationAction;

pub(super) fn tools(request: &ChatRequest, encoder: &mut Encoder) -> Result<()> {
    let choice = choice(request, encoder)?;
    let mut tools = Vec::new();
    let mut strict = None;
    let mut all_strict = true;
    for (index, tool) in request.tools.iter().flatten().enumerate() {
        let place = format!("tools[{index}]");
        let Tool::Function(tool) = tool else {
            encoder.translator.unsupported(place, "the wire has tools of type `function` alone")?;
            continue;
        };
        let name = &tool.function.name;
        if choice.only.as_ref().is_some_and(|only| !only.contains(name)) {
            continue;
        }
        match tool.function.strict {
            Some(true) => drop(strict.get_or_insert_with(|| format!("{place}.function.strict"))),
            _ => all_strict = false,
        }
        tools.push(function(tool, &place, encoder)?);
    }
    if tools.is_empty() {
        if choice.only.is_some() || choice.word == Some("REQUIRED") {
            let text = "tool_choice: none of the tools is the one that must be called";
            return Err(Error::bad_request("tool_choice", text));
        }
        return Ok(());
    }
    encoder.set("tools", tools);
    if let Some(place) = strict {
        encoder.set("strict_tools", true);
        if !all_strict {
            let detail = "sent as `strict_tools`, which holds for all tools of the request";
            encoder.translator.note(place, TranslationAction::Emulated, detail);
        }
    }
    if let Some(word) = choice.word {
        encoder.set("tool_choice", word);
    }
    Ok(())
}

#[derive(Default)]
struct Choice {
    word: Option<&'static str>,
    /// The tools that may be called, where not all of them.
    only: Option<Vec<String>>,
}

/// The wire's words are `REQUIRED` and `NONE`; tools that may not be called are not offered.
fn choice(request: &ChatRequest, encoder: &mut Encoder) -> Result<Choice> {
    let word = |word| Ok(Choice { word: Some(word), only: None });
    let (only, must) = match &request.tool_choice {
        None | Some(ToolChoice::Auto) => return Ok(Choice::default()),
        Some(ToolChoice::None) => return word("NONE"),
        Some(ToolChoice::Required) => return word("REQUIRED"),
        Some(ToolChoice::Function(name)) => (Some(vec![name.clone()]), true),
        Some(ToolChoice::Other(value)) => {
            let allowed = value.get("allowed_tools");
            (allowed.and_then(names), allowed.is_some_and(|allowed| allowed["mode"] == "required"))
        }
    };
    if only.is_none() {
        encoder.translator.unsupported("tool_choice", "allowed: auto, none, required, or one function")?;
        return Ok(Choice::default());
    }
    let detail = "the tools that may be called are the only ones offered";
    encoder.translator.note("tool_choice", TranslationAction::Emulated, detail);
    Ok(Choice { word: must.then_some("REQUIRED"), only })
}

/// The names of OpenAI's `allowed_tools: {mode, tools}`.
fn names(allowed: &Value) -> Option<Vec<String>> {
    let tools = allowed.get("tools")?.as_array()?.iter();
    tools.map(|tool| Some(tool.get("function")?.get("name")?.as_str()?.to_owned())).collect()
}

fn function(tool: &FunctionTool, place: &str, encoder: &mut Encoder) -> Result<Value> {
    encoder.drop_mark(tool.cache_control.is_some(), place);
    encoder.no_more(&tool.extra, place)?;
    let definition = &tool.function;
    encoder.no_more(&definition.extra, &format!("{place}.function"))?;
    let mut function = Map::from_iter([("name".to_owned(), Value::from(definition.name.as_str()))]);
    if let Some(description) = &definition.description {
        function.insert("description".to_owned(), description.as_str().into());
    }
    // Required (specs/cohere.json `ToolV2Function`).
    let parameters = definition.parameters.clone();
    let parameters = parameters.unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
    function.insert("parameters".to_owned(), parameters);
    Ok(json!({ "type": "function", "function": function }))
}
