//! Ranking of documents: `POST /rerank`, as Jina, Voyage, llama.cpp, vLLM and OpenRouter have it.
//!
//! OpenAI has none; services of its wire share this one, Jina's. Facts: Jina's and Voyage's
//! documentation (jina.ai/reranker, docs.voyageai.com/reference/reranker-api), specs/openrouter.json,
//! recorded traffic of Voyage and llama.cpp. Voyage's `data` is `results` elsewhere.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::embeddings::{missing, promised, read_usage, without};
use super::encode;
use super::reply::without_our_names;
use super::wire::{Scalar, non_empty};
use super::wire_usage::UsageField;
use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::rerank::{RerankDocument, RerankRequest, RerankResult, Reranking};

pub(super) fn encode(request: &RerankRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    let mut body = encode::body(request, context.model)?;
    // Those that are asked for are the request's: not every service knows the field.
    body.shift_remove("return_documents");
    // A text is a text everywhere; an object of one alone is not.
    let documents = request.documents.iter().map(|document| match document {
        RerankDocument::Fields(fields) if fields.len() != 1 => Value::Object(fields.clone()),
        other => other.text().map_or_else(|| Value::Object(other.fields()), Value::from),
    });
    body.insert("documents".to_owned(), documents.collect());
    encode::as_the_service_takes(&mut body, context.quirks, &mut translator)?;
    Ok(EncodedRequest {
        path: "/rerank".to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

#[derive(Deserialize)]
struct Wire {
    id: Option<Value>,
    #[serde(alias = "data")]
    results: Option<Vec<WireResult>>,
    model: Option<Scalar>,
    usage: Option<UsageField>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Deserialize)]
struct WireResult {
    index: Option<Scalar>,
    #[serde(alias = "score")]
    relevance_score: f64,
    document: Option<Value>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

pub(in crate::dialects) fn decode(request: &RerankRequest, body: &Bytes, model: &str) -> Result<Reranking> {
    let wire: Wire = promised("a ranking", body)?;
    let Some(results) = wire.results else { return Err(missing("results", body)) };
    let results = results.into_iter().map(|result| read(request, result)).collect::<Result<_>>()?;
    let mut reranking = Reranking {
        id: match wire.id {
            Some(Value::String(id)) => id,
            _ => String::new(),
        },
        results,
        model: non_empty(wire.model).unwrap_or_else(|| model.to_owned()),
        usage: read_usage(wire.usage),
        provider_fields: without_our_names(without(wire.extra, "object"), &["route", "request_id"]),
        ..Reranking::default()
    };
    // Not every service has them in order (llama.cpp does not).
    reranking.results.sort_by(|one, other| other.relevance_score.total_cmp(&one.relevance_score));
    Ok(reranking)
}

fn read(request: &RerankRequest, result: WireResult) -> Result<RerankResult> {
    let index = result.index.map(Scalar::into_seconds).and_then(|index| u64::try_from(index).ok());
    let asked = index.and_then(|index| request.documents.get(usize::try_from(index).ok()?));
    let (Some(index), Some(asked)) = (index, asked) else {
        let message = "a result is of no document of the request";
        return Err(Error::new(ErrorKind::ResponseDecode, message));
    };
    let document = match result.document {
        Some(Value::Object(fields)) => Some(fields),
        Some(Value::String(text)) => Some(RerankDocument::Text(text).fields()),
        _ => (request.return_documents == Some(true)).then(|| asked.fields()),
    };
    Ok(RerankResult {
        index,
        relevance_score: result.relevance_score,
        document,
        provider_fields: without_our_names(result.extra, &[]),
    })
}
