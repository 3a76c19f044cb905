//! Every plain response: what we decode equals what the raw JSON says.

use std::collections::BTreeMap;

use roocode::ErrorKind;
use serde_json::Value;

use crate::cases::{self, Wire};
use crate::drive::dialect;
use crate::expected::{report, short};
use crate::{extract, observed};

#[test]
fn every_plain_response_decodes_to_what_its_json_says() {
    let mut findings = Vec::new();
    let mut checked = 0;
    for (_, exchange, wire) in cases::replayed() {
        let Some(raw) = exchange.plain() else { continue };
        checked += 1;
        let blocked = extract::blocked(wire, raw);
        let completion = match dialect(wire).decode_chat(&exchange.body(), &exchange.model()) {
            Ok(_) if blocked.is_some() => {
                findings.push(format!("{}: no error, though the prompt was blocked", exchange.name));
                continue;
            }
            Ok(completion) => completion,
            Err(error)
                if error.kind == ErrorKind::ContentPolicy
                    && error.body.as_ref() == Some(raw)
                    && blocked.is_some_and(|reason| error.message.contains(reason)) =>
            {
                continue;
            }
            Err(error) => {
                findings.push(format!("{}: {error:?}", exchange.name));
                continue;
            }
        };
        let differences =
            extract::reply(wire, raw, &exchange.model()).differences(&observed::reply(&completion));
        findings.extend(differences.into_iter().map(|line| format!("{}: {line}", exchange.name)));
        findings.extend(observed::round_trip(&completion).map(|line| format!("{}: {line}", exchange.name)));
        findings.extend(
            native_blocks(wire, raw, &observed::json(&completion))
                .into_iter()
                .map(|line| format!("{}: {line}", exchange.name)),
        );
    }
    report("plain responses", checked, 216, &findings);
}

/// Native blocks are there wherever the plain fields cannot say the same, and verbatim.
pub fn native_blocks(wire: Wire, raw: &Value, ours: &Value) -> Vec<String> {
    let answers: BTreeMap<u64, &Value> = match wire {
        Wire::OpenAi => return Vec::new(),
        Wire::Anthropic => [(0, &raw["content"])].into(),
        Wire::Bedrock => [(0, &raw["output"]["message"]["content"])].into(),
        Wire::Gemini => raw["candidates"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|candidate| {
                (candidate["index"].as_u64().unwrap_or_default(), &candidate["content"]["parts"])
            })
            .collect(),
    };
    let mut out = Vec::new();
    for choice in ours["choices"].as_array().into_iter().flatten() {
        let index = choice["index"].as_u64().unwrap();
        let Some(Value::Array(blocks)) = answers.get(&index) else { continue };
        let native = &choice["message"]["native_blocks"];
        if native.is_null() {
            if let Some(block) = blocks.iter().find(|block| !plain_fields_say(wire, block)) {
                out.push(format!("no native blocks, though the plain fields cannot say {}", short(block)));
            }
        } else if native["dialect"] != wire.name() {
            out.push(format!("native blocks of the dialect {}", native["dialect"]));
        } else if native["blocks"].as_array() != Some(blocks) {
            out.push(format!(
                "native blocks: expected {}, got {}",
                short(&Value::Array(blocks.clone()).to_string()),
                short(&native["blocks"].to_string())
            ));
        }
    }
    out
}

/// Whether a block says no more than text or a call does.
fn plain_fields_say(wire: Wire, block: &Value) -> bool {
    let only = |value: &Value, names: &[&str]| {
        value.as_object().is_some_and(|fields| {
            fields.iter().all(|(key, value)| value.is_null() || names.contains(&key.as_str()))
        })
    };
    match wire {
        Wire::OpenAi => true,
        Wire::Anthropic => {
            (block["type"] == "text" && only(block, &["type", "text"]))
                || (block["type"] == "tool_use" && only(block, &["type", "id", "name", "input"]))
        }
        Wire::Bedrock => {
            let call = &block["toolUse"];
            only(block, &["text"])
                || (only(block, &["toolUse"])
                    && call["type"] != "server_tool_use"
                    && only(call, &["toolUseId", "name", "input", "type"]))
        }
        Wire::Gemini => {
            only(block, &["text"])
                || (only(block, &["functionCall"]) && only(&block["functionCall"], &["name", "args", "id"]))
        }
    }
}
