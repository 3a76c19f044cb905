//! `POST /embed`.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::dialects::body::read;
use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::embeddings::{
    Embedding, Embeddings, EmbeddingsInput, EmbeddingsRequest, EncodingFormat, Vector,
};
use crate::types::trace::TranslationAction;

/// Our words, and Cohere's.
const INPUT_TYPES: [(&str, &str); 2] = [("query", "search_query"), ("document", "search_document")];

pub(super) fn encode(request: &EmbeddingsRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    let mut body = Map::from_iter([("model".to_owned(), Value::from(context.model))]);
    match &request.input {
        EmbeddingsInput::Items(items) => body.insert("inputs".to_owned(), json!(items)),
        other => match other.texts() {
            Some(texts) => body.insert("texts".to_owned(), json!(texts)),
            None => return Err(Error::bad_request("input", "input: Cohere takes texts, and no token ids")),
        },
    };
    let input_type = match request.input_type.as_deref() {
        Some(word) => INPUT_TYPES.iter().find(|(ours, _)| *ours == word).map_or(word, |(_, theirs)| theirs),
        // Required there (specs/cohere.json).
        None => {
            let detail = "Cohere asks what texts are for; `search_document` is assumed";
            translator.note("input_type", TranslationAction::Added, detail);
            "search_document"
        }
    };
    body.insert("input_type".to_owned(), input_type.into());
    body.insert("embedding_types".to_owned(), json!([form(request)]));
    if let Some(dimensions) = request.dimensions {
        body.insert("output_dimension".to_owned(), dimensions.into());
    }
    if request.user.is_some() {
        translator.unsupported("user", "Cohere takes no id of the end user")?;
    }
    body.extend(request.extra.clone());
    Ok(EncodedRequest {
        path: "/embed".to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// The type of vectors to read: the caller's own choice of Cohere's types, else ours.
fn form(request: &EmbeddingsRequest) -> &str {
    let chosen = request.extra.get("embedding_types").and_then(Value::as_array);
    match (chosen.and_then(|types| types.first()).and_then(Value::as_str), request.encoding_format) {
        (Some(chosen), _) => chosen,
        (None, Some(EncodingFormat::Base64)) => "base64",
        (None, _) => "float",
    }
}

#[derive(Deserialize)]
struct Wire {
    embeddings: WireVectors,
    meta: Option<Value>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Deserialize)]
struct WireVectors {
    float: Option<Vec<Vector>>,
    base64: Option<Vec<Vector>>,
    /// Quantised: `int8`, `uint8`, `binary`, `ubinary`.
    #[serde(flatten)]
    other: Map<String, Value>,
}

pub(super) fn decode(request: &EmbeddingsRequest, body: &Bytes, model: &str) -> Result<Embeddings> {
    let wire: Wire = read(body, "the response is not what embed promises")?;
    let (form, mut others) = (form(request), wire.embeddings.other);
    let chosen = match form {
        "float" => wire.embeddings.float,
        "base64" => wire.embeddings.base64,
        other => others.shift_remove(other).and_then(|vectors| serde_json::from_value(vectors).ok()),
    };
    let Some(vectors) = chosen else {
        let message = format!("the response has no embeddings of type `{form}`");
        return Err(Error::new(ErrorKind::ResponseDecode, message));
    };
    let mut provider_fields = wire.extra;
    // The texts that were sent, maybe in lower case: they say nothing new.
    provider_fields.shift_remove("texts");
    if !others.is_empty() {
        provider_fields.insert("embeddings".to_owned(), others.into());
    }
    let usage = super::usage(wire.meta.as_ref());
    if let Some(meta) = wire.meta {
        provider_fields.insert("meta".to_owned(), meta);
    }
    Ok(Embeddings {
        data: vectors.into_iter().zip(0..).map(|(vector, index)| Embedding::new(index, vector)).collect(),
        model: model.to_owned(),
        usage,
        provider_fields,
        ..Embeddings::default()
    })
}
