use super::*;
use serde_json::json;

fn refusal(request: Value) -> (String, String) {
    let error = ChatRequest::from_value(request).and_then(|request| request.validate()).unwrap_err();
    assert_eq!(error.kind, crate::error::ErrorKind::BadRequest);
    (error.param.clone().unwrap_or_default(), error.message.clone())
}

fn with(fields: Value) -> Value {
    let mut request = json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }] });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    request
}

/// Request, the place the error must name, and a word its message must hold.
#[test]
fn each_mistake_is_named_with_its_place() {
    let message = |message: Value| with(json!({ "messages": [message] }));
    let schema = |schema: Value| {
        with(
            json!({ "response_format": { "type": "json_schema", "json_schema": { "name": "n", "schema": schema } } }),
        )
    };
    let cases = [
        (json!([]), "request", "object"),
        (json!({ "model": "m" }), "messages", "missing"),
        (with(json!({ "messages": [] })), "messages", "at least one"),
        (with(json!({ "messages": "hi" })), "messages", "expected"),
        (message(json!("hi")), "messages[0]", "a string"),
        (message(json!({ "content": "hi" })), "messages[0].role", "allowed: system"),
        (message(json!({ "role": "robot", "content": "hi" })), "messages[0].role", "`robot`"),
        (message(json!({ "role": "user" })), "messages[0]", "content"),
        (message(json!({ "role": "user", "content": 5 })), "messages[0].content", "a number"),
        (message(json!({ "role": "user", "content": [] })), "messages[0].content", "part"),
        (
            message(json!({ "role": "user", "content": [{ "text": "x" }] })),
            "messages[0].content[0].type",
            "text",
        ),
        (
            message(json!({ "role": "user", "content": [{ "type": "txt", "text": "x" }] })),
            "messages[0].content[0].type",
            "image_url",
        ),
        (
            message(
                json!({ "role": "user", "content": [{ "type": "image_url", "image_url": { "url": 1 } }] }),
            ),
            "messages[0].content[0].image_url.url",
            "string",
        ),
        (
            message(json!({ "role": "tool", "tool_call_id": "c1", "content": "x" })),
            "messages[0].tool_call_id",
            "no assistant message",
        ),
        (with(json!({ "temperature": "hot" })), "temperature", "expected"),
        (with(json!({ "n": 0 })), "n", "at least 1"),
        (with(json!({ "temprature": 1 })), "temprature", "`temperature`"),
        (with(json!({ "max_tokens": 1, "max_completion_tokens": 2 })), "max_tokens", "one of the two"),
        (with(json!({ "tool_choice": "maybe" })), "tool_choice", "required"),
        (with(json!({ "tools": [{ "type": "function" }] })), "tools[0]", "function"),
        (
            with(json!({ "response_format": { "type": "json_schema" } })),
            "response_format.json_schema",
            "missing",
        ),
        (schema(json!({ "type": "objekt" })), "response_format.json_schema.schema.type", "object"),
        (
            schema(json!({ "properties": { "a": { "items": 3 } } })),
            "response_format.json_schema.schema.properties.a.items",
            "schema",
        ),
        (
            with(
                json!({ "tools": [{ "type": "function", "function": { "name": "f", "parameters": { "required": "a" } } }] }),
            ),
            "tools[0].function.parameters.required",
            "names",
        ),
    ];
    for (request, place, word) in cases {
        let (param, text) = refusal(request.clone());
        assert_eq!(param, place, "{request}: {text}");
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn what_is_right_passes_and_unknown_fields_are_kept() {
    let request = with(json!({ "venice_parameters": { "a": 1 }, "min_p": 0.1 }));
    let read = ChatRequest::from_value(request.clone()).unwrap();
    read.validate().unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), request);
}
