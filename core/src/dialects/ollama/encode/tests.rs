use serde_json::{Value, json};

use crate::dialects::ollama::Ollama;
use crate::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported};
use crate::error::Result;
use crate::types::chat::ChatRequest;
use crate::types::operation::{Operation, Request};

fn with(unsupported: Unsupported, fields: Value) -> Result<EncodedRequest> {
    let mut request = json!({ "model": "m", "messages": [{ "role": "user", "content": "q" }] });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let quirks = Quirks::default();
    let context = EncodeContext { model: "qwen3:4b", stream: false, unsupported, quirks: &quirks };
    Ollama.encode_chat(&ChatRequest::from_value(request).unwrap(), &context)
}

fn body(fields: Value) -> Value {
    Value::Object(with(Unsupported::Error, fields).unwrap().body)
}

fn refused(fields: Value) -> String {
    with(Unsupported::Error, fields).unwrap_err().param.clone().unwrap()
}

#[test]
fn parameters_are_options_of_the_model() {
    assert_eq!(
        body(json!({
            "max_tokens": 9, "temperature": 0, "top_p": 0.5, "top_k": 3, "seed": 7, "stop": "END",
            "presence_penalty": 0.5, "num_ctx": 8_192, "options": { "mirostat": 1 }, "keep_alive": "5m",
            "truncate": false, "logprobs": true, "top_logprobs": 2,
        })),
        json!({
            "model": "qwen3:4b", "messages": [{ "role": "user", "content": "q" }], "stream": false,
            "options": { "num_predict": 9, "temperature": 0.0, "top_p": 0.5, "presence_penalty": 0.5, "top_k": 3,
                "seed": 7, "stop": ["END"], "num_ctx": 8_192, "mirostat": 1 },
            "keep_alive": "5m", "truncate": false, "logprobs": true, "top_logprobs": 2,
        })
    );
    assert_eq!(refused(json!({ "top_k": 3, "options": { "top_k": 4 } })), "options.top_k");
    assert_eq!(refused(json!({ "user": "u" })), "user");
    assert_eq!(refused(json!({ "unheard_of": 1 })), "unheard_of");
}

#[test]
fn thinking_is_whether_or_how_hard() {
    let think = |fields: Value| body(fields).get("think").cloned();
    assert_eq!(think(json!({})), None);
    for (effort, sent) in
        [("none", json!(false)), ("minimal", json!("low")), ("high", json!("high")), ("xhigh", json!("max"))]
    {
        assert_eq!(think(json!({ "reasoning_effort": effort })), Some(sent));
    }
    assert_eq!(think(json!({ "reasoning": { "enabled": true } })), Some(json!(true)));
    assert_eq!(think(json!({ "think": true })), Some(json!(true)));
    assert_eq!(refused(json!({ "reasoning": { "max_tokens": 5 } })), "reasoning.max_tokens");
}

#[test]
fn the_format_is_json_or_a_schema() {
    let format = |format: Value| body(json!({ "response_format": format })).get("format").cloned();
    assert_eq!(format(json!({ "type": "text" })), None);
    assert_eq!(format(json!({ "type": "json_object" })), Some(json!("json")));
    let schema = json!({ "type": "object", "properties": {} });
    let asked =
        json!({ "type": "json_schema", "json_schema": { "name": "n", "strict": true, "schema": schema } });
    assert_eq!(format(asked), Some(schema));
}

#[test]
fn images_and_audio_stand_beside_the_text() {
    let image = |url: &str| json!({ "type": "image_url", "image_url": { "url": url } });
    let parts = json!([
        { "type": "text", "text": "What is " }, image("data:image/png;base64,AAAA"), { "type": "text", "text": "it?" },
        { "type": "input_audio", "input_audio": { "data": "BBBB", "format": "wav" } },
    ]);
    let sent = body(json!({ "messages": [{ "role": "user", "content": parts }] }));
    assert_eq!(
        sent["messages"],
        json!([{ "role": "user", "content": "What is it?", "images": ["AAAA", "BBBB"] }])
    );
    let place =
        refused(json!({ "messages": [{ "role": "user", "content": [image("https://x.test/a.png")] }] }));
    assert_eq!(place, "messages[0].content[0].image_url.url");
}

#[test]
fn calls_and_results_go_back_by_name_and_by_the_servers_own_id() {
    let sent = |id: &str| {
        body(json!({ "messages": [
            { "role": "user", "content": "q" },
            { "role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
                { "id": id, "type": "function", "function": { "name": "f", "arguments": "{\"b\": 1, \"a\": 2}" } }] },
            { "role": "tool", "tool_call_id": id, "content": "4" },
        ] }))["messages"]
            .clone()
    };
    let function = json!({ "name": "f", "arguments": { "b": 1, "a": 2 } });
    assert_eq!(
        sent("call_1"),
        json!([
            { "role": "user", "content": "q" },
            { "role": "assistant", "content": "", "thinking": "hm", "tool_calls": [{ "id": "call_1", "function": function }] },
            { "role": "tool", "content": "4", "tool_name": "f", "tool_call_id": "call_1" },
        ])
    );
    let made_up = sent("ollama_1");
    assert_eq!(made_up[1]["tool_calls"], json!([{ "function": function }]));
    assert_eq!(made_up[2], json!({ "role": "tool", "content": "4", "tool_name": "f" }));
}

#[test]
fn no_tool_is_forced_and_none_is_none_offered() {
    let tools = json!([{ "type": "function", "function": { "name": "f", "description": "d" } }]);
    let sent = |choice: &str| body(json!({ "tools": tools, "tool_choice": choice })).get("tools").cloned();
    let parameters = json!({ "type": "object", "properties": {} });
    let function = json!({ "name": "f", "description": "d", "parameters": parameters });
    assert_eq!(sent("auto"), Some(json!([{ "type": "function", "function": function }])));
    assert_eq!(sent("none"), None);
    assert_eq!(refused(json!({ "tools": tools, "tool_choice": "required" })), "tool_choice");
}

#[test]
fn other_operations_are_asked_on_its_own_wire_but_for_completions() {
    let quirks = Quirks::default();
    let context =
        EncodeContext { model: "bge", stream: false, unsupported: Unsupported::Error, quirks: &quirks };
    for (operation, fields, path) in [
        (Operation::Embeddings, json!({ "model": "m", "input": "a" }), "/api/embed"),
        (Operation::Models, json!({}), "/api/tags"),
        (Operation::Completions, json!({ "model": "m", "prompt": "a" }), "/v1/completions"),
    ] {
        let request = Request::from_fields(operation, fields.as_object().unwrap().clone()).unwrap();
        assert_eq!(Ollama.encode_other(&request, &context).unwrap().path, path);
    }
}
