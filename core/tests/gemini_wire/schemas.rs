//! Outgoing bodies against the published request schemas; their objects are
//! closed, so a misspelt field fails.

use serde_json::{Map, Value, json};

use super::recordings::{encode, shared};

pub fn validator(file: &str, root: &str) -> Option<jsonschema::Validator> {
    let path = shared().join("specs").join(file);
    let Ok(bytes) = std::fs::read(path) else {
        println!("skipped: ../shared is not here");
        return None;
    };
    let mut schema: Map<String, Value> = serde_json::from_slice(&bytes).unwrap();
    schema.insert("$ref".to_owned(), root.into());
    Some(jsonschema::validator_for(&schema.into()).unwrap())
}

pub fn gemini() -> Option<jsonschema::Validator> {
    validator("google_gemini.json", "#/components/schemas/GenerateContentRequest")
}

pub fn vertex() -> Option<jsonschema::Validator> {
    validator("google_vertex.json", "#/$defs/GoogleCloudAiplatformV1GenerateContentRequest")
}

/// What only the Gemini API has, by the name of the case.
const GEMINI_ONLY: [&str; 5] = [
    "store",
    "store_false",
    "service_tier",
    // Vertex AI has server tools of its own.
    "file_search",
    "tool_combination",
];

/// What only Vertex AI has.
const VERTEX_ONLY: [&str; 3] = ["labels", "model_armor", "voice_object"];

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

/// Every parameter alone.
fn parameters() -> Vec<(&'static str, Value)> {
    let tools = json!([function("f"), function("g")]);
    vec![
        ("nothing", json!({})),
        ("max_completion_tokens", json!({ "max_completion_tokens": 100 })),
        ("max_tokens", json!({ "max_tokens": 100 })),
        ("temperature", json!({ "temperature": 0.5 })),
        ("temperature_zero", json!({ "temperature": 0 })),
        ("top_p", json!({ "top_p": 0.9 })),
        ("top_k", json!({ "top_k": 40 })),
        ("n", json!({ "n": 2 })),
        ("stop_one", json!({ "stop": "END" })),
        ("stop_many", json!({ "stop": ["END", "STOP"] })),
        ("seed", json!({ "seed": -7 })),
        ("frequency_penalty", json!({ "frequency_penalty": -0.5 })),
        ("presence_penalty", json!({ "presence_penalty": 0.5 })),
        ("logprobs", json!({ "logprobs": true, "top_logprobs": 3 })),
        ("tools", json!({ "tools": tools })),
        (
            "tool_without_parameters",
            json!({ "tools": [{ "type": "function", "function": { "name": "f" } }] }),
        ),
        (
            "tool_strict",
            json!({ "tools": [{ "type": "function", "function": { "name": "f", "strict": true } }] }),
        ),
        ("choice_auto", json!({ "tools": tools, "tool_choice": "auto" })),
        ("choice_none", json!({ "tools": tools, "tool_choice": "none" })),
        ("choice_required", json!({ "tools": tools, "tool_choice": "required" })),
        (
            "choice_function",
            json!({ "tools": tools, "tool_choice": { "type": "function", "function": { "name": "f" } } }),
        ),
        (
            "choice_allowed",
            json!({ "tools": tools, "tool_choice": { "type": "allowed_tools", "allowed_tools": {
                "mode": "auto", "tools": [{ "type": "function", "function": { "name": "f" } }] } } }),
        ),
        ("google_search", json!({ "tools": [{ "type": "google_search" }] })),
        ("google_search_native", json!({ "tools": [{ "type": "google_search", "googleSearch": {} }] })),
        ("url_context", json!({ "tools": [{ "type": "url_context" }] })),
        ("code_execution", json!({ "tools": [{ "type": "code_execution" }] })),
        (
            "file_search",
            json!({ "tools": [{ "type": "x", "fileSearch": { "fileSearchStoreNames": ["fileSearchStores/a"] } }] }),
        ),
        (
            "tool_combination",
            json!({ "tools": [function("f"), { "type": "google_search" }],
                "tool_config": { "includeServerSideToolInvocations": true } }),
        ),
        ("web_search_options", json!({ "web_search_options": {} })),
        ("parallel_tool_calls", json!({ "tools": tools, "parallel_tool_calls": true })),
        ("format_text", json!({ "response_format": { "type": "text" } })),
        ("format_json", json!({ "response_format": { "type": "json_object" } })),
        (
            "format_schema",
            json!({ "response_format": { "type": "json_schema", "json_schema": {
                "name": "answer", "strict": true,
                "schema": { "type": "object", "properties": { "a": { "anyOf": [{ "type": "null" }] } } } } } }),
        ),
        ("effort", json!({ "reasoning_effort": "low" })),
        ("reasoning_effort", json!({ "reasoning": { "effort": "high" } })),
        ("reasoning_budget", json!({ "reasoning": { "max_tokens": 2000 } })),
        ("reasoning_off", json!({ "reasoning": { "enabled": false } })),
        ("reasoning_on", json!({ "reasoning": { "enabled": true } })),
        ("reasoning_hidden", json!({ "reasoning": { "effort": "high", "exclude": true } })),
        ("modalities", json!({ "modalities": ["text", "image"] })),
        ("audio", json!({ "modalities": ["audio"], "audio": { "voice": "Kore", "format": "pcm16" } })),
        (
            "voice_object",
            json!({ "generationConfig": { "speechConfig": { "voiceConfig": { "voice": "x" } } } }),
        ),
        ("service_tier", json!({ "service_tier": "flex" })),
        ("service_tier_default", json!({ "service_tier": "auto" })),
        ("store", json!({ "store": true })),
        ("store_false", json!({ "store": false })),
        ("cache_key", json!({ "prompt_cache_key": "k" })),
        ("stream", json!({ "stream": true, "stream_options": { "include_usage": true } })),
        (
            "neutral",
            json!({
            "n": 1, "frequency_penalty": 0, "presence_penalty": 0, "logprobs": false, "logit_bias": {}, "metadata": {},
            "verbosity": "medium", "modalities": ["text"], "parallel_tool_calls": true, "tools": [] }),
        ),
        (
            "safety",
            json!({ "safety_settings": [{ "category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE" }] }),
        ),
        ("cached_content", json!({ "cachedContent": "cachedContents/a" })),
        (
            "generation_config",
            json!({ "top_k": 3, "generation_config": { "top_k": 4, "mediaResolution": "MEDIA_RESOLUTION_LOW" } }),
        ),
        ("labels", json!({ "labels": { "team": "a" } })),
        ("model_armor", json!({ "modelArmorConfig": { "promptTemplateName": "a" } })),
    ]
}

