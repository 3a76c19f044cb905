use serde_json::{Map, json};

use super::*;

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

fn operation(body: Body, idempotency: Option<Idempotency>) -> ServiceOperation {
    ServiceOperation {
        method: Method::POST,
        path: vec![template("v1"), template("{account}"), template("{to}.json")],
        query: vec![("tag".to_owned(), vec![template("{tags?}")])],
        headers: vec![("x-for".to_owned(), template("{user?}"))],
        body,
        idempotency,
        repetition: Repetition::Never,
        reading: Reading { answer: None, success: Statuses(vec![(200, 299)]), errors: vec![] },
        variables: Arc::new(BTreeMap::from([("account".to_owned(), "AC/1".to_owned())])),
    }
}

fn request(input: Value) -> ServiceRequest {
    let Value::Object(input) = input else { unreachable!() };
    ServiceRequest { operation: "x".to_owned(), input, own_key: Some("key".to_owned()), ..Default::default() }
}

fn form() -> Body {
    Body::Form(vec![
        ("To".to_owned(), vec![template("{to}")]),
        ("Media".to_owned(), vec![template("{media?}")]),
        ("On".to_owned(), vec![template("true")]),
    ])
}

#[test]
fn values_are_escaped_where_they_stand() {
    let input = json!({ "to": "a/../b ?ä", "media": ["x&y", 2], "tags": ["p q", "r"], "user": "u" });
    let wire = operation(form(), None).encode(&request(input), Unsupported::Error).unwrap();
    assert_eq!(wire.path, "/v1/AC%2F1/a%2F..%2Fb%20%3F%C3%A4.json");
    assert_eq!(wire.query, [("tag".to_owned(), "p q".to_owned()), ("tag".to_owned(), "r".to_owned())]);
    assert_eq!(wire.headers, [("x-for".to_owned(), "u".to_owned())]);
    let Content::Form(pairs) = &wire.content else { panic!("{wire:?}") };
    assert_eq!(form_text(pairs), "To=a%2F..%2Fb+%3F%C3%A4&Media=x%26y&Media=2&On=true");
}

#[test]
fn a_segment_that_is_a_step_is_refused() {
    let mut operation = operation(Body::None, None);
    operation.path = vec![template("{a}{b?}")];
    for (a, b) in [("", ""), (".", ""), (".", "."), ("..", "")] {
        let error = operation.encode(&request(json!({ "a": a, "b": b })), Unsupported::Drop).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("input.a"), "{a:?} {b:?}");
    }
    assert!(operation.encode(&request(json!({ "a": "...", "b": "" })), Unsupported::Error).is_ok());
}

#[test]
fn a_field_that_the_operation_has_not_is_told_or_dropped() {
    let input = json!({ "to": "1", "txt": "hello" });
    let error = operation(form(), None).encode(&request(input.clone()), Unsupported::Error).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("input.txt"));
    assert!(error.message.contains("`to`, `tags`, `user`, `media`"), "{}", error.message);
    let wire = operation(form(), None).encode(&request(input), Unsupported::Drop).unwrap();
    assert_eq!(wire.translation[0].param, "input.txt");
}

#[test]
fn the_key_stands_where_it_is_declared() {
    let header = Some(Idempotency::Header("idempotency-key".to_owned()));
    let wire = operation(form(), header).encode(&request(json!({ "to": "1" })), Unsupported::Error).unwrap();
    assert_eq!(wire.headers, [("idempotency-key".to_owned(), "key".to_owned())]);
    let field = || Some(Idempotency::Field("once".to_owned()));
    let wire = operation(form(), field()).encode(&request(json!({ "to": "1" })), Unsupported::Error).unwrap();
    let Content::Form(pairs) = &wire.content else { panic!("{wire:?}") };
    assert!(pairs.contains(&("once".to_owned(), "key".to_owned())));
    let json = Body::Json(Node::parse(&json!({ "to": "{to}" })).unwrap());
    let mut given = request(json!({ "to": "1" }));
    given.idempotency_key = Some("mine".to_owned());
    let wire = operation(json, field()).encode(&given, Unsupported::Error).unwrap();
    assert_eq!(wire.content, Content::Json(json!({ "to": "1", "once": "mine" })));
    // A key that nobody would see is not taken silently.
    let error = operation(form(), None).encode(&given, Unsupported::Error).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("idempotency_key"));
    // Without any key it would be taken for one that may be repeated.
    given = ServiceRequest { input: Map::from_iter([("to".to_owned(), json!("1"))]), ..Default::default() };
    let error = operation(form(), field()).encode(&given, Unsupported::Error).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Internal);
}
