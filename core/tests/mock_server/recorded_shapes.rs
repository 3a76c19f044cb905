//! The mock's answers have no field that real answers do not have.

use std::collections::BTreeSet;
use std::path::Path;

use roocode::testing::MockServer;
use serde_json::{Value, json};

use super::client::{options, post, question};

/// The paths of all fields in a value, with the type of what is there.
fn fields(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                // What a tool is called with is the user's.
                let opaque =
                    matches!(name.as_str(), "input" | "args") || (name == "arguments" && value.is_object());
                let place = format!("{place}.{name}");
                if opaque {
                    found.insert(place);
                } else {
                    fields(value, &place, found);
                }
            }
        }
        Value::Array(array) => array.iter().for_each(|value| fields(value, &format!("{place}[]"), found)),
        Value::Null => drop(found.insert(format!("{place}: null"))),
        Value::Bool(_) => drop(found.insert(format!("{place}: bool"))),
        Value::Number(_) => drop(found.insert(format!("{place}: number"))),
        Value::String(_) => drop(found.insert(format!("{place}: string"))),
    }
}

fn event_fields(text: &str, found: &mut BTreeSet<String>) {
    // Gemini's other form of a stream.
    if let Ok(Value::Array(events)) = serde_json::from_str(text) {
        events.iter().for_each(|event| fields(event, " ", found));
    }
    let data = |line| str::strip_prefix(line, "data: ");
    for data in text.lines().filter_map(data) {
        if let Ok(event) = serde_json::from_str::<Value>(data) {
            // One union per type of event, where events have types.
            let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
            let delta = event.pointer("/delta/type").and_then(Value::as_str).unwrap_or_default();
            fields(&event, &format!("{kind} {delta}"), found);
        }
    }
}

/// All fields of the recorded answers of these APIs: plain, streamed, errors.
fn recorded(folder: &Path, apis: &[&str]) -> [BTreeSet<String>; 3] {
    let mut found = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
    let [plain, streamed, errors] = &mut found;
    for api in apis {
        let provider = folder.join(api.split('.').next().unwrap());
        for case in std::fs::read_dir(provider)
            .unwrap()
            .flatten()
            .filter(|case| case.path().extension().is_some_and(|end| end == "json"))
        {
            let case: Value = serde_json::from_slice(&std::fs::read(case.path()).unwrap()).unwrap();
            if case["api"] != *api {
                continue;
            }
            for exchange in case["exchanges"].as_array().unwrap() {
                let response = &exchange["response"];
                match (response["status"].as_u64(), response["text"].as_str()) {
                    (Some(200), Some(text)) => event_fields(text, streamed),
                    (Some(200), None) => fields(&response["body"], "", plain),
                    _ => fields(&response["body"], "", errors),
                }
            }
        }
    }
    found
}

#[test]
fn every_field_of_an_answer_is_on_record() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/recordings"));
    if !folder.is_dir() {
        println!("skipped: ../shared is not here");
        return;
    }
    let said =
        |stream| json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": "x"}]});
    let contents = json!({"contents": [{"parts": [{"text": "x"}]}]});
    let turns = json!({"messages": [{"role": "user", "content": [{"text": "x"}]}]});
    let wires = [
        // DeepSeek's for `reasoning_content`, OpenRouter's for `cache_write_tokens`.
        (
            vec!["openai.chat_completions", "deepseek.chat", "openrouter.chat"],
            ("/v1/chat/completions", question(false)),
            Some(("/v1/chat/completions", question(true))),
        ),
        (vec!["anthropic.messages"], ("/v1/messages", said(false)), Some(("/v1/messages", said(true)))),
        (
            vec!["gemini.generateContent", "gemini.streamGenerateContent"],
            ("/v1beta/models/m:generateContent", contents.clone()),
            Some(("/v1beta/models/m:streamGenerateContent?alt=sse", contents)),
        ),
        (vec!["cohere.v2.chat", "cohere.embed"], ("/v2/chat", said(false)), Some(("/v2/chat", said(true)))),
        // Its streams of calls are like its plain ones.
        (vec!["ollama.chat"], ("/api/chat", said(false)), None),
        // Its streams are frames: see `own_wires`.
        (vec!["bedrock.converse"], ("/model/m/converse", turns), None),
    ];
    let usage = json!({"prompt_tokens": 9, "completion_tokens": 9, "cached_tokens": 1,
        "cache_write_tokens": 1, "reasoning_tokens": 1});
    let tool = json!([{"id": "a", "name": "f", "arguments": {"a": 1}}]);
    let scripts = [
        json!([{"reply": {"content": "Hi you", "usage": usage}}]),
        json!([{"reply": {"content": "Hi you", "reasoning": "Hm so", "usage": usage}}]),
        json!([{"reply": {"reasoning": "Hm", "tool_calls": tool, "usage": usage}}]),
        json!([{"reply": {"content": "Hi", "tool_calls": tool, "usage": usage}}]),
    ];
    for (apis, plain, streamed) in wires {
        let known = recorded(folder, &apis);
        assert!(known[0].len() > 3 && !known[2].is_empty(), "{apis:?} are not on record");
        let mut ours = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
        for script in &scripts {
            let server = MockServer::start(options(script.clone())).unwrap();
            fields(&post(&server, plain.0, &plain.1).json(), "", &mut ours[0]);
            if let Some((path, body)) = &streamed {
                event_fields(post(&server, path, body).text(), &mut ours[1]);
            }
        }
        for status in [400, 401, 404, 429, 500] {
            let fault = json!([{"fault": {"kind": "status", "status": status}}]);
            let server = MockServer::start(options(fault)).unwrap();
            fields(&post(&server, plain.0, &plain.1).json(), "", &mut ours[2]);
        }
        for (ours, known) in ours.iter().zip(&known) {
            // Streams of thinking are not on record; specs/cohere.json has the field in both events.
            let specified = |field: &&String| field.ends_with(".delta.message.content.thinking: string");
            let invented: Vec<_> = ours.difference(known).filter(|field| !specified(field)).collect();
            assert!(invented.is_empty(), "{apis:?}: {invented:#?}");
        }
    }
}
