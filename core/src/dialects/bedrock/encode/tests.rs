use super::*;

use crate::dialects::{Quirks, Unsupported};
use crate::types::trace::TranslationAction;

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA: &str = "amazon.nova-lite-v1:0";
const NOVA_2: &str = "us.amazon.nova-2-lite-v1:0";
const OSS: &str = "openai.gpt-oss-20b-1:0";
const KIMI: &str = "moonshot.kimi-k2-thinking";

fn try_encode(request: Value, model: &str, unsupported: Unsupported) -> Result<EncodedRequest> {
    let quirks = Quirks::default();
    let request = ChatRequest::from_value(request)?;
    encode_chat(&request, &EncodeContext { model, stream: false, unsupported, quirks: &quirks })
}

fn encode(request: Value, model: &str) -> EncodedRequest {
    try_encode(request, model, Unsupported::Error).unwrap()
}

/// A plain question with more fields.
fn asked(fields: Value) -> Value {
    let mut request = json!({"model": "m", "messages": [{"role": "user", "content": "q"}]});
    for (key, value) in fields.as_object().unwrap() {
        request[key] = value.clone();
    }
    request
}

fn body(fields: Value, model: &str) -> Value {
    Value::Object(encode(asked(fields), model).body)
}

fn turns(messages: Value) -> Value {
    body(json!({ "messages": messages }), CLAUDE)["messages"].clone()
}

fn notes(encoded: &EncodedRequest) -> Vec<(&str, TranslationAction)> {
    encoded.translation.iter().map(|note| (note.param.as_str(), note.action)).collect()
}

fn refused(fields: Value, model: &str) -> String {
    let error = try_encode(asked(fields), model, Unsupported::Error).unwrap_err();
    error.param.clone().unwrap_or_default()
}

#[test]
fn what_the_wire_cannot_say_is_named_exactly() {
    let part = |part: Value| json!({"messages": [{"role": "user", "content": [part]}]});
    for (fields, param) in [
        (json!({"n": 2}), "n"),
        (json!({"seed": 1}), "seed"),
        (json!({"presence_penalty": 0.5}), "presence_penalty"),
        (json!({"logprobs": true}), "logprobs"),
        (json!({"user": "u"}), "user"),
        (json!({"web_search_options": {}}), "web_search_options"),
        (json!({"metadata": {"label": 1}}), "metadata.label"),
        (json!({"service_tier": "scale"}), "service_tier"),
        (json!({"stream_options": {"include_obfuscation": true}}), "stream_options.include_obfuscation"),
        (json!({"tool_choice": "required"}), "tool_choice"),
        (json!({"reasoning_effort": "low"}), "reasoning_effort"),
        (json!({"reasoning": {"max_tokens": 9}}), "reasoning.max_tokens"),
        (json!({"tools": [{"type": "function", "function": {"name": "f", "x": 1}}]}), "tools[0].function.x"),
        (json!({"tools": [{"type": "custom", "custom": {"name": "f"}}]}), "tools[0].type"),
        (
            json!({"tools": [{"type": "function", "function": {"name": "f"}}], "parallel_tool_calls": false}),
            "parallel_tool_calls",
        ),
        (
            part(json!({"type": "image_url", "image_url": {"url": "https://host/a.png"}})),
            "messages[0].content[0].image_url.url",
        ),
        (
            part(json!({"type": "image_url", "image_url": {"url": "data:image/tiff;base64,AA=="}})),
            "messages[0].content[0].image_url.url",
        ),
        (part(json!({"type": "file", "file": {"file_id": "f"}})), "messages[0].content[0].file.file_id"),
        (part(json!({"type": "file", "file": {}})), "messages[0].content[0].file"),
        (part(json!({"type": "text", "text": "a", "x": 1})), "messages[0].content[0].x"),
        (part(json!({"type": "native", "dialect": "gemini", "block": {}})), "messages[0].content[0].dialect"),
    ] {
        assert_eq!(refused(fields.clone(), KIMI), param, "{fields}");
    }
}

#[test]
fn what_cannot_be_said_is_left_out_where_the_caller_allows_it() {
    let request = asked(json!({"seed": 1, "n": 2}));
    let encoded = try_encode(request, NOVA, Unsupported::Drop).unwrap();
    assert_eq!(notes(&encoded), [("n", TranslationAction::Dropped), ("seed", TranslationAction::Dropped)]);
    assert_eq!(
        Value::Object(encoded.body),
        json!({"messages": [{"role": "user", "content": [{"text": "q"}]}]})
    );
}

