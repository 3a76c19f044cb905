//! The parameters of the common shape: typical values, their bounds, and values
//! that ask for nothing.

use serde_json::json;

use super::{Ingredient, fields, neutral, parameter};

pub fn all() -> Vec<Ingredient> {
    let closed = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"],
        "additionalProperties": false });
    let schema = |format| json!({ "type": "json_schema", "json_schema": format });
    let mut all = vec![fields("nothing", json!({}))];
    for more in [
        parameter("max_completion_tokens", [json!(100), json!(1)]),
        parameter("max_tokens", [json!(100), json!(4096)]),
        parameter("temperature", [json!(0.3), json!(0), json!(1), json!(2)]),
        parameter("top_p", [json!(0.9), json!(0), json!(1)]),
        parameter("top_k", [json!(40), json!(1)]),
        parameter("n", [json!(2)]),
        neutral("n", [json!(1)]),
        parameter("stop", [json!("END"), json!(["END", "STOP"]), json!(["a", "b", "c", "d"])]),
        neutral("stop", [json!([])]),
        parameter("seed", [json!(7), json!(0), json!(-7), json!(9_007_199_254_740_991_i64)]),
        parameter("frequency_penalty", [json!(0.5), json!(-2), json!(2)]),
        neutral("frequency_penalty", [json!(0)]),
        parameter("presence_penalty", [json!(0.5), json!(-2), json!(2)]),
        neutral("presence_penalty", [json!(0.0)]),
        parameter("logit_bias", [json!({ "50256": -100 })]),
        neutral("logit_bias", [json!({})]),
        parameter("logprobs", [json!(true)]),
        neutral("logprobs", [json!(false)]),
        vec![
            fields("top_logprobs=3", json!({ "logprobs": true, "top_logprobs": 3 })),
            fields("top_logprobs=20", json!({ "logprobs": true, "top_logprobs": 20 })),
            fields("top_logprobs=0", json!({ "logprobs": true, "top_logprobs": 0 })),
            fields("top_logprobs alone", json!({ "top_logprobs": 3 })),
        ],
        neutral("response_format", [json!({ "type": "text" })]),
        parameter("response_format", [json!({ "type": "json_object" })]),
        vec![
            fields(
                "response_format schema strict",
                json!({ "response_format": schema(json!({ "name": "answer", "strict": true, "schema": closed })) }),
            ),
            fields(
                "response_format schema described",
                json!({ "response_format": schema(json!({ "name": "answer", "description": "d", "schema": closed })) }),
            ),
            fields(
                "response_format schema open",
                json!({ "response_format": schema(json!({ "name": "answer", "strict": false,
                    "schema": { "type": "object", "properties": { "a": { "anyOf": [{ "type": "null" }] } } } })) }),
            ),
            fields(
                "response_format schema missing",
                json!({ "response_format": schema(json!({ "name": "answer" })) }),
            ),
        ],
        parameter(
            "reasoning_effort",
            ["none", "minimal", "low", "medium", "high", "xhigh", "max"].map(|effort| json!(effort)),
        ),
        parameter(
            "reasoning",
            [
                json!({ "effort": "low" }),
                json!({ "effort": "high", "exclude": true }),
                json!({ "effort": "medium", "exclude": false }),
                json!({ "effort": "low", "summary": "auto" }),
                json!({ "effort": "low", "enabled": true }),
                json!({ "max_tokens": 2000 }),
                json!({ "enabled": true }),
                json!({ "enabled": false }),
            ],
        ),
        parameter("verbosity", [json!("low"), json!("high")]),
        parameter("modalities", [json!(["text", "audio"]), json!(["text", "image"])]),
        neutral("modalities", [json!(["text"])]),
        vec![fields(
            "audio",
            json!({ "modalities": ["text", "audio"], "audio": { "voice": "alloy", "format": "pcm16" } }),
        )],
        parameter("prediction", [json!({ "type": "content", "content": "the answer" })]),
        parameter("metadata", [json!({ "team": "a" }), json!({ "user_id": "u" })]),
        neutral("metadata", [json!({})]),
        parameter("user", [json!("u")]),
        parameter("safety_identifier", [json!("u")]),
        parameter("prompt_cache_key", [json!("k")]),
        parameter("prompt_cache_retention", [json!("in_memory"), json!("24h")]),
        parameter("store", [json!(true), json!(false)]),
        parameter("service_tier", [json!("auto"), json!("default"), json!("flex"), json!("priority")]),
        parameter("web_search_options", [json!({}), json!({ "search_context_size": "low" })]),
        parameter("stream", [json!(true), json!(false)]),
        vec![
            fields(
                "stream_options.include_usage=true",
                json!({ "stream": true, "stream_options": { "include_usage": true } }),
            ),
            fields(
                "stream_options.include_usage=false",
                json!({ "stream": true, "stream_options": { "include_usage": false } }),
            ),
        ],
    ] {
        all.extend(more);
    }
    all
}
