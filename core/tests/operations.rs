//! Operations that are no chat, on the same way as chats: over a transport of scripted answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use roocode::types::embeddings::{Embeddings, Vector};
use roocode::types::operation::Operation;
use roocode::{Client, Error, ErrorKind, Result};
use serde_json::{Value, json};

use crate::support::{client, provider};

async fn embed(client: &Client, body: Value) -> Result<Embeddings> {
    let reply = client.ask(client.call_of(Operation::Embeddings, body, Value::Null)?).await?;
    Ok(reply.answer.into_embeddings().unwrap())
}

fn floats(vector: &Vector) -> &[f64] {
    match vector {
        Vector::Floats(numbers) => numbers,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn embeddings_fail_over_between_two_targets_and_say_so() {
    let route = json!({ "targets": ["openai/text-embedding-3-small", "gemini/gemini-embedding-001"] });
    let config =
        json!({ "providers": [provider("openai"), provider("gemini")], "routes": { "vectors": route } });
    let fault = json!([{ "fault": { "kind": "status", "status": 503 }, "times": 1 }]);
    let (client, transport) = client(fault, config);
    let reply = embed(&client, json!({ "model": "vectors", "input": ["one two", "three"] })).await.unwrap();
    assert_eq!(reply.data.len(), 2);
    assert_eq!(reply.data[1].index, 1);
    assert_eq!(reply.usage.as_ref().unwrap().prompt_tokens, 3);
    let route = reply.route.unwrap();
    assert_eq!(route.target.as_deref(), Some("gemini/gemini-embedding-001"));
    assert_eq!(route.attempts.len(), 2);
    assert_eq!(route.attempts[0].status, Some(503));
    assert_eq!(route.requested_model, "vectors");
    let routing = route.routing.as_ref().unwrap();
    assert_eq!(routing.request.operation, Operation::Embeddings);
    assert!(roocode::routing::check_replay(routing).unwrap().same);
    let paths: Vec<String> = transport.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/v1/embeddings", "/v1beta/models/gemini-embedding-001:batchEmbedContents"]);
}

#[tokio::test]
async fn numbers_are_given_where_base64_is_asked_upstream_and_base64_where_the_caller_asks() {
    let (client, transport) =
        client(json!([]), json!({ "providers": [provider("openai"), provider("mistral")] }));
    let mut vectors = Vec::new();
    for (model, form) in [
        ("openai/m", Value::Null),
        ("openai/m", json!("float")),
        ("mistral/m", Value::Null),
        ("openai/m", json!("base64")),
        ("mistral/m", json!("base64")),
    ] {
        let body = json!({ "model": model, "input": "a b b c", "encoding_format": form, "dimensions": 4 });
        vectors.push(embed(&client, body).await.unwrap().data.remove(0).embedding);
    }
    let asked: Vec<Value> =
        transport.requests().into_iter().map(|request| request.body["encoding_format"].clone()).collect();
    assert_eq!(asked, [json!("base64"), json!("base64"), Value::Null, json!("base64"), json!("base64")]);
    assert_eq!(floats(&vectors[0]).len(), 4);
    assert_eq!(vectors[0], vectors[1]);
    let near = |one: &[f64], other: &[f64]| one.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-7);
    assert!(near(floats(&vectors[0]), floats(&vectors[2])));
    let Vector::Base64(text) = &vectors[3] else { panic!("{:?}", vectors[3]) };
    assert_eq!(Vector::decoded(text).unwrap(), vectors[0]);
    assert_eq!(vectors[3], vectors[4]);
}

#[tokio::test]
async fn more_inputs_than_a_provider_takes_go_out_in_several_requests_and_come_back_in_order() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("cohere")] }));
    let input: Vec<String> = (0..200).map(|number| format!("text number {number}")).collect();
    let whole = embed(&client, json!({ "model": "cohere/embed-v4.0", "input": input })).await.unwrap();
    let sizes: Vec<usize> =
        transport.requests().iter().map(|request| request.body["texts"].as_array().unwrap().len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 200);
    assert_eq!(sizes.len(), 3);
    assert!(sizes.iter().all(|size| *size <= 96), "{sizes:?}");
    assert!(whole.data.iter().zip(0..).all(|(one, at)| one.index == at));
    assert_eq!(whole.usage.unwrap().prompt_tokens, 600);
    let notes = &whole.route.as_ref().unwrap().translation;
    assert!(notes.iter().any(|note| note.detail.contains("3 requests of at most 96")), "{notes:?}");
    for place in [0, 95, 96, 199] {
        let one =
            embed(&client, json!({ "model": "cohere/embed-v4.0", "input": input[place] })).await.unwrap();
        assert_eq!(one.data[0].embedding, whole.data[place].embedding, "{place}");
    }
}

