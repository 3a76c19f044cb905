//! STAND-IN for `roocode::client` until it is there: OpenAI's wire, no retries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use roocode::types::chat::{Accumulator, ChatCompletion, ChatCompletionChunk};
use roocode::{Error, ErrorKind, Result};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    config: Arc<Value>,
    closed: Arc<AtomicBool>,
}
pub struct ClientConfig(Value);
pub struct ChatCall {
    request: reqwest::RequestBuilder,
    panic: bool,
}
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
    response: reqwest::Response,
    rest: Vec<u8>,
}

fn raw(response: &reqwest::Response) -> RawResponse {
    let headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    let request_id = headers.iter().find(|(n, _)| n == "x-request-id").map(|(_, v)| v.clone());
    RawResponse { status: response.status().as_u16(), headers, request_id }
}
fn connection(error: reqwest::Error) -> Error {
    let kind = if error.is_timeout() { ErrorKind::ApiTimeout } else { ErrorKind::ApiConnection };
    Error::new(kind, "cannot reach the provider").with_source(error)
}
async fn send(request: reqwest::RequestBuilder) -> Result<reqwest::Response> {
    let response = request.send().await.map_err(connection)?;
    if response.status().is_success() {
        return Ok(response);
    }
    let raw = raw(&response);
    let mut error = Error::new(ErrorKind::from_status(raw.status), "refused");
    error.status = Some(raw.status);
    error.request_id = raw.request_id;
    error.retry_after =
        raw.headers.iter().find(|(n, _)| n == "retry-after").and_then(|(_, v)| v.parse().ok());
    error.body = response.bytes().await.ok().and_then(|b| serde_json::from_slice(&b).ok());
    Err(error)
}

impl ClientConfig {
    pub fn from_value(value: Value) -> Result<Self> {
        if let Some(key) = value.as_object().and_then(|o| o.keys().find(|k| k.contains("unknown"))) {
            return Err(Error::configuration(key, format!("unknown setting {key}")));
        }
        Ok(Self(value))
    }
}
impl Client {
    pub fn new(config: ClientConfig) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().map_err(connection)?;
        Ok(Self { http, config: Arc::new(config.0), closed: Arc::default() })
    }
    pub fn config_with(&self, overrides: Value) -> Result<Self> {
        let mut config = (*self.config).clone();
        for (key, value) in overrides.as_object().cloned().unwrap_or_default() {
            config[key] = value;
        }
        Ok(Self { config: Arc::new(config), ..self.clone() })
    }
    pub fn call(&self, mut body: Value, options: Value) -> Result<ChatCall> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Configuration, "client is closed"));
        }
        let Some(model) = body.get("model").and_then(Value::as_str) else {
            return Err(Error::bad_request("model", "model must be a string"));
        };
        let model = model.rsplit('/').next().unwrap_or_default().to_owned();
        let panic = model == "panic";
        let name = options["provider"].as_str().or(self.config["provider"].as_str()).unwrap_or("test");
        let provider = &self.config["providers"][name];
        let url = format!("{}/chat/completions", provider["base_url"].as_str().unwrap_or_default());
        body["model"] = json!(model);
        let mut request = self
            .http
            .post(url)
            .header("authorization", format!("Bearer {}", provider["api_key"].as_str().unwrap_or_default()))
            .header("content-type", "application/json")
            .body(body.to_string());
        let timeout =
            if options["timeout"].is_null() { &self.config["timeout"] } else { &options["timeout"] };
        if let Some(seconds) = timeout.as_f64() {
            request = request.timeout(Duration::from_secs_f64(seconds));
        }
        for (name, value) in options["extra_headers"].as_object().into_iter().flatten() {
            let Ok(value) = reqwest::header::HeaderValue::from_str(value.as_str().unwrap_or_default()) else {
                return Err(Error::bad_request(format!("extra_headers.{name}"), "is no header value"));
            };
            request = request.header(name, value);
        }
        Ok(ChatCall { request, panic })
    }
    pub fn chat(&self, call: ChatCall) -> impl Future<Output = Result<ChatReply>> + Send + 'static {
        async move {
            if call.panic {
                #[allow(clippy::panic)]
                {
                    panic!("as asked")
                }
            }
            let response = send(call.request).await?;
            let raw = raw(&response);
            let text = response.bytes().await.map_err(connection)?;
            let mut completion: ChatCompletion = serde_json::from_slice(&text)
                .map_err(|e| Error::new(ErrorKind::ResponseDecode, "not a chat completion").with_source(e))?;
            completion.request_id.clone_from(&raw.request_id);
            Ok(ChatReply { completion, raw })
        }
    }
    pub fn chat_stream(
        &self,
        call: ChatCall,
    ) -> impl Future<Output = Result<ChatReplyStream>> + Send + 'static {
        async move {
            let response = send(call.request).await?;
            Ok(ChatReplyStream { raw: raw(&response), sum: Accumulator::new(), response, rest: Vec::new() })
        }
    }
    pub fn providers(&self) -> Value {
        let names = self.config["providers"].as_object().into_iter().flatten();
        names.map(|(name, p)| json!({ "name": name, "kind": p["kind"] })).collect()
    }
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}
impl ChatReplyStream {
    pub async fn next_batch(&mut self) -> Option<Result<Vec<ChatCompletionChunk>>> {
        loop {
            let bytes = match self.response.chunk().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return None,
                Err(error) => {
                    let mut broken = Error::new(ErrorKind::StreamInterrupted, "broke").with_source(error);
                    broken.partial = Some(Box::new(self.sum.completion().clone()));
                    return Some(Err(broken));
                }
            };
            self.rest.extend_from_slice(&bytes);
            let mut chunks = Vec::new();
            while let Some(end) = self.rest.windows(2).position(|w| w == b"\n\n") {
                let frame: Vec<u8> = self.rest.drain(..end + 2).collect();
                let Some(data) = frame.strip_prefix(b"data: ") else { continue };
                if data.starts_with(b"[DONE]") {
                    break;
                }
                match serde_json::from_slice::<ChatCompletionChunk>(data) {
                    Ok(chunk) => {
                        self.sum.add(&chunk);
                        chunks.push(chunk);
                    }
                    Err(e) => return Some(Err(Error::new(ErrorKind::ResponseDecode, e.to_string()))),
                }
            }
            if !chunks.is_empty() {
                return Some(Ok(chunks));
            }
        }
    }
    pub fn partial(&self) -> &ChatCompletion {
        self.sum.completion()
    }
}
