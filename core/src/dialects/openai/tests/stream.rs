use super::*;
use crate::error::{Error, ErrorKind};
use crate::transport::framing::Frame;
use crate::types::chat::{Accumulator, ChatCompletionChunk};

fn frame(data: &str) -> Frame {
    Frame { event: None, data: Bytes::from(data.to_owned()) }
}

/// Runs frames to the end; the chunks, and the first error.
fn run(frames: &[Frame]) -> (Vec<ChatCompletionChunk>, Option<Error>) {
    let mut stream = OpenAi.chat_stream("asked");
    let mut chunks = Vec::new();
    for frame in frames {
        if let Err(error) = stream.frame(frame, &mut chunks) {
            return (chunks, Some(error));
        }
    }
    let error = stream.end(&mut chunks).err();
    (chunks, error)
}

/// The sum of a stream of these deltas of one choice.
fn sum(deltas: &[Value]) -> Value {
    let chunk = |delta: &Value, reason: Value| {
        frame(&json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }] }).to_string())
    };
    let mut frames: Vec<_> = deltas.iter().map(|delta| chunk(delta, Value::Null)).collect();
    frames.extend([chunk(&json!({}), json!("stop")), frame("[DONE]")]);
    let (chunks, error) = run(&frames);
    assert!(error.is_none(), "{error:?}");
    let mut accumulator = Accumulator::new();
    chunks.iter().for_each(|chunk| accumulator.add(chunk));
    serde_json::to_value(&accumulator.completion().choices[0].message).unwrap()
}

