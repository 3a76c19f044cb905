use serde_json::{Value, json};

use super::*;
use crate::dialects::{Quirks, Unsupported};
use crate::types::chat::ChatRequest;
use crate::types::trace::{Translation, TranslationAction};

fn encode_as(model: &str, fields: &Value, unsupported: Unsupported) -> Result<EncodedRequest> {
    let mut request = json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }] });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let quirks = Quirks::default();
    let context = EncodeContext { model, stream: false, unsupported, quirks: &quirks };
    encode_chat(&ChatRequest::from_value(request).unwrap(), &context)
}

fn thinking(model: &str, fields: &Value) -> (Value, Vec<Translation>) {
    let encoded = encode_as(model, fields, Unsupported::Error).unwrap();
    let config = encoded.body.get("generationConfig").cloned().unwrap_or_default();
    (config["thinkingConfig"].clone(), encoded.translation)
}

#[test]
fn a_model_is_a_path_and_nothing_else() {
    for (model, path) in [
        ("gemini-2.5-pro", "/models/gemini-2.5-pro"),
        ("models/gemini-2.5-pro", "/models/gemini-2.5-pro"),
        ("tunedModels/my-1", "/tunedModels/my-1"),
        ("publishers/google/models/x", "/publishers/google/models/x"),
        ("a/b", "/models/a/b"),
        ("x:delete?key=1#", "/models/x%3Adelete%3Fkey%3D1%23"),
        ("ü%2F", "/models/%C3%BC%252F"),
    ] {
        assert_eq!(model_path(model).unwrap(), path);
    }
    for model in ["", "..", "models/../x", "models//x"] {
        assert_eq!(model_path(model).unwrap_err().param.as_deref(), Some("model"), "{model}");
    }
}

#[test]
fn effort_is_a_level_or_a_budget() {
    for (model, effort, expected, action) in [
        (
            "gemini-3-flash",
            "low",
            json!({ "thinkingLevel": "LOW", "includeThoughts": true }),
            TranslationAction::Renamed,
        ),
        ("gemini-3-flash", "none", json!({ "thinkingLevel": "MINIMAL" }), TranslationAction::Clamped),
        (
            "gemini-3.1-pro-preview",
            "minimal",
            json!({ "thinkingLevel": "LOW", "includeThoughts": true }),
            TranslationAction::Clamped,
        ),
        (
            "gemini-flash-latest",
            "high",
            json!({ "thinkingLevel": "HIGH", "includeThoughts": true }),
            TranslationAction::Renamed,
        ),
        (
            "gemini-2.5-flash",
            "medium",
            json!({ "thinkingBudget": 8192, "includeThoughts": true }),
            TranslationAction::Emulated,
        ),
        ("gemini-2.5-flash", "none", json!({ "thinkingBudget": 0 }), TranslationAction::Emulated),
        ("gemini-2.5-pro", "none", json!({ "thinkingBudget": 128 }), TranslationAction::Clamped),
        (
            "gemini-2.5-pro",
            "max",
            json!({ "thinkingBudget": 32768, "includeThoughts": true }),
            TranslationAction::Emulated,
        ),
    ] {
        let (config, notes) = thinking(model, &json!({ "reasoning_effort": effort }));
        assert_eq!(config, expected, "{model} {effort}");
        assert_eq!(notes.iter().map(|note| note.action).collect::<Vec<_>>(), [action], "{model} {effort}");
    }
    let (config, notes) = thinking("gemini-2.5-flash-lite", &json!({ "reasoning": { "max_tokens": 100 } }));
    assert_eq!(config["thinkingBudget"], 512);
    assert_eq!(notes[0].param, "reasoning.max_tokens");
    let (config, _) = thinking("gemini-3-pro", &json!({ "reasoning": { "effort": "low", "exclude": true } }));
    assert_eq!(config, json!({ "thinkingLevel": "LOW" }));
}

