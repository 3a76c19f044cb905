//! A reply handed back is, block by block, what the service sent.

use roocode::types::chat::ChatCompletion;
use serde_json::{Value, json};

use crate::recordings::{Exchange, cases};
use crate::requests::{encode, reversed, validator};

/// Our request that hands a reply back and goes on, and the blocks in it.
fn handed_back(completion: &ChatCompletion, exchange: &Exchange) -> (Value, Vec<Value>) {
    let message = serde_json::to_value(&completion.choices[0].message).unwrap();
    let mut request = reversed(&exchange.request);
    let results = message["tool_calls"].as_array().into_iter().flatten();
    let results: Vec<Value> =
        results.map(|call| json!({"role": "tool", "tool_call_id": call["id"], "content": "ok"})).collect();
    let next = if results.is_empty() { vec![json!({"role": "user", "content": "Go on."})] } else { results };
    let messages = request["messages"].as_array_mut().unwrap();
    messages.push(message);
    messages.extend(next);
    let body = Value::Object(encode(request, &exchange.model, false).body);
    let turns = body["messages"].as_array().unwrap();
    let blocks = turns[turns.len() - 2]["content"].as_array().unwrap().clone();
    (body, blocks)
}

/// What the service sent, but for what it does not take back: the type of a call of the
/// caller's, which is not in its model, and reasoning that nobody signed.
fn takes_back(sent: &[Value]) -> Vec<Value> {
    let mut sent = sent.to_vec();
    sent.retain(|block| {
        let reasoning = &block["reasoningContent"];
        reasoning.is_null()
            || reasoning.get("redactedContent").is_some()
            || reasoning["reasoningText"]["signature"].as_str().is_some_and(|text| !text.is_empty())
    });
    for block in &mut sent {
        if let Some(call) = block.get_mut("toolUse").and_then(Value::as_object_mut)
            && call.get("type") == Some(&json!("tool_use"))
        {
            call.shift_remove("type");
        }
    }
    sent
}

#[test]
fn every_recorded_reply_is_handed_back_exactly_and_valid() {
    let (Some(cases), Some(validator)) = (cases(), validator("ConverseRequest")) else { return };
    let (mut checked, mut signatures, mut redacted) = (0, 0, 0);
    for exchange in cases.iter().flatten().filter(|exchange| exchange.status == 200) {
        let completion = exchange.decoded();
        let (body, blocks) = handed_back(&completion, exchange);
        let sent = match &completion.choices[0].message.native_blocks {
            Some(native) => native.blocks.clone(),
            // The plain fields say it all; the replay test compares them with what was sent.
            None => blocks.clone(),
        };
        assert_eq!(blocks, takes_back(&sent), "{}", exchange.name);
        signatures +=
            blocks.iter().filter(|block| block["reasoningContent"]["reasoningText"].is_object()).count();
        redacted +=
            blocks.iter().filter(|block| block["reasoningContent"]["redactedContent"].is_string()).count();
        let errors: Vec<String> =
            validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        let errors: Vec<&String> =
            errors.iter().filter(|error| !error.starts_with("/guardrailConfig/")).collect();
        assert!(errors.is_empty(), "{}\n{errors:#?}", exchange.name);
        checked += 1;
    }
    assert!(checked >= 30 && signatures >= 1 && redacted >= 2, "{checked} {signatures} {redacted}");
}

/// Where the recorded client went on with the same conversation, it sent what we send.
#[test]
fn the_recorded_second_turn_is_ours() {
    let Some(cases) = cases() else { return };
    let mut checked = 0;
    for case in &cases {
        for pair in case.windows(2) {
            let turns = pair[1].request["messages"].as_array().unwrap();
            let before = pair[0].request["messages"].as_array().unwrap();
            if pair[0].status != 200 || turns.len() <= before.len() || turns[..before.len()] != before[..] {
                continue;
            }
            let recorded = turns[before.len()]["content"].as_array().unwrap();
            let (_, blocks) = handed_back(&pair[0].decoded(), &pair[0]);
            let differs = DIFFERENT.iter().any(|(name, _)| *name == pair[0].name);
            assert_eq!(blocks == *recorded, !differs, "{}\n{blocks:#?}\n{recorded:#?}", pair[0].name);
            checked += 1;
        }
    }
    assert!(checked >= 8, "{checked}");
}

/// Where the recorded client handed back something else than it had got.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "crewai-agents-testbedrocknativetoolcalling-test-bedrock-parallel-native-tool-calling-test-ag-e3b9e5#0",
        "crewai leaves the text beside the calls out",
    ),
    (
        "crewai-agents-testbedrocknativetoolcalling-test-bedrock-parallel-native-tool-calling-test-crew#0",
        "crewai leaves the text beside the calls out",
    ),
    ("langchain-aws-aws-test-citations-v1-v1#0", "langchain writes another conversation"),
    (
        "pydantic-ai-test-bedrock-test-bedrock-moonshotai-tool-call#0",
        "pydantic-ai puts unsigned reasoning into the text, in tags",
    ),
];