#[tokio::test]
async fn more_tokens_than_a_provider_takes_at_once_go_out_in_several_requests() {
    let (client, transport) =
        client(json!([]), json!({ "providers": [provider("mistral"), provider("openai")] }));
    let input = vec!["word ".repeat(1000); 20];
    let reply = embed(&client, json!({ "model": "mistral/mistral-embed", "input": input })).await.unwrap();
    assert_eq!(reply.data.len(), 20);
    let sizes: Vec<usize> =
        transport.requests().iter().map(|request| request.body["input"].as_array().unwrap().len()).collect();
    // 5000 bytes each are at most 2500 tokens, and six of them within 16384.
    assert_eq!(sizes, [6, 6, 6, 2]);
    let notes = &reply.route.as_ref().unwrap().translation;
    let said = "sent in 4 requests of at most 256 inputs and 16384 tokens each";
    assert!(notes.iter().any(|note| note.param == "input" && note.detail == said), "{notes:?}");
    embed(&client, json!({ "model": "openai/m", "input": input })).await.unwrap();
    assert_eq!(transport.requests().len(), 5);
}

#[tokio::test]
async fn what_else_is_said_of_inputs_is_put_together_too() {
    let quantised = |from: i64, count: i64| {
        let floats: Vec<Value> = (from..from + count).map(|at| json!([at, 0.5])).collect();
        let whole: Vec<Value> = (from..from + count).map(|at| json!([at, 1])).collect();
        let meta = json!({ "billed_units": { "input_tokens": count } });
        json!({ "reply": { "body": { "id": "x", "meta": meta, "embeddings": { "float": floats, "int8": whole } } },
                "when": { "path": "/embed" }, "times": 1 })
    };
    let scripts = json!([quantised(0, 96), quantised(96, 4)]);
    let (client, _) = client(scripts, json!({ "providers": [provider("cohere")] }));
    let input: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let body = json!({ "model": "cohere/m", "input": input, "embedding_types": ["float", "int8"], "input_type": "query" });
    let reply = embed(&client, body).await.unwrap();
    let whole = reply.provider_fields["embeddings"]["int8"].as_array().unwrap();
    assert_eq!((whole.len(), &whole[99]), (100, &json!([99, 1])));
    assert_eq!(floats(&reply.data[99].embedding), [99.0, 0.5]);
    assert_eq!(reply.usage.unwrap().prompt_tokens, 100);
}

/// A vector less in one piece, and one more in the next: their number is right, and none is at its input.
#[tokio::test]
async fn each_piece_answers_for_its_own_inputs() {
    let of = |count: usize| {
        let vectors = vec![json!([0.5]); count];
        json!({ "reply": { "body": { "id": "x", "embeddings": { "float": vectors } } },
                "when": { "path": "/embed" }, "times": 1 })
    };
    let (client, _) = client(json!([of(95), of(5)]), json!({ "providers": [provider("cohere")] }));
    let input: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let call = json!({ "model": "cohere/m", "input": input, "max_retries": 0 });
    let error = embed(&client, call).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::ResponseDecode, Some(200)), "{error:?}");
    assert!(error.message.contains("5 vectors came for 4 inputs"), "{}", error.message);
}

#[tokio::test]
async fn a_piece_that_fails_fails_the_attempt_and_all_of_it_is_tried_again() {
    let config = json!({ "providers": [provider("cohere")] });
    let scripts = json!([{ "when": { "attempt": 2 }, "fault": { "kind": "status", "status": 500 } }]);
    let (client, _) = client(scripts, config);
    let input: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let reply = embed(&client, json!({ "model": "cohere/m", "input": input })).await.unwrap();
    assert_eq!(reply.data.len(), 100);
    let attempts = &reply.route.unwrap().attempts;
    assert_eq!(attempts.len(), 2, "{attempts:?}");
    assert_eq!(attempts[0].status, Some(500));
}

