//! Recorded exchanges of this wire.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use roocode::dialects::Dialect;
use roocode::dialects::bedrock::Bedrock;
use roocode::transport::framing::framing;
use roocode::types::chat::{Accumulator, ChatCompletion};
use serde_json::Value;

pub struct Exchange {
    /// File and position, for messages.
    pub name: String,
    pub model: String,
    pub path: String,
    pub request: Value,
    pub status: u64,
    response: Value,
}

impl Exchange {
    pub fn is_stream(&self) -> bool {
        self.path.ends_with("-stream")
    }

    /// The body of an event stream.
    pub fn stream(&self) -> Option<Bytes> {
        Some(Bytes::from(STANDARD.decode(self.response.get("base64")?.as_str()?).unwrap()))
    }

    /// What our decoding makes of it.
    pub fn decoded(&self) -> ChatCompletion {
        if let Some(body) = self.response.get("body") {
            return Bedrock.decode_chat(&Bytes::from(body.to_string()), &self.model).unwrap();
        }
        let bytes = self.stream().unwrap();
        let (mut framing, mut machine) =
            (framing(Bedrock.framing(), 1 << 24), Bedrock.chat_stream(&self.model));
        let (mut frames, mut chunks, mut sum) = (Vec::new(), Vec::new(), Accumulator::new());
        framing.push(bytes, &mut frames).unwrap();
        frames.iter().for_each(|frame| machine.frame(frame, &mut chunks).unwrap());
        machine.end(&mut chunks).unwrap();
        chunks.iter().for_each(|chunk| sum.add(chunk));
        sum.into_completion()
    }
}

/// `None` where the shared data is not beside the repository.
pub fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: ../shared is not here");
    None
}

/// The exchanges of each case, in order.
pub fn cases() -> Option<Vec<Vec<Exchange>>> {
    let folder = std::fs::read_dir(shared("recordings")?.join("bedrock")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let exchanges = case["exchanges"].as_array().unwrap().iter().enumerate();
        let ours = exchanges.filter_map(|(index, exchange)| {
            let path = exchange["request"]["path"].as_str().unwrap();
            let (id, operation) = path.strip_prefix("/model/")?.split_once('/')?;
            ["converse", "converse-stream"].contains(&operation).then(|| Exchange {
                name: format!("{name}#{index}"),
                model: id.replace("%3A", ":"),
                path: path.to_owned(),
                request: exchange["request"]["body"].clone(),
                status: exchange["response"]["status"].as_u64().unwrap(),
                response: exchange["response"].clone(),
            })
        });
        let ours: Vec<Exchange> = ours.collect();
        if !ours.is_empty() {
            cases.push(ours);
        }
    }
    Some(cases)
}
