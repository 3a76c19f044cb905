//! Images, audio and moderation: every recorded exchange, requests and replies.
//!
//! What is expected is drawn from the raw recording alone. Of files the recordings have the size.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roocode::dialects::declared::wire;
use roocode::dialects::openai::OpenAi;
use roocode::dialects::{BodyForm, EncodeContext, EncodedRequest, Quirks, Unsupported, decode, encode};
use roocode::providers::Kinds;
use roocode::types::operation::{Answer, Operation, Request};
use roocode::types::upload::UploadContent;
use serde_json::{Map, Value, json};

use crate::cases::{self, Exchange, Payload};
use crate::errors::check_errors;
use crate::expected::{report, short};

/// The apis whose exchanges are replayed here.
pub const APIS: &[&str] = &[
    "llamacpp.audio_transcription",
    "openai.audio_speech",
    "openai.audio_transcription",
    "openai.audio_translation",
    "openai.images",
    "openai.moderations",
    "openrouter.audio_transcription",
    "venice.audio_speech",
    "venice.audio_transcription",
    "venice.image_generate",
    "xai.images",
];

/// Apis of these operations that are not replayed, each with its reason.
pub const LEFT_OUT: &[(&str, &str)] =
    &[("huggingface.inference", "a task of answering questions; recorded is a refusal alone")];

pub fn operation(exchange: &Exchange) -> Operation {
    match exchange.path.rsplit('/').next().unwrap_or_default() {
        "generations" | "generate" => Operation::Images,
        "edits" => Operation::ImageEdits,
        "speech" => Operation::Speech,
        "transcriptions" => Operation::Transcriptions,
        "translations" => Operation::Translations,
        _ => Operation::Moderations,
    }
}

/// Of a service whose row declares a wire for it; the others are asked as OpenAI is.
fn quirks(exchange: &Exchange) -> Quirks {
    let kinds = Kinds::built_in().unwrap();
    let kind = exchange.name.split('/').next().unwrap();
    let row = kinds.get(kind).filter(|row| row.quirks.wires.contains_key(&operation(exchange)));
    row.map(|row| row.quirks.clone()).unwrap_or_default()
}

fn replayed() -> Vec<&'static Exchange> {
    cases::of_apis(APIS)
}

/// The recorded request in our words, and whether it can be told from the recording.
fn read(exchange: &Exchange) -> (Request, bool) {
    let operation = operation(exchange);
    let Some(parts) = exchange.request.get("multipart").and_then(Value::as_array) else {
        // Of two forms nothing was kept.
        let whole = exchange.request.is_object();
        let mut fields = match &exchange.request {
            Value::Object(fields) => fields.clone(),
            _ => json!({ "file": { "attached": 0 } }).as_object().unwrap().clone(),
        };
        let mut files: Vec<bytes::Bytes> = if whole { Vec::new() } else { vec![vec![0_u8; 4].into()] };
        // Of wires that rows declare: in our words.
        if let Some(sound) = fields.shift_remove("input_audio") {
            let name = format!("a.{}", sound["format"].as_str().unwrap());
            files.push(STANDARD.decode(sound["data"].as_str().unwrap()).unwrap().into());
            fields.insert("file".to_owned(), json!({ "attached": 0, "name": name }));
        }
        if let (Some(width), Some(height)) = (fields.shift_remove("width"), fields.shift_remove("height")) {
            fields.insert("size".to_owned(), format!("{width}x{height}").into());
            let format = fields.shift_remove("format").unwrap();
            fields.insert("output_format".to_owned(), format);
        }
        let mut request = Request::from_fields(operation, fields).unwrap();
        request.attach(&files).unwrap();
        return (request, whole);
    };
    let (mut fields, mut files) = (Map::new(), Vec::new());
    for part in parts {
        let name = part["name"].as_str().unwrap().to_owned();
        let value = match part.get("value") {
            // In a form a number is a text.
            Some(Value::String(text)) if name == "n" || name == "temperature" => {
                serde_json::from_str(text).unwrap()
            }
            Some(value) => value.clone(),
            None => {
                files.push(vec![0_u8; part["size"].as_u64().unwrap() as usize].into());
                let number = files.len() - 1;
                json!({ "attached": number, "name": part["filename"], "content_type": part["content_type"] })
            }
        };
        fields.insert(name, value);
    }
    let mut request = Request::from_fields(operation, fields).unwrap();
    request.attach(&files).unwrap();
    (request, true)
}

