//! `data:` URLs, for wires that take the bytes apart from their type.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, Result};

/// `data:[type][;parameters][;base64],payload` (RFC 2397).
pub(super) struct DataUrl<'a> {
    pub media_type: String,
    pub payload: &'a str,
    pub is_base64: bool,
}

impl<'a> DataUrl<'a> {
    /// `None` where it is no data URL.
    pub(super) fn read(url: &'a str, place: &str) -> Result<Option<Self>> {
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
    pub(super) fn base64(&self) -> String {
        if self.is_base64 { self.payload.to_owned() } else { STANDARD.encode(percent_decoded(self.payload)) }
    }

    pub(super) fn text(&self, place: &str) -> Result<String> {
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
