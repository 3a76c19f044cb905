//! Embeddings: `embedContent` of one text, `batchEmbedContents` of several.
//!
//! `taskType` and `outputDimensionality` stand where recorded requests have them; the schema of
//! 2026-08 calls that place deprecated in favour of `embedContentConfig`, which older models were not
//! seen to take.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::decode::not_promised;
use super::encode::model_path;
use crate::dialects::body::raw;
use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::Usage;
use crate::types::embeddings::{Embedding, Embeddings, EmbeddingsInput, EmbeddingsRequest, Vector};

pub(super) fn encode(request: &EmbeddingsRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    if request.user.is_some() {
        translator.unsupported("user", "Gemini takes no id of the end user")?;
    }
    let path = model_path(context.model)?;
    let of_one = |content: Value| {
        let mut fields = Map::from_iter([("content".to_owned(), content)]);
        if let Some(word) = &request.input_type {
            fields.insert("taskType".to_owned(), task_type(word).into());
        }
        if let Some(dimensions) = request.dimensions {
            fields.insert("outputDimensionality".to_owned(), dimensions.into());
        }
        fields.extend(request.extra.clone());
        fields
    };
    let mut all: Vec<Map<String, Value>> = match &request.input {
        // Contents of Gemini's own, with parts of any kind.
        EmbeddingsInput::Items(items) => {
            items.iter().map(|content| of_one(Value::Object(content.clone()))).collect()
        }
        other => {
            let Some(texts) = other.texts() else {
                return Err(Error::bad_request("input", "input: Gemini takes texts, and no token ids"));
            };
            texts.iter().map(|text| of_one(json!({"parts": [{"text": text}]}))).collect()
        }
    };
    let (method, body) = match (all.len(), all.pop()) {
        (1, Some(only)) => ("embedContent", only),
        (_, last) => {
            all.extend(last);
            // Each names the model, as the service has it.
            let model = path.trim_start_matches('/');
            all.iter_mut().for_each(|one| {
                one.insert("model".to_owned(), model.into());
            });
            ("batchEmbedContents", Map::from_iter([("requests".to_owned(), json!(all))]))
        }
    };
    Ok(EncodedRequest {
        path: format!("{path}:{method}"),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// Our words in Gemini's; another is taken to be Gemini's own, in any case.
fn task_type(word: &str) -> String {
    match word {
        "query" => "RETRIEVAL_QUERY".to_owned(),
        "document" => "RETRIEVAL_DOCUMENT".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    embedding: Option<WireVector>,
    embeddings: Option<Vec<WireVector>>,
    usage_metadata: Option<WireUsage>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Deserialize)]
struct WireVector {
    values: Vector,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUsage {
    prompt_token_count: Option<u64>,
    total_token_count: Option<u64>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

pub(super) fn decode(request: &EmbeddingsRequest, body: &Bytes, model: &str) -> Result<Embeddings> {
    let wire: Wire = serde_json::from_slice(body).map_err(|error| not_promised(body, &error))?;
    let Some(vectors) = wire.embeddings.or_else(|| Some(vec![wire.embedding?])) else {
        let message = "the response has no embeddings";
        return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(raw(body)));
    };
    let read = |(one, index): (WireVector, u64)| {
        let vector = one.values.in_form(request.encoding_format.unwrap_or_default());
        Embedding { provider_fields: one.extra, ..Embedding::new(index, vector) }
    };
    Ok(Embeddings {
        data: vectors.into_iter().zip(0..).map(read).collect(),
        model: model.to_owned(),
        usage: wire.usage_metadata.and_then(read_usage),
        provider_fields: wire.extra,
        ..Embeddings::default()
    })
}

fn read_usage(wire: WireUsage) -> Option<Usage> {
    let prompt_tokens = wire.prompt_token_count.or(wire.total_token_count)?;
    Some(Usage {
        prompt_tokens,
        total_tokens: wire.total_token_count.unwrap_or(prompt_tokens),
        provider_fields: wire.extra,
        ..Usage::default()
    })
}
