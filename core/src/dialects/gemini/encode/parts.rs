//! Content parts: text, media inline or by URI, and blocks in the wire's own form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Model, media_types};
use crate::dialects::{DialectName, Translator};
use crate::error::{Error, Result};
use crate::types::chat::{
    CacheControl, ChatRequest, Content, ContentPart, FilePart, ImagePart, Message, NativePart, VideoPart,
};
use crate::types::trace::TranslationAction;

/// The parts of a content at `place`, such as `messages[0].content`.
pub(super) fn encode_content(
    content: &Content,
    place: &str,
    model: &Model,
    translator: &mut Translator,
) -> Result<Vec<Value>> {
    match content {
        Content::Text(text) => Ok(vec![json!({ "text": text })]),
        Content::Parts(parts) => {
            let mut encoded = Vec::with_capacity(parts.len());
            for (index, part) in parts.iter().enumerate() {
                encoded.push(encode_part(part, &format!("{place}[{index}]"), model, translator)?);
            }
            Ok(encoded)
        }
    }
}

fn encode_part(part: &ContentPart, place: &str, model: &Model, translator: &mut Translator) -> Result<Value> {
    match part {
        ContentPart::Text(text) => {
            cache_mark(text.cache_control.as_ref(), place, translator);
            no_more(&text.extra, place, translator)?;
            Ok(json!({ "text": text.text }))
        }
        ContentPart::ImageUrl(image) => encode_image(image, place, model, translator),
        ContentPart::InputAudio(audio) => {
            cache_mark(audio.cache_control.as_ref(), place, translator);
            no_more(&audio.extra, place, translator)?;
            no_more(&audio.input_audio.extra, &format!("{place}.input_audio"), translator)?;
            let audio = &audio.input_audio;
            if audio.data.starts_with("data:") {
                return from_url(&audio.data, None, &format!("{place}.input_audio.data"));
            }
            Ok(inline(&media_types::of_audio(&audio.format), &audio.data))
        }
        ContentPart::File(file) => encode_file(file, place, translator),
        ContentPart::DocumentUrl(document) => {
            cache_mark(document.cache_control.as_ref(), place, translator);
            no_more(&document.extra, place, translator)?;
            let place = format!("{place}.document_url");
            let url = document.document_url.as_str().or_else(|| document.document_url.get("url")?.as_str());
            let url = url.ok_or_else(|| {
                Error::bad_request(&place, format!("{place}: expected a URL, or an object with `url`"))
            })?;
            from_url(url, document.document_name.as_deref().and_then(media_types::of_name), &place)
        }
        ContentPart::VideoUrl(video) => encode_video(video, place, translator),
        ContentPart::Refusal(refusal) => Ok(json!({ "text": refusal.refusal })),
        ContentPart::Native(native) => native_block(native, place),
    }
}

fn level(detail: &str) -> String {
    format!("MEDIA_RESOLUTION_{}", detail.to_ascii_uppercase())
}

/// The level that all images of a request ask for, where there is no other medium whose resolution it would change.
pub(super) fn resolution_of_all(request: &ChatRequest) -> Option<String> {
    let mut agreed = None;
    for part in request.messages.iter().flat_map(Message::parts) {
        let detail = match part {
            ContentPart::ImageUrl(image) => image.image_url.detail.as_deref(),
            ContentPart::Text(_) | ContentPart::Refusal(_) | ContentPart::InputAudio(_) => continue,
            _ => return None,
        };
        let detail = detail.filter(|detail| matches!(*detail, "low" | "high"))?;
        if *agreed.get_or_insert(detail) != detail {
            return None;
        }
    }
    agreed.map(level)
}

fn encode_image(image: &ImagePart, place: &str, model: &Model, translator: &mut Translator) -> Result<Value> {
    cache_mark(image.cache_control.as_ref(), place, translator);
    no_more(&image.extra, place, translator)?;
    let place = format!("{place}.image_url");
    let (mime_type, rest) = given_mime_type(&image.image_url.extra);
    no_more(&rest, &place, translator)?;
    let mut part = from_url(&image.image_url.url, mime_type, &place)?;
    match image.image_url.detail.as_deref() {
        None | Some("auto") => {}
        // Resolution part by part came with generation 3 (ai.google.dev, media resolution).
        Some(_) if model.resolution_of_all.is_some() => {
            let note = "sent as generationConfig.mediaResolution, which all images ask for";
            translator.note(format!("{place}.detail"), TranslationAction::Renamed, note);
        }
        Some(detail @ ("low" | "high")) if model.is_current() => {
            let level = level(detail);
            let note = format!("sent as mediaResolution {level}");
            translator.note(format!("{place}.detail"), TranslationAction::Renamed, note);
            part["mediaResolution"] = json!({ "level": level });
        }
        Some(_) => translator.unsupported(
            format!("{place}.detail"),
            "this model has one resolution for all media of a request; give all images the same `detail`, `low` or \
             `high`, beside no other media",
        )?,
    }
    Ok(part)
}

