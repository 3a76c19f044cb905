use std::time::Duration;

use futures_util::StreamExt;
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::MockTransport;
use crate::error::{Error, ErrorKind, TimeLimit};
use crate::testing::{MockOptions, Outcome};
use crate::transport::{HttpRequest, Limits, Transport};

fn mock(scripts: Value) -> MockTransport {
    MockTransport::new(MockOptions::from_value(scripts).unwrap()).unwrap()
}

fn request(limits: Limits) -> HttpRequest {
    let body = json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "hi"}]});
    HttpRequest {
        method: Method::POST,
        url: "https://api.example.com/v1/chat/completions?key=secret".parse().unwrap(),
        headers: HeaderMap::new(),
        body: body.to_string().into_bytes().into(),
        limits,
        direct: false,
        tls: None,
    }
}

/// What arrived, and the error that ended it.
async fn receive(mock: &MockTransport, limits: Limits) -> (String, Option<Error>) {
    let mut response = match mock.send(request(limits)).await {
        Ok(response) => response,
        Err(error) => return (String::new(), Some(error)),
    };
    let mut text = String::new();
    while let Some(part) = response.body.next().await {
        match part {
            Ok(bytes) => text.push_str(std::str::from_utf8(&bytes).unwrap()),
            Err(error) => {
                assert!(response.body.next().await.is_none());
                return (text, Some(error));
            }
        }
    }
    (text, None)
}

#[tokio::test(start_paused = true)]
async fn it_answers_in_virtual_time() {
    let script = json!([{"latency_ms": 1000, "reply": {"content": "one two three"},
        "stream": {"first_token_ms": 500, "chunk_interval_ms": 3000}}]);
    let mock = mock(script);
    let start = Instant::now();
    let (text, error) = receive(&mock, Limits::default()).await;
    assert!(error.is_none() && text.ends_with("data: [DONE]\n\n"));
    assert_eq!(start.elapsed().as_millis() / 100, 75);
    let requests = mock.requests();
    assert_eq!((requests[0].outcome, requests[0].query["key"].as_str()), (Outcome::Complete, "***"));
    assert_eq!(requests[0].bytes_sent as usize, text.len());
    assert_eq!(mock.counters().active_requests, 0);
}

#[tokio::test(start_paused = true)]
async fn each_limit_ends_what_it_limits() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let none = Limits { first_byte: None, idle: None, total: None, ..Limits::default() };
    let before = json!({"kind": "hang"});
    let within = json!({"kind": "hang", "after_chunks": 1});
    let cases = [
        (&before, Limits { first_byte: seconds(3), ..none.clone() }, TimeLimit::FirstByte, 3),
        (&before, Limits { first_byte: seconds(9), total: seconds(4), ..none.clone() }, TimeLimit::Total, 4),
        (&within, Limits { idle: seconds(5), ..none.clone() }, TimeLimit::Idle, 5),
        (&within, Limits { idle: seconds(9), total: seconds(6), ..none.clone() }, TimeLimit::Total, 6),
        (&within, Limits { total: seconds(7), ..none.clone() }, TimeLimit::Total, 7),
    ];
    for (fault, limits, limit, after) in cases {
        let mock = mock(json!([{"reply": {"content": "one two"}, "fault": fault}]));
        let start = Instant::now();
        let (text, error) = receive(&mock, limits).await;
        let error = error.unwrap();
        assert_eq!((error.kind, error.limit), (ErrorKind::ApiTimeout, Some(limit)));
        assert_eq!(start.elapsed().as_secs(), after);
        assert_eq!(text.contains("one"), fault == &within);
        assert_eq!(mock.requests()[0].outcome, Outcome::ClientLeft);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_shorter_than_the_idle_limit_is_none() {
    let mock = mock(json!([{"reply": {"content": "a b c d"}, "stream": {"chunk_interval_ms": 900}}]));
    let limits = Limits { idle: Some(Duration::from_secs(1)), ..Limits::default() };
    assert!(receive(&mock, limits).await.1.is_none());
}

#[tokio::test(start_paused = true)]
async fn faults_are_the_errors_of_a_transport() {
    let cases = [
        (json!({"kind": "refuse"}), "connection refused", "", Outcome::Refused),
        (json!({"kind": "reset"}), "connection reset", "", Outcome::Reset),
        (json!({"kind": "cut"}), "connection closed before the response", "", Outcome::Cut),
        (json!({"kind": "reset", "after_chunks": 1}), "connection reset", "one", Outcome::Reset),
        (json!({"kind": "cut", "after_chunks": 1}), "before the end of the response", "one", Outcome::Cut),
    ];
    for (fault, message, text, outcome) in cases {
        let mock = mock(json!([{"reply": {"content": "one two"}, "fault": fault}]));
        let (received, error) = receive(&mock, Limits::default()).await;
        let error = error.unwrap();
        assert_eq!(error.kind, ErrorKind::ApiConnection);
        assert!(error.message.contains(message), "{error}");
        assert!(received.contains(text) && !received.contains("two"));
        assert_eq!(mock.requests()[0].outcome, outcome);
    }
    let mock = mock(json!([{"fault": {"kind": "status", "status": 429, "headers": {"retry-after": "2"}}}]));
    let response = mock.send(request(Limits::default())).await.unwrap();
    assert_eq!((response.status.as_u16(), response.headers["retry-after"].to_str().unwrap()), (429, "2"));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_body_is_a_client_that_left() {
    let mock = mock(json!([{"reply": {"content": "a b"}, "stream": {"chunk_interval_ms": 10}}]));
    let mut response = mock.send(request(Limits::default())).await.unwrap();
    response.body.next().await.unwrap().unwrap();
    assert_eq!(mock.counters().active_requests, 1);
    drop(response);
    assert_eq!((mock.counters().active_requests, mock.counters().clients_left), (0, 1));
}
