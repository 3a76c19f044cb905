//! STAND-IN for `roocode::client` until it is there: fake replies, no network.

use std::time::Duration;

use roocode::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk};
use roocode::{Error, ErrorKind, Result};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Client(std::sync::Arc<std::sync::atomic::AtomicBool>);
pub struct ClientConfig(Value);
pub struct ChatCall(Value);
pub struct RawResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub request_id: Option<String>,
}
pub struct ChatReply {
    pub completion: ChatCompletion,
    pub raw: RawResponse,
}
pub struct ChatReplyStream {
    pub raw: RawResponse,
    sum: Accumulator,
    left: u64,
    pace: u64,
}
fn raw() -> RawResponse {
    RawResponse {
        status: 200,
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("x-request-id".into(), "req_1".into()),
        ],
        request_id: Some("req_1".into()),
    }
}
impl ClientConfig {
    pub fn from_value(value: Value) -> Result<Self> {
        Ok(Self(value))
    }
}
impl Client {
    pub fn new(config: ClientConfig) -> Result<Self> {
        if config.0.get("bad").is_some() {
            return Err(Error::configuration("bad", "unknown field; allowed: api_key"));
        }
        Ok(Self(std::sync::Arc::default()))
    }
    pub fn config_with(&self, _: Value) -> Result<Self> {
        Ok(self.clone())
    }
    pub fn call(&self, body: Value, _: Value) -> Result<ChatCall> {
        if self.0.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Configuration, "client is closed"));
        }
        if body.get("model").and_then(Value::as_str).is_none() {
            return Err(Error::bad_request("model", "is missing"));
        }
        Ok(ChatCall(body))
    }
    pub fn chat(&self, call: ChatCall) -> impl Future<Output = Result<ChatReply>> + Send + 'static {
        async move {
            let model = call.0["model"].as_str().unwrap_or_default().to_owned();
            if let Some(ms) = model.strip_prefix("sleep-") {
                tokio::time::sleep(Duration::from_millis(ms.parse().unwrap_or(0))).await;
            }
            if model == "panic" {
                let nothing: Option<u8> = None;
                #[allow(clippy::unwrap_used)]
                nothing.unwrap();
            }
            if model == "fail" {
                return Err(Error::new(ErrorKind::QuotaExceeded, "no credit"));
            }
            let echo = call.0["messages"].to_string();
            let completion = serde_json::from_value(json!({"id":"c1","created":1,"model":model,"choices":[{"index":0,"message":{"role":"assistant","content":echo},"finish_reason":"stop"}]})).map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))?;
            Ok(ChatReply { completion, raw: raw() })
        }
    }
    pub fn chat_stream(
        &self,
        call: ChatCall,
    ) -> impl Future<Output = Result<ChatReplyStream>> + Send + 'static {
        async move {
            let model = call.0["model"].as_str().unwrap_or_default().to_owned();
            let mut parts = model.split('-').skip(1).filter_map(|p| p.parse().ok());
            Ok(ChatReplyStream {
                raw: raw(),
                sum: Accumulator::new(),
                left: parts.next().unwrap_or(10),
                pace: parts.next().unwrap_or(0),
            })
        }
    }
    pub fn providers(&self) -> Value {
        json!([{"name":"standin","kind":"custom"}])
    }
    pub fn close(&self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
impl ChatReplyStream {
    pub async fn next_batch(&mut self) -> Option<Result<Vec<ChatCompletionChunk>>> {
        if self.left == 0 {
            return None;
        }
        if self.pace > 0 {
            tokio::time::sleep(Duration::from_millis(self.pace)).await;
        } else {
            tokio::task::yield_now().await;
        }
        let n = if self.pace > 0 { 1 } else { self.left.min(16) };
        let mut out = Vec::new();
        for _ in 0..n {
            let chunk: ChatCompletionChunk = serde_json::from_value(json!({"id":"chatcmpl-1234567890abcdef","created":1720000000,"model":"gpt-4o-mini-2024","choices":[{"index":0,"delta":{"content":" tok"},"finish_reason":null}]})).ok()?;
            self.sum.add(&chunk);
            out.push(chunk);
        }
        self.left -= n;
        Some(Ok(out))
    }
    pub fn partial(&self) -> &ChatCompletion {
        self.sum.completion()
    }
}
