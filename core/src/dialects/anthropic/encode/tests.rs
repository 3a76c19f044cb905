use super::*;

use crate::dialects::Unsupported;
use crate::types::trace::TranslationAction;

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
    let mut request =
        json!({"model": "m", "messages": [{"role": "user", "content": "q"}], "max_tokens": 4000});
    for (key, value) in fields.as_object().unwrap() {
        request[key] = value.clone();
    }
    request
}

fn conversation(messages: Value) -> EncodedRequest {
    encode(json!({"model": "m", "messages": messages, "max_tokens": 10}), "claude-sonnet-4-5")
}

fn notes(encoded: &EncodedRequest) -> Vec<(&str, TranslationAction)> {
    encoded.translation.iter().map(|note| (note.param.as_str(), note.action)).collect()
}

#[test]
fn what_the_wire_cannot_say_is_named_exactly() {
    let message = |part: Value| json!({"messages": [{"role": "user", "content": [part]}]});
    for (fields, param) in [
        (json!({"n": 2}), "n"),
        (json!({"seed": 1}), "seed"),
        (json!({"frequency_penalty": 0.5}), "frequency_penalty"),
        (json!({"presence_penalty": 0.5}), "presence_penalty"),
        (json!({"logit_bias": {"1": 2}}), "logit_bias"),
        (json!({"logprobs": true}), "logprobs"),
        (json!({"top_logprobs": 2}), "top_logprobs"),
        (json!({"verbosity": "low"}), "verbosity"),
        (json!({"modalities": ["text", "audio"]}), "modalities"),
        (json!({"audio": {"voice": "v"}}), "audio"),
        (json!({"prediction": {}}), "prediction"),
        (json!({"store": true}), "store"),
        (json!({"web_search_options": {}}), "web_search_options"),
        (json!({"metadata": {"label": "x"}}), "metadata.label"),
        (json!({"service_tier": "flex"}), "service_tier"),
        (json!({"of_the_future": 1}), "of_the_future"),
        (json!({"stream_options": {"include_obfuscation": true}}), "stream_options.include_obfuscation"),
        (json!({"response_format": {"type": "grammar", "grammar": "g"}}), "response_format.type"),
        (json!({"tool_choice": {"type": "allowed_tools"}}), "tool_choice"),
        (json!({"reasoning": {"effort": "low", "mode": 1}}), "reasoning.mode"),
        (json!({"tools": [{"type": "function", "function": {"name": "f", "x": 1}}]}), "tools[0].function.x"),
        (json!({"tools": [{"type": "custom", "custom": {"name": "f"}}]}), "tools[0].type"),
        (
            message(json!({"type": "input_audio", "input_audio": {"data": "a", "format": "wav"}})),
            "messages[0].content[0]",
        ),
        (message(json!({"type": "video_url", "video_url": {"url": "u"}})), "messages[0].content[0]"),
        (message(json!({"type": "text", "text": "t", "x": 1})), "messages[0].content[0].x"),
        (
            message(json!({"type": "image_url", "image_url": {"url": "https://e", "detail": "low"}})),
            "messages[0].content[0].image_url.detail",
        ),
        (
            message(json!({"type": "file", "file": {"file_data": "data:application/zip;base64,AA=="}})),
            "messages[0].content[0].file.file_data",
        ),
        (json!({"messages": [{"role": "user", "content": "q", "name": "n"}]}), "messages[0].name"),
        (json!({"messages": [{"role": "function", "content": "q", "name": "n"}]}), "messages[0]"),
    ] {
        let request = asked(fields);
        let error = try_encode(request.clone(), "claude-sonnet-4-5", Unsupported::Error).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadRequest, "{request}");
        assert_eq!(error.param.as_deref(), Some(param), "{request}");

        let encoded = try_encode(request.clone(), "claude-sonnet-4-5", Unsupported::Drop).unwrap();
        assert!(notes(&encoded).contains(&(param, TranslationAction::Dropped)), "{request}");
    }
}

#[test]
fn wrong_input_names_its_place() {
    let call = |arguments: &str| {
        json!({"messages": [{"role": "assistant", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}]}]})
    };
    for (fields, param) in [
        (call("{\"a\":"), "messages[0].tool_calls[0].function.arguments"),
        (call("[1]"), "messages[0].tool_calls[0].function.arguments"),
        (json!({"max_completion_tokens": 5}), "max_tokens"),
        (
            json!({"messages": [{"role": "user", "content": [{"type": "native", "dialect": "gemini", "block": {}}]}]}),
            "messages[0].content[0].dialect",
        ),
        (
            json!({"messages": [{"role": "user", "content": [{"type": "file", "file": {}}]}]}),
            "messages[0].content[0].file",
        ),
        (
            json!({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "gs://b/o"}}]}]}),
            "messages[0].content[0].image_url.url",
        ),
        (json!({"thinking": {"type": "disabled"}, "reasoning_effort": "low"}), "reasoning_effort"),
    ] {
        let error = try_encode(asked(fields), "claude-sonnet-4-5", Unsupported::Drop).unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(param)));
    }
}

