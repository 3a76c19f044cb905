use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::error::{Error, ErrorKind};
use crate::types::chat::{Accumulator, ChatCompletion, FinishReason};

fn run(pieces: &[Value]) -> (ChatCompletion, Result<()>) {
    let mut stream = GeminiStream::new("asked");
    let mut chunks = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        let frame = Frame { event: None, data: piece.to_string().into() };
        result = stream.frame(&frame, &mut chunks);
        if result.is_err() {
            break;
        }
    }
    if result.is_ok() {
        result = stream.end(&mut chunks);
    }
    let mut sum = Accumulator::new();
    for chunk in &chunks {
        sum.add(chunk);
    }
    (sum.into_completion(), result)
}

fn piece(parts: Value) -> Value {
    json!({ "candidates": [{ "content": { "role": "model", "parts": parts } }], "responseId": "r" })
}

fn last(parts: Value) -> Value {
    let mut piece = piece(parts);
    piece["candidates"][0]["finishReason"] = json!("STOP");
    piece
}

fn error(pieces: &[Value]) -> Error {
    run(pieces).1.unwrap_err()
}

#[test]
fn arguments_in_pieces_become_one_call() {
    let partial = |pieces: Value, more: bool| {
        let mut call = json!({ "partialArgs": pieces });
        if more {
            call["willContinue"] = true.into();
        }
        piece(json!([{ "functionCall": call }]))
    };
    let (sum, result) = run(&[
        piece(
            json!([{ "functionCall": { "name": "f", "id": "c1", "willContinue": true }, "thoughtSignature": "s" }]),
        ),
        partial(json!([{ "jsonPath": "$.city", "stringValue": "Bos", "willContinue": true }]), true),
        partial(
            json!([{ "jsonPath": "$.city", "stringValue": "ton" }, { "jsonPath": "$.n", "numberValue": 2 }]),
            true,
        ),
        partial(
            json!([{ "jsonPath": "$['a.b'][1].c", "boolValue": true }, { "jsonPath": "$.z", "nullValue": "NULL_VALUE" }]),
            true,
        ),
        piece(json!([{ "functionCall": {} }])),
        last(json!([{ "functionCall": { "name": "g", "args": {} } }])),
    ]);
    result.unwrap();
    let calls = sum.choices[0].message.tool_calls.as_ref().unwrap();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].id, "c1");
    assert_eq!(calls[0].function.name, "f");
    assert_eq!(calls[0].function.arguments, r#"{"city":"Boston","n":2,"a.b":[null,{"c":true}],"z":null}"#);
    assert_eq!(calls[1].id, "gemini_r_0_1");
    assert_eq!(sum.choices[0].finish_reason, Some(FinishReason::ToolCalls));
    let blocks = &sum.choices[0].message.native_blocks.as_ref().unwrap().blocks;
    assert_eq!(blocks[0]["functionCall"]["args"]["city"], "Boston");
    assert_eq!(blocks[0]["thoughtSignature"], "s");
    assert!(blocks[0]["functionCall"].get("willContinue").is_none());
}

#[test]
fn a_path_that_is_not_understood_is_an_error() {
    for path in ["city", "$.a[", "$..a", "$[99999999]", &format!("${}", ".a".repeat(1_000))] {
        let call = json!([{ "functionCall": { "name": "f", "partialArgs": [{ "jsonPath": path, "boolValue": true }] } }]);
        assert_eq!(error(&[piece(call)]).kind, ErrorKind::ResponseDecode, "{path}");
    }
}

#[test]
fn signed_parts_stay_apart_and_plain_text_is_joined() {
    let (sum, result) = run(&[
        piece(json!([{ "text": "think", "thought": true }])),
        piece(json!([{ "text": "ing", "thought": true }])),
        piece(json!([{ "text": "a" }])),
        piece(json!([{ "text": "b" }])),
        last(json!([{ "text": "", "thoughtSignature": "s" }])),
    ]);
    result.unwrap();
    let message = &sum.choices[0].message;
    assert_eq!(message.content.as_deref(), Some("ab"));
    assert_eq!(message.reasoning_content.as_deref(), Some("thinking"));
    let blocks = json!([{ "text": "thinking", "thought": true }, { "text": "ab" }, { "text": "", "thoughtSignature": "s" }]);
    assert_eq!(json!(message.native_blocks.as_ref().unwrap().blocks), blocks);
    let details = message.reasoning_details.as_ref().unwrap();
    assert_eq!((details.len(), details[0].index, details[1].index), (2, Some(0), Some(2)));
    assert_eq!(details[1].data.as_deref(), Some("s"));
}

