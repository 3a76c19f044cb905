//! Reading the recordings.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use roocode::dialects::gemini::Gemini;
use roocode::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported};
use roocode::types::chat::ChatRequest;
use serde_json::Value;

/// One exchange of a recording.
pub struct Exchange {
    /// `gemini/<name>#<number>`.
    pub name: String,
    pub path: String,
    pub query: String,
    pub request: Value,
    pub status: u16,
    pub body: Option<Value>,
    pub text: Option<String>,
}

impl Exchange {
    pub fn is_stream(&self) -> bool {
        self.path.ends_with(":streamGenerateContent")
    }

    pub fn bytes(&self) -> Bytes {
        match (&self.body, &self.text) {
            (Some(body), _) => Bytes::from(body.to_string()),
            (None, text) => Bytes::from(text.clone().unwrap_or_default()),
        }
    }

    /// The data of each event.
    pub fn events(&self) -> Vec<Bytes> {
        let text = self.text.as_deref().unwrap_or("");
        let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
        data.map(|data| Bytes::from(data.trim().to_owned())).collect()
    }
}

pub fn shared() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).to_owned()
}

/// Every exchange with generateContent or streamGenerateContent; `None` where there are no recordings.
pub fn exchanges() -> Option<Vec<Exchange>> {
    if !shared().join("recordings").is_dir() {
        println!("skipped: ../shared is not here");
        return None;
    }
    let mut all = Vec::new();
    for provider in ["gemini", "vertex"] {
        let folder = shared().join("recordings").join(provider);
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files {
            let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            for (number, exchange) in case["exchanges"].as_array().unwrap().iter().enumerate() {
                let path = exchange["request"]["path"].as_str().unwrap();
                if !path.ends_with(":generateContent") && !path.ends_with(":streamGenerateContent") {
                    continue;
                }
                let response = &exchange["response"];
                all.push(Exchange {
                    name: format!("{provider}/{}#{number}", file.file_stem().unwrap().to_str().unwrap()),
                    path: path.to_owned(),
                    query: exchange["request"]["query"].as_str().unwrap_or("").to_owned(),
                    request: exchange["request"]["body"].clone(),
                    status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
                    body: response.get("body").filter(|body| !body.is_null()).cloned(),
                    text: response.get("text").and_then(Value::as_str).map(str::to_owned),
                });
            }
        }
    }
    assert!(all.len() > 60, "only {} recorded exchanges found", all.len());
    Some(all)
}

pub fn encode(request: &Value, model: &str, stream: bool) -> roocode::Result<EncodedRequest> {
    let request = ChatRequest::from_value(request.clone())?;
    let quirks = Quirks::default();
    let context = EncodeContext { model, stream, unsupported: Unsupported::Error, quirks: &quirks };
    Gemini.encode_chat(&request, &context)
}
