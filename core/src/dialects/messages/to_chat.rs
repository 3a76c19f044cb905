//! A request for a message, said as a request for a chat completion.

use serde_json::{Map, Value, json};

use super::blocks::Reader;
use crate::dialects::over_chat::Places;
use crate::dialects::{DialectName, Quirks, Translator};
use crate::error::{Error, Result};
use crate::types::chat::ChatRequest;
use crate::types::messages::MessagesRequest;
use crate::types::surface::text_of;
use crate::types::trace::TranslationAction;

/// The chat's names of parameters, and the caller's.
const NAMES: [(&str, &str); 7] = [
    ("max_completion_tokens", "max_tokens"),
    ("stop", "stop_sequences"),
    ("user", "metadata.user_id"),
    ("reasoning_effort", "thinking"),
    ("reasoning", "thinking"),
    ("response_format", "output_config.format"),
    ("parallel_tool_calls", "tool_choice.disable_parallel_tool_use"),
];

/// The chat that asks the same, for a target of `dialect`, and what its messages come from.
///
/// Errors: `BadRequest` naming a place that no chat has a word for.
pub fn to_chat(
    request: &MessagesRequest,
    dialect: DialectName,
    quirks: &Quirks,
    translator: &mut Translator,
) -> Result<(ChatRequest, Places)> {
    request.beyond_chat(&mut |place, why| translator.unsupported(place, why))?;
    let mut fields = parameters(request, translator);
    tools(request, &mut fields, translator)?;
    // That some wires know an effort alone is a matter of the service.
    let efforts_alone =
        dialect == DialectName::OpenAi && quirks.unsupported.iter().any(|name| name == "reasoning");
    thinking(request, efforts_alone, &mut fields, translator)?;
    format(request, &mut fields, translator)?;
    fields.insert("messages".to_owned(), json!([]));
    let mut chat = ChatRequest::from_value(Value::Object(fields))?;
    if chat.n.is_some_and(|n| n > 1) {
        return Err(Error::bad_request("n", "n: a message is one answer"));
    }
    let mut reader = Reader { dialect, translator };
    let mut said = Vec::new();
    said.extend(reader.system(request.system.as_ref(), "system")?);
    for (index, turn) in request.messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        match text_of(turn, "role") {
            "assistant" => said.extend(reader.assistant(turn, &place)?),
            "system" => said.extend(reader.system(turn.get("content"), &format!("{place}.content"))?),
            _ => reader.user(turn, &place, &mut said)?,
        }
    }
    let mut places = Places::named(&NAMES);
    for (message, place) in said {
        chat.messages.push(message);
        places.push_place(place);
    }
    Ok((chat, places))
}

/// What both have, by the chat's names. Fields that neither names go along: the dialect says
/// what becomes of them.
fn parameters(request: &MessagesRequest, translator: &mut Translator) -> Map<String, Value> {
    // Refused or dropped already, or read below; `messages` of the chat is another thing.
    const READ: [&str; 5] =
        ["container", "context_management", "mcp_servers", "cache_control", "output_format"];
    let others = request.extra.iter().filter(|(name, _)| !READ.contains(&name.as_str()));
    let mut fields: Map<String, Value> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    if request.extra.get("cache_control").is_some_and(|mark| !mark.is_null()) {
        let detail = "a hint that a chat lacks; blocks keep theirs";
        translator.note("cache_control", TranslationAction::Dropped, detail);
    }
    if request.service_tier.as_deref().is_some_and(|tier| tier != "auto") {
        let detail = "tiers of service are each service's own";
        translator.note("service_tier", TranslationAction::Dropped, detail);
    }
    if request.betas.as_ref().is_some_and(|betas| !betas.is_empty()) {
        translator.note("betas", TranslationAction::Dropped, "they are of Anthropic's wire");
    }
    for name in request.metadata.iter().flat_map(Map::keys).filter(|name| *name != "user_id") {
        let detail = "the wire's metadata is `user_id` alone";
        translator.note(format!("metadata.{name}"), TranslationAction::Dropped, detail);
    }
    for (name, value) in [
        ("model", Some(json!(request.model))),
        ("max_completion_tokens", Some(request.max_tokens.into())),
        ("temperature", request.temperature.clone().map(Value::Number)),
        ("top_p", request.top_p.clone().map(Value::Number)),
        ("top_k", request.top_k.map(Value::from)),
        ("stop", request.stop_sequences.as_ref().filter(|texts| !texts.is_empty()).map(|texts| json!(texts))),
        ("user", request.user().map(Value::from)),
    ] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    }
    fields
}

