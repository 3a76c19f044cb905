//! A client of raw sockets, which sees what an HTTP crate would hide.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use roocode::testing::{MockOptions, MockServer};
use serde_json::Value;

/// What came back, as far as it came.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Without the framing of chunked bodies.
    pub body: Vec<u8>,
    /// Whether the body came to the end that HTTP gives it.
    pub complete: bool,
    /// How reading ended where the server did not just close.
    pub error: Option<ErrorKind>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The data of each event that is JSON.
    pub fn events(&self) -> Vec<Value> {
        let data = self.text().lines().filter_map(|line| line.strip_prefix("data: "));
        data.filter_map(|data| serde_json::from_str(data).ok()).collect()
    }
}

/// Options as a user writes them.
pub fn options(value: Value) -> MockOptions {
    MockOptions::from_value(value).unwrap()
}

pub fn connect(server: &MockServer) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

pub fn send(stream: &mut TcpStream, method: &str, path: &str, headers: &str, body: &str) {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
}

/// Reads to the end of the connection.
pub fn receive(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let mut part = [0; 65536];
    let error = loop {
        match stream.read(&mut part) {
            Ok(0) => break None,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
            Err(error) => break Some(error.kind()),
        }
    };
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Reply { status: 0, headers: Vec::new(), body: bytes, complete: false, error };
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut reply = Reply { status, headers, body: bytes[end + 4..].to_vec(), complete: false, error };
    if reply.header("transfer-encoding") == Some("chunked") {
        (reply.body, reply.complete) = unchunked(&reply.body);
    } else {
        let length: usize = reply.header("content-length").unwrap().parse().unwrap();
        reply.complete = reply.body.len() == length;
    }
    reply
}

fn unchunked(mut bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        let rest = &bytes[end + 2..];
        body.extend_from_slice(&rest[..size.min(rest.len())]);
        bytes = rest.get(size + 2..).unwrap_or_default();
    }
    (body, false)
}

pub fn exchange(server: &MockServer, method: &str, path: &str, headers: &str, body: &Value) -> Reply {
    let mut stream = connect(server);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(&mut stream, method, path, headers, &body);
    receive(&mut stream)
}

pub fn post(server: &MockServer, path: &str, body: &Value) -> Reply {
    exchange(server, "POST", path, "", body)
}

/// Asks on OpenAI's wire.
pub fn ask(server: &MockServer, stream: bool) -> Reply {
    post(server, "/v1/chat/completions", &question(stream))
}

pub fn question(stream: bool) -> Value {
    serde_json::json!({
        "model": "gpt-mock",
        "messages": [{"role": "user", "content": "hello there"}],
        "stream": stream,
        "stream_options": {"include_usage": true},
    })
}

/// Waits until `holds`; a failure after a second.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(1), "not within a second: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
