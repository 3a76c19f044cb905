//! Requests recorded on OpenAI's wire are sent as they were.
//!
//! Each recorded body is read as a [`ChatRequest`], encoded with quirks that
//! change nothing, and compared. Every difference that is allowed is listed
//! here with its reason.

use std::path::{Path, PathBuf};

use roocode::dialects::openai::OpenAi;
use roocode::dialects::{Dialect, EncodeContext, Quirks, ReasoningReplay, Unsupported};
use roocode::types::chat::ChatRequest;
use serde_json::{Map, Value, json};

fn recordings() -> Vec<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/recordings"));
    let Ok(folders) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    let folders = folders.flatten().filter(|folder| folder.path().is_dir());
    let mut files: Vec<_> =
        folders.filter_map(|folder| std::fs::read_dir(folder.path()).ok()).flatten().flatten().collect();
    files.sort_by_key(std::fs::DirEntry::path);
    files
        .into_iter()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect()
}

/// Where the recorded messages hand reasoning back: the row of the service says
/// so, and a wrong word there drops the reasoning.
fn reasoning_replay(body: &Value) -> ReasoningReplay {
    let has = |name| {
        body["messages"].as_array().is_some_and(|all| all.iter().any(|message| message.get(name).is_some()))
    };
    if has("reasoning_details") {
        ReasoningReplay::ReasoningDetails
    } else if has("reasoning_content") {
        ReasoningReplay::ReasoningContent
    } else if has("reasoning") {
        ReasoningReplay::Reasoning
    } else {
        ReasoningReplay::None
    }
}

/// One provider's audio part has bare base64 where OpenAI's has an object (its
/// published schema `AudioChunk`). The canonical part is OpenAI's; the other is
/// written as a native part, which is sent as it is.
fn audio_as_native(body: &mut Value) -> bool {
    let mut changed = false;
    let parts = body["messages"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(|message| message.get_mut("content"));
    for part in parts.filter_map(Value::as_array_mut).flatten() {
        if part.get("input_audio").is_some_and(Value::is_string) {
            *part = json!({ "type": "native", "block": part.take() });
            changed = true;
        }
    }
    changed
}

/// Null members of objects mean the same as missing ones.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: Map<_, _> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), without_nulls(value)))
                .collect();
            Value::Object(fields)
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        // `1` and `1.0` are one number.
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}

/// Schemas that callers give are sent to the letter, nulls included.
fn schemas(value: &Value) -> Vec<&Value> {
    let tools = value["tools"].as_array().into_iter().flatten().map(|tool| &tool["function"]["parameters"]);
    tools.chain([&value["response_format"]["json_schema"]["schema"]]).collect()
}

#[test]
fn recorded_requests_are_sent_as_they_were() {
    let (mut sent, mut native, mut streams) = (0, 0, 0);
    for path in recordings() {
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for (number, exchange) in case["exchanges"].as_array().unwrap().iter().enumerate() {
            let request = &exchange["request"];
            if !request["path"]
                .as_str()
                .unwrap_or_default()
                .trim_end_matches('/')
                .ends_with("chat/completions")
            {
                continue;
            }
            let place = format!("{} exchange {number}", path.display());
            // Where the deployment in the path says the model, the recorded body has
            // none; ours has one in any case, and such services pass over it.
            let mut recorded = request["body"].clone();
            if recorded.get("model").is_none() {
                recorded["model"] = json!("deployment-in-the-path");
            }
            // A tool's type has one default, which one client left unsaid.
            for tool in recorded["tools"].as_array_mut().into_iter().flatten() {
                if tool.get("type").is_none() {
                    tool["type"] = json!("function");
                }
            }
            let recorded = &recorded;
            let mut given = recorded.clone();
            native += usize::from(audio_as_native(&mut given));
            let chat = ChatRequest::from_value(given).unwrap_or_else(|error| panic!("{place}: {error}"));
            let stream = chat.stream == Some(true);
            let quirks = Quirks {
                developer_role: true,
                reasoning_replay: reasoning_replay(recorded),
                // One provider's word for `required`, which the canonical request has
                // under OpenAI's name; its row says so.
                tool_choice_required: (recorded["tool_choice"] == "any").then(|| "any".to_owned()),
                ..Quirks::default()
            };
            let context = EncodeContext {
                model: &chat.model,
                stream,
                unsupported: Unsupported::Error,
                quirks: &quirks,
            };
            let encoded =
                OpenAi.encode_chat(&chat, &context).unwrap_or_else(|error| panic!("{place}: {error}"));

            assert_eq!(encoded.path, "/chat/completions", "{place}");
            let body = Value::Object(encoded.body);
            let mut expected = without_nulls(recorded);
            if stream {
                // Usage is always asked for.
                expected["stream_options"]["include_usage"] = json!(true);
                streams += 1;
            }
            assert_eq!(without_nulls(&body), expected, "{place}");
            assert_eq!(schemas(&body), schemas(recorded), "{place}");
            sent += 1;
        }
    }
    if sent == 0 {
        println!("skipped: ../shared is not here");
        return;
    }
    println!("{sent} recorded requests sent as they were, {streams} of them streams");
    // At least as many as there were when this was written, so that none is left out unseen.
    assert!(sent >= 284 && native >= 1, "{sent} sent, {native} of them with a native part");
}