/// Every kind of message and part alone.
fn conversations() -> Vec<(&'static str, Value)> {
    let user = |part: Value| json!([{ "role": "user", "content": [part] }]);
    let call = json!({ "role": "assistant", "content": null, "tool_calls": [
        { "id": "call_1", "type": "function", "function": { "name": "f", "arguments": "{\"a\": 1}" } },
        { "id": "call_2", "type": "function", "function": { "name": "g", "arguments": "" } } ] });
    let asked = json!({ "role": "user", "content": "go" });
    let result = |id: &str, content: Value| json!({ "role": "tool", "tool_call_id": id, "content": content });
    let png = json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA" } });
    vec![
        ("text", user(json!({ "type": "text", "text": "hi" }))),
        (
            "system",
            json!([{ "role": "system", "content": "be kind" }, { "role": "developer", "content": "x" }, asked]),
        ),
        ("image_data", user(png.clone())),
        (
            "image_url",
            user(json!({ "type": "image_url", "image_url": { "url": "https://a.example/b.jpg?c=d" } })),
        ),
        (
            "image_no_extension",
            user(json!({ "type": "image_url", "image_url": { "url": "https://a.example/b" } })),
        ),
        (
            "image_detail",
            user(
                json!({ "type": "image_url", "image_url": { "url": "https://a.example/b.png", "detail": "low" } }),
            ),
        ),
        (
            "audio_part",
            user(json!({ "type": "input_audio", "input_audio": { "data": "AAAA", "format": "mp3" } })),
        ),
        ("file_data", user(json!({ "type": "file", "file": { "file_data": "AAAA", "filename": "a.pdf" } }))),
        ("file_data_url", user(json!({ "type": "file", "file": { "file_data": "data:text/plain,a%20b" } }))),
        (
            "file_id",
            user(json!({ "type": "file", "file": { "file_id": "https://g.example/v1beta/files/a" } })),
        ),
        ("document_url", user(json!({ "type": "document_url", "document_url": "https://a.example/b.pdf" }))),
        (
            "video",
            user(json!({ "type": "video_url", "video_url": { "url": "gs://bucket/a.mp4",
            "video_metadata": { "fps": 2.0 } } })),
        ),
        (
            "youtube",
            user(
                json!({ "type": "video_url", "video_url": { "url": "https://www.youtube.com/watch?v=abc" } }),
            ),
        ),
        ("native", user(json!({ "type": "native", "dialect": "gemini", "block": { "text": "hi" } }))),
        (
            "cache_mark",
            user(json!({ "type": "text", "text": "hi", "cache_control": { "type": "ephemeral" } })),
        ),
        ("assistant", json!([asked, { "role": "assistant", "content": "yes" }, asked])),
        ("refusal", json!([asked, { "role": "assistant", "content": null, "refusal": "no" }, asked])),
        (
            "results",
            json!([asked, call, result("call_1", json!("4")), result("call_2", json!("{\"b\": 2}"))]),
        ),
        (
            "result_error",
            json!([asked, call, { "role": "tool", "tool_call_id": "call_1", "content": "no", "is_error": true }]),
        ),
        (
            "result_image",
            json!([
                asked,
                call,
                result("call_1", json!([{ "type": "text", "text": "see" }, png])),
                result("call_2", json!("x"))
            ]),
        ),
        (
            "reasoning_replay",
            json!([asked, { "role": "assistant", "content": "yes", "reasoning_details": [
                { "type": "reasoning.text", "format": "google-gemini-v1", "index": 0, "text": "hm" },
                { "type": "reasoning.encrypted", "format": "google-gemini-v1", "index": 1, "data": "c2ln" } ] }, asked]),
        ),
    ]
}

