//! Completions of texts, over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use roocode::testing::MockTransport;
use roocode::types::chat::FinishReason;
use roocode::types::completions::Completion;
use roocode::types::operation::Operation;
use roocode::{Client, ErrorKind, Result};
use serde_json::{Value, json};

use crate::support::{client, provider};

async fn complete(client: &Client, body: Value) -> Result<Completion> {
    let reply = client.ask(client.call_of(Operation::Completions, body, Value::Null)?).await?;
    Ok(reply.answer.into_completion().unwrap())
}

async fn pieces(client: &Client, body: Value) -> Result<Vec<Completion>> {
    let mut stream = client.stream(client.call_of(Operation::Completions, body, Value::Null)?).await?;
    let mut pieces = Vec::new();
    while let Some(items) = stream.next_batch().await {
        pieces.extend(items?.into_iter().map(|item| item.into_text().unwrap()));
    }
    let sum = stream.partial().into_completion().unwrap();
    let said = Completion::sum(pieces.clone());
    assert_eq!((&sum.choices, &sum.usage), (&said.choices, &said.usage));
    Ok(pieces)
}

#[tokio::test(start_paused = true)]
async fn completions_fail_over_and_are_priced() {
    let route =
        json!({ "targets": ["anthropic/claude-sonnet-4-5", "openai/gpt-3.5-turbo-instruct", "together/m"] });
    let config = json!({
        "providers": [provider("anthropic"), provider("openai"), provider("together")],
        "routes": { "texts": route },
    });
    let fault = json!([{ "fault": { "kind": "status", "status": 503 }, "times": 1 }]);
    let (client, transport) = client(fault, config);
    let reply = complete(&client, json!({ "model": "texts", "prompt": "one two three" })).await.unwrap();
    assert_eq!(reply.object, "text_completion");
    assert_eq!(reply.choices[0].text, "You said: one two three");
    assert_eq!(reply.choices[0].finish_reason, Some(FinishReason::Stop));
    assert_eq!(reply.usage.as_ref().unwrap().total_tokens, 8);
    let route = reply.route.unwrap();
    assert_eq!(route.target.as_deref(), Some("together/m"));
    // Anthropic has none, and was left out.
    assert_eq!(route.attempts.len(), 2);
    let paths: Vec<String> = transport.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/v1/completions", "/v1/completions"]);
    let priced =
        complete(&client, json!({ "model": "openai/gpt-3.5-turbo-instruct", "prompt": "a" })).await.unwrap();
    assert!(priced.route.unwrap().cost.as_ref().unwrap().total_usd > 0.0);
}

#[tokio::test]
async fn a_prompt_is_texts_or_token_ids_and_the_rest_goes_as_it_is() {
    let (client, transport) =
        client(json!([]), json!({ "providers": [provider("openai"), provider("deepseek")] }));
    for prompt in [json!("a"), json!(["a", "b"]), json!([1, 2]), json!([[1, 2], [3]])] {
        let body = json!({ "model": "openai/m", "prompt": prompt, "suffix": "z", "logprobs": 2, "best_of": 3, "stop": [] });
        complete(&client, body).await.unwrap();
        let wanted = json!({ "model": "m", "prompt": prompt, "suffix": "z", "logprobs": 2, "best_of": 3 });
        assert_eq!(transport.requests().last().unwrap().body, wanted);
    }
    complete(&client, json!({ "model": "deepseek/deepseek-chat", "prompt": "a" })).await.unwrap();
    assert_eq!(transport.requests().last().unwrap().path, "/beta/completions");
    for (fields, param) in [
        (json!({}), "prompt"),
        (json!({ "prompt": [] }), "prompt"),
        (json!({ "prompt": ["a", 1] }), "prompt"),
        (json!({ "prompt": "a", "n": 0 }), "n"),
    ] {
        let error = complete(&client, fields).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(param)));
    }
}

#[tokio::test]
async fn nothing_that_a_service_says_is_lost() {
    let reply = json!({
        "id": "x", "object": "text.completion", "created": 1.5, "model": "n", "prompt": [], "system_fingerprint": "fp",
        "choices": [{ "text": "hi", "index": 0, "finish_reason": "eos", "seed": 7,
                      "logprobs": { "tokens": ["hi"], "token_logprobs": [-0.5] } }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "prompt_tokens_details": { "cached_tokens": 1 } },
    });
    let (client, _) =
        client(json!([{ "reply": { "body": reply } }]), json!({ "providers": [provider("together")] }));
    let reply = complete(&client, json!({ "model": "together/m", "prompt": "a" })).await.unwrap();
    assert_eq!((reply.id.as_str(), reply.created, reply.model.as_str()), ("x", 1, "n"));
    assert_eq!(reply.system_fingerprint.as_deref(), Some("fp"));
    assert_eq!(reply.provider_fields["prompt"], json!([]));
    let choice = &reply.choices[0];
    assert_eq!(
        (choice.native_finish_reason.as_deref(), &choice.provider_fields["seed"]),
        (Some("eos"), &json!(7))
    );
    assert_eq!(choice.logprobs.as_ref().unwrap()["token_logprobs"], json!([-0.5]));
    assert_eq!(reply.usage.unwrap().prompt_tokens_details.unwrap().cached_tokens, Some(1));
}

