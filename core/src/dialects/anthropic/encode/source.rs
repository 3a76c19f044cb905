//! Where an image or a document is: a URL, the bytes themselves, an uploaded file.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::dialects::data_url::DataUrl;
use crate::error::{Error, Result};

/// The Files API needs this header (docs.claude.com "Files API"; recorded).
const FILES_BETA: &str = "files-api-2025-04-14";

/// An image block of an `https:` URL, a `data:` URL or a file id.
pub(super) fn image(url: &str, place: &str, encoder: &mut Encoder<'_>) -> Result<Map<String, Value>> {
    if let Some(data) = DataUrl::read(url, place)? {
        return image_of(&data, place);
    }
    if is_web(url) {
        return Ok(block("image", json!({ "type": "url", "url": url })));
    }
    if url.contains(':') || url.is_empty() {
        return Err(Error::bad_request(place, "expected an https: URL, a data: URL or a file id"));
    }
    Ok(uploaded("image", url, encoder))
}

/// A document block of a URL, a `data:` URL or bare base64. `None` where its type
/// is not one the wire takes and the caller lets it be left out.
pub(super) fn document(
    data: &str,
    filename: Option<&str>,
    place: &str,
    encoder: &mut Encoder<'_>,
) -> Result<Option<Map<String, Value>>> {
    if is_web(data) {
        return Ok(Some(block("document", json!({ "type": "url", "url": data }))));
    }
    let data = match DataUrl::read(data, place)? {
        Some(data) => data,
        None => DataUrl { media_type: bare_type(data, filename, place)?, payload: data, is_base64: true },
    };
    if data.media_type == "application/pdf" {
        let source = json!({ "type": "base64", "media_type": data.media_type, "data": data.base64() });
        return Ok(Some(block("document", source)));
    }
    if data.media_type.starts_with("text/") {
        let source = json!({ "type": "text", "media_type": "text/plain", "data": data.text(place)? });
        return Ok(Some(block("document", source)));
    }
    if data.media_type.starts_with("image/") {
        return image_of(&data, place).map(Some);
    }
    encoder.translator.unsupported(
        place,
        format!("a document of type {}; the wire takes PDF, text and images", data.media_type),
    )?;
    Ok(None)
}

/// A block of a file uploaded before.
pub(super) fn uploaded(block_type: &str, id: &str, encoder: &mut Encoder<'_>) -> Map<String, Value> {
    encoder.betas.insert(FILES_BETA);
    block(block_type, json!({ "type": "file", "file_id": id }))
}

fn block(block_type: &str, source: Value) -> Map<String, Value> {
    let mut block = Map::new();
    block.insert("type".to_owned(), json!(block_type));
    block.insert("source".to_owned(), source);
    block
}

fn is_web(url: &str) -> bool {
    ["https://", "http://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// The type of bare base64: by the file's name, or a PDF's first bytes.
fn bare_type(data: &str, filename: Option<&str>, place: &str) -> Result<String> {
    let extension =
        filename.and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension.to_ascii_lowercase());
    let known = match extension.as_deref() {
        Some("pdf") => Some("application/pdf"),
        Some("txt" | "text" | "md" | "csv" | "log") => Some("text/plain"),
        Some("png") => Some("image/png"),
        Some("jpg" | "jpeg") => Some("image/jpeg"),
        Some("gif") => Some("image/gif"),
        Some("webp") => Some("image/webp"),
        // "%PDF-" in base64.
        _ if data.starts_with("JVBERi") => Some("application/pdf"),
        _ => None,
    };
    known.map(str::to_owned).ok_or_else(|| {
        Error::bad_request(
            place,
            "the document's type is unknown: give a data: URL, or a filename that says it",
        )
    })
}

fn image_of(data: &DataUrl<'_>, place: &str) -> Result<Map<String, Value>> {
    if !data.media_type.starts_with("image/") {
        return Err(Error::bad_request(place, format!("an image is expected here, not {}", data.media_type)));
    }
    let source = json!({ "type": "base64", "media_type": data.media_type, "data": data.base64() });
    Ok(block("image", source))
}
