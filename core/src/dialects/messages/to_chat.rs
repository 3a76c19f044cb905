//! A request for a message, said as a request for a chat completion.

use serde_json::{Map, Value, json};

use super::blocks;
use crate::dialects::responses::Places;
use crate::dialects::{DialectName, EncodeContext, Translator};
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, Message};
use crate::types::messages::{MessagesRequest, text_of};
use crate::types::trace::TranslationAction;

/// The chat that asks the same, for a target of `dialect`, and what its messages come from.
///
/// Errors: `BadRequest` naming a place that no chat has a word for.
pub fn to_chat(
    request: &MessagesRequest,
    dialect: DialectName,
    context: &EncodeContext<'_>,
    translator: &mut Translator,
) -> Result<(ChatRequest, Places)> {
    request.beyond_chat(&mut |place, why| translator.unsupported(place, why))?;
    let mut fields = parameters(request);
    tools(request, &mut fields);
    thinking(request, dialect, context, &mut fields, translator)?;
    format(request, &mut fields, translator)?;
    if request.service_tier.as_deref().is_some_and(|tier| tier != "auto") {
        let detail = "tiers of service are each service's own";
        translator.note("service_tier", TranslationAction::Dropped, detail);
    }
    fields.insert("messages".to_owned(), json!([]));
    let mut chat = ChatRequest::from_value(Value::Object(fields))?;
    if chat.n.is_some_and(|n| n > 1) {
        return Err(Error::bad_request("n", "n: a message is one answer"));
    }
    let mut places = Places::default();
    if let Some(system) = &request.system
        && let Some(content) = blocks::instructions(system)?
    {
        chat.messages.push(Message::System(content.into()));
        places.push("system".to_owned());
    }
    for (index, turn) in request.messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        let before = chat.messages.len();
        if text_of(turn, "role") == "assistant" {
            chat.messages.extend(blocks::assistant(turn, &place)?);
        } else {
            blocks::user(turn, &place, &mut chat.messages)?;
        }
        (before..chat.messages.len()).for_each(|_| places.push(place.clone()));
    }
    Ok((chat, places))
}

/// What both have, by the chat's names. Fields that neither names go along: the dialect says
/// what becomes of them.
fn parameters(request: &MessagesRequest) -> Map<String, Value> {
    const BEYOND: [&str; 4] = ["container", "context_management", "mcp_servers", "cache_control"];
    let mut fields: Map<String, Value> = request
        .extra
        .iter()
        .filter(|(name, _)| !BEYOND.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in [
        ("model", Some(json!(request.model))),
        ("max_completion_tokens", Some(request.max_tokens.into())),
        ("temperature", request.temperature.map(Value::from)),
        ("top_p", request.top_p.map(Value::from)),
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
fn tools(request: &MessagesRequest, fields: &mut Map<String, Value>) {
    let mut tools = Vec::new();
    for tool in request.tools.iter().flatten().filter(|tool| matches!(text_of(tool, "type"), "" | "custom")) {
        let mut function = Map::new();
        let mut outer = Map::new();
        for (name, value) in tool.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "type" => {}
                "cache_control" => drop(outer.insert(name.clone(), value.clone())),
                "input_schema" => drop(function.insert("parameters".to_owned(), value.clone())),
                _ => drop(function.insert(name.clone(), value.clone())),
            }
        }
        outer.insert("type".to_owned(), "function".into());
        outer.insert("function".to_owned(), Value::Object(function));
        tools.push(Value::Object(outer));
    }
    if tools.is_empty() {
        return;
    }
    fields.insert("tools".to_owned(), tools.into());
    let Some(choice) = &request.tool_choice else { return };
    let sent = match text_of(choice, "type") {
        "any" => json!("required"),
        "tool" => json!({ "type": "function", "function": { "name": text_of(choice, "name") } }),
        other => json!(other),
    };
    fields.insert("tool_choice".to_owned(), sent);
    if choice.get("disable_parallel_tool_use") == Some(&Value::Bool(true)) {
        fields.insert("parallel_tool_calls".to_owned(), false.into());
    }
}

fn thinking(
    request: &MessagesRequest,
    dialect: DialectName,
    context: &EncodeContext<'_>,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    let effort = request.output_config.as_ref().and_then(|config| config.get("effort")?.as_str());
    if let Some(effort) = effort {
        fields.insert("reasoning_effort".to_owned(), effort.into());
    }
    let Some(thinking) = &request.thinking else { return Ok(()) };
    match text_of(thinking, "type") {
        "disabled" => {}
        "adaptive" if effort.is_some() => {}
        "adaptive" => drop(fields.insert("reasoning_effort".to_owned(), "medium".into())),
        "enabled" if effort.is_some() => {
            translator.note("thinking.budget_tokens", TranslationAction::Dropped, "the effort says it already");
        }
        "enabled" => {
            let budget = thinking.get("budget_tokens").and_then(Value::as_u64).unwrap_or_default();
            let efforts_alone = dialect == DialectName::OpenAi
                && context.quirks.unsupported.iter().any(|name| name == "reasoning");
            if efforts_alone {
                // The shares of the limit by which an effort is a budget elsewhere, backwards.
                let percent = budget.saturating_mul(100) / request.max_tokens.max(1);
                let effort = match percent {
                    0..=34 => "low",
                    35..=64 => "medium",
                    _ => "high",
                };
                fields.insert("reasoning_effort".to_owned(), effort.into());
                translator.note(
                    "thinking.budget_tokens",
                    TranslationAction::Emulated,
                    format!("a budget of {budget} of {} tokens is effort {effort}", request.max_tokens),
                );
            } else {
                fields.insert("reasoning".to_owned(), json!({ "max_tokens": budget }));
            }
        }
        _ => translator.unsupported("thinking.type", "a chat has no such thinking")?,
    }
    Ok(())
}

fn format(
    request: &MessagesRequest,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    let Some(config) = &request.output_config else { return Ok(()) };
    for name in config.keys().filter(|name| !["effort", "format"].contains(&name.as_str())) {
        translator.unsupported(format!("output_config.{name}"), "a chat has no such option")?;
    }
    let Some(format) = config.get("format").filter(|format| !format.is_null()) else { return Ok(()) };
    if format["type"] != "json_schema" {
        return translator.unsupported("output_config.format.type", "a chat has no such format");
    }
    let schema = json!({ "name": "output", "schema": format["schema"], "strict": true });
    fields.insert("response_format".to_owned(), json!({ "type": "json_schema", "json_schema": schema }));
    Ok(())
}
