//! Every way to fail, seen from the socket.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use roocode::testing::{MockServer, Outcome};
use serde_json::{Value, json};

use super::client::{Reply, ask, connect, eventually, options, post, question, receive, send};

fn failing(fault: Value) -> MockServer {
    MockServer::start(options(json!([{"reply": {"content": "one two three four"}, "fault": fault}]))).unwrap()
}

fn content(reply: &Reply) -> String {
    let deltas = reply.events();
    deltas.iter().filter_map(|event| event.pointer("/choices/0/delta/content")?.as_str()).collect()
}

#[test]
fn a_status_has_its_headers_and_the_body_of_the_wire() {
    let codes = [
        (400, "INVALID_ARGUMENT", "invalid_request_error"),
        (401, "UNAUTHENTICATED", "authentication_error"),
        (403, "PERMISSION_DENIED", "permission_error"),
        (404, "NOT_FOUND", "not_found_error"),
        (429, "RESOURCE_EXHAUSTED", "rate_limit_error"),
        (500, "INTERNAL", "api_error"),
        (503, "UNAVAILABLE", "overloaded_error"),
        (529, "UNKNOWN", "overloaded_error"),
    ];
    for (status, gemini, anthropic) in codes {
        let server = failing(json!({"kind": "status", "status": status, "headers": {"retry-after": "1"}}));
        let reply = ask(&server, true);
        assert_eq!((reply.status, reply.header("retry-after")), (status, Some("1")));
        assert!(reply.json()["error"]["message"].is_string());
        let said = json!({"messages": [{"role": "user", "content": "x"}]});
        let reply = post(&server, "/v1/messages", &said);
        assert_eq!((reply.status, &reply.json()["error"]["type"]), (status, &json!(anthropic)));
        let contents = json!({"contents": [{"parts": []}]});
        let reply = post(&server, "/v1beta/models/m:streamGenerateContent?alt=sse", &contents);
        assert_eq!((reply.status, &reply.json()["error"]["status"]), (status, &json!(gemini)));
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
    }
    let server = failing(json!({"kind": "status", "status": 502, "body": "<html>"}));
    assert_eq!((ask(&server, false).status, ask(&server, false).text()), (502, "<html>"));
}

#[test]
fn a_hang_sends_nothing_until_the_client_leaves() {
    for (after, expected) in [(Value::Null, ""), (json!(2), "one two")] {
        let server = failing(json!({"kind": "hang", "after_chunks": after}));
        let mut stream = connect(&server);
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        send(&mut stream, "POST", "/v1/chat/completions", "", &question(true).to_string());
        let reply = receive(&mut stream);
        assert_eq!((reply.error, reply.complete), (Some(ErrorKind::WouldBlock), false));
        assert_eq!(content(&reply), expected);
        assert_eq!((server.counters().active_requests, server.counters().open_connections), (1, 1));

        drop(stream);
        eventually("closed", || server.counters().open_connections == 0);
        assert_eq!((server.counters().active_requests, server.counters().clients_left), (0, 1));
        let request = &server.requests()[0];
        assert_eq!(request.outcome, Outcome::ClientLeft);
        assert!(request.duration_ms.unwrap() >= 250.0);
        assert_eq!(request.bytes_sent as usize, reply.body.len());
    }
}

#[test]
fn a_reset_is_an_rst() {
    for (after, expected) in [(Value::Null, ""), (json!(3), "one two three")] {
        for stream in [true, false] {
            let server = failing(json!({"kind": "reset", "after_chunks": after}));
            let reply = ask(&server, stream);
            assert_eq!((reply.error, reply.complete), (Some(ErrorKind::ConnectionReset), false));
            if stream {
                assert_eq!(content(&reply), expected);
            }
            assert_eq!(server.requests()[0].outcome, Outcome::Reset);
        }
    }
}

#[test]
fn a_cut_closes_in_the_middle() {
    for (after, status, expected) in [(Value::Null, 0, ""), (json!(0), 200, ""), (json!(1), 200, "one")] {
        for stream in [true, false] {
            let server = failing(json!({"kind": "cut", "after_chunks": after}));
            let reply = ask(&server, stream);
            assert_eq!((reply.status, reply.error, reply.complete), (status, None, false));
            if stream {
                assert_eq!(content(&reply), expected);
            }
            assert_eq!(server.requests()[0].outcome, Outcome::Cut);
        }
    }
}

#[test]
fn a_truncated_stream_ends_well_but_without_its_last_events() {
    let reply = ask(&failing(json!({"kind": "truncate", "after_chunks": 2})), true);
    assert!(reply.complete && !reply.text().contains("[DONE]") && !reply.text().contains("\"stop\""));
    assert_eq!(content(&reply), "one two");
}

