//! `generationConfig`: sampling, limits, and the form of the answer.

use serde_json::{Map, Value, json};

use crate::dialects::Translator;
use crate::error::{Error, Result};
use crate::types::chat::{ChatRequest, ResponseFormat};
use crate::types::trace::TranslationAction;

pub(super) fn encode(request: &ChatRequest, translator: &mut Translator) -> Result<Map<String, Value>> {
    let mut config = Map::new();
    let mut set = |name: &str, value: Value| {
        config.insert(name.to_owned(), value);
    };
    if let Some(temperature) = request.temperature {
        set("temperature", number("temperature", temperature)?);
    }
    if let Some(top_p) = request.top_p {
        set("topP", number("top_p", top_p)?);
    }
    if let Some(top_k) = request.top_k {
        set("topK", top_k.into());
    }
    if let Some(n) = request.n.filter(|n| *n != 1) {
        set("candidateCount", n.into());
    }
    match (request.max_completion_tokens, request.max_tokens) {
        (Some(one), Some(other)) if one != other => {
            return Err(Error::bad_request(
                "max_tokens",
                "max_tokens and max_completion_tokens differ; give one of the two",
            ));
        }
        (one, other) => {
            if let Some(most) = one.or(other) {
                set("maxOutputTokens", most.into());
            }
        }
    }
    if let Some(stop) = request.stop.as_ref().filter(|stop| !stop.texts().is_empty()) {
        set("stopSequences", stop.texts().into());
    }
    if let Some(seed) = request.seed {
        match i32::try_from(seed) {
            Ok(seed) => set("seed", seed.into()),
            Err(_) => translator.unsupported("seed", "Gemini takes a seed of 32 bits")?,
        }
    }
    // Not every model takes penalties; 0 asks for none.
    if let Some(penalty) = request.presence_penalty.filter(|penalty| *penalty != 0.0) {
        set("presencePenalty", number("presence_penalty", penalty)?);
    }
    if let Some(penalty) = request.frequency_penalty.filter(|penalty| *penalty != 0.0) {
        set("frequencyPenalty", number("frequency_penalty", penalty)?);
    }
    if request.logprobs == Some(true) {
        set("responseLogprobs", true.into());
        if let Some(top) = request.top_logprobs.filter(|top| *top > 0) {
            set("logprobs", top.into());
        }
    } else if request.top_logprobs.is_some_and(|top| top > 0) {
        return Err(Error::bad_request("top_logprobs", "top_logprobs needs logprobs=true"));
    }
    if let Some(modalities) = request.modalities.as_ref().filter(|modalities| *modalities != &["text"]) {
        let names: Vec<String> = modalities.iter().map(|modality| modality.to_ascii_uppercase()).collect();
        set("responseModalities", names.into());
    }
    if let Some(format) = &request.response_format {
        response_format(format, translator, &mut set)?;
    }
    if let Some(audio) = &request.audio {
        match &audio.voice {
            None => {}
            Some(Value::String(name)) => set(
                "speechConfig",
                json!({ "voiceConfig": { "prebuiltVoiceConfig": { "voiceName": name } } }),
            ),
            Some(_) => translator.unsupported("audio.voice", "Gemini takes a voice by its name")?,
        }
        // What the speech models answer with (ai.google.dev, speech generation).
        if audio.format.as_deref().is_some_and(|format| format != "pcm16") {
            translator.unsupported("audio.format", "Gemini answers with pcm16")?;
        }
        for key in audio.extra.keys() {
            translator
                .unsupported(format!("audio.{key}"), "Gemini has no such setting of an audio answer")?;
        }
    }
    Ok(config)
}

fn response_format(
    format: &ResponseFormat,
    translator: &mut Translator,
    set: &mut impl FnMut(&str, Value),
) -> Result<()> {
    match format {
        ResponseFormat::Text => {}
        ResponseFormat::JsonObject => set("responseMimeType", "application/json".into()),
        ResponseFormat::JsonSchema { json_schema } => {
            set("responseMimeType", "application/json".into());
            if let Some(schema) = &json_schema.schema {
                // Takes JSON Schema as it is, where `responseSchema` takes a subset of
                // OpenAPI's; both published requests have it. Always followed exactly,
                // so `strict` asks for nothing more; a name is of no use to it.
                set("responseJsonSchema", schema.clone());
            }
            if json_schema.description.is_some() {
                translator.note(
                    "response_format.json_schema.description",
                    TranslationAction::Dropped,
                    "Gemini takes a description inside the schema only",
                );
            }
            for key in json_schema.extra.keys() {
                let place = format!("response_format.json_schema.{key}");
                translator.unsupported(place, "Gemini takes a schema alone")?;
            }
        }
        ResponseFormat::Other(_) => {
            translator.unsupported("response_format", "allowed: text, json_object, json_schema")?;
        }
    }
    Ok(())
}

/// JSON has no infinity and no NaN: they would silently become `null`.
fn number(param: &str, value: f64) -> Result<Value> {
    serde_json::Number::from_f64(value)
        .map(Value::Number)
        .ok_or_else(|| Error::bad_request(param, format!("{param}: expected a finite number, got {value}")))
}
