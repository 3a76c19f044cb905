//! The language-neutral cases of `tests/cases`, run in Rust. Their form is in
//! `tests/cases/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use roocode::testing::{MockServer, Script};
use roocode::types::chat::Accumulator;
use roocode::{Client, ClientConfig, Error};
use serde_json::{Value, json};

/// What happened, as plain data.
#[derive(Default)]
struct Seen {
    texts: Vec<String>,
    reply: Value,
    last: Value,
    error: Value,
}

async fn send(client: &Client, request: &Value, options: &Value) -> Seen {
    match attempt(client, request, options).await {
        Ok(seen) => seen,
        Err(error) => Seen { error: serde_json::to_value(error.details()).unwrap(), ..Seen::default() },
    }
}

async fn attempt(client: &Client, request: &Value, options: &Value) -> Result<Seen, Error> {
    let call = client.call(request.clone(), options.clone())?;
    if request["stream"] != json!(true) {
        let reply = client.chat(call).await?;
        return Ok(Seen { reply: serde_json::to_value(&reply.completion).unwrap(), ..Seen::default() });
    }
    let mut stream = client.chat_stream(call).await?;
    let (mut seen, mut sum) = (Seen::default(), Accumulator::new());
    while let Some(batch) = stream.next_batch().await {
        match batch {
            Ok(chunks) => {
                for chunk in chunks {
                    sum.add(&chunk);
                    let text = chunk.choices.iter().find_map(|choice| choice.delta.content.clone());
                    seen.texts.extend(text.filter(|text| !text.is_empty()));
                    seen.last = serde_json::to_value(&chunk).unwrap();
                }
            }
            Err(error) => seen.error = serde_json::to_value(error.details()).unwrap(),
        }
    }
    seen.reply = serde_json::to_value(sum.completion()).unwrap();
    Ok(seen)
}

/// Whether `got` holds at least `wanted`; else where it does not.
fn holds(got: &Value, wanted: &Value, place: &str) -> Result<(), String> {
    match (got, wanted) {
        (Value::Object(got), Value::Object(wanted)) => wanted.iter().try_for_each(|(key, wanted)| {
            holds(got.get(key).unwrap_or(&Value::Null), wanted, &format!("{place}.{key}"))
        }),
        (Value::Array(got), Value::Array(wanted)) if got.len() == wanted.len() => got
            .iter()
            .zip(wanted)
            .enumerate()
            .try_for_each(|(index, (got, wanted))| holds(got, wanted, &format!("{place}[{index}]"))),
        (Value::Number(got), Value::Number(wanted)) if got.as_f64() == wanted.as_f64() => Ok(()),
        _ if got == wanted => Ok(()),
        _ => Err(format!("{place}: wanted {wanted}, got {got}")),
    }
}

fn tool_calls(reply: &Value) -> Value {
    reply["choices"][0]["message"]["tool_calls"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|call| {
            let arguments: Value =
                serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap_or(Value::Null);
            json!({ "name": call["function"]["name"], "arguments": arguments })
        })
        .collect()
}

async fn run(case: &Value) -> Result<(), String> {
    let scripts: Vec<Script> = serde_json::from_value(case["scripts"].clone()).unwrap();
    let server = MockServer::start(scripts).map_err(|error| error.to_string())?;
    let providers = case["providers"].to_string().replace("{url}", &server.url());
    let mut config = json!({ "providers": serde_json::from_str::<Value>(&providers).unwrap() });
    if let Some(routes) = case.get("routes") {
        config["routes"] = routes.clone();
    }
    let client = Client::new(ClientConfig::from_value(config).unwrap()).unwrap();
    let mut seen = send(&client, &case["request"], &case["options"]).await;
    if let Some(then) = case.get("then") {
        let mut request = case["request"].clone();
        let messages = request["messages"].as_array_mut().unwrap();
        messages.push(seen.reply["choices"][0]["message"].clone());
        messages.extend(then["messages"].as_array().unwrap().clone());
        seen = send(&client, &request, &case["options"]).await;
    }
    check(&case["expect"], &seen, &server)
}

fn check(expect: &Value, seen: &Seen, server: &MockServer) -> Result<(), String> {
    let wants = |key: &str| expect.get(key);
    if wants("error").is_none() && !seen.error.is_null() {
        return Err(format!("unexpected error: {}", seen.error));
    }
    for (key, got) in [("reply", &seen.reply), ("last", &seen.last), ("error", &seen.error)] {
        if let Some(wanted) = wants(key) {
            holds(got, wanted, key)?;
        }
    }
    if let Some(wanted) = wants("texts") {
        holds(&json!(seen.texts), wanted, "texts")?;
    }
    if let Some(wanted) = wants("tool_calls") {
        holds(&tool_calls(&seen.reply), wanted, "tool_calls")?;
    }
    if let Some(wanted) = wants("cost_usd") {
        let got = seen.reply["route"]["cost"]["total_usd"].as_f64().unwrap_or(f64::NAN);
        if (got - wanted.as_f64().unwrap()).abs() > 1e-12 {
            return Err(format!("cost: wanted {wanted}, got {got}"));
        }
    }
    let got = serde_json::to_value(server.requests()).unwrap();
    if let Some(wanted) = wants("requests") {
        holds(&json!(got.as_array().unwrap().len()), wanted, "requests")?;
    }
    if let Some(wanted) = wants("sent") {
        holds(&got, wanted, "sent")?;
        for (index, wanted) in wanted.as_array().unwrap().iter().enumerate() {
            // A body is compared whole: a field too many is a mistake as well.
            if wanted.get("body").is_some_and(|body| *body != got[index]["body"]) {
                return Err(format!(
                    "sent[{index}].body: wanted {}, got {}",
                    wanted["body"], got[index]["body"]
                ));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_case_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/chat");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 40, "{}", paths.len());
    let mut failures = Vec::new();
    for path in paths {
        let case: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        if let Err(failure) = run(&case).await {
            failures.push(format!("{}: {failure}", path.file_stem().unwrap().display()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