#[tokio::test]
async fn a_reply_without_choices_is_an_error_that_has_the_body() {
    for (body, kind) in [
        (json!({ "error": { "message": "no", "code": "rate_limit_exceeded" } }), ErrorKind::RateLimit),
        (json!({ "id": "x" }), ErrorKind::ResponseDecode),
        (json!([1]), ErrorKind::ResponseDecode),
    ] {
        let mut config = json!({ "providers": [provider("together")] });
        config["max_retries"] = json!(0);
        let (client, _) = client(json!([{ "reply": { "body": body } }]), config);
        let error = complete(&client, json!({ "model": "together/m", "prompt": "a" })).await.unwrap_err();
        assert_eq!((error.kind, error.body.as_ref()), (kind, Some(&body)));
    }
}

/// Each of a kind; `native` has chats in another framing.
fn streaming(scripts: Value) -> (Client, Arc<MockTransport>) {
    let one = |name: &str, kind: &str| {
        json!({ "name": name, "kind": kind, "api_key": name, "base_url": format!("http://{name}.test/v1"),
                "prices": { "m": { "input": 1, "output": 2 } } })
    };
    let native = json!({ "name": "native", "kind": "ollama", "base_url": "http://native.test" });
    let providers = [one("here", "openai"), one("there", "together"), native, one("claude", "anthropic")];
    let route = json!({ "targets": ["claude/m", "here/m", "there/m"] });
    let config = json!({ "providers": providers, "routes": { "texts": route }, "max_retries": 0 });
    client(scripts, config)
}

#[tokio::test]
async fn a_text_comes_in_pieces_and_the_last_one_has_usage_and_trace() {
    for (model, path) in [("here/m", "/v1/completions"), ("native/m", "/v1/completions")] {
        let (client, transport) = streaming(json!([]));
        let body = json!({ "model": model, "prompt": "one two three", "stream_options": { "other": 1 } });
        let pieces = pieces(&client, body).await.unwrap();
        assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.object == "text_completion"));
        let text: String = pieces.iter().map(|piece| piece.choices[0].text.as_str()).collect();
        assert_eq!(text, "You said: one two three");
        let (last, others) = pieces.split_last().unwrap();
        assert!(others.iter().all(|piece| piece.route.is_none() && piece.usage.is_none()));
        assert_eq!(last.choices[0].finish_reason, Some(FinishReason::Stop));
        assert_eq!(last.usage.as_ref().unwrap().total_tokens, 8);
        let route = last.route.as_ref().unwrap();
        assert_eq!(route.target.as_deref(), Some(model));
        assert!(route.time_to_first_token_ms.is_some() && route.attempts[0].usage.is_some());
        if model == "here/m" {
            assert!(route.cost.as_ref().unwrap().total_usd > 0.0);
        }
        let sent = transport.requests().pop().unwrap();
        assert_eq!((sent.path.as_str(), &sent.body["stream"]), (path, &json!(true)));
        assert_eq!(sent.body["stream_options"], json!({ "other": 1, "include_usage": true }));
        assert_eq!(sent.headers["accept"], "text/event-stream");
    }
}

#[tokio::test]
async fn a_stream_of_a_text_fails_over_before_its_first_content() {
    for fault in
        [json!({ "kind": "status", "status": 503 }), json!({ "kind": "error_event", "after_chunks": 0 })]
    {
        let (client, _) =
            streaming(json!([{ "fault": fault, "times": 1 }, { "reply": { "content": "here" } }]));
        let pieces = pieces(&client, json!({ "model": "texts", "prompt": "a" })).await.unwrap();
        let route = pieces.last().unwrap().route.clone().unwrap();
        let asked: Vec<&str> = route.attempts.iter().map(|attempt| attempt.target.as_str()).collect();
        // Anthropic has none, and was left out.
        assert_eq!(asked, ["here/m", "there/m"]);
        assert_eq!(Completion::sum(pieces).choices[0].text, "here");
    }
}

#[tokio::test]
async fn a_stream_of_a_text_that_breaks_later_says_what_was_received() {
    for recovery in ["error", "continue"] {
        let (client, transport) = streaming(json!([
            { "reply": { "content": "one two three four" }, "fault": { "kind": "cut", "after_chunks": 2 } },
        ]));
        let body = json!({ "model": "texts", "prompt": "a", "stream_recovery": recovery });
        let error = pieces(&client, body).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::StreamInterrupted, "{error:?}");
        let partial = error.partial_completion.as_ref().unwrap();
        let text = &partial.choices[0].text;
        assert!("one two three four".starts_with(text) && !text.is_empty(), "{text}");
        assert!(partial.route.is_some() && error.partial.is_none() && error.partial_response.is_none());
        assert_eq!(transport.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_service_that_answers_a_stream_plainly_is_heard() {
    let whole = json!({ "choices": [{ "text": "whole", "index": 0, "finish_reason": "length",
                                      "logprobs": { "tokens": ["whole"] } }] });
    let (client, _) = streaming(json!([{ "reply": { "body": whole } }]));
    let pieces = pieces(&client, json!({ "model": "there/m", "prompt": "a" })).await.unwrap();
    let [piece] = pieces.as_slice() else { panic!("{pieces:?}") };
    assert_eq!((piece.choices[0].text.as_str(), piece.route.is_some()), ("whole", true));
    assert_eq!(piece.choices[0].logprobs.as_ref().unwrap()["tokens"], json!(["whole"]));
}
