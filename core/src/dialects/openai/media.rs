//! Images, audio and moderation on OpenAI's wire, and on that of services that share it.
//!
//! Facts: OpenAI's published schemas `CreateImageRequest`, `CreateImageEditRequest`, `ImagesResponse`,
//! `CreateSpeechRequest`, `CreateTranscriptionRequest`, `CreateTranslationRequest` and
//! `CreateModerationRequest`; Mistral's `SpeechResponse` and `TranscriptionResponse`; OpenRouter's
//! `ImageGenerationResponse`; recorded traffic of OpenAI, OpenRouter, Venice, xAI and llama.cpp.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::embeddings::{missing, promised};
use super::wire_usage::WireUsage;
use super::{encode, error, reply, usage};
use crate::dialects::{BodyForm, EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::audio::{
    Speech, SpeechRequest, Transcription, TranscriptionRequest, TranscriptionSegment, TranscriptionWord,
};
use crate::types::chat::Usage;
use crate::types::images::{Image, ImageEditsRequest, Images};
use crate::types::moderations::{Moderation, ModerationResult};
use crate::types::upload::Upload;

/// Our names, which a service's field of another meaning may not have.
const OURS: [&str; 3] = ["route", "request_id", "model"];

/// The request as it stands, at `path`.
pub(super) fn encode(
    path: &str,
    request: &impl Serialize,
    files: Vec<(String, Upload)>,
    context: &EncodeContext<'_>,
) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    let mut body = encode::body(request, context.model)?;
    // As JSON they are descriptions of themselves.
    for name in ["file", "image", "mask"].iter().filter(|_| !files.is_empty()) {
        body.shift_remove(*name);
    }
    encode::as_the_service_takes(&mut body, context.quirks, &mut translator)?;
    Ok(EncodedRequest {
        path: path.to_owned(),
        body,
        form: if files.is_empty() { BodyForm::Json } else { BodyForm::Multipart(files) },
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// One image is `image`, several are `image[]` (developers.openai.com/api/docs/guides/image-generation).
pub(super) fn images_of(request: &ImageEditsRequest) -> Vec<(String, Upload)> {
    let name = if request.image.len() == 1 { "image" } else { "image[]" };
    let images = request.image.iter().map(|image| (name.to_owned(), image.clone()));
    images.chain(request.mask.iter().map(|mask| ("mask".to_owned(), mask.clone()))).collect()
}

pub(super) fn file_of(request: &TranscriptionRequest) -> Vec<(String, Upload)> {
    vec![("file".to_owned(), request.file.clone())]
}

fn text(fields: &mut Map<String, Value>, name: &str) -> Option<String> {
    match fields.get(name) {
        Some(Value::String(_)) => match fields.shift_remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        },
        Some(Value::Null) => {
            fields.shift_remove(name);
            None
        }
        _ => None,
    }
}

fn number(fields: &mut Map<String, Value>, name: &str) -> Option<f64> {
    let number = fields.get(name).and_then(Value::as_f64);
    if number.is_some() || fields.get(name) == Some(&Value::Null) {
        fields.shift_remove(name);
    }
    number
}

/// A list of objects, each read; `None` where there is none, and what is no such list stays.
fn list<T>(fields: &mut Map<String, Value>, name: &str, read: fn(Map<String, Value>) -> T) -> Option<Vec<T>> {
    if fields.get(name)?.as_array()?.iter().any(|item| !item.is_object()) {
        return None;
    }
    let Some(Value::Array(items)) = fields.shift_remove(name) else { return None };
    let read = |item| match item {
        Value::Object(fields) => Some(read(fields)),
        _ => None,
    };
    Some(items.into_iter().filter_map(read).collect())
}

fn map(fields: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    match fields.get(name) {
        Some(Value::Object(_)) => match fields.shift_remove(name) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        },
        _ => Map::new(),
    }
}

pub(super) fn decode_images(body: &Bytes, model: &str) -> Result<Images> {
    let mut fields: Map<String, Value> = promised("images", body)?;
    let Some(data) = list(&mut fields, "data", image) else { return Err(missing("data", body)) };
    Ok(Images {
        created: number(&mut fields, "created").map_or(0, |seconds| whole(seconds).cast_signed()),
        data,
        model: text(&mut fields, "model").unwrap_or_else(|| model.to_owned()),
        usage: usage(&mut fields),
        provider_fields: reply::without_our_names(fields, &OURS),
        ..Images::default()
    })
}

fn image(mut fields: Map<String, Value>) -> Image {
    Image {
        url: text(&mut fields, "url"),
        b64_json: text(&mut fields, "b64_json"),
        revised_prompt: text(&mut fields, "revised_prompt"),
        provider_fields: fields,
    }
}

/// The bytes as they came. Mistral's stand as base64 in JSON (specs/mistral.json SpeechResponse).
pub(super) fn decode_speech(request: &SpeechRequest, body: &Bytes, model: &str) -> Result<Speech> {
    let mut speech = Speech {
        content: body.clone(),
        model: model.to_owned(),
        characters: request.input.chars().count() as u64,
        ..Speech::default()
    };
    // No format of sound begins so.
    if body.first() != Some(&b'{') {
        if body.is_empty() {
            return Err(Error::new(ErrorKind::ResponseDecode, "the response has no sound"));
        }
        return Ok(speech);
    }
    let Ok(mut fields) = promised::<Map<String, Value>>("speech", body) else { return Ok(speech) };
    if let Some(error) = error::in_band(&Value::Object(fields.clone())) {
        return Err(error);
    }
    let data = text(&mut fields, "audio_data").ok_or_else(|| missing("audio_data", body))?;
    let decoded = STANDARD.decode(data).map_err(|error| {
        Error::new(ErrorKind::ResponseDecode, "the `audio_data` is no base64").with_source(error)
    })?;
    speech.content = decoded.into();
    speech.content_type = match request.response_format.as_deref().unwrap_or("mp3") {
        "mp3" => "audio/mpeg".to_owned(),
        other => format!("audio/{other}"),
    };
    speech.usage = usage(&mut fields);
    Ok(speech)
}

pub(super) fn decode_transcription(
    request: &TranscriptionRequest,
    body: &Bytes,
    model: &str,
) -> Result<Transcription> {
    // Some services answer with JSON whatever was asked.
    if request.wants_text() && !starts_as_json(body) {
        let text = String::from_utf8_lossy(body).into_owned();
        return Ok(Transcription { text, model: model.to_owned(), ..Transcription::default() });
    }
    let mut fields: Map<String, Value> = promised("a transcription", body)?;
    let Some(said) = text(&mut fields, "text") else { return Err(missing("text", body)) };
    Ok(Transcription {
        text: said,
        language: text(&mut fields, "language"),
        duration: number(&mut fields, "duration"),
        words: list(&mut fields, "words", word),
        segments: list(&mut fields, "segments", segment),
        model: text(&mut fields, "model").unwrap_or_else(|| model.to_owned()),
        usage: usage(&mut fields),
        provider_fields: reply::without_our_names(fields, &OURS),
        ..Transcription::default()
    })
}

fn starts_as_json(body: &Bytes) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    first == Some(&b'{') && serde_json::from_slice::<Map<String, Value>>(body).is_ok()
}