#[test]
fn each_parameter_and_part_alone_is_valid() {
    let (Some(gemini), Some(vertex)) = (gemini(), vertex()) else { return };
    let mut checked = 0;
    let asked = json!([{ "role": "user", "content": "hi" }]);
    let parameters = parameters().into_iter().map(|(name, parameters)| {
        let mut request = json!({ "model": "m", "messages": asked });
        request.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        (name, request)
    });
    let conversations = conversations()
        .into_iter()
        .map(|(name, messages)| (name, json!({ "model": "m", "messages": messages })));
    for (name, request) in parameters.chain(conversations) {
        for model in ["gemini-3-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite"] {
            // The older generation takes no resolution for a single image.
            if name == "image_detail" && model.starts_with("gemini-2.5") {
                assert_eq!(
                    encode(&request, model, false).unwrap_err().param.as_deref(),
                    Some("messages[0].content[0].image_url.detail")
                );
                continue;
            }
            let body =
                Value::Object(encode(&request, model, false).unwrap_or_else(|e| panic!("{name}: {e}")).body);
            let check = |validator: &jsonschema::Validator| -> Vec<String> {
                validator
                    .iter_errors(&body)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect()
            };
            let (gemini, vertex) = (check(&gemini), check(&vertex));
            assert_eq!(gemini.is_empty(), !VERTEX_ONLY.contains(&name), "{name}: {gemini:?}\n{body}");
            assert_eq!(vertex.is_empty(), !GEMINI_ONLY.contains(&name), "{name}: {vertex:?}\n{body}");
            checked += 1;
        }
    }
    println!("{checked} bodies validated");
}

/// Asking for what happens anyway changes nothing and is not noted.
#[test]
fn neutral_values_are_silent() {
    let neutral = parameters().into_iter().find(|(name, _)| *name == "neutral").unwrap().1;
    let mut request = json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }] });
    let plain = encode(&request, "gemini-3-pro", false).unwrap();
    request.as_object_mut().unwrap().extend(neutral.as_object().unwrap().clone());
    let encoded = encode(&request, "gemini-3-pro", false).unwrap();
    assert_eq!(encoded.body, plain.body);
    assert!(encoded.translation.is_empty(), "{:?}", encoded.translation);
}
