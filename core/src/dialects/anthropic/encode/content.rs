//! Parts of a message as the wire's blocks.

use serde_json::{Map, Value, json};

use super::messages::Said;
use super::{Encoder, source, text_block, to_json};
use crate::dialects::DialectName;
use crate::error::{Error, Result};
use crate::types::chat::{CacheControl, Content, ContentPart, FilePart, ImagePart, TextPart};

pub(super) fn said(content: &Content, place: &str, encoder: &mut Encoder<'_>) -> Result<Said> {
    match content {
        Content::Text(text) => Ok(Said::Text(text.clone())),
        Content::Parts(parts) => {
            let mut blocks = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                blocks.extend(block(part, &format!("{place}.content[{index}]"), encoder)?);
            }
            Ok(Said::Blocks(blocks))
        }
    }
}

/// `None` where the part says nothing, or was left out as the caller allows.
pub(super) fn block(part: &ContentPart, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    let block = match part {
        ContentPart::Text(part) => return text(part, place, encoder),
        ContentPart::Refusal(part) if part.refusal.is_empty() => return Ok(None),
        ContentPart::Refusal(part) => text_block(&part.refusal),
        ContentPart::ImageUrl(part) => image(part, place, encoder)?,
        ContentPart::File(part) => match file(part, place, encoder)? {
            Some(block) => block,
            None => return Ok(None),
        },
        ContentPart::DocumentUrl(part) => {
            let url = match &part.document_url {
                Value::String(url) => Some(url.as_str()),
                other => other.get("url").and_then(Value::as_str),
            };
            let at = format!("{place}.document_url");
            let Some(url) = url else { return Err(Error::bad_request(at, "expected a URL")) };
            let Some(mut block) = source::document(url, None, &at, encoder)? else { return Ok(None) };
            described(&mut block, part.document_name.as_deref(), &part.extra, place, encoder)?;
            cached(&mut block, part.cache_control.as_ref())?;
            block
        }
        ContentPart::InputAudio(_) => {
            encoder.translator.unsupported(place, "the wire takes no audio")?;
            return Ok(None);
        }
        ContentPart::VideoUrl(_) => {
            encoder.translator.unsupported(place, "the wire takes no video")?;
            return Ok(None);
        }
        ContentPart::Native(part) => {
            let own = DialectName::Anthropic.as_str();
            return match part.dialect.as_deref() {
                None => Ok(Some(part.block.clone())),
                Some(dialect) if dialect == own => Ok(Some(part.block.clone())),
                Some(other) => Err(Error::bad_request(
                    format!("{place}.dialect"),
                    format!("a block of dialect `{other}` cannot be sent to a target that speaks `{own}`"),
                )),
            };
        }
    };
    Ok(Some(Value::Object(block)))
}

fn text(part: &TextPart, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    // The wire refuses an empty text block; it says nothing.
    if part.text.is_empty() {
        return Ok(None);
    }
    let mut block = text_block(&part.text);
    for (key, value) in &part.extra {
        if key == "citations" {
            block.insert(key.clone(), value.clone());
        } else {
            encoder.translator.unsupported(format!("{place}.{key}"), "the wire's text has no such field")?;
        }
    }
    cached(&mut block, part.cache_control.as_ref())?;
    Ok(Some(Value::Object(block)))
}

fn image(part: &ImagePart, place: &str, encoder: &mut Encoder<'_>) -> Result<Map<String, Value>> {
    let image = &part.image_url;
    if image.detail.as_deref().is_some_and(|detail| detail != "auto") {
        encoder
            .translator
            .unsupported(format!("{place}.image_url.detail"), "the wire has one resolution of images")?;
    }
    let extra = image.extra.keys().map(|key| format!("{place}.image_url.{key}"));
    for at in extra.chain(part.extra.keys().map(|key| format!("{place}.{key}"))) {
        encoder.translator.unsupported(at, "the wire's images have no such field")?;
    }
    let mut block = source::image(&image.url, &format!("{place}.image_url.url"), encoder)?;
    cached(&mut block, part.cache_control.as_ref())?;
    Ok(block)
}

fn file(part: &FilePart, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Map<String, Value>>> {
    let file = &part.file;
    let block = match (&file.file_data, &file.file_id) {
        (Some(data), _) => {
            source::document(data, file.filename.as_deref(), &format!("{place}.file.file_data"), encoder)?
        }
        (None, Some(id)) => Some(source::uploaded("document", id, encoder)),
        (None, None) => {
            return Err(Error::bad_request(format!("{place}.file"), "give `file_data` or `file_id`"));
        }
    };
    let Some(mut block) = block else { return Ok(None) };
    described(&mut block, file.filename.as_deref(), &part.extra, place, encoder)?;
    described(&mut block, None, &file.extra, &format!("{place}.file"), encoder)?;
    cached(&mut block, part.cache_control.as_ref())?;
    Ok(Some(block))
}

/// What a document block says of itself: title, context, whether to cite it.
fn described(
    block: &mut Map<String, Value>,
    title: Option<&str>,
    extra: &Map<String, Value>,
    place: &str,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    let document = block.get("type").is_some_and(|kind| kind == "document");
    if let Some(title) = title.filter(|title| document && !title.is_empty()) {
        block.insert("title".to_owned(), json!(title));
    }
    for (key, value) in extra {
        if document && ["citations", "context", "title"].contains(&key.as_str()) {
            block.insert(key.clone(), value.clone());
        } else {
            encoder.translator.unsupported(format!("{place}.{key}"), "the wire's block has no such field")?;
        }
    }
    Ok(())
}

fn cached(block: &mut Map<String, Value>, cache_control: Option<&CacheControl>) -> Result<()> {
    if let Some(cache_control) = cache_control {
        block.insert("cache_control".to_owned(), to_json(cache_control)?);
    }
    Ok(())
}