#[test]
fn an_id_is_one_segment_of_the_path() {
    let path = |model: &str| encode(asked(json!({})), model).path;
    assert_eq!(path(CLAUDE), "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse");
    assert_eq!(
        path("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x"),
        "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.x/converse"
    );
    for dots in ["..", ""] {
        let error = try_encode(asked(json!({})), dots, Unsupported::Error).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("model"));
    }
}

#[test]
fn limits_and_sampling_have_places_of_their_own() {
    let fields =
        json!({"max_completion_tokens": 5, "temperature": 1.5, "top_p": 0.5, "top_k": 9, "stop": "s"});
    let encoded = encode(asked(fields), NOVA);
    assert_eq!(
        encoded.body["inferenceConfig"],
        json!({"maxTokens": 5, "temperature": 1.0, "topP": 0.5, "stopSequences": ["s"]})
    );
    assert_eq!(encoded.body["additionalModelRequestFields"], json!({"inferenceConfig": {"topK": 9}}));
    assert_eq!(notes(&encoded), [("temperature", TranslationAction::Clamped)]);
    let others = body(json!({"top_k": 9}), "meta.llama3-8b-instruct-v1:0");
    assert_eq!(others["additionalModelRequestFields"], json!({"top_k": 9}));
    assert_eq!(refused(json!({"max_tokens": 1, "max_completion_tokens": 2}), NOVA), "max_tokens");
}

#[test]
fn each_maker_thinks_in_its_own_words() {
    let asked = |effort: &str, model: &str| body(json!({"reasoning_effort": effort}), model);
    let claude = body(json!({"max_tokens": 4000, "reasoning": {"max_tokens": 2000}}), CLAUDE);
    assert_eq!(
        claude["additionalModelRequestFields"],
        json!({"thinking": {"type": "enabled", "budget_tokens": 2000}})
    );
    assert_eq!(claude["inferenceConfig"]["maxTokens"], 4000);
    assert_eq!(
        asked("high", NOVA_2)["additionalModelRequestFields"],
        json!({"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "high"}})
    );
    assert_eq!(
        asked("none", NOVA_2)["additionalModelRequestFields"],
        json!({"reasoningConfig": {"type": "disabled"}})
    );
    assert_eq!(asked("minimal", OSS)["additionalModelRequestFields"], json!({"reasoning_effort": "low"}));
    assert!(asked("none", NOVA).get("additionalModelRequestFields").is_none());
}

#[test]
fn fields_of_the_wire_pass_and_others_are_the_models() {
    let fields = json!({"guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1"},
        "metadata": {"team": "a"}, "service_tier": "flex", "anthropic_beta": ["b"]});
    let encoded = encode(asked(fields), CLAUDE);
    assert_eq!(encoded.body["guardrailConfig"]["guardrailIdentifier"], "g");
    assert_eq!(encoded.body["requestMetadata"], json!({"team": "a"}));
    assert_eq!(encoded.body["serviceTier"], json!({"type": "flex"}));
    assert_eq!(encoded.body["additionalModelRequestFields"], json!({"anthropic_beta": ["b"]}));
    assert_eq!(notes(&encoded), [("anthropic_beta", TranslationAction::Renamed)]);
    let twice = json!({"max_tokens": 1, "additionalModelRequestFields": {"top_k": 1}, "top_k": 2});
    assert_eq!(refused(twice, KIMI), "top_k");
}

#[test]
fn media_are_bytes_or_lie_in_s3() {
    let block = |part: Value| turns(json!([{"role": "user", "content": [part]}]))[0]["content"][0].clone();
    let image = |url: &str| block(json!({"type": "image_url", "image_url": {"url": url}}));
    assert_eq!(
        image("data:image/jpg;base64,AAAA"),
        json!({"image": {"format": "jpeg", "source": {"bytes": "AAAA"}}})
    );
    assert_eq!(
        image("s3://b/a.webp"),
        json!({"image": {"format": "webp", "source": {"s3Location": {"uri": "s3://b/a.webp"}}}})
    );
    let file = |file: Value| block(json!({"type": "file", "file": file}))["document"].clone();
    assert_eq!(
        file(json!({"file_data": "data:application/pdf;base64,JVBERi0="})),
        json!({"format": "pdf", "name": "Document 1", "source": {"bytes": "JVBERi0="}})
    );
    assert_eq!(file(json!({"file_data": "JVBERi0="}))["format"], "pdf");
    let sheet = "data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,AA==";
    assert_eq!(file(json!({"file_data": sheet}))["format"], "xlsx");
    assert_eq!(file(json!({"file_data": "AA==", "filename": "a.DOCX"}))["format"], "docx");
    let cited =
        block(json!({"type": "document_url", "document_url": "s3://b/r.md", "citations": {"enabled": true}}));
    assert_eq!(cited["document"]["citations"], json!({"enabled": true}));
    assert_eq!(cited["document"]["format"], "md");
    let sound = block(json!({"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}));
    assert_eq!(sound, json!({"audio": {"format": "wav", "source": {"bytes": "AA=="}}}));
    let film = block(json!({"type": "video_url", "video_url": {"url": "s3://b/f.3gp"}}));
    assert_eq!(film["video"]["format"], "three_gp");
}

#[test]
fn a_documents_name_is_one_that_the_wire_takes() {
    let named = |name: &str| {
        let part = json!({"type": "file", "file": {"file_data": "JVBERi0=", "filename": name}});
        let encoded = encode(asked(json!({"messages": [{"role": "user", "content": [part]}]})), NOVA);
        let name = encoded.body["messages"][0]["content"][0]["document"]["name"].as_str().unwrap().to_owned();
        (name, encoded.translation.len())
    };
    assert_eq!(named("Report (2).pdf"), ("Report (2)".to_owned(), 0));
    assert_eq!(named("a_b  c.pdf"), ("a b c".to_owned(), 1));
    assert_eq!(named("__.pdf"), ("Document 1".to_owned(), 1));
    assert_eq!(named(&"x".repeat(300)).0.len(), 200);
}

#[test]
fn breakpoints_are_points_behind_what_they_cache() {
    let cached = json!({"type": "ephemeral", "ttl": "1h"});
    let request = json!({
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}]},
            {"role": "user", "content": "q", "cache_control": cached},
        ],
        "tools": [{"type": "function", "function": {"name": "f"}, "cache_control": cached}],
    });
    let body = body(request, CLAUDE);
    let (short, long) =
        (json!({"cachePoint": {"type": "default"}}), json!({"cachePoint": {"type": "default", "ttl": "1h"}}));
    assert_eq!(body["system"], json!([{"text": "s"}, short]));
    assert_eq!(body["messages"][0]["content"], json!([{"text": "q"}, long]));
    assert_eq!(body["toolConfig"]["tools"][1], long);
}

