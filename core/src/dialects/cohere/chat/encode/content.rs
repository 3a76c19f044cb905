//! Parts of messages: text and images of a user, texts and documents of a tool.
//!
//! A document among a user's parts goes where the wire has documents: beside the messages. Only
//! texts can: the service reads no files.

use serde_json::{Map, Value, json};

use super::Encoder;
use crate::dialects::DialectName;
use crate::dialects::data_url::{DataUrl, is_web};
use crate::error::{Error, Result};
use crate::types::chat::{Content, ContentPart, FilePart, ImagePart, NativePart, TextPart};
use crate::types::trace::TranslationAction;

pub(super) fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

pub(super) fn of_user(content: &Content, place: &str, encoder: &mut Encoder) -> Result<Value> {
    let Content::Parts(parts) = content else { return Ok(content.text().into()) };
    let mut blocks = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let place = format!("{place}.content[{index}]");
        match part {
            ContentPart::Text(part) => blocks.push(text_block(part, &place, encoder)?),
            ContentPart::ImageUrl(part) => blocks.push(image(part, &place, encoder)?),
            ContentPart::File(part) => match file(part, &place, encoder)? {
                Some(File::Image(block)) => blocks.push(block),
                Some(File::Document(document)) => {
                    encoder.documents.push(document);
                    encoder.translator.note(
                        &place,
                        TranslationAction::Renamed,
                        "moved into `documents`, where the wire has them; an answer cites them from there",
                    );
                }
                None => {}
            },
            ContentPart::Native(part) => blocks.push(native(part, &place)?),
            other => refuse(other, &place, encoder)?,
        }
    }
    // A list without parts is refused; a message that says nothing is not.
    Ok(if blocks.is_empty() { "".into() } else { blocks.into() })
}

pub(super) fn of_tool(content: &Content, place: &str, encoder: &mut Encoder) -> Result<Value> {
    let Content::Parts(parts) = content else { return Ok(content.text().into()) };
    let mut blocks = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let place = format!("{place}.content[{index}]");
        match part {
            ContentPart::Text(part) => blocks.push(text_block(part, &place, encoder)?),
            ContentPart::File(part) => match file(part, &place, encoder)? {
                Some(File::Document(document)) => {
                    blocks.push(json!({ "type": "document", "document": document }));
                }
                Some(File::Image(_)) => {
                    encoder.translator.unsupported(place, "a tool's result holds no images on this wire")?;
                }
                None => {}
            },
            ContentPart::Native(part) => blocks.push(native(part, &place)?),
            other => refuse(other, &place, encoder)?,
        }
    }
    Ok(if blocks.is_empty() { "".into() } else { blocks.into() })
}

/// The parts of a message that is text alone on this wire.
pub(super) fn texts(
    parts: &[ContentPart],
    place: &str,
    why: &str,
    encoder: &mut Encoder,
) -> Result<Vec<Value>> {
    let mut blocks = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let place = format!("{place}.content[{index}]");
        match part {
            ContentPart::Text(part) => blocks.push(text_block(part, &place, encoder)?),
            ContentPart::Refusal(part) => blocks.push(text(&part.refusal)),
            ContentPart::Native(part) => blocks.push(native(part, &place)?),
            _ => encoder.translator.unsupported(place, why)?,
        }
    }
    Ok(blocks)
}

fn text_block(part: &TextPart, place: &str, encoder: &mut Encoder) -> Result<Value> {
    encoder.drop_mark(part.cache_control.is_some(), place);
    encoder.no_more(&part.extra, place)?;
    Ok(text(&part.text))
}

fn image(part: &ImagePart, place: &str, encoder: &mut Encoder) -> Result<Value> {
    encoder.drop_mark(part.cache_control.is_some(), place);
    encoder.no_more(&part.extra, place)?;
    encoder.no_more(&part.image_url.extra, &format!("{place}.image_url"))?;
    let url = &part.image_url.url;
    if !is_web(url) && DataUrl::read(url, &format!("{place}.image_url.url"))?.is_none() {
        let place = format!("{place}.image_url.url");
        return Err(Error::bad_request(place, "expected an https: URL or a data: URL"));
    }
    let mut image = json!({ "url": url });
    if let Some(detail) = &part.image_url.detail {
        image["detail"] = detail.as_str().into();
    }
    Ok(json!({ "type": "image_url", "image_url": image }))
}

enum File {
    Image(Value),
    Document(Value),
}

/// `None` where it is left out as the caller allows.
fn file(part: &FilePart, place: &str, encoder: &mut Encoder) -> Result<Option<File>> {
    encoder.drop_mark(part.cache_control.is_some(), place);
    encoder.no_more(&part.extra, place)?;
    encoder.no_more(&part.file.extra, &format!("{place}.file"))?;
    let (place, filename) = (format!("{place}.file.file_data"), part.file.filename.as_deref());
    let Some(data) = part.file.file_data.as_deref().filter(|data| !is_web(data)) else {
        encoder.translator.unsupported(place, "the wire takes a document as its text, not as a file")?;
        return Ok(None);
    };
    let data = match DataUrl::read(data, &place)? {
        Some(data) => data,
        None => DataUrl::bare(data, filename, &place)?,
    };
    if data.media_type.starts_with("image/") {
        let url = format!("data:{};base64,{}", data.media_type, data.base64());
        return Ok(Some(File::Image(json!({ "type": "image_url", "image_url": { "url": url } }))));
    }
    if !data.media_type.starts_with("text/") && data.media_type != "application/json" {
        let why = format!("a document of type {}; the wire takes texts", data.media_type);
        encoder.translator.unsupported(place, why)?;
        return Ok(None);
    }
    // `title` and `text` are names that the documentation's examples use; any are taken.
    let mut fields = Map::new();
    if let Some(title) = filename.filter(|name| !name.is_empty()) {
        fields.insert("title".to_owned(), title.into());
    }
    fields.insert("text".to_owned(), data.text(&place)?.into());
    Ok(Some(File::Document(json!({ "data": fields }))))
}

/// A block in the wire's own form.
fn native(part: &NativePart, place: &str) -> Result<Value> {
    let own = DialectName::Cohere.as_str();
    match part.dialect.as_deref() {
        Some(other) if other != own => Err(Error::bad_request(
            format!("{place}.dialect"),
            format!("a native part of `{other}` cannot be sent to a target that speaks `{own}`"),
        )),
        _ => Ok(part.block.clone()),
    }
}

fn refuse(part: &ContentPart, place: &str, encoder: &mut Encoder) -> Result<()> {
    encoder.translator.unsupported(place, format!("the wire takes no `{}` here", part.part_type()))
}
