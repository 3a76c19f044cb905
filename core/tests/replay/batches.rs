//! Batches: every recorded exchange of OpenAI's, requests and replies.

use roocode::dialects::openai::OpenAi;
use roocode::dialects::{EncodeContext, Quirks, Unsupported, decode, encode};
use roocode::types::batches::{BatchStep, BatchesRequest, ListBatchesRequest};
use roocode::types::operation::{Answer, Operation, Request};
use serde_json::Value;

use crate::cases::{self, Exchange};
use crate::expected::report;

/// The apis whose exchanges are replayed here.
pub const APIS: &[&str] = &["openai.batches"];

/// Apis of files, each with the reason for which it is not replayed.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("anthropic.files", "files by themselves: no operation of ours; batches of Anthropic's have none"),
    (
        "openai.files",
        "files by themselves, and of a vector store: what batches ask of files is no more than this",
    ),
];

fn replayed() -> Vec<&'static Exchange> {
    cases::of_apis(APIS)
}

/// What they ask for.
pub const OPERATION: Operation = Operation::Batches;

fn read(exchange: &Exchange) -> Request {
    let of_query = |name: &str| {
        exchange.query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)
    };
    let step = match (exchange.path.strip_prefix("/v1/batches/"), &exchange.request) {
        (Some(id), _) => BatchStep::Retrieve { id: id.to_owned(), poll: None },
        (None, Value::Null) => BatchStep::List(ListBatchesRequest {
            limit: of_query("limit").map(|(_, limit)| limit.parse().unwrap()),
            after: of_query("after").map(|(_, after)| after.to_owned()),
        }),
        (None, body) => {
            BatchStep::Start { file: body["input_file_id"].as_str().unwrap().to_owned(), metadata: None }
        }
    };
    Request::Batches(BatchesRequest { model: String::new(), step })
}

#[test]
fn every_recorded_exchange_is_asked_and_read() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    let quirks = Quirks::default();
    for exchange in replayed() {
        checked += 1;
        let request = read(exchange);
        let context =
            EncodeContext { model: "", stream: false, unsupported: Unsupported::Error, quirks: &quirks };
        let encoded = encode(&OpenAi, &request, &context).unwrap();
        let mut query: Vec<String> =
            encoded.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut recorded: Vec<String> =
            exchange.query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
        query.sort();
        recorded.sort();
        let reads = exchange.request.is_null();
        let body = if reads { Value::Null } else { Value::Object(encoded.body) };
        if format!("/v1{}", encoded.path) != exchange.path
            || query != recorded
            || encoded.reads != reads
            || body != exchange.request
        {
            findings.push(format!("{}: {} {query:?} {body}", exchange.name, encoded.path));
        }
        let raw = exchange.plain().unwrap();
        let answer = decode(&OpenAi, &request, &exchange.body(), "").unwrap();
        let (batches, rows) = match answer {
            Answer::Batch(batch) => (vec![batch], vec![raw.clone()]),
            Answer::Batches(list) => (list.data, raw["data"].as_array().unwrap().clone()),
            other => panic!("{}: {other:?}", exchange.name),
        };
        if batches.len() != rows.len() || rows.is_empty() {
            findings.push(format!("{}: {} of {}", exchange.name, batches.len(), rows.len()));
        }
        for (batch, row) in batches.iter().zip(&rows) {
            let counts = &row["request_counts"];
            let same = batch.status.as_str() == row["status"]
                && Some(batch.created_at) == row["created_at"].as_i64()
                && batch.expires_at == row["expires_at"].as_i64()
                && Some(batch.request_counts.total) == counts["total"].as_u64()
                && Some(batch.request_counts.succeeded) == counts["completed"].as_u64()
                && Some(batch.request_counts.failed) == counts["failed"].as_u64();
            if !same {
                findings.push(format!("{}: {batch:?} for {row}", exchange.name));
            }
            let kept = serde_json::to_value(batch).unwrap();
            for (name, value) in row.as_object().unwrap() {
                let said = ["id", "request_counts"].contains(&name.as_str()) || value.is_null();
                if !said && kept.get(name) != Some(value) {
                    findings.push(format!("{}: {name} is lost", exchange.name));
                }
            }
        }
    }
    report("exchanges of batches", checked, 4, &findings);
}
