//! Embeddings and rankings, on every wire that has them.
//!
//! The shapes are those of recorded replies of OpenAI, Voyage, Gemini and Cohere. A text's vector
//! depends on the text alone, and its relevance is the share of the question's words that it has:
//! two runs of a test see equal numbers, and like texts are near each other.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::incoming::Incoming;
use super::super::reply::{Reply, count_words};

/// Numbers of a vector where the request does not say how many.
const DIMENSIONS: usize = 8;

/// The reply to a request for embeddings.
pub(in super::super) fn embeddings(incoming: &Incoming, reply: &Reply) -> Value {
    let body = incoming.body.clone().unwrap_or_default();
    let model = reply.model.as_deref().or(incoming.model.as_deref()).unwrap_or("mock-model");
    if incoming.path.contains(":embedContent") || incoming.path.contains(":batchEmbedContents") {
        return of_gemini(&body, reply);
    }
    let inputs = inputs(body.get("input").or_else(|| body.get("texts")));
    let counted = inputs.iter().map(|text| count_words(text)).sum();
    let tokens = reply.usage.map_or(counted, |usage| usage.prompt_tokens);
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    let dimensions = number("dimensions").or_else(|| number("output_dimension"));
    let vectors = inputs.iter().map(|text| vector(text, dimensions));
    if body.get("texts").is_some() {
        let form = body.get("embedding_types").and_then(|types| types.get(0)).and_then(Value::as_str);
        let form = form.unwrap_or("float");
        let vectors: Vec<Value> = vectors.map(|vector| written(&vector, form == "base64")).collect();
        let mut said = json!({
            "id": format!("mock-{}", super::super::answer::NUMBER_MARK),
            "embeddings": {form: vectors},
            "texts": inputs,
            "meta": {"api_version": {"version": "2"}},
            "response_type": "embeddings_by_type",
        });
        if !reply.omit_usage {
            said["meta"]["billed_units"] = json!({"input_tokens": tokens});
        }
        return said;
    }
    if incoming.path.ends_with("/api/embed") {
        let vectors: Vec<Value> = vectors.map(|vector| written(&vector, false)).collect();
        let mut said = json!({"model": model, "embeddings": vectors, "total_duration": 1});
        if !reply.omit_usage {
            said["prompt_eval_count"] = json!(tokens);
        }
        return said;
    }
    let coded = body.get("encoding_format").and_then(Value::as_str) == Some("base64");
    let data: Vec<Value> = vectors
        .zip(0..)
        .map(|(vector, index)| {
            json!({"object": "embedding", "index": index, "embedding": written(&vector, coded)})
        })
        .collect();
    let mut said = json!({"object": "list", "data": data, "model": model});
    if !reply.omit_usage {
        said["usage"] = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    }
    said
}

fn of_gemini(body: &Value, reply: &Reply) -> Value {
    let one = |request: &Value| {
        let parts = request.pointer("/content/parts").and_then(Value::as_array);
        let texts = parts.into_iter().flatten().filter_map(|part| part.get("text")?.as_str());
        let text = texts.collect::<Vec<_>>().join(" ");
        let dimensions = request.get("outputDimensionality").and_then(Value::as_u64);
        (count_words(&text), json!({"values": vector(&text, dimensions)}))
    };
    let (mut said, counted) = match body.get("requests").and_then(Value::as_array) {
        Some(requests) => {
            let (counts, vectors): (Vec<u64>, Vec<Value>) = requests.iter().map(one).unzip();
            (json!({"embeddings": vectors}), counts.iter().sum())
        }
        None => {
            let (count, vector) = one(body);
            (json!({"embedding": vector}), count)
        }
    };
    if !reply.omit_usage {
        let tokens = reply.usage.map_or(counted, |usage| usage.prompt_tokens);
        said["usageMetadata"] = json!({"promptTokenCount": tokens});
    }
    said
}

/// The reply to a request to rank documents: with what Jina's form has and what Cohere's has.
pub(in super::super) fn rerank(incoming: &Incoming, reply: &Reply) -> Value {
    let body = incoming.body.clone().unwrap_or_default();
    let model = reply.model.as_deref().or(incoming.model.as_deref()).unwrap_or("mock-model");
    let query = body.get("query").and_then(Value::as_str).unwrap_or_default();
    let documents: Vec<&str> = body
        .get("documents")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|document| document.as_str().or_else(|| document.get("text")?.as_str()).unwrap_or_default())
        .collect();
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|character: char| !character.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let asked = words(query);
    let relevance = |text: &str| {
        let shared = words(text).intersection(&asked).count();
        #[allow(clippy::cast_precision_loss, reason = "a few words")]
        let share = shared as f64 / asked.len().max(1) as f64;
        share
    };
    let mut ranked: Vec<(usize, f64)> = documents.iter().map(|text| relevance(text)).enumerate().collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    let most = ["top_n", "top_k"].iter().find_map(|name| body.get(*name)?.as_u64());
    ranked.truncate(most.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX)));
    let shows = body.get("return_documents").and_then(Value::as_bool) == Some(true);
    let results: Vec<Value> = ranked
        .into_iter()
        .map(|(index, score)| {
            let mut result = json!({"index": index, "relevance_score": score});
            if shows {
                result["document"] = json!({"text": documents.get(index)});
            }
            result
        })
        .collect();
    let mut said = json!({
        "id": format!("mock-{}", super::super::answer::NUMBER_MARK),
        "model": model,
        "results": results,
        "meta": {"billed_units": {"search_units": 1}},
    });
    if !reply.omit_usage {
        let counted = documents.iter().map(|text| count_words(query) + count_words(text)).sum();
        let tokens = reply.usage.map_or(counted, |usage| usage.prompt_tokens);
        said["usage"] = json!({"total_tokens": tokens});
    }
    said
}

/// Cohere's list of models (specs/cohere.json GetModelResponse).
pub(in super::super) fn models(models: &[String]) -> Value {
    let row = |model: &String| json!({"name": model, "endpoints": ["embed", "rerank"], "finetuned": false});
    json!({"models": models.iter().map(row).collect::<Vec<_>>()})
}

/// Ollama's list of models (recordings/ollama/rig-models-list-models-smoke.json).
pub(in super::super) fn tags(models: &[String]) -> Value {
    let row = |model: &String| json!({"name": model, "model": model, "size": 1, "digest": "mock"});
    json!({"models": models.iter().map(row).collect::<Vec<_>>()})
}

/// The texts of an input; token ids as text.
fn inputs(input: Option<&Value>) -> Vec<String> {
    let text = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    match input {
        Some(Value::Array(items)) if !items.iter().all(Value::is_number) => items.iter().map(text).collect(),
        Some(other) => vec![text(other)],
        None => Vec::new(),
    }
}

/// A vector of length 1 with one number for each word, at a place that the word's letters say.
#[allow(clippy::cast_precision_loss, reason = "a few words")]
fn vector(text: &str, dimensions: Option<u64>) -> Vec<f32> {
    let count = dimensions.and_then(|count| usize::try_from(count).ok()).unwrap_or(DIMENSIONS).clamp(1, 8192);
    let mut counts = vec![0_u32; count];
    for word in text.split_whitespace() {
        let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
        });
        if let Some(place) = counts.get_mut((hash % count as u64) as usize) {
            *place += 1;
        }
    }
    let length = counts.iter().map(|count| (count * count) as f32).sum::<f32>().sqrt().max(1.0);
    counts.into_iter().map(|count| count as f32 / length).collect()
}

fn written(vector: &[f32], coded: bool) -> Value {
    if !coded {
        return json!(vector);
    }
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    STANDARD.encode(bytes).into()
}