#[test]
fn turns_alternate_and_results_come_first() {
    let messages = json!([
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}},
            {"id": "2", "type": "function", "function": {"name": "f", "arguments": ""}},
        ]},
        {"role": "user", "content": "b"},
        {"role": "tool", "tool_call_id": "1", "content": "r", "is_error": true},
        {"role": "tool", "tool_call_id": "2", "content": [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}, "cache_control": {"type": "ephemeral"}}]},
        {"role": "assistant", "content": ""},
        {"role": "user", "content": ""},
    ]);
    let encoded = encode(asked(json!({ "messages": messages })), CLAUDE);
    assert_eq!(
        encoded.body["messages"],
        json!([
            {"role": "user", "content": [{"text": "a"}]},
            {"role": "assistant", "content": [
                {"toolUse": {"toolUseId": "1", "name": "f", "input": {"x": 1}}},
                {"toolUse": {"toolUseId": "2", "name": "f", "input": {}}},
            ]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "1", "content": [{"text": "r"}], "status": "error"}},
                {"toolResult": {"toolUseId": "2", "content": [{"image": {"format": "png", "source": {"bytes": "AA=="}}}]}},
                {"cachePoint": {"type": "default"}},
                {"text": "b"},
            ]},
        ])
    );
    assert_eq!(
        notes(&encoded),
        [("messages[5]", TranslationAction::Dropped), ("messages", TranslationAction::Renamed)]
    );
}

#[test]
fn ids_of_other_services_become_ones_that_the_wire_takes_on_both_sides() {
    let id = format!("call|{}", "x".repeat(70));
    let turns = turns(json!([
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": id, "content": "r"},
    ]));
    let called = &turns[1]["content"][0]["toolUse"]["toolUseId"];
    assert_eq!(called, &turns[2]["content"][0]["toolResult"]["toolUseId"]);
    assert_eq!(called.as_str().unwrap(), "x".repeat(64));
}

