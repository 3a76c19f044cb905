use super::*;
use crate::error::ErrorKind;
use crate::types::chat::FinishReason;

#[test]
fn takes_odd_envelopes() {
    let completion = decode(json!({
        "id": null, "created": 12.75, "model": null, "request_id": "r", "route": "theirs", "time_info": { "t": 1 },
        "service_tier": "", "choices": [{ "message": { "content": "a" }, "seed": 3 }, { "message": { "content": "b" } }],
    }))
    .unwrap();
    assert_eq!((completion.id.as_str(), completion.created, completion.model.as_str()), ("", 12, "asked"));
    assert_eq!(completion.request_id.as_deref(), Some("r"));
    assert_eq!(completion.service_tier, None);
    assert_eq!(
        Value::Object(completion.provider_fields),
        json!({ "time_info": { "t": 1 }, "upstream_route": "theirs" })
    );
    assert_eq!([completion.choices[0].index, completion.choices[1].index], [0, 1]);
    assert_eq!(completion.choices[0].message.role, "assistant");
    assert_eq!(completion.choices[0].provider_fields["seed"], 3);
    assert!(decode(json!({ "id": "x", "choices": null })).unwrap().choices.is_empty());
}

#[test]
fn reads_reasoning_under_either_name() {
    let text = |message: Value| super::reply(message).choices.remove(0).message;
    assert_eq!(text(json!({ "reasoning": "why" })).reasoning_content.as_deref(), Some("why"));
    assert_eq!(
        text(json!({ "reasoning_content": "", "reasoning": "why" })).reasoning_content.as_deref(),
        Some("why")
    );
    let same = text(json!({ "reasoning_content": "why", "reasoning": "why" }));
    assert!(same.provider_fields.is_empty());
    let both = text(json!({ "reasoning_content": "a", "reasoning": "b" }));
    assert_eq!(
        (both.reasoning_content.as_deref(), &both.provider_fields["reasoning"]),
        (Some("a"), &json!("b"))
    );
    let object = text(json!({ "reasoning": { "steps": 1 }, "content": null }));
    assert_eq!(
        (object.reasoning_content, &object.provider_fields["upstream_reasoning"]),
        (None, &json!({ "steps": 1 }))
    );
}

#[test]
fn reads_content_that_is_a_list() {
    let message = |content: Value| super::reply(json!({ "content": content })).choices.remove(0).message;
    let texts = message(json!([{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }]));
    assert_eq!((texts.content.as_deref(), texts.native_blocks), (Some("ab"), None));
    let marked = message(json!([{ "type": "text", "text": "a", "citations": [1] }]));
    assert_eq!(marked.native_blocks.unwrap().blocks[0]["citations"], json!([1]));
    let blocks = json!([{ "type": "text", "text": "a" }, { "type": "reference", "reference_ids": [1] }]);
    let cited = message(blocks.clone());
    assert_eq!(cited.content.as_deref(), Some("a"));
    assert_eq!(json!(cited.native_blocks.unwrap().blocks), blocks);
}

#[test]
fn reads_tool_calls_of_every_form() {
    let calls = super::reply(json!({ "tool_calls": [
        { "function": { "name": "f", "arguments": { "a": [1, 2.5] } } },
        { "id": "1", "index": 1, "type": "function", "function": { "name": "g", "arguments": "{ }" }, "extra_content": 5 },
        { "id": "2", "index": 9, "type": "custom", "custom": { "name": "h", "input": "free" } },
        { "id": "3", "type": "function", "function": { "name": "i", "arguments": null }, "custom": { "name": "", "input": "" } },
    ] }))
    .choices.remove(0).message.tool_calls.unwrap();
    assert_eq!(
        serde_json::to_value(calls).unwrap(),
        json!([
            { "id": "call_0_0", "type": "function", "function": { "name": "f", "arguments": "{\"a\":[1,2.5]}" } },
            { "id": "1", "type": "function", "function": { "name": "g", "arguments": "{ }" }, "extra_content": 5 },
            { "id": "2", "type": "custom", "function": { "name": "h", "arguments": "free" }, "index": 9 },
            { "id": "3", "type": "function", "function": { "name": "i", "arguments": "" } },
        ])
    );
    for none in [Value::Null, json!([])] {
        assert_eq!(super::reply(json!({ "tool_calls": none })).choices[0].message.tool_calls, None);
    }
    let old = super::reply(json!({ "function_call": { "name": "f", "arguments": "{}" } }));
    assert_eq!(old.choices[0].message.provider_fields["function_call"]["name"], "f");
}

#[test]
fn maps_finish_reasons_and_keeps_the_native_one() {
    let read = |reason: Value, native: Value| {
        let choice = json!({ "message": {}, "finish_reason": reason, "native_finish_reason": native });
        let choice = decode(json!({ "choices": [choice] })).unwrap().choices.remove(0);
        (choice.finish_reason, choice.native_finish_reason)
    };
    let kept = |word: &str| Some(word.to_owned());
    assert_eq!(read(json!("stop"), Value::Null), (Some(FinishReason::Stop), None));
    assert_eq!(read(json!("stop"), json!("stop")), (Some(FinishReason::Stop), None));
    assert_eq!(read(json!("stop"), json!("STOP")), (Some(FinishReason::Stop), kept("STOP")));
    assert_eq!(read(json!("eos"), Value::Null), (Some(FinishReason::Stop), kept("eos")));
    assert_eq!(read(json!("MAX_TOKENS"), Value::Null), (Some(FinishReason::Length), kept("MAX_TOKENS")));
    assert_eq!(read(json!("tool_call"), Value::Null), (Some(FinishReason::ToolCalls), kept("tool_call")));
    assert_eq!(read(json!("STOP"), Value::Null), (Some(FinishReason::Stop), kept("STOP")));
    assert_eq!(read(json!("odd"), Value::Null), (Some(FinishReason::Other("odd".to_owned())), None));
    assert_eq!(read(json!(""), Value::Null), (None, None));
}

