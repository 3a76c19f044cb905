//! Grounding and citations of an answer as annotations.
//!
//! The wire counts bytes; annotations count characters of the joined text.

use serde_json::{Map, Value};

use super::wire::{Part, is_thought, part_text};
use crate::types::chat::{Annotation, UrlCitation};

/// Adds the metadata of a later piece.
///
/// A piece tells only the chunks that earlier ones did not (published schema),
/// while indices count all of them. A list that repeats what is known replaces it.
pub(super) fn merge_metadata(sum: &mut Map<String, Value>, newer: Map<String, Value>) {
    for (key, value) in newer {
        match (sum.get_mut(&key), value) {
            (Some(Value::Array(known)), Value::Array(more)) if !more.starts_with(known) => known.extend(more),
            (_, value) => {
                sum.insert(key, value);
            }
        }
    }
}

/// The annotations of an answer of these parts.
pub(super) fn annotations(
    parts: &[Part],
    grounding: &Map<String, Value>,
    citations: &Map<String, Value>,
) -> Vec<Annotation> {
    let text = AnswerText::new(parts);
    let empty = Vec::new();
    let list = |map: &Map<String, Value>, key: &str| map.get(key).and_then(Value::as_array).cloned();
    let chunks = list(grounding, "groundingChunks").unwrap_or_default();
    let mut annotations = Vec::new();
    for support in grounding.get("groundingSupports").and_then(Value::as_array).unwrap_or(&empty) {
        let span = support.get("segment").and_then(|segment| text.span(segment));
        let indices = support.get("groundingChunkIndices").and_then(Value::as_array).unwrap_or(&empty);
        for index in indices.iter().filter_map(Value::as_u64) {
            if let Some(chunk) = usize::try_from(index).ok().and_then(|index| chunks.get(index)) {
                annotations.extend(chunk_annotation(chunk, span));
            }
        }
    }
    // `citationSources` in the Gemini API, `citations` on Vertex AI.
    let sources = citations.get("citationSources").or_else(|| citations.get("citations"));
    for source in sources.and_then(Value::as_array).unwrap_or(&empty) {
        let mut citation = url_citation(source, text.span(source));
        if let Some(license) = source.get("license") {
            citation.provider_fields.insert("license".to_owned(), license.clone());
        }
        annotations.push(Annotation {
            annotation_type: "url_citation".to_owned(),
            url_citation: Some(citation),
            provider_fields: Map::new(),
        });
    }
    annotations
}

type Span = Option<(u64, u64)>;

fn chunk_annotation(chunk: &Value, span: Span) -> Option<Annotation> {
    // One key says the kind: `web`, `retrievedContext`, `maps`, `image`.
    let (kind, source) = chunk.as_object()?.iter().next()?;
    let citation = url_citation(source, span);
    if citation.url.is_some() {
        return Some(Annotation {
            annotation_type: "url_citation".to_owned(),
            url_citation: Some(citation),
            provider_fields: Map::new(),
        });
    }
    // File search cites a text of a store, which has no URL.
    let mut document = Map::new();
    if let Some((start, end)) = span {
        document.insert("start_index".to_owned(), start.into());
        document.insert("end_index".to_owned(), end.into());
    }
    document.insert(kind.clone(), source.clone());
    Some(Annotation {
        annotation_type: "document_citation".to_owned(),
        url_citation: None,
        provider_fields: Map::from_iter([("document_citation".to_owned(), Value::Object(document))]),
    })
}

fn url_citation(source: &Value, span: Span) -> UrlCitation {
    let text = |name: &str| source.get(name).and_then(Value::as_str).map(str::to_owned);
    UrlCitation {
        start_index: span.map(|(start, _)| start),
        end_index: span.map(|(_, end)| end),
        title: text("title"),
        url: text("uri").or_else(|| text("sourceUri")),
        provider_fields: Map::new(),
    }
}

/// The joined text, and where each part's text starts in it.
struct AnswerText {
    joined: String,
    starts: Vec<Option<usize>>,
}

impl AnswerText {
    fn new(parts: &[Part]) -> Self {
        let mut joined = String::new();
        let mut starts = Vec::new();
        for part in parts {
            match part_text(part).filter(|_| !is_thought(part)) {
                Some(text) => {
                    starts.push(Some(joined.len()));
                    joined.push_str(text);
                }
                None => starts.push(None),
            }
        }
        Self { joined, starts }
    }

    /// The characters that a segment (bytes of a part) stands for.
    ///
    /// In recorded answers `partIndex` is missing where the text is not in part
    /// 0 (code came first), so the segment's own text decides which reading is
    /// right: offset in its part, offset in the joined text, or where it occurs.
    fn span(&self, segment: &Value) -> Span {
        let number = |name: &str| {
            segment.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok())
        };
        let (start, end) = (number("startIndex").unwrap_or(0), number("endIndex")?);
        let quoted = segment.get("text").and_then(Value::as_str);
        let base = self.starts.get(number("partIndex").unwrap_or(0)).copied().flatten();
        let fits = |base: usize| {
            let range = base.checked_add(start)?..base.checked_add(end)?;
            let slice = self.joined.get(range.clone())?;
            (quoted.is_none_or(|quoted| quoted == slice)).then_some(range)
        };
        let range = base.and_then(fits).or_else(|| fits(0)).or_else(|| {
            let quoted = quoted.filter(|quoted| !quoted.is_empty())?;
            let start = self.joined.find(quoted)?;
            Some(start..start + quoted.len())
        })?;
        let characters = |bytes: usize| self.joined.get(..bytes).map(|text| text.chars().count() as u64);
        Some((characters(range.start)?, characters(range.end)?))
    }
}