#[tokio::test]
async fn targets_without_the_operation_are_left_out_with_the_reason() {
    let targets = json!(["anthropic/claude-sonnet-4-5", "voyage/rerank-2.5", "cohere/rerank-v3.5"]);
    let providers = ["anthropic", "voyage", "cohere"].map(provider);
    let config = json!({ "providers": providers, "routes": { "all": { "targets": targets } } });
    let (client, _) = client(json!([]), config);
    let documents = json!(["a red rose", { "text": "blue sky" }, "red sky at night"]);
    let body = json!({ "model": "all", "query": "red sky", "documents": documents, "return_documents": true,
                       "top_n": 2 });
    let call = client.call_of(Operation::Rerank, body, Value::Null).unwrap();
    let explained = client.explain(&call).unwrap();
    let whys: Vec<Option<&str>> =
        explained.candidates.iter().map(|candidate| candidate.why.as_deref()).collect();
    assert_eq!(whys, [Some("it does not support ranking of documents"), None, None]);
    let reply = client.ask(call).await.unwrap().answer.into_rerank().unwrap();
    assert_eq!(reply.results.iter().map(|result| result.index).collect::<Vec<_>>(), [2, 0]);
    assert_eq!(reply.results[0].document.as_ref().unwrap()["text"], "red sky at night");
    assert_eq!(reply.route.unwrap().target.as_deref(), Some("voyage/rerank-2.5"));

    let chat = json!({ "model": "all", "messages": [{ "role": "user", "content": "q" }] });
    let explained = client.explain(&client.call(chat, Value::Null).unwrap()).unwrap();
    let left: Vec<bool> = explained.candidates.iter().map(|candidate| candidate.why.is_none()).collect();
    assert_eq!(left, [true, false, false]);
}

#[tokio::test]
async fn an_operation_that_no_target_has_is_an_error_that_says_so() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("anthropic")] }));
    let error = embed(&client, json!({ "model": "anthropic/m", "input": "a" })).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable);
    assert!(error.message.contains("it does not support embeddings"), "{}", error.message);
    assert!(transport.requests().is_empty());
}

#[tokio::test]
async fn cost_is_that_of_the_price_for_input_and_of_requests_where_tokens_are_not_counted() {
    let priced =
        |kind: &str, price: Value| json!({ "kind": kind, "api_key": "key-of-it", "prices": { "m": price } });
    let providers = [
        priced("openai", json!({ "input": 2.0, "output": 0.0 })),
        priced("cohere", json!({ "input": 0.0, "output": 0.0, "request": 0.002 })),
    ];
    let (client, _) = client(json!([]), json!({ "providers": providers }));
    let reply = embed(&client, json!({ "model": "openai/m", "input": "one two three four" })).await.unwrap();
    let cost = reply.route.unwrap().cost.clone().unwrap();
    assert!((cost.total_usd - 4.0 * 2.0 / 1e6).abs() < 1e-12, "{cost:?}");
    let body = json!({ "model": "cohere/m", "query": "a", "documents": ["a b"] });
    let reply = client.ask(client.call_of(Operation::Rerank, body, Value::Null).unwrap()).await.unwrap();
    let cost = reply.answer.into_rerank().unwrap().route.unwrap().cost.clone().unwrap();
    assert!((cost.total_usd - 0.002).abs() < 1e-12, "{cost:?}");
}

#[tokio::test]
async fn a_batch_larger_than_the_window_of_one_input_is_not_left_out() {
    let model = json!({ "m": { "context_window": 100 } });
    let mut window = provider("openai");
    window["models"] = model;
    let (client, _) = client(json!([]), json!({ "providers": [window] }));
    let input = vec!["word ".repeat(50); 20];
    assert_eq!(embed(&client, json!({ "model": "openai/m", "input": input })).await.unwrap().data.len(), 20);
    let error =
        embed(&client, json!({ "model": "openai/m", "input": ["word ".repeat(500)] })).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoTargetAvailable, "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn identical_requests_share_one_reply_and_rules_know_the_operation() {
    let routes = json!({
        "any": { "targets": ["openai/chat"], "rules": [{ "when": "operation == 'embeddings'", "to": "openai/vectors" }] },
    });
    let slow = json!([{ "latency_ms": 1000 }]);
    let (client, transport) = client(slow, json!({ "providers": [provider("openai")], "routes": routes }));
    let call = || {
        let options = json!({ "coalesce": true });
        client.call_of(Operation::Embeddings, json!({ "model": "any", "input": "a" }), options).unwrap()
    };
    let (one, other) = tokio::join!(client.ask(call()), client.ask(call()));
    let (one, other) =
        (one.unwrap().answer.into_embeddings().unwrap(), other.unwrap().answer.into_embeddings().unwrap());
    assert_eq!(transport.requests().len(), 1);
    assert_eq!(one.data, other.data);
    assert_eq!(one.route.unwrap().coalesced.as_ref().unwrap().callers, 2);
    assert_eq!(one.model, "vectors");
}