#[test]
fn a_limit_is_added_and_noted() {
    let mut request = asked(json!({}));
    request.as_object_mut().unwrap().shift_remove("max_tokens");
    for (model, limit) in
        [("claude-3-haiku-20240307", 4096), ("claude-3-5-haiku", 8192), ("claude-opus-4", 16384)]
    {
        let encoded = encode(request.clone(), model);
        assert_eq!(encoded.body["max_tokens"], limit);
        assert_eq!(notes(&encoded), [("max_tokens", TranslationAction::Added)]);
    }
    assert!(encode(asked(json!({})), "claude-opus-4").translation.is_empty());
}

#[test]
fn temperature_is_clamped_and_noted() {
    let encoded = encode(asked(json!({"temperature": 1.7})), "claude-sonnet-4-5");
    assert_eq!(encoded.body["temperature"], 1.0);
    assert_eq!(notes(&encoded), [("temperature", TranslationAction::Clamped)]);
    let encoded = encode(asked(json!({"temperature": 0.7})), "claude-sonnet-4-5");
    assert_eq!(encoded.body["temperature"], 0.7);
    assert!(encoded.translation.is_empty());
}

#[test]
fn effort_is_a_budget_for_older_models_and_said_by_name_to_newer_ones() {
    let asked_effort = |effort: &str| asked(json!({"reasoning_effort": effort}));
    let older = encode(asked_effort("medium"), "claude-sonnet-4-5");
    assert_eq!(older.body["thinking"], json!({"type": "enabled", "budget_tokens": 2000}));
    assert_eq!(notes(&older), [("reasoning_effort", TranslationAction::Emulated)]);
    assert!(older.translation[0].detail.contains("2000 of 4000"), "{}", older.translation[0].detail);

    let newer = encode(asked_effort("xhigh"), "claude-opus-4-7");
    assert_eq!(newer.body["thinking"], json!({"type": "adaptive"}));
    assert_eq!(newer.body["output_config"], json!({"effort": "xhigh"}));
    assert!(newer.translation.is_empty());

    let between = encode(asked_effort("xhigh"), "claude-opus-4-6");
    assert_eq!(between.body["output_config"], json!({"effort": "high"}));
    assert_eq!(notes(&between), [("reasoning_effort", TranslationAction::Clamped)]);

    let shown = encode(asked(json!({"reasoning": {"exclude": true}})), "claude-sonnet-4-5");
    assert!(!shown.body.contains_key("thinking"), "how to show thinking is no wish for it");
    let off = encode(asked_effort("none"), "claude-sonnet-4-5");
    assert_eq!(off.body["thinking"], json!({"type": "disabled"}));
    let never = try_encode(asked_effort("low"), "claude-3-5-haiku", Unsupported::Error).unwrap_err();
    assert_eq!(never.param.as_deref(), Some("reasoning_effort"));
}

#[test]
fn a_budget_is_exact_and_a_limit_of_ours_leaves_room() {
    let budget = |tokens: u64| asked(json!({"reasoning": {"max_tokens": tokens, "exclude": true}}));
    let encoded = encode(budget(2000), "claude-opus-4-6");
    assert_eq!(
        encoded.body["thinking"],
        json!({"type": "enabled", "budget_tokens": 2000, "display": "omitted"})
    );
    assert_eq!(encode(budget(5), "claude-sonnet-4-5").body["thinking"]["budget_tokens"], 1024);

    let mut request = budget(30_000);
    request.as_object_mut().unwrap().shift_remove("max_tokens");
    assert_eq!(encode(request, "claude-sonnet-4-5").body["max_tokens"], 46_384);

    let error = try_encode(budget(2000), "claude-opus-4-7", Unsupported::Error).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("reasoning.max_tokens"));
    let dropped = try_encode(budget(2000), "claude-opus-4-7", Unsupported::Drop).unwrap();
    assert_eq!(dropped.body["thinking"], json!({"type": "adaptive", "display": "omitted"}));
}

