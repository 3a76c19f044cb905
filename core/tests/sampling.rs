//! Models that sample by themselves, at OpenAI and at Azure.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use roocode::testing::MockTransport;
use roocode::{Client, ErrorKind};
use serde_json::{Value, json};

fn client() -> (Client, Arc<MockTransport>) {
    let mut azure = support::provider("azure");
    azure["variables"] = json!({ "resource": "r", "api_version": "2025-04-01-preview" });
    let custom = json!({ "kind": "custom", "base_url": "http://x.test/v1" });
    let providers = [support::provider("openai"), azure, custom];
    support::client(json!([]), json!({ "providers": providers }))
}

fn request(model: &str, fields: &Value) -> Value {
    let mut request = json!({ "model": model, "messages": [{ "role": "user", "content": "q" }] });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    request
}

#[tokio::test]
async fn what_they_refuse_is_named_or_left_out() {
    for (model, fields, refused) in [
        ("gpt-5-mini", json!({ "temperature": 0.2 }), "temperature"),
        ("gpt-5", json!({ "top_p": 0.5 }), "top_p"),
        ("o3-mini", json!({ "presence_penalty": 0.5 }), "presence_penalty"),
        ("o1", json!({ "frequency_penalty": -1 }), "frequency_penalty"),
        ("o4-mini-2025-04-16", json!({ "logprobs": true }), "logprobs"),
        ("o4-mini", json!({ "logit_bias": { "5": 1 } }), "logit_bias"),
        ("gpt-5.2", json!({ "temperature": 0.2, "reasoning_effort": "low" }), "temperature"),
    ] {
        for provider in ["openai", "azure"] {
            let (client, transport) = client();
            let model = format!("{provider}/{model}");
            let call = client.call(request(&model, &fields), Value::Null).unwrap();
            let error = client.chat(call).await.unwrap_err();
            assert_eq!(
                (error.kind, error.param.as_deref()),
                (ErrorKind::BadRequest, Some(refused)),
                "{model}"
            );
            assert!(transport.requests().is_empty());
            let call = client.call(request(&model, &fields), json!({ "unsupported": "drop" })).unwrap();
            let route = client.chat(call).await.unwrap().completion.route.unwrap();
            assert!(route.translation.iter().any(|note| note.param == refused), "{model}");
            assert!(transport.requests()[0].body.get(refused).is_none(), "{model}");
        }
    }
}

#[tokio::test]
async fn what_they_take_goes_as_it_is() {
    for (model, fields) in [
        // Their own values.
        ("openai/o3", json!({ "temperature": 1, "top_p": 1, "presence_penalty": 0, "logprobs": false })),
        // Not asked to think.
        ("openai/gpt-5.2", json!({ "temperature": 0.2 })),
        ("azure/gpt-5.1", json!({ "temperature": 0.2, "reasoning_effort": "none" })),
        // No models that think, though they are called like them.
        ("openai/gpt-5-chat-latest", json!({ "temperature": 0.2 })),
        ("openai/o1x", json!({ "temperature": 0.2 })),
        ("azure/my-deployment", json!({ "temperature": 0.2 })),
        ("custom/gpt-5", json!({ "temperature": 0.2 })),
    ] {
        let (client, transport) = client();
        let call = client.call(request(model, &fields), Value::Null).unwrap();
        client.chat(call).await.unwrap();
        let sent = transport.requests().remove(0).body;
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(sent[name].as_f64(), value.as_f64(), "{model}: {name}");
        }
    }
}
