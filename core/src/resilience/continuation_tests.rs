use serde_json::{Value, json};

use super::*;

fn request(more: Value) -> ChatRequest {
    let mut fields = json!({ "model": "m", "messages": [{ "role": "user", "content": "q" }] });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ChatRequest::from_value(fields).unwrap()
}

fn received(message: Value) -> ChatCompletion {
    serde_json::from_value(json!({ "choices": [{ "index": 0, "message": message }] })).unwrap()
}

#[test]
fn text_alone_can_be_continued() {
    let text = received(json!({ "role": "assistant", "content": "Once ", "reasoning_content": "hm" }));
    assert_eq!(prefix(&request(json!({})), &text), Ok("Once "));
    let text_format = request(json!({ "response_format": { "type": "text" }, "n": 1 }));
    assert_eq!(prefix(&text_format, &text), Ok("Once "));
}

#[test]
fn what_would_make_no_whole_is_not_continued() {
    let text = json!({ "content": "Once" });
    let with = |name: &str, value: Value| {
        let mut message = text.clone();
        message[name] = value;
        received(message)
    };
    let call = json!([{ "id": "1", "type": "function", "function": { "name": "f", "arguments": "{" } }]);
    let detail = json!([{ "type": "reasoning.text", "text": "t", "signature": "s" }]);
    for (more, answer, why) in [
        (json!({ "response_format": { "type": "json_object" } }), received(text.clone()), "format"),
        (json!({ "n": 2 }), received(text.clone()), "several"),
        (json!({}), with("tool_calls", call), "tool calls"),
        (json!({}), with("function_call", json!({ "name": "f" })), "tool calls"),
        (json!({}), with("reasoning_details", detail), "reasoning"),
        (json!({}), with("refusal", json!("no")), "refusal"),
        (json!({}), received(json!({ "content": " \n" })), "no text"),
        (json!({}), received(json!({ "content": null, "reasoning_content": "hm" })), "no text"),
    ] {
        let refused = prefix(&request(more), &answer).unwrap_err();
        assert!(refused.contains(why), "{refused} / {why}");
    }
    let mut over = received(text);
    over.choices[0].finish_reason = Some("stop".into());
    assert!(prefix(&request(json!({})), &over).unwrap_err().contains("complete"));
}

#[test]
fn the_rest_is_asked_for_in_the_form_that_the_target_has() {
    let asked = request(json!({ "max_tokens": 50 }));
    let message = continued(&asked, "Once upon ", true, 3);
    let roles = |request: &ChatRequest| -> Vec<String> {
        request.messages.iter().map(|message| message.role().to_owned()).collect()
    };
    assert_eq!(roles(&message), ["user", "assistant"]);
    assert_eq!(message.max_tokens, Some(47));
    let turn = continued(&asked, "Once upon ", false, 90);
    assert_eq!(roles(&turn), ["user", "assistant", "user"]);
    assert_eq!(turn.max_tokens, Some(1));
    let Message::Assistant(said) = &turn.messages[1] else { unreachable!("an assistant message") };
    assert_eq!(said.content, Some(Content::Text("Once upon".to_owned())));
}

#[test]
fn blanks_at_the_seam_come_once() {
    for (first, second, joined) in [
        ("Once ", &[" upon"][..], "Once upon"),
        ("Once ", &["upon"], "Once upon"),
        ("Once", &[" upon"], "Once upon"),
        ("Once\n\n", &["\n", "\n", "\nThen"], "Once\n\n\nThen"),
        ("Once \n", &["\nThen", " \n!"], "Once \n\nThen \n!"),
        ("Once\u{a0}", &["\u{a0}", "\u{a0}x"], "Once\u{a0}\u{a0}x"),
        ("Once ", &["", " ", " upon "], "Once  upon "),
    ] {
        let mut seam = Seam::after(first);
        let mut text = first.to_owned();
        for piece in second {
            let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] });
            let mut chunk: ChatCompletionChunk = serde_json::from_value(chunk).unwrap();
            seam.join(&mut chunk);
            text.push_str(chunk.choices[0].delta.content.as_deref().unwrap());
        }
        assert_eq!(text, joined, "{first:?} {second:?}");
    }
}
