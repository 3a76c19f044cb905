//! What a request for embeddings or a ranking becomes on each wire, and what is read of odd replies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use bytes::Bytes;
use roocode::dialects::{DialectName, EncodeContext, EncodedRequest, Unsupported, decode, dialect, encode};
use roocode::providers::Kinds;
use roocode::types::operation::{Answer, Operation, Request};
use roocode::types::trace::TranslationAction;
use roocode::{ErrorKind, Result};
use serde_json::{Value, json};

fn request(fields: &Value) -> Request {
    let operation = if fields.get("query").is_some() { Operation::Rerank } else { Operation::Embeddings };
    Request::from_fields(operation, fields.as_object().unwrap().clone()).unwrap()
}

fn encoded(kind: &str, fields: &Value, unsupported: Unsupported) -> Result<EncodedRequest> {
    let kinds = Kinds::built_in().unwrap();
    let row = kinds.get(kind).unwrap();
    let context = EncodeContext { model: "m", stream: false, unsupported, quirks: &row.quirks };
    encode(dialect(row.dialect), &request(fields), &context)
}

fn decoded(name: DialectName, fields: &Value, reply: &Value) -> Result<Value> {
    let answer: Answer = decode(dialect(name), &request(fields), &Bytes::from(reply.to_string()), "m")?;
    Ok(serde_json::to_value(answer).unwrap())
}

#[test]
fn each_wire_says_it_in_its_own_words() {
    let embed = json!({ "input": ["a", "b"], "dimensions": 8, "input_type": "query" });
    let one = |path: &str, body: Value| (path.to_owned(), body);
    let gemini = |text: &str| {
        json!({ "model": "models/m", "content": { "parts": [{ "text": text }] }, "taskType": "RETRIEVAL_QUERY",
                "outputDimensionality": 8 })
    };
    for (kind, fields, wanted) in [
        (
            "cohere",
            &embed,
            one(
                "/embed",
                json!({ "model": "m", "texts": ["a", "b"], "input_type": "search_query", "output_dimension": 8,
                        "embedding_types": ["float"] }),
            ),
        ),
        (
            "gemini",
            &embed,
            one("/models/m:batchEmbedContents", json!({ "requests": [gemini("a"), gemini("b")] })),
        ),
        (
            "voyage",
            &embed,
            one(
                "/embeddings",
                json!({ "model": "m", "input": ["a", "b"], "input_type": "query", "output_dimension": 8,
                        "encoding_format": "base64" }),
            ),
        ),
        (
            "jina",
            &embed,
            one(
                "/embeddings",
                json!({ "model": "m", "input": ["a", "b"], "task": "retrieval.query", "dimensions": 8 }),
            ),
        ),
        (
            "openai",
            &json!({ "input": [1, 2] }),
            one("/embeddings", json!({ "model": "m", "input": [1, 2], "encoding_format": "base64" })),
        ),
        (
            "cohere",
            &json!({ "query": "q", "documents": ["a", { "text": "b" }], "top_n": 1, "return_documents": true }),
            one("/rerank", json!({ "model": "m", "query": "q", "documents": ["a", "b"], "top_n": 1 })),
        ),
        (
            "voyage",
            &json!({ "query": "q", "documents": ["a"], "top_n": 1 }),
            one("/rerank", json!({ "model": "m", "query": "q", "documents": ["a"], "top_k": 1 })),
        ),
    ] {
        let encoded = encoded(kind, fields, Unsupported::Error).unwrap();
        assert_eq!((encoded.path, Value::Object(encoded.body)), wanted, "{kind}");
    }
}

#[test]
fn what_a_wire_cannot_say_is_named_or_left_out() {
    for (kind, fields, param, droppable) in [
        ("cohere", json!({ "input": "a", "user": "u" }), "user", true),
        ("cohere", json!({ "input": [1, 2] }), "input", false),
        (
            "cohere",
            json!({ "query": "q", "documents": [{ "title": "t", "text": "b" }] }),
            "documents[0]",
            false,
        ),
        ("gemini", json!({ "input": "a", "user": "u" }), "user", true),
        ("gemini", json!({ "input": [[1], [2]] }), "input", false),
        ("openai", json!({ "input": "a", "input_type": "query" }), "input_type", true),
        ("voyage", json!({ "input": "a", "user": "u" }), "user", true),
    ] {
        let error = encoded(kind, &fields, Unsupported::Error).unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some(param)), "{kind}");
        match encoded(kind, &fields, Unsupported::Drop) {
            Ok(encoded) => {
                assert!(droppable, "{kind}: {fields}");
                assert!(!encoded.body.contains_key(param));
                let note = encoded.translation.iter().find(|note| note.param == param).unwrap();
                assert_eq!(note.action, TranslationAction::Dropped);
            }
            Err(error) => assert!(!droppable, "{kind}: {error:?}"),
        }
    }
}

