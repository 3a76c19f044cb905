use serde_json::{Value, json};

use crate::dialects::cohere::Cohere;
use crate::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported};
use crate::error::Result;
use crate::types::chat::ChatRequest;

fn with(unsupported: Unsupported, fields: Value) -> Result<EncodedRequest> {
    let mut request = json!({ "model": "m", "messages": [{ "role": "user", "content": "q" }] });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let quirks = Quirks::default();
    let context = EncodeContext { model: "command", stream: false, unsupported, quirks: &quirks };
    Cohere.encode_chat(&ChatRequest::from_value(request).unwrap(), &context)
}

fn encode(fields: Value) -> EncodedRequest {
    with(Unsupported::Error, fields).unwrap()
}

fn body(fields: Value) -> Value {
    Value::Object(encode(fields).body)
}

fn refused(fields: Value) -> String {
    with(Unsupported::Error, fields).unwrap_err().param.clone().unwrap()
}

#[test]
fn parameters_have_the_wires_names() {
    let encoded = encode(json!({
        "max_tokens": 9, "stop": "END", "top_p": 0.5, "top_k": 3, "seed": 7, "frequency_penalty": 0.25,
        "logprobs": true, "safety_mode": "STRICT", "citation_options": { "mode": "FAST" },
    }));
    assert_eq!(encoded.path, "/chat");
    assert_eq!(
        Value::Object(encoded.body),
        json!({
            "model": "command", "messages": [{ "role": "user", "content": "q" }], "max_tokens": 9,
            "stop_sequences": ["END"], "p": 0.5, "k": 3, "seed": 7, "frequency_penalty": 0.25, "logprobs": true,
            "safety_mode": "STRICT", "citation_options": { "mode": "FAST" },
        })
    );
}

#[test]
fn what_is_out_of_range_is_clamped_and_noted_or_refused() {
    let encoded = encode(json!({ "top_p": 1.0, "top_k": 900 }));
    assert_eq!((&encoded.body["p"], &encoded.body["k"]), (&json!(0.99), &json!(500)));
    let notes: Vec<&str> = encoded.translation.iter().map(|note| note.param.as_str()).collect();
    assert_eq!(notes, ["top_p", "top_k"]);
    assert_eq!(refused(json!({ "presence_penalty": -1.0 })), "presence_penalty");
    assert_eq!(refused(json!({ "n": 2 })), "n");
    assert_eq!(refused(json!({ "unheard_of": 1 })), "unheard_of");
    assert_eq!(refused(json!({ "top_k": 4, "k": 5 })), "k");
}

#[test]
fn instructions_are_one_message_in_front() {
    let messages = body(json!({ "messages": [
        { "role": "system", "content": "a" },
        { "role": "user", "content": "q" },
        { "role": "developer", "content": "b" },
    ] }));
    let texts = json!([{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }]);
    assert_eq!(
        messages["messages"],
        json!([{ "role": "system", "content": texts }, { "role": "user", "content": "q" }])
    );
}

#[test]
fn documents_stand_beside_the_messages() {
    let file = json!({ "type": "file", "file": { "filename": "a.md", "file_data": "data:text/markdown;base64,IyBoaQ==" } });
    let given = json!({ "data": { "snippet": "s" } });
    let sent = body(json!({
        "documents": [given],
        "messages": [{ "role": "user", "content": [file, { "type": "text", "text": "What does it say?" }] }],
    }));
    assert_eq!(sent["documents"], json!([given, { "data": { "title": "a.md", "text": "# hi" } }]));
    assert_eq!(sent["messages"][0]["content"], json!([{ "type": "text", "text": "What does it say?" }]));
    let pdf = json!({ "type": "file", "file": { "file_data": "data:application/pdf;base64,JVBERi0=" } });
    let place = refused(json!({ "messages": [{ "role": "user", "content": [pdf] }] }));
    assert_eq!(place, "messages[0].content[0].file.file_data");
}

#[test]
fn tools_are_offered_as_the_choice_wants_them() {
    let tool = |name: &str| json!({ "type": "function", "function": { "name": name } });
    let sent = |name: &str| {
        let parameters = json!({ "type": "object", "properties": {} });
        json!({ "type": "function", "function": { "name": name, "parameters": parameters } })
    };
    let with_choice = |choice: Value| body(json!({ "tools": [tool("f"), tool("g")], "tool_choice": choice }));
    let none = with_choice(json!("none"));
    assert_eq!((&none["tools"], &none["tool_choice"]), (&json!([sent("f"), sent("g")]), &json!("NONE")));
    assert_eq!(with_choice(json!("required"))["tool_choice"], "REQUIRED");
    assert!(with_choice(json!("auto")).get("tool_choice").is_none());
    let one = with_choice(json!({ "type": "function", "function": { "name": "g" } }));
    assert_eq!((&one["tools"], &one["tool_choice"]), (&json!([sent("g")]), &json!("REQUIRED")));
    let strict = json!({ "type": "function", "function": { "name": "s", "strict": true, "parameters": {} } });
    assert_eq!(body(json!({ "tools": [strict] }))["strict_tools"], true);
    assert_eq!(refused(json!({ "tools": [tool("f")], "parallel_tool_calls": false })), "parallel_tool_calls");
}

