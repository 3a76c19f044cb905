//! What the mock remembers, expects and counts; how it starts and stops.

use std::net::TcpStream;
use std::time::Duration;

use roocode::testing::{MockOptions, MockServer, Outcome, Script};
use serde_json::{Value, json};

use super::client::{ask, connect, eventually, exchange, options, question, receive, send};

#[test]
fn requests_are_remembered_without_credentials() {
    let server = MockServer::start(options(json!({"log_limit": 2}))).unwrap();
    ask(&server, false);
    let headers =
        "authorization: Bearer secret\r\nx-api-key: secret\r\nX-Goog-Api-Key: secret\r\nx-mine: 1\r\n";
    let path = "/v1/chat/completions?key=secret&a=b%20c";
    exchange(&server, "POST", path, headers, &question(false));
    exchange(&server, "GET", "/none", "", &Value::Null);

    let requests = server.requests();
    assert_eq!(requests.iter().map(|request| request.number).collect::<Vec<_>>(), [2, 3]);
    let request = &requests[0];
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!((request.wire, request.model.as_deref()), (Some("openai"), Some("gpt-mock")));
    assert_eq!((request.query["key"].as_str(), request.query["a"].as_str()), ("***", "b c"));
    assert_eq!((request.headers["x-mine"].as_str(), request.headers["authorization"].as_str()), ("1", "***"));
    assert_eq!(
        (request.headers["x-api-key"].as_str(), request.headers["x-goog-api-key"].as_str()),
        ("***", "***")
    );
    assert_eq!(request.body, question(false));
    assert_eq!((request.status, request.outcome, request.script), (Some(200), Outcome::Complete, None));
    assert!(request.duration_ms.is_some() && request.bytes_sent > 100);
    assert_eq!((requests[1].wire, requests[1].status), (None, Some(404)));
    assert!(!serde_json::to_string(&requests).unwrap().contains("secret"));

    server.clear();
    assert!(server.requests().is_empty());
    assert_eq!(server.counters().requests, 3);
}

#[test]
fn what_is_expected_and_did_not_come_is_said() {
    let script = |expect: Value| options(json!([{"name": "greeting", "expect": expect}]));
    let server = MockServer::start(script(json!({
        "body": {"messages": [{"role": "user"}], "stream": false}, "headers": {"host": "mock"}, "requests": 1,
    })))
    .unwrap();
    assert_eq!(server.assert_satisfied(), Err("greeting: expected 1 requests, got 0".to_owned()));
    assert_eq!(ask(&server, false).status, 200);
    server.assert_satisfied().unwrap();

    let cases = [
        (json!({"body": {"model": "x"}}), "greeting: body.model: expected \"x\", got \"gpt-mock\""),
        (json!({"body": {"n": 1}}), "greeting: body.n: expected 1, but it is not there"),
        (json!({"body": {"messages": []}}), "greeting: body.messages: expected 0 elements, got 1"),
        (json!({"headers": {"x-a": "b"}}), "greeting: headers.x-a: expected it, but it is not there"),
    ];
    for (expect, message) in cases {
        let server = MockServer::start(script(expect)).unwrap();
        let reply = ask(&server, true);
        assert_eq!((reply.status, reply.json()["error"]["message"].as_str()), (400, Some(message)));
        assert_eq!(server.assert_satisfied(), Err(message.to_owned()));
        server.clear();
        server.assert_satisfied().unwrap();
    }

    let server = MockServer::start(script(json!({"headers": {"authorization": "Bearer right"}}))).unwrap();
    let path = "/v1/chat/completions";
    exchange(&server, "POST", path, "authorization: Bearer wrong\r\n", &question(false));
    let failures = server.assert_satisfied().unwrap_err();
    assert!(!failures.contains("right") && !failures.contains("wrong"), "{failures}");
}

#[test]
fn clearing_lets_scripts_begin_anew() {
    let server = MockServer::start(Script::text("once").times(1)).unwrap();
    let said = || ask(&server, false).json()["choices"][0]["message"]["content"].clone();
    assert_eq!((said(), said()), (json!("once"), json!("You said: hello there")));
    server.clear();
    assert_eq!(said(), "once");
}

