use serde_json::json;

use super::*;

fn pointer(text: &str) -> Source {
    Source::Body(text.to_owned())
}

fn rule() -> ErrorRule {
    ErrorRule { statuses: None, when: None, kind: None, message: None, code: None, not_done: None }
}

fn reading(errors: Vec<ErrorRule>) -> Reading {
    let answer = vec![
        ("id".to_owned(), pointer("/message/id")),
        ("trace".to_owned(), Source::Header(HeaderName::from_static("x-message-id"))),
    ];
    Reading { answer: Some(answer), success: Statuses(vec![(200, 299)]), errors }
}

fn read(reading: &Reading, status: u16, body: &str) -> Result<Value> {
    let mut headers = HeaderMap::new();
    headers.insert("x-message-id", http::HeaderValue::from_static("h1"));
    reading.read(StatusCode::from_u16(status).unwrap(), &headers, &Bytes::from(body.to_owned()))
}

#[test]
fn the_answer_is_taken_from_body_and_headers() {
    let data = read(&reading(vec![]), 202, r#"{"message":{"id":7}}"#).unwrap();
    assert_eq!(data, json!({ "id": 7, "trace": "h1" }));
    assert_eq!(read(&reading(vec![]), 200, "{}").unwrap(), json!({ "id": null, "trace": "h1" }));
    let error = read(&reading(vec![]), 200, "<html>").unwrap_err();
    assert_eq!((error.kind, error.body.clone()), (ErrorKind::ResponseDecode, Some(json!("<html>"))));
    let whole = Reading { answer: None, ..reading(vec![]) };
    for (body, expected) in [("[1]", json!([1])), ("OK", json!("OK")), ("", json!(null))] {
        assert_eq!(read(&whole, 200, body).unwrap(), expected);
    }
    // What reads headers alone needs no body.
    let headers = Reading { answer: Some(vec![reading(vec![]).answer.unwrap().remove(1)]), ..whole };
    assert_eq!(read(&headers, 202, "").unwrap(), json!({ "trace": "h1" }));
}

#[test]
fn each_part_of_an_error_is_said_by_the_first_rule_that_holds_and_says_it() {
    let rules = vec![
        ErrorRule {
            when: Some(Condition::new("body.code == 21610").unwrap()),
            kind: Some(ErrorKind::PermissionDenied),
            not_done: Some(true),
            ..rule()
        },
        ErrorRule { statuses: Some(Statuses(vec![(409, 409)])), not_done: Some(false), ..rule() },
        ErrorRule { message: Some(pointer("/message")), code: Some(pointer("/code")), ..rule() },
    ];
    let reading = reading(rules);
    let said = |status, body: &str| {
        let error = read(&reading, status, body).unwrap_err();
        (error.kind, error.message.clone(), error.code.clone(), error.not_done)
    };
    let stop = r#"{"code":21610,"message":"stopped"}"#;
    let expected = (ErrorKind::PermissionDenied, "stopped".to_owned(), Some("21610".to_owned()), Some(true));
    assert_eq!(said(400, stop), expected);
    // A condition makes an error of a success; what holds without one adds nothing to it.
    let expected =
        (ErrorKind::PermissionDenied, "the service answered with status 200".to_owned(), None, Some(true));
    assert_eq!(said(200, stop), expected);
    assert_eq!(said(409, "{}").3, Some(false));
    assert_eq!(said(429, "busy").0, ErrorKind::RateLimit);
    assert_eq!(said(503, "").1, "the service answered with status 503");
    assert!(read(&reading, 200, r#"{"code":1}"#).is_ok());
}