#[test]
fn what_the_wire_cannot_say_is_named_or_dropped() {
    for (place, fields) in [
        ("logit_bias", json!({ "logit_bias": { "1": 1 } })),
        ("prediction", json!({ "prediction": { "type": "content", "content": "x" } })),
        ("metadata", json!({ "metadata": { "a": "b" } })),
        ("user", json!({ "user": "u" })),
        ("verbosity", json!({ "verbosity": "low" })),
        ("parallel_tool_calls", json!({ "parallel_tool_calls": false })),
        ("seed", json!({ "seed": 5_000_000_000_i64 })),
        ("service_tier", json!({ "service_tier": "gold" })),
        ("audio.format", json!({ "audio": { "voice": "Kore", "format": "mp3" } })),
        ("min_p", json!({ "min_p": 0.1 })),
        ("reasoning.summary", json!({ "reasoning": { "summary": "concise" } })),
        ("response_format", json!({ "response_format": { "type": "grammar" } })),
        ("web_search_options.user_location", json!({ "web_search_options": { "user_location": {} } })),
        (
            "tools[0].function.color",
            json!({ "tools": [{ "type": "function", "function": { "name": "f", "color": 1 } }] }),
        ),
        ("messages[0].name", json!({ "messages": [{ "role": "user", "content": "hi", "name": "Ann" }] })),
        (
            "messages[0].content[0].shade",
            json!({ "messages": [{ "role": "user", "content": [{ "type": "text", "text": "hi", "shade": 1 }] }] }),
        ),
    ] {
        let error = encode_as("gemini-3-pro", &fields, Unsupported::Error).unwrap_err();
        assert_eq!(error.param.as_deref(), Some(place));
        let dropped = encode_as("gemini-3-pro", &fields, Unsupported::Drop).unwrap();
        let note = dropped.translation.iter().find(|note| note.param == place).unwrap();
        assert_eq!(note.action, TranslationAction::Dropped);
    }
}

#[test]
fn what_is_wrong_is_named_even_where_dropping_is_allowed() {
    let part = |part: Value| json!({ "messages": [{ "role": "user", "content": [part] }] });
    for (place, fields) in [
        (
            "messages[0].content[0].file.file_data",
            part(json!({ "type": "file", "file": { "file_data": "AAAA" } })),
        ),
        ("messages[0].content[0].file", part(json!({ "type": "file", "file": {} }))),
        (
            "messages[0].content[0].dialect",
            part(json!({ "type": "native", "dialect": "anthropic", "block": {} })),
        ),
        (
            "messages[0].content[0].image_url",
            part(json!({ "type": "image_url", "image_url": { "url": "data:image/png" } })),
        ),
        (
            "messages[0].tool_call_id",
            json!({ "messages": [{ "role": "tool", "tool_call_id": "x", "content": "y" }] }),
        ),
        ("messages", json!({ "messages": [{ "role": "system", "content": "x" }] })),
        ("max_tokens", json!({ "max_tokens": 1, "max_completion_tokens": 2 })),
        (
            "messages[0].tool_calls[0].function.arguments",
            json!({ "messages": [{ "role": "assistant", "tool_calls": [
                { "id": "a", "type": "function", "function": { "name": "f", "arguments": "[1]" } }] }] }),
        ),
    ] {
        let error = encode_as("gemini-3-pro", &fields, Unsupported::Drop).unwrap_err();
        assert_eq!(error.param.as_deref(), Some(place), "{}", error.message);
    }
}

#[test]
fn media_finds_its_type() {
    for (part, expected) in [
        (
            json!({ "type": "file", "file": { "file_data": "data:text/plain;charset=utf-8,a%20b%" } }),
            json!({ "inlineData": { "mimeType": "text/plain", "data": "YSBiJQ==" } }),
        ),
        (
            json!({ "type": "file", "file": { "file_data": "AAAA", "filename": "Report.PDF" } }),
            json!({ "inlineData": { "mimeType": "application/pdf", "data": "AAAA" } }),
        ),
        (
            json!({ "type": "image_url", "image_url": { "url": "https://a.example/b.webp?x=.png" } }),
            json!({ "fileData": { "fileUri": "https://a.example/b.webp?x=.png", "mimeType": "image/webp" } }),
        ),
        (
            json!({ "type": "video_url", "video_url": { "url": "https://youtu.be/abc" } }),
            json!({ "fileData": { "fileUri": "https://youtu.be/abc" } }),
        ),
        (
            json!({ "type": "input_audio", "input_audio": { "data": "AAAA", "format": "wav" } }),
            json!({ "inlineData": { "mimeType": "audio/wav", "data": "AAAA" } }),
        ),
    ] {
        let fields = json!({ "messages": [{ "role": "user", "content": [part] }] });
        let body = encode_as("gemini-2.5-pro", &fields, Unsupported::Error).unwrap().body;
        assert_eq!(body["contents"][0]["parts"][0], expected);
    }
}