#[test]
fn thinking_is_on_off_or_a_budget() {
    let thinking = |fields: Value| body(fields).get("thinking").cloned();
    assert_eq!(thinking(json!({})), None);
    assert_eq!(thinking(json!({ "reasoning_effort": "none" })), Some(json!({ "type": "disabled" })));
    assert_eq!(thinking(json!({ "reasoning_effort": "high" })), Some(json!({ "type": "enabled" })));
    let budget = |tokens: u64| Some(json!({ "type": "enabled", "token_budget": tokens }));
    assert_eq!(thinking(json!({ "reasoning_effort": "low" })), budget(1_024));
    assert_eq!(thinking(json!({ "reasoning": { "max_tokens": 77 } })), budget(77));
    // A thousand tokens are left for the answer, where so many may be said at all.
    assert_eq!(thinking(json!({ "reasoning_effort": "medium", "max_tokens": 8_000 })), budget(6_976));
    assert_eq!(
        thinking(json!({ "reasoning_effort": "low", "max_tokens": 900 })),
        Some(json!({ "type": "enabled" }))
    );
    assert_eq!(thinking(json!({ "thinking": { "type": "disabled" } })), Some(json!({ "type": "disabled" })));
    assert_eq!(refused(json!({ "thinking": { "type": "disabled" }, "reasoning_effort": "low" })), "thinking");
}

#[test]
fn a_reply_goes_back_as_it_came_until_somebody_edits_it() {
    let native = json!({
        "role": "assistant", "tool_plan": "I will look.",
        "tool_calls": [{ "id": "c", "type": "function", "function": { "name": "f", "arguments": "{ }" } }],
    });
    let raw = json!({ "id": "1", "message": native, "finish_reason": "TOOL_CALL" });
    let reply = Cohere.decode_chat(&raw.to_string().into(), "m").unwrap();
    let mut message = serde_json::to_value(&reply.choices[0].message).unwrap();
    let sent = |message: &Value| {
        let answer = json!({ "role": "tool", "tool_call_id": "c", "content": "4" });
        body(json!({ "messages": [{ "role": "user", "content": "q" }, message, answer] }))["messages"][1]
            .clone()
    };
    assert_eq!(sent(&message), native);
    // A message without the native form says as much by its reasoning.
    message.as_object_mut().unwrap().shift_remove("native_blocks");
    assert_eq!(sent(&message), native);
    message["content"] = json!("Let me see.");
    assert_eq!(sent(&message)["content"], "Let me see.");
}

#[test]
fn a_tools_result_is_a_text_or_documents() {
    let call = json!({ "id": "c", "type": "function", "function": { "name": "f", "arguments": "{}" } });
    let sent = |content: Value| {
        body(json!({ "messages": [
            { "role": "user", "content": "q" }, { "role": "assistant", "content": null, "tool_calls": [call] },
            { "role": "tool", "tool_call_id": "c", "content": content },
        ] }))["messages"][2]["content"]
            .clone()
    };
    assert_eq!(sent(json!("4")), "4");
    let file = json!({ "type": "file", "file": { "file_data": "data:text/plain,hi" } });
    let document = json!({ "type": "document", "document": { "data": { "text": "hi" } } });
    assert_eq!(
        sent(json!([{ "type": "text", "text": "4" }, file])),
        json!([{ "type": "text", "text": "4" }, document])
    );
}

#[test]
fn json_of_a_form_is_not_asked_beside_tools_or_documents() {
    let format = json!({ "type": "json_object" });
    let tools = json!([{ "type": "function", "function": { "name": "f" } }]);
    let text =
        json!({ "type": "file", "file": { "file_data": "data:text/plain,hello", "filename": "a.txt" } });
    let asked = json!([{ "role": "user", "content": [text] }]);
    for fields in [
        json!({ "response_format": format, "tools": tools }),
        json!({ "response_format": format, "documents": ["a"] }),
        json!({ "response_format": format, "messages": asked }),
    ] {
        assert_eq!(refused(fields.clone()), "response_format");
        let left = with(Unsupported::Drop, fields).unwrap();
        assert!(left.body.get("response_format").is_none());
    }
    assert!(body(json!({ "response_format": { "type": "text" }, "tools": tools })).get("tools").is_some());
}
