use serde_json::json;

use super::*;
use crate::config::{ClientConfig, build};

fn built(operation: Value) -> Result<ServiceOperation> {
    let provider = json!({
        "kind": "custom", "base_url": "https://sms.example/api", "variables": { "account": "A" },
        "operations": { "sms.send": operation },
    });
    let (_, inventory) = build(ClientConfig::from_value(json!({ "providers": [provider] }))?, &|_| None)?;
    Ok((*inventory.providers[0].operations["sms.send"]).clone())
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_is_allowed() {
    for (fields, place, said) in [
        (json!({ "path": "messages" }), "path", "begin with `/`"),
        (json!({ "path": "/a/../b" }), "path", "dots"),
        (json!({ "path": "/a?b=1" }), "path", "`query`"),
        (json!({ "path": "/a/{b?}" }), "path", "missing"),
        (json!({ "path": "/a/{b" }), "path", "brace"),
        (json!({ "method": "SEND" }), "method", "POST"),
        (json!({ "method": "GET", "json": {} }), "", "no body"),
        (json!({ "json": {}, "form": {} }), "", "either `json` or `form`"),
        (json!({ "json": { "a": ["{b c}"] } }), "json.a[0]", "no place"),
        (json!({ "form": { "a": { "b": 1 } } }), "form.a", "only `json` has objects"),
        (json!({ "query": { "a": ["x", "{"] } }), "query.a[1]", "brace"),
        (json!({ "headers": { "a b": "x" } }), "headers.a b", "header"),
        (json!({ "headers": { "content-length": "1" } }), "headers.content-length", "transport"),
        (json!({ "answer": { "id": "message/id" } }), "answer.id", "JSON pointer"),
        (json!({ "answer": { "id": "/a~2" } }), "answer.id", "JSON pointer"),
        (json!({ "answer": { "id": { "header": "a b" } } }), "answer.id", "name of a header"),
        (json!({ "success": "2x" }), "success", "4xx"),
        (json!({ "success": 99 }), "success", "100 to 599"),
        (json!({ "success": [] }), "success", "list"),
        (json!({ "errors": [{ "status": "500-400" }] }), "errors[0].status", "500-504"),
        (json!({ "errors": [{}, { "error": "RateLimitErrr" }] }), "errors[1].error", "RateLimitError,"),
        (json!({ "errors": [{ "error": "ConfigurationError" }] }), "errors[0].error", "OverloadedError"),
        (json!({ "errors": [{ "when": "body.code ==" }] }), "errors[0].when", "parse"),
        (json!({ "errors": [{ "when": "boddy.code == 1" }] }), "errors[0].when", "`body`"),
        (json!({ "errors": [{ "message": "code" }] }), "errors[0].message", "JSON pointer"),
        (json!({ "errors": [{ "not_done": 1 }] }), "errors[0].not_done", "bool"),
        (json!({ "errors": [{ "no_done": true }] }), "errors[0].no_done", "not_done"),
        (json!({ "idempotency": {} }), "idempotency", "one of"),
        (json!({ "idempotency": { "header": "a b" } }), "idempotency.header", "header"),
        (json!({ "idempotency": { "field": "key" } }), "idempotency.field", "object"),
        (
            json!({ "form": { "key": "1" }, "idempotency": { "field": "key" } }),
            "idempotency.field",
            "otherwise",
        ),
        (
            json!({ "headers": { "Key": "1" }, "idempotency": { "header": "key" } }),
            "idempotency.header",
            "`headers`",
        ),
        (json!({ "price": -1 }), "price", "at least 0"),
        (json!({ "prise": 1 }), "prise", "price"),
    ] {
        let mut operation = json!({ "path": "/messages" });
        operation.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let error = built(operation).unwrap_err();
        let whole = placed::join_path("providers[0].operations.sms.send", place);
        assert_eq!(error.kind, ErrorKind::Configuration, "{fields}");
        assert_eq!(error.param.as_deref(), Some(whole.as_str()), "{fields}: {}", error.message);
        assert!(error.message.contains(said), "{fields}: {}", error.message);
    }
}

#[test]
fn names_that_something_else_has_are_refused() {
    for (fields, place) in [
        (json!({ "operations": { "chat": { "path": "/" } } }), "providers[0].operations.chat"),
        (json!({ "operations": { "a/b": { "path": "/" } } }), "providers[0].operations.a/b"),
        (json!({ "operations": { "m": { "path": "/" } }, "models": ["m"] }), "providers[0].operations.m"),
    ] {
        let mut provider = json!({ "kind": "custom", "base_url": "https://x" });
        provider.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let config = ClientConfig::from_value(json!({ "providers": [provider] })).unwrap();
        assert_eq!(build(config, &|_| None).unwrap_err().param.as_deref(), Some(place));
    }
}

#[test]
fn what_may_be_repeated_follows_from_method_key_and_word() {
    let key = json!({ "header": "Idempotency-Key" });
    for (fields, expected) in [
        (json!({}), Repetition::Never),
        (json!({ "method": "PUT" }), Repetition::Never),
        (json!({ "method": "DELETE" }), Repetition::Never),
        (json!({ "method": "GET" }), Repetition::Anywhere),
        (json!({ "method": "GET", "idempotent": false }), Repetition::Never),
        (json!({ "idempotency": key }), Repetition::SameTarget),
        (json!({ "idempotent": true }), Repetition::Anywhere),
        (json!({ "idempotent": true, "idempotency": key }), Repetition::Anywhere),
    ] {
        let mut operation = json!({ "path": "/messages" });
        operation.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(built(operation).unwrap().repetition, expected, "{fields}");
    }
}
