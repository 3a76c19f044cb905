use super::*;
use serde_json::json;

use crate::types::chat::{FinishReason, ReasoningDetailType};

fn decode(body: Value) -> Result<ChatCompletion> {
    decode_chat(&Bytes::from(body.to_string()), "amazon.nova-lite-v1:0")
}

fn response(content: Value) -> Value {
    json!({"output": {"message": {"role": "assistant", "content": content}}, "stopReason": "end_turn"})
}

fn message(content: Value) -> ChatMessage {
    decode(response(content)).unwrap().choices.remove(0).message
}

#[test]
fn plain_text_and_calls_need_no_native_blocks() {
    let said = message(json!([
        {"text": "hi"},
        {"toolUse": {"toolUseId": "t", "name": "f", "input": {"b": 1, "a": [1.0, "x"]}, "type": "tool_use"}},
    ]));
    assert_eq!(said.content.as_deref(), Some("hi"));
    let call = &said.tool_calls.unwrap()[0];
    assert_eq!((call.id.as_str(), call.function.arguments.as_str()), ("t", r#"{"b":1,"a":[1.0,"x"]}"#));
    assert_eq!(said.native_blocks, None);
}

#[test]
fn what_the_plain_fields_cannot_say_is_kept_verbatim() {
    for content in [
        json!([{"text": "a"}, {"text": "b"}]),
        json!([{"reasoningContent": {"reasoningText": {"text": "hm"}}}, {"text": "a"}]),
        json!([{"toolUse": {"toolUseId": "t", "name": "f", "input": {}, "type": "server_tool_use"}}]),
        json!([{"toolUse": {"toolUseId": "t", "name": "f", "input": {}, "more": 1}}]),
        json!([{"text": "a"}, {"ofTheFuture": {"x": 1}}]),
        json!([{"text": "a", "more": 1}]),
        json!([{"text": ""}]),
    ] {
        assert_eq!(Value::Array(message(content.clone()).native_blocks.unwrap().blocks), content);
    }
}

#[test]
fn reasoning_of_every_form() {
    let said = message(json!([
        {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}},
        {"reasoningContent": {"redactedContent": "AAAA"}},
    ]));
    assert_eq!(said.reasoning_content.as_deref(), Some("hm"));
    let details = said.reasoning_details.unwrap();
    assert_eq!(details[0].signature.as_deref(), Some("sig"));
    assert_eq!(details[0].format.as_deref(), Some("bedrock-converse-v1"), "no model of Claude's");
    assert_eq!(details[1].detail_type, ReasoningDetailType::Encrypted);
    assert_eq!((details[1].data.as_deref(), details[1].index), (Some("AAAA"), Some(1)));
}

#[test]
fn citations_span_their_text() {
    let citation =
        json!({"title": "t", "location": {"documentChar": {"documentIndex": 0, "start": 1, "end": 2}}});
    let web = json!({"title": "w", "location": {"web": {"url": "https://e", "domain": "e"}}});
    let said = message(json!([
        {"text": "è "},
        {"citationsContent": {"content": [{"text": "one"}, {"text": "."}], "citations": [citation, web]}},
    ]));
    assert_eq!(said.content.as_deref(), Some("è one."));
    let annotations = said.annotations.unwrap();
    assert_eq!(annotations[0].annotation_type, "document_citation");
    assert_eq!(annotations[0].provider_fields["citation"], citation);
    assert_eq!(
        (&annotations[0].provider_fields["start_index"], &annotations[0].provider_fields["end_index"]),
        (&json!(2), &json!(6))
    );
    let url = annotations[1].url_citation.as_ref().unwrap();
    assert_eq!((url.url.as_deref(), url.title.as_deref()), (Some("https://e"), Some("w")));
    assert_eq!(Value::Object(url.provider_fields.clone()), json!({"location": {"web": {"domain": "e"}}}));
}

#[test]
fn stop_reasons_in_the_common_words() {
    for (native, reason) in [
        ("end_turn", FinishReason::Stop),
        ("stop_sequence", FinishReason::Stop),
        ("max_tokens", FinishReason::Length),
        ("model_context_window_exceeded", FinishReason::Length),
        ("tool_use", FinishReason::ToolCalls),
        ("guardrail_intervened", FinishReason::ContentFilter),
        ("content_filtered", FinishReason::ContentFilter),
        ("malformed_tool_use", FinishReason::from("malformed_tool_use")),
    ] {
        let mut body = response(json!([{"text": "a"}]));
        body["stopReason"] = json!(native);
        let choice = decode(body).unwrap().choices.remove(0);
        assert_eq!(choice.finish_reason, Some(reason), "{native}");
        assert!(choice.native_finish_reason.is_none_or(|kept| kept == native));
    }
}

#[test]
fn other_fields_are_kept() {
    let mut body = response(json!([{"text": "a"}]));
    body["metrics"] = json!({"latencyMs": 5});
    body["trace"] = json!({"guardrail": {"modelOutput": ["x"]}});
    body["serviceTier"] = json!({"type": "flex"});
    body["additionalModelResponseFields"] = json!({"stop_sequence": "s"});
    let reply = decode(body).unwrap();
    assert_eq!(
        (reply.service_tier.as_deref(), reply.model.as_str()),
        (Some("flex"), "amazon.nova-lite-v1:0")
    );
    let keys: Vec<_> = reply.provider_fields.keys().map(String::as_str).collect();
    assert_eq!(keys, ["metrics", "trace", "additionalModelResponseFields"]);
}

#[test]
fn what_is_no_message_is_an_error_with_the_body() {
    for body in
        [json!({"output": {"message": {}}}), json!({"output": {"message": {"content": "x"}}}), json!([1])]
    {
        let error = decode(body.clone()).unwrap_err();
        assert_eq!((error.kind, error.body.clone()), (ErrorKind::ResponseDecode, Some(body)));
    }
    let error = decode_chat(&Bytes::from_static(b"<html>"), "m").unwrap_err();
    assert_eq!((error.kind, error.body.clone()), (ErrorKind::ResponseDecode, Some(json!("<html>"))));
}
