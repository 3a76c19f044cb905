use super::*;
use bytes::Bytes;
use serde_json::json;

use crate::types::chat::{Accumulator, ChatCompletion, FinishReason};

fn frame(event: &Value) -> Frame {
    let name = event["type"].as_str().unwrap_or_default().to_owned();
    Frame { event: Some(Bytes::from(name)), data: Bytes::from(event.to_string()) }
}

fn run(events: &[Value]) -> (Vec<ChatCompletionChunk>, Result<()>) {
    let mut machine = MessageStream::new("asked-for");
    let mut chunks = Vec::new();
    for event in events {
        if let Err(error) = machine.frame(&frame(event), &mut chunks) {
            return (chunks, Err(error));
        }
    }
    let end = machine.end(&mut chunks);
    (chunks, end)
}

fn sum(events: &[Value]) -> ChatCompletion {
    let (chunks, end) = run(events);
    end.unwrap();
    let mut sum = Accumulator::new();
    chunks.iter().for_each(|chunk| sum.add(chunk));
    sum.into_completion()
}

fn start() -> Value {
    json!({"type": "message_start", "message": {"id": "msg_1", "model": "claude", "type": "message",
        "role": "assistant", "content": [], "stop_reason": null,
        "usage": {"input_tokens": 7, "output_tokens": 1, "service_tier": "standard"}}})
}

fn block(index: u32, block: Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: u32, delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn text(index: u32, text: &str) -> Value {
    delta(index, json!({"type": "text_delta", "text": text}))
}

fn json_piece(index: u32, json: &str) -> Value {
    delta(index, json!({"type": "input_json_delta", "partial_json": json}))
}

fn stop(index: u32) -> Value {
    json!({"type": "content_block_stop", "index": index})
}

fn finish(reason: &str) -> [Value; 2] {
    [
        json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null},
               "usage": {"output_tokens": 9}}),
        json!({"type": "message_stop"}),
    ]
}

fn whole(middle: Vec<Value>, reason: &str) -> Vec<Value> {
    [vec![start()], middle, finish(reason).to_vec()].concat()
}

#[test]
fn text_comes_as_it_is_said_and_the_rest_on_the_last_chunk() {
    let events = whole(
        vec![
            block(0, json!({"type": "text", "text": ""})),
            json!({"type": "ping"}),
            text(0, "Hel"),
            text(0, "lo \u{1F600}\n"),
            json!({"type": "of_the_future", "x": 1}),
            stop(0),
        ],
        "end_turn",
    );
    let (chunks, end) = run(&events);
    end.unwrap();
    let said: Vec<_> = chunks.iter().map(|chunk| chunk.choices[0].delta.content.as_deref()).collect();
    assert_eq!(said, [None, Some("Hel"), Some("lo \u{1F600}\n"), None]);
    assert_eq!(chunks[0].choices[0].delta.role.as_deref(), Some("assistant"));
    assert!(chunks.iter().all(|chunk| chunk.id == "msg_1" && chunk.model == "claude"));
    let last = chunks.last().unwrap();
    let usage = last.usage.as_ref().unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (7, 9));
    assert_eq!(usage.provider_fields["service_tier"], "standard");
    assert_eq!(last.choices[0].finish_reason, Some(FinishReason::Stop));
    assert_eq!(last.choices[0].native_finish_reason.as_deref(), Some("end_turn"));
    assert_eq!(last.choices[0].delta.native_blocks, None);
}

