//! Ollama's `/api/chat`: schema `ChatResponse`.

use serde_json::Value;

use super::{list, seconds, text};
use crate::expected::{Answer, Call, Reply, Tokens};

pub fn reply(raw: &Value) -> Reply {
    let count = |name: &str| raw[name].as_u64();
    let (prompt, completion) = (count("prompt_eval_count"), count("eval_count"));
    Reply {
        id: String::new(),
        model: text(&raw["model"]),
        created: raw["created_at"].as_str().map(seconds).unwrap_or_default(),
        choices: vec![answer(raw)],
        usage: prompt.or(completion).map(|_| Tokens {
            prompt: prompt.unwrap_or_default(),
            completion: completion.unwrap_or_default(),
            total: prompt.unwrap_or_default() + completion.unwrap_or_default(),
            ..Tokens::default()
        }),
    }
}

fn answer(raw: &Value) -> Answer {
    let message = &raw["message"];
    let calls = list(&message["tool_calls"]);
    let native = raw["done_reason"].as_str();
    // The server says `stop` after calls, too.
    let finish = match native {
        Some("stop") if !calls.is_empty() => Some("tool_calls"),
        native => native,
    };
    Answer {
        text: text(&message["content"]),
        reasoning: text(&message["thinking"]),
        tool_calls: calls.iter().map(call).collect(),
        native_finish: native.filter(|_| native != finish).map(str::to_owned),
        finish: finish.map(str::to_owned),
        ..Answer::default()
    }
}

fn call(call: &Value) -> Call {
    Call {
        id: call["id"].as_str().map(str::to_owned),
        name: text(&call["function"]["name"]),
        arguments: call["function"]["arguments"].clone(),
        arguments_text: None,
    }
}
