use super::*;
use serde_json::json;

use crate::types::chat::{Accumulator, ChatCompletion, FinishReason};

fn frame(name: &str, event: &Value) -> Frame {
    Frame { event: Some(Bytes::from(name.to_owned())), data: Bytes::from(event.to_string()) }
}

fn run(events: &[(&str, Value)]) -> (Vec<ChatCompletionChunk>, Result<()>) {
    let mut machine = ConverseStream::new("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    let mut chunks = Vec::new();
    for (name, event) in events {
        if let Err(error) = machine.frame(&frame(name, event), &mut chunks) {
            return (chunks, Err(error));
        }
    }
    let end = machine.end(&mut chunks);
    (chunks, end)
}

fn sum(events: &[(&str, Value)]) -> ChatCompletion {
    let (chunks, end) = run(events);
    end.unwrap();
    let mut sum = Accumulator::new();
    chunks.iter().for_each(|chunk| sum.add(chunk));
    sum.into_completion()
}

fn start(index: u32, start: Value) -> (&'static str, Value) {
    ("contentBlockStart", json!({"contentBlockIndex": index, "start": start, "p": "ab"}))
}

fn delta(index: u32, delta: Value) -> (&'static str, Value) {
    ("contentBlockDelta", json!({"contentBlockIndex": index, "delta": delta, "p": "abc"}))
}

fn stop(index: u32) -> (&'static str, Value) {
    ("contentBlockStop", json!({"contentBlockIndex": index, "p": "a"}))
}

fn tool(name: &str) -> Value {
    json!({"toolUse": {"toolUseId": "t", "name": name}})
}

fn whole(middle: Vec<(&'static str, Value)>, reason: &str) -> Vec<(&'static str, Value)> {
    let mut events = vec![("messageStart", json!({"role": "assistant", "p": "abcd"}))];
    events.extend(middle);
    events.push(("messageStop", json!({"stopReason": reason, "p": "ab"})));
    let usage = json!({"inputTokens": 7, "outputTokens": 9, "totalTokens": 16});
    events.push(("metadata", json!({"usage": usage, "metrics": {"latencyMs": 5}, "p": "abc"})));
    events
}

#[test]
fn text_comes_as_it_is_said_and_the_rest_on_the_last_chunk() {
    let events = whole(
        vec![
            delta(0, json!({"text": "Hel"})),
            ("ofTheFuture", json!({"x": 1})),
            delta(0, json!({"text": "lo \u{1F600}\n"})),
            stop(0),
        ],
        "end_turn",
    );
    let (chunks, end) = run(&events);
    end.unwrap();
    let said: Vec<_> = chunks.iter().map(|chunk| chunk.choices[0].delta.content.as_deref()).collect();
    assert_eq!(said, [None, Some("Hel"), Some("lo \u{1F600}\n"), None]);
    assert_eq!(chunks[0].choices[0].delta.role.as_deref(), Some("assistant"));
    let last = chunks.last().unwrap();
    assert_eq!(last.usage.as_ref().unwrap().total_tokens, 16);
    assert_eq!(last.choices[0].finish_reason, Some(FinishReason::Stop));
    assert_eq!(last.choices[0].native_finish_reason.as_deref(), Some("end_turn"));
    assert_eq!(last.choices[0].delta.native_blocks, None);
    assert_eq!(Value::Object(last.provider_fields.clone()), json!({"metrics": {"latencyMs": 5}}));
}

#[test]
fn calls_are_counted_among_themselves_and_empty_arguments_are_an_object() {
    let reply = sum(&whole(
        vec![
            delta(0, json!({"text": "so"})),
            stop(0),
            start(1, tool("f")),
            delta(1, json!({"toolUse": {"input": ""}})),
            delta(1, json!({"toolUse": {"input": "{\"x\": "}})),
            delta(1, json!({"toolUse": {"input": "1}"}})),
            stop(1),
            start(2, tool("g")),
            stop(2),
        ],
        "tool_use",
    ));
    let message = &reply.choices[0].message;
    let calls = message.tool_calls.as_ref().unwrap();
    assert_eq!((calls[0].function.name.as_str(), calls[0].function.arguments.as_str()), ("f", "{\"x\": 1}"));
    assert_eq!((calls[1].function.name.as_str(), calls[1].function.arguments.as_str()), ("g", "{}"));
    assert_eq!((calls.len(), &message.native_blocks), (2, &None));
    assert_eq!(reply.choices[0].finish_reason, Some(FinishReason::ToolCalls));
}

#[test]
fn reasoning_keeps_its_signature_and_redacted_pieces_are_joined_as_bytes() {
    let reply = sum(&whole(
        vec![
            delta(0, json!({"reasoningContent": {"text": "h"}})),
            delta(0, json!({"reasoningContent": {"text": "m"}})),
            delta(0, json!({"reasoningContent": {"signature": "sig"}})),
            stop(0),
            // "a" and "b", each padded.
            delta(1, json!({"reasoningContent": {"redactedContent": "YQ=="}})),
            delta(1, json!({"reasoningContent": {"redactedContent": "Yg=="}})),
            stop(1),
            delta(2, json!({"text": "hi"})),
            stop(2),
        ],
        "end_turn",
    ));
    let message = &reply.choices[0].message;
    assert_eq!(message.reasoning_content.as_deref(), Some("hm"));
    let details = message.reasoning_details.as_ref().unwrap();
    assert_eq!((details[0].signature.as_deref(), details[0].text.as_deref()), (Some("sig"), Some("hm")));
    assert_eq!(details[0].format.as_deref(), Some("anthropic-claude-v1"));
    assert_eq!(details[1].data.as_deref(), Some("YWI="));
    assert_eq!(
        message.native_blocks.clone().unwrap().blocks,
        [
            json!({"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}}),
            json!({"reasoningContent": {"redactedContent": "YWI="}}),
            json!({"text": "hi"}),
        ]
    );
}

#[test]
fn the_services_own_tools_are_native_blocks_and_no_calls() {
    let own =
        json!({"toolUse": {"toolUseId": "t", "name": "nova_code_interpreter", "type": "server_tool_use"}});
    let result = json!({"toolResult": {"toolUseId": "t", "status": "success", "type": "x_result"}});
    let reply = sum(&whole(
        vec![
            start(0, own),
            delta(0, json!({"toolUse": {"input": "{\"snippet\":\"1\"}"}})),
            stop(0),
            start(1, result),
            delta(1, json!({"toolResult": [{"json": {"a": 1}}]})),
            stop(1),
            start(2, json!({"image": {"format": "png"}})),
            delta(2, json!({"image": {"source": {"bytes": "AAAA"}}})),
            stop(2),
            delta(3, json!({"ofTheFuture": {"a": 1}})),
            delta(3, json!({"ofTheFuture": {"b": 2}})),
            stop(3),
        ],
        "end_turn",
    ));
    let message = &reply.choices[0].message;
    assert_eq!((&message.tool_calls, &message.content), (&None, &None));
    assert_eq!(message.images.as_ref().unwrap()[0].image_url.url, "data:image/png;base64,AAAA");
    assert_eq!(
        message.native_blocks.clone().unwrap().blocks,
        [
            json!({"toolUse": {"toolUseId": "t", "name": "nova_code_interpreter", "type": "server_tool_use",
                               "input": {"snippet": "1"}}}),
            json!({"toolResult": {"toolUseId": "t", "status": "success", "type": "x_result",
                                  "content": [{"json": {"a": 1}}]}}),
            json!({"image": {"format": "png", "source": {"bytes": "AAAA"}}}),
            json!({"ofTheFuture": {"a": 1, "b": 2}}),
        ]
    );
}

#[test]
fn the_json_tools_input_streams_as_content_and_further_calls_are_kept() {
    let events = whole(
        vec![
            start(0, tool("roocode_json_output")),
            delta(0, json!({"toolUse": {"input": "{\"a\": "}})),
            delta(0, json!({"toolUse": {"input": "1}"}})),
            stop(0),
            start(1, tool("roocode_json_output")),
            delta(1, json!({"toolUse": {"input": "{\"a\": 2"}})),
            stop(1),
        ],
        "tool_use",
    );
    let reply = sum(&events);
    let choice = &reply.choices[0];
    assert_eq!(choice.message.content.as_deref(), Some("{\"a\": 1}"));
    assert_eq!((&choice.message.tool_calls, &choice.message.native_blocks), (&None, &None));
    assert_eq!(choice.finish_reason, Some(FinishReason::Stop));
    let other = &choice.provider_fields["other_json_answers"][0]["toolUse"];
    assert_eq!(other["input"], "{\"a\": 2");
}

#[test]
fn an_end_without_message_stop_is_truncated_and_one_without_metadata_is_not() {
    let mut events = whole(vec![delta(0, json!({"text": "a"})), stop(0)], "end_turn");
    events.pop();
    let reply = sum(&events);
    assert_eq!((reply.choices[0].finish_reason.clone(), reply.usage), (Some(FinishReason::Stop), None));
    events.pop();
    let (chunks, end) = run(&events);
    assert_eq!((end.unwrap_err().kind, chunks.len()), (ErrorKind::ApiConnection, 3));
    assert_eq!(run(&[]).1.unwrap_err().kind, ErrorKind::ApiConnection);
}

#[test]
fn an_exception_is_its_error_and_what_came_before_stays() {
    let mut events = whole(vec![delta(0, json!({"text": "a"}))], "end_turn");
    events.truncate(2);
    events.push(("exception:throttlingException", json!({"message": "slow"})));
    let (chunks, end) = run(&events);
    let error = end.unwrap_err();
    assert_eq!((error.kind, error.message.as_str(), chunks.len()), (ErrorKind::RateLimit, "slow", 2));
    assert_eq!(run(&[("error:InternalFailure", json!({}))]).1.unwrap_err().kind, ErrorKind::InternalServer);
}

#[test]
fn corrupt_json_is_an_error_with_the_data() {
    let mut machine = ConverseStream::new("m");
    for name in ["contentBlockDelta", "metadata", "messageStart"] {
        let corrupt =
            Frame { event: Some(Bytes::from(name)), data: Bytes::from_static(b"{\"delta\": {\"te") };
        let error = machine.frame(&corrupt, &mut Vec::new()).unwrap_err();
        assert_eq!(
            (error.kind, error.body.clone()),
            (ErrorKind::ResponseDecode, Some(json!("{\"delta\": {\"te")))
        );
    }
}
