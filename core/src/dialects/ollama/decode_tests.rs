use serde_json::json;

use super::*;
use crate::types::chat::FinishReason;

fn lines(text: &str) -> (ChatCompletion, Result<()>) {
    let mut machine = LineStream::new("m");
    let mut sum = Accumulator::new();
    let mut chunks = Vec::new();
    let mut result = Ok(());
    for line in text.lines() {
        let data = Bytes::copy_from_slice(line.as_bytes());
        result = machine.frame(&Frame { event: None, data }, &mut chunks);
        if result.is_err() {
            break;
        }
    }
    let result = result.and_then(|()| machine.end(&mut chunks));
    chunks.iter().for_each(|chunk| sum.add(chunk));
    (sum.into_completion(), result)
}

#[test]
fn lines_add_up_and_keep_what_is_not_known() {
    let (sum, result) = lines(
        r#"{"model":"q","created_at":"2026-05-27T16:53:45.1Z","message":{"role":"assistant","content":"","thinking":"h"},"done":false}
{"model":"q","created_at":"2026-05-27T16:53:46.1Z","message":{"role":"assistant","content":"4","odd":1},"done":false,"logprobs":[{"token":"4","logprob":-0.5,"bytes":[52],"top_logprobs":[{"token":"5","logprob":-1.5}]}]}
{"model":"q","created_at":"2026-05-27T16:53:47.1Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","eval_count":2,"total_duration":9}"#,
    );
    result.unwrap();
    assert_eq!((sum.created, sum.model.as_str()), (1_779_900_825, "q"));
    let choice = &sum.choices[0];
    assert_eq!(choice.message.content.as_deref(), Some("4"));
    assert_eq!(choice.message.reasoning_content.as_deref(), Some("h"));
    assert_eq!(choice.message.provider_fields["odd"], 1);
    assert_eq!(choice.finish_reason, Some(FinishReason::Length));
    let tokens = choice.logprobs.clone().unwrap().content.unwrap();
    assert_eq!((tokens[0].token.as_str(), tokens[0].top_logprobs[0].logprob), ("4", -1.5));
    let usage = sum.usage.unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (0, 2, 2));
    assert_eq!(sum.provider_fields["total_duration"], 9);
}

#[test]
fn calls_without_an_id_get_one_of_their_own_each() {
    let call = json!({ "function": { "name": "f", "arguments": { "a": 1 } } });
    let body = json!({ "model": "q", "created_at": "2026-05-27T16:53:45Z", "done": true, "done_reason": "stop",
        "message": { "role": "assistant", "content": "", "tool_calls": [call, call] } });
    let completion = decode(&body.to_string().into(), "m").unwrap();
    let choice = &completion.choices[0];
    assert_eq!(choice.finish_reason, Some(FinishReason::ToolCalls));
    assert_eq!(choice.native_finish_reason.as_deref(), Some("stop"));
    let ids: Vec<&str> = choice.message.tool_calls.iter().flatten().map(|call| call.id.as_str()).collect();
    assert_eq!(ids, ["ollama_20260527T165345Z_0_0", "ollama_20260527T165345Z_0_1"]);
}

#[test]
fn a_failure_in_the_stream_and_a_missing_end_are_errors() {
    let piece = r#"{"model":"q","message":{"role":"assistant","content":"Hi"},"done":false}"#;
    let (sum, result) = lines(piece);
    assert_eq!(sum.choices[0].message.content.as_deref(), Some("Hi"));
    assert_eq!(result.unwrap_err().kind, ErrorKind::ApiConnection);
    let (_, result) = lines(&format!("{piece}\n{{\"error\":\"the runner stopped\"}}"));
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::InternalServer, "the runner stopped"));
    for wrong in ["[]", "nonsense", "{}"] {
        let error = decode(&Bytes::from_static(wrong.as_bytes()), "m").unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResponseDecode, "{wrong}");
    }
}

#[test]
fn images_of_an_answer_have_the_type_of_their_first_bytes() {
    let body = json!({ "done": true, "done_reason": "stop",
        "message": { "role": "assistant", "content": "", "images": ["iVBORw0KGgo="] } });
    let completion = decode(&body.to_string().into(), "m").unwrap();
    let images = completion.choices[0].message.images.clone().unwrap();
    assert_eq!(images[0].image_url.url, "data:image/png;base64,iVBORw0KGgo=");
}
