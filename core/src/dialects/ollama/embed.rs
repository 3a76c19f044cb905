//! `POST /api/embed`.
//!
//! Facts: specs/ollama.json EmbedRequest and EmbedResponse,
//! recordings/ollama/langchaingo-ollamaclient-testclient-createembedding.json. The older `/api/embeddings`,
//! of one text, is superseded by it (docs.ollama.com/api/embed).

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::dialects::body::raw;
use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::Usage;
use crate::types::embeddings::{Embedding, Embeddings, EmbeddingsRequest, Vector};

pub(super) fn encode(request: &EmbeddingsRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut translator = Translator::new(context.unsupported);
    let Some(texts) = request.input.texts() else {
        return Err(Error::bad_request("input", "input: Ollama takes texts, and no token ids"));
    };
    for (name, given) in [("input_type", request.input_type.is_some()), ("user", request.user.is_some())] {
        if given {
            translator.unsupported(name, "Ollama has nothing like it")?;
        }
    }
    let input = match texts {
        [only] => json!(only),
        all => json!(all),
    };
    let mut body =
        Map::from_iter([("model".to_owned(), Value::from(context.model)), ("input".to_owned(), input)]);
    if let Some(dimensions) = request.dimensions {
        body.insert("dimensions".to_owned(), dimensions.into());
    }
    body.extend(request.extra.clone());
    Ok(EncodedRequest {
        path: "/api/embed".to_owned(),
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

pub(super) fn decode(request: &EmbeddingsRequest, body: &Bytes, model: &str) -> Result<Embeddings> {
    let value = raw(body);
    let read = |list: &Value| list.as_array()?.iter().map(Vector::floats).collect::<Option<Vec<_>>>();
    let vectors = value.get("embeddings").and_then(read);
    let (Some(vectors), Value::Object(mut fields)) = (vectors, value.clone()) else {
        let message = "the response has no embeddings";
        return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(value));
    };
    fields.shift_remove("embeddings");
    let model = match fields.shift_remove("model") {
        Some(Value::String(model)) if !model.is_empty() => model,
        _ => model.to_owned(),
    };
    let usage =
        fields.shift_remove("prompt_eval_count").and_then(|count| Some(Usage::of_input(count.as_u64()?)));
    Ok(Embeddings {
        data: vectors
            .into_iter()
            .zip(0..)
            .map(|(one, index)| {
                Embedding::new(index, one.in_form(request.encoding_format.unwrap_or_default()))
            })
            .collect(),
        model,
        usage,
        provider_fields: fields,
        ..Embeddings::default()
    })
}
