//! Images, audio and moderation, as OpenAI answers them (specs/openai.json ImagesResponse,
//! CreateTranscriptionResponseVerboseJson, CreateModerationResponse; recorded `/audio/speech`).

use serde_json::{Value, json};

use super::super::incoming::{Incoming, Operation};
use super::super::reply::{Reply, count_words};

/// The smallest image: PNG of one pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// 2024-01-01, the time that a mock's answers have.
const CREATED: u64 = 1_704_067_200;
/// A mock speaks two words a second.
const SECONDS_PER_WORD: f64 = 0.5;

/// The answer and its type, if this is what is asked for.
pub(in super::super) fn answer(incoming: &Incoming, reply: &Reply) -> Option<(&'static str, Vec<u8>)> {
    let json = |body: Value| ("application/json", body.to_string().into_bytes());
    let body = incoming.body.as_ref()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    Some(match incoming.operation {
        Operation::Images => json(images(body, reply)),
        Operation::Speech => {
            let of = match text("response_format").unwrap_or("mp3") {
                "wav" => "audio/wav",
                "flac" => "audio/flac",
                "aac" => "audio/aac",
                "opus" => "audio/opus",
                "pcm" => "audio/pcm",
                _ => "audio/mpeg",
            };
            // What is heard, as bytes: a test can tell what was said.
            let said = reply.content.as_deref().or(text("input")).unwrap_or_default();
            (of, said.as_bytes().to_vec())
        }
        Operation::Transcription => transcription(body, reply, json),
        Operation::Moderation => json(moderation(incoming, body, reply)),
        _ => return None,
    })
}

fn images(body: &Value, reply: &Reply) -> Value {
    // Of a form it is a text.
    let of = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let count = body.get("n").and_then(of).unwrap_or(1).clamp(1, 10);
    let prompt = body.get("prompt").and_then(Value::as_str).unwrap_or_default();
    let wants_url = body.get("response_format").and_then(Value::as_str) == Some("url");
    let data: Vec<Value> = (0..count)
        .map(|number| match wants_url {
            true => json!({ "url": format!("https://mock.invalid/{number}.png"), "revised_prompt": prompt }),
            false => json!({ "b64_json": PIXEL }),
        })
        .collect();
    let mut said = json!({ "created": reply.created.unwrap_or(CREATED), "data": data });
    if !reply.omit_usage {
        let input = reply.usage.map_or_else(|| count_words(prompt), |usage| usage.prompt_tokens);
        let output = reply.usage.map_or(count, |usage| usage.completion_tokens);
        said["usage"] = json!({
            "input_tokens": input,
            "input_tokens_details": { "text_tokens": input, "image_tokens": 0 },
            "output_tokens": output,
            "output_tokens_details": { "text_tokens": 0, "image_tokens": output },
            "total_tokens": input + output,
        });
    }
    said
}

fn transcription(
    body: &Value,
    reply: &Reply,
    json: impl Fn(Value) -> (&'static str, Vec<u8>),
) -> (&'static str, Vec<u8>) {
    let said = reply.content.as_deref().unwrap_or("This is what was said.");
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let words: Vec<&str> = said.split_whitespace().collect();
    #[allow(clippy::cast_precision_loss, reason = "a few words")]
    let at = |count: usize| count as f64 * SECONDS_PER_WORD;
    let duration = at(words.len());
    let time = |mark: char| format!("00:00:00{mark}000 --> 00:00:{:02}{mark}000", duration.ceil());
    match text("response_format").unwrap_or("json") {
        "text" => ("text/plain", format!("{said}\n").into_bytes()),
        "srt" => ("text/plain", format!("1\n{}\n{said}\n\n", time(',')).into_bytes()),
        "vtt" => ("text/plain", format!("WEBVTT\n\n{}\n{said}\n\n", time('.')).into_bytes()),
        "verbose_json" => {
            let timed = |(place, word): (usize, &&str)| json!({ "word": word, "start": at(place), "end": at(place + 1) });
            json(json!({
                "task": "transcribe",
                "language": text("language").unwrap_or("english"),
                "duration": duration,
                "text": said,
                "words": words.iter().enumerate().map(timed).collect::<Vec<_>>(),
                "segments": [{ "id": 0, "start": 0.0, "end": duration, "text": said }],
                "usage": { "type": "duration", "seconds": duration.ceil() },
            }))
        }
        _ => {
            let mut answer = json!({ "text": said });
            if !reply.omit_usage {
                let input = reply.usage.map_or(words.len() as u64 * 10, |usage| usage.prompt_tokens);
                let output = reply.usage.map_or(words.len() as u64, |usage| usage.completion_tokens);
                answer["usage"] = json!({
                    "type": "tokens",
                    "input_tokens": input,
                    "input_token_details": { "text_tokens": 0, "audio_tokens": input },
                    "output_tokens": output,
                    "total_tokens": input + output,
                });
            }
            json(answer)
        }
    }
}

/// Whatever says `violence` is.
fn moderation(incoming: &Incoming, body: &Value, reply: &Reply) -> Value {
    let one = |input: &Value| {
        let violent = input.to_string().contains("violence");
        let score = if violent { 0.9 } else { 0.01 };
        json!({
            "flagged": violent,
            "categories": { "violence": violent, "hate": false },
            "category_scores": { "violence": score, "hate": 0.01 },
        })
    };
    let results: Vec<Value> = match body.get("input") {
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => items.iter().map(one).collect(),
        input => vec![one(input.unwrap_or(&Value::Null))],
    };
    json!({
        "id": format!("modr-{}", super::super::answer::NUMBER_MARK),
        "model": reply.model.as_deref().or(incoming.model.as_deref()).unwrap_or("mock-model"),
        "results": results,
    })
}
