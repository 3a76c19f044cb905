//! Citations of an answer in the common shape.

use serde_json::{Map, Value, json};

use crate::types::chat::{Annotation, UrlCitation};

/// A citation of the text that spans `start..end` of the content.
pub(super) fn annotation(citation: &Value, start: u64, end: u64) -> Annotation {
    let web = citation.get("location").and_then(|location| location.get("web"));
    let Some(url) = web.and_then(|web| web.get("url")).and_then(Value::as_str) else {
        let mut fields = Map::new();
        fields.insert("start_index".to_owned(), json!(start));
        fields.insert("end_index".to_owned(), json!(end));
        fields.insert("citation".to_owned(), citation.clone());
        return Annotation {
            annotation_type: "document_citation".to_owned(),
            url_citation: None,
            provider_fields: fields,
        };
    };
    let url = url.to_owned();
    let mut native = citation.as_object().cloned().unwrap_or_default();
    let title = native.get("title").and_then(Value::as_str).map(str::to_owned);
    if title.is_some() {
        native.shift_remove("title");
    }
    if let Some(Value::Object(web)) = native.get_mut("location").and_then(|location| location.get_mut("web"))
    {
        web.shift_remove("url");
    }
    Annotation {
        annotation_type: "url_citation".to_owned(),
        url_citation: Some(UrlCitation {
            start_index: Some(start),
            end_index: Some(end),
            title,
            url: Some(url),
            provider_fields: native,
        }),
        provider_fields: Map::new(),
    }
}