#[test]
fn what_is_wrong_with_a_request_is_named() {
    let (client, _) = client(json!([]), json!({ "providers": [provider("openai")] }));
    let wrong = |operation: Operation, body: Value| -> Error {
        client.call_of(operation, body, Value::Null).unwrap_err()
    };
    for (operation, body, param) in [
        (Operation::Embeddings, json!({ "model": "m" }), "input"),
        (Operation::Embeddings, json!({ "model": "m", "input": [] }), "input"),
        (Operation::Embeddings, json!({ "model": "m", "input": ["a", 1] }), "input"),
        (
            Operation::Embeddings,
            json!({ "model": "m", "input": "a", "encoding_format": "hex" }),
            "encoding_format",
        ),
        (Operation::Embeddings, json!({ "model": "m", "input": "a", "dimensions": 0 }), "dimensions"),
        (Operation::Rerank, json!({ "model": "m", "query": "q" }), "documents"),
        (Operation::Rerank, json!({ "model": "m", "query": "q", "documents": [1] }), "documents[0]"),
    ] {
        let error = wrong(operation, body.clone());
        assert_eq!(error.kind, ErrorKind::BadRequest, "{body}");
        assert_eq!(error.param.as_deref(), Some(param), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn a_route_may_be_of_targets_that_know_no_chat() {
    let rules = json!([
        { "when": "operation == 'rerank'", "to": "ranks" },
        { "when": "operation == 'embeddings'", "to": "voyage/voyage-4" },
    ]);
    let routes = json!({
        "ranks": { "targets": ["cohere/rerank-v3.5", "voyage/rerank-2.5"], "requires": { "tags": ["eu"] } },
        "any": { "targets": ["openai/m"], "rules": rules },
    });
    let mut cohere = provider("cohere");
    cohere["tags"] = json!(["eu"]);
    let providers = json!([provider("openai"), cohere, provider("voyage")]);
    let (client, _) = client(json!([]), json!({ "providers": providers, "routes": routes }));
    let body = json!({ "model": "any", "query": "a", "documents": ["a"] });
    let reply = client.ask(client.call_of(Operation::Rerank, body, Value::Null).unwrap()).await.unwrap();
    let route = reply.answer.into_rerank().unwrap().route.unwrap();
    assert_eq!(route.target.as_deref(), Some("cohere/rerank-v3.5"));
    let reply = embed(&client, json!({ "model": "any", "input": "a" })).await.unwrap();
    assert_eq!(reply.route.unwrap().target.as_deref(), Some("voyage/voyage-4"));
}

#[tokio::test]
async fn an_answer_is_read_by_the_parameters_that_its_target_has_of_its_own() {
    let target = json!({ "target": "cohere/m", "parameters": { "encoding_format": "base64" } });
    let config = json!({ "providers": [provider("cohere")], "routes": { "coded": { "targets": [target] } } });
    let (client, transport) = client(json!([]), config);
    let reply = embed(&client, json!({ "model": "coded", "input": "a" })).await.unwrap();
    assert_eq!(transport.requests()[0].body["embedding_types"], json!(["base64"]));
    assert!(matches!(reply.data[0].embedding, Vector::Base64(_)), "{:?}", reply.data[0]);
}

/// Where a deployment or a project stands in the address, it does so for every operation.
#[tokio::test]
async fn kinds_with_code_of_their_own_are_asked_where_they_have_it() {
    let azure = json!({ "kind": "azure", "api_key": "key-of-it", "base_url": "https://r.openai.azure.com",
                        "variables": { "api_version": "2024-10-21" } });
    let vertex = json!({ "kind": "vertex", "api_key": "key-of-it", "variables": { "project": "p" } });
    let (client, transport) = client(json!([]), json!({ "providers": [azure, vertex] }));
    embed(&client, json!({ "model": "azure/mine", "input": ["a", "b"] })).await.unwrap();
    let two =
        embed(&client, json!({ "model": "vertex/gemini-embedding-2", "input": ["a", "b"] })).await.unwrap();
    assert_eq!(two.data.iter().map(|one| one.index).collect::<Vec<_>>(), [0, 1]);
    assert_ne!(two.data[0].embedding, two.data[1].embedding);
    let paths: Vec<String> = transport.requests().into_iter().map(|request| request.path).collect();
    // There is no method for several there: each goes out alone.
    let one = "/v1/projects/p/locations/global/publishers/google/models/gemini-embedding-2:embedContent";
    assert_eq!(paths, ["/openai/deployments/mine/embeddings", one, one]);
    let explain = |model: &str, operation: Operation, body: Value| {
        let mut body = body;
        body["model"] = model.into();
        let call = client.call_of(operation, body, Value::Null).unwrap();
        client.explain(&call).unwrap().candidates[0].why.clone()
    };
    let rank = json!({ "query": "q", "documents": ["a"] });
    for (model, operation, body) in [
        ("azure/mine", Operation::Rerank, rank),
        // Claude's wire there has none, whatever the kind's usual wire has.
        ("vertex/claude-sonnet-4-5", Operation::Embeddings, json!({ "input": "a" })),
    ] {
        assert!(explain(model, operation, body).unwrap().contains("does not support"), "{model}");
    }
}
