//! `POST /model/{id}/invoke`: each maker's own body, for what Converse has not.
//!
//! Facts: docs.aws.amazon.com/bedrock "Amazon Titan Embeddings Text" and "Cohere Embed" for the bodies
//! of vectors. Cohere's rankings have the body of its own API with a version in it (that it must be 2:
//! github.com/cohere-ai/cohere-python/issues/613); that Amazon's own ranker takes the same without a
//! version is unverified. Tokens are said in headers alone, save by Titan.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::dialects::cohere::Cohere;
use crate::dialects::path::segment;
use crate::dialects::{Dialect, EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::Usage;
use crate::types::embeddings::{Embedding, Embeddings, EmbeddingsInput, EmbeddingsRequest, Vector};
use crate::types::operation::Request;
use crate::types::rerank::RerankRequest;

/// Cohere's limit (docs.aws.amazon.com/bedrock "Cohere Embed": at most 96 texts); Titan takes one text.
pub(super) fn most_inputs(model: &str) -> Option<usize> {
    Some(if model.contains("cohere.embed") { 96 } else { 1 })
}

pub(super) fn embeddings(request: &EmbeddingsRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    if context.model.contains("cohere.") {
        let mut encoded = Cohere.encode_other(&Request::Embeddings(request.clone()), context)?;
        encoded.body.shift_remove("model");
        return placed(encoded, context);
    }
    let mut translator = Translator::new(context.unsupported);
    for (name, given) in [("input_type", request.input_type.is_some()), ("user", request.user.is_some())] {
        if given {
            translator.unsupported(name, "Titan has nothing like it")?;
        }
    }
    let text = match &request.input {
        EmbeddingsInput::Text(text) => text,
        EmbeddingsInput::Texts(texts) if texts.len() == 1 => texts.first().map_or("", String::as_str),
        _ => return Err(Error::bad_request("input", "input: Titan takes texts alone")),
    };
    let mut body = Map::from_iter([("inputText".to_owned(), Value::from(text))]);
    if let Some(dimensions) = request.dimensions {
        body.insert("dimensions".to_owned(), dimensions.into());
    }
    body.extend(request.extra.clone());
    let encoded = EncodedRequest { body, translation: translator.into_notes(), ..EncodedRequest::default() };
    placed(encoded, context)
}

pub(super) fn rerank(request: &RerankRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut encoded = Cohere.encode_other(&Request::Rerank(request.clone()), context)?;
    encoded.body.shift_remove("model");
    if context.model.contains("cohere.") {
        encoded.body.entry("api_version").or_insert_with(|| json!(2));
    }
    placed(encoded, context)
}

fn placed(mut encoded: EncodedRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    encoded.path = format!("/model/{}/invoke", segment(context.model, context.model)?);
    Ok(encoded)
}

/// Titan has one `embedding`; Cohere answers as its own API does.
pub(super) fn vectors(request: &EmbeddingsRequest, body: &Bytes, model: &str) -> Result<Embeddings> {
    let fields = serde_json::from_slice(body).unwrap_or_default();
    let Value::Object(mut fields) = fields else { return of_cohere(request, body, model) };
    let Some(vector) = fields.shift_remove("embedding").as_ref().and_then(Vector::floats) else {
        return of_cohere(request, body, model);
    };
    let usage =
        fields.shift_remove("inputTextTokenCount").and_then(|count| Some(Usage::of_input(count.as_u64()?)));
    let vector = vector.in_form(request.encoding_format.unwrap_or_default());
    Ok(Embeddings {
        data: vec![Embedding::new(0, vector)],
        model: model.to_owned(),
        usage,
        provider_fields: fields,
        ..Embeddings::default()
    })
}

fn of_cohere(request: &EmbeddingsRequest, body: &Bytes, model: &str) -> Result<Embeddings> {
    let answer = Cohere.decode_other(&Request::Embeddings(request.clone()), body, model)?;
    let wrong = || Error::new(ErrorKind::Internal, "embeddings were answered with something else");
    answer.into_embeddings().ok_or_else(wrong)
}
