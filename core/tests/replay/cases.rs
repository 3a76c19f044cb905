//! Loads the recorded cases and says which wire each exchange speaks.
//!
//! The wire is read off the path and the shape of the bodies, not off the
//! provider's name: a service that speaks OpenAI's wire on one path may speak
//! its own on another.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::left_out;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wire {
    OpenAi,
    Anthropic,
    Gemini,
    Bedrock,
    Cohere,
    Ollama,
}

impl Wire {
    pub const ALL: [Self; 6] =
        [Self::OpenAi, Self::Anthropic, Self::Gemini, Self::Bedrock, Self::Cohere, Self::Ollama];

    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Bedrock => "bedrock",
            Self::Cohere => "cohere",
            Self::Ollama => "ollama",
        }
    }
}

/// A response's body as it was recorded.
#[derive(Clone, Debug)]
pub enum Payload {
    Json(Value),
    Text(String),
    Binary(Bytes),
}

#[derive(Clone, Debug)]
pub struct Exchange {
    /// `provider/case#exchange`.
    pub name: String,
    pub path: String,
    pub query: String,
    pub request: Value,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub payload: Payload,
    pub wire: Option<Wire>,
}

#[derive(Clone, Debug)]
pub struct Case {
    /// `provider/case`.
    pub name: String,
    pub provider: String,
    pub api: String,
    /// As the recordings name them.
    pub features: Vec<String>,
    pub exchanges: Vec<Exchange>,
}

impl Exchange {
    /// The model asked for: in the body, or in the path where the wire has it there.
    pub fn model(&self) -> String {
        if let Some(model) = self.request.get("model").and_then(Value::as_str) {
            return model.to_owned();
        }
        if let Some(rest) = self.path.strip_prefix("/model/").filter(|_| self.wire == Some(Wire::Bedrock)) {
            return rest.split('/').next().unwrap_or_default().replace("%3A", ":");
        }
        self.path
            .split_once("models/")
            .or_else(|| self.path.split_once("model/"))
            .map(|(_, rest)| rest.split([':', '/']).next().unwrap_or_default().to_owned())
            .unwrap_or_default()
    }

    pub fn body(&self) -> Bytes {
        match &self.payload {
            Payload::Json(value) => Bytes::from(serde_json::to_vec(value).unwrap()),
            Payload::Text(text) => Bytes::from(text.clone().into_bytes()),
            Payload::Binary(bytes) => bytes.clone(),
        }
    }

    /// The JSON of a plain successful response.
    pub fn plain(&self) -> Option<&Value> {
        match &self.payload {
            Payload::Json(value) if self.status.is_success() => Some(value),
            _ => None,
        }
    }

    /// The body of a streamed response.
    pub fn stream(&self) -> Option<&[u8]> {
        match &self.payload {
            Payload::Text(text) if self.status.is_success() => Some(text.as_bytes()),
            Payload::Binary(bytes) if self.wire == Some(Wire::Bedrock) => Some(bytes),
            _ => None,
        }
    }

    pub fn is_error(&self) -> bool {
        !self.status.is_success()
    }
}

/// Every case, or `None` (said in one line) where the recordings are absent.
pub fn all() -> Option<&'static [Case]> {
    static CASES: OnceLock<Option<Vec<Case>>> = OnceLock::new();
    CASES
        .get_or_init(|| {
            let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
            if !shared.is_dir() {
                println!("skipped: ../shared is not here");
                return None;
            }
            Some(load(&shared.join("recordings")))
        })
        .as_deref()
}

/// The exchanges of these apis.
pub fn of_apis(apis: &[&str]) -> Vec<&'static Exchange> {
    let cases = all().unwrap_or_default().iter();
    cases.filter(|case| apis.contains(&case.api.as_str())).flat_map(|case| &case.exchanges).collect()
}