#[test]
fn thinking_takes_no_sampling_and_no_forced_tool() {
    let tool = json!([{"type": "function", "function": {"name": "f"}}]);
    for (fields, param) in [
        (json!({"temperature": 0.5}), "temperature"),
        (json!({"top_k": 5}), "top_k"),
        (json!({"top_p": 0.5}), "top_p"),
        (json!({"tools": tool, "tool_choice": "required"}), "tool_choice"),
    ] {
        let mut request = asked(fields);
        encode(request.clone(), "claude-sonnet-4-5");
        request["reasoning_effort"] = json!("low");
        let error = try_encode(request.clone(), "claude-sonnet-4-5", Unsupported::Error).unwrap_err();
        assert_eq!(error.param.as_deref(), Some(param));
        let dropped = try_encode(request, "claude-sonnet-4-5", Unsupported::Drop).unwrap();
        assert!(!dropped.body.contains_key(param), "{param}");
    }
    let fine = asked(json!({"reasoning_effort": "low", "temperature": 1, "top_p": 0.95}));
    assert_eq!(encode(fine, "claude-sonnet-4-5").body["top_p"], 0.95);
    let error =
        try_encode(asked(json!({"temperature": 0.5})), "claude-sonnet-5", Unsupported::Error).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("temperature"));
}

#[test]
fn of_temperature_and_top_p_the_newer_models_take_one() {
    let both = |top_p: f64| asked(json!({"temperature": 0.5, "top_p": top_p}));
    assert_eq!(encode(both(0.9), "claude-sonnet-4-0").body["top_p"], 0.9);
    assert_eq!(encode(both(0.9), "local").body["top_p"], 0.9);
    assert_eq!(encode(asked(json!({"top_p": 0.9})), "claude-sonnet-4-5").body["top_p"], 0.9);
    assert!(!encode(both(1.0), "claude-sonnet-4-5").body.contains_key("top_p"));
    let error = try_encode(both(0.9), "claude-opus-4-1", Unsupported::Error).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("top_p"));
    let dropped = try_encode(both(0.9), "claude-sonnet-4-5", Unsupported::Drop).unwrap();
    assert_eq!((&dropped.body["temperature"], dropped.body.get("top_p")), (&json!(0.5), None));
    assert_eq!(notes(&dropped), [("top_p", TranslationAction::Dropped)]);
}

#[test]
fn a_text_to_stop_at_is_not_of_blanks_alone() {
    let stops = |stop: Value| asked(json!({"stop": stop}));
    let error =
        try_encode(stops(json!(["\n\n", "END"])), "claude-sonnet-4-5", Unsupported::Error).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("stop"));
    let drop = |stop, model| try_encode(stops(stop), model, Unsupported::Drop).unwrap().body;
    assert_eq!(drop(json!(["\n\n", "END"]), "claude-sonnet-4-5")["stop_sequences"], json!(["END"]));
    assert!(!drop(json!(" "), "claude-sonnet-4-5").contains_key("stop_sequences"));
    assert_eq!(drop(json!("\n"), "local")["stop_sequences"], json!(["\n"]));
}

#[test]
fn a_schema_is_native_where_the_model_takes_it_and_a_forced_tool_elsewhere() {
    let closed =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false});
    let open =
        json!({"type": "object", "properties": {"a": {"type": "object"}}, "additionalProperties": false});
    let asked_schema = |schema: &Value, strict: bool| {
        let format = json!({"name": "n", "schema": schema, "strict": strict});
        asked(json!({"response_format": {"type": "json_schema", "json_schema": format}}))
    };
    for (schema, strict) in [(&closed, false), (&closed, true), (&open, true)] {
        let native = encode(asked_schema(schema, strict), "claude-sonnet-4-5");
        assert_eq!(
            native.body["output_config"],
            json!({"format": {"type": "json_schema", "schema": schema}})
        );
        assert!(native.translation.is_empty());
        assert!(native.headers.is_empty());
    }
    let of = |property: Value| json!({"type": "object", "properties": {"minimum": property}, "additionalProperties": false});
    for fine in [json!({"enum": [{"minimum": 1}]}), json!({"type": "array", "minItems": 1})] {
        assert!(
            encode(asked_schema(&of(fine), false), "claude-sonnet-4-5").body.contains_key("output_config")
        );
    }
    // The service answers 400 to a limit of values.
    let limited = of(json!({"type": "integer", "minimum": 1}));
    let many = of(json!({"type": "array", "minItems": 2}));
    for (schema, model) in [
        (&open, "claude-sonnet-4-5"),
        (&limited, "claude-sonnet-4-5"),
        (&many, "claude-sonnet-4-5"),
        (&closed, "claude-3-7-sonnet"),
        (&closed, "local"),
    ] {
        let emulated = encode(asked_schema(schema, false), model);
        assert_eq!(emulated.body["tool_choice"], forced_json());
        assert_eq!(&emulated.body["tools"][0]["input_schema"], schema);
        assert_eq!(notes(&emulated), [("response_format", TranslationAction::Emulated)]);
        assert!(!emulated.body.contains_key("output_config"));
    }
}

