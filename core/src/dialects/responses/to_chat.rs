//! A request for a response, said as a request for a chat completion.

use serde_json::{Map, Value, json};

use super::items;
use crate::dialects::over_chat::Places;
use crate::dialects::{DialectName, Translator};
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, Content, Message};
use crate::types::responses::{ResponsesInput, ResponsesRequest};
use crate::types::trace::TranslationAction;

/// What a response may be asked to hold that there is nothing of in a chat, and no loss.
const INCLUDED: [&str; 1] = ["reasoning.encrypted_content"];

/// The chat that asks the same, for a target of `dialect`, and what its messages come from.
///
/// Errors: `BadRequest` naming a place that no chat has a word for.
pub fn to_chat(
    request: &ResponsesRequest,
    dialect: DialectName,
    translator: &mut Translator,
) -> Result<(ChatRequest, Places)> {
    request.beyond_chat(&mut |place, why| translator.unsupported(place, why))?;
    let mut fields = parameters(request);
    tools(request, &mut fields, translator)?;
    format(request, &mut fields, translator)?;
    reasoning(request, dialect, &mut fields, translator)?;
    included(request, &mut fields, translator);
    if request.stream_options.as_ref().is_some_and(|options| !options.is_empty()) {
        let detail = "they are of the events of another wire";
        translator.note("stream_options", TranslationAction::Dropped, detail);
    }
    fields.insert("messages".to_owned(), json!([]));
    let mut chat = ChatRequest::from_value(Value::Object(fields))?;
    if chat.n.is_some_and(|n| n > 1) {
        return Err(Error::bad_request("n", "n: a response is one answer"));
    }
    let mut places = Places::default();
    if let Some(text) = request.instructions.as_ref().filter(|text| !text.is_empty()) {
        chat.messages.push(Message::System(Content::Text(text.clone()).into()));
        places.push("instructions".to_owned());
    }
    match &request.input {
        ResponsesInput::Absent => {}
        ResponsesInput::Text(text) => {
            chat.messages.push(Message::User(Content::Text(text.clone()).into()));
            places.push("input".to_owned());
        }
        ResponsesInput::Items(items) => items::messages(items, &mut chat.messages, &mut places, translator)?,
    }
    Ok((chat, places))
}

/// What both have, by the chat's names. Fields that neither names go along: the dialect says
/// what becomes of them.
fn parameters(request: &ResponsesRequest) -> Map<String, Value> {
    const BEYOND: [&str; 2] = ["context_management", "moderation"];
    let mut fields: Map<String, Value> = request
        .extra
        .iter()
        .filter(|(name, _)| !BEYOND.contains(&name.as_str()) && *name != "messages")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
    for (name, value) in [
        ("model", Some(json!(request.model))),
        ("max_completion_tokens", request.max_output_tokens.map(Value::from)),
        ("temperature", request.temperature.map(Value::from)),
        ("top_p", request.top_p.map(Value::from)),
        ("metadata", request.metadata.clone().filter(|labels| !labels.is_empty()).map(Value::Object)),
        ("user", text(&request.user)),
        ("safety_identifier", text(&request.safety_identifier)),
        ("prompt_cache_key", text(&request.prompt_cache_key)),
        ("prompt_cache_retention", text(&request.prompt_cache_retention)),
        ("service_tier", text(&request.service_tier)),
        ("store", request.store.map(Value::from)),
        ("verbosity", ResponsesRequest::text_in(&request.text, "verbosity").map(Value::from)),
    ] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    }
    if let Some(top) = request.top_logprobs.filter(|top| *top > 0) {
        fields.insert("logprobs".to_owned(), true.into());
        fields.insert("top_logprobs".to_owned(), top.into());
    }
    fields
}

