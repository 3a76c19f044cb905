//! What a mock saw: the requests, how each ended, and the counters.
//!
//! Credentials are replaced before anything is kept.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use super::incoming::{Incoming, Operation};

/// A request that a mock received.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Counted from 1.
    pub number: u64,
    pub method: String,
    pub path: String,
    /// Credentials are `***`.
    pub query: BTreeMap<String, String>,
    /// Names in lower case; values of one name joined by commas; credentials are `***`.
    pub headers: BTreeMap<String, String>,
    /// Parsed where it is JSON, else its text; of a form its fields, and of its files `filename`,
    /// `content_type` and `size` alone.
    pub body: Value,
    /// `openai`, `anthropic`, `gemini` or `responses`; nothing for a path that none of them has.
    pub wire: Option<&'static str>,
    pub model: Option<String>,
    pub stream: bool,
    /// The place in the list of the script that answered.
    pub script: Option<usize>,
    /// The status answered, if any was.
    pub status: Option<u16>,
    /// Milliseconds from the mock's start to the request.
    pub received_ms: f64,
    /// Milliseconds from the request to its end.
    pub duration_ms: Option<f64>,
    /// Bytes of the body handed to the connection so far.
    pub bytes_sent: u64,
    pub outcome: Outcome,
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It has not.
    Active,
    /// The whole answer was sent.
    Complete,
    /// The client went away first, after `duration_ms` and `bytes_sent`.
    ClientLeft,
    /// The script closed the connection.
    Cut,
    /// The script reset the connection.
    Reset,
    /// The script refused the connection.
    Refused,
}

/// How much goes on in a mock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Counters {
    /// Connections open now.
    pub open_connections: u64,
    /// Connections ever accepted.
    pub connections: u64,
    /// Requests not yet ended.
    pub active_requests: u64,
    /// Requests ever received.
    pub requests: u64,
    /// Requests whose client went away before the end.
    pub clients_left: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counting {
    pub(super) open_connections: AtomicU64,
    pub(super) connections: AtomicU64,
    pub(super) active_requests: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) clients_left: AtomicU64,
}

impl Counting {
    pub(super) fn read(&self) -> Counters {
        Counters {
            open_connections: self.open_connections.load(Ordering::SeqCst),
            connections: self.connections.load(Ordering::SeqCst),
            active_requests: self.active_requests.load(Ordering::SeqCst),
            requests: self.requests.load(Ordering::SeqCst),
            clients_left: self.clients_left.load(Ordering::SeqCst),
        }
    }
}

/// The latest requests, up to a limit.
#[derive(Debug)]
pub(super) struct Log {
    requests: VecDeque<RecordedRequest>,
    limit: usize,
}

impl Log {
    pub(super) fn new(limit: usize) -> Self {
        Self { requests: VecDeque::new(), limit }
    }

    /// Makes the record only where it will be kept.
    pub(super) fn push(&mut self, request: impl FnOnce() -> RecordedRequest) {
        if self.limit == 0 {
            return;
        }
        if self.requests.len() >= self.limit {
            self.requests.pop_front();
        }
        self.requests.push_back(request());
    }

    /// The request of this number, if it is still kept. Numbers are in order.
    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut RecordedRequest> {
        let place = self.requests.binary_search_by_key(&number, |request| request.number).ok()?;
        self.requests.get_mut(place)
    }

    pub(super) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        self.requests.clear();
    }
}

impl RecordedRequest {
    pub(super) fn new(incoming: &Incoming, number: u64, received_ms: f64) -> Self {
        let known = incoming.operation != Operation::Unknown;
        let text = || Value::String(String::from_utf8_lossy(&incoming.bytes).into_owned());
        Self {
            number,
            method: incoming.method.to_string(),
            path: incoming.path.clone(),
            query: incoming
                .query
                .iter()
                .map(|(name, value)| (name.clone(), if is_secret(name) { hidden() } else { value.clone() }))
                .collect(),
            headers: headers(&incoming.headers),
            body: match &incoming.body {
                Some(body) => body.clone(),
                None if incoming.bytes.is_empty() => Value::Null,
                None => text(),
            },
            wire: known.then(|| incoming.wire.name()),
            model: incoming.model.clone(),
            stream: incoming.stream().is_some(),
            script: None,
            status: None,
            received_ms,
            duration_ms: None,
            bytes_sent: 0,
            outcome: Outcome::Active,
        }
    }
}

/// Whether the value of a header or query field of this name may not be kept.
pub(super) fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 10] = [
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "x-goog-api-key",
        "api-key",
        "api_key",
        "key",
        "access_token",
        "cookie",
        "x-amz-security-token",
    ];
    SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

fn hidden() -> String {
    "***".to_owned()
}

fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let text = if is_secret(name.as_str()) {
            hidden()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        map.entry(name.as_str().to_owned())
            .and_modify(|values| {
                values.push_str(", ");
                values.push_str(&text);
            })
            .or_insert(text);
    }
    map
}
