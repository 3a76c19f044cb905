//! `POST /rerank`.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::dialects::openai::decode_ranking;
use crate::dialects::{EncodeContext, EncodedRequest};
use crate::error::{Error, Result};
use crate::types::rerank::{RerankDocument, RerankRequest, Reranking};

pub(super) fn encode(request: &RerankRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut body = Map::from_iter([
        ("model".to_owned(), Value::from(context.model)),
        ("query".to_owned(), Value::from(request.query.as_str())),
    ]);
    let mut documents = Vec::with_capacity(request.documents.len());
    for (index, document) in request.documents.iter().enumerate() {
        match (document, document.text()) {
            (RerankDocument::Fields(fields), Some(text)) if fields.len() == 1 => documents.push(text),
            (RerankDocument::Text(text), _) => documents.push(text),
            _ => {
                let place = format!("documents[{index}]");
                let message = format!("{place}: Cohere ranks texts; write the document's fields into one");
                return Err(Error::bad_request(place, message));
            }
        }
    }
    body.insert("documents".to_owned(), json!(documents));
    if let Some(top_n) = request.top_n {
        body.insert("top_n".to_owned(), top_n.into());
    }
    body.extend(request.extra.clone());
    Ok(EncodedRequest { path: "/rerank".to_owned(), body, ..EncodedRequest::default() })
}

/// The reply has the shape that services of OpenAI's wire took over, but for what was billed.
/// It has no documents in v2; those asked for are the request's.
pub(super) fn decode(request: &RerankRequest, body: &Bytes, model: &str) -> Result<Reranking> {
    let mut reranking = decode_ranking(request, body, model)?;
    reranking.usage = super::usage(reranking.provider_fields.get("meta"));
    Ok(reranking)
}
