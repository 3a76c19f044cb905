//! Parts of a message as the wire's blocks.

use serde_json::{Map, Value, json};

use super::{Encoder, cache_point, media};
use crate::dialects::DialectName;
use crate::error::{Error, Result};
use crate::types::chat::{CacheControl, Content, ContentPart, FilePart, ImagePart, NativePart, TextPart};

pub(super) fn blocks(content: &Content, place: &str, encoder: &mut Encoder<'_>) -> Result<Vec<Value>> {
    let mut blocks = Vec::new();
    match content {
        // The wire refuses an empty text; it says nothing.
        Content::Text(text) if text.is_empty() => {}
        Content::Text(text) => blocks.push(json!({ "text": text })),
        Content::Parts(parts) => {
            for (index, one) in parts.iter().enumerate() {
                part(one, &format!("{place}.content[{index}]"), &mut blocks, encoder)?;
            }
        }
    }
    Ok(blocks)
}

/// Adds the blocks of a part: itself, and its cache point behind it. None where it says
/// nothing, or was left out as the caller allows.
pub(super) fn part(
    part: &ContentPart,
    place: &str,
    blocks: &mut Vec<Value>,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    let (block, cached): (Option<Value>, Option<&CacheControl>) = match part {
        ContentPart::Text(part) => (text(part, place, encoder)?, part.cache_control.as_ref()),
        ContentPart::Refusal(part) => {
            let text = (!part.refusal.is_empty()).then(|| json!({ "text": part.refusal }));
            (text, None)
        }
        ContentPart::ImageUrl(part) => (image(part, place, encoder)?, part.cache_control.as_ref()),
        ContentPart::File(part) => (file(part, place, encoder)?, part.cache_control.as_ref()),
        ContentPart::DocumentUrl(part) => {
            let url = match &part.document_url {
                Value::String(url) => Some(url.as_str()),
                other => other.get("url").and_then(Value::as_str),
            };
            let at = format!("{place}.document_url");
            let Some(url) = url else { return Err(Error::bad_request(at, "expected a URL")) };
            let document = media::document(url, part.document_name.as_deref(), &at, encoder)?;
            (described(document, &part.extra, place, encoder)?, part.cache_control.as_ref())
        }
        ContentPart::InputAudio(part) => {
            let audio = &part.input_audio;
            for key in audio.extra.keys().chain(part.extra.keys()) {
                let detail = "the wire's audio has no such field";
                encoder.translator.unsupported(format!("{place}.{key}"), detail)?;
            }
            let block = media::audio(&audio.data, &audio.format, &format!("{place}.input_audio"), encoder)?;
            (block, part.cache_control.as_ref())
        }
        ContentPart::VideoUrl(part) => {
            for key in part.video_url.extra.keys().chain(part.extra.keys()) {
                let detail = "the wire's video has no such field";
                encoder.translator.unsupported(format!("{place}.{key}"), detail)?;
            }
            let block = media::video(&part.video_url.url, &format!("{place}.video_url.url"), encoder)?;
            (block, part.cache_control.as_ref())
        }
        ContentPart::Native(part) => (Some(native(part, place)?), None),
    };
    let Some(block) = block else { return Ok(()) };
    blocks.push(block);
    if let Some(control) = cached {
        blocks.push(cache_point(control, place, encoder)?);
    }
    Ok(())
}

fn native(part: &NativePart, place: &str) -> Result<Value> {
    let own = DialectName::Bedrock.as_str();
    match part.dialect.as_deref() {
        Some(other) if other != own => Err(Error::bad_request(
            format!("{place}.dialect"),
            format!("a block of dialect `{other}` cannot be sent to a target that speaks `{own}`"),
        )),
        _ => Ok(part.block.clone()),
    }
}

fn text(part: &TextPart, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    for key in part.extra.keys() {
        encoder.translator.unsupported(format!("{place}.{key}"), "the wire's text has no such field")?;
    }
    Ok((!part.text.is_empty()).then(|| json!({ "text": part.text })))
}

fn image(part: &ImagePart, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    let image = &part.image_url;
    if image.detail.as_deref().is_some_and(|detail| detail != "auto") {
        let detail = "the wire has one resolution of images";
        encoder.translator.unsupported(format!("{place}.image_url.detail"), detail)?;
    }
    let extra = image.extra.keys().map(|key| format!("{place}.image_url.{key}"));
    for at in extra.chain(part.extra.keys().map(|key| format!("{place}.{key}"))) {
        encoder.translator.unsupported(at, "the wire's images have no such field")?;
    }
    media::image(&image.url, &format!("{place}.image_url.url"), encoder)
}

fn file(part: &FilePart, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    let file = &part.file;
    let block = match (&file.file_data, &file.file_id) {
        (Some(data), _) => {
            media::document(data, file.filename.as_deref(), &format!("{place}.file.file_data"), encoder)?
        }
        (None, Some(_)) => {
            let detail = "the wire takes no uploaded files; give `file_data`, or an s3: URL";
            encoder.translator.unsupported(format!("{place}.file.file_id"), detail)?;
            return Ok(None);
        }
        (None, None) => {
            return Err(Error::bad_request(format!("{place}.file"), "give `file_data` or `file_id`"));
        }
    };
    let block = described(block, &part.extra, place, encoder)?;
    described(block, &file.extra, &format!("{place}.file"), encoder)
}

/// What a document says of itself: its context, and whether to cite it (`DocumentBlock`).
fn described(
    mut block: Option<Value>,
    extra: &Map<String, Value>,
    place: &str,
    encoder: &mut Encoder<'_>,
) -> Result<Option<Value>> {
    for (key, value) in extra {
        let document =
            block.as_mut().and_then(|block| block.get_mut("document")).and_then(Value::as_object_mut);
        match document {
            Some(document) if ["citations", "context"].contains(&key.as_str()) => {
                document.insert(key.clone(), value.clone());
            }
            _ => encoder
                .translator
                .unsupported(format!("{place}.{key}"), "the wire's block has no such field")?,
        }
    }
    Ok(block)
}
