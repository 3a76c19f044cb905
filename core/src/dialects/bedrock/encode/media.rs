//! Images, documents, audio and video: the bytes themselves, or where they lie in S3.
//!
//! The wire fetches nothing from the web (`ImageSource` and the others: `bytes` or
//! `s3Location`), so an `https:` URL is refused.

use serde_json::{Value, json};

use super::Encoder;
use crate::dialects::data_url::DataUrl;
use crate::error::{Error, Result};
use crate::types::trace::TranslationAction;

const WEB: &str = "the wire fetches no URL; give a data: URL, or an s3: URL";
const IMAGES: [&str; 4] = ["png", "jpeg", "gif", "webp"];
const DOCUMENTS: [&str; 9] = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"];
const AUDIO: [&str; 15] = [
    "mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm",
    "webm",
];
const VIDEO: [&str; 9] = ["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"];

/// Where something is.
enum Source<'a> {
    Data(DataUrl<'a>),
    S3(&'a str),
    Web,
    /// None of these: bare base64, or a mistake.
    Bare(&'a str),
}

impl<'a> Source<'a> {
    fn read(url: &'a str, place: &str) -> Result<Self> {
        if let Some(data) = DataUrl::read(url, place)? {
            return Ok(Self::Data(data));
        }
        let starts =
            |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        if starts("s3://") {
            return Ok(Self::S3(url));
        }
        Ok(if starts("https://") || starts("http://") { Self::Web } else { Self::Bare(url) })
    }
}

fn in_s3(uri: &str) -> Value {
    json!({ "s3Location": { "uri": uri } })
}

/// The format that a name's ending or a media type's second half says.
fn format_of<'a>(known: &[&'static str], name: &'a str) -> Option<&'static str> {
    let name: &'a str = name.rsplit(['.', '/']).next().unwrap_or(name);
    let name = name.to_ascii_lowercase();
    let name = match name.as_str() {
        "jpg" => "jpeg",
        "plain" | "text" | "log" => "txt",
        "markdown" => "md",
        "htm" => "html",
        "msword" => "doc",
        "vnd.ms-excel" => "xls",
        "3gpp" | "3gp" => "three_gp",
        "quicktime" => "mov",
        "x-matroska" => "mkv",
        "x-flv" => "flv",
        "x-ms-wmv" => "wmv",
        "x-wav" | "wave" => "wav",
        other => other,
    };
    known.iter().find(|format| **format == name).copied()
}

/// The format that a media type says. Office's types end in words of their own.
fn format_of_type(known: &[&'static str], media_type: &str) -> Option<&'static str> {
    let second = media_type.split_once('/').map_or(media_type, |(_, second)| second);
    let format = match second {
        "vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "vnd.ms-excel" => "xls",
        other => return format_of(known, other),
    };
    known.contains(&format).then_some(format)
}

pub(super) fn image(url: &str, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    let (format, source) = match Source::read(url, place)? {
        Source::Data(data) => (format_of_type(&IMAGES, &data.media_type), json!({ "bytes": data.base64() })),
        Source::S3(uri) => (format_of(&IMAGES, uri), in_s3(uri)),
        Source::Web => {
            encoder.translator.unsupported(place, WEB)?;
            return Ok(None);
        }
        Source::Bare(_) => return Err(Error::bad_request(place, "expected a data: URL or an s3: URL")),
    };
    let Some(format) = format else { return unknown_format(place, &IMAGES, encoder) };
    Ok(Some(json!({ "image": { "format": format, "source": source } })))
}

/// A document of a `data:` URL, an `s3:` URL or bare base64.
pub(super) fn document(
    url: &str,
    filename: Option<&str>,
    place: &str,
    encoder: &mut Encoder<'_>,
) -> Result<Option<Value>> {
    let by_name = filename.filter(|name| name.contains('.')).and_then(|name| format_of(&DOCUMENTS, name));
    let (format, source) = match Source::read(url, place)? {
        Source::Data(data) if data.media_type.starts_with("image/") => return image(url, place, encoder),
        Source::Data(data) => {
            let text = || data.media_type.starts_with("text/").then_some("txt");
            let format = format_of_type(&DOCUMENTS, &data.media_type).or(by_name).or_else(text);
            (format, json!({ "bytes": data.base64() }))
        }
        Source::S3(uri) => (format_of(&DOCUMENTS, uri).or(by_name), in_s3(uri)),
        Source::Web => {
            encoder.translator.unsupported(place, WEB)?;
            return Ok(None);
        }
        // "%PDF-" in base64.
        Source::Bare(data) => {
            (by_name.or_else(|| data.starts_with("JVBERi").then_some("pdf")), json!({ "bytes": data }))
        }
    };
    let Some(format) = format else { return unknown_format(place, &DOCUMENTS, encoder) };
    encoder.documents += 1;
    let name = document_name(filename, place, encoder);
    Ok(Some(json!({ "document": { "format": format, "name": name, "source": source } })))
}

/// The name that every document needs (`DocumentBlock`): letters and digits, single
/// blanks, hyphens, parentheses and brackets, at most 200 characters.
fn document_name(filename: Option<&str>, place: &str, encoder: &mut Encoder<'_>) -> String {
    let numbered = format!("Document {}", encoder.documents);
    let Some(given) = filename.filter(|name| !name.trim().is_empty()) else { return numbered };
    // Its ending is said by the format.
    let stem = given.rsplit_once('.').map_or(given, |(stem, _)| stem);
    let taken = |c: char| c.is_alphanumeric() || "-()[]".contains(c);
    let plain: String = stem.chars().map(|c| if taken(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(200).collect();
    let name = if name.is_empty() { numbered } else { name };
    if name != stem {
        let detail =
            format!("the document is called `{name}`: the wire takes letters, digits, blanks and `-()[]`");
        encoder.translator.note(place, TranslationAction::Renamed, detail);
    }
    name
}

pub(super) fn audio(
    data: &str,
    format: &str,
    place: &str,
    encoder: &mut Encoder<'_>,
) -> Result<Option<Value>> {
    let (said, source) = match Source::read(data, place)? {
        Source::Data(data) => (format_of_type(&AUDIO, &data.media_type), json!({ "bytes": data.base64() })),
        Source::S3(uri) => (format_of(&AUDIO, uri), in_s3(uri)),
        Source::Web => {
            encoder.translator.unsupported(place, WEB)?;
            return Ok(None);
        }
        Source::Bare(data) => (None, json!({ "bytes": data })),
    };
    let Some(format) = format_of(&AUDIO, format).or(said) else {
        return unknown_format(place, &AUDIO, encoder);
    };
    Ok(Some(json!({ "audio": { "format": format, "source": source } })))
}

pub(super) fn video(url: &str, place: &str, encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    let (format, source) = match Source::read(url, place)? {
        Source::Data(data) => (format_of_type(&VIDEO, &data.media_type), json!({ "bytes": data.base64() })),
        Source::S3(uri) => (format_of(&VIDEO, uri), in_s3(uri)),
        Source::Web => {
            encoder.translator.unsupported(place, WEB)?;
            return Ok(None);
        }
        Source::Bare(_) => return Err(Error::bad_request(place, "expected a data: URL or an s3: URL")),
    };
    let Some(format) = format else { return unknown_format(place, &VIDEO, encoder) };
    Ok(Some(json!({ "video": { "format": format, "source": source } })))
}

fn unknown_format(place: &str, known: &[&str], encoder: &mut Encoder<'_>) -> Result<Option<Value>> {
    let detail = format!("its format is unknown here; the wire takes {}", known.join(", "));
    encoder.translator.unsupported(place, detail)?;
    Ok(None)
}