#[test]
fn malformed_is_not_json() {
    let server = failing(json!({"kind": "malformed", "after_chunks": 2}));
    let reply = ask(&server, true);
    assert!(reply.complete);
    assert_eq!(content(&reply), "one two");
    let last = reply.text().trim_end().rsplit("data: ").next().unwrap();
    assert!(serde_json::from_str::<Value>(last).is_err());
    let plain = ask(&server, false);
    assert!(plain.complete && serde_json::from_slice::<Value>(&plain.body).is_err());
    let server = failing(json!({"kind": "malformed", "text": "<html>"}));
    assert_eq!(ask(&server, false).text(), "<html>");
}

#[test]
fn an_error_event_comes_within_status_200() {
    let fault = json!({"kind": "error_event", "after_chunks": 2, "status": 529, "message": "too much"});
    let server = failing(fault);
    let openai = ask(&server, true);
    assert_eq!((openai.status, content(&openai).as_str()), (200, "one two"));
    assert_eq!(openai.events().last().unwrap()["error"]["message"], "too much");
    assert!(!openai.text().contains("[DONE]"));
    assert_eq!(ask(&server, false).json()["error"]["message"], "too much");

    let said = json!({"stream": true, "messages": [{"role": "user", "content": "x"}]});
    let anthropic = post(&server, "/v1/messages", &said);
    assert!(anthropic.text().contains("event: error\ndata: {\"type\":\"error\""));
    assert_eq!(anthropic.events().last().unwrap()["error"]["type"], "overloaded_error");

    let contents = json!({"contents": [{"parts": []}]});
    let array = post(&server, "/v1beta/models/m:streamGenerateContent", &contents).json();
    assert_eq!(array[2]["error"]["message"], "too much");
}

#[test]
fn a_slow_body_drips() {
    let server = failing(json!({"kind": "slow", "bytes_per_write": 100, "interval_ms": 5}));
    let start = Instant::now();
    let reply = ask(&server, false);
    let writes = reply.body.len().div_ceil(100) as u32;
    assert!(reply.json().is_object() && start.elapsed() >= Duration::from_millis(5) * writes);
}

#[test]
fn a_refusing_server_has_its_port_closed() {
    let server = MockServer::start(options(json!({"refusing": true}))).unwrap();
    let refused = || TcpStream::connect(("127.0.0.1", server.port())).map_err(|error| error.kind()).err();
    assert_eq!(refused(), Some(ErrorKind::ConnectionRefused));
    server.set_refusing(false).unwrap();
    assert_eq!(ask(&server, false).status, 200);
    server.set_refusing(true).unwrap();
    assert_eq!(refused(), Some(ErrorKind::ConnectionRefused));

    let server = failing(json!({"kind": "refuse"}));
    assert_eq!(ask(&server, false).error, Some(ErrorKind::ConnectionReset));
    assert_eq!(server.requests()[0].outcome, Outcome::Refused);
}

#[test]
fn latency_and_pace_are_kept() {
    let server = MockServer::start(options(json!([{
        "reply": {"content": "one two three"},
        "stream": {"first_token_ms": 30, "tokens_per_second": 100, "timestamps": true},
        "latency_ms": 20,
    }])))
    .unwrap();
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let asked = now();
    let reply = ask(&server, true);
    let events = reply.events();
    let texts = events.iter().filter_map(|event| event.pointer("/choices/0/delta/content")?.as_str());
    let mut times = Vec::new();
    let mut words = String::new();
    for text in texts.filter(|text| !text.is_empty()) {
        let (time, word) = text.split_once(' ').unwrap();
        times.push(time.parse::<u128>().unwrap());
        words.push_str(word);
    }
    assert_eq!(words, "one two three");
    assert!(times[2] <= now());
    assert!(times.is_sorted());
    // Waits may be longer than said, never shorter.
    assert!(times[2] - asked >= 69_000_000, "{times:?}");
}

#[test]
fn a_thousand_chunks_come_in_few_writes() {
    let server = MockServer::start(options(json!([{"stream": {"chunks": 1000}}]))).unwrap();
    let mut stream = connect(&server);
    send(&mut stream, "POST", "/v1/chat/completions", "", &question(true).to_string());
    let reply = receive(&mut stream);
    let events = reply.events();
    let chunks = events.iter().filter_map(|event| event.pointer("/choices/0/delta/content")?.as_str());
    assert_eq!(chunks.filter(|text| !text.is_empty()).count(), 1000);
    assert!(events.iter().all(|event| event["id"] == "chatcmpl-mock-0000000001"));
}
