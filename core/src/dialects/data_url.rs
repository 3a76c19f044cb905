//! Data that travels inside a request: `data:` URLs, and bare base64 beside a file's name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, Result};
use crate::types::media::TEXT_ENDINGS;

/// Whether it is an address in the web.
pub(super) fn is_web(url: &str) -> bool {
    ["https://", "http://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// `data:[type][;parameters][;base64],payload` (RFC 2397).
pub(super) struct DataUrl<'a> {
    pub media_type: String,
    pub payload: &'a str,
    pub is_base64: bool,
}

impl<'a> DataUrl<'a> {
    /// Bare base64, whose type a file's name says, or a PDF's first bytes.
    pub fn bare(data: &'a str, filename: Option<&str>, place: &str) -> Result<Self> {
        Ok(Self { media_type: bare_type(data, filename, place)?, payload: data, is_base64: true })
    }

    /// `None` where it is no data URL.
    pub fn read(url: &'a str, place: &str) -> Result<Option<Self>> {
        let Some((scheme, rest)) = url.split_once(':') else { return Ok(None) };
        if !scheme.eq_ignore_ascii_case("data") {
            return Ok(None);
        }
        let Some((head, payload)) = rest.split_once(',') else {
            return Err(Error::bad_request(place, "a data: URL without a comma"));
        };
        let mut words = head.split(';');
        let media_type = words.next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_base64 = words.any(|word| word.trim().eq_ignore_ascii_case("base64"));
        let media_type = match media_type.as_str() {
            "" => "text/plain".to_owned(),
            // A common misnomer that the wire refuses.
            "image/jpg" => "image/jpeg".to_owned(),
            _ => media_type,
        };
        Ok(Some(Self { media_type, payload, is_base64 }))
    }

    /// The payload as base64; base64 itself goes through untouched.
    pub fn base64(&self) -> String {
        if self.is_base64 { self.payload.to_owned() } else { STANDARD.encode(percent_decoded(self.payload)) }
    }

    pub fn text(&self, place: &str) -> Result<String> {
        let bytes = if self.is_base64 {
            STANDARD
                .decode(self.payload)
                .map_err(|cause| Error::bad_request(place, "the payload is not base64").with_source(cause))?
        } else {
            percent_decoded(self.payload)
        };
        String::from_utf8(bytes)
            .map_err(|cause| Error::bad_request(place, "the text is not UTF-8").with_source(cause))
    }
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let hex = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, hex(ahead.next()), hex(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                bytes = ahead;
            }
            _ => decoded.push(byte),
        }
    }
    decoded
}

/// The type of bare base64: by the file's name, or a PDF's first bytes.
fn bare_type(data: &str, filename: Option<&str>, place: &str) -> Result<String> {
    let extension =
        filename.and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension.to_ascii_lowercase());
    let known = match extension.as_deref() {
        Some("pdf") => Some("application/pdf"),
        Some(ending) if TEXT_ENDINGS.contains(&ending) => Some("text/plain"),
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