#[test]
fn a_choice_of_tools_in_each_form() {
    let tools = json!([{"type": "function", "function": {"name": "f", "description": "", "strict": true}},
                       {"type": "systemTool", "systemTool": {"name": "nova_grounding"}}]);
    let with = |more: Value, model: &str| {
        let mut fields = json!({ "tools": tools });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body(fields, model)
    };
    let plain = with(json!({}), NOVA);
    let schema = json!({"type": "object", "properties": {}});
    assert_eq!(
        plain["toolConfig"],
        json!({"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": schema}, "strict": true}},
                         {"systemTool": {"name": "nova_grounding"}}]})
    );
    for (choice, native) in [
        (json!("auto"), json!({"auto": {}})),
        (json!("required"), json!({"any": {}})),
        (json!({"type": "function", "function": {"name": "f"}}), json!({"tool": {"name": "f"}})),
    ] {
        assert_eq!(with(json!({ "tool_choice": choice }), NOVA)["toolConfig"]["toolChoice"], native);
    }
    assert!(with(json!({"tool_choice": "none"}), NOVA).get("toolConfig").is_none());
    let one = with(json!({"parallel_tool_calls": false, "tool_choice": "auto"}), CLAUDE);
    assert!(one["toolConfig"].get("toolChoice").is_none());
    assert_eq!(
        one["additionalModelRequestFields"]["tool_choice"],
        json!({"type": "auto", "disable_parallel_tool_use": true})
    );
    let thinking = json!({"tools": tools, "tool_choice": "required", "max_tokens": 4000,
        "reasoning": {"max_tokens": 2000}});
    assert_eq!(refused(thinking, CLAUDE), "tool_choice");
}

#[test]
fn a_schema_is_said_natively_or_asked_for_as_a_tools_input() {
    let closed = json!({"type": "object", "properties": {}, "additionalProperties": false});
    let format = |schema: &Value| json!({"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}});
    let native = body(format(&closed), CLAUDE);
    let definition = &native["outputConfig"]["textFormat"]["structure"]["jsonSchema"];
    assert_eq!(definition["name"], "answer");
    assert_eq!(serde_json::from_str::<Value>(definition["schema"].as_str().unwrap()).unwrap(), closed);
    assert!(native.get("toolConfig").is_none());

    let open = json!({"type": "object", "properties": {}});
    for (schema, model, choice) in [
        (&open, CLAUDE, json!({"tool": {"name": crate::dialects::anthropic::JSON_TOOL}})),
        (&closed, NOVA, json!({"tool": {"name": crate::dialects::anthropic::JSON_TOOL}})),
        (&closed, "mistral.mistral-large-2407-v1:0", json!({"any": {}})),
        (&closed, "meta.llama3-8b-instruct-v1:0", Value::Null),
    ] {
        let encoded = encode(asked(format(schema)), model);
        let config = &encoded.body["toolConfig"];
        assert_eq!(config["tools"][0]["toolSpec"]["inputSchema"]["json"], *schema, "{model}");
        assert_eq!(config.get("toolChoice").cloned().unwrap_or_default(), choice, "{model}");
        assert_eq!(notes(&encoded), [("response_format", TranslationAction::Emulated)]);
    }
    // One call at a time is Claude's own choice, which would contradict the forced one.
    let mut both = format(&open);
    both["tools"] = json!([{"type": "function", "function": {"name": "f"}}]);
    both["parallel_tool_calls"] = json!(false);
    let both = body(both, CLAUDE);
    assert_eq!(both["toolConfig"]["toolChoice"], json!({"any": {}}));
    assert!(both.get("additionalModelRequestFields").is_none());
}

#[test]
fn reasoning_goes_back_where_its_signature_holds() {
    let message = |details: Value| {
        json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "reasoning_details": details},
               {"role": "user", "content": "r"}])
    };
    let said = |details: Value, model: &str| {
        body(json!({ "messages": message(details) }), model)["messages"][1]["content"].clone()
    };
    let claudes = json!([
        {"type": "reasoning.text", "text": "t", "signature": "s", "format": "anthropic-claude-v1"},
        {"type": "reasoning.encrypted", "data": "AAAA", "format": "anthropic-claude-v1"},
        {"type": "reasoning.text", "text": "unsigned", "format": "anthropic-claude-v1"},
        {"type": "reasoning.encrypted", "data": "x", "format": "openai-responses-v1"},
    ]);
    assert_eq!(
        said(claudes.clone(), CLAUDE),
        json!([
            {"reasoningContent": {"reasoningText": {"text": "t", "signature": "s"}}},
            // Claude's `data` is the bytes of this wire's blob: base64 once more.
            {"reasoningContent": {"redactedContent": "QUFBQQ=="}},
            {"text": "a"},
        ])
    );
    assert_eq!(said(claudes, NOVA_2), json!([{"text": "a"}]));
}

#[test]
fn a_prefill_ends_without_blanks() {
    let encoded = encode(
        asked(
            json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a \n"}]}),
        ),
        "anthropic.claude-3-haiku-20240307-v1:0",
    );
    assert_eq!(encoded.body["messages"][1]["content"], json!([{"text": "a"}]));
    assert_eq!(notes(&encoded), [("messages[1].content", TranslationAction::Clamped)]);
}
