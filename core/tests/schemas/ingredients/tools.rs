//! Tools, the choice among them, and how many may be called.

use serde_json::{Value, json};

use super::{Ingredient, fields};

fn function(name: &str) -> Value {
    json!({ "type": "function", "function": {
        "name": name,
        "description": "Does it",
        "parameters": {
            "type": "object",
            "properties": { "city": { "type": ["string", "null"], "minLength": 1 } },
            "required": ["city"],
            "additionalProperties": false,
            "$defs": { "unused": { "const": 1 } },
        },
    } })
}

pub fn all() -> Vec<Ingredient> {
    let two = json!([function("f"), function("g")]);
    let named = json!({ "type": "function", "function": { "name": "f" } });
    let mut all = vec![
        fields("tools", json!({ "tools": two })),
        fields(
            "tools: name alone",
            json!({ "tools": [{ "type": "function", "function": { "name": "bare" } }] }),
        ),
        fields(
            "tools: empty parameters",
            json!({ "tools": [{ "type": "function", "function": { "name": "empty", "parameters": {} } }] }),
        ),
        fields(
            "tools: strict",
            json!({ "tools": [{ "type": "function", "function": { "name": "strict", "strict": true,
                "parameters": { "type": "object", "properties": {}, "additionalProperties": false } } }] }),
        ),
        fields(
            "tools: not strict",
            json!({ "tools": [{ "type": "function", "function": { "name": "loose", "strict": false,
                "parameters": { "type": "object" } } }] }),
        ),
        fields(
            "tools: cache mark",
            json!({ "tools": [{ "type": "function", "cache_control": { "type": "ephemeral", "ttl": "1h" },
                "function": { "name": "marked", "parameters": { "type": "object" } } }] }),
        ),
        Ingredient { is_neutral: true, ..fields("tools: none", json!({ "tools": [] })) },
    ];
    for (name, choice) in [
        ("auto", json!("auto")),
        ("none", json!("none")),
        ("required", json!("required")),
        ("function", named.clone()),
        (
            "allowed tools",
            json!({ "type": "allowed_tools", "allowed_tools": { "mode": "auto", "tools": [named] } }),
        ),
    ] {
        all.push(fields(format!("tool_choice: {name}"), json!({ "tools": two, "tool_choice": choice })));
    }
    for parallel in [true, false] {
        all.push(fields(
            format!("parallel_tool_calls={parallel}"),
            json!({ "tools": two, "parallel_tool_calls": parallel }),
        ));
    }
    all
}