#[test]
fn reads_a_whole_stream() {
    let (chunks, error) = run(&[
        frame(
            r#"{"id":"i","object":"chat.completion.chunk","created":5,"model":"","choices":[],"prompt_filter_results":[]}"#,
        ),
        frame(
            r#"{"id":"i","choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"usage":null}"#,
        ),
        frame(r#"{"id":"i","choices":[{"index":0,"delta":{"content":"Hi"}}],"obfuscation":"x"}"#),
        frame(r#"{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"eos"}]}"#),
        frame(
            r#"{"id":"i","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#,
        ),
        frame(" [DONE]"),
        frame("ignored after the end"),
    ]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(chunks.len(), 5);
    assert_eq!((chunks[0].created, chunks[0].model.as_str()), (5, "asked"));
    assert_eq!(chunks[1].choices[0].delta.content, None);
    assert_eq!(chunks[2].choices[0].delta.content.as_deref(), Some("Hi"));
    assert_eq!(chunks[2].provider_fields["obfuscation"], "x");
    assert_eq!(chunks[3].choices[0].finish_reason.as_ref().unwrap().as_str(), "stop");
    assert_eq!(chunks[3].choices[0].native_finish_reason.as_deref(), Some("eos"));
    assert_eq!(chunks[4].usage.as_ref().unwrap().total_tokens, 3);
}

#[test]
fn takes_usage_from_beside() {
    let (chunks, _) = run(&[frame(
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":{"prompt_tokens":4,"completion_tokens":1,"total_tokens":5}}}"#,
    )]);
    assert_eq!(chunks[0].usage.as_ref().unwrap().prompt_tokens, 4);
    assert_eq!(chunks[0].provider_fields["x_groq"]["id"], "r");
}

#[test]
fn finds_the_call_of_each_piece() {
    let call = |fields: Value| json!({ "tool_calls": [fields] });
    let calls = |deltas: &[Value]| {
        let message = sum(deltas);
        let calls = message["tool_calls"].as_array().unwrap().clone();
        calls
            .into_iter()
            .map(|call| {
                format!("{} {}{}", call["id"], call["function"]["name"], call["function"]["arguments"])
            })
            .collect::<Vec<_>>()
    };
    let expected = [r#""1" "f""{\"a\":1}""#, r#""2" "g""{}""#];
    // By index.
    assert_eq!(
        calls(&[
            call(json!({ "index": 0, "id": "1", "function": { "name": "f", "arguments": "" } })),
            call(json!({ "index": 0, "id": null, "function": { "name": null, "arguments": "{\"a\"" } })),
            call(json!({ "index": 1, "id": "2", "function": { "name": "g", "arguments": "{}" } })),
            call(json!({ "index": 0, "function": { "arguments": ":1}" } })),
        ]),
        expected
    );
    // Without index: by id, or the last one.
    assert_eq!(
        calls(&[
            call(json!({ "id": "1", "function": { "name": "f", "arguments": "{\"a\"" } })),
            call(json!({ "function": { "arguments": ":" } })),
            call(json!({ "id": "2", "function": { "name": "g", "arguments": "{}" } })),
            call(json!({ "id": "1", "function": { "arguments": "1}" } })),
        ]),
        expected
    );
    // Every call under one index; arguments as an object.
    assert_eq!(
        calls(&[
            call(json!({ "index": 0, "id": "1", "function": { "name": "f", "arguments": { "a": 1 } } })),
            call(json!({ "index": 0, "id": "2", "function": { "name": "g", "arguments": "{}" } })),
        ]),
        expected
    );
    // Id and name on every piece; indexes that start at one.
    assert_eq!(
        calls(&[
            call(json!({ "index": 1, "id": "1", "function": { "name": "f", "arguments": "{\"a\"" } })),
            call(json!({ "index": 1, "id": "1", "function": { "name": "f", "arguments": ":1}" } })),
            call(json!({ "index": 2, "id": "2", "function": { "name": "g", "arguments": "{}" } })),
        ]),
        expected
    );
    // Neither index nor id.
    assert_eq!(
        calls(&[
            call(json!({ "function": { "name": "f", "arguments": "{}" } })),
            call(json!({ "function": { "name": "g", "arguments": "{}" } })),
        ]),
        [r#""call_0_0" "f""{}""#, r#""call_0_1" "g""{}""#]
    );
}

#[test]
fn sums_content_that_comes_as_lists() {
    let think = |text: &str| json!({ "content": [{ "type": "thinking", "thinking": [{ "type": "text", "text": text }] }] });
    let message = sum(&[
        json!({ "role": "assistant", "content": "" }),
        think("w"),
        think("hy"),
        json!({ "content": [{ "type": "thinking", "thinking": [], "closed": true }] }),
        json!({ "content": "an" }),
        json!({ "content": [{ "type": "text", "text": "swer" }] }),
    ]);
    assert_eq!((&message["content"], &message["reasoning_content"]), (&json!("answer"), &json!("why")));
    let blocks = json!([
        { "type": "thinking", "thinking": [{ "type": "text", "text": "why" }], "closed": true },
        { "type": "text", "text": "answer" },
    ]);
    assert_eq!(message["native_blocks"], json!({ "dialect": "openai", "blocks": blocks }));
    // As the plain form has it.
    let plain = serde_json::to_value(
        &super::reply(json!({ "role": "assistant", "content": blocks })).choices[0].message,
    );
    assert_eq!(message, plain.unwrap());
    let texts = sum(&[json!({ "content": "a" }), json!({ "content": [{ "type": "text", "text": "b" }] })]);
    assert_eq!((&texts["content"], texts.get("native_blocks")), (&json!("ab"), None));
}

#[test]
fn an_error_in_the_stream_is_an_error() {
    let data = r#"{"error":{"message":"no tool","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}"#;
    let named =
        Frame { event: Some(Bytes::from_static(b"error")), data: Bytes::from_static(data.as_bytes()) };
    for frame in [frame(data), named] {
        let (chunks, error) = run(&[frame]);
        let error = error.unwrap();
        assert_eq!(
            (chunks.len(), error.kind, error.code.as_deref()),
            (0, ErrorKind::BadRequest, Some("tool_use_failed"))
        );
        assert_eq!(error.body.as_ref().unwrap()["error"]["status_code"], 400);
    }
    let text = Frame { event: Some(Bytes::from_static(b"error")), data: Bytes::from_static(b"gone") };
    assert_eq!(run(&[text]).1.unwrap().message, "gone");
    // A chunk that carries the error, and usage that was used all the same.
    let (chunks, error) = run(&[frame(
        r#"{"id":"i","error":{"code":502,"message":"down"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
    )]);
    assert_eq!(error.unwrap().kind, ErrorKind::InternalServer);
    assert_eq!((chunks.len(), chunks[0].choices.len()), (1, 0));
    let (chunks, error) =
        run(&[frame(r#"{"choices":[{"delta":{"content":"a"},"error":{"code":429,"message":"slow"}}]}"#)]);
    assert_eq!((chunks.len(), error.unwrap().kind), (1, ErrorKind::RateLimit));
}

#[test]
fn unknown_events_pass_and_corrupt_ones_do_not() {
    let named = |event: &'static str, data: &'static str| Frame {
        event: Some(Bytes::from_static(event.as_bytes())),
        data: Bytes::from_static(data.as_bytes()),
    };
    let (chunks, _) = run(&[named("ping", r#"{"type":"ping"}"#), frame(""), frame(r#"{"latency":5}"#)]);
    assert_eq!((chunks.len(), &chunks[0].provider_fields["latency"]), (1, &json!(5)));
    let (_, error) = run(&[frame(r#"{"choices":[{"delta":{"content":"a"#)]);
    let error = error.unwrap();
    assert_eq!(
        (error.kind, error.body.clone()),
        (ErrorKind::ResponseDecode, Some(json!(r#"{"choices":[{"delta":{"content":"a"#)))
    );
    let (_, error) = run(&[frame(r#"{"choices":[{"delta":{"tool_calls":7}}]}"#)]);
    assert!(error.unwrap().message.contains("choices[0].delta.tool_calls"));
}

#[test]
fn an_end_without_a_terminal_event_is_truncated() {
    let piece = |index: u32, reason: Value| {
        frame(
            &json!({ "choices": [{ "index": index, "delta": { "content": "a" }, "finish_reason": reason }] })
                .to_string(),
        )
    };
    let kind = |frames: &[Frame]| run(frames).1.map(|error| error.kind);
    assert_eq!(kind(&[]), Some(ErrorKind::ApiConnection));
    assert_eq!(kind(&[piece(0, Value::Null)]), Some(ErrorKind::ApiConnection));
    assert_eq!(kind(&[piece(0, json!("stop"))]), None);
    assert_eq!(kind(&[piece(0, json!("stop")), piece(1, Value::Null)]), Some(ErrorKind::ApiConnection));
    assert_eq!(kind(&[piece(0, Value::Null), frame("[DONE]")]), None);

    let mut stream = OpenAi.chat_stream("m");
    let mut chunks = Vec::new();
    stream.frame(&piece(0, json!("stop")), &mut chunks).unwrap();
    assert!(!stream.is_done(), "usage may follow");
    stream.frame(&frame("[DONE]"), &mut chunks).unwrap();
    assert!(stream.is_done());
}