#[test]
fn reads_usage_of_every_form() {
    let usage = |usage: Value| decode(json!({ "choices": [], "id": "x", "usage": usage })).unwrap().usage;
    assert_eq!(usage(Value::Null), None);
    let cached = usage(
        json!({ "prompt_tokens": 10, "completion_tokens": null, "prompt_cache_hit_tokens": 4, "cost": 0.5 }),
    )
    .unwrap();
    assert_eq!((cached.prompt_tokens, cached.completion_tokens, cached.total_tokens), (10, 0, 10));
    assert_eq!(cached.prompt_tokens_details.unwrap().cached_tokens, Some(4));
    assert_eq!(Value::Object(cached.provider_fields), json!({ "prompt_cache_hit_tokens": 4, "cost": 0.5 }));
    let details = usage(json!({
        "prompt_tokens": 1.0, "completion_tokens": 2, "total_tokens": 3, "cached_tokens": 9,
        "prompt_tokens_details": { "cached_tokens": 0, "odd": 1 }, "completion_tokens_details": null,
    }))
    .unwrap();
    let prompt = details.prompt_tokens_details.unwrap();
    assert_eq!((prompt.cached_tokens, &prompt.provider_fields["odd"]), (Some(0), &json!(1)));
    assert_eq!(details.completion_tokens_details, None);
    // Reasoning counted beside the output, as the total shows, is output too.
    let beside = json!({ "reasoning_tokens": 350 });
    let sum = usage(json!({ "prompt_tokens": 288, "completion_tokens": 27, "total_tokens": 665, "completion_tokens_details": beside })).unwrap();
    assert_eq!((sum.completion_tokens, sum.total_tokens), (377, 665));
    assert_eq!(sum.provider_fields["completion_tokens_without_reasoning"], 27);
}

#[test]
fn keeps_what_has_another_form_than_ours() {
    let completion = super::reply(json!({
        "content": "a", "annotations": [{ "no_type": 1 }], "reasoning_details": "text", "audio": { "id": "i", "data": "AA==" },
        "images": [{ "type": "image_url", "image_url": { "url": "data:," } }],
    }));
    let message = &completion.choices[0].message;
    assert_eq!(message.annotations, None);
    assert_eq!(message.provider_fields["upstream_annotations"], json!([{ "no_type": 1 }]));
    assert_eq!(message.provider_fields["upstream_reasoning_details"], "text");
    // Written and read again it is the same, and handed back it is plain.
    let written = serde_json::to_string(&completion).unwrap();
    assert_eq!(serde_json::from_str::<ChatCompletion>(&written).unwrap(), completion);
    let mut back = serde_json::to_value(message).unwrap();
    back["images"] = Value::Null;
    let sent = encode_message(back, &plain());
    assert_eq!(sent, json!({ "role": "assistant", "content": "a", "audio": { "id": "i" } }));
    assert_eq!(message.audio.as_ref().unwrap().id.as_deref(), Some("i"));
    assert_eq!(message.images.as_ref().unwrap().len(), 1);
}

#[test]
fn what_is_no_reply_is_an_error_with_its_body() {
    let text = OpenAi.decode_chat(&Bytes::from_static(b"<html>"), "m").unwrap_err();
    assert_eq!((text.kind, text.body.clone()), (ErrorKind::ResponseDecode, Some(json!("<html>"))));
    let wrong = decode(json!({ "choices": [{ "message": { "tool_calls": 5 } }] })).unwrap_err();
    assert_eq!(wrong.kind, ErrorKind::ResponseDecode);
    assert!(wrong.message.contains("choices[0].message.tool_calls"), "{}", wrong.message);
    assert_eq!(wrong.body.as_ref().unwrap()["choices"][0]["message"]["tool_calls"], 5);
    assert_eq!(decode(json!({ "id": "x" })).unwrap_err().kind, ErrorKind::ResponseDecode);
    assert_eq!(decode(json!([])).unwrap_err().kind, ErrorKind::ResponseDecode);
}

#[test]
fn an_error_under_status_200_is_that_error() {
    for (body, kind) in [
        (json!({ "error": { "code": 429, "message": "slow" } }), ErrorKind::RateLimit),
        (
            json!({ "error": { "code": "invalid_api_key", "message": "no" }, "choices": null }),
            ErrorKind::Authentication,
        ),
        (
            json!({ "choices": [{ "message": {}, "error": { "code": 502, "message": "down" } }] }),
            ErrorKind::InternalServer,
        ),
        (
            json!({ "choices": null, "base_resp": { "status_code": 1004, "status_msg": "no" } }),
            ErrorKind::Authentication,
        ),
        (
            json!([{ "error": { "code": 404, "message": "none", "status": "NOT_FOUND" } }]),
            ErrorKind::NotFound,
        ),
        (json!({ "detail": "odd" }), ErrorKind::InternalServer),
    ] {
        let error = decode(body.clone()).unwrap_err();
        assert_eq!((error.kind, error.body.as_ref()), (kind, Some(&body)), "{error:?}");
    }
    let fine = json!({ "error": null, "base_resp": { "status_code": 0 }, "choices": [{ "message": { "content": "a" }, "error": {} }] });
    assert!(decode(fine).is_ok());
}