#[test]
fn cohere_is_told_what_texts_are_for_and_the_trace_says_that_it_was_assumed() {
    let plain = encoded("cohere", &json!({ "input": "a" }), Unsupported::Error).unwrap();
    assert_eq!(plain.body["input_type"], "search_document");
    assert_eq!(plain.translation[0].action, TranslationAction::Added);
    let own = json!({ "input": "a", "input_type": "clustering", "embedding_types": ["int8"] });
    let own = encoded("cohere", &own, Unsupported::Error).unwrap();
    assert_eq!(
        (&own.body["input_type"], &own.body["embedding_types"]),
        (&json!("clustering"), &json!(["int8"]))
    );
    assert!(own.translation.is_empty());
}

#[test]
fn vectors_come_in_the_order_of_their_numbers_and_in_the_form_asked_for() {
    let two = json!({ "input": ["a", "b"] });
    let reply = json!({ "data": [{ "index": 1, "embedding": [0.5] }, { "index": 0, "embedding": [0.25] }],
                        "model": "served", "usage": { "total_tokens": 3 }, "id": "kept" });
    let ours = decoded(DialectName::OpenAi, &two, &reply).unwrap();
    assert_eq!(ours["data"][0], json!({ "object": "embedding", "index": 0, "embedding": [0.25] }));
    assert_eq!((&ours["model"], &ours["id"]), (&json!("served"), &json!("kept")));
    assert_eq!(ours["usage"]["prompt_tokens"], 3);

    let quantised = json!({ "data": [{ "index": 0, "embedding": [-128, 127] }] });
    let ours = decoded(DialectName::OpenAi, &json!({ "input": "a", "output_dtype": "int8" }), &quantised);
    assert_eq!(ours.unwrap()["data"][0]["embedding"], json!([-128, 127]));

    let coded = json!({ "input": "a", "encoding_format": "base64" });
    let reply = json!({ "embedding": { "values": [1.0, -2.0] } });
    let ours = decoded(DialectName::Gemini, &coded, &reply).unwrap();
    assert_eq!(ours["data"][0]["embedding"], "AACAPwAAAMA=");
}

#[test]
fn a_reply_without_its_list_is_an_error_that_has_the_body() {
    let embed = json!({ "input": ["a", "b"] });
    let rank = json!({ "query": "q", "documents": ["a"] });
    for (name, fields, reply) in [
        (DialectName::OpenAi, &embed, json!({ "object": "list" })),
        (DialectName::OpenAi, &embed, json!({ "data": [{ "index": 3, "embedding": [1.0] }] })),
        (DialectName::OpenAi, &rank, json!({ "results": [{ "index": 1, "relevance_score": 0.5 }] })),
        (DialectName::OpenAi, &rank, json!({ "id": "x" })),
        (DialectName::Cohere, &embed, json!({ "embeddings": { "int8": [[1]] } })),
        (DialectName::Cohere, &embed, json!({ "id": "x" })),
        (DialectName::Gemini, &embed, json!({})),
    ] {
        let error = decoded(name, fields, &reply).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResponseDecode, "{reply}");
    }
}

#[test]
fn a_ranking_is_in_order_whatever_the_service_does() {
    let fields =
        json!({ "query": "q", "documents": ["a", { "text": "b", "id": 7 }], "return_documents": true });
    let reply = json!({ "data": [{ "index": 0, "relevance_score": 0.1 }, { "index": 1, "score": 0.9 }],
                        "usage": { "total_tokens": 5 } });
    let ours = decoded(DialectName::OpenAi, &fields, &reply).unwrap();
    let wanted = json!([{ "index": 1, "relevance_score": 0.9, "document": { "text": "b", "id": 7 } },
                        { "index": 0, "relevance_score": 0.1, "document": { "text": "a" } }]);
    assert_eq!(ours["results"], wanted);
    assert_eq!(ours["usage"]["prompt_tokens"], 5);
}

#[test]
fn an_operation_that_a_wire_has_not_is_refused_by_its_name() {
    for (name, fields) in [
        (DialectName::Anthropic, json!({ "input": "a" })),
        (DialectName::Gemini, json!({ "query": "q", "documents": ["a"] })),
    ] {
        assert!(!dialect(name).operations().contains(&request(&fields).operation()));
        let error = decoded(name, &fields, &json!({})).unwrap_err();
        assert!(error.message.contains("has no operation"), "{error:?}");
    }
}