fn word(mut fields: Map<String, Value>) -> TranscriptionWord {
    TranscriptionWord {
        word: text(&mut fields, "word").unwrap_or_default(),
        start: number(&mut fields, "start").unwrap_or(0.0),
        end: number(&mut fields, "end").unwrap_or(0.0),
        provider_fields: fields,
    }
}

fn segment(mut fields: Map<String, Value>) -> TranscriptionSegment {
    TranscriptionSegment {
        text: text(&mut fields, "text").unwrap_or_default(),
        start: number(&mut fields, "start").unwrap_or(0.0),
        end: number(&mut fields, "end").unwrap_or(0.0),
        provider_fields: fields,
    }
}

pub(super) fn decode_moderation(body: &Bytes, model: &str) -> Result<Moderation> {
    let mut fields: Map<String, Value> = promised("a judgement", body)?;
    let Some(results) = list(&mut fields, "results", judged) else { return Err(missing("results", body)) };
    Ok(Moderation {
        id: text(&mut fields, "id").unwrap_or_default(),
        model: text(&mut fields, "model").unwrap_or_else(|| model.to_owned()),
        results,
        usage: usage(&mut fields),
        provider_fields: reply::without_our_names(fields, &["route", "request_id"]),
        ..Moderation::default()
    })
}

fn judged(mut fields: Map<String, Value>) -> ModerationResult {
    let categories = map(&mut fields, "categories");
    let flagged = fields.get("flagged").and_then(Value::as_bool);
    if flagged.is_some() {
        fields.shift_remove("flagged");
    }
    ModerationResult {
        // Mistral says the categories alone (specs/mistral.json ModerationObject).
        flagged: flagged.unwrap_or_else(|| categories.values().any(|holds| *holds == Value::Bool(true))),
        categories,
        category_scores: map(&mut fields, "category_scores"),
        provider_fields: fields,
    }
}

/// Names of the counts of images and transcriptions, and what chats call them: `ImageGenUsage` and
/// `TranscriptTextUsageTokens` of specs/openai.json.
const COUNTS: [(&str, &str); 5] = [
    ("input_tokens", "prompt_tokens"),
    ("output_tokens", "completion_tokens"),
    ("input_tokens_details", "prompt_tokens_details"),
    ("input_token_details", "prompt_tokens_details"),
    ("output_tokens_details", "completion_tokens_details"),
];

/// Seconds of audio: OpenAI's and OpenRouter's name, and Mistral's.
const SECONDS: [&str; 2] = ["seconds", "prompt_audio_seconds"];

fn usage(fields: &mut Map<String, Value>) -> Option<Usage> {
    let mut counts = match fields.get("usage") {
        Some(Value::Object(_)) => map(fields, "usage"),
        _ => return None,
    };
    for (theirs, ours) in COUNTS {
        if !counts.contains_key(ours)
            && let Some(value) = counts.shift_remove(theirs)
        {
            counts.insert(ours.to_owned(), value);
        }
    }
    let seconds = SECONDS.iter().find_map(|name| number(&mut counts, name));
    // Through bytes, as usage of chats comes: one reader for all.
    let wire: WireUsage =
        serde_json::to_vec(&counts).ok().and_then(|text| serde_json::from_slice(&text).ok())?;
    Some(Usage { seconds, ..usage::read(wire) })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and no date comes near"
)]
fn whole(seconds: f64) -> u64 {
    seconds as u64
}
