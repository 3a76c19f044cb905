//! Token counts of the wire in canonical terms.
//!
//! Recorded totals show what adds up: `totalTokenCount` = `promptTokenCount` +
//! `toolUsePromptTokenCount` + `candidatesTokenCount` + `thoughtsTokenCount`;
//! `cachedContentTokenCount` is part of `promptTokenCount` (published schema).

use serde_json::{Map, Value};

use super::wire::{ModalityCount, UsageMetadata};
use crate::types::chat::{CompletionTokensDetails, PromptTokensDetails, Usage};

/// Each piece of a stream tells all counts so far, so a later one replaces an
/// earlier one as a whole: in a recorded answer with a tool of the service's own
/// the counts start again with each step, and a mixture would add up to nothing.
/// A piece without any count (Vertex AI tells only `trafficType`) adds its fields.
pub(super) fn update(sum: &mut Option<UsageMetadata>, mut newer: UsageMetadata) {
    if let Some(known) = sum.take() {
        if counts(&newer).iter().all(Option::is_none) && counts(&known).iter().any(Option::is_some) {
            let rest = std::mem::replace(&mut newer, known).rest;
            newer.rest.extend(rest);
        } else {
            for (key, value) in known.rest {
                newer.rest.entry(key).or_insert(value);
            }
        }
    }
    *sum = Some(newer);
}

fn counts(wire: &UsageMetadata) -> [Option<u64>; 6] {
    [wire.prompt, wire.tool_use_prompt, wire.candidates, wire.response, wire.thoughts, wire.total]
}

/// `None` where the service gave no count at all.
pub(super) fn usage(wire: &UsageMetadata) -> Option<Usage> {
    // The Live API's models say `response…` instead of `candidates…` (published schema).
    let candidates = wire.candidates.or(wire.response);
    if counts(wire).iter().all(Option::is_none) {
        return None;
    }
    let prompt_tokens = wire.prompt.unwrap_or(0).saturating_add(wire.tool_use_prompt.unwrap_or(0));
    let completion_tokens = candidates.unwrap_or(0).saturating_add(wire.thoughts.unwrap_or(0));
    let prompt_counts = wire.prompt_details.iter().chain(&wire.tool_use_details).flatten();
    let (modalities, provider_fields) = by_modality(prompt_counts);
    let prompt = PromptTokensDetails {
        cached_tokens: wire.cached,
        cache_write_tokens: None,
        audio_tokens: modalities.audio,
        image_tokens: modalities.image,
        text_tokens: modalities.text,
        video_tokens: modalities.video,
        provider_fields,
    };
    let completion_counts = wire.candidates_details.as_ref().or(wire.response_details.as_ref());
    let (modalities, mut provider_fields) = by_modality(completion_counts.into_iter().flatten());
    if let Some(video) = modalities.video {
        provider_fields.insert("video_tokens".to_owned(), video.into());
    }
    let completion = CompletionTokensDetails {
        reasoning_tokens: wire.thoughts,
        audio_tokens: modalities.audio,
        image_tokens: modalities.image,
        text_tokens: modalities.text,
        provider_fields,
        ..CompletionTokensDetails::default()
    };
    let mut rest = wire.rest.clone();
    if let Some(tokens) = wire.tool_use_prompt {
        rest.insert("toolUsePromptTokenCount".to_owned(), tokens.into());
    }
    Some(Usage {
        prompt_tokens,
        completion_tokens,
        total_tokens: wire.total.unwrap_or(prompt_tokens.saturating_add(completion_tokens)),
        prompt_tokens_details: (prompt != PromptTokensDetails::default()).then_some(prompt),
        completion_tokens_details: (completion != CompletionTokensDetails::default()).then_some(completion),
        estimated: false,
        seconds: None,
        provider_fields: rest,
    })
}

#[derive(Default)]
struct Modalities {
    text: Option<u64>,
    image: Option<u64>,
    audio: Option<u64>,
    video: Option<u64>,
}

/// Counts of the modalities that canonical usage names, and of the others as `<modality>_tokens`.
fn by_modality<'a>(counts: impl Iterator<Item = &'a ModalityCount>) -> (Modalities, Map<String, Value>) {
    let mut known = Modalities::default();
    let mut others = Map::new();
    for entry in counts {
        let count = entry.count.unwrap_or(0);
        let modality = match &entry.modality {
            Some(Value::String(name)) => name.to_ascii_lowercase(),
            Some(other) => other.to_string(),
            None => "unspecified".to_owned(),
        };
        let slot = match modality.as_str() {
            "text" => &mut known.text,
            "image" => &mut known.image,
            "audio" => &mut known.audio,
            "video" => &mut known.video,
            other => {
                let key = format!("{other}_tokens");
                let before = others.get(&key).and_then(Value::as_u64).unwrap_or(0);
                others.insert(key, before.saturating_add(count).into());
                continue;
            }
        };
        *slot = Some(slot.unwrap_or(0).saturating_add(count));
    }
    (known, others)
}
