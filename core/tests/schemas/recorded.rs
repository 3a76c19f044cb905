//! Recorded requests of a surface, for the schemas.

use std::path::Path;

use roocode::types::operation::{Operation, Request};
use serde_json::Value;

/// Name and request of every exchange that was answered and that `is_of` the operation, by api and path.
pub fn requests(operation: Operation, is_of: impl Fn(&str, &str) -> bool) -> Option<Vec<(String, Request)>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/recordings"));
    let Ok(providers) = std::fs::read_dir(folder) else {
        println!("skipped: ../shared is not here");
        return None;
    };
    let folders = providers.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut files: Vec<_> = folders
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut requests = Vec::new();
    for file in files {
        let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for exchange in case["exchanges"].as_array().unwrap() {
            let path = exchange["request"]["path"].as_str().unwrap_or_default();
            if is_of(case["api"].as_str().unwrap(), path) && exchange["response"]["status"] == 200 {
                let fields = exchange["request"]["body"].as_object().unwrap().clone();
                let request = Request::from_fields(operation, fields).unwrap();
                requests.push((case["name"].as_str().unwrap().to_owned(), request));
            }
        }
    }
    Some(requests)
}