fn forced_json() -> Value {
    json!({"type": "tool", "name": "roocode_json_output", "disable_parallel_tool_use": true})
}

#[test]
fn json_beside_other_tools_lets_the_model_call_them() {
    let tool = json!([{"type": "function", "function": {"name": "f"}}]);
    let json_object = json!({"type": "json_object"});
    let choice = |fields: Value| {
        let mut request = asked(fields);
        request["tools"] = tool.clone();
        request["response_format"] = json_object.clone();
        encode(request, "claude-sonnet-4-5").body["tool_choice"].clone()
    };
    assert_eq!(choice(json!({})), json!({"type": "any"}));
    assert_eq!(choice(json!({"tool_choice": "none"})), forced_json());
    assert_eq!(choice(json!({"reasoning_effort": "low"})), json!({"type": "auto"}));
    assert_eq!(
        choice(json!({"parallel_tool_calls": false})),
        json!({"type": "any", "disable_parallel_tool_use": true})
    );
}

#[test]
fn instructions_are_hoisted() {
    let plain = conversation(json!([{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]));
    assert_eq!(plain.body["system"], "s");
    assert!(plain.translation.is_empty());

    let several = conversation(json!([
        {"role": "system", "content": "s", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"role": "user", "content": "q"},
        {"role": "developer", "content": "late"},
        {"role": "user", "content": "r"},
    ]));
    assert_eq!(
        several.body["system"],
        json!([{"type": "text", "text": "s", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
               {"type": "text", "text": "late"}])
    );
    assert_eq!(several.body["messages"].as_array().unwrap().len(), 1, "the two questions are one turn");
    assert_eq!(notes(&several), [("messages[2]", TranslationAction::Renamed)]);
}

#[test]
fn tool_results_come_first_in_their_turn() {
    let encoded = conversation(json!([
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "", "tool_calls": [
            {"id": "a.1", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}},
            {"id": "b", "type": "function", "function": {"name": "g", "arguments": " "}}]},
        {"role": "user", "content": "by the way"},
        {"role": "tool", "tool_call_id": "a.1", "content": "r", "is_error": false},
        {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "s"}],
         "cache_control": {"type": "ephemeral"}},
    ]));
    assert_eq!(
        encoded.body["messages"],
        json!([
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "a_1", "name": "f", "input": {"x": 1}},
                {"type": "tool_use", "id": "b", "name": "g", "input": {}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a_1", "content": "r", "is_error": false},
                {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": "s"}],
                 "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "by the way"}]},
        ])
    );
}

#[test]
fn own_blocks_go_back_unless_the_message_was_edited() {
    let blocks = json!([
        {"type": "thinking", "thinking": "t", "signature": "sig"},
        {"type": "text", "text": "a"}, {"type": "text", "text": "b"},
        {"type": "tool_use", "id": "c", "name": "f", "input": {"x": 1}, "caller": {"type": "direct"}},
    ]);
    let message = |content: &str, arguments: &str, dialect: &str| {
        json!([{"role": "user", "content": "q"}, {
            "role": "assistant", "content": content,
            "reasoning_details": [{"type": "reasoning.text", "text": "t", "signature": "sig",
                "format": "anthropic-claude-v1", "index": 0}],
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}],
            "native_blocks": {"dialect": dialect, "blocks": blocks},
            "annotations": [{"type": "url_citation"}],
        }])
    };
    let sent = |messages: Value| conversation(messages).body["messages"][1]["content"].clone();
    assert_eq!(sent(message("ab", "{ \"x\": 1 }", "anthropic")), blocks);
    let plain = |text: &str, x: u32| {
        json!([
            {"type": "thinking", "thinking": "t", "signature": "sig"},
            {"type": "text", "text": text},
            {"type": "tool_use", "id": "c", "name": "f", "input": {"x": x}},
        ])
    };
    assert_eq!(sent(message("edited", "{\"x\":1}", "anthropic")), plain("edited", 1));
    assert_eq!(sent(message("ab", "{\"x\":2}", "anthropic")), plain("ab", 2));
    assert_eq!(sent(message("ab", "{\"x\":1}", "gemini")), plain("ab", 1));
}

