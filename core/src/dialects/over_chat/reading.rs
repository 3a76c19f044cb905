//! What both surfaces read of a chat's chunks.

use serde_json::{Map, Value};

use crate::types::chat::Annotation;

/// A text that says something.
pub(in crate::dialects) fn said(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// A citation with its fields on one level: a chat has those of a URL one further in.
pub(in crate::dialects) fn citation(annotation: &Annotation) -> Map<String, Value> {
    let mut fields = Map::from_iter([("type".to_owned(), annotation.annotation_type.as_str().into())]);
    if let Some(Value::Object(citation)) =
        annotation.url_citation.as_ref().and_then(|citation| serde_json::to_value(citation).ok())
    {
        fields.extend(citation);
    }
    fields.extend(annotation.provider_fields.clone());
    fields
}