#[test]
fn results_of_parallel_calls_stand_together_with_their_names() {
    let call = |id: &str, name: &str| json!({ "id": id, "type": "function", "function": { "name": name, "arguments": "{}" } });
    let result = |id: &str, content: Value| json!({ "role": "tool", "tool_call_id": id, "content": content });
    let image = json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA" } });
    let fields = json!({ "messages": [
        { "role": "user", "content": "go" },
        { "role": "assistant", "tool_calls": [call("gemini_r_0_0", "f"), call("call_x", "g")] },
        result("gemini_r_0_0", json!([image, { "type": "text", "text": "[1]" }])),
        result("call_x", json!("{\"a\":1}")),
        { "role": "assistant", "tool_calls": [call("gemini_r_0_0", "later")] },
        result("gemini_r_0_0", json!("x")),
    ] });
    let older = encode_as("gemini-2.5-pro", &fields, Unsupported::Error).unwrap().body;
    assert_eq!(
        older["contents"][2]["parts"],
        json!([
            { "functionResponse": { "name": "f", "response": { "result": "[1]" } } },
            { "functionResponse": { "id": "call_x", "name": "g", "response": { "a": 1 } } },
            { "inlineData": { "mimeType": "image/png", "data": "AAAA" } },
        ])
    );
    assert_eq!(
        older["contents"][4]["parts"][0]["functionResponse"]["name"], "later",
        "the latest call of an id"
    );
    let newer = encode_as("gemini-3-pro", &fields, Unsupported::Error).unwrap().body;
    assert_eq!(
        newer["contents"][2]["parts"][0]["functionResponse"]["parts"][0]["inlineData"]["data"],
        "AAAA"
    );
}

#[test]
fn strict_functions_ask_for_validation() {
    let tools = json!([{ "type": "function", "function": { "name": "f", "strict": true } }]);
    let encoded = encode_as("gemini-3-pro", &json!({ "tools": tools }), Unsupported::Error).unwrap();
    assert_eq!(encoded.body["toolConfig"]["functionCallingConfig"]["mode"], "VALIDATED");
    assert_eq!(encoded.translation[0].param, "tools[0].function.strict");
}

#[test]
fn the_callers_own_fields_win() {
    let fields = json!({ "top_k": 3, "generation_config": { "top_k": 4 }, "safetySettings": [] });
    let body = encode_as("gemini-3-pro", &fields, Unsupported::Error).unwrap().body;
    assert_eq!(body["generationConfig"], json!({ "topK": 4 }));
    assert_eq!(body["safetySettings"], json!([]));
}

#[test]
fn a_call_of_another_model_passes_generation_3() {
    let call =
        |id: &str| json!({ "id": id, "type": "function", "function": { "name": "f", "arguments": "{}" } });
    let fields = json!({ "messages": [
        { "role": "user", "content": "go" },
        { "role": "assistant", "content": "well", "tool_calls": [call("a"), call("b")] },
    ] });
    let encoded = encode_as("gemini-3-pro", &fields, Unsupported::Error).unwrap();
    let parts = &encoded.body["contents"][1]["parts"];
    assert_eq!(parts[1]["thoughtSignature"], "skip_thought_signature_validator");
    assert!(parts[0].get("thoughtSignature").is_none() && parts[2].get("thoughtSignature").is_none());
    assert_eq!(encoded.translation[0].action, TranslationAction::Added);
    let older = encode_as("gemini-2.5-pro", &fields, Unsupported::Error).unwrap();
    assert!(older.body["contents"][1]["parts"][1].get("thoughtSignature").is_none());
}

#[test]
fn older_models_take_one_resolution_for_all_images() {
    let image = |detail: &str| json!({ "type": "image_url", "image_url": { "url": "https://a.example/b.png", "detail": detail } });
    let fields = |parts: Value| json!({ "messages": [{ "role": "user", "content": parts }] });
    let sent = |model: &str, parts: Value| encode_as(model, &fields(parts), Unsupported::Error);
    let of_each = sent("gemini-3-flash", json!([image("low"), image("high")])).unwrap().body;
    assert_eq!(of_each["contents"][0]["parts"][1]["mediaResolution"]["level"], "MEDIA_RESOLUTION_HIGH");
    assert!(of_each.get("generationConfig").is_none());
    let of_all = sent("gemini-2.5-pro", json!([image("low"), image("low")])).unwrap().body;
    assert_eq!(of_all["generationConfig"], json!({ "mediaResolution": "MEDIA_RESOLUTION_LOW" }));
    assert!(of_all["contents"][0]["parts"][0].get("mediaResolution").is_none());
    // It would be that of the other image, or of the document, too.
    let pdf = json!({ "type": "file", "file": { "file_data": "data:application/pdf;base64,QUFB" } });
    for parts in [
        json!([image("low"), image("high")]),
        json!([image("low"), image("auto")]),
        json!([image("low"), pdf]),
    ] {
        let error = sent("gemini-2.5-pro", parts).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("messages[0].content[0].image_url.detail"));
    }
}

#[test]
fn settings_have_one_name_and_labels_are_the_callers_own() {
    let fields = json!({ "generation_config": { "top_k": 4 }, "labels": { "my_team": "a" } });
    let body = encode_as("gemini-3-flash", &fields, Unsupported::Error).unwrap().body;
    assert_eq!(body["generationConfig"], json!({ "topK": 4 }));
    assert_eq!(body["labels"], json!({ "my_team": "a" }));
}
