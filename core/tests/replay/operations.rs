//! Embeddings and rankings: every recorded exchange, requests and replies.
//!
//! The same referee as for chats: what is expected is drawn from the raw JSON alone. The recorded
//! request, read as ours, must be sent as it was recorded; the reply must say what its JSON says.

use roocode::dialects::cohere::Cohere;
use roocode::dialects::gemini::Gemini;
use roocode::dialects::ollama::Ollama;
use roocode::dialects::openai::OpenAi;
use roocode::dialects::{Dialect, EncodeContext, Quirks, Unsupported, decode, encode};
use roocode::types::operation::{Operation, Request};
use serde_json::{Map, Value, json};

use crate::cases::{self, Exchange};
use crate::errors::check_errors;
use crate::expected::{report, short};

/// The apis whose exchanges are replayed here.
pub const APIS: &[&str] = &[
    "azure.embeddings",
    "cohere.embed",
    "cohere.rerank",
    "cohere.v1.rerank",
    "copilot.embeddings",
    "doubleword.embeddings",
    "gemini.batchEmbedContents",
    "gemini.embedContent",
    "llamacpp.embeddings",
    "llamacpp.rerank",
    "mistral.embeddings",
    "ollama.embed",
    "openai.embeddings",
    "openrouter.embeddings",
    "venice.embeddings",
    "vertex.embedContent",
    "voyage.embeddings",
    "voyage.rerank",
];

/// Apis of these operations that are not replayed, each with its reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("cohere.v1.embed", "Cohere's older wire, which v2 took the place of"),
    ("ollama.embeddings", "Ollama's older call for one text, which `/api/embed` took the place of"),
    ("vertex.predict", "Vertex AI's older wire for embeddings; recorded are refusals of a key alone"),
];

/// How an exchange is spoken, and what it asks for.
pub fn spoken(exchange: &Exchange) -> (&'static dyn Dialect, Operation) {
    match exchange.path.rsplit(['/', ':']).next().unwrap_or_default() {
        "embed" if exchange.name.starts_with("ollama/") => (&Ollama, Operation::Embeddings),
        "embed" => (&Cohere, Operation::Embeddings),
        "rerank" if exchange.name.starts_with("cohere/") => (&Cohere, Operation::Rerank),
        "rerank" => (&OpenAi, Operation::Rerank),
        "embedContent" | "batchEmbedContents" => (&Gemini, Operation::Embeddings),
        _ => (&OpenAi, Operation::Embeddings),
    }
}

fn replayed() -> Vec<&'static Exchange> {
    cases::of_apis(APIS)
}

fn without_nulls(value: &Value) -> Map<String, Value> {
    let fields = value.as_object().cloned().unwrap_or_default();
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// The recorded request in our words.
fn read(exchange: &Exchange) -> Option<Request> {
    let (dialect, operation) = spoken(exchange);
    let mut body = without_nulls(&exchange.request);
    let renamed = |body: &mut Map<String, Value>, from: &str, to: &str| {
        if let Some(value) = body.shift_remove(from) {
            body.insert(to.to_owned(), value);
        }
    };
    match (dialect.name().as_str(), operation) {
        ("cohere", Operation::Embeddings) => {
            renamed(&mut body, "texts", "input");
            renamed(&mut body, "output_dimension", "dimensions");
        }
        ("gemini", _) => {
            let all = body.shift_remove("requests").unwrap_or_else(|| json!([body]));
            let all = all.as_array().unwrap();
            let texts = all.iter().map(|one| one["content"]["parts"][0]["text"].clone()).collect();
            let mut ours = without_nulls(&all[0]);
            ours.shift_remove("content");
            renamed(&mut ours, "taskType", "input_type");
            renamed(&mut ours, "output_dimensionality", "dimensions");
            ours.insert("model".to_owned(), exchange.model().into());
            ours.insert("input".to_owned(), Value::Array(texts));
            body = ours;
        }
        _ => {}
    }
    Request::from_fields(operation, body).ok()
}

#[test]
fn every_recorded_request_is_sent_as_it_was() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let Some(request) = read(exchange) else {
            // A recording of what a service says to no documents.
            assert!(exchange.request["documents"] == json!([]), "{}", exchange.name);
            continue;
        };
        checked += 1;
        let (dialect, _) = spoken(exchange);
        let model = exchange.model();
        let mut quirks = Quirks::default();
        if exchange.name.starts_with("voyage/") {
            quirks.rename = [("dimensions", "output_dimension"), ("top_n", "top_k")]
                .map(|(from, to)| (from.to_owned(), to.to_owned()))
                .into();
        }
        let context =
            EncodeContext { model: &model, stream: false, unsupported: Unsupported::Error, quirks: &quirks };
        let encoded = match encode(dialect, &request, &context) {
            Ok(encoded) => encoded,
            Err(error) => {
                findings.push(format!("{}: {error:?}", exchange.name));
                continue;
            }
        };
        // A list of one goes out as one, to the method for one.
        let recorded = exchange.path.replace(":batchEmbedContents", ":embedContent");
        let path = encoded.path.replace(":batchEmbedContents", ":embedContent");
        if !recorded.ends_with(&path) && !recorded.contains("/publishers/") {
            findings.push(format!("{}: path {}, recorded {}", exchange.name, encoded.path, exchange.path));
        }
        let (ours, recorded) = (plain(&Value::Object(encoded.body)), plain(&exchange.request));
        if ours != recorded {
            findings.push(format!("{}: {} for {}", exchange.name, short(&ours), short(&recorded)));
        }
    }
    report("requests of other operations", checked, 30, &findings);
}