#[test]
fn unsigned_thinking_goes_back_to_a_local_server_alone() {
    let blocks =
        json!([{"type": "thinking", "thinking": "t", "signature": ""}, {"type": "text", "text": "a"}]);
    let request = json!({"model": "m", "max_tokens": 10, "messages": [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "a", "cache_control": {"type": "ephemeral"},
         "native_blocks": {"dialect": "anthropic", "blocks": blocks}},
    ]});
    let sent = |model: &str| encode(request.clone(), model).body["messages"][1]["content"].clone();
    let text = json!({"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}});
    assert_eq!(sent("tiny-random"), json!([blocks[0], text]));
    assert_eq!(sent("claude-sonnet-4-5"), json!([text]));
}

#[test]
fn a_prefill_loses_its_last_blanks() {
    let encoded = conversation(json!([
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "x "},
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "```json\n"},
    ]));
    assert_eq!(encoded.body["messages"][1]["content"], "x ");
    assert_eq!(encoded.body["messages"][3]["content"], "```json");
    assert_eq!(notes(&encoded), [("messages[3].content", TranslationAction::Clamped)]);
}

#[test]
fn an_assistant_that_says_nothing_is_left_out() {
    let encoded = conversation(json!([
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": null, "reasoning_content": "unsigned"},
        {"role": "user", "content": "b"},
    ]));
    assert_eq!(encoded.body["messages"].as_array().unwrap().len(), 1);
    assert_eq!(notes(&encoded), [("messages[1]", TranslationAction::Dropped)]);
}

#[test]
fn documents_and_images_of_every_kind() {
    let block = |part: Value| {
        let encoded = conversation(json!([{"role": "user", "content": [part]}]));
        encoded.body["messages"][0]["content"][0].clone()
    };
    assert_eq!(
        block(json!({"type": "file", "citations": {"enabled": true}, "file":
            {"file_data": "data:text/csv;charset=utf-8;base64,YSxi", "filename": "t.csv", "context": "c"}})),
        json!({"type": "document", "title": "t.csv", "context": "c", "citations": {"enabled": true},
               "source": {"type": "text", "media_type": "text/plain", "data": "a,b"}})
    );
    assert_eq!(
        block(json!({"type": "file", "file": {"file_data": "DATA:application/pdf,%25PDF%"}}))["source"],
        json!({"type": "base64", "media_type": "application/pdf", "data": "JVBERiU="})
    );
    assert_eq!(
        block(json!({"type": "image_url", "image_url": {"url": "data:image/jpg;base64,AAAA"}}))["source"],
        json!({"type": "base64", "media_type": "image/jpeg", "data": "AAAA"})
    );
    assert_eq!(
        block(json!({"type": "image_url", "image_url": {"url": "file_1"}}))["source"],
        json!({"type": "file", "file_id": "file_1"})
    );
}

#[test]
fn headers_of_betas_are_asked_for_once_each() {
    let file = json!({"type": "file", "file": {"file_id": "file_1"}});
    let encoded = encode(
        asked(json!({
            "messages": [{"role": "user", "content": [file, file]}],
            "mcp_servers": [{"type": "url", "url": "https://e", "name": "n"}],
            "context_management": {"edits": []},
        })),
        "claude-sonnet-4-5",
    );
    let beta = "context-management-2025-06-27,files-api-2025-04-14,mcp-client-2025-11-20";
    assert_eq!(encoded.headers, [(Cow::Borrowed("anthropic-beta"), beta.to_owned())]);
    assert_eq!(encoded.body["mcp_servers"][0]["name"], "n");
}

#[test]
fn a_services_quirks_are_obeyed() {
    let quirks = Quirks {
        unsupported: vec!["top_k".to_owned()],
        max_tokens_field: Some("max_output".to_owned()),
        tool_choice_required: Some("required".to_owned()),
        ..Quirks::default()
    };
    let tool = json!([{"type": "function", "function": {"name": "f"}}]);
    let request = asked(json!({"top_k": 4, "tools": tool, "tool_choice": "required"}));
    let request = ChatRequest::from_value(request).unwrap();
    let mut context =
        EncodeContext { model: "m", stream: true, unsupported: Unsupported::Error, quirks: &quirks };
    assert_eq!(encode_chat(&request, &context).unwrap_err().param.as_deref(), Some("top_k"));
    context.unsupported = Unsupported::Drop;
    let body = encode_chat(&request, &context).unwrap().body;
    assert!(!body.contains_key("top_k") && !body.contains_key("max_tokens"));
    assert_eq!((&body["max_output"], &body["stream"]), (&json!(4000), &json!(true)));
    assert_eq!(body["tool_choice"], json!({"type": "required"}));
}