fn encode_file(file: &FilePart, place: &str, translator: &mut Translator) -> Result<Value> {
    cache_mark(file.cache_control.as_ref(), place, translator);
    no_more(&file.extra, place, translator)?;
    let place = format!("{place}.file");
    let file = &file.file;
    let (mime_type, rest) = given_mime_type(&file.extra);
    no_more(&rest, &place, translator)?;
    let mime_type = mime_type.or_else(|| file.filename.as_deref().and_then(media_types::of_name));
    match (&file.file_data, &file.file_id) {
        (Some(data), None) if is_url(data) => from_url(data, mime_type, &format!("{place}.file_data")),
        (Some(data), None) => match mime_type {
            Some(mime_type) => Ok(inline(mime_type, data)),
            None => Err(Error::bad_request(
                format!("{place}.file_data"),
                format!(
                    "{place}.file_data: Gemini needs the media type of bare base64; give a data: URL, or a \
                     filename with a known extension"
                ),
            )),
        },
        // The `uri` that the Files API gave. Whether the service also takes the bare
        // name `files/…` is unverified.
        (None, Some(id)) => Ok(by_uri(id, mime_type.or_else(|| media_types::of_name(id)))),
        _ => Err(Error::bad_request(&place, format!("{place}: give one of file_data and file_id"))),
    }
}

fn encode_video(video: &VideoPart, place: &str, translator: &mut Translator) -> Result<Value> {
    cache_mark(video.cache_control.as_ref(), place, translator);
    no_more(&video.extra, place, translator)?;
    let place = format!("{place}.video_url");
    let (mime_type, mut rest) = given_mime_type(&video.video_url.extra);
    let metadata = rest.shift_remove("video_metadata").or_else(|| rest.shift_remove("videoMetadata"));
    no_more(&rest, &place, translator)?;
    let mut part = from_url(&video.video_url.url, mime_type, &place)?;
    if let Some(metadata) = metadata {
        part["videoMetadata"] = metadata;
    }
    Ok(part)
}

/// A block in Gemini's own form, as it is.
pub(super) fn native_block(native: &NativePart, place: &str) -> Result<Value> {
    match native.dialect.as_deref() {
        None | Some("gemini") => Ok(native.block.clone()),
        Some(other) => Err(Error::bad_request(
            format!("{place}.dialect"),
            format!(
                "{place}.dialect: the target speaks `{}`, this block is `{other}`",
                DialectName::Gemini.as_str()
            ),
        )),
    }
}

/// Media by its URL: a `data:` URL inline, any other by reference (`https:`, `gs:`,
/// a Files API URI, a YouTube page).
pub(super) fn from_url(url: &str, mime_type: Option<&str>, place: &str) -> Result<Value> {
    let Some(data) = url.strip_prefix("data:") else {
        // "Optional" in the Gemini API, "Required" on Vertex AI: told where it can be.
        return Ok(by_uri(url, mime_type.or_else(|| media_types::of_name(url))));
    };
    let (head, data) = data.split_once(',').ok_or_else(|| {
        Error::bad_request(
            place,
            format!("{place}: expected a data: URL as `data:<media type>;base64,<data>`"),
        )
    })?;
    let (kind, base64) = match head.strip_suffix(";base64") {
        Some(kind) => (kind, true),
        None => (head, false),
    };
    let kind = kind.split(';').next().filter(|kind| !kind.is_empty());
    let kind = mime_type.or(kind).unwrap_or("text/plain");
    if base64 { Ok(inline(kind, data)) } else { Ok(inline(kind, &STANDARD.encode(percent_decoded(data)))) }
}

pub(super) fn is_url(text: &str) -> bool {
    ["data:", "http://", "https://", "gs://"].iter().any(|scheme| text.starts_with(scheme))
}

fn inline(mime_type: &str, data: &str) -> Value {
    json!({ "inlineData": { "mimeType": mime_type, "data": data } })
}

fn by_uri(uri: &str, mime_type: Option<&str>) -> Value {
    match mime_type {
        Some(mime_type) => json!({ "fileData": { "fileUri": uri, "mimeType": mime_type } }),
        None => json!({ "fileData": { "fileUri": uri } }),
    }
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().iter();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(&byte) = bytes.next() {
        let rest = bytes.as_slice();
        let escape = rest.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                bytes.nth(1);
            }
            None => decoded.push(byte),
        }
    }
    decoded
}

/// `mime_type` among the fields beside a URL (`format` is its name in other libraries), and the rest.
fn given_mime_type(extra: &Map<String, Value>) -> (Option<&str>, Map<String, Value>) {
    let name =
        ["mime_type", "format"].into_iter().find(|name| extra.get(*name).is_some_and(Value::is_string));
    let mut rest = extra.clone();
    let mime_type = name.and_then(|name| {
        rest.shift_remove(name);
        extra.get(name)?.as_str()
    });
    (mime_type, rest)
}

fn cache_mark(mark: Option<&CacheControl>, place: &str, translator: &mut Translator) {
    if mark.is_some() {
        drop_cache_mark(place, translator);
    }
}

/// Caching here is automatic, or by the name of a cache made before (`cachedContent`).
pub(super) fn drop_cache_mark(place: &str, translator: &mut Translator) {
    translator.note(
        format!("{place}.cache_control"),
        TranslationAction::Dropped,
        "Gemini caches prompts by itself and has no marks",
    );
}

/// Fields that the wire has no place for.
pub(super) fn no_more(extra: &Map<String, Value>, place: &str, translator: &mut Translator) -> Result<()> {
    for key in extra.keys() {
        translator.unsupported(format!("{place}.{key}"), "Gemini has no such field")?;
    }
    Ok(())
}