/// Tools and the choice among them. Those of the service were refused or dropped already.
fn tools(
    request: &ResponsesRequest,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    let mut tools = Vec::new();
    for tool in request.tools.iter().flatten() {
        let kind = tool.get("type").and_then(Value::as_str).unwrap_or_default();
        if !matches!(kind, "function" | "custom") {
            continue;
        }
        let mut inner = tool.clone();
        inner.shift_remove("type");
        inner.retain(|_, value| !value.is_null());
        if kind == "custom"
            && let Some(Value::Object(format)) = inner.get_mut("format")
            && format.get("type").is_some_and(|kind| kind == "grammar")
        {
            // The same fields, one level further in (schema `CustomToolChatCompletions`).
            format.shift_remove("type");
            let grammar = std::mem::take(format);
            inner.insert("format".to_owned(), json!({ "type": "grammar", "grammar": grammar }));
        }
        tools.push(json!({ "type": kind, kind: inner }));
    }
    if tools.is_empty() {
        // Without tools there is nothing to choose among.
        return Ok(());
    }
    fields.insert("tools".to_owned(), tools.into());
    if let Some(parallel) = request.parallel_tool_calls {
        fields.insert("parallel_tool_calls".to_owned(), parallel.into());
    }
    let Some(choice) = &request.tool_choice else { return Ok(()) };
    let named = |choice: &Value| match (choice["type"].as_str(), choice["name"].as_str()) {
        (Some(kind @ ("function" | "custom")), Some(name)) => {
            Some(json!({ "type": kind, kind: { "name": name } }))
        }
        _ => None,
    };
    let sent = match choice {
        Value::String(_) => Some(choice.clone()),
        choice if choice["type"] == "allowed_tools" => {
            let tools: Option<Vec<Value>> =
                choice["tools"].as_array().map(|tools| tools.iter().filter_map(named).collect());
            tools.map(|tools| {
                let allowed = json!({ "mode": choice["mode"], "tools": tools });
                json!({ "type": "allowed_tools", "allowed_tools": allowed })
            })
        }
        choice => named(choice),
    };
    match sent {
        Some(sent) => {
            fields.insert("tool_choice".to_owned(), sent);
            Ok(())
        }
        None => translator.unsupported("tool_choice", "a chat can choose among functions alone"),
    }
}

fn format(
    request: &ResponsesRequest,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    let others = request.text.iter().flat_map(Map::keys);
    for name in others.filter(|name| !["format", "verbosity"].contains(&name.as_str())) {
        translator.unsupported(format!("text.{name}"), "a chat has no such option")?;
    }
    let Some(format) = request.text.as_ref().and_then(|text| text.get("format")?.as_object()) else {
        return Ok(());
    };
    let sent = match format.get("type").and_then(Value::as_str) {
        Some("text") => return Ok(()),
        Some("json_schema") => {
            let mut schema = format.clone();
            schema.shift_remove("type");
            schema.retain(|_, value| !value.is_null());
            json!({ "type": "json_schema", "json_schema": schema })
        }
        Some("json_object") => json!({ "type": "json_object" }),
        _ => return translator.unsupported("text.format.type", "a chat has no such format"),
    };
    fields.insert("response_format".to_owned(), sent);
    Ok(())
}

fn reasoning(
    request: &ResponsesRequest,
    dialect: DialectName,
    fields: &mut Map<String, Value>,
    translator: &mut Translator,
) -> Result<()> {
    let Some(options) = &request.reasoning else { return Ok(()) };
    let mut sent = Map::new();
    for (name, value) in options.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "effort" => {
                sent.insert(name.clone(), value.clone());
            }
            // Whoever has no such option shows of its reasoning what it shows.
            "summary" | "generate_summary" if dialect == DialectName::OpenAi => translator.note(
                format!("reasoning.{name}"),
                TranslationAction::Dropped,
                "the target shows of its reasoning what it shows of any",
            ),
            "summary" | "generate_summary" => {
                sent.insert("summary".to_owned(), value.clone());
            }
            _ => translator.unsupported(format!("reasoning.{name}"), "a chat has no such option")?,
        }
    }
    if let (1, Some(effort)) = (sent.len(), sent.get("effort")) {
        fields.insert("reasoning_effort".to_owned(), effort.clone());
    } else if !sent.is_empty() {
        fields.insert("reasoning".to_owned(), Value::Object(sent));
    }
    Ok(())
}

fn included(request: &ResponsesRequest, fields: &mut Map<String, Value>, translator: &mut Translator) {
    for name in request.include.iter().flatten().filter(|name| !INCLUDED.contains(&name.as_str())) {
        if name == "message.output_text.logprobs" {
            fields.insert("logprobs".to_owned(), true.into());
        } else {
            let detail = format!("`{name}` is of something that no chat has");
            translator.note("include", TranslationAction::Dropped, detail);
        }
    }
}