/// The exchanges to replay: on one of our wires and not left out.
pub fn replayed() -> Vec<(&'static Case, &'static Exchange, Wire)> {
    all()
        .unwrap_or_default()
        .iter()
        .flat_map(|case| case.exchanges.iter().map(move |exchange| (case, exchange)))
        .filter_map(|(case, exchange)| Some((case, exchange, exchange.wire?)))
        .filter(|(_, exchange, _)| left_out::reason(&exchange.name).is_none())
        .collect()
}

fn load(folder: &Path) -> Vec<Case> {
    let mut files: Vec<PathBuf> = Vec::new();
    for provider in std::fs::read_dir(folder).expect("the folder of recordings") {
        let provider = provider.unwrap().path();
        if provider.is_dir() {
            files.extend(std::fs::read_dir(provider).unwrap().map(|file| file.unwrap().path()));
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    assert!(!files.is_empty(), "no recording under {}", folder.display());
    files.iter().map(|file| read_case(file)).collect()
}

fn read_case(file: &Path) -> Case {
    let text = std::fs::read(file).unwrap();
    let case: Value = serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let provider = string(&case["provider"]);
    let name = format!("{provider}/{}", string(&case["name"]));
    let exchanges = case["exchanges"].as_array().expect("exchanges");
    let exchanges = exchanges
        .iter()
        .enumerate()
        .map(|(index, raw)| {
            let payload = payload(&raw["response"]);
            let path = string(&raw["request"]["path"]);
            let request = raw["request"]["body"].clone();
            // What AWS says itself has its own form, whatever was asked.
            let of_aws = raw["response"]["headers"].get("x-amzn-errortype").is_some();
            let wire = if of_aws && path.contains("/invoke") {
                Some(Wire::Bedrock)
            } else {
                wire(&path, &request, &payload)
            };
            Exchange {
                name: format!("{name}#{index}"),
                wire,
                path,
                query: string(&raw["request"]["query"]),
                request,
                status: StatusCode::from_u16(raw["response"]["status"].as_u64().unwrap() as u16).unwrap(),
                headers: headers(&raw["response"]["headers"]),
                payload,
            }
        })
        .collect();
    let features = case["features"].as_array().into_iter().flatten().map(string).collect();
    Case { name, api: string(&case["api"]), features, provider, exchanges }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn payload(response: &Value) -> Payload {
    if let Some(body) = response.get("body") {
        Payload::Json(body.clone())
    } else if let Some(text) = response.get("text") {
        Payload::Text(string(text))
    } else {
        let base64 = response["base64"].as_str().unwrap_or_default();
        Payload::Binary(Bytes::from(STANDARD.decode(base64).unwrap()))
    }
}

fn headers(raw: &Value) -> HeaderMap {
    let fields = raw.as_object().into_iter().flatten();
    fields
        .filter_map(|(name, value)| {
            let value = HeaderValue::from_str(value.as_str()?).ok()?;
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
        })
        .collect()
}

fn wire(path: &str, request: &Value, payload: &Payload) -> Option<Wire> {
    if path.ends_with("/chat/completions") {
        return Some(Wire::OpenAi);
    }
    // Writer's older path; Cohere has a wire of its own on the same one.
    if path == "/v1/chat"
        && matches!(payload, Payload::Text(text) if text.contains(r#""object":"chat.completion.chunk""#))
    {
        return Some(Wire::OpenAi);
    }
    if path.ends_with("/v1/messages") || path.contains("/publishers/anthropic/") {
        return Some(Wire::Anthropic);
    }
    // Bedrock hands the model's own wire through; Anthropic's bodies name their version.
    if path.contains("/invoke") && request.get("anthropic_version").is_some() {
        return Some(Wire::Anthropic);
    }
    if path.ends_with("/converse") || path.ends_with("/converse-stream") {
        return Some(Wire::Bedrock);
    }
    if path == "/v2/chat" {
        return Some(Wire::Cohere);
    }
    if path == "/api/chat" {
        return Some(Wire::Ollama);
    }
    if path.ends_with(":generateContent") || path.ends_with(":streamGenerateContent") {
        return Some(Wire::Gemini);
    }
    None
}
