//! Stands in for `roocode::client` until that is here. Same signatures.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use roocode::types::chat::*;
use roocode::{Error, ErrorKind, Result};
use serde_json::{Value, json};

pub static LIVE: AtomicU64 = AtomicU64::new(0);
struct Live;
impl Live {
    fn new() -> Self {
        LIVE.fetch_add(1, Ordering::SeqCst);
        Self
    }
}
impl Drop for Live {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

pub struct ClientConfig;
impl ClientConfig {
    pub fn from_value(_: Value) -> Result<Self> {
        Ok(Self)
    }
}
#[derive(Clone)]
pub struct Client {
    closed: Arc<AtomicBool>,
}
pub struct ChatCall {
    request: ChatRequest,
}
pub struct RawResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    pub request_id: Option<String>,
}
pub struct ChatReply {
    pub completion: ChatCompletion,
    pub raw: RawResponse,
}
pub struct ChatReplyStream {
    left: u64,
    delay: u64,
    fail: bool,
    accumulator: Accumulator,
    pub head: RawResponse,
    _live: Live,
}

impl Client {
    pub fn new(_: ClientConfig) -> Result<Self> {
        Ok(Self { closed: Arc::default() })
    }
    pub fn config_with(&self, _: Value) -> Result<Self> {
        Ok(self.clone())
    }
    pub fn call(&self, body: Value, _options: Value) -> Result<ChatCall> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Configuration, "client is closed"));
        }
        Ok(ChatCall { request: ChatRequest::from_value(body)? })
    }
    pub fn chat(&self, call: ChatCall) -> impl Future<Output = Result<ChatReply>> + Send + 'static {
        async move {
            let _live = Live::new();
            let delay = number(&call, "delay");
            if delay > 0 {
                tokio::time::sleep(Duration::from_millis(delay)).await;
            }
            if call.request.model == "error" {
                let mut error = Error::new(ErrorKind::RateLimit, "slow down");
                error.status = Some(429);
                error.retry_after = Some(1.5);
                return Err(error);
            }
            let text = match call.request.messages.last() {
                Some(Message::User(user)) => user.content.text(),
                _ => String::new(),
            };
            let completion = serde_json::from_value(json!({
                "id": "1", "model": call.request.model,
                "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }))
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
            Ok(ChatReply { completion, raw: raw() })
        }
    }
    pub fn chat_stream(
        &self,
        call: ChatCall,
    ) -> impl Future<Output = Result<ChatReplyStream>> + Send + 'static {
        async move {
            let stream = ChatReplyStream {
                left: number(&call, "chunks"),
                delay: number(&call, "delay"),
                fail: call.request.model == "error",
                accumulator: Accumulator::new(),
                head: raw(),
                _live: Live::new(),
            };
            tokio::time::sleep(Duration::from_millis(number(&call, "delay"))).await;
            Ok(stream)
        }
    }
    pub fn providers(&self) -> Value {
        json!([])
    }
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

impl ChatReplyStream {
    pub async fn next_batch(&mut self) -> Option<Result<Vec<ChatCompletionChunk>>> {
        if self.left == 0 {
            if std::mem::take(&mut self.fail) {
                let mut error = Error::new(ErrorKind::StreamInterrupted, "the stream broke");
                error.partial = Some(Box::new(self.partial().clone()));
                return Some(Err(error));
            }
            return None;
        }
        self.left -= 1;
        if self.delay > 0 {
            tokio::time::sleep(Duration::from_millis(self.delay)).await;
        } else {
            tokio::task::yield_now().await;
        }
        let chunk = ChatCompletionChunk {
            id: "1".into(),
            choices: vec![ChunkChoice {
                delta: Delta { content: Some(format!("{} ", self.left)), ..Delta::default() },
                ..ChunkChoice::default()
            }],
            ..ChatCompletionChunk::default()
        };
        self.accumulator.add(&chunk);
        Some(Ok(vec![chunk]))
    }
    pub fn partial(&self) -> &ChatCompletion {
        self.accumulator.completion()
    }
}

fn raw() -> RawResponse {
    RawResponse {
        status: 200,
        headers: vec![("x-request-id".into(), "r1".into())],
        body: Bytes::from_static(b"{}"),
        request_id: Some("r1".into()),
    }
}

fn number(call: &ChatCall, name: &str) -> u64 {
    call.request.extra.get(name).and_then(Value::as_u64).unwrap_or(0)
}

#[pyo3::pyfunction]
pub fn _live() -> u64 {
    LIVE.load(Ordering::SeqCst)
}