#[test]
fn connections_and_requests_are_counted() {
    let server =
        MockServer::start(options(json!([{"stream": {"chunk_interval_ms": 20, "chunks": 50}}]))).unwrap();
    let mut first = connect(&server);
    let idle = connect(&server);
    eventually("both connections", || server.counters().open_connections == 2);
    send(&mut first, "POST", "/v1/chat/completions", "", &question(true).to_string());
    eventually("one request", || server.counters().active_requests == 1);

    // The stream is left in its middle.
    std::thread::sleep(Duration::from_millis(50));
    drop(first);
    eventually("one connection", || server.counters().open_connections == 1);
    eventually("no request", || server.counters().active_requests == 0);
    let counters = server.counters();
    assert_eq!((counters.active_requests, counters.clients_left, counters.connections), (0, 1, 2));
    let request = &server.requests()[0];
    assert_eq!(request.outcome, Outcome::ClientLeft);
    assert!(request.bytes_sent > 0 && request.duration_ms.unwrap() < 1000.0);
    drop(idle);
    eventually("no connection", || server.counters().open_connections == 0);
}

#[test]
fn one_connection_carries_many_requests() {
    let server = MockServer::start(Script::text("Hi")).unwrap();
    let mut stream = connect(&server);
    for _ in 0..3 {
        use std::io::{Read, Write};
        let body = question(true).to_string();
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: mock\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut reply = Vec::new();
        while !reply.ends_with(b"\r\n0\r\n\r\n") {
            let mut part = [0; 4096];
            let count = stream.read(&mut part).unwrap();
            assert!(count > 0, "closed");
            reply.extend_from_slice(&part[..count]);
        }
    }
    assert_eq!((server.counters().connections, server.counters().requests), (1, 3));
}

#[test]
fn a_stopped_server_leaves_nothing_open() {
    let server = MockServer::start(options(json!([{"fault": {"kind": "hang"}}]))).unwrap();
    let port = server.port();
    let mut stream = connect(&server);
    send(&mut stream, "POST", "/v1/chat/completions", "", &question(true).to_string());
    eventually("the request", || server.counters().active_requests == 1);
    server.stop();
    assert!(!receive(&mut stream).complete);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn it_runs_on_a_runtime_that_is_given() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = MockServer::spawn(Script::text("Hi"), runtime.handle()).unwrap();
    assert_eq!(ask(&server, false).json()["choices"][0]["message"]["content"], "Hi");
    drop(server);
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let cases = [
        (
            json!([{"reply": {"contant": "x"}}]),
            "scripts[0].reply.contant",
            "unknown field `contant`, expected one of",
        ),
        (json!([{}, {"times": 0}]), "scripts[1].times", "must be 1 or more"),
        (json!([{"stream": {"chunks": "many"}}]), "scripts[0].stream.chunks", "a number of chunks or a list"),
        (
            json!([{"reply": {"content": "Hi"}, "stream": {"chunks": 9}}]),
            "scripts[0].stream.chunks",
            "2 characters",
        ),
        (
            json!([{"fault": {"kind": "explode"}}]),
            "scripts[0].fault.kind",
            "unknown variant `explode`, expected one of",
        ),
        (json!([{"fault": {"kind": "hang", "status": 1}}]), "scripts[0].fault", "unknown field `status`"),
        (json!([{"fault": {"kind": "status", "status": 99}}]), "scripts[0].fault.status", "200 to 599"),
        (json!({"colour": 1}), "colour", "unknown field"),
    ];
    for (value, param, message) in cases {
        let error = MockOptions::from_value(value).unwrap_err();
        assert_eq!(error.param.as_deref(), Some(param), "{error}");
        assert!(error.message.contains(message), "{error}");
    }
    let options =
        options(json!({"api_key": "secret", "scripts": [{"reply": {"content": "Hi"}, "latency_ms": 5}]}));
    assert!(!format!("{options:?}").contains("secret"));
    let again = MockOptions::from_value(serde_json::to_value(&options).unwrap()).unwrap();
    assert_eq!(again, options);
}