/// A body without what says nothing: nulls, the role of a text's author, one text in a list of one,
/// and Google's other spelling of names.
fn plain(body: &Value) -> Value {
    match body {
        Value::Object(fields) => {
            // Numbers are what Cohere gives where no form is asked for.
            let usual = |name: &str, value: &Value| name == "embedding_types" && *value == json!(["float"]);
            let kept = fields
                .iter()
                .filter(|(name, value)| !value.is_null() && *name != "role" && !usual(name, value));
            let kept = kept.map(|(name, value)| {
                let name = if name == "output_dimensionality" { "outputDimensionality" } else { name };
                (name.to_owned(), plain(value))
            });
            // One text alone goes out as `embedContent`; recorded is a list of one.
            let kept: Map<String, Value> = kept.collect();
            match kept.get("requests").and_then(Value::as_array).map(Vec::as_slice) {
                Some([one]) => without(one, "model"),
                _ => Value::Object(kept),
            }
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn without(value: &Value, name: &str) -> Value {
    let mut fields = value.as_object().cloned().unwrap_or_default();
    fields.shift_remove(name);
    Value::Object(fields)
}

#[test]
fn every_recorded_reply_decodes_to_what_its_json_says() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let Some(raw) = exchange.plain() else { continue };
        checked += 1;
        let (dialect, operation) = spoken(exchange);
        let answer = match decode(dialect, &read(exchange).unwrap(), &exchange.body(), &exchange.model()) {
            Ok(answer) => serde_json::to_value(answer).unwrap(),
            Err(error) => {
                findings.push(format!("{}: {error:?}", exchange.name));
                continue;
            }
        };
        let (ours, theirs) = match operation {
            Operation::Rerank => (ranking(&answer), ranking(raw)),
            _ => (vectors(&answer), vectors(raw)),
        };
        if ours != theirs || ours.is_empty() {
            findings.push(format!("{}: {} for {}", exchange.name, short(&ours), short(&theirs)));
        }
        let tokens = tokens(raw);
        if tokens.is_some() && answer["usage"]["prompt_tokens"].as_u64() != tokens {
            findings.push(format!("{}: {tokens:?} tokens, got {}", exchange.name, answer["usage"]));
        }
        if raw.get("model").is_some() && raw["model"] != answer["model"] {
            findings.push(format!("{}: model {}", exchange.name, answer["model"]));
        }
    }
    report("replies of other operations", checked, 14, &findings);
}

/// Each input's vector, by its number, from the reply of any wire or from ours.
fn vectors(reply: &Value) -> Vec<Value> {
    let numbers = |vector: &Value| match vector {
        // Of base64 the bytes as four numbers of 8 bits each say the same.
        Value::String(text) => json!(floats(text)),
        other => other.clone(),
    };
    if let Some(data) = reply["data"].as_array() {
        let mut data: Vec<&Value> = data.iter().collect();
        data.sort_by_key(|one| one["index"].as_u64());
        return data.iter().map(|one| numbers(&one["embedding"])).collect();
    }
    let theirs = [&reply["embeddings"]["float"], &reply["embeddings"]];
    if let Some(list) = theirs.iter().find_map(|list| list.as_array()) {
        return list.iter().map(|one| one.get("values").unwrap_or(one).clone()).collect();
    }
    vec![reply["embedding"]["values"].clone()]
}

fn floats(text: &str) -> Vec<f64> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    bytes.chunks_exact(4).map(|four| f64::from(f32::from_le_bytes(four.try_into().unwrap()))).collect()
}

fn ranking(reply: &Value) -> Vec<Value> {
    let results = reply.get("results").unwrap_or(&reply["data"]).as_array().cloned().unwrap_or_default();
    results.iter().map(|result| json!([result["index"], result["relevance_score"]])).collect()
}

/// Tokens of the input, as the wire counts them.
fn tokens(reply: &Value) -> Option<u64> {
    let usage = &reply["usage"];
    let billed = &reply["meta"]["billed_units"]["input_tokens"];
    usage["prompt_tokens"]
        .as_u64()
        .or_else(|| usage["total_tokens"].as_u64())
        .or_else(|| reply["prompt_eval_count"].as_u64())
        .or_else(|| reply["usageMetadata"]["promptTokenCount"].as_u64())
        .or_else(|| billed.as_f64().map(|tokens| tokens as u64))
}

#[test]
fn every_recorded_error_gives_its_kind_and_keeps_its_body() {
    let exchanges = replayed().into_iter().map(|exchange| (exchange, spoken(exchange).0));
    check_errors("errors of other operations", 20, exchanges);
}