/// Tools and the choice among them. Those of the service were refused or dropped already.
fn tools(
    request: &MessagesRequest,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    // How the service is to handle a tool, not what it is.
    const HANDLING: [&str; 4] =
        ["allowed_callers", "defer_loading", "eager_input_streaming", "input_examples"];
    let mut tools = Vec::new();
    for (index, tool) in request.tools.iter().flatten().enumerate() {
        if !matches!(text_of(tool, "type"), "" | "custom") {
            continue;
        }
        let (mut function, mut outer) = (Map::new(), Map::new());
        for (name, value) in tool.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "type" => {}
                "cache_control" => drop(outer.insert(name.clone(), value.clone())),
                "input_schema" => drop(function.insert("parameters".to_owned(), value.clone())),
                handling if HANDLING.contains(&handling) => {
                    let detail = "how Anthropic handles a tool; a chat has no word for it";
                    translator.note(format!("tools[{index}].{name}"), TranslationAction::Dropped, detail);
                }
                _ => drop(function.insert(name.clone(), value.clone())),
            }
        }
        outer.insert("type".to_owned(), "function".into());
        outer.insert("function".to_owned(), Value::Object(function));
        tools.push(Value::Object(outer));
    }
    if tools.is_empty() {
        // Without tools there is nothing to choose among.
        return Ok(());
    }
    fields.insert("tools".to_owned(), tools.into());
    let Some(choice) = &request.tool_choice else { return Ok(()) };
    let sent = match text_of(choice, "type") {
        choice @ ("auto" | "none") => json!(choice),
        "any" => json!("required"),
        "tool" => json!({ "type": "function", "function": { "name": text_of(choice, "name") } }),
        _ => return translator.unsupported("tool_choice.type", "a chat has no such choice"),
    };
    fields.insert("tool_choice".to_owned(), sent);
    if choice.get("disable_parallel_tool_use") == Some(&Value::Bool(true)) {
        fields.insert("parallel_tool_calls".to_owned(), false.into());
    }
    Ok(())
}

fn thinking(
    request: &MessagesRequest,
    efforts_alone: bool,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    let effort = request.output_config.as_ref().and_then(|config| config.get("effort")?.as_str());
    if let Some(effort) = effort {
        fields.insert("reasoning_effort".to_owned(), effort.into());
    }
    let Some(thinking) = &request.thinking else { return Ok(()) };
    if thinking.get("display").is_some_and(|display| !display.is_null()) {
        let detail = "the target shows of its thinking what it shows of any";
        translator.note("thinking.display", TranslationAction::Dropped, detail);
    }
    match text_of(thinking, "type") {
        "disabled" => {
            let detail = "the target thinks as it does where nothing is said of it";
            translator.note("thinking.type", TranslationAction::Dropped, detail);
        }
        "adaptive" if effort.is_some() => {}
        "adaptive" if efforts_alone => {
            fields.insert("reasoning_effort".to_owned(), "medium".into());
            let detail = "the target knows efforts alone: medium";
            translator.note("thinking.type", TranslationAction::Emulated, detail);
        }
        "adaptive" => drop(fields.insert("reasoning".to_owned(), json!({ "enabled": true }))),
        "enabled" if effort.is_some() => {
            let detail = "the effort says it already";
            translator.note("thinking.budget_tokens", TranslationAction::Dropped, detail);
        }
        "enabled" => {
            let Some(budget) = thinking.get("budget_tokens").and_then(Value::as_u64) else {
                let place = "thinking.budget_tokens";
                return Err(Error::bad_request(place, format!("{place}: expected a number of tokens")));
            };
            if !efforts_alone {
                fields.insert("reasoning".to_owned(), json!({ "max_tokens": budget }));
                return Ok(());
            }
            // The shares of the limit by which an effort is a budget elsewhere, backwards.
            let effort = match budget.saturating_mul(100) / request.max_tokens.max(1) {
                0..=34 => "low",
                35..=64 => "medium",
                _ => "high",
            };
            fields.insert("reasoning_effort".to_owned(), effort.into());
            let detail = format!("a budget of {budget} of {} tokens is effort {effort}", request.max_tokens);
            translator.note("thinking.budget_tokens", TranslationAction::Emulated, detail);
        }
        _ => translator.unsupported("thinking.type", "a chat has no such thinking")?,
    }
    Ok(())
}

/// The form of the answer: of `output_config`, or by the older `output_format`.
fn format(
    request: &MessagesRequest,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    let config = request.output_config.iter().flatten();
    for (name, _) in config.filter(|(name, _)| !["effort", "format"].contains(&name.as_str())) {
        translator.unsupported(format!("output_config.{name}"), "a chat has no such option")?;
    }
    let format = request.format();
    let Some(format) = format.filter(|format| !format.is_null()) else { return Ok(()) };
    if format["type"] != "json_schema" {
        return translator.unsupported("output_config.format.type", "a chat has no such format");
    }
    let schema = json!({ "name": "output", "schema": format["schema"], "strict": true });
    fields.insert("response_format".to_owned(), json!({ "type": "json_schema", "json_schema": schema }));
    Ok(())
}