#[test]
fn audio_in_pieces_is_one_base64_text() {
    let bytes: Vec<u8> = (0..=20).collect();
    let audio = |bytes: &[u8]| json!([{ "inlineData": { "mimeType": "audio/L16;rate=24000", "data": STANDARD.encode(bytes) } }]);
    let (sum, result) =
        run(&[piece(audio(&bytes[..4])), piece(audio(&bytes[4..5])), last(audio(&bytes[5..]))]);
    result.unwrap();
    let audio = sum.choices[0].message.audio.as_ref().unwrap();
    assert_eq!(audio.data.as_deref(), Some(STANDARD.encode(&bytes).as_str()));
    assert_eq!(audio.provider_fields["mime_type"], "audio/L16;rate=24000");
}

#[test]
fn grounding_in_pieces_adds_up() {
    let mut first = piece(json!([{ "text": "é one." }]));
    first["candidates"][0]["groundingMetadata"] = json!({
        "groundingChunks": [{ "web": { "uri": "https://one", "title": "1" } }],
        "groundingSupports": [{ "segment": { "endIndex": 6, "text": "é one" }, "groundingChunkIndices": [0] }] });
    let mut second = last(json!([{ "text": " two." }]));
    second["candidates"][0]["groundingMetadata"] = json!({
        "groundingChunks": [{ "web": { "uri": "https://two", "title": "2" } }],
        "groundingSupports": [{ "segment": { "startIndex": 8, "endIndex": 11, "text": "two" }, "groundingChunkIndices": [1] }] });
    let (sum, result) = run(&[first, second]);
    result.unwrap();
    let annotations = sum.choices[0].message.annotations.as_ref().unwrap();
    let citations: Vec<_> =
        annotations.iter().map(|annotation| annotation.url_citation.as_ref().unwrap()).collect();
    assert_eq!(
        (citations[0].start_index, citations[0].end_index),
        (Some(0), Some(5)),
        "characters, not bytes"
    );
    assert_eq!((citations[1].start_index, citations[1].end_index), (Some(7), Some(10)));
    assert_eq!(citations[1].url.as_deref(), Some("https://two"));
    let chunks = &sum.choices[0].provider_fields["groundingMetadata"]["groundingChunks"];
    assert_eq!(chunks.as_array().unwrap().len(), 2);
}

#[test]
fn failures_in_the_stream_are_errors() {
    let in_band = json!({ "error": { "code": 503, "status": "UNAVAILABLE", "message": "busy" } });
    assert_eq!(error(&[piece(json!([{ "text": "a" }])), in_band.clone()]).kind, ErrorKind::Overloaded);
    assert_eq!(error(&[json!([in_band])]).kind, ErrorKind::Overloaded);
    let blocked = json!({ "promptFeedback": { "blockReason": "SAFETY" } });
    let refused = error(&[blocked]);
    assert_eq!((refused.kind, refused.code.as_deref()), (ErrorKind::ContentPolicy, Some("SAFETY")));
    assert_eq!(error(&[]).kind, ErrorKind::ApiConnection);
    assert_eq!(error(&[piece(json!([{ "text": "a" }]))]).kind, ErrorKind::ApiConnection);
    assert_eq!(error(&[json!({ "candidates": 1 })]).kind, ErrorKind::ResponseDecode);
    let other_candidate_open = json!({ "candidates": [
        { "index": 1, "content": { "parts": [{ "text": "b" }] } },
        { "content": { "parts": [{ "text": "a" }] }, "finishReason": "STOP" } ] });
    assert_eq!(error(&[other_candidate_open]).kind, ErrorKind::ApiConnection);
}

#[test]
fn a_malformed_call_is_no_stop() {
    let mut malformed = last(json!([]));
    malformed["candidates"][0]["finishReason"] = json!("MALFORMED_FUNCTION_CALL");
    let (sum, result) = run(&[malformed]);
    result.unwrap();
    assert_eq!(sum.choices[0].finish_reason, Some(FinishReason::Other("MALFORMED_FUNCTION_CALL".to_owned())));
}
