//! Embeddings: `POST /embeddings`, OpenAI's and that of most services.
//!
//! Facts: OpenAI's published schema `CreateEmbeddingRequest`; recorded replies of OpenAI, Azure,
//! Copilot and Voyage.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::encode;
use super::reply::without_our_names;
use super::wire::{Scalar, non_empty};
use super::wire_usage::UsageField;
use super::{error, usage};
use crate::dialects::{EncodeContext, EncodedRequest, Translator, body as json_body};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::Usage;
use crate::types::embeddings::{Embedding, Embeddings, EmbeddingsRequest, EncodingFormat, Vector};

pub(super) fn encode(request: &EmbeddingsRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let quirks = context.quirks;
    let mut translator = Translator::new(context.unsupported);
    let mut body = encode::body(request, context.model)?;
    if let Some(word) = request.input_type.as_deref().and_then(|word| quirks.input_types.get(word)) {
        body.insert("input_type".to_owned(), word.as_str().into());
    }
    if wants_numbers(request) && quirks.base64_vectors {
        body.insert("encoding_format".to_owned(), "base64".into());
    }
    encode::as_the_service_takes(&mut body, quirks, &mut translator)?;
    Ok(EncodedRequest {
        path: "/embeddings".to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// Whether vectors are to be numbers, of 32 bits: what has other fields may ask for another form.
fn wants_numbers(request: &EmbeddingsRequest) -> bool {
    request.encoding_format.unwrap_or_default() == EncodingFormat::Float && request.extra.is_empty()
}

#[derive(Deserialize)]
struct Wire {
    data: Option<Vec<WireEmbedding>>,
    model: Option<Scalar>,
    usage: Option<UsageField>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Deserialize)]
struct WireEmbedding {
    index: Option<Scalar>,
    embedding: Vector,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

pub(super) fn decode(request: &EmbeddingsRequest, body: &Bytes, model: &str) -> Result<Embeddings> {
    let wire: Wire = promised("embeddings", body)?;
    let Some(mut data) = wire.data else {
        return Err(missing("data", body));
    };
    let place = |one: &WireEmbedding, place: u64| match &one.index {
        Some(index) => u64::try_from(index.clone().into_seconds()).unwrap_or(place),
        None => place,
    };
    let count = data.len();
    let mut data: Vec<Embedding> = data
        .drain(..)
        .zip(0..)
        .map(|(one, at)| {
            let index = place(&one, at);
            let vector = in_form(request, one.embedding);
            let provider_fields = without_our_names(without(one.extra, "object"), &[]);
            Embedding { provider_fields, ..Embedding::new(index, vector) }
        })
        .collect();
    data.sort_by_key(|one| one.index);
    if data.iter().zip(0..).any(|(one, at)| one.index != at) {
        let message = format!("the {count} vectors are not numbered from 0 on");
        return Err(Error::new(ErrorKind::ResponseDecode, message));
    }
    Ok(Embeddings {
        data,
        model: non_empty(wire.model).unwrap_or_else(|| model.to_owned()),
        usage: read_usage(wire.usage),
        provider_fields: without_our_names(without(wire.extra, "object"), &["route", "request_id"]),
        ..Embeddings::default()
    })
}

/// A vector in the form that was asked for.
fn in_form(request: &EmbeddingsRequest, vector: Vector) -> Vector {
    match (&vector, request.encoding_format.unwrap_or_default()) {
        (Vector::Base64(text), EncodingFormat::Float) if wants_numbers(request) => {
            Vector::decoded(text).unwrap_or(vector)
        }
        (Vector::Floats(_), EncodingFormat::Base64) => Vector::Base64(vector.encoded()),
        _ => vector,
    }
}

/// Usage where all tokens are input; some services say only the sum.
pub(super) fn read_usage(field: Option<UsageField>) -> Option<Usage> {
    let Some(UsageField::Object(wire)) = field else { return None };
    let mut usage = usage::read(*wire);
    if usage.prompt_tokens == 0 && usage.completion_tokens == 0 {
        usage.prompt_tokens = usage.total_tokens;
    }
    Some(usage)
}

pub(super) fn without(mut fields: Map<String, Value>, name: &str) -> Map<String, Value> {
    fields.shift_remove(name);
    fields
}

/// The error of a body that has not what it must have: what it says, if it says an error.
pub(super) fn missing(name: &str, body: &Bytes) -> Error {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    error::in_band(&value).unwrap_or_else(|| {
        Error::new(ErrorKind::ResponseDecode, format!("the response has no `{name}`")).with_body(value)
    })
}

/// Reads a body that is to be `what`; the error that it says, if it says one.
pub(super) fn promised<'a, T: Deserialize<'a>>(what: &str, data: &'a [u8]) -> Result<T> {
    let misread = format!("the response is not what was promised of {what}");
    json_body::read(data, &misread)
        .map_err(|error| error.body.as_ref().and_then(error::in_band).unwrap_or(error))
}