/// The parts of a form, or the fields of JSON, as recordings have them; each by its name.
fn written(encoded: &EncodedRequest) -> Value {
    if let BodyForm::Inline(files) = &encoded.form {
        let mut text = Value::Object(encoded.body.clone()).to_string();
        for (mark, file) in files {
            let UploadContent::Bytes(bytes) = file.content("file").unwrap() else { panic!("bytes") };
            text = text.replace(mark.as_str(), &STANDARD.encode(bytes));
        }
        return serde_json::from_str(&text).unwrap();
    }
    let BodyForm::Multipart(files) = &encoded.form else { return Value::Object(encoded.body.clone()) };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut parts: Map<String, Value> =
        encoded.body.iter().map(|(name, value)| (name.clone(), text(value).into())).collect();
    for (name, file) in files {
        let part = json!({ "filename": file.name, "content_type": file.content_type, "size": file.size() });
        parts.insert(name.clone(), part);
    }
    Value::Object(parts)
}

fn recorded(exchange: &Exchange) -> Value {
    let Some(parts) = exchange.request.get("multipart").and_then(Value::as_array) else {
        return exchange.request.clone();
    };
    let part = |part: &Value| {
        let name = part["name"].as_str().unwrap().to_owned();
        let value = part.get("value").cloned().unwrap_or_else(|| {
            json!({ "filename": part["filename"], "content_type": part["content_type"], "size": part["size"] })
        });
        (name, value)
    };
    Value::Object(parts.iter().map(part).collect())
}

#[test]
fn every_recorded_request_is_sent_as_it_was() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed() {
        let (request, is_known) = read(exchange);
        if !is_known {
            continue;
        }
        checked += 1;
        let quirks = &quirks(exchange);
        let recorded = recorded(exchange);
        let model = recorded["model"].as_str().unwrap_or_default().to_owned();
        let context = EncodeContext { model: &model, stream: false, unsupported: Unsupported::Error, quirks };
        let mut encoded = encode(&OpenAi, &request, &context).unwrap();
        if !exchange.path.ends_with(&encoded.path) {
            findings.push(format!("{}: path {}, recorded {}", exchange.name, encoded.path, exchange.path));
        }
        if model.is_empty() {
            encoded.body.shift_remove("model");
        }
        let ours = written(&encoded);
        if ours != recorded {
            findings.push(format!("{}: {} for {}", exchange.name, short(&ours), short(&recorded)));
        }
    }
    report("requests of images, audio and moderation", checked, 16, &findings);
}

#[test]
fn every_recorded_reply_decodes_to_what_it_says() {
    let (mut findings, mut checked) = (Vec::new(), 0);
    for exchange in replayed().into_iter().filter(|exchange| !exchange.is_error()) {
        checked += 1;
        let (request, quirks) = (read(exchange).0, quirks(exchange));
        let decoded = match wire(&quirks, request.operation(), "asked") {
            Some(wire) => wire.decode(&request, &exchange.body(), "asked"),
            None => decode(&OpenAi, &request, &exchange.body(), "asked"),
        };
        let answer = match decoded {
            Ok(answer) => answer,
            Err(error) => {
                findings.push(format!("{}: {error:?}", exchange.name));
                continue;
            }
        };
        if let (Answer::Speech(speech), Payload::Binary(bytes)) = (&answer, &exchange.payload) {
            assert!(!bytes.is_empty() && speech.content == bytes, "{}", exchange.name);
            continue;
        }
        let raw = exchange.plain().unwrap();
        let ours = serde_json::to_value(&answer).unwrap();
        for (place, theirs) in raw.as_object().unwrap() {
            let same = match place.as_str() {
                // Of Venice they are OpenAI's data.
                "images" => ours["data"][0]["b64_json"] == theirs[0],
                "usage" => tokens(theirs) == tokens(&ours["usage"]),
                _ => ours[place] == *theirs,
            };
            if !same {
                findings.push(format!("{}: {place}: {} for {}", exchange.name, ours[place], short(theirs)));
            }
        }
    }
    report("replies of images, audio and moderation", checked, 14, &findings);
}

/// What usage counts, whatever it is called.
fn tokens(usage: &Value) -> Vec<Option<Value>> {
    let of = |names: &[&str]| names.iter().find_map(|name| usage.pointer(name).cloned());
    let zero = json!(0);
    let count = |names: &[&str]| Some(of(names).unwrap_or_else(|| zero.clone()));
    vec![
        count(&["/input_tokens", "/prompt_tokens"]),
        count(&["/output_tokens", "/completion_tokens"]),
        count(&["/total_tokens"]),
        of(&["/input_token_details/audio_tokens", "/prompt_tokens_details/audio_tokens"]),
        of(&["/output_tokens_details/image_tokens", "/completion_tokens_details/image_tokens"]),
        of(&["/cost_in_usd_ticks"]),
        // A whole number or not.
        of(&["/seconds"]).and_then(|seconds| seconds.as_f64()).map(|seconds| json!(seconds)),
    ]
}

#[test]
fn every_recorded_error_gives_its_kind_and_keeps_its_body() {
    let exchanges = replayed().into_iter().map(|exchange| (exchange, &OpenAi as _));
    check_errors("errors of images, audio and moderation", 6, exchanges);
}
