//! Encoding of a request: the canonical request is this wire's shape, so it is
//! serialised and then only what the quirks name is changed.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{messages, parts, sampling};
use crate::dialects::{EncodeContext, EncodedRequest, Quirks, StreamUsage, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{ChatRequest, Message, ReasoningEffort};
use crate::types::trace::TranslationAction;

pub(super) type Body = Map<String, Value>;

/// Parameters at a value that asks for nothing: a service that refuses the
/// parameter still honours that value.
const ASKS_NOTHING: [(&str, Asks); 4] = [
    ("n", |value| value.as_u64() == Some(1)),
    ("logprobs", |value| value == &Value::Bool(false)),
    ("store", |value| value == &Value::Bool(false)),
    ("stream", |value| value == &Value::Bool(false)),
];
type Asks = fn(&Value) -> bool;

pub(super) fn encode(request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let quirks = context.quirks;
    let mut translator = Translator::new(context.unsupported);
    let mut body = body(request, context.model)?;
    ask_for_stream(&mut body, request, context);
    // Looking a field up costs more than asking the typed request for it first.
    let plain = request.messages.iter().all(Message::is_plain);
    if !plain {
        parts::encode(&mut body, quirks, &mut translator)?;
        messages::encode(&mut body, quirks, &mut translator)?;
    }
    if request.max_tokens.is_some() || request.max_completion_tokens.is_some() {
        name_max_tokens(&mut body, quirks, &mut translator)?;
    }
    if request.reasoning.is_some() || request.reasoning_effort.is_some() {
        name_reasoning(&mut body, quirks, &mut translator)?;
        clamp_effort(&mut body, quirks, &mut translator);
    }
    if !quirks.own_sampling.is_empty() {
        sampling::encode(&mut body, request, context, &mut translator)?;
    }
    // No texts to stop at ask for nothing, and an empty list is refused (schema `StopConfiguration`).
    if request.stop.as_ref().is_some_and(|stop| stop.texts().is_empty()) {
        body.shift_remove("stop");
    }
    if quirks.tool_parameters_required {
        add_parameters(&mut body);
    }
    if let Some(word) = &quirks.tool_choice_required
        && let Some(choice) = body.get_mut("tool_choice")
        && choice == "required"
    {
        translator.note("tool_choice", TranslationAction::Renamed, format!("`required` is `{word}` there"));
        *choice = word.as_str().into();
    }
    for path in &quirks.unsupported {
        if path == "cache_control" {
            if !plain || request.tools.is_some() || !request.extra.is_empty() {
                drop_cache_marks(&mut body, &mut translator);
            }
        } else if plain && path.starts_with("messages[]") {
            // A role and a text are what every service takes.
        } else if path == "messages[].name" {
            leave_out_names(&mut body, &mut translator)?;
        } else if path == "functions" {
            leave_out_function_messages(&mut body, &mut translator)?;
            leave_out(&mut body, path, &mut translator)?;
        } else if has(&body, path.split(['.', '[']).next().unwrap_or_default()) {
            leave_out(&mut body, path, &mut translator)?;
        }
    }
    for (name, new_name) in &quirks.rename {
        if has(&body, name) {
            rename(&mut body, name, new_name, &mut translator)?;
        }
    }
    Ok(EncodedRequest {
        path: "/chat/completions".to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// The request as it stands, with the service's name of the model.
pub(super) fn body(request: &impl Serialize, model: &str) -> Result<Body> {
    match serde_json::to_value(request) {
        Ok(Value::Object(mut body)) => {
            body.insert("model".to_owned(), model.into());
            Ok(body)
        }
        Ok(_) => {
            Err(Error::new(ErrorKind::Internal, "a request serialised to something else than an object"))
        }
        Err(error) => {
            Err(Error::new(ErrorKind::BadRequest, "the request cannot be written as JSON").with_source(error))
        }
    }
}

/// Of an operation that is no chat: without what the service refuses, by the names it has.
pub(super) fn as_the_service_takes(
    body: &mut Body,
    quirks: &Quirks,
    translator: &mut Translator,
) -> Result<()> {
    for name in quirks.unsupported.iter().filter(|path| !path.contains(['.', '['])) {
        if has(body, name) {
            leave_out(body, name, translator)?;
        }
    }
    for (name, new_name) in &quirks.rename {
        if has(body, name) {
            rename(body, name, new_name, translator)?;
        }
    }
    Ok(())
}

/// Whether a field is there. Bodies have few, so comparing is cheaper than hashing.
fn has(body: &Body, name: &str) -> bool {
    body.keys().any(|given| given == name)
}

fn ask_for_stream(body: &mut Body, request: &ChatRequest, context: &EncodeContext<'_>) {
    if !context.stream {
        // What the caller wrote stays, unless it contradicts how the answer is read.
        if request.stream == Some(true) {
            body.shift_remove("stream");
        }
        if request.stream_options.is_some() {
            body.shift_remove("stream_options");
        }
        return;
    }
    body.insert("stream".to_owned(), true.into());
    match context.quirks.stream_usage {
        // Asked for even where the caller said no: usage is never lost.
        StreamUsage::StreamOptions => {
            let options = body.entry("stream_options").or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(options) = options {
                options.insert("include_usage".to_owned(), true.into());
            }
        }
        StreamUsage::Automatic | StreamUsage::None => {
            let is_empty =
                body.get_mut("stream_options").and_then(Value::as_object_mut).is_some_and(|options| {
                    options.shift_remove("include_usage");
                    options.is_empty()
                });
            if is_empty {
                body.shift_remove("stream_options");
            }
        }
    }
}

/// Sends the limit of output tokens under the name that the service takes.
fn name_max_tokens(body: &mut Body, quirks: &Quirks, translator: &mut Translator) -> Result<()> {
    let Some(wanted) = quirks.max_tokens_field.as_deref() else {
        return Ok(());
    };
    for name in ["max_completion_tokens", "max_tokens"] {
        if name != wanted {
            rename(body, name, wanted, translator)?;
        }
    }
    Ok(())
}

/// `reasoning.effort` and `reasoning_effort` say the same: sent as the one that
/// the service takes.
fn name_reasoning(body: &mut Body, quirks: &Quirks, translator: &mut Translator) -> Result<()> {
    let refuses = |name: &str| quirks.unsupported.iter().any(|unsupported| unsupported == name);
    match (refuses("reasoning"), refuses("reasoning_effort")) {
        (true, false) => reasoning_to_effort(body, translator),
        (false, true) => {
            let Some(effort) = body.shift_remove("reasoning_effort") else {
                return Ok(());
            };
            let options = body.entry("reasoning").or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(options) = options {
                put(options, "effort", effort, ("reasoning_effort", "reasoning.effort"), translator)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// From none to most.
const EFFORTS: [ReasoningEffort; 7] = [
    ReasoningEffort::None,
    ReasoningEffort::Minimal,
    ReasoningEffort::Low,
    ReasoningEffort::Medium,
    ReasoningEffort::High,
    ReasoningEffort::XHigh,
    ReasoningEffort::Max,
];

/// Sends the nearest effort that the service knows, the higher of two.
fn clamp_effort(body: &mut Body, quirks: &Quirks, translator: &mut Translator) {
    let Some(Value::String(given)) = body.get("reasoning_effort") else { return };
    let position = |effort: &str| EFFORTS.iter().position(|known| known.as_str() == effort);
    let Some(at) = position(given) else { return };
    let known = quirks.reasoning_efforts.iter().map(ReasoningEffort::as_str);
    // Whoever asks for thinking is not answered without any.
    let nearest = known
        .filter_map(|name| Some((position(name)?, name)))
        .filter(|(other, _)| at == 0 || *other > 0)
        .min_by_key(|(other, _)| (at.abs_diff(*other), *other < at));
    if let Some((_, nearest)) = nearest.filter(|(_, name)| name != given) {
        let detail = format!("`{given}` sent as `{nearest}`, the nearest that the target knows");
        translator.note("reasoning_effort", TranslationAction::Clamped, detail);
        body.insert("reasoning_effort".to_owned(), nearest.into());
    }
}

/// Says of functions that they take nothing where the caller says nothing.
fn add_parameters(body: &mut Body) {
    for tool in items_of(body, "tools") {
        if let Some(Value::Object(function)) = tool.get_mut("function") {
            function
                .entry("parameters")
                .or_insert_with(|| serde_json::json!({ "type": "object", "properties": {} }));
        }
    }
}

/// Names of participants. A tool's name says again what its call said.
fn leave_out_names(body: &mut Body, translator: &mut Translator) -> Result<()> {
    for (index, message) in items_of(body, "messages").iter_mut().enumerate() {
        let of_function =
            ["tool", "function"].iter().any(|role| message.get("role").is_some_and(|r| r == role));
        if let Value::Object(message) = message
            && !of_function
            && message.shift_remove("name").is_some()
        {
            translator.unsupported(format!("messages[{index}].name"), "the target names no participants")?;
        }
    }
    Ok(())
}

/// A service without `functions` has no messages of theirs.
fn leave_out_function_messages(body: &mut Body, translator: &mut Translator) -> Result<()> {
    let Some(Value::Array(messages)) = body.get_mut("messages") else { return Ok(()) };
    for (index, message) in std::mem::take(messages).into_iter().enumerate() {
        if message.get("role").is_some_and(|role| role == "function") {
            translator.unsupported(format!("messages[{index}].role"), "the target has no role `function`")?;
        } else {
            messages.push(message);
        }
    }
    Ok(())
}

fn reasoning_to_effort(body: &mut Body, translator: &mut Translator) -> Result<()> {
    let Some(Value::Object(mut options)) = body.shift_remove("reasoning") else {
        return Ok(());
    };
    let enabled = options.shift_remove("enabled");
    if let Some(effort) = options.shift_remove("effort") {
        put(body, "reasoning_effort", effort, ("reasoning.effort", "reasoning_effort"), translator)?;
        if enabled == Some(Value::Bool(true)) {
            translator.note("reasoning.enabled", TranslationAction::Dropped, "the effort says it already");
        } else if enabled.is_some() {
            translator.unsupported("reasoning.enabled", "the target knows `reasoning_effort` alone")?;
        }
    } else if enabled == Some(Value::Bool(false)) {
        put(body, "reasoning_effort", "none".into(), ("reasoning.enabled", "reasoning_effort"), translator)?;
    } else if enabled.is_some() {
        translator.unsupported("reasoning.enabled", "the target knows `reasoning_effort` alone")?;
    }
    for (name, value) in options {
        if name == "exclude" && value == Value::Bool(false) {
            translator.note("reasoning.exclude", TranslationAction::Dropped, "false is what the target does");
        } else {
            translator
                .unsupported(format!("reasoning.{name}"), "the target knows `reasoning_effort` alone")?;
        }
    }
    Ok(())
}

/// Sends a top-level parameter under another name.
fn rename(body: &mut Body, name: &str, new_name: &str, translator: &mut Translator) -> Result<()> {
    match body.shift_remove(name) {
        Some(value) => put(body, new_name, value, (name, new_name), translator),
        None => Ok(()),
    }
}

/// Puts a renamed value in its place; what stands there already must say the same.
fn put(
    fields: &mut Body,
    key: &str,
    value: Value,
    (from, to): (&str, &str),
    translator: &mut Translator,
) -> Result<()> {
    match fields.get(key) {
        Some(other) if *other != value => Err(Error::bad_request(
            from,
            format!(
                "`{from}` and `{to}` say different things, and the target has only `{to}`: give one of the two"
            ),
        )),
        _ => {
            fields.insert(key.to_owned(), value);
            translator.note(from, TranslationAction::Renamed, format!("it is `{to}` there"));
            Ok(())
        }
    }
}

/// Removes the parameter at `path`, such as `top_k` or `tools[].function.strict`.
fn leave_out(body: &mut Body, path: &str, translator: &mut Translator) -> Result<()> {
    let steps: Vec<&str> = path.split('.').collect();
    leave_out_steps(body, &steps, "", translator)
}

fn leave_out_steps(
    fields: &mut Body,
    steps: &[&str],
    place: &str,
    translator: &mut Translator,
) -> Result<()> {
    let Some((step, rest)) = steps.split_first() else {
        return Ok(());
    };
    let (name, is_list) = step.strip_suffix("[]").map_or((*step, false), |name| (name, true));
    let place = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    if rest.is_empty() {
        return match fields.shift_remove(name) {
            None => Ok(()),
            Some(value) if asks_nothing(&place, &value) => {
                translator.note(place, TranslationAction::Dropped, "it is what the target does anyway");
                Ok(())
            }
            Some(_) => translator.unsupported(place, "the target does not take it"),
        };
    }
    match fields.get_mut(name) {
        Some(Value::Object(inner)) if !is_list => leave_out_steps(inner, rest, &place, translator),
        Some(Value::Array(items)) if is_list => {
            for (index, item) in items.iter_mut().enumerate() {
                if let Value::Object(item) = item {
                    leave_out_steps(item, rest, &format!("{place}[{index}]"), translator)?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn asks_nothing(place: &str, value: &Value) -> bool {
    ASKS_NOTHING.iter().any(|(name, asks_nothing)| *name == place && asks_nothing(value))
}

/// Caching saves money and changes no meaning: its marks are dropped with a
/// note, never an error.
fn drop_cache_marks(body: &mut Body, translator: &mut Translator) {
    for field in ["messages", "tools"] {
        for (index, item) in items_of(body, field).iter_mut().enumerate() {
            let place = format!("{field}[{index}]");
            drop_cache_mark(item, &place, translator);
            for list in ["content", "tool_calls"] {
                let Some(Value::Array(parts)) = item.get_mut(list) else {
                    continue;
                };
                for (index, part) in parts.iter_mut().enumerate() {
                    drop_cache_mark(part, &format!("{place}.{list}[{index}]"), translator);
                }
            }
        }
    }
    if body.shift_remove("cache_control").is_some() {
        translator.note("cache_control", TranslationAction::Dropped, CACHE_MARK);
    }
}

const CACHE_MARK: &str = "the target has no marks for its prompt cache";

fn drop_cache_mark(item: &mut Value, place: &str, translator: &mut Translator) {
    if let Value::Object(fields) = item
        && fields.shift_remove("cache_control").is_some()
    {
        translator.note(format!("{place}.cache_control"), TranslationAction::Dropped, CACHE_MARK);
    }
}

/// The items of a list in the body; none where it is no list.
pub(super) fn items_of<'a>(body: &'a mut Body, name: &str) -> &'a mut [Value] {
    match body.get_mut(name) {
        Some(Value::Array(items)) => items,
        _ => &mut [],
    }
}
