use super::*;
use serde_json::json;

use crate::types::chat::{FinishReason, ReasoningDetailType};

fn decode(body: Value) -> Result<ChatCompletion> {
    decode_chat(&Bytes::from(body.to_string()), "asked-for")
}

fn message(content: Value) -> ChatMessage {
    decode(json!({ "content": content })).unwrap().choices.remove(0).message
}

#[test]
fn plain_text_and_calls_need_no_native_blocks() {
    let said = message(json!([
        {"type": "text", "text": "hi"},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"b": 1, "a": [1.0, "x"]}},
    ]));
    assert_eq!(said.content.as_deref(), Some("hi"));
    let call = &said.tool_calls.unwrap()[0];
    assert_eq!(call.function.arguments, r#"{"b":1,"a":[1.0,"x"]}"#, "keys keep the model's order");
    assert_eq!(said.native_blocks, None);
}

#[test]
fn what_the_plain_fields_cannot_say_keeps_the_native_blocks() {
    let text = json!({"type": "text", "text": "a"});
    let call = json!({"type": "tool_use", "id": "t", "name": "f", "input": {}});
    let direct =
        json!({"type": "tool_use", "id": "t", "name": "f", "input": {}, "caller": {"type": "direct"}});
    for content in [
        json!([text, text]),
        json!([call, text]),
        json!([direct]),
        json!([{"type": "thinking", "thinking": "t", "signature": "s"}, text]),
        json!([{"type": "redacted_thinking", "data": "d"}, text]),
        json!([{"type": "text", "text": "a", "citations": []}]),
        json!([{"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}]),
        json!([{"type": "of_the_future", "x": 1}]),
    ] {
        let native = message(content.clone()).native_blocks.expect("native blocks");
        assert_eq!(Value::Array(native.blocks), content);
        assert_eq!(native.dialect, "anthropic");
    }
    for content in [json!([]), json!([text]), json!([text, call, call]), json!([call])] {
        assert_eq!(message(content.clone()).native_blocks, None, "{content}");
    }
}

#[test]
fn thinking_is_text_and_typed_blocks() {
    let said = message(json!([
        {"type": "thinking", "thinking": "one ", "signature": "sig"},
        {"type": "redacted_thinking", "data": "secret"},
        {"type": "text", "text": "answer"},
        {"type": "thinking", "thinking": "two", "signature": ""},
    ]));
    assert_eq!(said.reasoning_content.as_deref(), Some("one two"));
    let details = said.reasoning_details.unwrap();
    assert_eq!(details[0].signature.as_deref(), Some("sig"));
    assert_eq!(details[0].format.as_deref(), Some("anthropic-claude-v1"));
    assert_eq!(details[1].detail_type, ReasoningDetailType::Encrypted);
    assert_eq!(details[1].data.as_deref(), Some("secret"));
    assert_eq!(details.iter().map(|detail| detail.index).collect::<Vec<_>>(), [Some(0), Some(1), Some(3)]);
    assert_eq!(details[2].signature, None);
}

#[test]
fn citations_point_into_the_joined_content_by_characters() {
    let said = message(json!([
        {"type": "text", "text": "Žluť "},
        {"type": "text", "text": "is yellow", "citations": [
            {"type": "web_search_result_location", "url": "u", "title": "t", "cited_text": "c", "encrypted_index": "e"},
            {"type": "char_location", "cited_text": "c", "document_index": 0},
        ]},
    ]));
    let annotations = said.annotations.unwrap();
    let web = annotations[0].url_citation.as_ref().unwrap();
    assert_eq!((web.start_index, web.end_index), (Some(5), Some(14)));
    assert_eq!((web.url.as_deref(), web.title.as_deref()), (Some("u"), Some("t")));
    assert_eq!(web.provider_fields["cited_text"], "c");
    assert_eq!(annotations[1].annotation_type, "document_citation");
    assert_eq!(annotations[1].provider_fields["start_index"], 5);
    assert_eq!(annotations[1].provider_fields["citation"]["document_index"], 0);
}

#[test]
fn stop_reasons_map_and_the_native_one_is_kept() {
    for (native, reason) in [
        ("end_turn", FinishReason::Stop),
        ("stop_sequence", FinishReason::Stop),
        ("pause_turn", FinishReason::Stop),
        ("max_tokens", FinishReason::Length),
        ("model_context_window_exceeded", FinishReason::Length),
        ("tool_use", FinishReason::ToolCalls),
        ("refusal", FinishReason::ContentFilter),
    ] {
        let choice = decode(json!({"content": [], "stop_reason": native})).unwrap().choices.remove(0);
        assert_eq!(choice.finish_reason, Some(reason));
        assert_eq!(choice.native_finish_reason.as_deref(), Some(native));
    }
    let choice = decode(json!({"content": [], "stop_reason": "of_the_future"})).unwrap().choices.remove(0);
    assert_eq!(choice.finish_reason, Some(FinishReason::Other("of_the_future".to_owned())));
    assert_eq!(choice.native_finish_reason, None);
}

#[test]
fn unknown_fields_are_kept() {
    let reply = decode(json!({
        "id": "msg_1", "type": "message", "role": "assistant", "content": [], "stop_reason": "stop_sequence",
        "stop_sequence": "```", "container": {"id": "c"}, "stop_details": null
    }))
    .unwrap();
    assert_eq!(
        Value::Object(reply.provider_fields),
        json!({"stop_sequence": "```", "container": {"id": "c"}})
    );
    assert_eq!(reply.model, "asked-for");
}

#[test]
fn the_json_tools_input_is_the_content() {
    let body = json!({"stop_reason": "tool_use", "content": [
        {"type": "tool_use", "id": "t", "name": "roocode_json_output", "input": {"a": 1}, "caller": {"type": "direct"}}
    ]});
    let choice = decode(body).unwrap().choices.remove(0);
    assert_eq!(choice.message.content.as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(choice.message.tool_calls, None);
    assert_eq!(choice.message.native_blocks, None, "handed back, it must not be a call without a result");
    assert_eq!(choice.finish_reason, Some(FinishReason::Stop));
    assert_eq!(choice.native_finish_reason.as_deref(), Some("tool_use"));
}

#[test]
fn the_first_call_of_the_json_tool_is_the_content_and_the_others_are_kept() {
    let call = |id: &str, input: Value| json!({"type": "tool_use", "id": id, "name": "roocode_json_output", "input": input});
    let others = json!([call("u", json!({"a": 2})), call("v", json!({}))]);
    let body =
        json!({"stop_reason": "tool_use", "content": [call("t", json!({"a": 1})), others[0], others[1]]});
    let choice = decode(body).unwrap().choices.remove(0);
    assert_eq!(choice.message.content.as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(choice.provider_fields["other_json_answers"], others);
    assert_eq!(choice.message.tool_calls, None);
    assert_eq!(choice.message.native_blocks, None);
    assert_eq!(choice.finish_reason, Some(FinishReason::Stop));
}

#[test]
fn what_is_no_message_is_an_error_with_the_body() {
    let error = decode_chat(&Bytes::from_static(b"<html>"), "m").unwrap_err();
    assert_eq!(error.kind, ErrorKind::ResponseDecode);
    assert_eq!(error.body, Some(json!("<html>")));
    for body in [json!([]), json!({}), json!({"content": "text"})] {
        let error = decode(body.clone()).unwrap_err();
        assert_eq!((error.kind, error.body.clone()), (ErrorKind::ResponseDecode, Some(body)));
    }
    let error = decode(json!({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}));
    assert_eq!(error.unwrap_err().kind, ErrorKind::Overloaded);
}