#[test]
fn calls_are_counted_among_themselves_and_empty_arguments_are_an_object() {
    let reply = sum(&whole(
        vec![
            block(0, json!({"type": "text", "text": "so"})),
            stop(0),
            block(1, json!({"type": "tool_use", "id": "a", "name": "f", "input": {}})),
            json_piece(1, ""),
            json_piece(1, "{\"x\": "),
            json_piece(1, "1}"),
            stop(1),
            block(2, json!({"type": "tool_use", "id": "b", "name": "g", "input": {}})),
            json_piece(2, ""),
            stop(2),
        ],
        "tool_use",
    ));
    let message = &reply.choices[0].message;
    assert_eq!(message.content.as_deref(), Some("so"));
    let calls = message.tool_calls.as_ref().unwrap();
    assert_eq!((calls[0].id.as_str(), calls[0].function.arguments.as_str()), ("a", "{\"x\": 1}"));
    assert_eq!((calls[1].id.as_str(), calls[1].function.arguments.as_str()), ("b", "{}"));
    assert_eq!(calls.len(), 2);
    assert_eq!(message.native_blocks, None);
}

#[test]
fn a_server_that_closes_all_blocks_at_the_end_is_understood() {
    // The order, the missing `input` and the missing `signature` are llama.cpp's.
    let reply = sum(&whole(
        vec![
            block(0, json!({"type": "thinking", "thinking": ""})),
            delta(0, json!({"type": "thinking_delta", "thinking": "hm"})),
            block(1, json!({"type": "text", "text": ""})),
            text(1, "hi"),
            block(2, json!({"type": "tool_use", "id": "a", "name": "f"})),
            json_piece(2, "{}"),
            delta(0, json!({"type": "signature_delta", "signature": ""})),
            stop(0),
            stop(1),
            stop(2),
        ],
        "tool_use",
    ));
    let message = &reply.choices[0].message;
    assert_eq!(message.reasoning_content.as_deref(), Some("hm"));
    assert_eq!(message.reasoning_details.as_ref().unwrap()[0].signature, None);
    assert_eq!(message.tool_calls.as_ref().unwrap()[0].function.arguments, "{}");
    assert_eq!(
        Value::Array(message.native_blocks.clone().unwrap().blocks),
        json!([
            {"type": "thinking", "thinking": "hm", "signature": ""},
            {"type": "text", "text": "hi"},
            {"type": "tool_use", "id": "a", "name": "f", "input": {}},
        ])
    );
}

#[test]
fn deltas_of_kinds_not_known_yet_reach_the_native_block() {
    let reply = sum(&whole(
        vec![
            block(0, json!({"type": "compaction", "content": ""})),
            delta(0, json!({"type": "compaction_delta", "content": "sum"})),
            delta(0, json!({"type": "compaction_delta", "content": "mary", "more": [1]})),
            stop(0),
        ],
        "end_turn",
    ));
    assert_eq!(
        reply.choices[0].message.native_blocks.clone().unwrap().blocks,
        [json!({"type": "compaction", "content": "summary", "more": [1]})]
    );
}

#[test]
fn the_json_tools_input_streams_as_content() {
    let reply = sum(&whole(
        vec![
            block(0, json!({"type": "tool_use", "id": "a", "name": "roocode_json_output", "input": {}})),
            json_piece(0, "{\"a\": "),
            json_piece(0, "1}"),
            stop(0),
        ],
        "tool_use",
    ));
    let choice = &reply.choices[0];
    assert_eq!(choice.message.content.as_deref(), Some("{\"a\": 1}"));
    assert_eq!(choice.message.tool_calls, None);
    assert_eq!(choice.message.native_blocks, None);
    assert_eq!(choice.finish_reason, Some(FinishReason::Stop));
}

