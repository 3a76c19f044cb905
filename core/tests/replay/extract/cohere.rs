//! Cohere v2 chat: specs/cohere.json `x-operations.chat.response_or_event`.

use serde_json::Value;

use super::{list, text};
use crate::expected::{Answer, Call, Reply, Tokens, parse_arguments};

pub fn reply(raw: &Value) -> Reply {
    Reply {
        id: text(&raw["id"]),
        model: String::new(),
        created: 0,
        choices: vec![answer(raw)],
        usage: raw.get("usage").filter(|usage| usage["tokens"].is_object()).map(tokens),
    }
}

fn answer(raw: &Value) -> Answer {
    let message = &raw["message"];
    let of_type = |kind: &'static str| {
        list(&message["content"])
            .iter()
            .filter(move |block| block["type"] == kind)
            .map(move |block| text(&block[kind]))
    };
    let native = raw["finish_reason"].as_str().map(str::to_owned);
    let finish = native.as_deref().map(canonical_finish);
    Answer {
        text: of_type("text").collect(),
        // A plan is reasoning, too.
        reasoning: of_type("thinking").collect::<String>() + &text(&message["tool_plan"]),
        tool_calls: list(&message["tool_calls"]).iter().map(call).collect(),
        native_finish: native.filter(|native| Some(native) != finish.as_ref()),
        finish,
        ..Answer::default()
    }
}

fn call(call: &Value) -> Call {
    let arguments = text(&call["function"]["arguments"]);
    Call {
        id: Some(text(&call["id"])),
        name: text(&call["function"]["name"]),
        arguments: parse_arguments(&arguments),
        arguments_text: Some(arguments),
    }
}

/// Schema `finish_reason`, in OpenAI's words.
fn canonical_finish(native: &str) -> String {
    match native {
        "COMPLETE" | "STOP_SEQUENCE" => "stop",
        "MAX_TOKENS" => "length",
        "TOOL_CALL" => "tool_calls",
        other => other,
    }
    .to_owned()
}

/// Schema `Usage`: `tokens` are what the model read and wrote.
fn tokens(usage: &Value) -> Tokens {
    let count = |name: &str| usage["tokens"][name].as_u64();
    let (prompt, completion) =
        (count("input_tokens").unwrap_or_default(), count("output_tokens").unwrap_or_default());
    Tokens {
        prompt,
        completion,
        total: prompt + completion,
        cached: usage["cached_tokens"].as_u64(),
        input: count("image_tokens").map(|count| ("image".to_owned(), count)).into_iter().collect(),
        ..Tokens::default()
    }
}
