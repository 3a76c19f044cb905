//! Lists of models: every recorded list, and every recorded refusal of one.

use roocode::dialects::anthropic::Anthropic;
use roocode::dialects::gemini::Gemini;
use roocode::dialects::ollama::Ollama;
use roocode::dialects::openai::OpenAi;
use roocode::dialects::{Dialect, EncodeContext, Quirks, Unsupported, decode, encode};
use roocode::types::operation::{Operation, Request};
use serde_json::{Map, Value};

use crate::cases::{self, Exchange, Payload, Wire};
use crate::errors::said;
use crate::expected::report;

/// The apis whose exchanges are replayed here.
pub const APIS: &[&str] = &[
    "anthropic.models",
    "cerebras.models",
    "deepseek.models",
    "gemini.models",
    "groq.models",
    "llamacpp.models",
    "mistral.models",
    "ollama.tags",
    "openrouter.models",
];

/// Apis of this name that are not replayed, each with its reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("cohere.v1.models", "one model by its name, no list"),
    ("huggingface.models", "its older inference API, no list"),
    ("openai.models", "the deletion of a model, no list"),
    ("replicate.models", "one model by its name and version, no list"),
];

fn replayed() -> Vec<(&'static Exchange, Wire, &'static dyn Dialect)> {
    let cases = cases::all().unwrap_or_default().iter().filter(|case| APIS.contains(&case.api.as_str()));
    cases
        .flat_map(|case| {
            let (wire, dialect): (Wire, &dyn Dialect) = match case.provider.as_str() {
                "anthropic" => (Wire::Anthropic, &Anthropic),
                "gemini" => (Wire::Gemini, &Gemini),
                "ollama" => (Wire::Ollama, &Ollama),
                _ => (Wire::OpenAi, &OpenAi),
            };
            case.exchanges.iter().map(move |exchange| (exchange, wire, dialect))
        })
        .collect()
}

#[test]
fn every_recorded_list_has_its_models_and_every_refusal_its_kind() {
    let (mut findings, mut checked, mut models) = (Vec::new(), 0, 0);
    let request = Request::from_fields(Operation::Models, Map::new()).unwrap();
    for (exchange, wire, dialect) in replayed() {
        checked += 1;
        let quirks = Quirks::default();
        let context =
            EncodeContext { model: "", stream: false, unsupported: Unsupported::Error, quirks: &quirks };
        let encoded = encode(dialect, &request, &context).unwrap();
        assert!(encoded.reads && encoded.body.is_empty());
        if !exchange.path.ends_with(&encoded.path) {
            findings.push(format!("{}: path {}, recorded {}", exchange.name, encoded.path, exchange.path));
        }
        let Payload::Json(body) = &exchange.payload else { panic!("{}: no JSON", exchange.name) };
        if exchange.is_error() {
            let error = dialect.decode_error(exchange.status, &exchange.headers, &exchange.body());
            let differences = said(wire, exchange.status.as_u16(), body, None).differences(&error);
            findings.extend(differences.into_iter().map(|line| format!("{}: {line}", exchange.name)));
            continue;
        }
        let list = decode(dialect, &request, &exchange.body(), "").unwrap().into_models().unwrap();
        let rows = body.get("data").unwrap_or(&body["models"]).as_array().unwrap();
        let named: Vec<&str> =
            rows.iter().filter_map(|row| row.get("id").unwrap_or(&row["name"]).as_str()).collect();
        let ours: Vec<&str> = list.data.iter().map(|model| model.model.as_str()).collect();
        if ours != named || ours.is_empty() {
            findings.push(format!("{}: {ours:?} for {named:?}", exchange.name));
        }
        models += ours.len();
        for (model, row) in list.data.iter().zip(rows) {
            let kept = serde_json::to_value(model).unwrap();
            findings.extend(lost(row, &kept).map(|field| format!("{}: {field} is lost", exchange.name)));
        }
    }
    assert!(cases::all().is_none() || models >= 10, "{models} models");
    report("lists of models", checked, 8, &findings);
}

/// Fields of the provider's whose value is nowhere in our reading of a model. An object's kind, a date
/// and a count of zero are said in another form.
fn lost<'a>(row: &'a Value, kept: &'a Value) -> impl Iterator<Item = String> + 'a {
    let kept = kept.as_object().unwrap();
    row.as_object().into_iter().flatten().filter_map(|(name, value)| {
        let known = name == "object" || (name == "created" && *value == 0);
        (!known && !kept.values().any(|ours| ours == value)).then(|| name.clone())
    })
}