#[test]
fn the_first_call_of_the_json_tool_streams_and_the_others_are_kept() {
    let call = |id: &str, input: Value| json!({"type": "tool_use", "id": id, "name": "roocode_json_output", "input": input});
    // All open at the same time and one cut off, as llama.cpp may send them.
    let (chunks, end) = run(&whole(
        vec![
            block(0, call("a", json!({}))),
            json_piece(0, "{\"a\":"),
            block(1, call("b", json!({}))),
            json_piece(1, "{\"a\":2}"),
            json_piece(0, "1}"),
            block(2, json!({"type": "tool_use", "id": "c", "name": "roocode_json_output"})),
            block(3, call("d", json!({}))),
            json_piece(3, "{\"a\": 4"),
            stop(0),
            stop(1),
            stop(2),
            stop(3),
        ],
        "tool_use",
    ));
    end.unwrap();
    let mut sum = Accumulator::new();
    chunks.iter().for_each(|chunk| sum.add(chunk));
    let reply = sum.into_completion();
    let choice = &reply.choices[0];
    assert_eq!(choice.message.content.as_deref(), Some("{\"a\":1}"));
    let others = json!([call("b", json!({"a": 2})), call("c", json!({})), call("d", json!("{\"a\": 4"))]);
    assert_eq!(choice.provider_fields["other_json_answers"], others);
    assert_eq!(chunks.last().unwrap().choices[0].provider_fields["other_json_answers"], others);
    assert_eq!(choice.message.native_blocks, None);
    assert_eq!(choice.finish_reason, Some(FinishReason::Stop));
}

#[test]
fn arguments_that_are_cut_off_are_handed_out_as_they_came() {
    let reply = sum(&whole(
        vec![
            block(
                0,
                json!({"type": "tool_use", "id": "a", "name": "f", "input": {}, "caller": {"type": "direct"}}),
            ),
            json_piece(0, "{\"x\": \"unfini"),
            stop(0),
        ],
        "max_tokens",
    ));
    let choice = &reply.choices[0];
    assert_eq!(choice.message.tool_calls.as_ref().unwrap()[0].function.arguments, "{\"x\": \"unfini");
    assert_eq!(choice.message.native_blocks, None);
    assert_eq!(choice.finish_reason, Some(FinishReason::Length));
}

#[test]
fn an_end_without_message_stop_is_truncated() {
    let mut events = whole(vec![block(0, json!({"type": "text", "text": ""})), text(0, "a")], "end_turn");
    events.pop();
    let (chunks, end) = run(&events);
    assert_eq!(end.unwrap_err().kind, ErrorKind::ApiConnection);
    assert_eq!(
        chunks.last().unwrap().usage.as_ref().unwrap().completion_tokens,
        9,
        "what was held back is out"
    );

    let (chunks, end) = run(&[]);
    assert!(chunks.is_empty());
    assert_eq!(end.unwrap_err().kind, ErrorKind::ApiConnection);
}

#[test]
fn an_error_event_is_its_error_and_what_came_before_stays() {
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    let (chunks, end) =
        run(&[start(), block(0, json!({"type": "text", "text": ""})), text(0, "a"), error.clone()]);
    let failure = end.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (ErrorKind::Overloaded, "Overloaded"));
    assert_eq!(chunks.len(), 2);

    // OpenAI's shape, without a name.
    let mut machine = MessageStream::new("m");
    let unnamed =
        Frame { event: None, data: Bytes::from_static(br#"{"error":{"message":"no","code":500}}"#) };
    assert_eq!(machine.frame(&unnamed, &mut Vec::new()).unwrap_err().message, "no");
}

#[test]
fn corrupt_json_is_an_error_with_the_data() {
    let mut machine = MessageStream::new("m");
    for event in [Some("content_block_delta"), None] {
        let corrupt = Frame { event: event.map(Bytes::from), data: Bytes::from_static(b"{\"type\": \"cont") };
        let error = machine.frame(&corrupt, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResponseDecode);
        assert_eq!(error.body, Some(json!("{\"type\": \"cont")));
    }
}

#[test]
fn what_follows_the_end_is_ignored() {
    let mut machine = MessageStream::new("m");
    let mut chunks = Vec::new();
    for event in whole(Vec::new(), "end_turn") {
        machine.frame(&frame(&event), &mut chunks).unwrap();
    }
    assert!(machine.is_done());
    let before = chunks.len();
    let done = Frame { event: None, data: Bytes::from_static(b"[DONE]") };
    machine.frame(&done, &mut chunks).unwrap();
    machine.end(&mut chunks).unwrap();
    assert_eq!(chunks.len(), before);
}
